//! Lists: official records of a region, and the roster of a school.

use super::bearer::Bearer;
use super::body::{Rows, Workbook, table};
use super::declared::{Also, Problems};
use super::problem::{Problem, asked, word_of};
use super::repeat::{Outcome, once};
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Lang;
use domain::ids::RegionCode;
use domain::list::ListKind;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use services::records::{ListError, ListOf, ListUpload};
use services::roster::ImportError;
use services::{Error, Services};
use std::sync::Arc;
use utoipa::openapi::{Object, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// What a list of records is told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecordsAsk {
    /// The authority behind the list, as families read it.
    authority: String,
    /// What all rows are, where the list has no column for it.
    #[param(inline, value_type = Option<Kinds>)]
    kind: Option<String>,
    /// Say what would change, and change nothing.
    #[serde(default)]
    dry_run: bool,
}

/// The words of the kinds.
struct Kinds;

impl PartialSchema for Kinds {
    fn schema() -> RefOr<Schema> {
        let words = ListKind::ALL.map(ListKind::word);
        let kind = Object::builder().schema_type(Type::String);
        kind.enum_values(Some(words)).into()
    }
}

/// What a roster is told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RosterAsk {
    /// Say what would change, and change nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What a list of records did.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordsDone {
    /// Records added.
    new: usize,
    /// Records that were there already.
    known: usize,
    /// Records that were entered before and withdrawn; they stay withdrawn.
    withdrawn: usize,
    /// Rows about people who are on no roster of the region.
    not_found: usize,
    /// The rows that were left out.
    faults: Vec<RowFault>,
    /// The titles of columns that were not used: unknown, or of one meaning with another one.
    ignored_columns: Vec<String>,
}

/// What a roster did. Nobody is removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct RosterDone {
    /// People whom the school did not have.
    new: usize,
    /// People with other values than before, or who had left and are back.
    changed: usize,
    /// People with the same values.
    unchanged: usize,
    /// People of the list's classes who are not in it. They stay.
    absent: usize,
    /// The rows that were left out.
    faults: Vec<RowFault>,
    /// The titles of columns that were not used: unknown, or of one meaning with another one.
    ignored_columns: Vec<String>,
}

impl Outcome for RecordsDone {}
impl Outcome for RosterDone {}

/// Why a row was left out.
#[derive(Debug, Serialize, ToSchema)]
struct RowFault {
    /// The row, from 1; the titles are row 1.
    row: u32,
    /// The column's title.
    column: String,
    /// The stable code.
    #[schema(example = "national_id_form")]
    code: String,
    /// The words for a person.
    message: String,
}

/// Send a list of official records
///
/// A spreadsheet, CSV, or JSON `{"rows": [{"身份证号": "…", "类型": "密切接触者", "日期": "2020-09-16"}]}` with
/// the column titles of the import page. Everybody concerned is decided about before the answer.
#[utoipa::path(
    post, path = "/api/v1/regions/{region}/records", tag = "records",
    params(("region" = String, Path, description = "The region's code by GB/T 2260, or CN."), RecordsAsk,
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "The same name is the same answer for 24 hours.")),
    request_body(content((Rows = "application/json"), (String = "text/csv"),
                 (inline(Workbook) = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = RecordsDone, description = "What the list did.",
               headers(("Idempotent-Replayed" = bool, description = "true: the answer to an earlier request of this name."))),
              Problems, Also<409>, Also<413>, Also<415>, Also<422>)
)]
pub async fn records(
    State(services): State<Arc<Services>>,
    bearer: Bearer,
    Path(region): Path<String>,
    ask: Result<Query<RecordsAsk>, QueryRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let lang = bearer.lang;
    let ask = asked(lang, ask)?;
    let region: RegionCode = region
        .parse()
        .map_err(|_| bearer.problem(&Error::Forbidden))?;
    let kind = match ask.kind.as_deref().map(ListKind::from_word) {
        None => None,
        Some(Some(kind)) => Some(kind),
        Some(None) => return Err(Problem::malformed(lang, "kind")),
    };
    let words = format!("{ask:?}");
    let asked: [&[u8]; 4] = [
        b"records",
        region.as_str().as_bytes(),
        words.as_bytes(),
        &body.clone(),
    ];
    let (file_name, bytes) = table(lang, &headers, body).await?;
    let upload = ListUpload {
        of: ListOf::Records(kind),
        authority: ask.authority.clone(),
        file_name,
        bytes,
    };
    let (imports, asker, place) = (Arc::clone(&services), bearer.clone(), region.clone());
    let work = Box::pin(async move {
        let done = imports
            .import_records_file(&asker.key.actor, &place, upload, ask.dry_run)
            .await
            .map_err(|error| list_problem(&asker, &error))?;
        Ok(RecordsDone {
            new: done.new,
            known: done.known,
            withdrawn: done.withdrawn,
            not_found: done.not_found,
            faults: done
                .faults
                .into_iter()
                .map(|fault| RowFault {
                    row: fault.row,
                    message: fault.reason.message(lang).to_owned(),
                    code: word_of(fault.reason),
                    column: fault.column,
                })
                .collect(),
            ignored_columns: done.ignored_columns,
        })
    });
    once(&services, &bearer, &headers, &asked, work).await
}

