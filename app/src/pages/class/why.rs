//! The grounds of a decision: facts used, rules checked, arithmetic, conclusion.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, status_word, temperature, time};
use crate::ui::{
    Card, CellKind, Column, DataCell, DataRow, DataTable, Icon, IconName, Reason, Reasons, Steps,
};
use domain::Code;
use domain::certlogic::Value;
use domain::decision::{Decision, FactRead, IsolationTrace, RuleTrace, Source};
use domain::facts::NONE_DAYS;
use leptos::prelude::*;
use services::classroom::PersonView;

/// All of it.
pub(super) fn grounds(lang: Lang, model: &PersonView) -> impl IntoView + use<> {
    view! {
        {conclusion(lang, model)}
        {facts(lang, model)}
        {rules(lang, model)}
    }
}

/// Where a fact came from, in one word.
fn source_word(lang: Lang, source: Source) -> String {
    match source {
        Source::Counted => tr!(lang, "统计", "counted"),
        Source::SelfReport => tr!(lang, "自报", "self-report"),
        Source::Traced => tr!(lang, "流调", "traced"),
        Source::Official => tr!(lang, "官方", "official"),
    }
}

fn conclusion(lang: Lang, model: &PersonView) -> impl IntoView + use<> {
    let decision = &model.decision;
    let reasons: Vec<_> = decision
        .reasons
        .iter()
        .map(|reason| {
            let (rule, version) = (&reason.rule_id, reason.rule_version);
            let source = source_word(lang, reason.source);
            let source = if rule.is_empty() {
                source
            } else {
                tr!(
                    lang,
                    "{source}，规则 {rule} 第 {version} 版",
                    "{source}, rule {rule} version {version}"
                )
            };
            view! {
                <Reason
                    lang=lang
                    code=reason.colour.into()
                    text=reason.text.get(lang)
                    source=source
                    until=reason.ends.map(|day| day_short(lang, day))
                />
            }
        })
        .collect();
    let nothing = reasons.is_empty().then(|| {
        let text = match decision.code {
            Code::Green => tr!(
                lang,
                "今天有报告，没有规则要求留在家里。",
                "There is a report today, and no rule asks to stay at home."
            ),
            _ => tr!(
                lang,
                "今天还没有报告，也没有还在算天数的隔离或观察。",
                "No report today, and no isolation is running."
            ),
        };
        view! { <p>{text}</p> }
    });
    let steps: Vec<_> = decision
        .principal()
        .map(|reason| {
            reason
                .next_steps
                .iter()
                .map(|step| (step.get(lang).to_owned(), false))
                .collect()
        })
        .unwrap_or_default();
    let steps = (!steps.is_empty()).then(|| {
        view! {
            <h3>{tr!(lang, "下一步", "Next")}</h3>
            <Steps lang=lang steps=steps />
        }
    });
    let then = decision.then.map(|(code, day)| {
        let (word, day) = (status_word(lang, code), day_short(lang, day));
        view! { <p class="sub">{tr!(lang, "之后：{word}，到 {day}", "Then: {word} until {day}")}</p> }
    });
    let sums: Vec<_> = model
        .trace
        .isolations
        .iter()
        .map(|isolation| arithmetic(lang, isolation))
        .collect();
    view! {
        <Card title=tr!(lang, "结论与下一步", "Conclusion and next step")>
            <div class="stack">
                <Reasons>{reasons}</Reasons>
                {nothing}
                {then}
                {sums}
                {steps}
            </div>
        </Card>
    }
}

