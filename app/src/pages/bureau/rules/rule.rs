//! One rule of a version: what it says in plain words, and, in a draft, the form that changes it.

use super::cards::{card_then, card_when, card_words, try_out};
use super::form::RuleForm;
use super::sheet::Sheet;
use crate::draft::CONDITION;
use crate::islands::rules::FORM;
use crate::pages::rules::{condition_text, outcome_text, parameter_text};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::status_word;
use crate::ui::*;
use domain::Code;
use domain::certlogic::Tree;
use domain::rulebook::{Document, Hold, MISSED_DAYS, Parameter, Rule};
use domain::trial::attempt;
use leptos::prelude::*;

/// The middle of the page.
pub(super) fn view(sheet: &Sheet, form: &RuleForm) -> AnyView {
    let lang = sheet.frame.lang;
    let Some(rule) = form.rule_now() else {
        return ().into_any();
    };
    let edit = sheet.may_edit().then(|| editor(sheet, form, rule));
    let read = reading(lang, &form.document, rule, sheet.may_edit());
    view! {
        {title(sheet, rule)}
        {read}
        {edit}
    }
    .into_any()
}

/// Shape, id, version beside the version it is based on, label.
fn title(sheet: &Sheet, rule: &Rule) -> AnyView {
    let lang = sheet.frame.lang;
    let code = Code::from(rule.outcome.colour);
    let version = rule.version;
    let was = sheet.base().map(|base| {
        let edition = base.version;
        match rule_in(base, &rule.id) {
            Some(was) => {
                let n = was.version;
                tr!(
                    lang,
                    "第 {version} 版，对比 {edition} 中的第 {n} 版",
                    "version {version}, beside version {n} in {edition}"
                )
            }
            None => tr!(lang, "新规则，{edition} 中没有", "new, not in {edition}"),
        }
    });
    let was = was.unwrap_or_else(|| tr!(lang, "第 {version} 版", "version {version}"));
    let label = match rule.label.get(lang) {
        "" => tr!(lang, "还没有名称", "No name yet"),
        label => label.to_owned(),
    };
    view! {
        <div class="rule-title">
            <p class="row sub">
                <StatusShape code=code label=status_word(lang, code) />
                <span class="mono">{rule.id.clone()}</span>
                <span>{was}</span>
            </p>
            <h1>{label}</h1>
        </div>
    }
    .into_any()
}

/// The rule as sentences. Beside a form it is for small screens only, where nothing can be edited.
fn reading(lang: Lang, document: &Document, rule: &Rule, beside_form: bool) -> AnyView {
    let code = Code::from(rule.outcome.colour);
    let class = if beside_form {
        "card sentence read-only"
    } else {
        "card sentence"
    };
    let steps: Vec<_> = rule
        .next_steps
        .iter()
        .map(|step| (step.get(lang).to_owned(), false))
        .collect();
    let note = beside_form.then(|| {
        view! { <p class="hint">{tr!(lang, "要修改请在宽一些的屏幕上打开。", "To change it, open this page on a wider screen.")}</p> }
    });
    let parameters = reads(rule, document)
        .into_iter()
        .map(|p| {
            (
                parameter_title(lang, p),
                parameter_text(lang, &p.name, p.value),
            )
        })
        .map(|(title, value)| view! { <Fact label=title>{value}</Fact> })
        .collect_view();
    view! {
        <section class=class>
            <dl>
                <dt>{tr!(lang, "如果", "If")}</dt>
                <dd>{condition_text(lang, document, rule)}</dd>
                <dt>{tr!(lang, "就判为", "then")}</dt>
                <dd><StatusChip lang=lang code=code /> " " {outcome_text(lang, document, rule)}</dd>
                <dt>{tr!(lang, "家长看到", "Guardians read")}</dt>
                <dd>
                    <p>{rule.text.get(lang).to_owned()}</p>
                    <Steps lang=lang steps=steps />
                </dd>
            </dl>
            <Facts>{parameters}</Facts>
            <details>
                <summary>
                    <span>{tr!(lang, "公式（JSON）", "The formula (JSON)")}</span>
                    <Icon name=IconName::ChevronDown />
                </summary>
                <pre class="code-text" tabindex="0">{super::form::pretty(&rule.condition)}</pre>
            </details>
            {note}
        </section>
    }
    .into_any()
}

/// The parameters that a rule reads, those of its days included.
pub(super) fn reads<'a>(rule: &Rule, document: &'a Document) -> Vec<&'a Parameter> {
    let mut names = Vec::new();
    Tree::of(&rule.condition).walk(&mut |_, _, part| {
        if let Tree::Var(path) = part
            && let Some(name) = path.strip_prefix("param.")
        {
            names.push(name.to_owned());
        }
    });
    names.extend(rule.outcome.days.clone());
    if rule.outcome.hold == Hold::Isolation {
        names.push(MISSED_DAYS.to_owned());
    }
    document
        .parameters
        .iter()
        .filter(|p| names.contains(&p.name))
        .collect()
}

fn editor(sheet: &Sheet, form: &RuleForm, rule: &Rule) -> AnyView {
    let lang = sheet.frame.lang;
    let trial = attempt(&form.tree.json(), &form.document.parameters, &form.sample);
    let action = sheet.rule_path(&rule.id);
    let faults = sheet.faults_of(form.index);
    let revision = sheet.view.revision.to_string();
    view! {
        <form class="rule-form edit-only" id=FORM method="post" action=action>
            <input type="hidden" name="based_on" value=revision />
            <input type="hidden" name=CONDITION value=form.tree.json().to_string() />
            // The first button of a form is what the Enter key presses.
            <button class="vh" name="do" value="tree" tabindex="-1">{tr!(lang, "更新显示，不保存", "Update the page, save nothing")}</button>
            {card_when(lang, form, rule, &trial, &faults)}
            {card_then(lang, sheet, form, rule)}
            {card_words(lang, sheet, form, rule)}
            {try_out(lang, sheet, form, rule, &trial)}
            <div class="form-foot">
                {findings_line(lang, sheet)}
                <div class="row">
                    <a class="btn danger" href=format!("{}?ask=delete", sheet.rule_path(&rule.id))>{tr!(lang, "删除这条规则…", "Delete this rule…")}</a>
                    <Button kind=ButtonKind::Primary name="do" value="save">{tr!(lang, "存草稿", "Save the draft")}</Button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

/// How many findings there are, with a link to them.
fn findings_line(lang: Lang, sheet: &Sheet) -> AnyView {
    let n = sheet.findings.len();
    if n == 0 {
        return view! { <p class="row ok"><Icon name=IconName::Check />{tr!(lang, "检查全部通过", "All checks pass")}</p> }.into_any();
    }
    let said = crate::ui::words::counted(n, "finding", "findings");
    view! { <p><a href=format!("{}#findings", sheet.path())>{tr!(lang, "草稿还有 {n} 处要看", "{said} in the draft")}</a></p> }
        .into_any()
}
