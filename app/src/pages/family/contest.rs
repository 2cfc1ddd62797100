//! An objection to a report that the school made for the family.

use super::answers::{Known, Version};
use crate::tr;
use crate::ui::words::day_week;
use crate::ui::{
    Button, ButtonKind, Card, ErrorSummary, FieldError, Notice, PhoneShell, TextInput, error_of,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::Path;
use domain::ids::{PersonId, ReportId};
use http::StatusCode;
use leptos::prelude::*;
use services::{Error, Refusal};

/// The report, and a field for what is wrong with it.
pub async fn show(ctx: Ctx, Path((person, report)): Path<(PersonId, ReportId)>) -> Answer {
    page(&ctx, StatusCode::OK, person, report, "", Vec::new()).await
}

/// Sends the objection to the class teacher.
pub async fn submit(
    ctx: Ctx,
    Path((person, report)): Path<(PersonId, ReportId)>,
    fields: Fields,
) -> Answer {
    let words = fields.get("words");
    let sent = ctx
        .services()
        .contest_report(ctx.actor()?, person, report, words)
        .await;
    match sent {
        // Sent twice is sent once.
        Ok(()) | Err(Error::Refused(Refusal::AlreadyContested)) => {
            Ok(see_other(&format!("/child/{person}/days")))
        }
        Err(Error::Refused(refusal @ Refusal::NoteNeeded)) => {
            let errors = vec![FieldError::new("words", refusal.text(ctx.lang))];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&ctx, status, person, report, words, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    ctx: &Ctx,
    status: StatusCode,
    person: PersonId,
    report: ReportId,
    words: &str,
    errors: Vec<FieldError>,
) -> Answer {
    let child = ctx.services().child_view(ctx.actor()?, person).await?;
    let days = ctx.services().child_days(ctx.actor()?, person).await?;
    let known = Known::new(&child, &days);
    let found = days.days.into_iter().find_map(|day| {
        let revision = day.revisions.into_iter().find(|r| r.report == report)?;
        Some((day.day, revision))
    });
    let (day, revision) = found.ok_or(Failure(Error::NotFound))?;
    if revision.contest.is_some() || !revision.is_contestable {
        return Ok(see_other(&format!("/child/{person}/days")));
    }
    let lang = ctx.lang;
    let title = tr!(lang, "这份报告不对", "This report is wrong");
    let here = format!("/child/{person}/contest/{report}");
    let (heading, demo, action, words) =
        (title.clone(), ctx.demo(), here.clone(), words.to_owned());
    Ok(ctx.html(status, &title, Islands::No, move || {
        let error = error_of(&errors, "words");
        view! {
            <PhoneShell lang=lang here=here title=heading back=format!("/child/{person}/days") demo=demo>
                <ErrorSummary lang=lang errors=errors />
                <Card title=day_week(lang, day)>
                    <div class="stack">
                        <Version lang=lang revision=revision known=known.clone() />
                        <Notice>{tr!(
                            lang,
                            "班主任会看到您的话，并答复保留还是撤下这份报告。答复之前，码的颜色不变。",
                            "The class teacher reads your words and answers whether the report holds or is struck. Until then the code stays as it is."
                        )}</Notice>
                        <form class="stack" method="post" action=action>
                            <TextInput
                                name="words"
                                label=tr!(lang, "哪里不对", "What is wrong")
                                hint=tr!(lang, "例如：那天没有人打电话问过我们", "For example: nobody called us that day")
                                rows=3u32
                                maxlength=500u32
                                value=words
                                required=true
                                error=error
                            />
                            <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "提出异议", "Object")}</Button>
                        </form>
                    </div>
                </Card>
            </PhoneShell>
        }
    }))
}
