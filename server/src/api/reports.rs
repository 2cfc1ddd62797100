//! `POST /api/v1/schools/{school}/reports`: daily reports in bulk.

use super::bearer::Bearer;
use super::body::AtMost;
use super::declared::{Also, Problems};
use super::problem::{Problem, word_of};
use super::repeat::{Outcome, once};
use crate::edge::RequestId;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::report::{AnswerFault, FaultReason, Field, HouseholdMatter, StandingFact, Told};
use domain::{Day, Lang};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::intake::{Fate, Receipt};
use services::interface::{NotTaken, REPORTS_MAX, SentReport};
use services::{Error, Refusal, Services};
use std::sync::Arc;
use utoipa::ToSchema;

/// What a request may weigh, in bytes: a thousand reports, each with the longest note.
const BODY_BYTES: usize = 4 << 20;
/// The state of a report that is to be sent again.
const RETRY: &str = "retry";

/// The place of a report that is none.
const WHOLE: &str = ".";

/// Reports of one school's people.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// At most 1,000.
    #[schema(max_items = 1000, value_type = Vec<Report>)]
    reports: AtMost<Value, REPORTS_MAX>,
}

/// One report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    /// Chosen at random by the program, 32 hexadecimal digits: the same id is the same report, however often it comes,
    /// and whatever it says then. A new answer needs a new id.
    #[schema(
        example = "0f8fad5bd9cb469fa16570867728950e",
        min_length = 32,
        max_length = 32
    )]
    id: String,
    /// The person's student number at the school.
    #[schema(example = "20200317")]
    student_no: String,
    /// The day that it speaks of, at the school.
    #[schema(example = "2020-09-17")]
    day: String,
    /// The latest revision of that day that the program knows. A report that does not know of a later one never
    /// takes its place: the worse of both holds until the teacher has looked.
    #[serde(default)]
    based_on: u16,
    /// Measured, in tenths of a degree Celsius, 340–430. Absent: below the threshold in force.
    temperature_tenths: Option<u16>,
    /// Words of the rulebooks in force on that day.
    #[serde(default)]
    #[schema(example = json!(["cough"]))]
    symptoms: Vec<String>,
    /// When they began.
    #[schema(example = "2020-09-16")]
    symptoms_since: Option<String>,
    /// Contacts, the household, stays and tests. Say what is so, each day if you like: what an earlier day has told is not
    /// added again, and what went on then ends when it is sent with its end. A later report of the same day has to say
    /// all of it again. At most 20.
    #[serde(default)]
    facts: Vec<Fact>,
    /// Words to the teacher, at most 500 characters.
    #[serde(default)]
    note: String,
    /// How the family gave it.
    #[serde(default)]
    channel: Way,
}

/// How the family gave a report.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// In the school's own system.
    #[default]
    Interface,
    /// In a message channel.
    Message,
}

/// A fact that stays until it has ended; what was wrong is corrected on the family's page.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
enum Fact {
    /// Contact with a confirmed or suspected case.
    Contact {
        /// Confirmed, or suspected.
        #[serde(default)]
        suspected: bool,
        /// Somebody of the household.
        #[serde(default)]
        household: bool,
        /// The last day of contact.
        last: String,
    },
    /// Something about a member of the household.
    Household {
        /// Feels ill, has been told to isolate, or came back from elsewhere.
        matter: Matter,
        /// Since when.
        since: String,
        /// When it ended, of what an earlier day has told; absent while it goes on.
        until: Option<String>,
    },
    /// A stay elsewhere: by region and arrival it is the same one.
    Stay {
        /// The region's code by GB/T 2260.
        region: String,
        /// The first day there.
        arrived: String,
        /// The last day there; absent while still there.
        left: Option<String>,
        /// Only passed through without leaving the station.
        #[serde(default)]
        transit: bool,
    },
    /// A test with its result.
    Test {
        /// Positive, or negative.
        positive: bool,
        /// The day of the sample.
        sampled: String,
    },
}

/// What is the matter with a member of the household.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Matter {
    /// Feels ill.
    Symptoms,
    /// Has been told to isolate.
    Isolating,
    /// Came back from elsewhere.
    Returned,
}

