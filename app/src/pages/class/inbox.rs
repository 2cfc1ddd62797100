//! What waits for the teacher: corrections, answers from older forms, and new guardians.

use super::person::status_label;
use super::shell::{ClassShell, Frame, Tab};
use super::today::said;
use super::words::{AnswerList, channel, reporter, seat};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_week, time};
use crate::ui::{
    Button, ButtonKind, Card, Dot, EmptyState, ErrorSummary, FieldError, IconName, Notice,
    PageHead, StatusWord, TextInput, error_of,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::ids::{AccountId, ClassId, PersonId, ReportId};
use http::StatusCode;
use leptos::prelude::*;
use services::classroom::{ContestView, PendingView, ReportView};
use services::family::GuardianEntry;
use services::{Error, Refusal};

/// Corrections, or with `?show=guardians` the guardians.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    if query.get("show") == "guardians" {
        return guardians(&ctx, class, query.get("done")).await;
    }
    let done = match query.get("done") {
        "confirmed" => Some(tr!(
            ctx.lang,
            "已确认，今天的码已更新。",
            "Confirmed; today's code is up to date."
        )),
        "refused" => Some(tr!(
            ctx.lang,
            "未采纳，原来的报告继续有效。",
            "Refused; the earlier report stays in force."
        )),
        "kept" => Some(tr!(
            ctx.lang,
            "已答复，报告保留。",
            "Answered; the report holds on."
        )),
        "struck" => Some(tr!(
            ctx.lang,
            "已答复，报告撤下，今天的码已更新。",
            "Answered; the report is struck and today's code is up to date."
        )),
        _ => None,
    };
    corrections(
        &ctx,
        StatusCode::OK,
        class,
        done,
        &Fields::default(),
        Vec::new(),
    )
    .await
}

