//! The morning: each child, what is known, and one click.

use super::answers::{Known, Version};
use super::facts::FactsList;
use crate::islands::family::Countdown;
use crate::islands::report::KeepReport;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, day_week, minutes, status_word, time};
use crate::ui::{
    Button, ButtonKind, Card, DayStrip, Dot, EmptyState, Icon, IconName, Kid, KidTabs, Lead,
    Notice, PhoneShell, PrimaryButton, StatusChip, WideLink, WithIcon,
};
use crate::web::{Answer, Ctx, Fields, Islands};
use axum::extract::RawQuery;
use domain::Code;
use domain::ids::PersonId;
use leptos::prelude::*;
use services::family::{ChildBrief, ChildView, ConsentState};

/// The page of one child among the guardian's children: the one asked for, else the first still to be reported.
pub async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Answer {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let wanted = query.get("child").parse().ok();
    let home = ctx.services().family_home(ctx.actor()?, wanted).await?;
    match home.shown {
        Some(child) => page(&ctx, home.children, child),
        None => nobody(&ctx),
    }
}

fn nobody(ctx: &Ctx) -> Answer {
    let lang = ctx.lang;
    let title = tr!(lang, "今天的健康报告", "Today's health report");
    let (heading, demo) = (title.clone(), ctx.demo());
    ctx.ok(&title, Islands::No, move || {
        view! {
            <PhoneShell lang=lang here="/family" title=heading demo=demo>
                <Card>
                    <EmptyState icon=IconName::People title=tr!(lang, "这个账号还没有孩子", "No child is linked to this account yet")>
                        <p>{tr!(lang, "请用学校发的邀请条添加。", "Add one with the invitation slip from the school.")}</p>
                        <Button kind=ButtonKind::Primary href="/join">{tr!(lang, "用邀请条添加孩子", "Add a child with a slip")}</Button>
                    </EmptyState>
                </Card>
                <p class="row"><a href="/account">{tr!(lang, "我的账号", "My account")}</a></p>
            </PhoneShell>
        }
    })
}

fn page(ctx: &Ctx, kids: Vec<ChildBrief>, child: ChildView) -> Answer {
    let lang = ctx.lang;
    let title = tr!(lang, "今天的健康报告", "Today's health report");
    let submission: [u8; 16] = services::clock::bytes(&*ctx.services().entropy);
    let submission = super::report::to_hex(submission);
    let (here, heading, demo) = (
        format!("/family?child={}", child.person),
        title.clone(),
        ctx.demo(),
    );
    ctx.ok(&title, Islands::Yes, move || {
        let names: Vec<_> = kids.iter().map(|kid| kid.name.clone()).collect();
        let tabs = kids.iter().map(|kid| tab(lang, kid, child.person)).collect();
        let status = child.consent;
        let main = match status {
            ConsentState::Open => consent_open(lang, &child),
            ConsentState::Refused => refused(lang, &child),
            ConsentState::Given if child.report.is_some() => reported(lang, &child),
            ConsentState::Given => to_report(lang, &child, submission),
        };
        view! {
            <PhoneShell lang=lang here=here title=heading sub=due_line(lang, &child) footer=footer(lang, &child) demo=demo>
                <KidTabs lang=lang kids=tabs />
                {alerts(lang, &child)}
                {main}
                {strip(lang, &child)}
                {family_links(lang, &child, &names)}
            </PhoneShell>
        }
    })
}

fn tab(lang: Lang, kid: &ChildBrief, current: PersonId) -> Kid {
    let word = status_word(lang, kid.code);
    let note = match (kid.consent, kid.is_reported, kid.code) {
        (ConsentState::Open, ..) => tr!(lang, "先看说明", "Read first"),
        (ConsentState::Refused, ..) => tr!(lang, "到校纸面查验", "Paper check"),
        (_, true, _) if kid.is_waiting => tr!(lang, "等老师确认", "Teacher to confirm"),
        (_, true, _) => tr!(lang, "{word}，已报", "{word}, sent"),
        (_, false, Code::Grey) => tr!(lang, "今天待报", "To report"),
        (_, false, _) => tr!(lang, "{word}，待报", "{word}, to report"),
    };
    Kid {
        href: format!("/family?child={}", kid.person),
        name: kid.name.clone(),
        code: kid.code,
        note,
        current: kid.person == current,
    }
}

