//! The verdict: shape, word, who; and what to do next.

use super::state::{Command, Gate, Panel, Sheet, Subject};
use super::words::{leaving_word, steps, verdict_word};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, time};
use crate::ui::{Dot, Icon, IconName, ShapeSize, StatusShape};
use domain::Code;
use domain::gate::{Choice, Direction, EntryId, Outcome, Verdict as Says, Who, Why, minute_at};
use leptos::prelude::*;

/// What the guard sees from two metres away.
#[component]
pub(super) fn Verdict(gate: Gate) -> AnyView {
    let card = move || match gate.panel.get() {
        Panel::Told(outcome, _) => told(gate, &outcome),
        Panel::Idle => plain(
            "g-verdict idle",
            tr!(gate.lang, "请扫码", "Scan a code"),
            tr!(
                gate.lang,
                "相机、扫码枪、短码都可以",
                "By camera, scanner or short code"
            ),
        ),
        Panel::Choose(_) => plain(
            "g-verdict idle",
            tr!(gate.lang, "是哪一位？", "Which of them?"),
            tr!(
                gate.lang,
                "这个短码有两个人，请看卡上的名字",
                "Two people have this short code: look at the name on the card"
            ),
        ),
        Panel::Unwritten => plain(
            "g-verdict refuse",
            tr!(gate.lang, "没有记下", "Not written down"),
            tr!(
                gate.lang,
                "本机存不下记录，请再扫一次",
                "This device could not keep the entry: scan again"
            ),
        ),
    };
    let below = move || match gate.panel.get() {
        Panel::Told(outcome, entry) => Some(next(gate, &outcome, entry)),
        Panel::Choose(choices) => Some(choose(gate, choices)),
        Panel::Idle | Panel::Unwritten => None,
    };
    view! {
        <section role="status" aria-live="assertive" aria-atomic="true" aria-label=tr!(gate.lang, "结果", "Verdict")>
            {card}
        </section>
        {below}
    }
    .into_any()
}

fn plain(class: &'static str, word: String, words: String) -> AnyView {
    view! { <div class=class><div><b>{word}</b><p>{words}</p></div></div> }.into_any()
}

fn told(gate: Gate, outcome: &Outcome) -> AnyView {
    let lang = gate.lang;
    let (class, code) = match outcome.verdict {
        Says::Admit => ("g-verdict admit", Code::Green),
        Says::Refuse => ("g-verdict refuse", Code::Red),
        Says::ReportFirst => ("g-verdict first", Code::Grey),
    };
    let word = if outcome.why == Why::Leaving {
        leaving_word(lang)
    } else {
        verdict_word(lang, outcome.verdict)
    };
    let offset = gate.head.with_untracked(|head| head.offset);
    let at = |millis| time(minute_at(millis, offset));
    let until = outcome.who.as_ref().and_then(|who| who.until).map(|day| {
        let day = day_short(lang, day);
        tr!(lang, "，到 {day}", ", until {day}")
    });
    let due = match outcome.why {
        Why::MeasureAgain { due } => {
            let at = at(due);
            Some(tr!(lang, "，{at} 复测", ", again at {at}"))
        }
        _ => None,
    };
    let came = outcome.came.as_ref().map(|(millis, place)| {
        let at = at(*millis);
        view! { <p class="g-came">{tr!(lang, "{at} 已从{place}入校", "Already let in {at}, {place}")}</p> }
    });
    view! {
        <div class=class data-why=outcome.why.code().to_owned()>
            <StatusShape code=code size=ShapeSize::Gate />
            <div>
                <b>{word}</b>
                {outcome.who.as_ref().map(|who| whom(lang, who))}
                <p>{outcome.why.text(lang)}{until}{due}</p>
                {came}
            </div>
        </div>
    }
    .into_any()
}

fn whom(lang: Lang, who: &Who) -> AnyView {
    let place = who
        .class
        .map(|class| class.label(lang))
        .or(who.issuer.clone());
    view! {
        <p class="g-who">{who.name.clone()}{place.map(|place| view! { " " <Dot /> " " {place} })}</p>
    }
    .into_any()
}

/// Steps and buttons below the card.
fn next(gate: Gate, outcome: &Outcome, entry: Option<EntryId>) -> AnyView {
    let lang = gate.lang;
    let list = steps(lang, &outcome.why);
    let list = (!list.is_empty()).then(|| {
        let is_refused = outcome.verdict == Says::Refuse;
        view! {
            <section class="g-steps">
                <h2>{tr!(lang, "请这样做", "What to do")}</h2>
                <ol>{list.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}</ol>
                {is_refused.then(|| view! {
                    <p><Icon name=IconName::Lock /> {tr!(lang, "原因不在这里显示，请不要当众询问", "No reason is shown here; please do not ask in public")}</p>
                })}
            </section>
        }
    });
    let subject = outcome.who.as_ref().map(|who| Subject {
        holder: who.holder,
        name: who.name.clone(),
        class: who.class,
    });
    let ours = subject.filter(|_| {
        matches!(
            outcome.act,
            Some(domain::gate::Act::Scan {
                direction: Direction::In,
                ..
            })
        )
    });
    let slip = ours.clone().filter(|_| outcome.why == Why::NotReported).map(|who| {
        view! {
            <button type="button" class="g-main" on:click=move |_| gate.sheet.set(Sheet::Slip(who.clone()))>
                {tr!(lang, "收到签字条", "Slip handed in")}
            </button>
        }
    });
    let expected = (outcome.why == Why::VisitorAsk).then(|| {
        view! {
            <button type="button" class="g-main" on:click=move |_| gate.tell(Command::Expected)>
                {tr!(lang, "登记簿上有，放行", "In the book: let in")}
            </button>
        }
    });
    let high = ours.filter(|_| outcome.verdict == Says::Admit).map(|who| {
        view! {
            <button type="button" class="g-key" on:click=move |_| gate.sheet.set(Sheet::High(who.clone()))>
                {tr!(lang, "体温偏高", "High temperature")}
            </button>
        }
    });
    let undo = entry.map(|id| {
        view! {
            <button type="button" class="g-key" on:click=move |_| gate.tell(Command::Undo(id.clone()))>
                {tr!(lang, "弄错了，撤销", "A mistake: undo")}
            </button>
        }
    });
    let closed = move || gate.sheet.with(|sheet| *sheet == Sheet::Closed);
    view! {
        {list}
        <div class="g-acts" hidden=move || !closed()>{slip} {expected} {high} {undo}</div>
    }
    .into_any()
}

fn choose(gate: Gate, choices: Vec<Choice>) -> AnyView {
    let lang = gate.lang;
    let buttons = choices
        .into_iter()
        .map(|choice| {
            let class = choice.class.map(|class| class.label(lang));
            view! {
                <button type="button" class="g-main" on:click=move |_| gate.tell(Command::Chosen(choice.holder))>
                    {choice.name.clone()} " " {class}
                </button>
            }
        })
        .collect_view();
    view! { <div class="g-acts">{buttons}</div> }.into_any()
}
