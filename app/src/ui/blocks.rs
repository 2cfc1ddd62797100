//! Cards and what stands in them.

use crate::tr;
use crate::tr::Lang;
use crate::ui::icon::{Icon, IconName};
use crate::ui::props::{OptText, Slot};
use crate::ui::status::{ShapeSize, StatusShape};
use crate::ui::words::status_word;
use domain::Code;
use leptos::prelude::*;

/// A white box with an optional heading.
#[component]
pub fn Card(
    /// The heading.
    #[prop(optional, into)]
    title: OptText,
    /// At the right of the heading: a note, a tag, a link.
    #[prop(optional, into)]
    end: Slot,
    /// No inner margin: for tables and lists that touch the edges.
    #[prop(optional)]
    flush: bool,
    /// Outlined as wrong.
    #[prop(optional)]
    bad: bool,
    /// What is in it.
    children: Children,
) -> AnyView {
    let end = end.0;
    let title = title.0;
    let class = match (flush, bad) {
        (true, _) => "card flush",
        (false, true) => "card bad",
        (false, false) => "card",
    };
    let head = (title.is_some() || end.is_some()).then(|| {
        view! {
            <div class="card-head">
                {title.map(|title| view! { <h2>{title}</h2> })}
                {end.map(|end| view! { <span class="end">{end}</span> })}
            </div>
        }
    });
    view! { <section class=class>{head} {children()}</section> }.into_any()
}

/// A list of [`Fact`]s.
#[component]
pub fn Facts(
    /// The facts.
    children: Children,
) -> AnyView {
    view! { <dl class="facts">{children()}</dl> }.into_any()
}

/// One fact: icon and name at the left, value at the right.
#[component]
pub fn Fact(
    /// What it is about.
    #[prop(optional)]
    icon: Option<IconName>,
    /// Its name.
    #[prop(into)]
    label: String,
    /// Its value.
    children: Children,
) -> AnyView {
    view! {
        <div>
            <dt>{icon.map(|name| view! { <Icon name=name /> })} {label}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}

/// One child of a guardian, as a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kid {
    /// Where the tab leads.
    pub href: String,
    /// The child's name.
    pub name: String,
    /// Today's code.
    pub code: Code,
    /// Beside the shape: 今天待报, 观察中，已报.
    pub note: String,
    /// This page is about this child.
    pub current: bool,
}