/// The days of one isolation, run by run.
fn arithmetic(lang: Lang, isolation: &IsolationTrace) -> impl IntoView + use<> {
    let (rule, days) = (isolation.rule_id.clone(), isolation.days);
    let start = day_short(lang, isolation.start);
    let known = day_short(lang, isolation.known);
    let lines = isolation
        .lines
        .iter()
        .map(|line| view! { <li>{line.text.get(lang).to_owned()}</li> })
        .collect_view();
    let end = match isolation.ends {
        Some(day) => {
            let day = day_short(lang, day);
            tr!(
                lang,
                "最后一天是 {day}。漏报的天不算，结束日期会往后推。",
                "The last day is {day}. A missed day does not count and moves the end."
            )
        }
        None => tr!(
            lang,
            "要有解除证明才结束。",
            "It lasts until a clearance is accepted."
        ),
    };
    view! {
        <div>
            <h3>{tr!(lang, "{rule} 的天数", "Days of {rule}")}</h3>
            <p class="sub">
                {tr!(
                    lang,
                    "从 {start} 的次日算起，共 {days} 天；{known} 得知，此前的天都计入。",
                    "Counted from the day after {start}, {days} days; known on {known}, earlier days all count."
                )}
            </p>
            <ul class="stack">{lines}</ul>
            <p>{end}</p>
        </div>
    }
}

/// A fact's name and value as people say them.
fn said(lang: Lang, fact: &FactRead) -> (String, String) {
    let number = match &fact.value {
        Value::Int(n) => *n,
        Value::Bool(yes) => i64::from(*yes),
        _ => 0,
    };
    let none = || tr!(lang, "没有", "none");
    let yes_no = || {
        if number == 0 {
            tr!(lang, "没有", "no")
        } else {
            tr!(lang, "有", "yes")
        }
    };
    let count = || {
        if number == 0 {
            none()
        } else {
            tr!(lang, "{number} 项", "{number}")
        }
    };
    let since = || {
        if number >= i64::from(NONE_DAYS) {
            return none();
        }
        let days = tr!(lang, "{number} 天前", "{number} days ago");
        match fact.start {
            Some(day) => format!("{} ({days})", day_short(lang, day)),
            None => days,
        }
    };
    match fact.path.as_str() {
        "today.reported" => (tr!(lang, "当天报告", "Report of the day"), yes_no()),
        "today.measured" => (tr!(lang, "量了体温", "Measured"), yes_no()),
        "today.temperature_tenths" => (
            tr!(lang, "体温", "Temperature"),
            if number == 0 {
                tr!(lang, "没有读数", "no reading")
            } else {
                temperature(lang, i32::try_from(number).unwrap_or(0))
            },
        ),
        "symptoms.listed_count" => (tr!(lang, "不舒服", "Symptoms"), count()),
        "symptoms.severe_count" => (tr!(lang, "重症状", "Severe symptoms"), count()),
        "symptoms.fever" => (tr!(lang, "勾选了发热", "Fever ticked"), yes_no()),
        "test.positive.days_since" => (tr!(lang, "自报检测", "Own test"), since()),
        "case.official.days_since" => (tr!(lang, "确诊记录", "Case record"), since()),
        "contact.close.days_since_last" => (tr!(lang, "密切接触", "Close contact"), since()),
        "contact.second.days_since_last" => {
            (tr!(lang, "次密接触", "Contact of a contact"), since())
        }
        "contact.reported.days_since_last" => (tr!(lang, "自报接触", "Reported contact"), since()),
        "stay.high.days_since_left" => (tr!(lang, "高风险地区", "High-risk area"), since()),
        "stay.medium.days_since_left" => (tr!(lang, "中风险地区", "Medium-risk area"), since()),
        "stay.high_transit.days_since_left" => (
            tr!(lang, "途经高风险地区", "Through a high-risk area"),
            since(),
        ),
        "discrepancy.open_count" => (tr!(lang, "记录不一致", "Discrepancies"), count()),
        "gaps.missed_school_days" => (
            tr!(lang, "14 天内漏报", "Missed of 14 days"),
            tr!(lang, "{number} 天", "{number} days"),
        ),
        _ => (fact.meaning.get(lang).to_owned(), fact.value.to_string()),
    }
}

