//! The life of one version of a rulebook.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> draft
//!     draft --> draft: save
//!     draft --> deleted: delete
//!     draft --> submitted: submit
//!     submitted --> draft: return
//!     submitted --> approved: approve
//!     submitted --> emergency: activate at once
//!     submitted --> draft: overtake
//!     approved --> draft: return
//!     approved --> draft: overtake
//!     approved --> scheduled: schedule
//!     approved --> emergency: activate at once
//!     scheduled --> approved: cancel
//!     scheduled --> active: begin
//!     emergency --> active: ratify
//!     emergency --> lapsed: lapse
//!     emergency --> retired: retire
//!     active --> active: propose
//!     active --> retired: retire
//!     deleted --> [*]
//!     lapsed --> [*]
//!     retired --> [*]
//! ```

use crate::ids::AccountId;
use crate::lang::Text;
use crate::{Day, Millis, Zone};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::str::FromStr;

/// Hours between the decision to schedule and the first day in force, where no rulebook says more.
pub const NOTICE_HOURS: i64 = 48;
/// The parameter of an active rulebook that asks for a longer notice.
pub const NOTICE_PARAMETER: &str = "notice_hours";
/// Hours after which an emergency activation lapses unless a third person ratifies it.
pub const EMERGENCY_HOURS: i64 = 24;
/// Days for which a proposal to take a version out of force waits for a second person.
pub const PROPOSAL_DAYS: i32 = 7;
/// Days for which two people are not independent after one created or changed the other's account.
pub const TIES_DAYS: i64 = 7;

const HOUR: i64 = 3_600_000;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $word:literal $zh:literal $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All of them, in the order of a life.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word used in tables and files.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The words for people.
            pub fn text(self) -> Text {
                match self { $(Self::$variant => Text::new($zh, $en),)* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|it| it.word() == word).ok_or(UnknownWord)
            }
        }
    };
}

/// The word names no status or step of a rulebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a word of a rulebook's life")]
pub struct UnknownWord;

words! {
    /// Where a version stands.
    Status {
        /// Being written. Touches nobody.
        Draft "draft" "草稿" "Draft";
        /// Handed in; waits for a second person.
        Submitted "submitted" "待批准" "Waiting for approval";
        /// Approved and signed; waits for its day to be chosen.
        Approved "approved" "已批准" "Approved";
        /// Will be in force from a day on.
        Scheduled "scheduled" "待生效" "Scheduled";
        /// In force at once; waits for a third person.
        Emergency "emergency" "紧急生效" "Emergency, in force";
        /// In force.
        Active "active" "生效中" "In force";
        /// An emergency that nobody ratified.
        Lapsed "lapsed" "紧急失效" "Lapsed";
        /// No longer in force.
        Retired "retired" "已停用" "Retired";
        /// A draft that was thrown away.
        Deleted "deleted" "已删除" "Deleted";
    }
}

words! {
    /// What happens to a version.
    Step {
        /// Its text was changed.
        Save "save" "修改" "Changed";
        /// The draft was thrown away.
        Delete "delete" "删除" "Deleted";
        /// The draft was handed in for approval.
        Submit "submit" "提交批准" "Handed in";
        /// It went back to be worked on.
        Return "return" "退回修改" "Sent back";
        /// A second person approved it; it is signed from now on.
        Approve "approve" "批准" "Approved";
        /// A day was chosen, after the notice period.
        Schedule "schedule" "安排生效" "Scheduled";
        /// The chosen day was taken back before it came.
        Cancel "cancel" "取消安排" "Schedule cancelled";
        /// The chosen day began.
        Begin "begin" "开始生效" "Came into force";
        /// It came into force at once, with author and one approver.
        Urgent "urgent" "紧急生效" "Emergency activation";
        /// A third person confirmed an emergency.
        Ratify "ratify" "追认" "Ratified";
        /// Nobody confirmed an emergency in time.
        Lapse "lapse" "到时失效" "Lapsed";
        /// A later version came into force first: what it was judged beside is no more.
        Overtake "overtake" "被后来的版本赶上" "Overtaken by a later version";
        /// Somebody wants it out of force; a second person has to agree.
        Propose "propose" "提议停用" "Proposed to be taken out of force";
        /// It was taken out of force, or a later version took its place.
        Retire "retire" "停用" "Retired";
    }
}

impl Step {
    /// Counts as having written the version: whoever did it cannot be the second person.
    pub fn is_writing(self) -> bool {
        matches!(self, Self::Save | Self::Submit)
    }
}

