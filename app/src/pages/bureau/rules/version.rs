//! One version: what changed, what is wrong, its parameters, and the way to its rules.

use super::cards::parameter_input;
use super::form::number_wanted;
use super::sheet::Sheet;
use crate::pages::rules::{
    changes_list, parameter_text, parameters_card, rules_list, symptoms_card,
};
use crate::tr;
use crate::tr::Lang;
use crate::ui::*;
use crate::web::Fields;
use domain::rulebook::{Document, Move, ParameterValue, Severity};
use domain::{Code, Text};
use leptos::prelude::*;
use services::rules::Origin;

/// The middle of the page.
pub(super) fn view(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let edit = sheet.may_edit().then(|| {
        view! {
            {values_form(sheet, typed, errors)}
            {new_rule_form(sheet, typed, errors)}
            {new_parameter_form(sheet, typed, errors)}
            {super::symptoms::forms(sheet, typed, errors)}
        }
    });
    let read = if sheet.may_edit() {
        "read-only"
    } else {
        "stack"
    };
    let above: Vec<_> = sheet.view.above.iter().collect();
    view! {
        {title(sheet)}
        {changes(sheet)}
        {findings(sheet)}
        {gone(sheet)}
        {edit}
        <div class=read>{sheet.may_edit().then(|| view! { <p class="hint">{tr!(lang, "要修改请在宽一些的屏幕上打开。", "To change it, open this page on a wider screen.")}</p> })} {parameters_card(lang, &sheet.document, &above)}</div>
        <section class="card flush">
            <div class="card-head"><h2>{tr!(lang, "全部规则", "All rules")}</h2></div>
            {rules_list(lang, &sheet.document)}
            {sheet.document.rules.is_empty().then(|| view! { <p class="pad">{tr!(lang, "还没有自己的规则。上级的规则照常适用。", "No rules of its own. Those from above apply as they are.")}</p> })}
        </section>
        <div class=read>{symptoms_card(lang, &sheet.document)}</div>
    }
    .into_any()
}

fn title(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let line = &sheet.view.line;
    let version = line.version;
    let base = sheet.base().map(|base| {
        let was = base.version;
        tr!(lang, "，对比 v{was}", ", beside v{was}")
    });
    let region = line.region_name.get(lang).to_owned();
    let origin = sheet.view.origin.as_ref().map(|origin| {
        let words = match origin {
            Origin::Own => tr!(lang, "本系统签名的文件", "a file signed here"),
            Origin::Known(who) => tr!(lang, "{who} 签名的文件", "a file signed by {who}"),
            Origin::Unknown(key) => {
                let key: String = key.chars().take(16).collect();
                tr!(
                    lang,
                    "签名密钥未登记的文件（{key}…）",
                    "a file signed with an unknown key ({key}…)"
                )
            }
            Origin::Unsigned => tr!(lang, "没有签名的文件", "an unsigned file"),
        };
        view! { <p class="hint">{tr!(lang, "导入自：{words}", "Imported from {words}")}</p> }
    });
    view! {
        <div class="rule-title">
            <p class="row sub">
                {super::side::state(lang, line.status)}
                <span class="mono">{line.id.clone()}</span>
                <span>"v" {version.to_string()} {base}</span>
                <span>{region}</span>
            </p>
            <h1>{sheet.document.title.get(lang).to_owned()}</h1>
            {origin}
            <p class="row no-print">
                <a class="btn small" download="" href=format!("{}/file.json", sheet.path())><Icon name=IconName::Download />{tr!(lang, "下载 JSON", "Download as JSON")}</a>
            </p>
        </div>
    }
    .into_any()
}

/// Every change since the base, in a sentence each.
fn changes(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let Some(base) = sheet.base() else {
        return ().into_any();
    };
    let (was, n) = (base.version, sheet.changes.len());
    let said = words::counted(n, "change", "changes");
    let title = tr!(lang, "比 v{was} 改了什么", "What changed since v{was}");
    let list = if n == 0 {
        view! { <p class="sub">{tr!(lang, "还没有改动。", "Nothing yet.")}</p> }.into_any()
    } else {
        changes_list(lang, &sheet.changes)
    };
    view! { <Card title=title end=tr!(lang, "{n} 处", "{said}")>{list}</Card> }.into_any()
}

