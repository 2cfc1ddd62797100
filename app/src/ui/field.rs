//! Fields with their label, hint and error, and the summary of what is still wrong.

use crate::tr;
use crate::tr::Lang;
use crate::ui::icon::{Icon, IconName};
use crate::ui::props::{OptText, Slot};
use leptos::prelude::*;

/// One thing to put right: the field's element id and what is wrong, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The id of the input (its name, unless the page says otherwise).
    pub id: String,
    /// What is wrong and how to put it right; never blames.
    pub message: String,
}

impl FieldError {
    /// An error of the field with this id.
    pub fn new(id: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            message: message.into(),
        }
    }
}

/// The message for one field, if it has an error.
pub fn error_of(errors: &[FieldError], id: &str) -> Option<String> {
    errors
        .iter()
        .find(|error| error.id == id)
        .map(|error| error.message.clone())
}

/// What is still to be put right, each leading to its field. Takes the focus when the page opens.
#[component]
pub fn ErrorSummary(
    /// The reader's language.
    lang: Lang,
    /// The errors, in the order of the page; none shows nothing.
    errors: Vec<FieldError>,
) -> AnyView {
    let n = errors.len();
    (n > 0).then(|| {
        view! {
            <div class="errors" role="alert" tabindex="-1" autofocus=true>
                <Icon name=IconName::Octagon />
                <div>
                    <h2>
                        {tr!(
                            lang,
                            "还有 {n} 处要改，改好就能提交",
                            "{n} {things} to put right before sending",
                            things = if n == 1 { "thing" } else { "things" }
                        )}
                    </h2>
                    <ul>
                        {errors
                            .into_iter()
                            .map(|error| view! { <li><a href=format!("#{}", error.id)>{error.message}</a></li> })
                            .collect_view()}
                    </ul>
                </div>
            </div>
        }
    }).into_any()
}

/// The error under a field: octagon and words.
#[component]
pub fn ErrorLine(
    /// The element id, which the input names as its description.
    #[prop(optional, into)]
    id: OptText,
    /// What is wrong.
    #[prop(into)]
    message: String,
) -> AnyView {
    let id = id.0;
    view! {
        <p class="error" id=id>
            <Icon name=IconName::Octagon />
            <span>{message}</span>
        </p>
    }
    .into_any()
}

/// The ids that describe an input: its hint and its error.
pub(super) fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-hint {id}-error")),
    }
}

/// Label, hint and error around any control. The control's id is `id`; name `{id}-hint` and
/// `{id}-error` in its `aria-describedby` (the ready-made fields below do).
#[component]
pub fn Field(
    /// The control's element id.
    #[prop(into)]
    id: String,
    /// The question's number on the form.
    #[prop(optional)]
    number: Option<u32>,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Says that the field may stay empty, in the reader's words.
    #[prop(optional, into)]
    optional: OptText,
    /// Help before an error happens.
    #[prop(optional, into)]
    hint: OptText,
    /// What is wrong.
    #[prop(optional, into)]
    error: OptText,
    /// A one-tap fix under the error.
    #[prop(optional, into)]
    fix: Slot,
    /// The control.
    children: Children,
) -> AnyView {
    let around = Around {
        number,
        label,
        optional: optional.0,
        hint: hint.0,
        error: error.0,
        fix: fix.0,
    };
    field(id, around, children().into_any())
}

/// What stands around a control.
struct Around {
    number: Option<u32>,
    label: String,
    optional: Option<String>,
    hint: Option<String>,
    error: Option<String>,
    fix: Option<AnyView>,
}

/// The markup of [`Field`]. A numbered question has its hint at the right of its label.
fn field(id: String, around: Around, control: AnyView) -> AnyView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let hint = around
        .hint
        .map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> });
    let optional = around
        .optional
        .map(|words| view! { " " <span class="opt">{words}</span> });
    let label = around.label;
    let head = match around.number {
        Some(number) => view! {
            <div class="ask-head">
                <span class="n">{number}</span>
                <label class="q" for=id>{label} {optional}</label>
                {hint}
            </div>
        }
        .into_any(),
        None => view! {
            <label for=id>{label} {optional}</label>
            {hint}
        }
        .into_any(),
    };
    view! {
        <div class="field">
            {head} {control}
            {around.error.map(|error| view! { <ErrorLine id=error_id message=error /> })}
            {around.fix.map(|fix| view! { <div class="row">{fix}</div> })}
        </div>
    }
    .into_any()
}

