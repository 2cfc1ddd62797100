//! Radio and check boxes whose whole box is the target.

use crate::ui::field::{Choice, ErrorLine, described_by};
use crate::ui::props::{OptText, Slot};
use leptos::prelude::*;

/// The question over a group of choices.
#[component]
fn AskHead(id: String, number: Option<u32>, label: String, note: Option<String>) -> AnyView {
    view! {
        <div class="ask-head">
            {number.map(|n| view! { <span class="n">{n}</span> })}
            <span class="q" id=id>{label}</span>
            {note.map(|note| view! { <span class="hint">{note}</span> })}
        </div>
    }
    .into_any()
}

/// Columns of a group: 1, 2 or 3.
fn columns_class(columns: u32) -> &'static str {
    match columns {
        1 => "choices c1",
        3 => "choices c3",
        _ => "choices",
    }
}

/// One of several: each a box to tap.
#[component]
pub fn RadioGroup(
    /// The form field's name. The first choice has it as element id, for the error summary.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// The choices.
    options: Vec<Choice>,
    /// The value that is chosen; empty for none.
    #[prop(optional, into)]
    value: String,
    /// The question's number on the form.
    #[prop(optional)]
    number: Option<u32>,
    /// At the right of the question.
    #[prop(optional, into)]
    note: OptText,
    /// How many columns: 1, 2 (default) or 3.
    #[prop(default = 2)]
    columns: u32,
    /// Must be answered.
    #[prop(optional)]
    required: bool,
    /// What is wrong.
    #[prop(optional, into)]
    error: OptText,
    /// The value that opens `then`; without it `then` is always shown.
    #[prop(optional, into)]
    opens: OptText,
    /// Further questions, shown below when `opens` is chosen (always, where the browser lacks `:has`).
    #[prop(optional, into)]
    then: Slot,
) -> AnyView {
    let then = then.0;
    let (note, error, opens) = (note.0, error.0, opens.0);
    let described = described_by(&name, false, error.is_some());
    let label_id = format!("{name}-label");
    let head = label_id.clone();
    let then_class = if opens.is_some() {
        "stack if-picked"
    } else {
        "stack"
    };
    view! {
        <div class="ask" role="radiogroup" aria-labelledby=label_id aria-describedby=described>
            <AskHead id=head number=number label=label note=note />
            <div class=columns_class(columns)>
                {options
                    .into_iter()
                    .enumerate()
                    .map(|(i, choice)| {
                        let class = if opens.as_deref() == Some(&choice.value) { "choice opens" } else { "choice" };
                        let checked = choice.value == value;
                        view! {
                            <label class=class>
                                <input
                                    type="radio"
                                    id=(i == 0).then(|| name.clone())
                                    name=name.clone()
                                    value=choice.value
                                    checked=checked
                                    required=required
                                />
                                <span>{choice.label}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            {error.map(|error| view! { <ErrorLine id=format!("{name}-error") message=error /> })}
            {then.map(|then| view! { <div class=then_class>{then}</div> })}
        </div>
    }.into_any()
}

/// Any of several: each a box to tap.
#[component]
pub fn CheckChips(
    /// The form field's name, sent once for each that is on. The first choice has it as element id.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// The choices.
    options: Vec<Choice>,
    /// The values that are on.
    #[prop(optional)]
    values: Vec<String>,
    /// The question's number on the form.
    #[prop(optional)]
    number: Option<u32>,
    /// At the right of the question.
    #[prop(optional, into)]
    note: OptText,
    /// How many columns: 1, 2 (default) or 3.
    #[prop(default = 2)]
    columns: u32,
    /// What is wrong.
    #[prop(optional, into)]
    error: OptText,
    /// Further questions below.
    #[prop(optional, into)]
    then: Slot,
) -> AnyView {
    let then = then.0;
    let (note, error) = (note.0, error.0);
    let described = described_by(&name, false, error.is_some());
    let label_id = format!("{name}-label");
    let head = label_id.clone();
    view! {
        <div class="ask" role="group" aria-labelledby=label_id aria-describedby=described>
            <AskHead id=head number=number label=label note=note />
            <div class=columns_class(columns)>
                {options
                    .into_iter()
                    .enumerate()
                    .map(|(i, choice)| {
                        let checked = values.contains(&choice.value);
                        view! {
                            <label class="choice">
                                <input
                                    type="checkbox"
                                    id=(i == 0).then(|| name.clone())
                                    name=name.clone()
                                    value=choice.value
                                    checked=checked
                                />
                                <span>{choice.label}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            {error.map(|error| view! { <ErrorLine id=format!("{name}-error") message=error /> })}
            {then.map(|then| view! { <div class="stack then">{then}</div> })}
        </div>
    }
    .into_any()
}

/// One box to tick: a consent, a confirmation.
#[component]
pub fn CheckBox(
    /// The form field's name and element id.
    #[prop(into)]
    name: String,
    /// What ticking it says.
    #[prop(into)]
    label: String,
    /// What the form sends when it is on.
    #[prop(default = "yes".to_owned(), into)]
    value: String,
    /// It is on.
    #[prop(optional)]
    checked: bool,
    /// Must be on.
    #[prop(optional)]
    required: bool,
    /// What is wrong.
    #[prop(optional, into)]
    error: OptText,
) -> AnyView {
    let error = error.0;
    let described = described_by(&name, false, error.is_some());
    let id = name.clone();
    let error_id = format!("{name}-error");
    view! {
        <div class="field">
            <label class="choice">
                <input
                    type="checkbox"
                    id=id
                    name=name
                    value=value
                    checked=checked
                    required=required
                    aria-describedby=described
                />
                <span>{label}</span>
            </label>
            {error.map(|error| view! { <ErrorLine id=error_id message=error /> })}
        </div>
    }
    .into_any()
}
