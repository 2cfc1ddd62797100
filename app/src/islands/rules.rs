//! Trying a condition while it is edited: the very rules, in the browser.

#![expect(
    missing_docs,
    reason = "the island macro makes a struct that cannot carry words"
)]

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::status_word;
use crate::ui::*;
use domain::Code;
use domain::facts::{Fact as Given, FactKind};
use domain::rulebook::Parameter;
use domain::trial::{Sample, TrialError};
use leptos::prelude::*;

/// The id of the form that is tried.
pub const FORM: &str = "rule";

/// What came of a trial, as far as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Outcome {
    /// The rule fires.
    Fired,
    /// It does not.
    Quiet,
    /// The condition is not usable.
    Wrong,
    /// It has no answer for these facts, which means yellow.
    Undecided,
}

impl Outcome {
    /// Of a trial's answer.
    pub fn of(fired: &Result<bool, TrialError>) -> Self {
        match fired {
            Ok(true) => Self::Fired,
            Ok(false) => Self::Quiet,
            Err(TrialError::Compile(_)) => Self::Wrong,
            Err(TrialError::Eval(_)) => Self::Undecided,
        }
    }
}

/// Sample facts, and what the rule says to them: at once in a browser, with a button without script.
#[island(lazy)]
pub fn TryOut(
    /// The reader's language.
    lang: Lang,
    /// The colour that the rule gives.
    colour: Code,
    /// The parameters of the rulebook, as saved.
    parameters: Vec<Parameter>,
    /// The sample facts.
    sample: Sample,
    /// What they came to.
    outcome: Outcome,
    /// The paths of the facts that the condition reads: they stand first.
    reads: Vec<String>,
) -> impl IntoView {
    let result = RwSignal::new(outcome);
    let alive = RwSignal::new(false);
    Effect::new(move |_| {
        alive.set(true);
        #[cfg(feature = "hydrate")]
        browser::listen(lang, parameters.clone(), result);
        #[cfg(not(feature = "hydrate"))]
        let _ = &parameters;
    });
    let is_read = |fact: &Given| reads.iter().any(|path| path == fact.path());
    let first = Given::ALL
        .into_iter()
        .filter(is_read)
        .map(|fact| fact_input(lang, fact, &sample))
        .collect_view();
    let others = Given::ALL
        .into_iter()
        .filter(|fact| !is_read(fact))
        .map(|fact| fact_input(lang, fact, &sample))
        .collect_view();
    view! {
        <section class="card try" aria-label=tr!(lang, "试算", "Try it")>
            <div class="card-head">
                <h2>{tr!(lang, "用假设的情况试一试", "Try it on made-up facts")}</h2>
                <span class="end" hidden=move || !alive.get()>{tr!(lang, "改动马上生效", "answers at once")}</span>
            </div>
            <div class="inputs">{first}</div>
            <details>
                <summary>
                    <span>{tr!(lang, "其他情况", "Other facts")}</span>
                    <Icon name=IconName::ChevronDown />
                </summary>
                <div class="inputs">{others}</div>
            </details>
            <div class="row between">
                <p role="status">{move || outcome_view(lang, colour, result.get())}</p>
                <span hidden=move || alive.get()>
                    <Button name="do" value="try">{tr!(lang, "试一下", "Try")}</Button>
                </span>
            </div>
        </section>
    }
}

fn outcome_view(lang: Lang, colour: Code, outcome: Outcome) -> AnyView {
    match outcome {
        Outcome::Fired => {
            let word = status_word(lang, colour);
            view! {
                <span class=format!("chip t-{}", colour.word())>
                    <StatusShape code=colour />
                    {tr!(lang, "符合，判为{word}", "Matched: {word}")}
                </span>
            }
            .into_any()
        }
        Outcome::Quiet => view! {
            <span class="tag"><Icon name=IconName::Cross />{tr!(lang, "不符合，这条规则不起作用", "Not matched: this rule does nothing")}</span>
        }
        .into_any(),
        Outcome::Wrong => view! {
            <span class="tag late"><Icon name=IconName::Octagon />{tr!(lang, "条件还有错，不能判定", "The condition has faults")}</span>
        }
        .into_any(),
        Outcome::Undecided => view! {
            <span class="tag late"><Icon name=IconName::Octagon />{tr!(lang, "算不出来：会按观察中处理并提醒卫生专员", "No answer: such a person would be observing, and the officer is alerted")}</span>
        }
        .into_any(),
    }
}