/// What is wrong or doubtful, each leading to its place.
fn findings(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    if sheet.view.line.status.has_days() {
        return ().into_any();
    }
    let rows = sheet
        .findings
        .iter()
        .map(|finding| {
            let (class, icon) = match finding.severity {
                Severity::Error => ("error-line", IconName::Octagon),
                Severity::Warning => ("warning", IconName::Help),
            };
            let words = finding.text.get(lang).to_owned();
            let place = finding.place.clone();
            let said = match &finding.rule {
                Some(rule) => {
                    let href = sheet.rule_path(rule);
                    view! { <a href=href><span class="mono">{rule.clone()}</span> " " {words}</a> }.into_any()
                }
                None => words::sentence(&words).into_any(),
            };
            view! { <li class=class><Icon name=icon /><span>{said} <small class="mono">{place}</small></span></li> }
        })
        .collect_view();
    let list = if sheet.findings.is_empty() {
        view! { <p class="row ok"><Icon name=IconName::Check />{tr!(lang, "检查全部通过", "All checks pass")}</p> }.into_any()
    } else {
        view! { <ul class="findings">{rows}</ul> }.into_any()
    };
    view! { <section class="card" id="findings"><div class="card-head"><h2>{tr!(lang, "检查", "Checks")}</h2></div>{list}</section> }
        .into_any()
}

/// Rules of the base that the draft takes away, each with the way back.
fn gone(sheet: &Sheet) -> AnyView {
    let lang = sheet.frame.lang;
    let rows: Vec<_> = sheet
        .gone()
        .map(|rule| {
            let code = Code::from(rule.outcome.colour);
            let label = rule.label.get(lang).to_owned();
            let back = sheet.may_edit().then(|| {
                view! {
                    <form class="buttons edit-only" method="post" action=sheet.path()>
                        <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
                        <input type="hidden" name="rule" value=rule.id.clone() />
                        <Button small=true name="do" value="restore">{tr!(lang, "恢复", "Put it back")}</Button>
                    </form>
                }
            });
            view! {
                <li>
                    <span class="row"><StatusShape code=code size=ShapeSize::Inline /> <span class="mono">{rule.id.clone()}</span> {label}</span>
                    {back}
                </li>
            }
        })
        .collect();
    (!rows.is_empty())
        .then(|| view! { <Card title=tr!(lang, "删掉的规则", "Rules taken away") flush=true><ul class="people">{rows}</ul></Card> })
        .into_any()
}

/// Title, parameters, and what is stricter than above.
fn values_form(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let document = &sheet.document;
    let parameters = document
        .parameters
        .iter()
        .map(|p| {
            let field = format!("p.{}", p.name);
            let text = typed.has(&field).then(|| typed.get(&field));
            let at = document
                .parameters
                .iter()
                .position(|other| other.name == p.name)
                .unwrap_or(0);
            let fault = sheet
                .findings
                .iter()
                .find(|f| f.place.starts_with(&format!("/parameters/{at}/")));
            let error = error_of(errors, &field).or_else(|| {
                fault
                    .filter(|f| f.severity == Severity::Error)
                    .map(|f| words::sentence(f.text.get(lang)))
            });
            let unread = sheet
                .findings
                .iter()
                .any(|f| f.place == format!("/parameters/{at}"));
            parameter_input(lang, p, sheet.base(), text, error, unread)
        })
        .collect_view();
    let title = document.title.clone();
    view! {
        <form class="card stack edit-only" method="post" action=sheet.path() id="values">
            <h2>{tr!(lang, "名称和参数", "Title and parameters")}</h2>
            <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
            // The first button of a form is what the Enter key presses.
            <button class="vh" name="do" value="save" tabindex="-1" aria-hidden="true">{tr!(lang, "存草稿", "Save the draft")}</button>
            <div class="inputs">
                <TextInput name="title_zh" label=tr!(lang, "名称（中文）", "Title (Chinese)") value=title.zh maxlength=100u32 error=error_of(errors, "title_zh") />
                <TextInput name="title_en" label=tr!(lang, "名称（英文）", "Title (English)") value=title.en maxlength=100u32 error=error_of(errors, "title_en") />
            </div>
            <ul class="params">{parameters}</ul>
            {moves(sheet, typed, errors)}
            <div class="row"><Button kind=ButtonKind::Primary name="do" value="save">{tr!(lang, "存草稿", "Save the draft")}</Button></div>
        </form>
    }
    .into_any()
}

