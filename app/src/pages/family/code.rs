//! The code of today, why it is as it is, what to do, and the days before.

use super::today::waiting;
use super::words::source_text;
use crate::islands::family::Clock;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{
    code_meaning, code_name, day_count, day_of_month, day_short, status_word, time, weekday_letter,
};
use crate::ui::{
    Button, ButtonKind, Card, CodeFrame, DayMark, Fold, IconName, Lead, Notice, PhoneShell,
    ProgressDays, Reason, Reasons, ShapeSize, StatusShape, Steps, WideLink,
};
use crate::web::{Answer, Ctx, Fields, Islands};
use axum::extract::{Path, RawQuery};
use domain::decision::ClearanceMode;
use domain::ids::PersonId;
use domain::isolation::SpanKind;
use domain::rulebook::Policy;
use domain::{Code, Day, Text};
use leptos::prelude::*;
use services::family::{ChildView, CodePage, ConsentState, PastCodes, Progress};
use services::passes::LivePass;

/// The page. `?name=1` shows the full name, `?sent=…` says what became of a report.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let shown = ctx.services().code_page(ctx.actor()?, person).await?;
    Ok(page(&ctx, &query, shown))
}

fn page(ctx: &Ctx, query: &Fields, shown: CodePage) -> axum::response::Response {
    let CodePage {
        child,
        past,
        discrepancies: differs,
        pass,
    } = shown;
    let lang = ctx.lang;
    let title = tr!(lang, "返校码", "School code");
    let here = format!("/child/{}/code", child.person);
    let (heading, demo) = (title.clone(), ctx.demo());
    let back = format!("/family?child={}", child.person);
    let sent = sent_notice(lang, query.get("sent"));
    let shows_name = query.get("name") == "1";
    ctx.html(http::StatusCode::OK, &title, Islands::Yes, move || {
        view! {
            <PhoneShell lang=lang here=here title=heading back=back demo=demo>
                {sent}
                {frame(lang, &child, shows_name, &pass)}
                {super::pass::state(lang, child.person, &pass)}
                {waiting(lang, &child)}
                {valid(lang, &child)}
                {why(lang, &child)}
                {discrepancies(lang, differs)}
                {steps(lang, &child)}
                {clearance(lang, &child)}
                {grounds_links(lang, &child)}
                {calendar(lang, &past, child.person)}
                {foot(lang, &child)}
            </PhoneShell>
        }
    })
}

fn sent_notice(lang: Lang, sent: &str) -> Option<AnyView> {
    let words = match sent {
        "accepted" => tr!(lang, "已收到您的报告。", "Your report is in."),
        "pending" => tr!(
            lang,
            "已收到您的更正，等班主任确认；确认前状态不变。",
            "Your correction is in and waits for the class teacher; until then the status stays."
        ),
        "stale" => tr!(
            lang,
            "已收到。您打开表格之后别人先交了一份，两份都保存了，请看下面。",
            "It is in. Another report had come in after you opened the form; both are kept, see below."
        ),
        _ => return None,
    };
    Some(view! { <Notice icon=IconName::Check live=true>{words}</Notice> }.into_any())
}

fn frame(lang: Lang, child: &ChildView, shows_name: bool, pass: &LivePass) -> AnyView {
    let code = child.decision.code;
    let own = format!("/child/{}/code", child.person);
    let unmask = if shows_name {
        view! { <Button kind=ButtonKind::Quiet icon=IconName::Eye href=own>{tr!(lang, "遮住姓名", "Mask name")}</Button> }
    } else {
        view! { <Button kind=ButtonKind::Quiet icon=IconName::Eye href=format!("{own}?name=1")>{tr!(lang, "显示姓名", "Show name")}</Button> }
    };
    let name = if shows_name {
        &child.name
    } else {
        &child.masked
    };
    let progress = (code.is_flagged()).then(|| days_head(lang, child));
    let instead = match (code, &pass.issued) {
        (Code::Grey, _) => Some(no_code(lang, child)),
        (_, None) => Some(has_left(lang)),
        _ => None,
    };
    let clock = view! { <Clock second=child.second /> };
    view! {
        <CodeFrame
            lang=lang
            code=code
            meaning=code_meaning(lang, code)
            nostrip:qr=pass.issued.as_ref().map(|issued| issued.svg.clone())
            short=pass.issued.as_ref().map(|issued| issued.short.to_string())
            instead=instead
            name=name.clone()
            class_name=child.class.label(lang)
            unmask=unmask.into_any()
            clock=clock.into_any()
            progress=progress
        />
    }
    .into_any()
}