/// The facts that rules read, each once; those of a day that started an isolation with that day.
fn facts(lang: Lang, model: &PersonView) -> impl IntoView + use<> {
    let today = model.trace.day;
    let mut seen: Vec<(&str, domain::Day)> = Vec::new();
    let mut rows = Vec::new();
    for rule in &model.trace.rules {
        for fact in &rule.facts {
            let key = (fact.path.as_str(), rule.on);
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let (name, value) = said(lang, fact);
            let name = if rule.on == today {
                name
            } else {
                format!("{name} ({})", day_short(lang, rule.on))
            };
            let of_report = fact.path.starts_with("today.") || fact.path.starts_with("symptoms.");
            let when = match (fact.known, model.told) {
                (Some(day), Some((_, minute))) if of_report && day == today => time(minute),
                (Some(day), _) => day_short(lang, day),
                (None, _) => String::new(),
            };
            let tag = fact.source.map(|source| {
                let icon = match source {
                    Source::Official | Source::Traced => IconName::Shield,
                    _ => IconName::Person,
                };
                view! { <span class="tag"><Icon name=icon />{source_word(lang, source)}</span> }
            });
            rows.push(view! {
                <DataRow>
                    <DataCell kind=CellKind::Mute>{name}</DataCell>
                    <DataCell>{value}</DataCell>
                    <DataCell>{tag}</DataCell>
                    <DataCell kind=CellKind::Mute>{when}</DataCell>
                </DataRow>
            });
        }
    }
    view! {
        <Card
            title=tr!(lang, "用到的事实", "Facts used")
            end=tr!(lang, "官方记录优先于自报", "Official records outweigh reports")
            flush=true
        >
            <DataTable
                caption=tr!(lang, "用到的事实", "Facts used")
                columns=vec![
                    Column::new(tr!(lang, "事实", "Fact")),
                    Column::new(tr!(lang, "内容", "Value")),
                    Column::new(tr!(lang, "来源", "Source")),
                    Column::new(tr!(lang, "得知", "Known")),
                ]
            >
                {rows}
            </DataTable>
        </Card>
    }
}

fn rules(lang: Lang, model: &PersonView) -> impl IntoView + use<> {
    let books: Vec<String> = model
        .trace
        .rulebooks
        .iter()
        .map(|(id, version)| format!("{id} {version}"))
        .collect();
    let rows: Vec<_> = model
        .trace
        .rules
        .iter()
        .map(|rule| rule_row(lang, rule, &model.decision))
        .collect();
    view! {
        <Card title=tr!(lang, "逐条核对规则", "Rules checked") end=books.join(", ") flush=true>
            <DataTable
                caption=tr!(lang, "逐条核对规则", "Rules checked")
                columns=vec![
                    Column::new(tr!(lang, "编号", "Rule")),
                    Column::new(tr!(lang, "内容", "What it says")),
                    Column::new(tr!(lang, "看到", "What it saw")),
                    Column::new(tr!(lang, "结果", "Result")),
                ]
            >
                {rows}
            </DataTable>
        </Card>
    }
}

fn rule_row(lang: Lang, rule: &RuleTrace, decision: &Decision) -> impl IntoView + use<> {
    let reason = decision
        .reasons
        .iter()
        .find(|reason| reason.rule_id == rule.rule_id && reason.rulebook_id == rule.rulebook_id);
    let code = reason.map_or(Code::Grey, |reason| reason.colour.into());
    let saw: Vec<String> = rule
        .facts
        .iter()
        .map(|fact| said(lang, fact))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let saw = match lang {
        Lang::Zh => saw.join("；"),
        Lang::En => saw.join("; "),
    };
    let result = match (&rule.fired, reason) {
        (Err(_), _) => view! { <span class="tag late">{tr!(lang, "无法判定", "undecided")}</span> }.into_any(),
        (Ok(_), Some(_)) => view! { <span class="tag dark"><Icon name=IconName::Check />{tr!(lang, "符合", "fired")}</span> }.into_any(),
        (Ok(true), None) => view! { <span class="tag">{tr!(lang, "符合，已结束", "fired, over")}</span> }.into_any(),
        (Ok(false), None) => view! { <span class="tag"><Icon name=IconName::Cross />{tr!(lang, "不符合", "not fired")}</span> }.into_any(),
    };
    let (id, label) = (rule.rule_id.clone(), rule.label.get(lang).to_owned());
    view! {
        <DataRow code=code>
            <DataCell><span class="mono">{id}</span></DataCell>
            <DataCell>{label}</DataCell>
            <DataCell kind=CellKind::Mute>{saw}</DataCell>
            <DataCell>{result}</DataCell>
        </DataRow>
    }
}
