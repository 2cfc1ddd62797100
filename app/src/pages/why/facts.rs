//! What the rules looked at: each fact once, with who said so and when.

use super::{Grounds, heading};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, time};
use crate::ui::{
    CellKind, Column, DataCell, DataRow, DataTable, Icon, IconName, fact_name, fact_value,
};
use domain::certlogic::Value;
use domain::decision::{FactRead, RuleTrace, Source};
use domain::facts::{FactKind, NONE_DAYS};
use domain::{Code, Day};
use leptos::prelude::*;

/// A fact as some rule read it.
pub(in crate::pages) struct Seen<'a> {
    /// What was read.
    pub read: &'a FactRead,
    /// The day on whose facts the rule was judged.
    pub on: Day,
    /// The colour of the reason that rests on it.
    pub behind: Option<Code>,
}

/// The value of a fact; flags are 0 or 1.
pub(in crate::pages) fn number(read: &FactRead) -> i64 {
    match read.value {
        Value::Int(number) => number,
        Value::Bool(yes) => i64::from(yes),
        _ => 0,
    }
}

/// Whether there is anything behind it.
pub(in crate::pages) fn says_something(read: &FactRead) -> bool {
    match read.fact.kind() {
        FactKind::DaysSince => number(read) < i64::from(NONE_DAYS),
        FactKind::Flag | FactKind::Number => number(read) != 0,
    }
}

/// Each fact of each day once; what the code rests on first, official records before reports.
pub(in crate::pages) fn seen<'a>(grounds: &Grounds<'a>) -> Vec<Seen<'a>> {
    let mut all: Vec<Seen<'a>> = Vec::new();
    let reads = |rule: &'a RuleTrace| rule.facts.iter().map(move |read| (rule, read));
    for (rule, read) in grounds.trace.rules.iter().flat_map(reads) {
        let behind =
            (grounds.counts(rule) && says_something(read)).then(|| Code::from(rule.colour));
        let same = |seen: &&mut Seen<'_>| (seen.read.fact, seen.on) == (read.fact, rule.on);
        match all.iter_mut().find(same) {
            Some(known) => known.behind = known.behind.max(behind),
            None => all.push(Seen {
                read,
                on: rule.on,
                behind,
            }),
        }
    }
    all.sort_by_key(|seen| {
        let source = seen.read.source.unwrap_or(Source::Counted);
        std::cmp::Reverse((seen.behind, seen.behind.is_some(), source))
    });
    all
}