fn no_code(lang: Lang, child: &ChildView) -> AnyView {
    match child.consent {
        ConsentState::Given => view! {
            <b>{tr!(lang, "报告后马上出码", "The code comes with the report")}</b>
            <Button kind=ButtonKind::Primary href=format!("/family?child={}", child.person)>{tr!(lang, "去报告", "Report now")}</Button>
        }
        .into_any(),
        ConsentState::Open => view! {
            <b>{tr!(lang, "先看说明再选择", "Read and choose first")}</b>
            <Button kind=ButtonKind::Primary href=format!("/child/{}/consent", child.person)>{tr!(lang, "去选择", "Choose now")}</Button>
        }
        .into_any(),
        ConsentState::Refused => view! {
            <b>{tr!(lang, "今天还没有纸面查验", "Not checked on paper yet today")}</b>
            <span>{tr!(lang, "请到校门口由老师当面查验", "A teacher checks at the school gate")}</span>
        }
        .into_any(),
    }
}

/// Instead of a code for somebody who is not on the roster any more.
fn has_left(lang: Lang) -> AnyView {
    view! { <b>{tr!(lang, "已经离校，不再出码", "No longer at this school: no code is issued")}</b> }
        .into_any()
}

/// 第 3 天，共 7 天 and the boxes; the earliest day back.
fn days_head(lang: Lang, child: &ChildView) -> AnyView {
    let decision = &child.decision;
    let last = decision
        .reasons
        .iter()
        .map(|r| r.ends)
        .collect::<Option<Vec<_>>>();
    let back = match last.as_deref().and_then(|ends| ends.iter().max()) {
        Some(end) => {
            let day = day_short(lang, end.next());
            view! { <span>{tr!(lang, "最早 ", "Back from ")} <b>{day}</b> {tr!(lang, " 可返校", "")}</span> }
                .into_any()
        }
        None => {
            view! { <span>{tr!(lang, "结束日期要等确认", "The last day is still open")}</span> }
                .into_any()
        }
    };
    let Some(progress) = &child.progress else {
        return view! { <div class="days-head"><b>{status_word(lang, decision.code)}</b> {back}</div> }
            .into_any();
    };
    let heading = if progress.nth == 0 {
        let of = progress.of;
        tr!(lang, "明天起算，共 {of} 天", "From tomorrow, {of} days")
    } else {
        day_count(lang, u32::from(progress.nth), u32::from(progress.of))
    };
    view! {
        <div class="days-head"><b>{heading}</b> {back}</div>
        <ProgressDays lang=lang code=decision.code days=marks(progress, child.today) />
    }
    .into_any()
}

fn marks(progress: &Progress, today: domain::Day) -> Vec<(domain::Day, DayMark)> {
    let mark = |day, kind| match kind {
        _ if day == today => DayMark::Today,
        SpanKind::Known | SpanKind::Reported => DayMark::Done,
        SpanKind::Missed | SpanKind::Open => DayMark::Missed,
        SpanKind::Expected => DayMark::Future,
    };
    progress
        .days
        .iter()
        .map(|(day, kind)| (*day, mark(*day, *kind)))
        .collect()
}

fn valid(lang: Lang, child: &ChildView) -> Option<AnyView> {
    let due = time(child.due_minute);
    let (title, sub) = match child.decision.code {
        Code::Green => (
            tr!(lang, "有效到今天 24:00", "Valid until 24:00 today"),
            tr!(
                lang,
                "明早 {due} 前报告，换明天的码",
                "Report by {due} tomorrow for tomorrow's code"
            ),
        ),
        Code::Grey => return None,
        Code::Yellow | Code::Red => {
            let then = child.decision.then.map(|(code, day)| {
                let (word, day) = (status_word(lang, code), day_short(lang, day));
                tr!(lang, "之后{word}，到 {day}", "Then {word} until {day}")
            })?;
            (
                then,
                tr!(
                    lang,
                    "不同原因各算各的天数",
                    "Each reason counts its own days"
                ),
            )
        }
    };
    Some(view! { <Card><Lead icon=IconName::Calendar title=title sub=sub /></Card> }.into_any())
}

fn why(lang: Lang, child: &ChildView) -> Option<AnyView> {
    match child.decision.code {
        Code::Grey => None,
        Code::Green => Some(why_green(lang, child)),
        Code::Yellow | Code::Red => Some(why_flagged(lang, child)),
    }
}

