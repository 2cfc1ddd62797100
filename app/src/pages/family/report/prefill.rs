//! The form as it opens: empty, or with all that today's report says.

use super::edit::stay_prefix;
use super::temperature;
use crate::web::Fields;
use domain::report::{
    Answers, CaseStatus, ContactWho, FactChange, FactId, HouseholdMatter, StandingFact,
    Temperature, TestResult,
};
use services::family::ChildView;

/// The prefix of an earlier fact's fields.
pub(super) fn fact_prefix(id: FactId) -> String {
    format!("fact{}_{}", id.day.0, id.index)
}

/// The fields of a new form.
pub(super) fn fields(child: &ChildView, submission: &str) -> Fields {
    let mut out = Vec::new();
    put(&mut out, "submission", submission);
    put(&mut out, "day", child.today.to_string());
    put(&mut out, "based_on", child.revision().to_string());
    match &child.report {
        Some(report) if !report.answers.paper_refused => answers(&mut out, child, &report.answers),
        _ => nothing_new(&mut out),
    }
    Fields::from_pairs(out)
}

type Out = Vec<(String, String)>;

fn put(out: &mut Out, name: impl Into<String>, value: impl Into<String>) {
    out.push((name.into(), value.into()));
}

fn nothing_new(out: &mut Out) {
    for (name, value) in [
        ("contact", "no"),
        ("away", "no"),
        ("home", "ok"),
        ("test", "no"),
    ] {
        put(out, name, value);
    }
}

fn answers(out: &mut Out, child: &ChildView, answers: &Answers) {
    match answers.temperature {
        Temperature::Tenths(tenths) => put(out, "temperature", temperature::typed(tenths)),
        Temperature::BelowThreshold => put(out, "below", "yes"),
    }
    if answers.symptoms.is_empty() {
        put(out, "symptom", "none");
    }
    for number in answers.symptoms.numbers() {
        put(out, "symptom", number.to_string());
    }
    if let Some(since) = answers.symptoms_since {
        let word = match child.today.since(since) {
            0 => "today",
            1 => "yesterday",
            _ => "earlier",
        };
        put(out, "since", word);
        put(out, "since_date", since.to_string());
    }
    put(out, "note", answers.note.clone());
    let mut stays = 0;
    for change in &answers.changes {
        if !one_change(out, child, change, &mut stays) {
            // What the form has no fields for is kept, and can be seen and unticked.
            put(
                out,
                "also",
                serde_json::to_string(change).unwrap_or_default(),
            );
        }
    }
    if stays > 0 {
        put(out, "stays", stays.to_string());
    }
    let missing: Vec<_> = [
        ("contact", "no"),
        ("away", "no"),
        ("home", "ok"),
        ("test", "no"),
    ]
    .into_iter()
    .filter(|(name, _)| out.iter().all(|(known, _)| known != name))
    .collect();
    for (name, value) in missing {
        put(out, name, value);
    }
}

/// Puts a change into its fields; `false` where they are taken or there are none.
fn one_change(out: &mut Out, child: &ChildView, change: &FactChange, stays: &mut usize) -> bool {
    let is_listed = |id: &FactId| child.standing.iter().any(|s| s.id == *id);
    let is_taken = |out: &Out, name: &str| out.iter().any(|(known, _)| known == name);
    match change {
        FactChange::Add(fact) => {
            let (name, value, prefix) = match fact {
                StandingFact::Contact { .. } => ("contact", "yes", "contact".to_owned()),
                StandingFact::Household { .. } => ("home", "some", "home".to_owned()),
                StandingFact::Test { .. } => ("test", "yes", "test".to_owned()),
                StandingFact::Stay { .. } => ("away", "yes", stay_prefix(*stays)),
            };
            if matches!(fact, StandingFact::Stay { .. }) {
                if *stays >= super::edit::STAYS_MAX {
                    return false;
                }
                *stays += 1;
                if !is_taken(out, name) {
                    put(out, name, value);
                }
            } else if is_taken(out, name) {
                return false;
            } else {
                put(out, name, value);
            }
            fact_fields(out, &prefix, fact);
            true
        }
        FactChange::End(id, day) if is_listed(id) => {
            let prefix = fact_prefix(*id);
            put(out, format!("{prefix}-do"), "end");
            put(out, format!("{prefix}-end"), day.to_string());
            true
        }
        FactChange::Correct(id, fact) if is_listed(id) => {
            let prefix = fact_prefix(*id);
            put(out, format!("{prefix}-do"), "fix");
            fact_fields(out, &prefix, fact);
            true
        }
        FactChange::End(..) | FactChange::Correct(..) => false,
    }
}

/// A fact in its fields, each named `PREFIX-…`.
pub(super) fn fact_fields(out: &mut Out, prefix: &str, fact: &StandingFact) {
    let mut put =
        |name: &str, value: &str| out.push((format!("{prefix}-{name}"), value.to_owned()));
    match fact {
        StandingFact::Contact { with, who, last } => {
            put(
                "with",
                match with {
                    CaseStatus::Confirmed => "confirmed",
                    CaseStatus::Suspected => "suspected",
                },
            );
            put(
                "who",
                match who {
                    ContactWho::Household => "household",
                    ContactWho::Other => "other",
                },
            );
            put("last", &last.to_string());
        }
        StandingFact::Household { matter, since } => {
            put(
                "matter",
                match matter {
                    HouseholdMatter::Symptoms => "symptoms",
                    HouseholdMatter::Isolating => "isolating",
                    HouseholdMatter::Returned => "returned",
                },
            );
            put("since", &since.to_string());
        }
        StandingFact::Stay {
            region,
            arrived,
            left,
            transit,
        } => {
            let code = region.as_str();
            for (name, digits) in [("province", 2), ("city", 4), ("district", 6), ("town", 9)] {
                if let Some(code) = code.get(..digits).filter(|_| code.len() >= digits) {
                    put(name, code);
                }
            }
            put("arrived", &arrived.to_string());
            match left {
                Some(left) => put("left", &left.to_string()),
                None => put("still", "yes"),
            }
            if *transit {
                put("transit", "yes");
            }
        }
        StandingFact::Test { result, sampled } => {
            put(
                "result",
                match result {
                    TestResult::Negative => "negative",
                    TestResult::Positive => "positive",
                },
            );
            put("sampled", &sampled.to_string());
        }
    }
}
