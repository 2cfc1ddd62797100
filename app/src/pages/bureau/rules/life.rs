//! The panel of a version's life: who wrote, approved and scheduled it, and what the reader may do with it now.
//! Buttons that a person may not use are not there.

use super::replay;
use super::sheet::Sheet;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{counted, day_short, day_week, time};
use crate::ui::*;
use crate::web::Fields;
use domain::rulebook::life::PROPOSAL_DAYS;
use domain::rulebook::{Severity, Status, Step};
use domain::{Day, Millis, Zone};
use leptos::prelude::*;
use services::rules::StepView;

/// 9月17日 7:14 / 17 Sep 7:14.
pub(super) fn instant(lang: Lang, at: Millis) -> String {
    let zone = Zone::SHANGHAI;
    let day = day_short(lang, zone.day_of(at));
    format!("{day} {}", time(zone.minute_of(at)))
}

/// The panel; `typed` is what a refused form held.
pub(super) fn panel(sheet: &Sheet, ask: &str, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    // Said only to whoever would otherwise be the next person.
    let waits = matches!(
        sheet.view.line.status,
        Status::Submitted | Status::Emergency
    );
    let not_second = sheet.view.not_second.filter(|_| waits && sheet.activates);
    let not_second = not_second.map(|refusal| {
        view! { <Notice sand=true icon=IconName::People>{refusal.text(lang)}</Notice> }
    });
    let lapses = sheet.view.line.lapses_at.map(|at| {
        let when = instant(lang, at);
        view! { <Notice sand=true icon=IconName::Clock>{tr!(lang, "紧急生效，到 {when} 没有第三人追认就自动失效。", "In force as an emergency. It lapses on {when} unless a third person ratifies it.")}</Notice> }
    });
    // While something weighty is asked, nothing else is.
    let forms = question(sheet, ask, typed, errors).unwrap_or_else(|| steps(sheet, typed, errors));
    view! {
        <section class="card stack" id="life">
            <div class="card-head">
                <h2>{tr!(lang, "批准和生效", "Approval and activation")}</h2>
                <span class="end">{super::side::state(lang, sheet.view.line.status)}</span>
            </div>
            {standing(sheet)}
            {people(sheet)}
            {not_second}
            {sheet.view.proposal.as_ref().map(|proposal| proposed(lang, proposal))}
            {lapses}
            <div class="stack no-print">{forms}</div>
        </section>
    }
    .into_any()
}

/// A proposal to take it out of force, which waits for a second person.
fn proposed(lang: Lang, proposal: &StepView) -> AnyView {
    let until = Zone::SHANGHAI.day_of(proposal.at);
    let until = day_short(lang, until.plus(PROPOSAL_DAYS));
    let who = proposal.by.clone().unwrap_or_default();
    let note = proposal.note.clone().unwrap_or_default();
    let words = tr!(
        lang,
        "{who} 提议停用：{note}。{until}前等另一个人同意。",
        "{who} proposed to take it out of force: {note}. Another person may agree until {until}."
    );
    view! { <Notice sand=true icon=IconName::People>{words}</Notice> }.into_any()
}

/// What the reader may do now.
fn steps(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let may = sheet.view.may;
    let ratify = may.ratify.then(|| {
        view! {
            <form method="post" action=sheet.path()>
                <Button kind=ButtonKind::Primary wide=true name="do" value="ratify">{tr!(lang, "追认为正式生效", "Ratify it")}</Button>
            </form>
        }
    });
    view! {
        {may.submit.then(|| submit(sheet))}
        {(may.approve || may.return_to_author).then(|| judge(sheet, typed, errors))}
        {may.schedule.then(|| schedule(sheet, typed, errors))}
        {ratify}
        {asks(sheet)}
    }
    .into_any()
}

