//! Replays, beside bare decisions.

use super::STUDENTS;
use domain::Day;
use domain::decision::{Calendar, Context, decide};
use domain::facts::RiskAreas;
use domain::report::{Answers, Channel, DayReport, Temperature};
use domain::rulebook::{ParameterValue, Rulebook, SHIPPED};
use domain::state::State;
use services::rules::{REPLAY_DAYS, ReplayView};
use services::{Actor, Services};
use std::sync::Arc;
use std::time::Instant;

/// The floor of a replay: as many days of as many people, decided about on every core, out of memory.
pub fn bare_decisions() -> f64 {
    let books = [Rulebook::parse(SHIPPED).unwrap()];
    let context = Context {
        rulebooks: &books,
        risk: &RiskAreas::default(),
        calendar: &Calendar::default(),
        late_limit: 1,
    };
    let today = Day(18_550);
    let states: Vec<State> = (0..STUDENTS)
        .map(|n| {
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
            // About as many are ill as in the demo.
            if n % 40 == 0 {
                state.reports[15].answers.temperature = Temperature::Tenths(376);
            }
            state
        })
        .collect();
    let cores = std::thread::available_parallelism().unwrap().get();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for part in states.chunks(states.len().div_ceil(cores)) {
            scope.spawn(move || {
                for state in part {
                    for back in 0..REPLAY_DAYS {
                        std::hint::black_box(decide(state, &context, today.plus(-back), today));
                    }
                }
            });
        }
    });
    f64::from(STUDENTS) * f64::from(REPLAY_DAYS) / begun.elapsed().as_secs_f64()
}

/// A draft over everybody's last 14 days, each decided about twice: as it is, and with the draft.
pub async fn replay(services: &Arc<Services>) -> f64 {
    let (actor, country) = (Actor::job(), "CN".parse().unwrap());
    let shipped = services.rulebooks(&actor, &country).await.unwrap()[0].no;
    let no = services
        .start_draft(&actor, &country, shipped)
        .await
        .unwrap();
    let view = services.rulebook(&actor, &country, no).await.unwrap();
    let mut document = view.document;
    document.parameters[0].value = ParameterValue::Number(375);
    services
        .save_draft(&actor, &country, no, document, view.revision)
        .await
        .unwrap();
    let begun = Instant::now();
    services.start_replay(&actor, &country, no).await.unwrap();
    loop {
        match services.replay(&actor, &country, no).await.unwrap() {
            ReplayView::Running { .. } => {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            ReplayView::Done(result) => {
                let days = u32::try_from(result.person_days).unwrap();
                assert!(days > STUDENTS * 13, "{days} days");
                assert!(result.changed > 0, "somebody changes");
                return f64::from(days) / begun.elapsed().as_secs_f64();
            }
            other => panic!("{other:?}"),
        }
    }
}
