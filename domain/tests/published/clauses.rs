//! The words of the column *What else*.

use super::story::{Story, report};
use domain::facts::{RiskArea, RiskLevel};
use domain::ids::{RecordId, RegionCode};
use domain::report::{
    CaseStatus, ContactWho, FactChange, FactId, HouseholdMatter, StandingFact, TestResult,
};
use domain::rulebook::Policy;
use domain::state::{Clearance, Finding, OfficialRecord, RecordKind, Settlement};
use domain::{Day, Text};

/// The story of a row.
pub fn story(days: &str, also: &str) -> Story {
    let mut clauses: Vec<&str> = also.split(';').map(str::trim).collect();
    clauses.retain(|clause| !clause.is_empty());
    let from = clauses
        .iter()
        .find_map(|clause| clause.strip_prefix("from "));
    let first = from.map_or(Day::from_ymd(2020, 9, 1).unwrap(), |day| {
        day.parse().unwrap()
    });
    let mut story = Story::new(first, days);
    for clause in clauses {
        apply(&mut story, clause).unwrap_or_else(|| panic!("not understood: {clause}"));
    }
    story
}

fn apply(story: &mut Story, clause: &str) -> Option<()> {
    let (word, rest) = clause.split_once(' ').unwrap_or((clause, ""));
    match word {
        "from" => {}
        "policy" => {
            story.policy = match rest {
                "ignore" => Policy::Ignore,
                "pause" => Policy::Pause,
                "restart" => Policy::Restart,
                _ => return None,
            }
        }
        "school" => story.days_off = Some(Vec::new()),
        "off" => {
            let days: Result<Vec<i32>, _> = rest.split(' ').map(str::parse).collect();
            story.days_off = Some(days.ok()?);
        }
        "today" => story.today = number(rest)?,
        "withdrawn" => story.withdrawn = Some(number(rest)?),
        "asked" => story.state.asked = Some(story.at(number(rest)?)),
        "high" => area(story, RiskLevel::High, rest)?,
        "medium" => area(story, RiskLevel::Medium, rest)?,
        "cleared" => {
            let (reason, day) = rest.split_once(' ')?;
            story.state.clearances.push(Clearance {
                reason: reason.to_owned(),
                date: story.at(number(day)?),
            });
        }
        "confirmed" => {
            let (day, letter) = rest.split_once(": ")?;
            let day = story.at(number(day)?);
            let place = story.state.reports.iter().position(|r| r.day == day)?;
            let mut revised = report(day, letter.chars().next()?)?;
            revised.revision = 2;
            story.state.reports[place] = revised;
        }
        "says" => {
            let (day, what) = rest.split_once(": ")?;
            let day = story.at(number(day)?);
            let change = change(story, what)?;
            let mut reports = story.state.reports.iter_mut();
            let report = reports.find(|report| report.day == day)?;
            report.answers.changes.push(change);
        }
        "record" => {
            let (day, what) = rest.split_once(": ")?;
            let record = OfficialRecord {
                id: RecordId(i64::try_from(story.state.records.len()).ok()? + 1),
                kind: kind(story, what)?,
                received: story.at(number(day)?),
                authority: "区疾控".to_owned(),
            };
            story.state.records.push(record);
        }
        "settled" => {
            let (record, rest) = rest.split_once(" on ")?;
            let (day, finding) = rest.split_once(": ")?;
            let finding = match finding {
                "record_right" => Finding::RecordRight,
                "report_right" => Finding::ReportRight,
                "both_right" => Finding::BothRight,
                _ => return None,
            };
            story.state.settlements.push(Settlement {
                record: RecordId(record.parse().ok()?),
                on: story.at(number(day)?),
                finding,
            });
        }
        _ => return None,
    }
    Some(())
}

fn number(text: &str) -> Option<i32> {
    text.trim().parse().ok()
}

/// The words with the region after `in`, district 440305 where there is none.
fn place(words: &str) -> Option<(&str, RegionCode)> {
    let (words, region) = words.split_once(" in ").unwrap_or((words, "440305"));
    Some((words, RegionCode::parse(region).ok()?))
}