/// The field of a stricter value.
fn move_field(book: &str, parameter: &str) -> String {
    format!("m.{book}.{parameter}")
}

/// Every parameter of the rulebooks above, with what it is there and what it shall be here.
fn moves(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    if sheet.view.above.is_empty() {
        return ().into_any();
    }
    let rows = sheet
        .view
        .above
        .iter()
        .flat_map(|book| book.parameters.iter().map(move |p| (book, p)))
        .map(|(book, p)| {
            let field = move_field(&book.id, &p.name);
            let kept = sheet.document.moves.iter().find(|m| m.rulebook == book.id && m.parameter == p.name);
            let shown = match (typed.has(&field), kept) {
                (true, _) => typed.get(&field).to_owned(),
                (false, None) => String::new(),
                (false, Some(kept)) => match kept.value {
                    ParameterValue::Number(n) => Unit::of(&p.name).shown(n),
                    ParameterValue::Policy(policy) => crate::draft::policy_code(policy).to_owned(),
                },
            };
            let index = kept.and_then(|kept| sheet.document.moves.iter().position(|m| m == kept));
            let fault = index.and_then(|index| {
                let at = format!("/moves/{index}");
                sheet.findings.iter().find(|f| f.place == at).map(|f| words::sentence(f.text.get(lang)))
            });
            let error = error_of(errors, &field).or(fault);
            let above = parameter_text(lang, &p.name, p.value);
            let class = if kept.is_some() { "input small changed" } else { "input small" };
            let error_id = format!("{field}-error");
            let invalid = error.is_some().then_some("true");
            let described = error.is_some().then(|| error_id.clone());
            let control = match p.value {
                ParameterValue::Number(_) => view! {
                    <span class="with-unit">
                        <input class=class id=field.clone() name=field.clone() value=shown aria-invalid=invalid aria-describedby=described />
                        <span>{Unit::of(&p.name).word(lang)}</span>
                    </span>
                }
                .into_any(),
                ParameterValue::Policy(_) => {
                    let options = ["", "ignore", "pause", "restart"]
                        .map(|word| {
                            let words = crate::draft::policy_of(word).map_or_else(
                                || tr!(lang, "同上级", "as above"),
                                |policy| parameter_text(lang, &p.name, ParameterValue::Policy(policy)),
                            );
                            view! { <option value=word selected=word == shown>{words}</option> }
                        })
                        .collect_view();
                    view! { <span class="pick"><select class=class id=field.clone() name=field.clone() aria-invalid=invalid aria-describedby=described>{options}</select><Icon name=IconName::ChevronDown /></span> }.into_any()
                }
            };
            let error = error.map(|message| view! { <ErrorLine id=error_id message=message /> });
            view! {
                <li>
                    <label for=field>{parameter_title(lang, p)}</label>
                    <span class="row"><span class="was">{tr!(lang, "上级 {above}", "above: {above}")}</span> {control}</span>
                    {error}
                </li>
            }
        })
        .collect_view();
    let wrong = errors.iter().any(|error| error.id.starts_with("m."));
    view! {
        <details open=wrong || !sheet.document.moves.is_empty()>
            <summary>
                <h3>{tr!(lang, "比上级规则更严的参数", "Parameters stricter than above")}</h3>
                <Icon name=IconName::ChevronDown />
            </summary>
            <p class="hint">{tr!(lang, "只能从严。留空就和上级一样。", "Only in the stricter direction. Empty: as above.")}</p>
            <ul class="params">{rows}</ul>
        </details>
    }
    .into_any()
}