/// What became of the reports.
#[derive(Debug, Serialize, ToSchema)]
pub struct Results {
    /// One for each report, in their order.
    results: Vec<ReportResult>,
}

impl Outcome for Results {
    fn is_final(&self) -> bool {
        !self.results.iter().any(|result| result.state == RETRY)
    }
}

/// What became of one report.
#[derive(Debug, Serialize, ToSchema)]
struct ReportResult {
    /// The report's id.
    id: String,
    /// accepted; pending: it would weaken a yellow or red, and waits for the teacher; stale: it did not know of a later
    /// one; refused: it was not taken; retry: send it again with the same id; failed: it could not be kept, and sent again
    /// would fail again; tell whoever keeps the server.
    #[schema(example = "accepted")]
    state: &'static str,
    /// Its revision of that day, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u16>,
    /// Why it was refused, or that it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Wrong>,
    /// For whoever keeps the server: the number of the failed request in its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// What is wrong with a report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Wrong {
    /// The field.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The stable code.
    code: String,
    /// The words for a person.
    message: String,
}

/// Send daily reports
///
/// They take the same way as the reports of the web page. Each has its own result: a wrong one does not keep
/// the others out.
#[utoipa::path(
    post, path = "/api/v1/schools/{school}/reports", tag = "reports",
    params(("school" = String, Path, description = "The school's code."),
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, description = "The same name is the same answer for 24 hours, unless a report is to be sent again.")),
    request_body = Reports,
    responses((status = 200, body = Results, description = "What became of the reports.",
               headers(("Idempotent-Replayed" = bool, description = "true: the answer to an earlier request of this name."),
                       ("Retry-After" = u32, description = "Seconds to wait before sending reports to `retry` again."))),
              Problems, Also<409>, Also<413>, Also<422>)
)]
pub async fn send(
    State(services): State<Arc<Services>>,
    bearer: Bearer,
    Path(school): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let lang = bearer.lang;
    if body.len() > BODY_BYTES {
        return Err(Problem::bare(lang, StatusCode::PAYLOAD_TOO_LARGE, None));
    }
    let sent: Reports =
        serde_json::from_slice(&body).map_err(|e| Problem::malformed(lang, e.to_string()))?;
    let most = || Problem::malformed(lang, format!("reports: at most {REPORTS_MAX}"));
    let sent = sent.reports.all().ok_or_else(most)?;
    let asked: [&[u8]; 3] = [b"reports", school.as_bytes(), &body];
    let (work, asker, code) = (Arc::clone(&services), bearer.clone(), school.clone());
    once(&services, &bearer, &headers, &asked, async move {
        let id = |report: &Value| report["id"].as_str().unwrap_or_default().to_owned();
        let ids: Vec<String> = sent.iter().map(id).collect();
        // Those that can be read go through; the others have their faults.
        let read: Vec<_> = sent.into_iter().map(Report::read).collect();
        let (mut good, mut places) = (Vec::new(), Vec::new());
        for report in read {
            places.push(report.map(|report| good.push(report)));
        }
        let taken = work
            .report_all(&asker.key.actor, &code, good)
            .await
            .map_err(|error| asker.problem(&error))?;
        let mut taken = taken.into_iter();
        let results = ids
            .into_iter()
            .zip(places)
            .map(|(id, place)| match place {
                Err(field) => ReportResult::refused(id, vec![unreadable(lang, &field)]),
                Ok(()) => {
                    let taken = taken.next().unwrap_or(Err(Error::Overloaded.into()));
                    result(lang, asker.id, id, taken)
                }
            })
            .collect();
        Ok(Results { results })
    })
    .await
}

impl Report {
    /// The report, or the field that cannot be read.
    fn read(sent: Value) -> Result<SentReport, String> {
        let read: Self = serde_path_to_error::deserialize(sent).map_err(|error| field(&error))?;
        read.sent()
    }