/// The children of a guardian; the page's own child is marked.
#[component]
pub fn KidTabs(
    /// The reader's language.
    lang: Lang,
    /// The children.
    kids: Vec<Kid>,
) -> AnyView {
    view! {
        <nav class="kids" aria-label=tr!(lang, "孩子", "Children")>
            {kids
                .into_iter()
                .map(|kid| {
                    let mark = initial(&kid.name);
                    view! {
                        <a class="kid" href=kid.href aria-current=kid.current.then_some("page")>
                            <span class="avatar" aria-hidden="true">{mark}</span>
                            <span>
                                <b>{kid.name}</b>
                                <small>
                                    <StatusShape code=kid.code size=ShapeSize::Inline />
                                    {kid.note}
                                </small>
                            </span>
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// The one letter that stands for a name: the last character of a Chinese given name, else the first.
fn initial(name: &str) -> Option<String> {
    let last = name.chars().last().filter(|c| !c.is_ascii());
    last.or_else(|| name.chars().next()).map(String::from)
}

/// Why a code is what it is: a list of [`Reason`]s.
#[component]
pub fn Reasons(
    /// The reasons.
    children: Children,
) -> AnyView {
    view! { <ul class="reasons">{children()}</ul> }.into_any()
}

/// One reason: what happened, who says so, until when.
#[component]
pub fn Reason(
    /// The reader's language.
    lang: Lang,
    /// The colour that it gives; green draws a plain tick.
    code: Code,
    /// What happened, in plain words.
    #[prop(into)]
    text: String,
    /// Who says so and when, rule and version.
    #[prop(optional, into)]
    source: OptText,
    /// The last day, in words; with it stands 观察到 / until.
    #[prop(optional, into)]
    until: OptText,
    /// When it was noted, where there is no end.
    #[prop(optional, into)]
    when: OptText,
) -> AnyView {
    let (source, until, when) = (source.0, until.0, when.0);
    let shape = if code == Code::Green {
        view! { <Icon name=IconName::Check /> }.into_any()
    } else {
        view! { <StatusShape code=code label=status_word(lang, code) /> }.into_any()
    };
    let until = until.map(|day| {
        let word = if code == Code::Red {
            tr!(lang, "隔离到", "isolate until")
        } else {
            tr!(lang, "观察到", "observe until")
        };
        view! {
            <div class="until">
                <b>{day}</b>
                <small>{word}</small>
            </div>
        }
    });
    view! {
        <li>
            {shape} <div>{text} {source.map(|source| view! { <small>{source}</small> })}</div>
            {until} {when.map(|when| view! { <span class="when">{when}</span> })}
        </li>
    }
    .into_any()
}

/// What to do now, numbered; what is done has a tick.
#[component]
pub fn Steps(
    /// The reader's language.
    lang: Lang,
    /// Each step, and whether it is done.
    steps: Vec<(String, bool)>,
) -> AnyView {
    view! {
        <ol class="steps">
            {steps
                .into_iter()
                .map(|(step, done)| {
                    view! {
                        <li class=done.then_some("done")>
                            {done.then(|| view! { <Icon name=IconName::Check /> })} {step}
                            {done.then(|| view! { <span class="vh">{tr!(lang, "（已完成）", " (done)")}</span> })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }.into_any()
}

/// An icon in a tinted square, a bold line and one below: 有效到今天 24:00.
#[component]
pub fn Lead(
    /// What it is about.
    icon: IconName,
    /// The bold line.
    #[prop(into)]
    title: String,
    /// The line below.
    #[prop(optional, into)]
    sub: OptText,
) -> AnyView {
    let sub = sub.0;
    view! {
        <div class="lead">
            <span class="lead-icon">
                <Icon name=icon />
            </span>
            <div>
                <b>{title}</b>
                {sub.map(|sub| view! { <span class="sub">{sub}</span> })}
            </div>
        </div>
    }
    .into_any()
}

/// Something to know, tinted blue; `sand` for what is late or offline. Never a status colour.
#[component]
pub fn Notice(
    /// What it is about.
    #[prop(default = IconName::Help)]
    icon: IconName,
    /// Late or offline.
    #[prop(optional)]
    sand: bool,
    /// It answers what the person just did, so screen readers say it at once.
    #[prop(optional)]
    live: bool,
    /// The words.
    children: Children,
) -> AnyView {
    view! {
        <div class=if sand { "notice sand" } else { "notice" } role=live.then_some("status")>
            <Icon name=icon />
            <div>{children()}</div>
        </div>
    }
    .into_any()
}

/// Nothing is here yet: says so, and what to do next.
#[component]
pub fn EmptyState(
    /// What it is about.
    #[prop(default = IconName::Document)]
    icon: IconName,
    /// What is not here.
    #[prop(into)]
    title: String,
    /// What to do next; a link or a button.
    children: Children,
) -> AnyView {
    view! {
        <div class="empty">
            <span class="lead-icon">
                <Icon name=icon />
            </span>
            <b>{title}</b>
            {children()}
        </div>
    }
    .into_any()
}

/// Words behind an icon, over several lines if need be.
#[component]
pub fn WithIcon(
    /// The icon.
    icon: IconName,
    /// The words.
    children: Children,
) -> AnyView {
    view! {
        <div class="with-icon">
            <Icon name=icon />
            <div>{children()}</div>
        </div>
    }
    .into_any()
}

/// A heading that opens and closes what is below it.
#[component]
pub fn Fold(
    /// The heading.
    #[prop(into)]
    title: String,
    /// Open at first.
    #[prop(optional)]
    open: bool,
    /// What it hides.
    children: Children,
) -> AnyView {
    view! {
        <details class="card" open=open>
            <summary>
                <h2>{title}</h2>
                <Icon name=IconName::ChevronDown />
            </summary>
            <div>{children()}</div>
        </details>
    }
    .into_any()
}

/// One flagged person: shape, name, word, reason, how long.
#[component]
pub fn FlagCard(
    /// The reader's language.
    lang: Lang,
    /// Yellow or red.
    code: Code,
    /// The name, masked where the reader may not know it.
    #[prop(into)]
    name: String,
    /// Seat number or class.
    #[prop(optional, into)]
    seat: OptText,
    /// Why, in one line.
    #[prop(into)]
    why: String,
    /// How long: 第 2/14 天，到 9月29日.
    #[prop(into)]
    days: String,
    /// Where the grounds of the decision are shown.
    #[prop(optional, into)]
    href: OptText,
) -> AnyView {
    let (seat, href) = (seat.0, href.0);
    view! {
        <article class="card flag">
            <StatusShape code=code size=ShapeSize::List />
            <div>
                <div>
                    <span>
                        <b>{name.clone()}</b>
                        " "
                        {seat.map(|seat| view! { <small>{seat}</small> })}
                    </span>
                    <b class=format!("nowrap t-{}", code.word())>{status_word(lang, code)}</b>
                </div>
                <p class="why">{why}</p>
                <div class="sub">
                    <span>{days}</span>
                    {href
                        .map(|href| {
                            let label = tr!(lang, "{name}的判定依据", "Grounds for {name}");
                            view! { <a href=href aria-label=label>{tr!(lang, "依据", "Grounds")}</a> }
                        })}
                </div>
            </div>
        </article>
    }.into_any()
}
