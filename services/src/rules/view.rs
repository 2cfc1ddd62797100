//! What pages show of rulebooks.

use crate::Refusal;
use domain::ids::{RegionCode, RulebookNo};
use domain::rulebook::{Change, Document, Finding, Status, Step, Version};
use domain::{Day, Millis, Text};

/// One version in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookLine {
    /// Its number, which stays the same while its version may grow.
    pub no: RulebookNo,
    /// The rulebook's name, for example `cn-base`.
    pub id: String,
    /// Its version.
    pub version: Version,
    /// Its title.
    pub title: Text,
    /// The region where it holds.
    pub region: RegionCode,
    /// That region's name.
    pub region_name: Text,
    /// Where it stands.
    pub status: Status,
    /// Who changed its text last; `None` for what ships with the program.
    pub author: Option<String>,
    /// When something about it last changed; 0 for what was there before there were steps.
    pub changed_at: Millis,
    /// First day in force.
    pub from: Option<Day>,
    /// Last day in force.
    pub to: Option<Day>,
    /// Changes against the version it was made from; `None` where there is no such version.
    pub changes: Option<usize>,
    /// How many rules it has.
    pub rules: usize,
    /// When an emergency lapses unless somebody ratifies it.
    pub lapses_at: Option<Millis>,
    /// Whether its activation applies, or applied, to open isolations.
    pub applies_to_open: bool,
}

/// One version with everything about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookView {
    /// As lists show it.
    pub line: BookLine,
    /// The revision of the text; a save names the one it was made from.
    pub revision: i64,
    /// What it says.
    pub document: Document,
    /// The version it was made from, and what that says.
    pub base: Option<(RulebookNo, Document)>,
    /// What changed since.
    pub changes: Vec<Change>,
    /// What is wrong or doubtful with it.
    pub findings: Vec<Finding>,
    /// The rulebooks in force above, whose parameters it may move.
    pub above: Vec<Document>,
    /// What happened to it, the first step first.
    pub steps: Vec<StepView>,
    /// Which days may be chosen for it.
    pub schedule: ScheduleLimits,
    /// Whose file it was imported from.
    pub origin: Option<Origin>,
    /// What the reader may do with it now.
    pub may: May,
    /// Why the reader cannot be the second (or third) person, where they otherwise could.
    pub not_second: Option<Refusal>,
    /// The proposal to take it out of force that waits for a second person.
    pub proposal: Option<StepView>,
}

/// Something that happened to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// What.
    pub step: Step,
    /// Who; `None` for the program itself.
    pub by: Option<String>,
    /// When.
    pub at: Millis,
    /// The revision of the text.
    pub revision: i64,
    /// Why, where somebody said so.
    pub note: Option<String>,
}

/// Which days may be chosen for the first day in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleLimits {
    /// Hours of notice that the rulebooks in force ask for.
    pub notice_hours: i64,
    /// The first day that keeps them.
    pub earliest: Day,
}

/// Whose file it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Signed with this installation's key.
    Own,
    /// Signed by an authority known here.
    Known(String),
    /// Signed with a key that nobody here has named: its public key in hexadecimal.
    Unknown(String),
    /// Not signed.
    Unsigned,
}

/// What the reader may do with a version, by their roles and by where it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each button")]
pub struct May {
    /// Change and save it, or delete it.
    pub edit: bool,
    /// Start a draft from it.
    pub copy: bool,
    /// Replay it.
    pub replay: bool,
    /// Hand it in for approval.
    pub submit: bool,
    /// Send it back to be worked on.
    pub return_to_author: bool,
    /// Approve it.
    pub approve: bool,
    /// Choose its first day.
    pub schedule: bool,
    /// Take the chosen day back.
    pub cancel: bool,
    /// Put it in force at once.
    pub activate_at_once: bool,
    /// Confirm an emergency as the third person.
    pub ratify: bool,
    /// Propose to take it out of force.
    pub propose: bool,
    /// Take it out of force: as the second person beside whoever proposed it, or an emergency alone.
    pub retire: bool,
}

/// What a save did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The new revision.
    pub revision: i64,
    /// The document as it was kept; versions may have grown with what changed.
    pub document: Document,
    /// What is wrong or doubtful with it.
    pub findings: Vec<Finding>,
}