/// Takes over the posted title, parameters and moves.
///
/// # Errors
/// What cannot be read.
pub(super) fn read_values(
    lang: Lang,
    document: &mut Document,
    above: &[Document],
    fields: &Fields,
) -> Vec<FieldError> {
    let (parameters, wrong) = crate::draft::parameters_of(fields.iter(), &document.parameters);
    document.parameters = parameters;
    let mut errors: Vec<_> = wrong
        .into_iter()
        .map(|name| FieldError::new(format!("p.{name}"), number_wanted(lang, &name)))
        .collect();
    if fields.has("title_zh") {
        document.title = Text::new(fields.get("title_zh").trim(), fields.get("title_en").trim());
        for (id, half) in [
            ("title_zh", &document.title.zh),
            ("title_en", &document.title.en),
        ] {
            if half.is_empty() {
                errors.push(FieldError::new(
                    id,
                    tr!(lang, "请填写名称", "Enter a title"),
                ));
            }
        }
    }
    for (book, p) in above
        .iter()
        .flat_map(|book| book.parameters.iter().map(move |p| (book, p)))
    {
        let field = move_field(&book.id, &p.name);
        if !fields.has(&field) {
            continue;
        }
        document
            .moves
            .retain(|m| !(m.rulebook == book.id && m.parameter == p.name));
        let text = fields.get(&field).trim();
        if text.is_empty() {
            continue;
        }
        let value = match p.value {
            ParameterValue::Number(_) => Unit::of(&p.name).read(text).map(ParameterValue::Number),
            ParameterValue::Policy(_) => crate::draft::policy_of(text).map(ParameterValue::Policy),
        };
        match value {
            Some(value) => document.moves.push(Move {
                rulebook: book.id.clone(),
                parameter: p.name.clone(),
                value,
            }),
            None => errors.push(FieldError::new(field, number_wanted(lang, &p.name))),
        }
    }
    errors
}

fn new_rule_form(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let colours = [Code::Yellow, Code::Red]
        .map(|code| Choice::new(code.word(), words::status_word(lang, code)))
        .to_vec();
    let open = error_of(errors, "new_rule").is_some();
    let value = typed.get("new_rule").to_owned();
    view! {
        <details class="card edit-only" open=open>
            <summary><h2>{tr!(lang, "添加规则", "Add a rule")}</h2><Icon name=IconName::ChevronDown /></summary>
            <form class="stack" method="post" action=sheet.path()>
                <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
                <div class="inputs">
                    <TextInput name="new_rule" label=tr!(lang, "编号", "Id") hint=tr!(lang, "如 Y-09；以后不改", "for example Y-09; it never changes") value=value maxlength=32u32 required=true error=error_of(errors, "new_rule") />
                    <Select name="new_colour" label=tr!(lang, "颜色", "Colour") options=colours value="yellow" />
                </div>
                <div class="row"><Button name="do" value="add-rule">{tr!(lang, "添加并填写条件", "Add it and write its condition")}</Button></div>
            </form>
        </details>
    }
    .into_any()
}

fn new_parameter_form(sheet: &Sheet, typed: &Fields, errors: &[FieldError]) -> AnyView {
    let lang = sheet.frame.lang;
    let open = errors
        .iter()
        .any(|error| error.id.starts_with("new_") && error.id != "new_rule");
    let value = |name: &str| typed.get(name).to_owned();
    let directions = vec![
        Choice::new("lower", tr!(lang, "越低越严", "lower is stricter")),
        Choice::new("higher", tr!(lang, "越高越严", "higher is stricter")),
    ];
    view! {
        <details class="card edit-only" open=open>
            <summary><h2>{tr!(lang, "添加参数", "Add a parameter")}</h2><Icon name=IconName::ChevronDown /></summary>
            <form class="stack" method="post" action=sheet.path()>
                <input type="hidden" name="based_on" value=sheet.view.revision.to_string() />
                <div class="inputs">
                    <TextInput name="new_name" label=tr!(lang, "代号", "Name") hint=tr!(lang, "小写字母；以 _days 结尾是天数，_tenths 是温度", "small letters; _days at its end means days, _tenths a temperature") value=value("new_name") maxlength=64u32 required=true error=error_of(errors, "new_name") />
                    <TextInput name="new_value" label=tr!(lang, "数值", "Value") value=value("new_value") maxlength=12u32 required=true error=error_of(errors, "new_value") />
                    <TextInput name="new_zh" label=tr!(lang, "名称（中文）", "Title (Chinese)") value=value("new_zh") maxlength=100u32 required=true error=error_of(errors, "new_zh") />
                    <TextInput name="new_en" label=tr!(lang, "名称（英文）", "Title (English)") value=value("new_en") maxlength=100u32 required=true error=error_of(errors, "new_en") />
                    <Select name="new_stricter" label=tr!(lang, "哪个方向更严", "Stricter direction") options=directions value=value("new_stricter") />
                </div>
                <div class="row"><Button name="do" value="add-parameter">{tr!(lang, "添加参数", "Add the parameter")}</Button></div>
            </form>
        </details>
    }
    .into_any()
}