/// 9月17日 周四 · 8:00 前提交，还有 48 分钟.
fn due_line(lang: Lang, child: &ChildView) -> AnyView {
    let due = time(child.due_minute);
    let left = i64::from(child.due_minute) * 60 - i64::from(child.second);
    let rest = if child.report.is_some() {
        tr!(lang, "今天已报", "sent today").into_any()
    } else if left > 0 {
        let left = u32::try_from(left).unwrap_or_default();
        let words = minutes(lang, left.div_ceil(60));
        view! {
            <b>{tr!(lang, "{due} 前提交", "due by {due}")}</b>
            <Countdown lang=lang left=left words=tr!(lang, "，还有 {words}", ", {words} left") />
        }
        .into_any()
    } else {
        view! {
            <b>{tr!(lang, "已过 {due}", "past {due}")}</b>
            {tr!(lang, "，现在报仍然有效", ", a report still counts")}
        }
        .into_any()
    };
    view! {
        <Icon name=IconName::Clock />
        {day_week(lang, child.today)}
        <Dot />
        {rest}
    }
    .into_any()
}

fn alerts(lang: Lang, child: &ChildView) -> impl IntoView + use<> {
    let used = child.link.is_alerted.then(|| {
        view! {
            <Notice sand=true>
                <b>{tr!(lang, "有人又用了您的邀请条。", "Somebody tried your used slip again.")}</b>
                " "
                {tr!(lang, "如果不是您家里人，请告诉班主任。", "If it was nobody of your family, tell the class teacher.")}
            </Notice>
        }
    });
    let new = (!child.link.is_confirmed).then(|| {
        view! {
            <Notice>
                {tr!(lang, "您可以马上报告。班主任确认您之后，才能看到您加入之前的记录。",
                    "You can report at once. Earlier records appear once the class teacher has confirmed you.")}
            </Notice>
        }
    });
    view! { {used} {new} }
}

fn short_name(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let is_latin = chars.iter().any(char::is_ascii_alphabetic);
    match chars.len() {
        3 if !is_latin => chars.into_iter().skip(1).collect(),
        _ => name.to_owned(),
    }
}

fn to_report(lang: Lang, child: &ChildView, submission: String) -> AnyView {
    let name = short_name(&child.name);
    let running = child
        .decision
        .code
        .is_flagged()
        .then(|| code_card(lang, child));
    let hidden = child.has_hidden.then(|| {
        view! { <p class="hint">{tr!(lang, "另有您加入之前报告的情况，班主任确认您之后显示。", "Facts from before you joined appear once the teacher has confirmed you.")}</p> }
    });
    let action = format!("/child/{}/report", child.person);
    let detailed = action.clone();
    let count = if child.is_plain() {
        tr!(
            lang,
            "确认以上 5 项属实，今天 24:00 前可更正",
            "Confirms these 5 answers; can be corrected until 24:00"
        )
    } else {
        tr!(
            lang,
            "确认今天正常，以上情况没有变化，24:00 前可更正",
            "All normal today, the facts above unchanged; can be corrected until 24:00"
        )
    };
    let one_click = if child.all_well {
        view! {
            <form method="post" action=action data-keep="report">
                <KeepReport lang=lang today=child.today.to_string() />
                <input type="hidden" name="kind" value="all_well" />
                <input type="hidden" name="submission" value=submission />
                <input type="hidden" name="day" value=child.today.to_string() />
                <input type="hidden" name="based_on" value=child.revision() />
                <PrimaryButton title=tr!(lang, "一切正常，提交", "All well, send") sub=count />
            </form>
        }
        .into_any()
    } else {
        view! {
            <Notice>
                <b>{tr!(lang, "今天不能一键提交。", "One click is off today.")}</b>
                " "
                {tr!(lang, "上一次报告有不舒服或发热，请量体温后用详细填写说明今天怎么样。",
                    "The last report had symptoms or a fever: please measure and say in the full form how today is.")}
            </Notice>
        }
        .into_any()
    };
    let facts = child.clone();
    view! {
        {running}
        {child.all_well.then(|| view! {
            <Card
                title=tr!(lang, "{name}今早的情况", "{name} this morning")
                end=view! { <span class="tag info">{tr!(lang, "请核对", "Please check")}</span> }
            >
                <FactsList lang=lang child=facts />
                {hidden}
            </Card>
        })}
        {one_click}
        <WideLink href=detailed>{tr!(lang, "有异常情况 / 详细填写", "Something is not normal / full form")}</WideLink>
    }
    .into_any()
}

