//! Why the code is what it is, in plain words: what was looked at, which rule, until when, what to do.

use crate::islands::family::PrintButton;
use crate::pages::rules::condition_text;
use crate::pages::why::facts::{Seen, names_of_nothing, number, says_something, seen, when};
use crate::pages::why::{Grounds, Head, head, outlook_list};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, status_word};
use crate::ui::{
    Card, Icon, IconName, Lead, Notice, PhoneShell, ShapeSize, StatusShape, Steps, WideLink,
    fact_name, fact_value,
};
use crate::web::{Answer, Ctx, Islands};
use axum::extract::Path;
use domain::Code;
use domain::decision::{ClearanceMode, Reason, Source};
use domain::ids::PersonId;
use leptos::prelude::*;
use services::family::ChildWhy;

/// The page.
pub async fn show(ctx: Ctx, Path(person): Path<PersonId>) -> Answer {
    let model = ctx.services().child_why(ctx.actor()?, person).await?;
    let lang = ctx.lang;
    let title = tr!(lang, "为什么是这个颜色", "Why this colour");
    let (here, heading, demo) = (ctx.here.clone(), title.clone(), ctx.demo());
    let back = format!("/child/{person}/code");
    ctx.ok(&title, Islands::Yes, move || {
        view! {
            <PhoneShell lang=lang here=here title=heading back=back demo=demo>
                {page(lang, &model)}
            </PhoneShell>
        }
    })
}

fn page(lang: Lang, model: &ChildWhy) -> AnyView {
    let told = model
        .told
        .map(|(how, minute)| (super::channel_text(lang, how), minute));
    let grounds = Grounds {
        decision: &model.decision,
        trace: &model.trace,
        books: &model.books,
        outlook: &model.outlook,
        told: told.as_ref().map(|(how, minute)| (how.as_str(), *minute)),
    };
    let top = head(
        lang,
        Head {
            name: model.name.clone(),
            above: model.class.label(lang).into_any(),
            decision: &model.decision,
            nth: None,
            is_title: false,
            actions: ().into_any(),
        },
    );
    let hidden = model.has_hidden.then(|| {
        view! { <Notice icon=IconName::Lock>{tr!(lang, "您加入之前的情况，要等班主任确认您之后才显示。", "What lies before the day you joined is shown once the class teacher has confirmed you.")}</Notice> }
    });
    view! {
        {top}
        {hidden}
        {reasons(lang, model)}
        {steps(lang, model)}
        {later(lang, model)}
        {looked_at(lang, &grounds)}
        {days(lang, model)}
        {foot(lang, model)}
    }
    .into_any()
}

/// Each rule that matched: what happened, which rule, until when, what ends it.
fn reasons(lang: Lang, model: &ChildWhy) -> AnyView {
    let decision = &model.decision;
    if decision.reasons.is_empty() {
        let words = match decision.code {
            Code::Green => tr!(
                lang,
                "今天已经报告，没有一条规则要求留在家里。",
                "Today is reported, and no rule asks to stay at home."
            ),
            _ => tr!(
                lang,
                "今天还没有报告。没有还在进行的观察或隔离；报告之后马上判定。",
                "Today is not reported yet. No observation or isolation is running; the code comes with the report."
            ),
        };
        return view! { <Card title=tr!(lang, "哪条规则", "Which rule")><p>{words}</p></Card> }
            .into_any();
    }
    let rows = decision
        .reasons
        .iter()
        .map(|reason| reason_view(lang, model, reason))
        .collect_view();
    view! {
        <Card title=tr!(lang, "哪条规则", "Which rule")>
            <ul class="stack">{rows}</ul>
        </Card>
    }
    .into_any()
}

fn reason_view(lang: Lang, model: &ChildWhy, reason: &Reason) -> AnyView {
    let code = Code::from(reason.colour);
    let found = model
        .books
        .iter()
        .filter(|book| book.id == reason.rulebook_id)
        .find_map(|book| {
            let rule = book
                .rules
                .iter()
                .find(|rule| rule.id == reason.rule_id && rule.version == reason.rule_version)?;
            Some((book, rule))
        });
    let says = found.map(|(book, rule)| {
        let condition = condition_text(lang, book, rule);
        let (id, version) = (&rule.id, rule.version);
        let (of, edition) = (book.title.get(lang), book.version);
        let name = tr!(
            lang,
            "规则 {id} 第 {version} 版，《{of}》{edition}",
            "Rule {id}, version {version}, of “{of}” {edition}"
        );
        view! {
            <p class="sub">{tr!(lang, "规则：{condition}", "The rule: {condition}")}</p>
            <p class="hint">{name}</p>
        }
    });
    let mut ends = match reason.ends {
        Some(day) => {
            let day = day_short(lang, day);
            tr!(lang, "到 {day} 24:00 为止", "Until {day}, 24:00")
        }
        None if reason.clearance == ClearanceMode::Must => {
            tr!(lang, "到接受解除证明为止", "Until a clearance is accepted")
        }
        None => tr!(lang, "到情况弄清楚为止", "Until it is settled"),
    };
    if reason.clearance == ClearanceMode::May {
        ends.push_str(&tr!(
            lang,
            "；有解除证明可以提前",
            "; a clearance may end it earlier"
        ));
    }
    if let Some(by) = &reason.rederived {
        let version = by.version;
        ends.push_str(&tr!(
            lang,
            "；规则改为 {version} 版时重新算过",
            "; counted anew when version {version} of the rules came into force"
        ));
    }
    view! {
        <li class="because">
            <StatusShape code=code size=ShapeSize::Word label=status_word(lang, code) />
            <div>
                <p><b>{reason.text.get(lang).to_owned()}</b></p>
                {says}
                <p>{ends}</p>
            </div>
        </li>
    }
    .into_any()
}

