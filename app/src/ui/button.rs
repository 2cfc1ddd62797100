//! Buttons are verbs and say the result.

use crate::ui::icon::{Icon, IconName};
use crate::ui::props::OptText;
use leptos::prelude::*;

/// How much a button stands out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Outlined.
    #[default]
    Plain,
    /// Filled: the page's main action.
    Primary,
    /// Tinted: a fix offered beside an error.
    Tint,
    /// Text only.
    Quiet,
    /// Takes something away.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn primary",
            Self::Tint => "btn tint",
            Self::Quiet => "btn quiet",
            Self::Danger => "btn danger",
        }
    }
}

/// A button that sends its form, or, with `href`, a link that looks like one.
#[component]
pub fn Button(
    /// How much it stands out.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// Makes it a link.
    #[prop(optional, into)]
    href: OptText,
    /// The form field that it sends.
    #[prop(optional, into)]
    name: OptText,
    /// The value of that field.
    #[prop(optional, into)]
    value: OptText,
    /// Sends to another address than the form's.
    #[prop(optional, into)]
    formaction: OptText,
    /// Lower, for lists on desks.
    #[prop(optional)]
    small: bool,
    /// As wide as its column and higher.
    #[prop(optional)]
    wide: bool,
    /// Cannot be pressed now.
    #[prop(optional)]
    disabled: bool,
    /// Does not send its form: a script of the page answers it.
    #[prop(optional)]
    local: bool,
    /// The accessible name, where the words alone do not say whose.
    #[prop(optional, into)]
    label: OptText,
    /// The words.
    children: Children,
) -> AnyView {
    let (href, name, value, formaction, label) = (href.0, name.0, value.0, formaction.0, label.0);
    let class = format!(
        "{}{}{}",
        kind.class(),
        if small { " small" } else { "" },
        if wide { " wide" } else { "" }
    );
    let kind = local.then_some("button");
    let icon = icon.map(|name| view! { <Icon name=name /> });
    match href {
        Some(href) => view! { <a class=class href=href aria-label=label>{icon}{children()}</a> }.into_any(),
        None => view! {
            <button type=kind class=class name=name value=value formaction=formaction disabled=disabled aria-label=label>
                {icon}
                {children()}
            </button>
        }
        .into_any(),
    }
}

/// The page's one big button: a verb, and under it what pressing it says.
#[component]
pub fn PrimaryButton(
    /// The verb and its result: 一切正常，提交.
    #[prop(into)]
    title: String,
    /// What pressing it attests; without, the button is centred and has no tick.
    #[prop(optional, into)]
    sub: OptText,
    /// The form field that it sends.
    #[prop(optional, into)]
    name: OptText,
    /// The value of that field.
    #[prop(optional, into)]
    value: OptText,
    /// Cannot be pressed now.
    #[prop(optional)]
    disabled: bool,
) -> AnyView {
    let (sub, name, value) = (sub.0, name.0, value.0);
    match sub {
        Some(sub) => view! {
            <button class="main-btn" name=name value=value disabled=disabled>
                <span class="disc">
                    <Icon name=IconName::Check />
                </span>
                <span>
                    <b>{title}</b>
                    <small>{sub}</small>
                </span>
            </button>
        }
        .into_any(),
        None => view! {
            <button class="main-btn plain" name=name value=value disabled=disabled>
                {title}
            </button>
        }
        .into_any(),
    }
}

/// A link as wide as its column with an arrow at its end: the second choice of a page.
#[component]
pub fn WideLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// The words.
    children: Children,
) -> AnyView {
    view! {
        <a class="wide-link" href=href>
            <span>{children()}</span>
            <Icon name=IconName::ChevronRight />
        </a>
    }
    .into_any()
}