fn why_green(lang: Lang, child: &ChildView) -> AnyView {
    let holding = child
        .revisions
        .iter()
        .rev()
        .find(|r| r.status == services::family::RevisionStatus::Holds);
    let report = holding.map(|revision| {
        let who = super::words::sender_text(lang, revision);
        view! { <Reason lang=lang code=Code::Green text=tr!(lang, "今天的报告没有需要在家的情况", "Nothing in today's report asks to stay at home") source=who /> }
    });
    let days = child.streak;
    let rules = child
        .decision
        .rulebooks
        .iter()
        .map(|(id, version)| format!("{id} {version}"))
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <Fold title=tr!(lang, "为什么是绿码", "Why this is green") open=true>
            <Reasons>
                {report}
                <Reason lang=lang code=Code::Green text=tr!(lang, "没有正在进行的隔离或观察", "No isolation or observation is running") source=tr!(lang, "按规则 {rules} 判定", "By the rules {rules}") />
                <Reason lang=lang code=Code::Green text=tr!(lang, "已连续报告 {days} 天", "Days reported in a row: {days}") />
            </Reasons>
        </Fold>
    }
    .into_any()
}

fn why_flagged(lang: Lang, child: &ChildView) -> AnyView {
    let decision = &child.decision;
    let n = decision.reasons.len();
    let end = (n > 1).then(|| {
        tr!(
            lang,
            "有 {n} 条，全部结束才能返校",
            "{n} reasons; all have to end"
        )
        .into_any()
    });
    let name = code_name(lang, decision.code);
    let reasons = decision
        .reasons
        .iter()
        .map(|reason| {
            let until = reason.ends.map(|day| day_short(lang, day));
            let mut source = source_text(lang, reason).unwrap_or_default();
            if reason.missed > 0 {
                let n = reason.missed;
                source.push_str(&tr!(lang, "；漏报 {n} 天", "; days missed: {n}"));
            }
            if reason.clearance == ClearanceMode::Must {
                source.push_str(&tr!(
                    lang,
                    "；还要有解除证明",
                    "; a clearance is needed as well"
                ));
            }
            view! {
                <Reason
                    lang=lang
                    code=Code::from(reason.colour)
                    text=reason.text.get(lang).to_owned()
                    source=Some(source).filter(|s| !s.is_empty())
                    until=until
                />
            }
        })
        .collect_view();
    view! {
        <Card title=tr!(lang, "为什么是{name}", "Why: {name}") end=end>
            <Reasons>{reasons}</Reasons>
        </Card>
    }
    .into_any()
}

fn steps(lang: Lang, child: &ChildView) -> Option<AnyView> {
    let decision = &child.decision;
    if !decision.code.is_flagged() {
        return None;
    }
    let due = time(child.due_minute);
    let missed = match child.missed {
        _ if decision.reasons.iter().all(|r| r.days == 0) => String::new(),
        Policy::Pause => tr!(lang, "，漏一天顺延一天", "; a missed day adds one"),
        Policy::Restart => tr!(
            lang,
            "，漏一天就要重新算",
            "; a missed day starts the count anew"
        ),
        Policy::Ignore => String::new(),
    };
    let first = if decision.reported {
        tr!(
            lang,
            "每天 {due} 前报告{missed}。今天已报",
            "Report by {due} each day{missed}. Done today"
        )
    } else {
        tr!(
            lang,
            "每天 {due} 前报告{missed}。今天还没报",
            "Report by {due} each day{missed}. Not yet today"
        )
    };
    let mut all = vec![(first, decision.reported)];
    for step in decision.reasons.iter().flat_map(|r| &r.next_steps) {
        let text = step.get(lang).to_owned();
        // The first line says it already, with the hour.
        let is_said = step.zh.starts_with("每天按时报告");
        if !is_said && all.iter().all(|(known, _)| *known != text) {
            all.push((text, false));
        }
    }
    let report = (!decision.reported && child.consent == ConsentState::Given).then(|| {
        view! { <p class="row"><Button kind=ButtonKind::Primary href=format!("/family?child={}", child.person)>{tr!(lang, "去报告今天", "Report today")}</Button></p> }
    });
    Some(
        view! {
            <Card title=tr!(lang, "现在怎么做", "What to do now")>
                <Steps lang=lang steps=all />
                {report}
            </Card>
        }
        .into_any(),
    )
}

