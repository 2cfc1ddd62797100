//! The left column: the versions of the rulebook, and the rules of the one that is open.

use super::sheet::Sheet;
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{counted, day_short, status_word};
use crate::ui::{ShapeSize, StatusShape};
use domain::Code;
use domain::rulebook::Status;
use leptos::prelude::*;
use services::rules::BookLine;

/// Where a version stands, as a pill.
pub(super) fn state(lang: Lang, status: Status) -> AnyView {
    view! { <span class=format!("state {}", status.word())>{status.text().get(lang).to_owned()}</span> }
        .into_any()
}

/// From when to when a version was, is or will be in force; or how much it changes and who wrote it.
pub(super) fn days_of(lang: Lang, line: &BookLine) -> String {
    let day = |day| day_short(lang, day);
    match (line.from, line.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (day(from), day(to));
            format!("{from} – {to}")
        }
        (Some(from), None) => {
            let (from, n) = (day(from), line.rules);
            let rules = counted(n, "rule", "rules");
            tr!(lang, "共 {n} 条规则，{from} 起", "{rules}, from {from}")
        }
        (None, _) => {
            let said = line.changes.map(|n| {
                let said = counted(n, "change", "changes");
                tr!(lang, "改了 {n} 处", "{said}")
            });
            let said: Vec<String> = said.into_iter().chain(line.author.clone()).collect();
            said.join(&tr!(lang, "，", ", "))
        }
    }
}

/// The column.
pub(super) fn column(sheet: &Sheet, open: Option<&str>) -> AnyView {
    let lang = sheet.frame.lang;
    let versions = sheet
        .versions
        .iter()
        .map(|line| {
            let href = sheet.version_path(line.no);
            let current = line.no == sheet.view.line.no;
            view! {
                <a href=href aria-current=current.then_some("page")>
                    <span class="row">
                        <b>"v" {line.version.to_string()}</b>
                        {state(lang, line.status)}
                    </span>
                    <small>{days_of(lang, line)}</small>
                </a>
            }
        })
        .collect_view();
    let rules = sheet
        .document
        .rules
        .iter()
        .map(|rule| {
            let code = Code::from(rule.outcome.colour);
            let n = sheet.changes.iter().filter(|c| c.rule.as_ref() == Some(&rule.id)).count();
            let changed = (n > 0).then(|| view! { <small>{tr!(lang, "改 {n} 处", "{n} changed")}</small> });
            view! {
                <a class="rule" href=sheet.rule_path(&rule.id) aria-current=(open == Some(&rule.id)).then_some("page")>
                    <span class="row">
                        <StatusShape code=code size=ShapeSize::Inline label=status_word(lang, code) />
                        <span class="mono">{rule.id.clone()}</span>
                        <span class="name">{rule.label.get(lang).to_owned()}</span>
                        {changed}
                    </span>
                </a>
            }
        })
        .collect_view();
    let gone = sheet
        .gone()
        .map(|rule| view! { <span class="row gone pad-side"><span class="mono">{rule.id.clone()}</span> {rule.label.get(lang).to_owned()}</span> })
        .collect_view();
    let n = sheet.document.rules.len();
    let version = sheet.document.version;
    let list = format!("/bureau/{}/rules", sheet.frame.region);
    view! {
        <aside class="card">
            <nav class="side" aria-label=tr!(lang, "规则集版本", "Versions")>
                <p class="side-head">
                    <span>{sheet.document.title.get(lang).to_owned()}</span>
                    <a href=list>{tr!(lang, "全部", "All")}</a>
                </p>
                {versions}
            </nav>
            <nav class="side" aria-label=tr!(lang, "规则", "Rules")>
                <p class="side-head">
                    <span>{tr!(lang, "v{version} 的规则", "Rules of v{version}")}</span>
                    <span>{tr!(lang, "{n} 条", "{n}")}</span>
                </p>
                <a class="rule" href=sheet.path() aria-current=open.is_none().then_some("page")>
                    <span class="row"><span class="name">{tr!(lang, "总览：参数、改动、检查", "Overview")}</span></span>
                </a>
                {rules}
                {gone}
            </nav>
        </aside>
    }
    .into_any()
}