/// Where it stands, in a sentence.
fn standing(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let line = &sheet.view.line;
    let from = line.from.map(|day| day_week(lang, day)).unwrap_or_default();
    let to = line.to.map(|day| day_week(lang, day)).unwrap_or_default();
    let mut words = match line.status {
        Status::Draft => tr!(
            lang,
            "草稿不影响任何人。提交后由另一个人批准。",
            "A draft touches nobody. Once handed in, another person approves it."
        ),
        Status::Submitted => tr!(
            lang,
            "等待另一个人批准。",
            "Waits for another person's approval."
        ),
        Status::Approved => tr!(
            lang,
            "已批准并签名，等待安排生效的日子。",
            "Approved and signed; its first day is still to be chosen."
        ),
        Status::Scheduled => tr!(
            lang,
            "{from} 0:00 起生效。",
            "Comes into force on {from}, 0:00."
        ),
        Status::Active | Status::Emergency => {
            tr!(lang, "{from} 起生效。", "In force since {from}.")
        }
        Status::Lapsed => tr!(
            lang,
            "紧急生效没有人追认，已失效。",
            "The emergency was not ratified and lapsed."
        ),
        Status::Retired => tr!(
            lang,
            "{from} 至 {to} 生效过。",
            "Was in force from {from} to {to}."
        ),
        Status::Deleted => tr!(lang, "已删除。", "Deleted."),
    };
    if line.status.has_days() {
        words.push_str(&if line.applies_to_open {
            tr!(
                lang,
                "已在进行的隔离也按它重新计算。",
                " Isolations that were open are counted anew by it."
            )
        } else {
            tr!(
                lang,
                "已在进行的隔离按原来的规则走完。",
                " Isolations that were open keep the rules they began under."
            )
        });
    }
    view! { <p class="sub">{words}</p> }.into_any()
}

/// Who did what, and who is still waited for.
fn people(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let told = |step: &StepView| !matches!(step.step, Step::Save);
    let done = sheet
        .view
        .steps
        .iter()
        .filter(|step| told(step))
        .map(|step| {
            let who = step
                .by
                .clone()
                .unwrap_or_else(|| tr!(lang, "系统", "The system"));
            let what = step.step.text().get(lang).to_owned();
            let note = step
                .note
                .clone()
                .map(|note| view! { <br/> <small>{note}</small> });
            view! {
                <li class="done">
                    <span class="mark"><Icon name=IconName::Check /></span>
                    <span>{tr!(lang, "{who} {what}", "{who}: {what}")} {note}</span>
                    <small>{instant(lang, step.at)}</small>
                </li>
            }
        })
        .collect_view();
    let waits = match sheet.view.line.status {
        Status::Draft | Status::Submitted => {
            Some(tr!(lang, "另一个人批准", "another person's approval"))
        }
        Status::Approved => Some(tr!(lang, "安排生效的日子", "the choice of its first day")),
        Status::Emergency => Some(tr!(lang, "第三个人追认", "a third person's ratification")),
        _ => None,
    };
    let waits = waits.map(|what| {
        let when = if sheet.view.line.status == Status::Draft {
            tr!(lang, "等待提交", "once handed in")
        } else {
            tr!(lang, "等待中", "waiting")
        };
        view! { <li><span class="mark" aria-hidden="true"></span> <span>{what}</span> <small>{when}</small></li> }
    });
    view! { <ul class="people-list">{done} {waits}</ul> }.into_any()
}

/// Handing in; what stands in the way is said in place of the button.
fn submit(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let wrong = sheet
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    if wrong > 0 {
        let errors = counted(wrong, "error", "errors");
        return view! { <p><a href=format!("{}#findings", sheet.path())>{tr!(lang, "还有 {wrong} 处错误，改好才能提交", "{errors} to mend before it can be handed in")}</a></p> }
            .into_any();
    }
    if !replay::is_done(sheet) {
        return view! { <p class="hint">{tr!(lang, "先用近 14 天的数据试算，看谁会变色，再提交批准。", "Replay it over the last 14 days first, to see who would change colour; then hand it in.")}</p> }
            .into_any();
    }
    view! {
        <form class="stack" method="post" action=sheet.path()>
            <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
            <Button kind=ButtonKind::Primary wide=true name="do" value="submit">{tr!(lang, "提交批准", "Hand it in for approval")}</Button>
        </form>
    }
    .into_any()
}

