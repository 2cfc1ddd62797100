//! What the app shows, and what it is told to do.

use crate::tr::Lang;
use domain::gate::{Choice, Counts, Direction, EntryId, Outcome, Verdict, Waiting};
use domain::roster::ClassName;
use leptos::prelude::*;

/// Everything that the parts of the page share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    pub(super) lang: Lang,
    pub(super) panel: RwSignal<Panel>,
    pub(super) sheet: RwSignal<Sheet>,
    pub(super) direction: RwSignal<Direction>,
    pub(super) head: RwSignal<Head>,
    pub(super) net: RwSignal<Net>,
    pub(super) camera: RwSignal<Camera>,
    pub(super) waiting: RwSignal<Vec<WaitLine>>,
    pub(super) lines: RwSignal<Vec<Line>>,
    pub(super) people: RwSignal<Vec<Subject>>,
    /// The device's time, in milliseconds since 1970; 0 while it is unknown.
    pub(super) now: RwSignal<i64>,
}

/// What stands where the verdict stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser comes to this")
)]
pub(super) enum Panel {
    /// Nobody has been looked at yet.
    Idle,
    /// A verdict, and the entry that it was written down as.
    Told(Box<Outcome>, Option<EntryId>),
    /// Several people have the short code.
    Choose(Vec<Choice>),
    /// It could not be written down, so nothing is told.
    Unwritten,
}

/// What is open below the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sheet {
    /// Nothing.
    Closed,
    /// A signed slip is handed in.
    Slip(Subject),
    /// A high temperature, the first time.
    High(Subject),
    /// The second measurement.
    Second(WaitLine),
    /// The day's list.
    Day,
}

/// Somebody of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) holder: u64,
    pub(super) name: String,
    pub(super) class: Option<ClassName>,
}

/// Somebody who waits to be measured again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WaitLine {
    pub(super) who: Subject,
    pub(super) waiting: Waiting,
}

/// The head of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// The gate's name; empty before the first contact.
    pub(super) gate: String,
    /// The school's name in the page's language.
    pub(super) school: String,
    /// Minutes since the school's midnight.
    pub(super) minute: Option<u32>,
    /// Minutes by which the school's time is ahead of UTC.
    pub(super) offset: i32,
    pub(super) counts: Counts,
    /// A temperature from here on is high; tenths of a degree.
    pub(super) fever: u16,
}

/// How the device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser comes to this")
)]
pub(super) enum Standing {
    /// It is being started.
    Starting,
    /// It decides.
    Ready,
    /// It has never had a contact.
    Never,
    /// It has been without contact for too long, or does not know the time.
    Lapsed,
    /// The school has cut it off.
    CutOff,
    /// It runs in another window already.
    Elsewhere,
    /// The browser keeps nothing for it.
    NoStorage,
}

/// What the strip says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Net {
    pub(super) standing: Standing,
    pub(super) online: bool,
    /// Entries that the server has not got yet.
    pub(super) waiting: usize,
    /// The minute at which the list was last confirmed.
    pub(super) since: Option<u32>,
    /// The minute until which the list is good.
    pub(super) until: Option<u32>,
    /// Whether the browser has promised to keep what is stored.
    pub(super) kept: Option<bool>,
}

/// How the camera stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser comes to this")
)]
pub(super) enum Camera {
    Off,
    Asking,
    On {
        /// Whether the torch is on; none where there is no torch.
        torch: Option<bool>,
    },
    Missing,
}

/// An entry in the day's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) id: EntryId,
    pub(super) minute: u32,
    pub(super) who: Option<Subject>,
    pub(super) what: What,
    pub(super) undone: bool,
}

/// What an entry was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser comes to this")
)]
pub(super) enum What {
    Told(Verdict, Direction),
    Visitor(Verdict),
    Slip,
    Reading(u16),
    Refused,
}

/// What somebody does at the page.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser is told to do anything")
)]
pub(super) enum Command {
    /// The page has come alive.
    Start { device: i64 },
    /// A code was scanned or typed.
    Text(String),
    /// One of several with a short code.
    Chosen(u64),
    /// Chosen from the list.
    Listed(u64),
    /// The visitor is in the book.
    Expected,
    /// A signed slip, and the temperature.
    Slip { holder: u64, tenths: u16 },
    /// A reading; the second one names the first and who measured.
    Reading {
        holder: u64,
        tenths: u16,
        first: Option<EntryId>,
        by: String,
    },
    /// A mistake.
    Undo(EntryId),
    /// Open the camera.
    Camera,
    /// Switch the torch.
    Torch,
}

impl Gate {
    pub(super) fn new(lang: Lang) -> Self {
        Self {
            lang,
            panel: RwSignal::new(Panel::Idle),
            sheet: RwSignal::new(Sheet::Closed),
            direction: RwSignal::new(Direction::In),
            head: RwSignal::new(Head {
                gate: String::new(),
                school: String::new(),
                minute: None,
                offset: 0,
                counts: Counts::default(),
                fever: 373,
            }),
            net: RwSignal::new(Net {
                standing: Standing::Starting,
                online: false,
                waiting: 0,
                since: None,
                until: None,
                kept: None,
            }),
            camera: RwSignal::new(Camera::Off),
            waiting: RwSignal::new(Vec::new()),
            lines: RwSignal::new(Vec::new()),
            people: RwSignal::new(Vec::new()),
            now: RwSignal::new(0),
        }
    }

    /// Does what somebody asks for, in a browser.
    pub(super) fn tell(self, command: Command) {
        #[cfg(feature = "hydrate")]
        browser_tell(self, command);
        #[cfg(not(feature = "hydrate"))]
        let _ = (self, command);
    }
}

#[cfg(feature = "hydrate")]
use super::browser::tell as browser_tell;

impl Subject {
    /// The masked name and the class.
    pub(super) fn label(&self, lang: Lang) -> String {
        match self.class {
            Some(class) => format!("{} {}", self.name, class.label(lang)),
            None => self.name.clone(),
        }
    }
}
