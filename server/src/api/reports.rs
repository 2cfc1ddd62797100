//! `POST /api/v1/schools/{school}/reports`: daily reports in bulk.

use super::bearer::Bearer;
use super::body::AtMost;
use super::problem::Problem;
use super::repeat::{Outcome, once};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::report::{FaultReason, Field, StandingFact};
use domain::{Day, Lang};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::intake::{Fate, Receipt};
use services::interface::{REPORTS_MAX, SentReport};
use services::{Error, Services};
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
    /// Chosen at random by the program, 32 hexadecimal digits: the same id is the same report, however often it comes.
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
    /// Words of the rulebook in force.
    #[serde(default)]
    #[schema(example = json!(["cough"]))]
    symptoms: Vec<String>,
    /// When they began.
    #[schema(example = "2020-09-16")]
    symptoms_since: Option<String>,
    /// New standing facts.
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

/// A fact that stays until it is ended or corrected on the family's page.
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
    /// A stay elsewhere.
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
    /// one; refused: it was not taken; retry: send it again with the same id.
    #[schema(example = "accepted")]
    state: &'static str,
    /// Its revision of that day, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u16>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Wrong>,
}

/// What is wrong with a report.
#[derive(Debug, Serialize, ToSchema)]
struct Wrong {
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
           ("Idempotency-Key" = Option<String>, Header, description = "The same name is the same answer for 24 hours, unless a report is to be sent again.")),
    request_body = Reports,
    responses((status = 200, body = Results), (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 409, body = Problem, content_type = "application/problem+json"),
              (status = 413, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json"),
              (status = 429, body = Problem, content_type = "application/problem+json"),
              (status = 503, body = Problem, content_type = "application/problem+json"))
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
        return Err(Problem::bare(StatusCode::PAYLOAD_TOO_LARGE, None));
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
                Err(field) => refused(id, vec![unreadable(lang, &field)]),
                Ok(()) => result(lang, id, taken.next()),
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
        read.sent().map_err(str::to_owned)
    }

    fn sent(self) -> Result<SentReport, &'static str> {
        let day = |text: &str, field| text.parse::<Day>().map_err(|_| field);
        Ok(SentReport {
            id: id_of(&self.id).ok_or("id")?,
            day: day(&self.day, "day")?,
            symptoms_since: match &self.symptoms_since {
                Some(text) => Some(day(text, "symptoms_since")?),
                None => None,
            },
            facts: self
                .facts
                .into_iter()
                .map(Fact::read)
                .collect::<Result<_, _>>()?,
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
    fn read(self) -> Result<StandingFact, &'static str> {
        use domain::report::{CaseStatus, ContactWho, TestResult};
        let day = |text: &str| text.parse::<Day>().map_err(|_| "facts");
        Ok(match self {
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
                last: day(&last)?,
            },
            Self::Stay {
                region,
                arrived,
                left,
                transit,
            } => StandingFact::Stay {
                region: region.parse().map_err(|_| "facts")?,
                arrived: day(&arrived)?,
                left: left.as_deref().map(day).transpose()?,
                transit,
            },
            Self::Test { positive, sampled } => StandingFact::Test {
                result: if positive {
                    TestResult::Positive
                } else {
                    TestResult::Negative
                },
                sampled: day(&sampled)?,
            },
        })
    }
}

/// Which field of a report an error is about: where it is, or the one that is missing or too many.
fn field(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let place = error.path().to_string();
    let says = error.inner().to_string();
    let named = says.strip_prefix("missing field `");
    let named = named.or_else(|| says.strip_prefix("unknown field `"));
    match named.and_then(|rest| rest.split('`').next()) {
        Some(named) if place == WHOLE => named.to_owned(),
        _ => place,
    }
}

fn id_of(text: &str) -> Option<[u8; 16]> {
    let is_hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let number = is_hex.then(|| u128::from_str_radix(text, 16).ok())??;
    Some(number.to_be_bytes())
}

fn unreadable(lang: Lang, field: &str) -> Wrong {
    let message = match lang {
        Lang::Zh => "这一项读不出来",
        Lang::En => "This field cannot be read",
    };
    Wrong {
        // A report that is no object has none.
        field: (field != WHOLE).then(|| field.to_owned()),
        code: "unreadable".into(),
        message: message.into(),
    }
}

fn refused(id: String, problems: Vec<Wrong>) -> ReportResult {
    ReportResult {
        id,
        state: "refused",
        revision: None,
        problems,
    }
}

fn field_of(field: Field) -> &'static str {
    match field {
        Field::Temperature => "temperature_tenths",
        Field::SymptomsSince => "symptoms_since",
        Field::Change(_) => "facts",
        Field::Note => "note",
    }
}

fn word_of(reason: FaultReason) -> String {
    let word = serde_json::to_value(reason).ok();
    word.and_then(|w| Some(w.as_str()?.to_owned()))
        .unwrap_or_default()
}

fn result(lang: Lang, id: String, taken: Option<services::Result<Receipt>>) -> ReportResult {
    match taken {
        Some(Ok(receipt)) => ReportResult {
            id,
            state: match receipt.fate {
                Fate::Accepted => "accepted",
                Fate::Pending => "pending",
                Fate::Stale => "stale",
            },
            revision: Some(receipt.revision),
            problems: Vec::new(),
        },
        Some(Err(Error::Refused(refusal))) => {
            let wrong = Wrong {
                field: None,
                code: refusal.code().into(),
                message: refusal.text(lang).into(),
            };
            refused(id, vec![wrong])
        }
        Some(Err(Error::Answers(faults))) => {
            let wrong = faults.iter().map(|fault| Wrong {
                field: Some(field_of(fault.field).into()),
                code: word_of(fault.reason),
                message: app::pages::family::fault_text(lang, fault.reason),
            });
            refused(id, wrong.collect())
        }
        _ => ReportResult {
            id,
            state: RETRY,
            revision: None,
            problems: Vec::new(),
        },
    }
}
