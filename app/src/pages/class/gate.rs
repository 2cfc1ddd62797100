//! What the gate tells a class's teacher: high temperatures, slips to be confirmed, who is here.

use super::shell::{ClassShell, Frame, Tab};
use super::today::said;
use super::words::seat;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, time};
use crate::ui::{
    Button, ButtonKind, Card, EmptyState, ErrorSummary, FieldError, IconName, Notice, PageHead,
    TextInput, error_of,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::Path;
use axum::response::Response;
use domain::decision::temperature_text;
use domain::ids::ClassId;
use http::StatusCode;
use leptos::prelude::*;
use services::gates::{Attendance, HighReading, Presence, ReadingState, Seen, SlipView};
use services::{Error, Refusal};

/// A number as pages have it.
pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The slips that wait, each with its form.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    slips(&ctx, StatusCode::OK, class, &Fields::default(), Vec::new()).await
}

/// Confirms a slip, or rejects it.
pub async fn submit(ctx: Ctx, Path(class): Path<ClassId>, fields: Fields) -> Answer {
    // Who may not see this class hears nothing about its fields.
    ctx.services().class_frame(ctx.actor()?, class).await?;
    let entry: i64 = fields.value("entry")?;
    let (confirm, word) = match fields.get("decision") {
        "confirm" => (true, "confirmed"),
        "reject" => (false, "rejected"),
        _ => return Err(Error::Refused(Refusal::FieldInvalid).into()),
    };
    let (services, actor) = (ctx.services(), ctx.actor()?);
    match services
        .settle_slip(actor, class, entry, confirm, fields.get("note"))
        .await
    {
        Ok(()) => Ok(see_other(&format!("/class/{class}?gate={word}"))),
        Err(Error::Refused(refusal)) => {
            let error = FieldError::new(format!("note-{entry}"), refusal.text(ctx.lang));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            slips(&ctx, status, class, &fields, vec![error]).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn slips(
    ctx: &Ctx,
    status: StatusCode,
    class: ClassId,
    typed: &Fields,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let model = ctx.services().class_view(ctx.actor()?, class).await?;
    let frame = Frame::new(ctx, &model.frame);
    let lang = ctx.lang;
    let title = tr!(lang, "校门平安条", "Slips from the gate");
    let (heading, typed) = (title.clone(), typed.clone());
    Ok(ctx.html(status, &title, Islands::No, move || {
        let waiting = model.attendance.map(|gate| gate.slips).unwrap_or_default();
        let (shell, home) = (frame.clone(), frame.at(""));
        let nobody = waiting.is_empty().then(|| {
            view! {
                <Card>
                    <EmptyState icon=IconName::Check title=tr!(lang, "没有要确认的平安条", "No slips wait for you")>
                        <a href=home>{tr!(lang, "查看今日进度", "Show today")}</a>
                    </EmptyState>
                </Card>
            }
        });
        let cards = waiting
            .iter()
            .map(|slip| slip_card(&frame, slip, &typed, &errors))
            .collect_view();
        view! {
            <ClassShell frame=shell tab=Tab::Today>
                <PageHead
                    title=heading
                    sub=tr!(lang, "先放行，等您确认；不采用的，就当没有报过", "Let in until you decide; a rejected slip counts as no report")
                />
                <ErrorSummary lang=lang errors=errors.clone() />
                {nobody}
                {cards}
            </ClassShell>
        }
    }))
}

fn slip_card(
    frame: &Frame,
    slip: &SlipView,
    typed: &Fields,
    errors: &[FieldError],
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let field = format!("note-{}", slip.entry);
    let is_this = typed.get("entry") == slip.entry.to_string();
    let note = if is_this { typed.get("note") } else { "" };
    let note = note.to_owned();
    let error = error_of(errors, &field);
    let name = slip.who.name.clone();
    let title = format!("{} {}", name, seat(lang, slip.who.seat));
    let (action, entry) = (frame.at("/gate-slip"), slip.entry.to_string());
    view! {
        <Card title=title end=slip_words(lang, slip, frame.class.today)>
            <form class="form stack" method="post" action=action>
                <input type="hidden" name="entry" value=entry />
                <TextInput
                    name="note"
                    id=field
                    label=tr!(lang, "说明（不采用时必填）", "Note (needed to reject)")
                    value=note
                    maxlength=500u32
                    error=error
                />
                <div class="row">
                    <Button kind=ButtonKind::Primary icon=IconName::Check name="decision" value="confirm" label=tr!(lang, "确认{name}的平安条", "Confirm the slip of {name}")>
                        {tr!(lang, "签名属实，确认", "Signed: confirm")}
                    </Button>
                    <Button kind=ButtonKind::Danger name="decision" value="reject" label=tr!(lang, "不采用{name}的平安条", "Reject the slip of {name}")>
                        {tr!(lang, "不采用", "Reject")}
                    </Button>
                </div>
            </form>
        </Card>
    }
}

/// 7:12 东门，36.5 ℃，已过确认时间
fn slip_words(lang: Lang, slip: &SlipView, today: domain::Day) -> String {
    let (minute, gate) = &slip.at;
    let at = time(*minute);
    let day = (slip.day != today).then(|| format!("{} ", day_short(lang, slip.day)));
    let measured = slip.tenths.map(|tenths| {
        let shown = temperature_text(tenths).get(lang).to_owned();
        tr!(lang, "，{shown}", ", {shown}")
    });
    let overdue = slip
        .is_overdue
        .then(|| tr!(lang, "，已过确认时间", ", past the hour"));
    let day = day.unwrap_or_default();
    let words = tr!(lang, "{day}{at} {gate}", "{day}{at} {gate}");
    words + &measured.unwrap_or_default() + &overdue.unwrap_or_default()
}

/// Says what became of a slip just now.
pub(super) fn settled(lang: Lang, word: &str) -> Option<impl IntoView + use<>> {
    said(match word {
        "confirmed" => Some(tr!(lang, "已确认这张平安条。", "The slip is confirmed.")),
        "rejected" => Some(tr!(
            lang,
            "没有采用，这份报告不算数；请联系家长。",
            "Rejected: that report does not count. Please call the family."
        )),
        _ => None,
    })
}

/// High temperatures, and slips to be confirmed: above everything else.
pub(super) fn alerts(frame: &Frame, gate: &Attendance) -> Option<AnyView> {
    let lang = frame.lang;
    let high: Vec<_> = gate
        .high
        .iter()
        .map(|reading| high_row(frame, reading))
        .collect();
    let fevers = gate.fevers();
    let banner = (fevers > 0).then(|| {
        view! {
            <Notice sand=true icon=IconName::Thermometer>
                <b>
                    {tr!(lang, "校门两次测温发热：{fevers} 人。请马上联系家长，安排单独等候。",
                        "Fever measured twice at the gate: {fevers}. Call the family now, and let the child wait apart.")}
                </b>
            </Notice>
        }
    });
    let readings = (!high.is_empty()).then(|| {
        view! {
            <Card title=tr!(lang, "校门测温偏高", "High at the gate") flush=true>
                <ul class="people">{high}</ul>
            </Card>
        }
    });
    let waiting: Vec<_> = gate
        .slips
        .iter()
        .map(|slip| slip_row(frame, slip))
        .collect();
    let n = waiting.len();
    let due = time(gate.slip_minute);
    let late = gate.slips.iter().any(|slip| slip.is_overdue);
    let hint = if late {
        tr!(lang, "{n} 张，有的已过 {due}", "{n}, some past {due}")
    } else {
        tr!(lang, "{n} 张，{due} 前确认", "{n}, by {due}")
    };
    let slips = (n > 0).then(|| {
        view! {
            <Card title=tr!(lang, "校门平安条待确认", "Slips from the gate to confirm") end=hint flush=true>
                <ul class="people">{waiting}</ul>
            </Card>
        }
    });
    (banner.is_some() || readings.is_some() || slips.is_some())
        .then(|| view! { {banner} {readings} {slips} }.into_any())
}

fn high_row(frame: &Frame, reading: &HighReading) -> impl IntoView + use<> {
    let lang = frame.lang;
    let shown = temperature_text(reading.tenths).get(lang).to_owned();
    let (minute, gate) = &reading.at;
    let (at, by) = (time(*minute), reading.by.clone());
    let state = match reading.state {
        ReadingState::Waits => tr!(lang, "等第二次测温", "waits for the second measurement"),
        ReadingState::Confirmed => tr!(lang, "两次都发热，已计入", "fever twice: it counts"),
        ReadingState::Normal => tr!(lang, "第二次正常", "normal the second time"),
        ReadingState::NotCounted => tr!(
            lang,
            "第二次测得太早或没写姓名，不计入",
            "second one too soon or unsigned: does not count"
        ),
    };
    let who = if by.is_empty() {
        String::new()
    } else {
        tr!(lang, "，{by} 测", ", by {by}")
    };
    let href = frame.at(&format!("/person/{}", reading.who.person));
    view! {
        <li>
            <div class="what">
                <b><a href=href>{reading.who.name.clone()}</a></b>
                <small>{seat(lang, reading.who.seat)}</small>
                <small>{format!("{at} {gate}{who}")}</small>
            </div>
            <div class="what">
                <b>{shown}</b>
                <small>{state}</small>
            </div>
        </li>
    }
}

fn slip_row(frame: &Frame, slip: &SlipView) -> impl IntoView + use<> {
    let lang = frame.lang;
    let name = slip.who.name.clone();
    let href = frame.at(&format!("/person/{}", slip.who.person));
    let (action, reject) = (frame.at("/gate-slip"), frame.at("/gate-slip"));
    view! {
        <li>
            <div class="what">
                <b><a href=href>{name.clone()}</a></b>
                <small>{seat(lang, slip.who.seat)}</small>
                <small>{slip_words(lang, slip, frame.class.today)}</small>
            </div>
            <div class="buttons">
                <form method="post" action=action>
                    <input type="hidden" name="entry" value=slip.entry.to_string() />
                    <Button kind=ButtonKind::Primary small=true icon=IconName::Check name="decision" value="confirm" label=tr!(lang, "确认{name}的平安条", "Confirm the slip of {name}")>
                        {tr!(lang, "确认", "Confirm")}
                    </Button>
                </form>
                <Button small=true href=reject label=tr!(lang, "不采用{name}的平安条", "Reject the slip of {name}")>
                    {tr!(lang, "不采用…", "Reject …")}
                </Button>
            </div>
        </li>
    }
}

/// Who is here, who is not though reported, and who came without a report.
pub(super) fn attendance(frame: &Frame, gate: &Attendance) -> Option<AnyView> {
    let lang = frame.lang;
    if !gate.is_open {
        return None;
    }
    let n = gate.here.len();
    let here = gate
        .here
        .iter()
        .map(|seen| seen_row(frame, seen))
        .collect_view();
    let part = |title: String, people: &[Seen]| {
        let n = people.len();
        let rows = people
            .iter()
            .map(|seen| seen_row(frame, seen))
            .collect_view();
        (n > 0).then(|| {
            view! {
                <div class="card-head"><h3>{title}</h3><span class="end">{tr!(lang, "{n} 人", "{n}")}</span></div>
                <ul class="people">{rows}</ul>
            }
        })
    };
    let unreported = part(
        tr!(lang, "到校但没有报告", "Came without a report"),
        &gate.unreported,
    );
    let missed = gate.not_here.len();
    let absent = gate
        .not_here
        .iter()
        .map(|seen| seen_row(frame, seen))
        .collect_view();
    let absent = (missed > 0).then(|| {
        view! {
            <details class="pad">
                <summary>{tr!(lang, "已报告、未到校的 {missed} 人", "The {missed} who reported and are not here")}</summary>
                <ul class="people">{absent}</ul>
            </details>
        }
    });
    Some(
        view! {
            <Card title=tr!(lang, "到校", "Here") end=tr!(lang, "{n} 人", "{n}") flush=true>
                {unreported}
                {absent}
                <details class="pad">
                    <summary>{tr!(lang, "已到校的 {n} 人", "The {n} who are here")}</summary>
                    <ul class="people">{here}</ul>
                </details>
            </Card>
        }
        .into_any(),
    )
}

fn seen_row(frame: &Frame, seen: &Seen) -> impl IntoView + use<> {
    let lang = frame.lang;
    let where_to = match &seen.presence {
        Some(Presence::Here(minute, gate)) => {
            let at = time(*minute);
            tr!(lang, "{at} {gate} 进校", "came in {at}, {gate}")
        }
        Some(Presence::Left(minute, gate)) => {
            let at = time(*minute);
            tr!(lang, "{at} {gate} 出校", "went out {at}, {gate}")
        }
        Some(Presence::Stopped(minute, gate)) => {
            let at = time(*minute);
            tr!(
                lang,
                "{at} 在 {gate} 没有放行",
                "not let in at {at}, {gate}"
            )
        }
        None => tr!(lang, "校门没有记录", "no gate has seen them"),
    };
    let href = frame.at(&format!("/person/{}", seen.person));
    view! {
        <li>
            <div class="what">
                <b><a href=href>{seen.name.clone()}</a></b>
                <small>{seat(lang, seen.seat)}</small>
                <small>{where_to}</small>
            </div>
        </li>
    }
}
