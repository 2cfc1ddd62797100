//! What the fuzzer feeds with bytes; `domain/tests/published` runs the kept corpus through the same functions.

use domain::certlogic::{Expr, Lookup, Slot, Value, evaluate};
use domain::decision::{Calendar, Context, decide, explain, outlook};
use domain::facts::RiskAreas;
use domain::report::{Answers, Channel, DayReport, Symptoms, Temperature};
use domain::rulebook::Rulebook;
use domain::state::State;
use domain::{Code, Day, Millis};

/// Every path is known, and nothing is there.
struct Nothing;

impl Lookup for Nothing {
    fn value(&self, _: Slot) -> Value {
        Value::Null
    }
}

/// The first line is logic, the rest are data. Nothing may panic, and a trace changes no value.
pub fn certlogic(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (logic, data) = text.split_once('\n').unwrap_or((&text, "null"));
    let Ok(logic) = serde_json::from_str(logic) else {
        return;
    };
    let data = serde_json::from_str(data).unwrap_or_default();
    let _ = evaluate(&logic, &data);
    if let Ok(expr) = Expr::compile(&logic, |_| Some(0)) {
        let value = expr.eval(&Nothing);
        assert_eq!(expr.trace(&Nothing).0, value);
        let _ = expr.settle(&Nothing, |_| true);
    }
}

/// A rulebook file. What is accepted is written as it was read, decides without panic, and a day without a report
/// is never green.
pub fn rulebook(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(book) = Rulebook::parse(&text) else {
        return;
    };
    let again = serde_json::to_string(book.document()).unwrap_or_default();
    assert_eq!(
        Rulebook::parse(&again)
            .ok()
            .as_ref()
            .map(Rulebook::document),
        Some(book.document())
    );
    let first = Day::from_ymd(2020, 9, 1).unwrap_or(Day(0));
    let mut state = State::new(first);
    state.reports = [(0, 0), (1, 385), (2, 0)]
        .map(|(day, tenths)| DayReport {
            day: first.plus(day),
            revision: 1,
            channel: Channel::Web,
            at: Millis(0),
            answers: Answers {
                temperature: match tenths {
                    0 => Temperature::BelowThreshold,
                    tenths => Temperature::Tenths(tenths),
                },
                symptoms: Symptoms(tenths.into()),
                ..Answers::all_well()
            },
        })
        .into();
    let books = [book];
    let ctx = Context {
        rulebooks: &books,
        risk: &RiskAreas::default(),
        calendar: &Calendar::default(),
        late_limit: 1,
    };
    for day in (0..5).map(|day| first.plus(day)) {
        let decision = decide(&state, &ctx, day, day);
        assert!(decision.reported || decision.code != Code::Green);
        let _ = explain(&state, &ctx, day, day);
        let _ = outlook(&state, &ctx, day);
    }
}
