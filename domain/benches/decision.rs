//! How long one decision with the shipped rulebook takes: for somebody well, and for somebody red with reasons; in
//! full, in short (as replays and counts need it), and with its trace. `cargo bench -p domain --bench decision`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measuring program: it stops at the first surprise"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use domain::decision::{Calendar, Context, brief, decide, explain};
use domain::facts::RiskAreas;
use domain::report::{Answers, Channel, DayReport, Symptoms, Temperature};
use domain::rulebook::{Rulebook, SHIPPED};
use domain::state::State;
use domain::{Code, Day, Millis};
use std::hint::black_box;

const TODAY: Day = Day(18_550);

/// Three weeks of all well.
fn well() -> State {
    let mut state = State::new(TODAY.plus(-20));
    let report = |offset| DayReport {
        day: TODAY.plus(offset),
        revision: 1,
        channel: Channel::Web,
        at: Millis(0),
        answers: Answers::all_well(),
    };
    state.reports = (-20..=0).map(report).collect();
    state
}

/// The same with a high fever and a cough two days ago.
fn red() -> State {
    let mut state = well();
    let report = state.reports.get_mut(18).expect("three weeks");
    report.answers.temperature = Temperature::Tenths(385);
    report.answers.symptoms = Symptoms::default().with(1);
    state
}

fn decisions(criterion: &mut Criterion) {
    let rulebooks = [Rulebook::parse(SHIPPED).unwrap()];
    let ctx = Context {
        rulebooks: &rulebooks,
        risk: &RiskAreas::default(),
        calendar: &Calendar::default(),
        late_limit: 1,
    };
    for (who, state, code) in [("plain", well(), Code::Green), ("red", red(), Code::Red)] {
        assert_eq!(decide(&state, &ctx, TODAY, TODAY).code, code);
        let mut group = criterion.benchmark_group(who);
        group.bench_function("in short", |bench| {
            bench.iter(|| brief(black_box(&state), &ctx, TODAY, TODAY));
        });
        group.bench_function("decide", |bench| {
            bench.iter(|| decide(black_box(&state), &ctx, TODAY, TODAY));
        });
        group.bench_function("decide and explain", |bench| {
            bench.iter(|| {
                let decision = decide(black_box(&state), &ctx, TODAY, TODAY);
                (decision, explain(black_box(&state), &ctx, TODAY, TODAY))
            });
        });
        group.finish();
    }
}

criterion_group!(benches, decisions);
criterion_main!(benches);