/// The second person's choice.
fn judge(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let may = sheet.view.may;
    let note = typed.get("note").to_owned();
    let error = error_of(errors, "note");
    let back = may.return_to_author.then(|| {
        view! {
            <form class="stack" method="post" action=sheet.path()>
                <TextInput name="note" rows=2u32 label=tr!(lang, "退回的理由", "Why it goes back") value=note maxlength=200u32 required=true error=error />
                <div class="row"><Button name="do" value="return">{tr!(lang, "退回修改", "Send it back")}</Button></div>
            </form>
        }
    });
    let approve = may.approve.then(|| {
        view! {
            <form method="post" action=sheet.path()>
                <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
                <Button kind=ButtonKind::Primary wide=true name="do" value="approve">{tr!(lang, "批准并签名", "Approve and sign it")}</Button>
            </form>
        }
    });
    view! { {approve} {back} }.into_any()
}

/// The first day, and whether open isolations are counted anew.
fn schedule(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let limits = sheet.view.schedule;
    let (hours, earliest) = (limits.notice_hours, day_week(lang, limits.earliest));
    let day = match typed.get("day") {
        "" => limits.earliest.to_string(),
        day => day.to_owned(),
    };
    view! {
        <form class="stack" method="post" action=sheet.path()>
            <h3>{tr!(lang, "安排生效", "Choose its first day")}</h3>
            <TextInput
                name="day"
                kind="date"
                label=tr!(lang, "从哪天 0:00 起", "From 0:00 of")
                hint=tr!(lang, "至少提前 {hours} 小时，最早 {earliest}", "At least {hours} hours ahead, {earliest} at the earliest")
                value=day
                min=limits.earliest.to_string()
                required=true
                error=error_of(errors, "day")
            />
            {open_choice(lang, typed)}
            <Button kind=ButtonKind::Primary wide=true name="do" value="schedule">{tr!(lang, "安排生效", "Schedule it")}</Button>
        </form>
    }
    .into_any()
}

fn open_choice(lang: Lang, typed: &Fields) -> AnyView {
    let options = vec![
        Choice::new(
            "no",
            tr!(
                lang,
                "不影响：按原来的规则走完",
                "No: they keep their rules"
            ),
        ),
        Choice::new(
            "yes",
            tr!(
                lang,
                "重新计算，可能缩短或延长",
                "Yes: counted anew, may become shorter or longer"
            ),
        ),
    ];
    let value = if typed.get("open") == "yes" {
        "yes"
    } else {
        "no"
    };
    view! { <RadioGroup name="open" label=tr!(lang, "已在进行的隔离和观察", "Isolations that are open") options=options value=value columns=1 /> }
        .into_any()
}

/// Links to the second questions.
fn asks(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let may = sheet.view.may;
    let link = |shown: bool, ask: &str, words: String| {
        let href = format!("{}?ask={ask}#ask", sheet.path());
        shown.then(|| view! { <a class="btn small" href=href>{words}</a> })
    };
    view! {
        <div class="row">
            {link(may.cancel, "cancel", tr!(lang, "取消安排…", "Take the day back…"))}
            {link(may.activate_at_once, "urgent", tr!(lang, "紧急生效…", "Put it in force at once…"))}
            {link(may.propose, "propose", tr!(lang, "提议停用…", "Propose to take it out of force…"))}
            {link(may.retire, "retire", tr!(lang, "停用…", "Take it out of force…"))}
            {link(may.edit, "delete", tr!(lang, "删除草稿…", "Delete the draft…"))}
        </div>
        {may.copy.then(|| view! {
            <form method="post" action=sheet.path()>
                <Button icon=IconName::Copy name="do" value="copy">{tr!(lang, "以此版新建草稿", "Begin a draft from it")}</Button>
            </form>
        })}
    }
    .into_any()
}

