//! Two or more versions of one day side by side: who sent them, what they say, which one holds.

use super::words::{answers_lines, sender_text, status_text};
use crate::tr;
use crate::tr::Lang;
use leptos::prelude::*;
use services::family::{ChildDays, ChildView, Contest, DayRevision, RegionNames, SymptomChoice};

/// What is needed to put a report into words.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub symptoms: Vec<SymptomChoice>,
    pub threshold: u16,
    pub regions: RegionNames,
}

impl Known {
    pub(super) fn new(child: &ChildView, days: &ChildDays) -> Self {
        Self {
            symptoms: days.symptoms.clone(),
            threshold: child.threshold,
            regions: days.regions.clone(),
        }
    }
}

/// One revision: sender, status, answers, the teacher's words.
#[component]
pub(super) fn Version(lang: Lang, revision: DayRevision, known: Known) -> AnyView {
    let status = status_text(lang, &revision);
    let by_school = (revision.channel.group() == domain::report::ChannelGroup::Proxy)
        .then(|| view! { <span class="tag">{tr!(lang, "代报", "By proxy")}</span> });
    let stale = revision.is_stale.then(|| {
        view! { <p class="hint">{tr!(lang, "打开表格之后，别人先交了一份。", "Another report had come in after this form was opened.")}</p> }
    });
    let lines = match &revision.answers {
        Some(answers) => answers_lines(
            lang,
            answers,
            &known.symptoms,
            known.threshold,
            &known.regions,
        ),
        None => vec![tr!(
            lang,
            "内容已按要求删除",
            "The answers have been destroyed"
        )],
    };
    let note = revision
        .note
        .clone()
        .filter(|note| !note.is_empty())
        .map(|note| view! { <p>{tr!(lang, "老师：{note}", "Teacher: {note}")}</p> });
    let contest = revision.contest.as_ref().map(|c| contest_lines(lang, c));
    view! {
        <div class="box stack">
            <div class="row between">
                <span class="sub">{sender_text(lang, &revision)}</span>
                <span class="row">{by_school} <span class="tag">{status}</span></span>
            </div>
            <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            {stale}
            {note}
            {contest}
        </div>
    }
    .into_any()
}

fn contest_lines(lang: Lang, contest: &Contest) -> AnyView {
    let words = contest.words.clone();
    let answer = match &contest.answer {
        None => tr!(lang, "等老师答复", "The teacher has not answered yet"),
        Some((true, said)) => tr!(
            lang,
            "老师已撤下这份报告：{said}",
            "The teacher struck the report: {said}"
        ),
        Some((false, said)) => tr!(
            lang,
            "老师答复，报告保留：{said}",
            "The teacher keeps the report: {said}"
        ),
    };
    view! {
        <p>{tr!(lang, "您家的异议：{words}", "Your family's objection: {words}")}</p>
        <p>{answer}</p>
    }
    .into_any()
}
