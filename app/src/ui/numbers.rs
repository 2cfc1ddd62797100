//! Numbers that a page is about, and tallies of flagged people.

use crate::tr;
use crate::tr::Lang;
use crate::ui::icon::{Icon, IconName};
use crate::ui::props::OptText;
use crate::ui::status::{ShapeSize, StatusShape};
use crate::ui::words::{number, status_word};
use domain::Code;
use leptos::prelude::*;

/// A row of [`KeyNumber`]s at the right of a page's heading.
#[component]
pub fn KeyNumbers(
    /// The numbers.
    children: Children,
) -> AnyView {
    view! { <dl class="keys">{children()}</dl> }.into_any()
}

/// One number that the page is about.
#[component]
pub fn KeyNumber(
    /// The code that it counts.
    #[prop(optional)]
    code: Option<Code>,
    /// An icon, where it counts no code.
    #[prop(optional)]
    icon: Option<IconName>,
    /// What it counts.
    #[prop(into)]
    label: String,
    /// The number.
    value: i64,
    /// Beside it: a share, the difference to yesterday.
    #[prop(optional, into)]
    note: OptText,
) -> AnyView {
    view! {
        <div>
            <dt>
                {code.map(|code| view! { <StatusShape code=code /> })}
                {icon.map(|name| view! { <Icon name=name /> })} {label}
            </dt>
            <dd>{number(value)} {note.0.map(|note| view! { " " <small>{note}</small> })}</dd>
        </div>
    }
    .into_any()
}

/// How many are red and yellow, as bare shapes with numbers; zeros are left out.
#[component]
pub fn Tally(
    /// The reader's language.
    lang: Lang,
    /// How many are red.
    red: i64,
    /// How many are yellow.
    yellow: i64,
    /// Say so when there is nobody.
    #[prop(optional)]
    calm: bool,
) -> AnyView {
    let part = |code: Code, n: i64| {
        (n > 0).then(|| {
            view! {
                <span>
                    <StatusShape code=code size=ShapeSize::Strip label=status_word(lang, code) />
                    {number(n)}
                </span>
            }
        })
    };
    let nobody = (calm && red == 0 && yellow == 0).then(|| {
        view! {
            <span class="calm">
                <StatusShape code=Code::Green size=ShapeSize::Strip />
                {tr!(lang, "无异常", "none flagged")}
            </span>
        }
    });
    view! { <span class="tally">{part(Code::Red, red)} {part(Code::Yellow, yellow)} {nobody}</span> }
        .into_any()
}