/// The second question before something weighty, with what it does.
fn question(sheet: &Sheet, ask: &str, typed: &Fields, errors: &[FieldError]) -> Option<AnyView> {
    let lang = sheet.frame.lang;
    let may = sheet.view.may;
    let (allowed, words, verb, needs_note, needs_open) = match ask {
        "cancel" => (
            may.cancel,
            tr!(
                lang,
                "取消已安排的日子？规则回到“已批准”，可以另选日子。",
                "Take the chosen day back? The version is approved again, and another day can be chosen."
            ),
            tr!(lang, "取消安排", "Take the day back"),
            false,
            false,
        ),
        "urgent" => (
            may.activate_at_once,
            tr!(
                lang,
                "不等提前期，马上生效？提交人和您之外，要有第三个人在 24 小时内追认，否则自动失效，回到之前的版本。",
                "Put it in force at once, without notice? A third person, besides the author and you, has to ratify it within 24 hours; otherwise it lapses and the version before holds again."
            ),
            tr!(lang, "马上紧急生效", "Put it in force at once"),
            true,
            true,
        ),
        "propose" => (
            may.propose,
            tr!(
                lang,
                "提议停用这一版？另一个人 7 天内同意后，第二天起不再按它判定，也没有别的版本接替。",
                "Propose to take this version out of force? Once another person agrees, within 7 days, nobody is judged by it from the next day on, and no other version takes its place."
            ),
            tr!(lang, "提议停用", "Propose it"),
            true,
            false,
        ),
        "retire" if sheet.view.line.status == Status::Emergency => (
            may.retire,
            tr!(
                lang,
                "结束这次紧急生效？从明天起按之前的版本判定。",
                "End this emergency? From tomorrow the version before it judges again."
            ),
            tr!(lang, "结束紧急生效", "End the emergency"),
            true,
            false,
        ),
        "retire" => (
            may.retire,
            tr!(
                lang,
                "同意停用这一版？从明天起不再按它判定，也没有别的版本接替。",
                "Agree to take this version out of force? From tomorrow nobody is judged by it, and no other version takes its place."
            ),
            tr!(lang, "停用", "Take it out of force"),
            true,
            false,
        ),
        "delete" => (
            may.edit,
            tr!(
                lang,
                "删除这份草稿？里面的改动都会丢失。可以先下载保存。",
                "Delete this draft? Its changes are lost. You may download it first."
            ),
            tr!(lang, "删除草稿", "Delete the draft"),
            false,
            false,
        ),
        _ => return None,
    };
    if !allowed {
        return None;
    }
    let note = needs_note.then(|| {
        let value = typed.get("why").to_owned();
        view! { <TextInput name="why" rows=2u32 label=tr!(lang, "理由", "Why") value=value maxlength=200u32 required=true error=error_of(errors, "why") /> }
    });
    let open = needs_open.then(|| open_choice(lang, typed));
    let label = verb.clone();
    Some(
    view! {
        <section class="box" id="ask" role="alertdialog" aria-label=label>
            <form class="stack" method="post" action=sheet.path()>
                <p>{words}</p>
                {open}
                {note}
                <div class="row">
                    <Button kind=ButtonKind::Danger name="do" value=ask.to_owned()>{verb}</Button>
                    <Button href=sheet.path()>{tr!(lang, "不，返回", "No, go back")}</Button>
                </div>
            </form>
        </section>
    }
    .into_any(),
    )
}

/// The day that a form names.
pub(super) fn day_in(fields: &Fields) -> Option<Day> {
    fields.get("day").trim().parse().ok()
}