/// What an official record and the reports do not agree about.
fn discrepancies(lang: Lang, differs: Vec<(Text, Day)>) -> Option<AnyView> {
    if differs.is_empty() {
        return None;
    }
    let items = differs
        .into_iter()
        .map(|(text, due)| {
            let (text, due) = (text.get(lang).to_owned(), day_short(lang, due));
            view! {
                <li>
                    <p>{text}</p>
                    <p class="sub">{tr!(lang, "卫生专员会核对，最晚到 {due}。报错了请更正当天的报告；没报错，请把凭据告诉学校。", "The health officer looks into it, until {due} at the latest. If the report was mistaken, correct it; if not, tell the school what shows it.")}</p>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <Card title=tr!(lang, "官方记录和您的报告不一致", "An official record differs from your report")>
                <ul class="stack">{items}</ul>
            </Card>
        }
        .into_any(),
    )
}

/// Where a clearance may or must end a reason.
fn clearance(lang: Lang, child: &ChildView) -> Option<AnyView> {
    let reasons = &child.decision.reasons;
    let can = reasons
        .iter()
        .any(|r| r.clearance != ClearanceMode::None && r.start.is_some());
    can.then(|| {
        view! {
            <WideLink href=format!("/child/{}/clearance", child.person)>{tr!(lang, "提交解除证明，查看处理进度", "Submit a clearance, or see where it stands")}</WideLink>
        }
        .into_any()
    })
}

/// The past days by week, Monday first: the day's number over its shape.
fn calendar(lang: Lang, past: &PastCodes, person: PersonId) -> AnyView {
    let first = past.days.first().map_or(past.today, |(day, _)| *day);
    let monday = first.plus(-i32::try_from(first.weekday()).unwrap_or(0));
    let before = (monday.0..first.0)
        .map(|_| view! { <li><span></span><span class="vh"></span></li> }.into_any());
    let cells = past.days.iter().map(|&(day, code)| {
        let said = match code {
            None => tr!(lang, "不需要报告", "nothing due"),
            Some(code) => status_word(lang, code),
        };
        view! {
            <li class=(day == past.today).then_some("now")>
                <span>{day_of_month(lang, day)}</span>
                {code.map(|code| view! { <StatusShape code=code size=ShapeSize::Inline /> })}
                <span class="vh">{said}</span>
            </li>
        }
        .into_any()
    });
    let cells = before.chain(cells).collect_view();
    let letters = (0..7)
        .map(|i| view! { <span>{weekday_letter(lang, monday.plus(i))}</span> })
        .collect_view();
    let cut = past.is_cut.then(|| {
        view! { <p class="hint">{tr!(lang, "更早的日子，班主任确认您之后显示。", "Earlier days appear once the class teacher has confirmed you.")}</p> }
    });
    view! {
        <Fold title=tr!(lang, "过去的日子", "Past days")>
            <div class="stack">
                <div class="month-head" aria-hidden="true">{letters}</div>
                <ol class="month">{cells}</ol>
                {cut}
                <p><a href=format!("/child/{person}/days")>{tr!(lang, "每天报告了什么、谁报的", "What was reported each day, and by whom")}</a></p>
            </div>
        </Fold>
    }
    .into_any()
}

/// The full grounds in plain words, and all the rules.
fn grounds_links(lang: Lang, child: &ChildView) -> AnyView {
    let why = format!("/child/{}/why", child.person);
    view! {
        <WideLink href=why>{tr!(lang, "为什么是这个颜色：看了什么、哪条规则", "Why this colour: what was looked at, which rule")}</WideLink>
        <p class="hint"><a href="/rules">{tr!(lang, "颜色是怎么判定的：全部规则", "How the colours are decided: all rules")}</a></p>
    }
    .into_any()
}

fn foot(lang: Lang, child: &ChildView) -> AnyView {
    let (school, contact) = (child.school.get(lang), &child.contact);
    let ask = if contact.is_empty() {
        tr!(
            lang,
            "有疑问或认为判错了，请联系{school}班主任。",
            "If something is unclear or wrong, ask the class teacher at {school}."
        )
    } else {
        tr!(
            lang,
            "有疑问或认为判错了，请联系{school}：{contact}",
            "If something is unclear or wrong, ask {school}: {contact}"
        )
    };
    let letter = (child.decision.code != Code::Grey).then(|| {
        let href = format!("/child/{}/letter", child.person);
        view! {
            <p class="row no-print">
                <Button icon=IconName::Print href=href>{tr!(lang, "打印今天的证明", "Print today's letter")}</Button>
            </p>
        }
    });
    view! {
        <Card>
            <Lead icon=IconName::Phone title=tr!(lang, "学校联系方式", "The school") sub=ask />
        </Card>
        <p class="hint">
            {tr!(lang, "屏幕上的返校码每分钟换一次，三分钟内有效，截图会过期。能不能进校门，以门口名单为准。",
                "The code on the screen changes every minute and is valid for three; a screenshot goes stale. The list at the gate decides about entry.")}
        </p>
        {letter}
    }
    .into_any()
}