/// The code of today as a card that leads to it.
fn code_card(lang: Lang, child: &ChildView) -> AnyView {
    let decision = &child.decision;
    let until = decision.ends.map(|day| {
        let day = day_short(lang, day);
        tr!(lang, "到 {day}", "until {day}")
    });
    let why = decision.principal().map(|r| r.label.get(lang).to_owned());
    let href = format!("/child/{}/code", child.person);
    view! {
        <Card title=tr!(lang, "现在的状态", "Status now") end=view! { <StatusChip lang=lang code=decision.code /> }>
            <p>{why} {until.map(|until| view! { <Dot /> {until} })}</p>
            <p class="row"><Button href=href>{tr!(lang, "看返校码和原因", "See the code and why")}</Button></p>
        </Card>
    }
    .into_any()
}

fn reported(lang: Lang, child: &ChildView) -> AnyView {
    let name = short_name(&child.name);
    let code = format!("/child/{}/code", child.person);
    let report = format!("/child/{}/report", child.person);
    let facts = child.clone();
    let (sent, status) = (sent_by(lang, child), child.decision.code);
    view! {
        <Card>
            <div class="row between">
                <Lead icon=IconName::Check title=tr!(lang, "今天已报告", "Reported today") sub=sent />
                <StatusChip lang=lang code=status />
            </div>
        </Card>
        <Button kind=ButtonKind::Primary wide=true href=code>{tr!(lang, "打开返校码", "Open the code")}</Button>
        {waiting(lang, child)}
        <Card title=tr!(lang, "{name}今天的报告", "{name}'s report of today")>
            <FactsList lang=lang child=facts />
        </Card>
        <WideLink href=report>{tr!(lang, "更正今天的报告", "Correct today's report")}</WideLink>
    }
    .into_any()
}

fn sent_by(lang: Lang, child: &ChildView) -> String {
    let holding = child
        .revisions
        .iter()
        .rev()
        .find(|r| r.status == services::family::RevisionStatus::Holds);
    holding.map_or_else(String::new, |r| super::words::sender_text(lang, r))
}

/// What waits for the teacher, beside what holds.
pub(super) fn waiting(lang: Lang, child: &ChildView) -> Option<AnyView> {
    child.waiting().next()?;
    let is_stale = child.waiting().any(|r| r.is_stale);
    let known = Known {
        symptoms: child.symptoms.clone(),
        threshold: child.threshold,
        regions: child.regions.clone(),
    };
    let words = if is_stale {
        tr!(
            lang,
            "今天有两份报告，都保存了。现在按较严的一份，等班主任和您核对。",
            "There are two reports for today; both are kept. The stricter one holds until the class teacher has settled it with you."
        )
    } else {
        tr!(
            lang,
            "您的更正会使状态变轻，要等班主任确认；确认前状态不变。",
            "Your correction would make the status milder, so the class teacher has to confirm it; until then the status stays."
        )
    };
    let versions: Vec<_> = child
        .revisions
        .iter()
        .filter(|r| r.is_waiting() || r.status == services::family::RevisionStatus::Holds)
        .cloned()
        .collect();
    Some(
        view! {
            <Card title=tr!(lang, "等老师确认", "Waiting for the teacher")>
                <div class="stack">
                    <p>{words}</p>
                    {versions
                        .into_iter()
                        .map(|revision| view! { <Version lang=lang revision=revision known=known.clone() /> })
                        .collect_view()}
                </div>
            </Card>
        }
        .into_any(),
    )
}

fn consent_open(lang: Lang, child: &ChildView) -> AnyView {
    let name = short_name(&child.name);
    let href = format!("/child/{}/consent", child.person);
    view! {
        <Card title=tr!(lang, "先看说明，再选择", "Read first, then choose")>
            <div class="stack">
                <p>{tr!(lang, "线上报告{name}的健康情况，要先得到您的同意。您也可以不同意，改为每天到校纸面查验。",
                    "Reporting {name}'s health online needs your consent. You may refuse: the school then checks on paper each day.")}</p>
                <Button kind=ButtonKind::Primary wide=true href=href>{tr!(lang, "看说明并选择", "Read and choose")}</Button>
            </div>
        </Card>
        {child.decision.code.is_flagged().then(|| code_card(lang, child))}
    }
    .into_any()
}

