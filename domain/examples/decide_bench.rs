//! How long a decision takes, as JSON lines: a plain one (21 days of all well), and a red one with its
//! explanation; and both in short, as replays and counts need them. Run with `cargo run --release -p domain --example decide_bench`.

use domain::Day;
use domain::decision::{Calendar, Context, brief, decide, explain};
use domain::facts::RiskAreas;
use domain::report::{Answers, Channel, DayReport, Symptoms, Temperature};
use domain::rulebook::{Rulebook, RulebookError, SHIPPED};
use domain::state::State;
use std::hint::black_box;
use std::time::Instant;

const REPEATS: u32 = 20_000;

fn main() -> Result<(), RulebookError> {
    let rulebooks = [Rulebook::parse(SHIPPED)?];
    let ctx = Context {
        rulebooks: &rulebooks,
        risk: &RiskAreas::default(),
        calendar: &Calendar::default(),
        late_limit: 1,
    };
    let today = Day(18_550);
    let mut state = State::new(today.plus(-20));
    state.reports = (-20..=0)
        .map(|offset| DayReport {
            day: today.plus(offset),
            revision: 1,
            channel: Channel::Web,
            at: domain::Millis(0),
            answers: Answers::all_well(),
        })
        .collect();
    measure("decide, plain", || {
        black_box(decide(black_box(&state), &ctx, today, today));
    });
    measure("in short, plain", || {
        black_box(brief(black_box(&state), &ctx, today, today));
    });
    if let Some(report) = state.reports.get_mut(18) {
        report.answers.temperature = Temperature::Tenths(378);
        report.answers.symptoms = Symptoms::default().with(1);
    }
    measure("decide, red", || {
        black_box(decide(black_box(&state), &ctx, today, today));
    });
    measure("in short, red", || {
        black_box(brief(black_box(&state), &ctx, today, today));
    });
    measure("decide and explain, red", || {
        black_box(decide(black_box(&state), &ctx, today, today));
        black_box(explain(black_box(&state), &ctx, today, today));
    });
    Ok(())
}

/// Prints the mean time of `run`, after as many runs to warm up.
fn measure(name: &str, run: impl Fn()) {
    (0..REPEATS).for_each(|_| run());
    #[expect(
        clippy::disallowed_methods,
        reason = "measuring is about the real clock"
    )]
    let begun = Instant::now();
    (0..REPEATS).for_each(|_| run());
    let value = begun.elapsed().as_nanos() / u128::from(REPEATS);
    println!(r#"{{"name":"{name}","value":{value},"unit":"ns"}}"#);
}