/// The names of the facts behind which there is nothing, each once; none where there are no such facts.
pub(in crate::pages) fn names_of_nothing(
    lang: Lang,
    all: &[Seen<'_>],
    which: impl Fn(&Seen<'_>) -> bool,
) -> Option<String> {
    let something = |fact| {
        all.iter()
            .any(|s| s.read.fact == fact && says_something(s.read))
    };
    let mut names: Vec<String> = Vec::new();
    for seen in all.iter().filter(|seen| which(seen)) {
        let name = fact_name(lang, seen.read.fact);
        if !something(seen.read.fact) && !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(&tr!(lang, "、", ", ")))
}

/// Where a fact came from, as a tag.
pub(super) fn source_tag(lang: Lang, source: Source) -> AnyView {
    let (icon, class, word) = match source {
        Source::Official => (
            IconName::Shield,
            "tag official",
            tr!(lang, "官方", "official"),
        ),
        Source::Traced => (
            IconName::Shield,
            "tag official",
            tr!(lang, "流调", "traced"),
        ),
        Source::SelfReport => (IconName::Person, "tag", tr!(lang, "自报", "self-report")),
        Source::Gate => (IconName::Shield, "tag", tr!(lang, "校门", "gate")),
        Source::Counted => (IconName::Calendar, "tag", tr!(lang, "统计", "counted")),
    };
    view! { <span class=class><Icon name=icon />{word}</span> }.into_any()
}

/// Who says so, as far as it is known here.
fn who(lang: Lang, seen: &Seen<'_>, grounds: &Grounds<'_>) -> String {
    match seen.read.source {
        None => String::new(),
        Some(Source::Official) => tr!(lang, "疾控", "health authority"),
        Some(Source::Traced) => tr!(lang, "流调排查", "contact tracing"),
        Some(Source::Counted) => tr!(lang, "系统", "this system"),
        Some(Source::Gate) => tr!(lang, "校门测温", "the school gate"),
        Some(Source::SelfReport) => match grounds.told {
            Some((who, _))
                if seen.read.fact.is_of_the_report() && seen.on == grounds.trace.today =>
            {
                who.to_owned()
            }
            _ => tr!(lang, "家庭报告", "the family's report"),
        },
    }
}

/// Since when it is known.
pub(in crate::pages) fn when(lang: Lang, seen: &Seen<'_>, grounds: &Grounds<'_>) -> String {
    let today = grounds.trace.today;
    match (seen.read.known, grounds.told) {
        (Some(day), Some((_, minute))) if seen.read.fact.is_of_the_report() && day == today => {
            let time = time(minute);
            tr!(lang, "今天 {time}", "today {time}")
        }
        (Some(day), _) if day == today => tr!(lang, "今天", "today"),
        (Some(day), _) => day_short(lang, day),
        (None, _) => String::new(),
    }
}

pub(super) fn card(lang: Lang, grounds: &Grounds<'_>) -> AnyView {
    let title = tr!(lang, "用到的事实", "Facts used");
    let all = seen(grounds);
    let nothing = names_of_nothing(lang, &all, |seen| seen.read.source.is_none());
    let rows: Vec<_> = all
        .iter()
        .filter(|seen| seen.read.source.is_some() || says_something(seen.read))
        .map(|seen| {
            let mut name = fact_name(lang, seen.read.fact);
            if seen.on != grounds.trace.day {
                let day = day_short(lang, seen.on);
                name = tr!(lang, "{name}（{day}）", "{name} ({day})");
            }
            let value = fact_value(lang, seen.read.fact, number(seen.read), seen.read.start);
            let tag = seen.read.source.map(|source| source_tag(lang, source));
            let (who, when) = (who(lang, seen, grounds), when(lang, seen, grounds));
            let kind = if seen.behind.is_some() {
                CellKind::Name
            } else {
                CellKind::Text
            };
            view! {
                <DataRow code=seen.behind.unwrap_or(Code::Green)>
                    <DataCell kind=CellKind::Mute>{name}</DataCell>
                    <DataCell kind=kind>{value}</DataCell>
                    <DataCell>{tag}</DataCell>
                    <DataCell kind=CellKind::Mute>{who}</DataCell>
                    <DataCell kind=CellKind::Mute>{when}</DataCell>
                </DataRow>
            }
        })
        .collect();
    let caption = title.clone();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <DataTable
                caption=caption
                columns=vec![
                    Column::new(tr!(lang, "事实", "Fact")),
                    Column::new(tr!(lang, "内容", "Value")),
                    Column::new(tr!(lang, "来源", "Source")),
                    Column::new(tr!(lang, "谁说的", "Said by")),
                    Column::new(tr!(lang, "得知", "Known")),
                ]
            >
                {rows}
            </DataTable>
        }
    });
    let gone = all.is_empty().then(|| {
        view! { <p class="card-foot">{tr!(lang, "填报内容已按规定删除，只保留隔离的日期。", "The answers were destroyed as they have to be; only the dates of the isolation were kept.")}</p> }
    });
    view! {
        <section class="card flush">
            {heading(1, title, tr!(lang, "官方记录优先于自报", "Official records outweigh self-reports"))}
            {table}
            {nothing.map(|names| view! { <p class="card-foot">{tr!(lang, "没有记录，也没有报告：{names}", "Neither recorded nor reported: {names}")}</p> })}
            {gone}
        </section>
    }
    .into_any()
}