fn steps(lang: Lang, model: &ChildWhy) -> AnyView {
    let mut all: Vec<(String, bool)> = Vec::new();
    for step in model.decision.reasons.iter().flat_map(|r| &r.next_steps) {
        let step = step.get(lang).to_owned();
        if all.iter().all(|(known, _)| *known != step) {
            all.push((step, false));
        }
    }
    (!all.is_empty())
        .then(|| view! { <Card title=tr!(lang, "现在怎么做", "What to do now")><Steps lang=lang steps=all /></Card> })
        .into_any()
}

/// What could still change it.
fn later(lang: Lang, model: &ChildWhy) -> AnyView {
    (!model.outlook.changes.is_empty())
        .then(|| outlook_list(lang, &model.outlook))
        .map(|list| {
            view! { <Card title=tr!(lang, "还有什么会改变它", "What could still change it")>{list}</Card> }
        })
        .into_any()
}

/// Who says a fact, to a guardian.
fn by(lang: Lang, seen: &Seen<'_>) -> String {
    match seen.read.source {
        Some(Source::Official) => tr!(lang, "疾控记录", "official record"),
        Some(Source::Traced) => tr!(lang, "流调排查", "contact tracing"),
        Some(Source::SelfReport) => tr!(lang, "家庭报告", "the family's report"),
        Some(Source::Counted) => tr!(lang, "按天数统计", "counted from the days"),
        Some(Source::Gate) => tr!(lang, "校门测温", "the school gate"),
        None => String::new(),
    }
}

/// The facts: those that say something as a list, the empty ones in one sentence.
fn looked_at(lang: Lang, grounds: &Grounds<'_>) -> AnyView {
    let all = seen(grounds);
    let nothing = names_of_nothing(lang, &all, |_| true);
    let rows = all
        .iter()
        .filter(|seen| says_something(seen.read))
        .map(|seen| {
            let value = fact_value(lang, seen.read.fact, number(seen.read), seen.read.start);
            let source = [by(lang, seen), when(lang, seen, grounds)]
                .into_iter()
                .filter(|words| !words.is_empty())
                .collect::<Vec<_>>()
                .join(&tr!(lang, "，", ", "));
            let class = seen.behind.map(|code| format!("behind t-{}", code.word()));
            view! {
                <li class=class>
                    <span>{fact_name(lang, seen.read.fact)}</span>
                    <b>{value}</b>
                    <small>{source}</small>
                </li>
            }
        })
        .collect_view();
    let none = nothing.map(|names| {
        view! { <p class="hint">{tr!(lang, "这些都没有：{names}。", "Nothing of these: {names}.")}</p> }
    });
    view! {
        <Card title=tr!(lang, "看了哪些情况", "What was looked at") end=tr!(lang, "官方记录优先", "official records first")>
            <ul class="looked">{rows}</ul>
            {none}
        </Card>
    }
    .into_any()
}

/// The arithmetic of the days, for whom wants to count along.
fn days(lang: Lang, model: &ChildWhy) -> AnyView {
    let sums: Vec<_> = model
        .trace
        .isolations
        .iter()
        .map(|isolation| {
            let lines = isolation
                .lines
                .iter()
                .map(|line| view! { <li>{line.text.get(lang).to_owned()}</li> })
                .collect_view();
            let (start, n) = (day_short(lang, isolation.start), isolation.days);
            view! {
                <div>
                    <p>{tr!(lang, "从 {start} 的次日算起，要满 {n} 天：", "From the day after {start}, {n} days have to count:")}</p>
                    <ul class="sums">{lines}</ul>
                </div>
            }
        })
        .collect();
    (!sums.is_empty())
        .then(|| {
            view! {
                <details class="card">
                    <summary>
                        <h2>{tr!(lang, "天数怎么算", "How the days are counted")}</h2>
                        <Icon name=IconName::ChevronDown />
                    </summary>
                    <div class="stack">{sums}</div>
                </details>
            }
        })
        .into_any()
}

fn foot(lang: Lang, model: &ChildWhy) -> AnyView {
    let (school, contact) = (model.school.get(lang), &model.contact);
    let ask = if contact.is_empty() {
        tr!(
            lang,
            "认为判错了，请联系{school}班主任",
            "If it is wrong, ask the class teacher at {school}"
        )
    } else {
        tr!(
            lang,
            "认为判错了，请联系{school}：{contact}",
            "If it is wrong, ask {school}: {contact}"
        )
    };
    let sub = tr!(
        lang,
        "请说明规则编号；学校会核对并答复",
        "Name the rule; the school checks it and answers"
    );
    view! {
        <Card><Lead icon=IconName::Scale title=ask sub=sub /></Card>
        <WideLink href=format!("/rules?region={}", model.region)>{tr!(lang, "颜色是怎么判定的：全部规则", "How the colours are decided: all rules")}</WideLink>
        <div class="row no-print">
            <PrintButton label=tr!(lang, "打印", "Print") hint=tr!(lang, "要打印请按 Ctrl+P", "To print, press Ctrl+P") />
        </div>
    }
    .into_any()
}
