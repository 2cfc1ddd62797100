//! One pupil: today's decision with its grounds, reports with all revisions, guardians and consent.

use super::shell::{ClassShell, Frame, Tab};
use super::today::said;
use super::words::{AnswerList, channel, fate, fate_of, reporter, seat};
use crate::islands::class::PrintButton;
use crate::pages::why::{self, Grounds, grounds};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, day_week, time};
use crate::ui::{
    Button, ButtonKind, Card, DayStrip, Dot, ErrorSummary, Fact, Facts, FieldError, IconName,
    StatusWord, TextInput, error_of,
};
use crate::web::{Answer, Ctx, Failure, Fields, Islands, see_other};
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::decision::ClearanceMode;
use domain::ids::{ClassId, PersonId};
use http::StatusCode;
use leptos::prelude::*;
use services::classroom::{
    ConsentSummary, DayView, DecisionNote, GuardianNote, PersonView, ReportView,
};
use services::{Error, Refusal};

/// The page.
pub async fn show(
    ctx: Ctx,
    Path((class, person)): Path<(ClassId, PersonId)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let done = match query.get("done") {
        "asked" => Some(tr!(
            ctx.lang,
            "已记下，漏报不再计入。",
            "Noted; the missed days no longer count."
        )),
        word => fate_of(word).map(|f| fate(ctx.lang, f)),
    };
    render(&ctx, StatusCode::OK, class, person, done, "", Vec::new()).await
}

