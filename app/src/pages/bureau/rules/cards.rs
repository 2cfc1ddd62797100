//! The parts of a rule's form: when it matches, what follows, what guardians read, and the facts it is tried on.

use super::form::RuleForm;
use super::rule::reads;
use super::sheet::Sheet;
use super::tree::Drawing;
use crate::draft::policy_code;
use crate::islands::rules::{Outcome, TryOut};
use crate::pages::rules::{condition_text, parameter_text};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::status_word;
use crate::ui::*;
use domain::certlogic::Tree;
use domain::decision::ClearanceMode;
use domain::facts::Fact as Given;
use domain::rulebook::{Document, Hold, Parameter, ParameterValue, Policy, Rule};
use domain::trial::Trial;
use domain::{Code, Text};
use leptos::prelude::*;

/// If: the sentence, the parameters, the tree, the JSON.
pub(super) fn card_when(
    lang: Lang,
    form: &RuleForm,
    rule: &Rule,
    trial: &Trial,
    faults: &[(String, String)],
) -> AnyView {
    let sentence = condition_text(lang, &form.document, rule);
    let drawing = Drawing {
        lang,
        tree: &form.tree,
        parameters: &form.document.parameters,
        seen: &trial.seen,
        faults,
    };
    let wrong = error_of(&form.errors, "condition");
    let json_wrong = error_of(&form.errors, "json");
    let opens = json_wrong.is_some();
    view! {
        <section class="card" id="condition">
            <p class="says"><span class="k">{tr!(lang, "如果", "If")}</span> <span>{sentence}</span></p>
            {wrong.map(|message| view! { <ErrorLine message=message /> })}
            <h2 class="tree-head">
                <span>{tr!(lang, "条件", "Condition")}</span>
                <small>{tr!(lang, "右边是下面示例情况得出的值", "at the right: the value on the sample facts below")}</small>
            </h2>
            {drawing.view()}
            <div class="row">
                <Button small=true name="do" value="tree">{tr!(lang, "更新显示", "Update")}</Button>
            </div>
            <details open=opens>
                <summary>
                    <span>{tr!(lang, "作为 JSON 编辑（CertLogic）", "Edit as JSON (CertLogic)")}</span>
                    <Icon name=IconName::ChevronDown />
                </summary>
                <div class="stack">
                    <TextInput name="json" rows=10u32 label=tr!(lang, "条件的 JSON", "The condition as JSON") value=form.json.clone() error=json_wrong />
                    <div class="row">
                        <Button small=true name="do" value="json">{tr!(lang, "采用 JSON", "Take the JSON")}</Button>
                        <Button small=true name="do" value="tree">{tr!(lang, "采用树", "Take the tree")}</Button>
                    </div>
                </div>
            </details>
        </section>
    }
    .into_any()
}

/// The value of a parameter in its unit, with what it was struck through; one that nothing reads can be taken away.
pub(super) fn parameter_input(
    lang: Lang,
    parameter: &Parameter,
    base: Option<&Document>,
    typed: Option<&str>,
    error: Option<String>,
    unread: bool,
) -> AnyView {
    let id = format!("p.{}", parameter.name);
    let drop = unread.then(|| {
        let title = parameter_title(lang, parameter);
        let label = tr!(lang, "去掉参数“{title}”", "Take away the parameter {title}");
        view! { <Button small=true name="do" value=format!("drop:{}", parameter.name) label=label>{tr!(lang, "去掉", "Take away")}</Button> }
    });
    let was = base
        .and_then(|base| base.parameters.iter().find(|p| p.name == parameter.name))
        .filter(|was| was.value != parameter.value)
        .map(|was| parameter_text(lang, &was.name, was.value));
    let changed = was.is_some();
    let was = was.map(|was| {
        view! {
            <s class="was">
                <span class="vh">{tr!(lang, "原来：", "was: ")}</span>
                {was}
            </s>
        }
    });
    let label = parameter_title(lang, parameter);
    let class = if changed {
        "input small changed"
    } else {
        "input small"
    };
    let invalid = error.is_some().then_some("true");
    let described = error.is_some().then(|| format!("{id}-error"));
    let error_id = format!("{id}-error");
    let control = match parameter.value {
        ParameterValue::Policy(now) => {
            let options = [Policy::Ignore, Policy::Pause, Policy::Restart]
                .map(|policy| {
                    let words = parameter_text(lang, &parameter.name, ParameterValue::Policy(policy));
                    view! { <option value=policy_code(policy) selected=policy == now>{words}</option> }
                })
                .collect_view();
            view! {
                <span class="pick">
                    <select class=class id=id.clone() name=id.clone()>{options}</select>
                    <Icon name=IconName::ChevronDown />
                </span>
            }
            .into_any()
        }
        ParameterValue::Number(number) => {
            let unit = Unit::of(&parameter.name);
            let shown = typed.map_or_else(|| unit.shown(number), ToOwned::to_owned);
            let mode = if unit == Unit::Degrees {
                "decimal"
            } else {
                "numeric"
            };
            view! {
                <span class="with-unit">
                    <input class=class id=id.clone() name=id.clone() inputmode=mode value=shown aria-invalid=invalid aria-describedby=described />
                    <span>{unit.word(lang)}</span>
                </span>
            }
            .into_any()
        }
    };
    view! {
        <li>
            <label for=id>{label}</label>
            <span class="row">{was} {control} {drop}</span>
            {error.map(|message| view! { <ErrorLine id=error_id message=message /> })}
        </li>
    }
    .into_any()
}