    fn sent(self) -> Result<SentReport, String> {
        let since = self.symptoms_since.as_deref();
        let in_place = |(place, fact): (usize, Fact)| {
            let fact = fact.read();
            fact.map_err(|field| format!("facts[{place}].{field}"))
        };
        let facts = self.facts.into_iter().enumerate().map(in_place);
        Ok(SentReport {
            id: id_of(&self.id).ok_or("id")?,
            day: day_of(&self.day, "day")?,
            symptoms_since: since.map(|day| day_of(day, "symptoms_since")).transpose()?,
            facts: facts.collect::<Result<_, _>>()?,
            student_no: self.student_no,
            based_on: self.based_on,
            tenths: self.temperature_tenths,
            symptoms: self.symptoms,
            note: self.note,
            is_message: self.channel == Way::Message,
        })
    }
}

impl Fact {
    /// The fact, or the field that cannot be read.
    fn read(self) -> Result<Told, &'static str> {
        use domain::report::{CaseStatus, ContactWho, TestResult};
        let mut ended = None;
        let fact = match self {
            Self::Contact {
                suspected,
                household,
                last,
            } => StandingFact::Contact {
                with: if suspected {
                    CaseStatus::Suspected
                } else {
                    CaseStatus::Confirmed
                },
                who: if household {
                    ContactWho::Household
                } else {
                    ContactWho::Other
                },
                last: day_of(&last, "last")?,
            },
            Self::Household {
                matter,
                since,
                until,
            } => {
                ended = until.map(|day| day_of(&day, "until")).transpose()?;
                StandingFact::Household {
                    matter: matter.into(),
                    since: day_of(&since, "since")?,
                }
            }
            Self::Stay {
                region,
                arrived,
                left,
                transit,
            } => StandingFact::Stay {
                region: region.parse().map_err(|_| "region")?,
                arrived: day_of(&arrived, "arrived")?,
                left: left.map(|day| day_of(&day, "left")).transpose()?,
                transit,
            },
            Self::Test { positive, sampled } => StandingFact::Test {
                result: if positive {
                    TestResult::Positive
                } else {
                    TestResult::Negative
                },
                sampled: day_of(&sampled, "sampled")?,
            },
        };
        Ok(Told { fact, ended })
    }
}

impl From<Matter> for HouseholdMatter {
    fn from(matter: Matter) -> Self {
        match matter {
            Matter::Symptoms => Self::Symptoms,
            Matter::Isolating => Self::Isolating,
            Matter::Returned => Self::Returned,
        }
    }
}

fn day_of<'a>(text: &str, field: &'a str) -> Result<Day, &'a str> {
    text.parse().map_err(|_| field)
}

/// Which field of a report an error is about: where it is, or the one that is missing or too many.
fn field(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let place = error.path().to_string();
    let says = error.inner().to_string();
    let named = says.strip_prefix("missing field `");
    let named = named.or_else(|| says.strip_prefix("unknown field `"));
    match named.and_then(|rest| rest.split('`').next()) {
        Some(named) if place == WHOLE => named.to_owned(),
        // Of a fact only where it is, is known besides.
        Some(named) if place.ends_with(']') => format!("{place}.{named}"),
        _ => place,
    }
}

fn id_of(text: &str) -> Option<[u8; 16]> {
    let is_hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let number = is_hex.then(|| u128::from_str_radix(text, 16).ok())??;
    Some(number.to_be_bytes())
}

pub(super) fn unreadable(lang: Lang, field: &str) -> Wrong {
    let message = match lang {
        Lang::Zh => "这一项读不出来",
        Lang::En => "This field cannot be read",
    };
    // A report that is no object has none.
    let field = (field != WHOLE).then(|| field.to_owned());
    wrong(field, "unreadable", message)
}

impl ReportResult {
    fn of(id: String, state: &'static str) -> Self {
        Self {
            id,
            state,
            revision: None,
            problems: Vec::new(),
            reference: None,
        }
    }

    fn refused(id: String, problems: Vec<Wrong>) -> Self {
        Self {
            problems,
            ..Self::of(id, "refused")
        }
    }