impl Status {
    /// Where it stands after a step; `None` where the step is not allowed.
    pub fn after(self, step: Step) -> Option<Self> {
        Some(match (self, step) {
            (Self::Draft, Step::Delete) => Self::Deleted,
            (Self::Draft, Step::Submit) => Self::Submitted,
            (Self::Draft, Step::Save)
            | (Self::Submitted | Self::Approved, Step::Return | Step::Overtake) => Self::Draft,
            (Self::Submitted, Step::Approve) | (Self::Scheduled, Step::Cancel) => Self::Approved,
            (Self::Approved, Step::Schedule) => Self::Scheduled,
            (Self::Submitted | Self::Approved, Step::Urgent) => Self::Emergency,
            (Self::Scheduled, Step::Begin)
            | (Self::Emergency, Step::Ratify)
            | (Self::Active, Step::Propose) => Self::Active,
            (Self::Emergency, Step::Lapse) => Self::Lapsed,
            (Self::Emergency | Self::Active, Step::Retire) => Self::Retired,
            _ => return None,
        })
    }

    /// Whether it judges days, judged some, or will.
    pub fn has_days(self) -> bool {
        matches!(
            self,
            Self::Scheduled | Self::Emergency | Self::Active | Self::Lapsed | Self::Retired
        )
    }

    /// Whether it is in force now.
    pub fn is_in_force(self) -> bool {
        matches!(self, Self::Emergency | Self::Active)
    }

    /// Whether it carries a signature.
    pub fn is_signed(self) -> bool {
        self == Self::Approved || self.has_days()
    }
}

/// The whole table as Markdown: a row for each status, a column for each step.
pub fn table() -> String {
    let mut out = String::from("| |");
    for step in Step::ALL {
        let _ = write!(out, " {} |", step.word());
    }
    out.push_str("\n|---|");
    out.push_str(&"---|".repeat(Step::ALL.len()));
    for status in Status::ALL {
        let _ = write!(out, "\n| **{}** |", status.word());
        for step in Step::ALL {
            let next = status.after(*step).map_or("", Status::word);
            let _ = write!(out, " {next} |");
        }
    }
    out.push('\n');
    out
}

/// One account created another one, or changed its password, its roles or its profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Who did it.
    pub by: AccountId,
    /// Whose account.
    pub on: AccountId,
    /// When.
    pub at: Millis,
}

/// Why two people do not make four eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FourEyesFault {
    /// It is the same person.
    #[error("the same person")]
    Same,
    /// One created or changed the other's account within [`TIES_DAYS`].
    #[error("one of them created or changed the other's account in the last {TIES_DAYS} days")]
    Tied,
}

/// Whether `second` is a second pair of eyes beside each of `others`.
///
/// # Errors
/// The first fault found.
pub fn four_eyes(
    others: &[AccountId],
    second: AccountId,
    touches: &[Touch],
    now: Millis,
) -> Result<(), FourEyesFault> {
    if others.contains(&second) {
        return Err(FourEyesFault::Same);
    }
    let since = now.0 - TIES_DAYS * 24 * HOUR;
    let ties = |a: AccountId, b: AccountId| {
        touches
            .iter()
            .any(|t| (t.by, t.on) == (a, b) && t.at.0 > since)
    };
    if others
        .iter()
        .any(|other| ties(*other, second) || ties(second, *other))
    {
        return Err(FourEyesFault::Tied);
    }
    Ok(())
}

/// The first day that may be chosen: the first that begins after so many hours of notice.
pub fn earliest_day(now: Millis, zone: Zone, notice_hours: i64) -> Day {
    let ready = Millis(
        now.0
            .saturating_add(notice_hours.max(0).saturating_mul(HOUR)),
    );
    let day = zone.day_of(ready);
    if zone.at(day, 0) >= ready {
        day
    } else {
        day.next()
    }
}

/// When an emergency lapses.
pub fn lapses_at(activated: Millis) -> Millis {
    Millis(activated.0.saturating_add(EMERGENCY_HOURS * HOUR))
}

/// The last day that a lapsed emergency judged: from the day of the lapse on, the version before it does again.
pub fn last_day_of_lapsed(activated: Millis, zone: Zone) -> Day {
    let first = zone.day_of(activated);
    zone.day_of(lapses_at(activated)).plus(-1).max(first)
}

#[cfg(test)]
mod tests;