fn refused(lang: Lang, child: &ChildView) -> AnyView {
    let href = format!("/child/{}/consent", child.person);
    let code = format!("/child/{}/code", child.person);
    view! {
        <Card title=tr!(lang, "每天到校纸面查验", "Checked on paper each day")>
            <div class="stack">
                <p>{tr!(lang, "有监护人不同意线上填报。请每天带孩子到校门口，由老师当面查验；系统只记“已查验，可以/暂时不能到校”。",
                    "A guardian has refused online reporting. A teacher checks at the school gate each day; only “checked: may or may not attend” is kept.")}</p>
                <p class="row">
                    <Button href=href>{tr!(lang, "看说明，改变选择", "Read again and change")}</Button>
                    <Button href=code>{tr!(lang, "打开返校码", "Open the code")}</Button>
                </p>
            </div>
        </Card>
        {child.decision.code.is_flagged().then(|| code_card(lang, child))}
    }
    .into_any()
}

fn strip(lang: Lang, child: &ChildView) -> AnyView {
    let days = child.streak;
    let in_a_row = tr!(
        lang,
        "{days} 天",
        "{days} {s}",
        s = if days == 1 { "day" } else { "days" }
    );
    let n = child.strip.len();
    let heading = if n < 14 {
        tr!(
            lang,
            "近 {n} 天",
            "Last {n} {s}",
            s = if n == 1 { "day" } else { "days" }
        )
    } else {
        tr!(lang, "近 14 天", "Last 14 days")
    };
    let (days, today, person) = (child.strip.clone(), child.today, child.person);
    view! {
        <Card>
            <div class="days-head">
                <span>{heading}</span>
                <span>{tr!(lang, "已连续报告 ", "In a row: ")} <b>{in_a_row}</b></span>
            </div>
            <DayStrip lang=lang days=days today=today />
            <p class="row between">
                <a href=format!("/child/{person}/days")>{tr!(lang, "每天的记录", "Day by day")}</a>
                <a href=format!("/child/{person}/log")>{tr!(lang, "谁看过这些数据", "Who has seen this")}</a>
            </p>
        </Card>
    }
    .into_any()
}

fn family_links(lang: Lang, child: &ChildView, names: &[String]) -> AnyView {
    let all = match lang {
        Lang::Zh => names.join("、"),
        Lang::En => names.join(", "),
    };
    let second = (child.link.guardians < 2).then(|| {
        view! { <p class="hint">{tr!(lang, "家里另一位监护人也可以加入：请向班主任再要一张邀请条。", "A second guardian can join too: ask the class teacher for another slip.")}</p> }
    });
    let disown = format!("/child/{}/disown", child.person);
    view! {
        <Card>
            <div class="stack">
                <p>{tr!(lang, "这是 {all} 的家长页面。", "This page belongs to the family of {all}.")} " "
                    <a href=disown>{tr!(lang, "不是我家的孩子？", "Not my family?")}</a>
                </p>
                <p class="row between">
                    <a href="/join">{tr!(lang, "添加孩子", "Add a child")}</a>
                    <a href="/account">{tr!(lang, "我的账号", "My account")}</a>
                </p>
                {second}
            </div>
        </Card>
    }
    .into_any()
}

fn footer(lang: Lang, child: &ChildView) -> AnyView {
    let agreed = child
        .agreed_on
        .filter(|_| child.consent == ConsentState::Given)
        .map(|day| {
            let day = day_short(lang, day);
            view! {
                {tr!(lang, "您于 {day} 同意", "You agreed on {day}")}
                <Dot />
            }
        });
    let withdraw = (child.consent == ConsentState::Given).then(|| {
        view! {
            <Dot />
            <a href=format!("/child/{}/withdraw", child.person)>{tr!(lang, "撤回同意", "Withdraw")}</a>
        }
    });
    view! {
        <WithIcon icon=IconName::Lock>
            {tr!(lang, "只用于判断今天能否返校，45 天后自动删除。", "Only used to decide about school today; deleted after 45 days.")}
            <br />
            {agreed}
            <a href="/privacy">{tr!(lang, "隐私说明", "Privacy")}</a>
            <Dot />
            <a href="/rules">{tr!(lang, "颜色怎么判定", "How colours are decided")}</a>
            {withdraw}
        </WithIcon>
    }
    .into_any()
}
