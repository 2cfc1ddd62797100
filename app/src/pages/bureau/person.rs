//! One person behind a masked name: the full grounds, and the form that lifts the mask.

use super::shell::{Frame, TrailShell, trail};
use crate::islands::class::PrintButton;
use crate::pages::family::channel_text;
use crate::pages::why::{self, Grounds, grounds};
use crate::tr;
use crate::ui::*;
use crate::web::{Answer, Ctx, Failure, Fields, Islands};
use axum::extract::Path;
use axum::response::Response;
use domain::ids::PersonId;
use http::StatusCode;
use leptos::prelude::*;
use services::bureau::{BureauPerson, REVEALS_PER_HOUR};
use services::{Error, Refusal};

/// The page.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let model = ctx.services().bureau_person(ctx.actor()?, person).await?;
    render(&ctx, StatusCode::OK, model, None, "", Vec::new()).await
}

/// Lifts the mask, once, in this answer.
pub async fn reveal(ctx: Ctx, Path(person): Path<PersonId>, fields: Fields) -> Answer {
    let why = fields.get("why");
    let revealed = ctx.services().reveal(ctx.actor()?, person, why).await;
    let (name, errors) = match revealed {
        Ok(name) => (Some(name), Vec::new()),
        Err(Error::Refused(refusal @ (Refusal::NoteNeeded | Refusal::RevealCap))) => {
            (None, vec![FieldError::new("why", refusal.text(ctx.lang))])
        }
        Err(error) => return Err(error.into()),
    };
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let model = ctx.services().bureau_person(ctx.actor()?, person).await?;
    render(&ctx, status, model, name, why, errors).await
}

async fn render(
    ctx: &Ctx,
    status: StatusCode,
    model: BureauPerson,
    name: Option<String>,
    why: &str,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let region = model
        .around
        .last()
        .map(|(code, _)| code.clone())
        .ok_or(Failure(Error::Forbidden))?;
    let frame = Frame::new(ctx, &region).await?;
    let title = model.name.clone();
    let why = why.to_owned();
    Ok(ctx.html(status, &title, Islands::Yes, move || {
        page(frame, model, name, why, errors)
    }))
}

fn page(
    frame: Frame,
    model: BureauPerson,
    revealed: Option<String>,
    why: String,
    errors: Vec<FieldError>,
) -> impl IntoView {
    let lang = frame.lang;
    let code = model.decision.code;
    let (school, school_name, contact) = model.school.clone();
    let school_name = school_name.get(lang).to_owned();
    let (class, class_name) = model.class;
    let mut crumbs = trail(lang, &model.around);
    crumbs.push(Crumb::link(
        school_name.clone(),
        format!("/bureau/school/{school}"),
    ));
    crumbs.push(Crumb::link(
        class_name.label(lang),
        format!("/bureau/class/{class}"),
    ));
    crumbs.push(Crumb::here(model.name.clone()));
    let told = model
        .told
        .map(|(how, minute)| (channel_text(lang, how), minute));
    let shown = Grounds {
        decision: &model.decision,
        trace: &model.trace,
        books: &model.books,
        outlook: &model.outlook,
        told: told.as_ref().map(|(how, minute)| (how.as_str(), *minute)),
    };
    let grounds = grounds(lang, &shown);
    let name = revealed.clone().unwrap_or_else(|| model.name.clone());
    let cap = REVEALS_PER_HOUR;
    let error = error_of(&errors, "why");
    let form = match revealed {
        Some(name) => view! {
            <Notice icon=IconName::Eye live=true>
                <b>{name}</b>
                <p>{tr!(lang, "实名只显示这一次。理由和您的账号已记录，家长能看到。", "The name is shown this once. Your reason and account are recorded, and the family can see them.")}</p>
            </Notice>
        }
        .into_any(),
        None => view! {
            <form class="card pad stack no-print" method="post">
                <h2>{tr!(lang, "查看实名", "Reveal the name")}</h2>
                <TextInput
                    name="why"
                    label=tr!(lang, "理由", "Reason")
                    hint=tr!(lang, "至少 4 个字。会记入日志，家长能看到；每小时最多 {cap} 次。", "At least 4 characters. It is logged and the family can read it; at most {cap} an hour.")
                    value=why
                    maxlength=200u32
                    required=true
                    error=error
                />
                <Button icon=IconName::Eye>{tr!(lang, "写下理由并显示实名", "Record the reason and show the name")}</Button>
            </form>
        }
        .into_any(),
    };
    let appeal = code.is_flagged().then(|| {
        let contact = if contact.is_empty() { school_name.clone() } else { contact.clone() };
        view! { <p class="hint">{tr!(lang, "家长有疑问可以联系学校：{contact}。", "The family can ask the school: {contact}.")}</p> }
    });
    let label = class_name.label(lang);
    let top = why::head(
        lang,
        why::Head {
            name,
            above: view! { {school_name} <Dot /> {label} }.into_any(),
            decision: &model.decision,
            nth: model.nth,
            is_title: true,
            actions: view! { <PrintButton label=tr!(lang, "打印", "Print") /> }.into_any(),
        },
    );
    view! {
        <TrailShell frame=frame trail=crumbs>
            <ErrorSummary lang=lang errors=errors />
            {top}
            <div class="split">
                <div>{form} {appeal}</div>
                <div>{grounds}</div>
            </div>
        </TrailShell>
    }
}
