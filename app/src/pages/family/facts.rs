//! Today's five facts, as a list to check before one click, or as reported.

use super::words::{standing_text, symptoms_text, temperature_text};
use crate::tr;
use crate::tr::Lang;
use crate::ui::{Fact, Facts, IconName};
use domain::facts::standing;
use domain::report::{Answers, StandingFact};
use domain::state::{Standing, State};
use leptos::prelude::*;
use services::family::ChildView;

/// What holds of one kind of standing fact: the sentences, or that there is nothing.
struct Held {
    contact: Vec<String>,
    stays: Vec<String>,
    household: Vec<String>,
    tests: Vec<String>,
}

impl Held {
    fn of(lang: Lang, child: &ChildView) -> Self {
        let mut held = Self {
            contact: Vec::new(),
            stays: Vec::new(),
            household: Vec::new(),
            tests: Vec::new(),
        };
        for fact in standing_now(child) {
            let text = standing_text(lang, &fact, &child.regions);
            match fact.fact {
                StandingFact::Contact { .. } => held.contact.push(text),
                StandingFact::Stay { .. } => held.stays.push(text),
                StandingFact::Household { .. } => held.household.push(text),
                StandingFact::Test { .. } => held.tests.push(text),
            }
        }
        held
    }
}

/// The standing facts with what today's report did to them.
fn standing_now(child: &ChildView) -> Vec<Standing> {
    let mut state = State::new(child.today);
    state.standing.clone_from(&child.standing);
    state.reports.extend(child.report.clone());
    standing(&state)
}

/// The list. Before a report it shows what *all well* attests, afterwards what was reported.
#[component]
pub(super) fn FactsList(lang: Lang, child: ChildView) -> AnyView {
    let answers = child
        .report
        .as_ref()
        .map_or_else(Answers::all_well, |report| report.answers.clone());
    let held = Held::of(lang, &child);
    let heat = temperature_text(lang, answers.temperature, child.threshold);
    let ill = symptoms_text(lang, &answers, &child.symptoms);
    let or = |lines: Vec<String>, nothing: String| {
        if lines.is_empty() {
            vec![nothing]
        } else {
            lines
        }
    };
    let rows = |lines: Vec<String>| {
        lines
            .into_iter()
            .map(|line| view! { <span class="fact-line">{line}</span> })
            .collect_view()
    };
    let contact = or(held.contact, tr!(lang, "没有", "none"));
    let stays = or(held.stays, tr!(lang, "没有离开本区", "stayed here"));
    let household = or(held.household, tr!(lang, "都正常", "all well"));
    let tests = (!held.tests.is_empty()).then(|| {
        view! { <Fact icon=IconName::Document label=tr!(lang, "检测", "Tests")>{rows(held.tests)}</Fact> }
    });
    let note = (!answers.note.is_empty()).then(|| {
        view! { <Fact icon=IconName::Pencil label=tr!(lang, "说明", "Note")>{answers.note.clone()}</Fact> }
    });
    view! {
        <Facts>
            <Fact icon=IconName::Thermometer label=tr!(lang, "体温", "Temperature")>{heat}</Fact>
            <Fact icon=IconName::Person label=tr!(lang, "不舒服", "Symptoms")>{ill}</Fact>
            <Fact icon=IconName::People label=tr!(lang, "接触病例", "Contact with a case")>{rows(contact)}</Fact>
            <Fact icon=IconName::Pin label=tr!(lang, "14 天行程", "Travel, 14 days")>{rows(stays)}</Fact>
            <Fact icon=IconName::Home label=tr!(lang, "同住人", "Household")>{rows(household)}</Fact>
            {tests}
            {note}
        </Facts>
    }
    .into_any()
}