/// A line of text, a number, a date, a password, or, with `rows`, several lines.
#[component]
pub fn TextInput(
    /// The form field's name, and the element id unless `id` is given.
    #[prop(into)]
    name: String,
    /// The element id, where one page has several fields of one name.
    #[prop(optional, into)]
    id: OptText,
    /// The question's number on the form.
    #[prop(optional)]
    number: Option<u32>,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What was typed, or is known.
    #[prop(optional, into)]
    value: String,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// Several lines instead of one.
    #[prop(optional)]
    rows: Option<u32>,
    /// Which keyboard a phone shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// What a browser may fill in.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// The most characters that may be typed.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// The smallest value (dates, numbers).
    #[prop(optional, into)]
    min: OptText,
    /// The largest value (dates, numbers).
    #[prop(optional, into)]
    max: OptText,
    /// An example in the empty field; never the only help.
    #[prop(optional, into)]
    placeholder: OptText,
    /// The unit at the field's end.
    #[prop(optional, into)]
    unit: OptText,
    /// Large figures, for the day's temperature.
    #[prop(optional)]
    big: bool,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Says that the field may stay empty.
    #[prop(optional, into)]
    optional: OptText,
    /// Help before an error happens.
    #[prop(optional, into)]
    hint: OptText,
    /// What is wrong.
    #[prop(optional, into)]
    error: OptText,
    /// A one-tap fix under the error.
    #[prop(optional, into)]
    fix: Slot,
    /// A control before the input (minus).
    #[prop(optional, into)]
    before: Slot,
    /// A control after the input (plus).
    #[prop(optional, into)]
    after: Slot,
) -> AnyView {
    let (fix, before, after) = (fix.0, before.0, after.0);
    let (id, min, max, placeholder, unit, optional, hint, error) = (
        id.0,
        min.0,
        max.0,
        placeholder.0,
        unit.0,
        optional.0,
        hint.0,
        error.0,
    );
    let id = id.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let class = if big { "input big" } else { "input" };
    let input_id = id.clone();
    let input = match rows {
        Some(rows) => view! {
            <textarea
                class=class
                id=input_id
                name=name
                rows=rows
                maxlength=maxlength
                required=required
                placeholder=placeholder
                aria-describedby=described
                aria-invalid=invalid
                inner_html=textarea_markup(&value)
            ></textarea>
        }
        .into_any(),
        None => view! {
            <input
                class=class
                id=input_id
                name=name
                type=kind
                value=value
                inputmode=inputmode
                autocomplete=autocomplete
                maxlength=maxlength
                min=min
                max=max
                required=required
                placeholder=placeholder
                aria-describedby=described
                aria-invalid=invalid
            />
        }
        .into_any(),
    };
    let input = match unit {
        Some(unit) => {
            view! { <div class="affix">{input}<span class="unit">{unit}</span></div> }.into_any()
        }
        None => input,
    };
    let steps = before.is_some() || after.is_some();
    let input = if steps {
        view! {
            <div class="stepper">
                {before} {input} {after}
            </div>
        }
        .into_any()
    } else {
        input
    };
    let around = Around {
        number,
        label,
        optional,
        hint,
        error,
        fix,
    };
    field(id, around, input)
}

/// A text as the inside of a `textarea`. Leptos neither escapes its children nor sends its value from
/// the server, so both are done here; the line break at the front is the one that browsers drop.
fn textarea_markup(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 1);
    out.push('\n');
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out
}

/// One entry of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What a person reads.
    pub label: String,
}

impl Choice {
    /// An entry.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// A drop-down list.
#[component]
pub fn Select(
    /// The form field's name, and the element id unless `id` is given.
    #[prop(into)]
    name: String,
    /// The element id, where one page has several fields of one name.
    #[prop(optional, into)]
    id: OptText,
    /// Its label.
    #[prop(into)]
    label: String,
    /// The list.
    options: Vec<Choice>,
    /// The value that is chosen.
    #[prop(optional, into)]
    value: String,
    /// What stands there before a choice; sends an empty value.
    #[prop(optional, into)]
    empty: OptText,
    /// Must be chosen.
    #[prop(optional)]
    required: bool,
    /// Help before an error happens.
    #[prop(optional, into)]
    hint: OptText,
    /// What is wrong.
    #[prop(optional, into)]
    error: OptText,
) -> AnyView {
    let (id, empty, hint, error) = (id.0, empty.0, hint.0, error.0);
    let id = id.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let input_id = id.clone();
    view! {
        <Field id=id label=label hint=hint error=error>
            <div class="pick">
                <select class="input" id=input_id name=name required=required aria-describedby=described aria-invalid=invalid>
                    {empty.map(|words| view! { <option value="" selected=value.is_empty()>{words}</option> })}
                    {options
                        .into_iter()
                        .map(|choice| {
                            let selected = choice.value == value;
                            view! { <option value=choice.value selected=selected>{choice.label}</option> }
                        })
                        .collect_view()}
                </select>
                <Icon name=IconName::ChevronDown />
            </div>
        </Field>
    }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_end_a_text_field() {
        assert_eq!(
            textarea_markup("a </textarea><b> & c"),
            "\na &lt;/textarea&gt;&lt;b&gt; &amp; c"
        );
    }

    #[test]
    fn an_input_names_its_hint_before_its_error() {
        assert_eq!(
            described_by("phone", true, true).as_deref(),
            Some("phone-hint phone-error")
        );
        assert_eq!(described_by("phone", false, false), None);
    }
}