/// The input of one fact.
fn fact_input(lang: Lang, fact: Given, sample: &Sample) -> AnyView {
    let id = format!("f.{}", fact.path());
    let (name, label) = (id.clone(), fact_name(lang, fact));
    if fact.kind() == FactKind::Flag {
        let yes = sample.get(fact) != 0;
        return view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <div class="pick">
                    <select class="input" id=id name=name>
                        <option value="0" selected=!yes>{yes_no(lang, false)}</option>
                        <option value="1" selected=yes>{yes_no(lang, true)}</option>
                    </select>
                    <Icon name=IconName::ChevronDown />
                </div>
            </div>
        }
        .into_any();
    }
    let (unit, mode) = match (fact, fact.kind()) {
        (Given::TodayTemperature, _) => (tr!(lang, "℃", "°C"), "decimal"),
        (Given::GapsMissed, _) => (tr!(lang, "天", "days"), "numeric"),
        (_, FactKind::DaysSince) => (tr!(lang, "天前", "days ago"), "numeric"),
        _ => (tr!(lang, "项", ""), "numeric"),
    };
    let empty = match fact.kind() {
        FactKind::DaysSince => tr!(lang, "没有", "none"),
        _ => String::new(),
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="affix">
                <input class="input" id=id name=name inputmode=mode maxlength="5" value=sample.shown(fact) placeholder=empty />
                <span class="unit">{unit}</span>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{FORM, Outcome};
    use crate::draft::{parameters_of, sample_of, tree_of};
    use crate::tr;
    use crate::tr::Lang;
    use crate::ui::part_value;
    use domain::certlogic::Tree;
    use domain::rulebook::Parameter;
    use domain::trial::{Trial, attempt};
    use leptos::prelude::*;
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen::closure::Closure;
    use web_sys::{FormData, HtmlFormElement};

    /// Tries the form anew at each change of it.
    pub(super) fn listen(lang: Lang, parameters: Vec<Parameter>, result: RwSignal<Outcome>) {
        let Some(form) = document()
            .get_element_by_id(FORM)
            .and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        else {
            return;
        };
        // What was typed before the script had arrived.
        try_now(lang, &form, &parameters, result);
        let of = form.clone();
        let again = Closure::<dyn FnMut()>::new(move || try_now(lang, &of, &parameters, result));
        for event in ["input", "change"] {
            // It listens as long as the page lives; a browser that refuses leaves the button.
            let _ = form.add_event_listener_with_callback(event, again.as_ref().unchecked_ref());
        }
        again.forget();
    }

    fn fields_of(form: &HtmlFormElement) -> Vec<(String, String)> {
        let Ok(data) = FormData::new_with_form(form) else {
            return Vec::new();
        };
        let Ok(Some(entries)) = js_sys::try_iter(&data) else {
            return Vec::new();
        };
        entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let pair = js_sys::Array::from(&entry);
                Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
            })
            .collect()
    }

    fn try_now(lang: Lang, form: &HtmlFormElement, known: &[Parameter], result: RwSignal<Outcome>) {
        let fields = fields_of(form);
        let pairs = || fields.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let tree = tree_of(pairs());
        let (parameters, _) = parameters_of(pairs(), known);
        let trial = attempt(&tree.json(), &parameters, &sample_of(pairs()));
        result.set(Outcome::of(&trial.fired));
        show(lang, form, &tree, &trial);
    }

    /// Puts the value of each part beside it.
    fn show(lang: Lang, form: &HtmlFormElement, tree: &Tree, trial: &Trial) {
        tree.walk(&mut |name, place, part| {
            let Ok(Some(mark)) = form.query_selector(&format!("[data-v=\"{name}\"]")) else {
                return;
            };
            let words = trial.seen.get(place).map_or_else(
                || tr!(lang, "没有用到", "not looked at"),
                |value| part_value(lang, part, value),
            );
            mark.set_text_content(Some(&words));
        });
    }
}
