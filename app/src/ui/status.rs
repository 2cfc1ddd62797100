//! One status = one colour + one silhouette + one word.

use crate::tr;
use crate::tr::Lang;
use crate::ui::props::OptText;
use crate::ui::words::{number, status_word};
use domain::Code;
use leptos::prelude::*;

/// How large a status shape is drawn (in rem, so that the big screen scales it).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ShapeSize {
    /// 11 px without its glyph, for strips of days.
    Strip,
    /// 14 px, inside a line of small text.
    Inline,
    /// 18 px, beside a word.
    #[default]
    Word,
    /// 28 px, in lists.
    List,
    /// 58 px, on a code.
    Code,
    /// 86 px, at the gate.
    Gate,
}

impl ShapeSize {
    fn class(self) -> &'static str {
        match self {
            Self::Strip => "z-strip",
            Self::Inline => "z-inline",
            Self::Word => "z-word",
            Self::List => "z-list",
            Self::Code => "z-code",
            Self::Gate => "z-gate",
        }
    }
}

/// The shape of a code: circle with tick, triangle with !, square with cross, dashed ring with dash.
///
/// Hidden from screen readers, because its word stands beside it; give `label` where it does not.
#[component]
pub fn StatusShape(
    /// Whose silhouette.
    code: Code,
    /// How large.
    #[prop(optional)]
    size: ShapeSize,
    /// The accessible name, where no text beside it says the word.
    #[prop(optional, into)]
    label: OptText,
) -> AnyView {
    let label = label.0;
    let class = format!("shape s-{} {}", code.word(), size.class());
    let glyph = size != ShapeSize::Strip;
    let hidden = label.is_none().then_some("true");
    let role = label.is_some().then_some("img");
    view! {
        <svg
            class=class
            viewBox="0 0 24 24"
            role=role
            aria-label=label
            aria-hidden=hidden
            inner_html=shape_markup(code, glyph)
        ></svg>
    }
    .into_any()
}

fn shape_markup(code: Code, glyph: bool) -> &'static str {
    match (code, glyph) {
        (Code::Green, true) => {
            r#"<circle class="f" cx="12" cy="12" r="11.5"/><path class="m" d="m7 12.4 3.5 3.5L17 8.9"/>"#
        }
        (Code::Green, false) => r#"<circle class="f" cx="12" cy="12" r="11.5"/>"#,
        (Code::Yellow, true) => {
            r#"<path class="f" d="M12 2.2 22.8 21.4H1.2z"/><path class="m" d="M12 9.3v5"/><circle class="p" cx="12" cy="18" r="1.5"/>"#
        }
        (Code::Yellow, false) => r#"<path class="f" d="M12 2.2 22.6 21.4H1.4z"/>"#,
        (Code::Red, true) => {
            r#"<rect class="f" x="1" y="1" width="22" height="22" rx="3.5"/><path class="m" d="m8 8 8 8m0-8-8 8"/>"#
        }
        (Code::Red, false) => r#"<rect class="f" x="1" y="1" width="22" height="22" rx="3"/>"#,
        (Code::Grey, true) => {
            r#"<circle class="f" cx="12" cy="12" r="10.4"/><path class="m" d="M8.4 12h7.2"/>"#
        }
        (Code::Grey, false) => r#"<circle class="f" cx="12" cy="12" r="10.4"/>"#,
    }
}

/// A code as shape and word in a tinted pill.
#[component]
pub fn StatusChip(
    /// The reader's language.
    lang: Lang,
    /// The code.
    code: Code,
) -> AnyView {
    view! {
        <span class=format!("chip t-{}", code.word())>
            <StatusShape code=code />
            {status_word(lang, code)}
        </span>
    }
    .into_any()
}

/// A code as inline shape and word, in the colour of its text.
#[component]
pub fn StatusWord(
    /// The reader's language.
    lang: Lang,
    /// The code.
    code: Code,
) -> AnyView {
    view! {
        <span class=format!("row nowrap t-{}", code.word())>
            <StatusShape code=code size=ShapeSize::Inline />
            <b>{status_word(lang, code)}</b>
        </span>
    }
    .into_any()
}

/// How many of each code, one line per code.
#[component]
pub fn StatusCounts(
    /// The reader's language.
    lang: Lang,
    /// Codes and their numbers, in the order to show them.
    counts: Vec<(Code, i64)>,
) -> AnyView {
    view! {
        <dl class="counts">
            {counts
                .into_iter()
                .map(|(code, n)| {
                    view! {
                        <div>
                            <dt>
                                <StatusShape code=code />
                                {status_word(lang, code)}
                            </dt>
                            <dd>{number(n)}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

/// What the four shapes mean.
#[component]
pub fn Legend(
    /// The reader's language.
    lang: Lang,
    /// Without glyphs, as strips of days draw them.
    #[prop(optional)]
    bare: bool,
) -> AnyView {
    let size = if bare {
        ShapeSize::Strip
    } else {
        ShapeSize::Word
    };
    view! {
        <ul class="legend" aria-label=tr!(lang, "图例", "Legend")>
            {Code::ALL
                .into_iter()
                .map(|code| {
                    view! {
                        <li>
                            <StatusShape code=code size=size />
                            {status_word(lang, code)}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// How current the numbers on a page are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// At most 60 seconds old.
    Live,
    /// Older than 60 seconds.
    Delayed,
    /// Older than 5 minutes.
    Offline,
}

impl Fresh {
    /// The state of numbers that are `seconds` old.
    pub fn of_age(seconds: i64) -> Self {
        match seconds {
            ..=60 => Self::Live,
            61..=300 => Self::Delayed,
            _ => Self::Offline,
        }
    }
}

/// Live, delayed or offline, and since when.
#[component]
pub fn FreshPill(
    /// The reader's language.
    lang: Lang,
    /// The state.
    state: Fresh,
    /// When the numbers are from, in words: 6 秒前更新 / updated 6 s ago.
    #[prop(into)]
    since: String,
) -> AnyView {
    let (class, code, word) = match state {
        Fresh::Live => ("fresh live", Code::Green, tr!(lang, "实时", "Live")),
        Fresh::Delayed => ("fresh delayed", Code::Yellow, tr!(lang, "延迟", "Delayed")),
        Fresh::Offline => ("fresh offline", Code::Red, tr!(lang, "中断", "Offline")),
    };
    view! {
        <span class=class role="status">
            <StatusShape code=code />
            <b>{word}</b>
            " "
            <span>{since}</span>
        </span>
    }
    .into_any()
}