/// Then: colour, start, days, clearance, and the parameters that the rule reads.
pub(super) fn card_then(lang: Lang, sheet: &Sheet, form: &RuleForm, rule: &Rule) -> AnyView {
    let outcome = &rule.outcome;
    let colours = [Code::Yellow, Code::Red]
        .map(|code| Choice::new(code.word(), status_word(lang, code)))
        .to_vec();
    let colour = Code::from(outcome.colour).word();
    let starts = Given::ALL
        .into_iter()
        .filter(|fact| !fact.is_counted())
        .filter(|fact| fact.is_of_an_event() || *fact == Given::TodayReported)
        .map(|fact| {
            let name = fact_name(lang, fact);
            let words = if fact == Given::TodayReported {
                tr!(lang, "报告的那天", "the day of the report")
            } else {
                tr!(lang, "“{name}”的日期", "the date of “{name}”")
            };
            Choice::new(fact.path(), words)
        })
        .collect();
    let days = form
        .document
        .parameters
        .iter()
        .filter(|p| matches!(p.value, ParameterValue::Number(_)))
        .map(|p| {
            let value = parameter_text(lang, &p.name, p.value);
            Choice::new(
                p.name.clone(),
                format!("{} ({value})", parameter_title(lang, p)),
            )
        })
        .collect();
    let clearances = vec![
        Choice::new("none", tr!(lang, "只能满天数结束", "only the days end it")),
        Choice::new(
            "may",
            tr!(lang, "有证明可以提前结束", "a clearance may end it earlier"),
        ),
        Choice::new(
            "must",
            tr!(
                lang,
                "满天数后还要有证明",
                "the days and a clearance are needed"
            ),
        ),
    ];
    let clearance = match outcome.clearance {
        ClearanceMode::None => "none",
        ClearanceMode::May => "may",
        ClearanceMode::Must => "must",
    };
    let is_isolation = outcome.hold == Hold::Isolation;
    let start = outcome
        .start
        .clone()
        .filter(|_| is_isolation)
        .unwrap_or_default();
    let of = outcome.days.clone().unwrap_or_default();
    let reason = outcome.reason.clone();
    let error = |place: &str| sheet.fault_at(form.index, place);
    let parameters: Vec<_> = reads(rule, &form.document)
        .into_iter()
        .map(|p| {
            let typed = form.typed.iter().find(|(name, _)| *name == p.name);
            let error = error_of(&form.errors, &format!("p.{}", p.name));
            parameter_input(
                lang,
                p,
                sheet.base(),
                typed.map(|(_, t)| t.as_str()),
                error,
                false,
            )
        })
        .collect();
    let parameters = (!parameters.is_empty()).then(|| {
        view! {
            <h3>{tr!(lang, "这条规则用到的参数", "The parameters that it reads")}</h3>
            <ul class="params">{parameters}</ul>
        }
    });
    view! {
        <section class="card stack">
            <h2>{tr!(lang, "就判为", "Then")}</h2>
            <div class="inputs">
                <Select name="colour" label=tr!(lang, "颜色", "Colour") options=colours value=colour error=error("/outcome/colour") />
                <Select name="start" label=tr!(lang, "从哪天起算", "Counted from") options=starts value=start empty=tr!(lang, "不计天数：条件成立的日子才算", "no days: only while it matches") error=error("/outcome/start") />
                <Select name="days" label=tr!(lang, "多少天", "How many days") options=days value=of empty=tr!(lang, "不计天数", "no days") error=error("/outcome/days") />
                <Select name="clearance" label=tr!(lang, "解除证明", "Clearance") options=clearances value=clearance error=error("/outcome") />
                <TextInput name="reason" label=tr!(lang, "原因代码", "Reason code") hint=tr!(lang, "统计和证明用它认原因", "numbers and clearances name it") value=reason maxlength=64u32 error=error("/outcome/reason") />
            </div>
            <p class="row sub">
                {tr!(lang, "期满：当天报告正常，自动转为", "At the end, with a report that says nothing: ")}
                <StatusChip lang=lang code=Code::Green />
            </p>
            {parameters}
        </section>
    }
    .into_any()
}