    fn taken(id: String, receipt: &Receipt) -> Self {
        let state = match receipt.fate {
            Fate::Accepted => "accepted",
            Fate::Pending => "pending",
            Fate::Stale => "stale",
        };
        Self {
            revision: Some(receipt.revision),
            ..Self::of(id, state)
        }
    }
}

fn wrong(field: Option<String>, code: impl Into<String>, message: impl Into<String>) -> Wrong {
    Wrong {
        field,
        code: code.into(),
        message: message.into(),
    }
}

fn field_of(fault: &AnswerFault) -> String {
    match fault.field {
        Field::Temperature => "temperature_tenths".into(),
        Field::SymptomsSince => "symptoms_since".into(),
        Field::Change(_) if fault.reason == FaultReason::TooMany => "facts".into(),
        Field::Change(place) => format!("facts[{place}]"),
        Field::Note => "note".into(),
    }
}

/// The field that is at fault, where one is.
fn field_refused(reason: Refusal) -> Option<&'static str> {
    match reason {
        Refusal::StudentUnknown => Some("student_no"),
        Refusal::NotThisDay | Refusal::DayTooLate => Some("day"),
        _ => None,
    }
}

fn result(
    lang: Lang,
    request: Option<RequestId>,
    id: String,
    taken: Result<Receipt, NotTaken>,
) -> ReportResult {
    let refusal = |field, refusal: Refusal| wrong(field, refusal.code(), refusal.text(lang));
    let error = match taken {
        Ok(receipt) => return ReportResult::taken(id, &receipt),
        Err(NotTaken::Symptoms(places)) => {
            let unknown = places
                .into_iter()
                .map(|place| refusal(Some(format!("symptoms[{place}]")), Refusal::SymptomUnknown));
            return ReportResult::refused(id, unknown.collect());
        }
        Err(NotTaken::Other(error)) => error,
    };
    match error {
        Error::Refused(reason) => {
            let field = field_refused(reason).map(str::to_owned);
            ReportResult::refused(id, vec![refusal(field, reason)])
        }
        Error::Answers(faults) => {
            let faults = faults.iter().map(|fault| {
                let words = app::pages::family::fault_text(lang, fault.reason);
                wrong(Some(field_of(fault)), word_of(fault.reason), words)
            });
            ReportResult::refused(id, faults.collect())
        }
        Error::NotSignedIn | Error::Forbidden | Error::NotFound => {
            ReportResult::refused(id, vec![forbidden(lang)])
        }
        Error::Overloaded => ReportResult::of(id, RETRY),
        Error::Internal(cause) => {
            tracing::error!(%cause, report = id, "a report of the interface failed");
            ReportResult {
                problems: vec![failed(lang)],
                reference: request.map(|id| id.to_string()),
                ..ReportResult::of(id, "failed")
            }
        }
    }
}

pub(super) fn forbidden(lang: Lang) -> Wrong {
    let message = match lang {
        Lang::Zh => "这个人已不在学校名单上，或密钥没有这项权限。",
        Lang::En => "The person is no longer on the school's roster, or the key has no such right.",
    };
    wrong(None, "forbidden", message)
}

pub(super) fn failed(lang: Lang) -> Wrong {
    let message = match lang {
        Lang::Zh => "没能保存，请告诉服务器管理员。",
        Lang::En => "It could not be kept; tell whoever keeps the server.",
    };
    wrong(None, "internal", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_always_is_not_to_be_sent_again() {
        for (error, state, code) in [
            (Error::Overloaded, RETRY, None),
            (Error::internal("a test"), "failed", Some("internal")),
            (Error::Forbidden, "refused", Some("forbidden")),
            (Refusal::NotThisDay.into(), "refused", Some("not_this_day")),
        ] {
            let told = result(Lang::En, None, "1".into(), Err(error.into()));
            let codes: Vec<_> = told
                .problems
                .iter()
                .map(|wrong| wrong.code.as_str())
                .collect();
            assert_eq!((told.state, codes.first().copied()), (state, code));
            let all = Results {
                results: vec![told],
            };
            assert_eq!(all.is_final(), state != RETRY, "{state}");
        }
    }
}