/// Settles one report, or confirms one guardian.
pub async fn submit(ctx: Ctx, Path(class): Path<ClassId>, fields: Fields) -> Answer {
    // Who may not see this class hears nothing about its fields.
    ctx.services().class_frame(ctx.actor()?, class).await?;
    if fields.has("account") {
        let (account, person) = (
            fields.value::<AccountId>("account")?,
            fields.value::<PersonId>("person")?,
        );
        ctx.services()
            .confirm_guardian(ctx.actor()?, account, person)
            .await?;
        return Ok(see_other(&format!(
            "/class/{class}/inbox?show=guardians&done=yes"
        )));
    }
    let report = fields.value::<ReportId>("report")?;
    let (services, actor, note) = (ctx.services(), ctx.actor()?, fields.get("note"));
    let (settled, word) = match fields.get("decision") {
        "confirm" => (
            services
                .settle_report(actor, class, report, true, note)
                .await,
            "confirmed",
        ),
        "refuse" => (
            services
                .settle_report(actor, class, report, false, note)
                .await,
            "refused",
        ),
        "strike" => (
            services
                .answer_contest(actor, class, report, true, note)
                .await,
            "struck",
        ),
        "keep" => (
            services
                .answer_contest(actor, class, report, false, note)
                .await,
            "kept",
        ),
        _ => return Err(Error::Refused(Refusal::FieldInvalid).into()),
    };
    match settled {
        Ok(()) => Ok(see_other(&format!("/class/{class}/inbox?done={word}"))),
        Err(Error::Refused(refusal)) => {
            let errors = vec![FieldError::new(
                format!("note-{report}"),
                refusal.text(ctx.lang),
            )];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            corrections(&ctx, status, class, None, &fields, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn corrections(
    ctx: &Ctx,
    status: StatusCode,
    class: ClassId,
    done: Option<String>,
    typed: &Fields,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let inbox = ctx.services().class_inbox(ctx.actor()?, class).await?;
    let (pending, contests) = (inbox.pending, inbox.contests);
    let frame = Frame::new(ctx, &inbox.frame);
    let lang = ctx.lang;
    let title = tr!(lang, "更正待确认", "Corrections to confirm");
    let heading = title.clone();
    let typed = typed.clone();
    Ok(ctx.html(status, &title, Islands::No, move || {
        let (shell, home) = (frame.clone(), frame.at(""));
        let nobody = (pending.is_empty() && contests.is_empty()).then(|| {
            view! {
                <section class="card">
                    <EmptyState icon=IconName::Check title=tr!(lang, "没有要确认的更正", "Nothing waits for you")>
                        <a href=home>{tr!(lang, "查看今日进度", "Show today")}</a>
                    </EmptyState>
                </section>
            }
        });
        let objections = contests
            .iter()
            .map(|item| contest_card(&frame, item, &typed, &errors))
            .collect_view();
        let cards = pending
            .iter()
            .map(|item| pending_card(&frame, item, &typed, &errors))
            .collect_view();
        view! {
            <ClassShell frame=shell tab=Tab::Corrections>
                <PageHead
                    title=heading
                    sub=tr!(lang, "确认以前，原来的颜色不变", "Until you confirm, the colour stays as it is")
                />
                {said(done)}
                <ErrorSummary lang=lang errors=errors.clone() />
                {nobody}
                {objections}
                {cards}
            </ClassShell>
        }
    }))
}

fn pending_card(
    frame: &Frame,
    item: &PendingView,
    typed: &Fields,
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let id = item.waits.report;
    let note_id = format!("note-{id}");
    let note = typed_note(typed, id);
    let stale = item.waits.stale;
    let explain = if stale {
        tr!(
            lang,
            "这一份是照着旧表填的，填的时候已经有了另一份。请选定哪一份算数。",
            "This one was filled in on an older form, while another report had come in. Choose which one holds."
        )
    } else {
        tr!(
            lang,
            "这一份会让颜色变轻。请先向家长核实，再确认或不采纳。",
            "This one would make the colour milder. Check with the family, then confirm or refuse."
        )
    };
    let (yes, no) = if stale {
        (
            tr!(lang, "采用新收到的", "Take the one that waits"),
            tr!(lang, "保留原来的", "Keep the one in force"),
        )
    } else {
        (
            tr!(lang, "确认更正", "Confirm"),
            tr!(lang, "不采纳", "Refuse"),
        )
    };
    let person = frame.at(&format!("/person/{}", item.person));
    let action = frame.at("/inbox");
    let (now, then) = (item.now, item.then);
    let then = then.map(|code| {
        view! {
            <span class="row">{tr!(lang, "确认后", "if confirmed")} <StatusWord lang=lang code=code /></span>
        }
    });
    let label = format!("{} ", day_week(lang, item.day));
    view! {
        <section class="card">
            <div class="card-head">
                <h2><a href=person>{item.name.clone()}</a> " " <small class="sub">{seat(lang, item.seat)}</small></h2>
                <span class="end row">
                    {label}
                    <span class="row">{tr!(lang, "今天", "today")} <StatusWord lang=lang code=now /></span>
                    {then}
                </span>
            </div>
            <div class="stack">
                <Notice>{explain}</Notice>
                <div class="halves">
                    {side(lang, tr!(lang, "现在算数的", "In force"), item.holds.as_ref())}
                    {side(lang, tr!(lang, "新收到的", "Waiting"), Some(&item.waits))}
                </div>
                <form class="stack" method="post" action=action>
                    <input type="hidden" name="report" value=id.to_string() />
                    <TextInput
                        name="note"
                        id=note_id.clone()
                        label=tr!(lang, "说明（会留存）", "Note (it is kept)")
                        hint=tr!(lang, "例如：和妈妈通了电话，体温看错了行", "For example: called the mother, the reading was mistyped")
                        rows=2u32
                        maxlength=500u32
                        value=note
                        required=true
                        error=error_of(errors, &note_id)
                    />
                    <div class="row">
                        <Button kind=ButtonKind::Primary name="decision" value="confirm">{yes}</Button>
                        <Button name="decision" value="refuse">{no}</Button>
                    </div>
                </form>
            </div>
        </section>
    }
}

fn contest_card(
    frame: &Frame,
    item: &ContestView,
    typed: &Fields,
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let id = item.report.report;
    let note_id = format!("note-{id}");
    let note = typed_note(typed, id);
    let person = frame.at(&format!("/person/{}", item.person));
    let action = frame.at("/inbox");
    let (relation, words) = (item.by.label(lang), item.words.clone());
    view! {
        <section class="card">
            <div class="card-head">
                <h2><a href=person>{item.name.clone()}</a> " " <small class="sub">{seat(lang, item.seat)}</small></h2>
                <span class="end row">{day_week(lang, item.day)} <span class="tag">{tr!(lang, "异议", "Objection")}</span></span>
            </div>
            <div class="stack">
                <Notice>{tr!(
                    lang,
                    "家长认为学校代交的这份报告不对。请核实后答复：保留，或者撤下。撤下后，这份报告视同没有交过。",
                    "A guardian says that this report by the school is wrong. Check, then answer: keep it, or strike it. A struck report counts as if it had never been made."
                )}</Notice>
                <div class="halves">
                    {side(lang, tr!(lang, "学校代交的", "By the school"), Some(&item.report))}
                    <div class="stack">
                        <h3>{tr!(lang, "{relation}的话", "Words of the {relation}")}</h3>
                        <p>{words}</p>
                    </div>
                </div>
                <form class="stack" method="post" action=action>
                    <input type="hidden" name="report" value=id.to_string() />
                    <TextInput
                        name="note"
                        id=note_id.clone()
                        label=tr!(lang, "给家长的答复", "Your answer to the family")
                        rows=2u32
                        maxlength=500u32
                        value=note
                        required=true
                        error=error_of(errors, &note_id)
                    />
                    <div class="row">
                        <Button name="decision" value="strike">{tr!(lang, "撤下报告", "Strike the report")}</Button>
                        <Button name="decision" value="keep">{tr!(lang, "保留报告", "Keep the report")}</Button>
                    </div>
                </form>
            </div>
        </section>
    }
}

/// What was typed for one report, on the page that comes back with an error.
fn typed_note(typed: &Fields, report: ReportId) -> String {
    if typed.get("report") == report.to_string() {
        typed.get("note").to_owned()
    } else {
        String::new()
    }
}

fn side(lang: Lang, title: String, report: Option<&ReportView>) -> impl IntoView + use<> {
    let inside = match report {
        None => view! { <p class="sub">{tr!(lang, "这一天没有别的报告", "No other report of that day")}</p> }.into_any(),
        Some(report) => {
            let by = reporter(lang, &report.by);
            let how = report.channel.map(|c| channel(lang, c)).unwrap_or_default();
            let state = status_label(lang, report);
            view! {
                <p class="sub">
                    {time(report.minute)} <Dot /> {by} <Dot /> {how} " " <span class="tag">{state}</span>
                </p>
                <AnswerList lang=lang answers=report.answers.clone() threshold=373u16 />
            }
            .into_any()
        }
    };
    view! {
        <div class="stack">
            <h3>{title}</h3>
            {inside}
        </div>
    }
}

async fn guardians(ctx: &Ctx, class: ClassId, done: &str) -> Answer {
    let entries = ctx.services().class_guardians(ctx.actor()?, class).await?;
    let frame = ctx.services().class_frame(ctx.actor()?, class).await?;
    let frame = Frame::new(ctx, &frame);
    let lang = ctx.lang;
    let done = (done == "yes").then(|| {
        tr!(
            lang,
            "已确认，这位家长现在能看到以前的记录。",
            "Confirmed; this guardian now sees the earlier days."
        )
    });
    let title = tr!(lang, "家长", "Guardians");
    let heading = title.clone();
    ctx.ok(&title, Islands::No, move || {
        let (known, new): (Vec<_>, Vec<_>) = entries.into_iter().partition(|g| g.is_confirmed);
        let count = new.len();
        let (shell, slips) = (frame.clone(), frame.at("/slips"));
        let nobody = new.is_empty().then(|| {
            view! {
                <EmptyState icon=IconName::People title=tr!(lang, "没有新加入的家长", "No new guardians")>
                    <a href=slips>{tr!(lang, "打印邀请条", "Print slips")}</a>
                </EmptyState>
            }
        });
        let new = new.iter().map(|g| guardian_line(&frame, g)).collect_view();
        let known = known.iter().map(|g| guardian_line(&frame, g)).collect_view();
        view! {
            <ClassShell frame=shell tab=Tab::Guardians>
                <PageHead
                    title=heading
                    sub=tr!(lang, "新家长可以马上报告，确认后才能看到以前的记录", "New guardians report at once; they see earlier days once you confirm them")
                />
                {said(done)}
                <Card title=tr!(lang, "等您确认", "To be confirmed") end=tr!(lang, "{count} 位", "{count}") flush=true>
                    {nobody}
                    <ul class="people">{new}</ul>
                </Card>
                <Card title=tr!(lang, "已确认", "Confirmed") flush=true>
                    <ul class="people">{known}</ul>
                </Card>
            </ClassShell>
        }
    })
}

fn guardian_line(frame: &Frame, entry: &GuardianEntry) -> impl IntoView + use<> {
    let lang = frame.lang;
    let relation = entry.relation.label(lang);
    let (name, child) = (entry.name.clone(), entry.child.clone());
    let alert = entry.alert_at.map(|_| {
        view! {
            <small>
                <b>
                    {tr!(
                        lang,
                        "注意：有人又用过同一张邀请条，请问清楚是不是本人；不是的，请学校管理员解除。",
                        "Careful: somebody else tried the same slip. Ask whether this is the right person; if not, the school's administrator can unlink them."
                    )}
                </b>
            </small>
        }
    });
    let confirm = (!entry.is_confirmed).then(|| {
        let label = tr!(lang, "确认{name}", "Confirm {name}");
        view! {
            <form method="post" action=frame.at("/inbox")>
                <input type="hidden" name="account" value=entry.account.to_string() />
                <input type="hidden" name="person" value=entry.person.to_string() />
                <Button kind=ButtonKind::Primary small=true icon=IconName::Check label=label>{tr!(lang, "确认", "Confirm")}</Button>
            </form>
        }
    });
    let href = frame.at(&format!("/person/{}", entry.person));
    view! {
        <li>
            <div class="what">
                <b>{name}</b>
                <small>{relation}</small>
                <small><a href=href>{child}</a></small>
                {alert}
            </div>
            <div class="buttons">{confirm}</div>
        </li>
    }
}