/// Notes that the family was asked about missed days.
pub async fn ask(
    ctx: Ctx,
    Path((class, person)): Path<(ClassId, PersonId)>,
    fields: Fields,
) -> Answer {
    let note = fields.get("note");
    let asked = ctx
        .services()
        .ask_about_gaps(ctx.actor()?, class, person, note)
        .await;
    match asked {
        Ok(()) => Ok(see_other(&format!(
            "/class/{class}/person/{person}?done=asked"
        ))),
        Err(Error::Refused(Refusal::NoteNeeded)) => {
            let errors = vec![FieldError::new("note", Refusal::NoteNeeded.text(ctx.lang))];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            render(&ctx, status, class, person, None, note, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn render(
    ctx: &Ctx,
    status: StatusCode,
    class: ClassId,
    person: PersonId,
    done: Option<String>,
    note: &str,
    errors: Vec<FieldError>,
) -> Result<Response, Failure> {
    let model = ctx
        .services()
        .person_view(ctx.actor()?, class, person)
        .await?;
    let frame = Frame::new(ctx, &model.frame);
    let title = model.name.clone();
    let note = note.to_owned();
    Ok(ctx.html(status, &title, Islands::Yes, move || {
        page(&frame, &model, done, note, errors)
    }))
}

fn page(
    frame: &Frame,
    model: &PersonView,
    done: Option<String>,
    note: String,
    errors: Vec<FieldError>,
) -> impl IntoView + use<> {
    let lang = frame.lang;
    let days = model
        .days
        .iter()
        .map(|day| day_card(lang, day))
        .collect_view();
    let shell = frame.clone();
    let top = head(frame, model);
    let ask = model.can_ask.then(|| ask_card(lang, note, &errors));
    let told = told(lang, model);
    let grounds = grounds(
        lang,
        &Grounds {
            decision: &model.decision,
            trace: &model.trace,
            books: &model.books,
            outlook: &model.outlook,
            told: told.as_ref().map(|(who, minute)| (who.as_str(), *minute)),
        },
    );
    let (strip, today) = (model.strip.clone(), model.frame.today);
    let family = family_card(lang, model);
    let is_silent = model.days.is_empty();
    let decisions = decisions_card(lang, &model.decisions);
    view! {
        <ClassShell frame=shell tab=Tab::Today>
            <ErrorSummary lang=lang errors=errors />
            {said(done)}
            {top}
            {ask}
            <div class="wide-first">
                <div class="stack">{grounds}</div>
                <div class="stack">
                    <Card title=tr!(lang, "近 14 天", "Last 14 days")>
                        <DayStrip lang=lang days=strip today=today />
                    </Card>
                    {family}
                    <Card title=tr!(lang, "报告", "Reports")>
                        <div class="stack">{days}</div>
                        {is_silent
                            .then(|| view! { <p class="sub">{tr!(lang, "近 14 天没有报告", "No report in the last 14 days")}</p> })}
                    </Card>
                    {decisions}
                </div>
            </div>
        </ClassShell>
    }
}

/// Who sent the report of today that holds, and at which minute.
fn told(lang: Lang, model: &PersonView) -> Option<(String, u32)> {
    let (how, minute) = model.told?;
    let today = model
        .days
        .first()
        .filter(|day| day.day == model.frame.today);
    let holding = today
        .into_iter()
        .flat_map(|day| &day.revisions)
        .find(|revision| revision.status == "accepted");
    let how = channel(lang, how);
    let who = match holding.map(|revision| reporter(lang, &revision.by)) {
        Some(who) => tr!(lang, "{who}，{how}", "{who}, {how}"),
        None => how,
    };
    Some((who, minute))
}

fn head(frame: &Frame, model: &PersonView) -> AnyView {
    let lang = frame.lang;
    // Administrators settle clearances, and do not submit them.
    let is_teacher = !model.frame.classes.is_empty();
    let reasons = &model.decision.reasons;
    let can_clear = is_teacher && reasons.iter().any(|r| r.clearance != ClearanceMode::None);
    let clear = can_clear.then(|| {
        let href = frame.at(&format!("/person/{}/clearance", model.person));
        view! { <Button icon=IconName::Document href=href>{tr!(lang, "解除证明", "Clearance")}</Button> }
    });
    let actions = view! {
        <Button icon=IconName::ChevronLeft href=frame.at("")>{tr!(lang, "全班", "Class")}</Button>
        <Button icon=IconName::Pencil kind=ButtonKind::Primary href=frame.at(&format!("/proxy/{}", model.person))>
            {tr!(lang, "代报", "Report by proxy")}
        </Button>
        {clear}
        <PrintButton label=tr!(lang, "打印", "Print") />
    };
    why::head(
        lang,
        why::Head {
            name: model.name.clone(),
            above: view! { {frame.label()} <Dot /> {seat(lang, model.seat)} }.into_any(),
            decision: &model.decision,
            nth: model.nth,
            is_title: true,
            actions: actions.into_any(),
        },
    )
}

fn ask_card(lang: Lang, note: String, errors: &[FieldError]) -> impl IntoView + use<> {
    let error = error_of(errors, "note");
    view! {
        <form class="card stack no-print" method="post">
            <h2>{tr!(lang, "已向家长问过漏报的原因", "The family was asked about the missed days")}</h2>
            <TextInput
                name="note"
                label=tr!(lang, "问到了什么", "What they said")
                hint=tr!(lang, "记下后，此前的漏报不再计入；会留下您的姓名和时间", "Earlier missed days then no longer count; your name and the time are kept")
                rows=2u32
                maxlength=500u32
                value=note
                required=true
                error=error
            />
            <Button kind=ButtonKind::Primary>{tr!(lang, "记下已询问", "Note that they were asked")}</Button>
        </form>
    }
}

fn family_card(lang: Lang, model: &PersonView) -> impl IntoView + use<> {
    let consent = match model.consent {
        ConsentSummary::Given => tr!(lang, "同意线上填报", "online reporting agreed"),
        ConsentSummary::Refused => tr!(
            lang,
            "有监护人不同意，只查验纸面",
            "refused by a guardian: paper only"
        ),
        ConsentSummary::Open => tr!(lang, "还没有回答", "not answered yet"),
    };
    let guardians = model
        .guardians
        .iter()
        .map(|guardian| guardian_line(lang, guardian))
        .collect_view();
    let phones = model
        .contacts
        .iter()
        .map(|contact| {
            let label = format!("{} {}", contact.relation, contact.name);
            let phone = contact.phone.clone();
            view! {
                <Fact icon=IconName::Phone label=label>
                    <a href=format!("tel:{phone}")>{phone.clone()}</a>
                </Fact>
            }
        })
        .collect_view();
    view! {
        <Card title=tr!(lang, "家长", "Guardians")>
            <Facts>
                <Fact icon=IconName::Shield label=tr!(lang, "线上填报", "Online reporting")>{consent}</Fact>
                {guardians}
                {phones}
            </Facts>
        </Card>
    }
}

fn guardian_line(lang: Lang, guardian: &GuardianNote) -> impl IntoView + use<> {
    let relation = guardian.relation.label(lang);
    let since = day_short(lang, guardian.since);
    let status = match guardian.status.as_str() {
        "confirmed" => tr!(lang, "已确认", "confirmed"),
        "claimed" => tr!(lang, "待确认", "to be confirmed"),
        _ => tr!(lang, "已解除", "unlinked"),
    };
    let alert = guardian.alert.then(|| {
        tr!(
            lang,
            "，有人又用过这张邀请条",
            ", slip tried again by somebody"
        )
    });
    view! {
        <Fact icon=IconName::Person label=format!("{} ({relation})", guardian.name)>
            {tr!(lang, "{status}，{since}加入", "{status}, joined {since}")}
            {alert}
        </Fact>
    }
}

fn day_card(lang: Lang, day: &DayView) -> impl IntoView + use<> {
    let revisions = day
        .revisions
        .iter()
        .map(|revision| revision_view(lang, revision))
        .collect_view();
    let code = day
        .code
        .map(|code| view! { <StatusWord lang=lang code=code /> });
    view! {
        <div class="stack">
            <h3 class="row between">{day_week(lang, day.day)} {code}</h3>
            {revisions}
        </div>
    }
}

/// The word of a revision's state.
pub(super) fn status_label(lang: Lang, revision: &ReportView) -> String {
    match (revision.status.as_str(), revision.stale) {
        ("accepted", _) => tr!(lang, "有效", "in force"),
        ("replaced", _) => tr!(lang, "已被替换", "replaced"),
        ("refused", _) => tr!(lang, "未采纳", "refused"),
        (_, true) => tr!(lang, "待选定", "to be chosen"),
        (_, false) => tr!(lang, "待确认", "waits for confirmation"),
    }
}

fn revision_view(lang: Lang, revision: &ReportView) -> impl IntoView + use<> {
    let n = revision.revision;
    let by = reporter(lang, &revision.by);
    let how = revision
        .channel
        .map(|c| channel(lang, c))
        .unwrap_or_default();
    let at = time(revision.minute);
    let status = status_label(lang, revision);
    let note = (!revision.note.is_empty()).then(|| {
        let note = &revision.note;
        view! { <p class="sub">{tr!(lang, "处理说明：{note}", "Settled: {note}")}</p> }
    });
    let threshold = 373;
    view! {
        <div>
            <p class="sub">
                {tr!(lang, "第 {n} 版", "Revision {n}")}
                <Dot />
                {at}
                <Dot />
                {by}
                <Dot />
                {how}
                " "
                <span class="tag">{status}</span>
            </p>
            <AnswerList lang=lang answers=revision.answers.clone() threshold=threshold />
            {note}
        </div>
    }
}

fn decisions_card(lang: Lang, decisions: &[DecisionNote]) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = decisions
        .iter()
        .map(|note| {
            let (day, minute) = note.at;
            let when = format!("{} {}", day_short(lang, day), time(minute));
            let cause = match note.cause.as_str() {
                "report" => tr!(lang, "收到报告", "a report"),
                "correction" => tr!(lang, "更正已确认", "a confirmed correction"),
                "gaps_asked" => tr!(lang, "已询问漏报", "gaps asked about"),
                "contest" => tr!(
                    lang,
                    "异议后撤下一份报告",
                    "a report struck after an objection"
                ),
                "withdrawal" => tr!(lang, "家长撤回同意", "consent withdrawn"),
                "midnight" => tr!(lang, "新的一天", "a new day"),
                "gate" => tr!(lang, "校门测温", "temperatures at the gate"),
                "gate_undo" => tr!(lang, "校门撤销", "taken back at the gate"),
                "slip_rejected" => tr!(lang, "平安条没有采用", "a slip rejected"),
                "record" => tr!(lang, "官方记录", "an official record"),
                "record_withdrawn" => {
                    tr!(lang, "撤回了录错的官方记录", "an official record withdrawn")
                }
                "risk_area" => tr!(lang, "风险地区有变化", "risk areas changed"),
                "clearance" => tr!(lang, "解除证明已接受", "an accepted clearance"),
                "discrepancy" => tr!(lang, "记录与报告的不一致已核对", "a discrepancy settled"),
                "settings" => tr!(
                    lang,
                    "学校设置或校历有变化",
                    "the school's settings or calendar changed"
                ),
                "rulebook" => tr!(lang, "规则有变化", "the rules changed"),
                _ => tr!(lang, "其他", "other"),
            };
            let label = note
                .label
                .as_ref()
                .map(|label| label.get(lang).to_owned())
                .unwrap_or_default();
            let code = note.code;
            view! {
                <li>
                    <StatusWord lang=lang code=code />
                    <p>{label}</p>
                    <p class="sub">{when} <Dot /> {cause}</p>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Card title=tr!(lang, "判定记录", "Decisions so far")>
                <ul class="stack">{rows}</ul>
            </Card>
        }
    })
}