fn area(story: &mut Story, level: RiskLevel, words: &str) -> Option<()> {
    let (from, region) = place(words)?;
    let from = story.at(number(from)?);
    story.risk.areas.push(RiskArea {
        region,
        name: Text::new("东岭市", "Dongling"),
        level,
        from,
        to: None,
        look_back: RiskArea::LOOK_BACK_DAYS,
    });
    Some(())
}

/// First and last day: `1-3`, `1-` while it goes on.
fn span(story: &Story, words: &str) -> Option<(Day, Option<Day>)> {
    let (from, to) = words.split_once('-')?;
    let to = if to.is_empty() {
        None
    } else {
        Some(story.at(number(to)?))
    };
    Some((story.at(number(from)?), to))
}

/// A fact's name: the day of its report, and its place in it.
fn id(story: &Story, words: &str) -> Option<FactId> {
    let (day, index) = words.split_once('.')?;
    Some(FactId {
        day: story.at(number(day)?),
        index: index.parse().ok()?,
    })
}

fn change(story: &Story, what: &str) -> Option<FactChange> {
    if let Some(rest) = what.strip_prefix("end ") {
        let (fact, day) = rest.split_once(" on ")?;
        return Some(FactChange::End(id(story, fact)?, story.at(number(day)?)));
    }
    if let Some(rest) = what.strip_prefix("correct ") {
        let (fact, rest) = rest.split_once(": ")?;
        return Some(FactChange::Correct(id(story, fact)?, fact_of(story, rest)?));
    }
    fact_of(story, what).map(FactChange::Add)
}

fn fact_of(story: &Story, what: &str) -> Option<StandingFact> {
    let words: Vec<&str> = what.split(' ').collect();
    Some(match words.as_slice() {
        ["contact", with, who, last] => StandingFact::Contact {
            with: match *with {
                "confirmed" => CaseStatus::Confirmed,
                "suspected" => CaseStatus::Suspected,
                _ => return None,
            },
            who: match *who {
                "household" => ContactWho::Household,
                "other" => ContactWho::Other,
                _ => return None,
            },
            last: story.at(number(last)?),
        },
        ["isolating", since] => StandingFact::Household {
            matter: HouseholdMatter::Isolating,
            since: story.at(number(since)?),
        },
        ["test", result, sampled] => StandingFact::Test {
            result: if is_positive(result)? {
                TestResult::Positive
            } else {
                TestResult::Negative
            },
            sampled: story.at(number(sampled)?),
        },
        [word @ ("stay" | "transit"), ..] => {
            let (days, region) = place(what.strip_prefix(word)?.trim())?;
            let (arrived, left) = span(story, days)?;
            StandingFact::Stay {
                region,
                arrived,
                left,
                transit: *word == "transit",
            }
        }
        _ => return None,
    })
}

fn is_positive(result: &str) -> Option<bool> {
    match result {
        "positive" => Some(true),
        "negative" => Some(false),
        _ => None,
    }
}

fn kind(story: &Story, what: &str) -> Option<RecordKind> {
    let words: Vec<&str> = what.split(' ').collect();
    Some(match words.as_slice() {
        ["case", day] => RecordKind::ConfirmedCase {
            sampled: story.at(number(day)?),
        },
        ["close", day] => RecordKind::CloseContact {
            last: story.at(number(day)?),
        },
        ["second", day] => RecordKind::ContactOfContact {
            last: story.at(number(day)?),
        },
        ["vaccination", day, "dose", dose] => RecordKind::Vaccination {
            day: story.at(number(day)?),
            dose: dose.parse().ok()?,
        },
        ["test", result, day] => RecordKind::Test {
            positive: is_positive(result)?,
            sampled: story.at(number(day)?),
        },
        ["stay" | "transit", ..] => {
            let StandingFact::Stay {
                region,
                arrived,
                left,
                transit,
            } = fact_of(story, what)?
            else {
                return None;
            };
            RecordKind::Stay {
                region,
                arrived,
                left,
                transit,
            }
        }
        _ => return None,
    })
}