fn lines(steps: &[Text], lang: Lang) -> String {
    let lines: Vec<&str> = steps.iter().map(|step| step.get(lang)).collect();
    lines.join("\n")
}

/// The words of the rule, in both languages side by side.
pub(super) fn card_words(lang: Lang, sheet: &Sheet, form: &RuleForm, rule: &Rule) -> AnyView {
    let error = |place: &str| sheet.fault_at(form.index, place);
    let half = |place: &str, half: &str| error(place).filter(|_| half.is_empty());
    let (no_zh, no_en) = (
        half("/label", &rule.label.zh),
        half("/label", &rule.label.en),
    );
    let steps_wrong = error_of(&form.errors, "steps_en");
    let (label, text) = (rule.label.clone(), rule.text.clone());
    let (zh, en) = (
        lines(&rule.next_steps, Lang::Zh),
        lines(&rule.next_steps, Lang::En),
    );
    view! {
        <section class="card stack">
            <h2>{tr!(lang, "家长看到的话", "What guardians read")}</h2>
            <p class="hint">
                {tr!(lang, "可以用：", "May hold: ")}
                <code>"{start} {until} {temperature} {threshold} {symptoms} {findings} {place}"</code>
            </p>
            <div class="pair">
                <div class="stack">
                    <TextInput name="label_zh" label=tr!(lang, "名称（中文）", "Name (Chinese)") value=label.zh maxlength=100u32 error=no_zh />
                    <TextInput name="text_zh" rows=3u32 label=tr!(lang, "原因（中文）", "Reason (Chinese)") value=text.zh maxlength=600u32 error=error("/text") />
                    <TextInput name="steps_zh" rows=5u32 label=tr!(lang, "怎么做，一行一步（中文）", "What to do, a step a line (Chinese)") value=zh maxlength=2000u32 />
                </div>
                <div class="stack">
                    <TextInput name="label_en" label=tr!(lang, "名称（英文）", "Name (English)") value=label.en maxlength=100u32 error=no_en />
                    <TextInput name="text_en" rows=3u32 label=tr!(lang, "原因（英文）", "Reason (English)") value=text.en maxlength=600u32 error=error("/text") />
                    <TextInput name="steps_en" rows=5u32 label=tr!(lang, "怎么做，一行一步（英文）", "What to do, a step a line (English)") value=en maxlength=2000u32 error=steps_wrong />
                </div>
            </div>
        </section>
    }
    .into_any()
}

pub(super) fn try_out(
    lang: Lang,
    sheet: &Sheet,
    form: &RuleForm,
    rule: &Rule,
    trial: &Trial,
) -> AnyView {
    let mut paths = Vec::new();
    form.tree.walk(&mut |_, _, part| {
        if let Tree::Var(path) = part
            && !paths.contains(path)
        {
            paths.push(path.clone());
        }
    });
    let colour = Code::from(rule.outcome.colour);
    let (parameters, sample) = (sheet.view.document.parameters.clone(), form.sample.clone());
    view! {
        <TryOut
            lang=lang
            colour=colour
            parameters=parameters
            sample=sample
            outcome=Outcome::of(&trial.fired)
            reads=paths
        />
    }
    .into_any()
}
