//! Line icons on a 24 × 24 grid, and the mark of the service.

use leptos::prelude::*;

/// The icons of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it shows")]
pub enum IconName {
    Thermometer,
    Person,
    People,
    Pin,
    Home,
    Clock,
    Check,
    Cross,
    ChevronRight,
    ChevronLeft,
    ChevronDown,
    ArrowRight,
    Plus,
    Minus,
    Bell,
    Pencil,
    Phone,
    Print,
    Export,
    Download,
    Copy,
    Search,
    Lock,
    Calendar,
    Eye,
    Scale,
    Help,
    Document,
    Shield,
    Expand,
    Pulse,
    Offline,
    /// The outlined octagon of a form error; never a status shape.
    Octagon,
    Torch,
}

impl IconName {
    /// What is drawn, as the inside of an `svg` element.
    fn markup(self) -> &'static str {
        match self {
            Self::Thermometer => {
                r#"<path d="M14 13.6V5a2 2 0 0 0-4 0v8.6a4 4 0 1 0 4 0z"/><path d="M12 8v9"/><circle cx="12" cy="17" r="1"/>"#
            }
            Self::Person => {
                r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.6-4 3.5-6 7.5-6s6.9 2 7.5 6z"/>"#
            }
            Self::People => {
                r#"<circle cx="8.5" cy="8.5" r="3.5"/><path d="M2 19.5c.5-3.6 2.9-5.5 6.5-5.5s6 1.9 6.5 5.5z"/><circle cx="17.5" cy="9.5" r="2.7"/><path d="M18 14.5c2.3.2 3.6 1.6 4 4h-3.5"/>"#
            }
            Self::Pin => {
                r#"<path d="M12 21.5s7-6.6 7-11.7A7 7 0 0 0 5 9.8c0 5.1 7 11.7 7 11.7z"/><circle cx="12" cy="9.8" r="2.4"/>"#
            }
            Self::Home => r#"<path d="m3.5 10.8 8.5-7.3 8.5 7.3V20.5h-5.7v-6h-5.6v6H3.5z"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 6.8V12l3.3 2"/>"#,
            Self::Check => r#"<path d="m5 12.8 4.6 4.6L19.5 7"/>"#,
            Self::Cross => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::ChevronRight => r#"<path d="m9 5 7 7-7 7"/>"#,
            Self::ChevronLeft => r#"<path d="m15 5-7 7 7 7"/>"#,
            Self::ChevronDown => r#"<path d="m5 9 7 7 7-7"/>"#,
            Self::ArrowRight => r#"<path d="M4 12h16m-6-6 6 6-6 6"/>"#,
            Self::Plus => r#"<path d="M12 4.5v15M4.5 12h15"/>"#,
            Self::Minus => r#"<path d="M4.5 12h15"/>"#,
            Self::Bell => {
                r#"<path d="M6 16.5V10.5a6 6 0 0 1 12 0v6l1.8 1.8H4.2z"/><path d="M10 21.3h4M12 2.5v2"/>"#
            }
            Self::Pencil => {
                r#"<path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19z"/><path d="m14 6.5 3.5 3.5"/>"#
            }
            Self::Phone => {
                r#"<path d="M8.5 3.5 5 4.2c-.9 8.6 6.2 15.7 14.8 14.8l.7-3.5-4.5-2-1.9 2c-2.4-1-4.6-3.2-5.6-5.6l2-1.9z"/>"#
            }
            Self::Print => {
                r#"<path d="M7 8.5v-5h10v5M7 17H3.5V8.5h17V17H17"/><path d="M7 13.5h10v7H7z"/>"#
            }
            Self::Export => r#"<path d="M12 15V3.5M7.5 7.5 12 3l4.5 4.5M4 13.5v7h16v-7"/>"#,
            Self::Download => r#"<path d="M12 3.5V15m-4.5-4.5L12 15l4.5-4.5M4 15.5v5h16v-5"/>"#,
            Self::Copy => {
                r#"<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 8.5v-5h-12v12h5"/>"#
            }
            Self::Search => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
            Self::Lock => {
                r#"<rect x="4.5" y="10.5" width="15" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>"#
            }
            Self::Calendar => {
                r#"<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.8V7M16 2.8V7"/>"#
            }
            Self::Eye => {
                r#"<path d="M1.8 12S5.5 5.5 12 5.5 22.2 12 22.2 12 18.5 18.5 12 18.5 1.8 12 1.8 12z"/><circle cx="12" cy="12" r="3"/>"#
            }
            Self::Scale => {
                r#"<path d="M12 3.5v17M8 20.5h8M4.5 6.5h15M4.5 6.5l-3 7.5h6zM19.5 6.5l-3 7.5h6z"/>"#
            }
            Self::Help => {
                r#"<circle cx="12" cy="12" r="9.5"/><path d="M9.3 9.5a2.8 2.8 0 1 1 4.1 2.5c-1 .5-1.4 1.1-1.4 2.2"/><path d="M12 17.4v.1"/>"#
            }
            Self::Document => r#"<path d="M5.5 3h9l4 4.5V21h-13z"/><path d="M9 12h6.5M9 16h6.5"/>"#,
            Self::Shield => {
                r#"<path d="M12 2.8 4.5 5.5v6c0 5 3.2 8.2 7.5 9.7 4.3-1.5 7.5-4.7 7.5-9.7v-6z"/><path d="m8.8 11.8 2.4 2.4 4.2-4.5"/>"#
            }
            Self::Expand => r#"<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>"#,
            Self::Pulse => r#"<path d="M2.5 12.5H7l2.5-7 4.5 13 2.5-6h5"/>"#,
            Self::Offline => {
                r#"<path d="M3 3l18 18M2.5 9.5A14 14 0 0 1 8 6.3M12.5 5.5a14 14 0 0 1 9 4M6 13.5a9 9 0 0 1 4.5-2.4M14.5 11.5a9 9 0 0 1 3.5 2M9.5 17a4 4 0 0 1 5 0M12 20v.1"/>"#
            }
            Self::Octagon => {
                r#"<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="M12 7.5v5.5M12 16.6v.1"/>"#
            }
            Self::Torch => r#"<path d="M8 3h8v4l-2 3v11h-4V10L8 7zM8 7h8M12 13v2"/>"#,
        }
    }
}

/// A line icon, as large as its text; always beside words, so hidden from screen readers.
#[component]
pub fn Icon(
    /// Which one.
    name: IconName,
) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" inner_html=name.markup()></svg>
    }
    .into_any()
}

/// The mark of the service: three finders of a QR code and a tick.
#[component]
pub fn Logo() -> AnyView {
    view! { <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" inner_html=LOGO></svg> }
        .into_any()
}

const LOGO: &str = r#"<g fill="none" stroke="currentColor" stroke-width="2.6"><rect x="6.3" y="6.3" width="7" height="7" rx="2"/><rect x="18.7" y="6.3" width="7" height="7" rx="2"/><rect x="6.3" y="18.7" width="7" height="7" rx="2"/><path d="m18 22.2 3 3 5.2-5.8" stroke-linecap="round" stroke-linejoin="round"/></g>"#;