/// Send the roster of a school
///
/// A spreadsheet, CSV, or JSON `{"rows": [{"学号": "20200317", "姓名": "王小明", "班级": "三(2)班"}]}` with the column
/// titles of the import page. Adds and changes; nobody is removed.
#[utoipa::path(
    put, path = "/api/v1/schools/{school}/roster", tag = "roster",
    params(("school" = String, Path, description = "The school's code."), RosterAsk,
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "The same name is the same answer for 24 hours.")),
    request_body(content((Rows = "application/json"), (String = "text/csv"),
                 (inline(Workbook) = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = RosterDone, description = "What the list did.",
               headers(("Idempotent-Replayed" = bool, description = "true: the answer to an earlier request of this name."))),
              Problems, Also<409>, Also<413>, Also<415>, Also<422>)
)]
pub async fn roster(
    State(services): State<Arc<Services>>,
    bearer: Bearer,
    Path(school): Path<String>,
    ask: Result<Query<RosterAsk>, QueryRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let lang = bearer.lang;
    let ask = asked(lang, ask)?;
    let asked: [&[u8]; 4] = [
        b"roster",
        school.as_bytes(),
        &[u8::from(ask.dry_run)],
        &body.clone(),
    ];
    let (file_name, bytes) = table(lang, &headers, body).await?;
    let (imports, asker, code) = (Arc::clone(&services), bearer.clone(), school.clone());
    let work = Box::pin(async move {
        let done = imports
            .import_roster_file(&asker.key.actor, &code, &file_name, bytes, ask.dry_run)
            .await
            .map_err(|error| roster_problem(&asker, &error))?;
        Ok(RosterDone {
            new: done.new,
            changed: done.changed,
            unchanged: done.unchanged,
            absent: done.absent,
            faults: done
                .faults
                .into_iter()
                .map(|fault| RowFault {
                    row: fault.row,
                    message: fault.message(lang),
                    code: word_of(fault.reason),
                    column: fault.column,
                })
                .collect(),
            ignored_columns: done.ignored_columns,
        })
    });
    once(&services, &bearer, &headers, &asked, work).await
}

fn columns_missing(lang: Lang, detail: String) -> Problem {
    let title = match lang {
        Lang::Zh => "缺少列，没有导入。",
        Lang::En => "Columns are missing; nothing was imported.",
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "columns_missing", title).about(detail)
}

fn list_problem(asker: &Bearer, error: &ListError) -> Problem {
    let lang = asker.lang;
    match error {
        ListError::File(error) => Problem::unreadable(lang, *error),
        ListError::Columns(columns) => {
            let titles: Vec<_> = columns.iter().map(|c| c.title(lang)).collect();
            columns_missing(lang, titles.join(", "))
        }
        ListError::Other(error) => asker.problem_with(error, "authority"),
    }
}

fn roster_problem(asker: &Bearer, error: &ImportError) -> Problem {
    let lang = asker.lang;
    match error {
        ImportError::File(error) => Problem::unreadable(lang, *error),
        ImportError::Columns(problems) => {
            let words: Vec<String> = problems.iter().map(|p| p.message(lang)).collect();
            let between = if lang == Lang::Zh { "，" } else { "; " };
            columns_missing(lang, words.join(between))
        }
        ImportError::Other(error) => asker.problem(error),
    }
}
