//! What opens below the verdict: the slip, the temperature, the second measurement; and who waits.

use super::day::Day;
use super::keypad::{Keypad, Read};
use super::state::{Command, Gate, Sheet, Subject, WaitLine};
use crate::tr;
use leptos::prelude::*;

/// The open sheet.
#[component]
pub(super) fn Sheets(gate: Gate) -> AnyView {
    (move || match gate.sheet.get() {
        Sheet::Closed => ().into_any(),
        Sheet::Slip(who) => slip(gate, who),
        Sheet::High(who) => high(gate, who),
        Sheet::Second(line) => second(gate, line),
        Sheet::Day => view! { <Day gate=gate /> }.into_any(),
    })
    .into_any()
}

fn frame(gate: Gate, title: String, who: &Subject, inside: AnyView) -> AnyView {
    let (lang, label) = (gate.lang, title.clone());
    view! {
        <section class="g-sheet" aria-label=label>
            <h2>{title} <span>{who.label(lang)}</span></h2>
            {inside}
            <button type="button" class="g-key" on:click=move |_| gate.sheet.set(Sheet::Closed)>{tr!(lang, "取消", "Cancel")}</button>
        </section>
    }
    .into_any()
}

/// Grey: the signed slip and the temperature are today's report.
fn slip(gate: Gate, who: Subject) -> AnyView {
    let lang = gate.lang;
    let (typed, ticked) = (RwSignal::new(String::new()), RwSignal::new(false));
    let fever = gate.head.with_untracked(|head| head.fever);
    let read = move || Read::of(&typed.get(), fever);
    let holder = who.holder;
    let send = move |_| {
        let command = match read() {
            Read::Normal(tenths) => Command::Slip { holder, tenths },
            Read::High(tenths) => Command::Reading {
                holder,
                tenths,
                first: None,
                by: String::new(),
            },
            Read::Empty | Read::Wrong => return,
        };
        gate.sheet.set(Sheet::Closed);
        gate.tell(command);
    };
    let label = move || match read() {
        Read::High(_) => tr!(lang, "请等候复测", "To wait and be measured again"),
        _ => tr!(lang, "记下，临时放行", "Write down and let in"),
    };
    let inside = view! {
        <label class="g-tick">
            <input type="checkbox" prop:checked=move || ticked.get() on:change=move |event| ticked.set(event_target_checked(&event)) />
            <span>{tr!(lang, "家长签字的“一切正常”条已收", "The signed all-well slip was handed in")}</span>
        </label>
        <Keypad lang=lang typed=typed fever=fever />
        <button type="button" class="g-main" disabled=move || !ticked.get() || read().value().is_none() on:click=send>{label}</button>
    }
    .into_any();
    frame(gate, tr!(lang, "签字条", "Signed slip"), &who, inside)
}

/// A first reading.
fn high(gate: Gate, who: Subject) -> AnyView {
    let lang = gate.lang;
    let typed = RwSignal::new(String::new());
    let fever = gate.head.with_untracked(|head| head.fever);
    let read = move || Read::of(&typed.get(), fever);
    let holder = who.holder;
    let send = move |_| {
        gate.sheet.set(Sheet::Closed);
        // A reading below the threshold is nothing to write down.
        if let Read::High(tenths) = read() {
            gate.tell(Command::Reading {
                holder,
                tenths,
                first: None,
                by: String::new(),
            });
        }
    };
    let label = move || match read() {
        Read::Normal(_) => tr!(lang, "正常，不用记", "Normal: nothing to write down"),
        _ => tr!(lang, "请等候复测", "To wait and be measured again"),
    };
    let inside = view! {
        <Keypad lang=lang typed=typed fever=fever />
        <button type="button" class="g-main" disabled=move || read().value().is_none() on:click=send>{label}</button>
    }
    .into_any();
    frame(gate, tr!(lang, "第一次体温", "First reading"), &who, inside)
}

/// The second reading, by a named person.
fn second(gate: Gate, line: WaitLine) -> AnyView {
    let lang = gate.lang;
    let (typed, by) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let fever = gate.head.with_untracked(|head| head.fever);
    let read = move || Read::of(&typed.get(), fever);
    let (holder, first) = (line.who.holder, line.waiting.first.clone());
    let send = move |_| {
        if let Some(tenths) = read().value() {
            gate.sheet.set(Sheet::Closed);
            gate.tell(Command::Reading {
                holder,
                tenths,
                first: Some(first.clone()),
                by: by.get_untracked().trim().to_owned(),
            });
        }
    };
    let is_named = move || !by.with(|by| by.trim().is_empty());
    let inside = view! {
        <label for="gate-by">{tr!(lang, "谁测的", "Who measured")}</label>
        <input id="gate-by" maxlength="40" autocomplete="off" prop:value=move || by.get() on:input=move |event| by.set(event_target_value(&event)) />
        <Keypad lang=lang typed=typed fever=fever />
        <button type="button" class="g-main" disabled=move || !is_named() || read().value().is_none() on:click=send>{tr!(lang, "记下复测", "Write down the second reading")}</button>
    }
    .into_any();
    frame(
        gate,
        tr!(lang, "复测体温", "Second reading"),
        &line.who,
        inside,
    )
}

/// `9:41` left, in minutes and seconds.
fn left(millis: i64) -> String {
    let seconds = (millis.max(0) + 999) / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Those who wait to be measured again.
#[component]
pub(super) fn Waiting(gate: Gate) -> AnyView {
    let lang = gate.lang;
    let row = move |line: WaitLine| {
        let due = line.waiting.due.0;
        let words = move || {
            let millis = due - gate.now.get();
            if millis > 0 {
                let left = left(millis);
                tr!(lang, "还有 {left}", "{left} left")
            } else {
                tr!(lang, "可以复测了", "Ready to be measured")
            }
        };
        let name = line.who.label(lang);
        let is_early = move || due > gate.now.get();
        let measure = move |_| gate.sheet.set(Sheet::Second(line.clone()));
        view! {
            <li>
                <b>{name}</b>
                <span role="timer">{words}</span>
                <button type="button" class="g-key" disabled=is_early on:click=measure>
                    {tr!(lang, "复测", "Measure")}
                </button>
            </li>
        }
    };
    (move || {
        let waiting = gate.waiting.get();
        (!waiting.is_empty()).then(|| {
            view! {
                <section class="g-wait">
                    <h2>{tr!(lang, "等候复测", "Waiting to be measured again")}</h2>
                    <ul>{waiting.into_iter().map(row).collect_view()}</ul>
                </section>
            }
        })
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn what_is_left_counts_down_to_nothing() {
        assert_eq!(
            [left(600_000), left(599_001), left(1), left(0), left(-5)],
            ["10:00", "10:00", "0:01", "0:00", "0:00"]
        );
    }
}
