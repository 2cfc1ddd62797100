//! Reporting: one click, or the full form. Nothing typed is ever lost.

mod edit;
mod parse;
mod place;
mod prefill;
mod temperature;
mod view;

pub use parse::fault_text;

use crate::tr;
use crate::ui::FieldError;
use crate::web::{Answer, Ctx, Failure, Fields, Visitor, or_again, see_other};
use axum::extract::Path;
use axum::response::Response;
use domain::Day;
use domain::ids::PersonId;
use domain::report::{Answers, Channel};
use http::StatusCode;
use services::family::ChildView;
use services::intake::{Fate, Receipt, Submission};
use services::{Error, Refusal};

/// Bytes as text for hidden fields.
pub(super) fn to_hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    let digits = |at: usize| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok();
    let mut out = [0; 16];
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = digits(at)?;
    }
    (text.len() == 32).then_some(out)
}

/// The form, with today's answers where there are some already.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    if let Some(away) = without_consent(&child) {
        return Ok(away);
    }
    let id = to_hex(services::clock::bytes(&*ctx.services().entropy));
    let fields = prefill::fields(&child, &id);
    view::page(&ctx, StatusCode::OK, &child, &fields, Vec::new(), None).await
}

/// Takes *all well*, a step inside the form, or the form itself.
pub async fn submit(visitor: Visitor, Path(person): Path<PersonId>, fields: Fields) -> Response {
    let answer = if fields.get("kind") == "all_well" {
        all_well(&visitor, person, &fields).await
    } else {
        // Apart: hundreds of the others wait at a time, each with as much memory as the longest way through here needs.
        Box::pin(form(visitor, person, &fields)).await
    };
    or_again(answer, fields)
}

async fn form(visitor: Visitor, person: PersonId, fields: &Fields) -> Answer {
    let ctx = visitor.recognised().await?;
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    if let Some(away) = without_consent(&child) {
        return Ok(away);
    }
    if !fields.is_step() {
        return full(&ctx, &child, fields).await;
    }
    let act = fields.get("act");
    let fields = edit::apply(fields, act);
    view::page(&ctx, StatusCode::OK, &child, &fields, Vec::new(), Some(act)).await
}

/// What nearly everybody sends between seven and eight: the batch that writes it reads and checks all it needs.
async fn all_well(visitor: &Visitor, person: PersonId, fields: &Fields) -> Answer {
    let token = visitor.token.as_ref().ok_or(Error::NotSignedIn)?;
    let submission = submission(person, fields, Answers::all_well())?;
    match visitor
        .services()
        .report_by_session(token, submission)
        .await
    {
        Ok(receipt) => Ok(gone(person, &receipt)),
        Err(Error::Refused(Refusal::ConsentMissing | Refusal::ConsentRefused)) => {
            Ok(to_consent(person))
        }
        Err(error) => Err(error.into()),
    }
}

fn without_consent(child: &ChildView) -> Option<Response> {
    (child.consent != services::family::ConsentState::Given).then(|| to_consent(child.person))
}

fn to_consent(person: PersonId) -> Response {
    see_other(&format!("/child/{person}/consent"))
}

fn submission(person: PersonId, fields: &Fields, answers: Answers) -> Result<Submission, Failure> {
    let invalid = || Failure(Error::Refused(Refusal::FieldInvalid));
    Ok(Submission {
        person,
        day: fields.value::<Day>("day")?,
        id: from_hex(fields.get("submission")).ok_or_else(invalid)?,
        based_on: fields.value("based_on")?,
        answers,
        channel: Channel::Web,
    })
}

async fn send(
    ctx: &Ctx,
    person: PersonId,
    fields: &Fields,
    answers: Answers,
) -> Result<Receipt, Failure> {
    let submission = submission(person, fields, answers)?;
    Ok(ctx.services().report(ctx.actor()?, submission).await?)
}

fn gone(person: PersonId, receipt: &Receipt) -> Response {
    let fate = match receipt.fate {
        Fate::Accepted => "accepted",
        Fate::Pending => "pending",
        Fate::Stale => "stale",
    };
    see_other(&format!("/child/{person}/code?sent={fate}"))
}

async fn full(ctx: &Ctx, child: &ChildView, fields: &Fields) -> Answer {
    let lang = ctx.lang;
    let parsed = parse::parse(lang, fields, child);
    let again = StatusCode::UNPROCESSABLE_ENTITY;
    if !parsed.errors.is_empty() {
        return view::page(ctx, again, child, fields, parsed.errors, None).await;
    }
    let error = match send(ctx, child.person, fields, parsed.answers.clone()).await {
        Ok(receipt) => return Ok(gone(child.person, &receipt)),
        Err(Failure(error)) => error,
    };
    match error {
        Error::Answers(faults) => {
            let errors = parse::fault_errors(lang, &faults, &parsed);
            view::page(ctx, again, child, fields, errors, None).await
        }
        Error::Refused(Refusal::NotThisDay) => {
            let fields = edit::renew(fields, child);
            let words = tr!(
                lang,
                "这张表是之前打开的，日期已换成今天，请核对后再提交",
                "This form was opened on an earlier day. It is for today now: please check and send again"
            );
            let errors = vec![FieldError::new("temperature", words)];
            view::page(ctx, again, child, &fields, errors, None).await
        }
        Error::Refused(Refusal::AllWellUnavailable) => {
            let words = tr!(
                lang,
                "上一次报告有不舒服或发热，今天请填量到的体温",
                "The last report had symptoms or a fever: please enter a measured temperature today"
            );
            let errors = vec![FieldError::new("temperature", words)];
            view::page(ctx, again, child, fields, errors, None).await
        }
        other => Err(other.into()),
    }
}
