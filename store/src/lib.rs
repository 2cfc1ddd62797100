//! What Fuxue remembers: the tables, and the queries that services need.
//!
//! A [`Store`] hands out a [`Tx`], and every query is a method of it, so that a service reads like the list
//! of what it looks up and writes. Ciphertext passes through unread; the keys are the services' affair.

mod accounts;
mod areas;
mod audit;
mod backup;
mod bulk;
mod clearances;
mod contests;
mod counters;
mod decisions;
mod discrepancies;
mod guardians;
mod meta;
mod passes;
mod people;
mod records;
mod redecisions;
mod regions;
mod reports;
mod rulebooks;
mod schools;
mod sessions;
mod slips;
mod sqlite;
mod staged;
mod states;

pub use accounts::{AccountRow, GrantRow};
pub use areas::RiskAreaRow;
pub use audit::{AuditHeadRow, AuditRow};
pub use clearances::ClearanceRow;
pub use contests::ContestRow;
pub use counters::{CounterKey, CounterRow, Numbers, ReasonRow, SchoolNumbers, SlotRow};
pub use decisions::{DecisionRow, TurnRow};
pub use discrepancies::SettlementRow;
pub use guardians::{ConsentRow, GuardianshipRow};
pub use passes::{PassHolderRow, PassKeyRow};
pub use people::{PersonIndexes, PersonRow};
pub use records::{OfficialRecordRow, PlacedRecordRow, SourceRow};
pub use redecisions::{OpeningRow, RedecisionRow};
pub use regions::RegionRow;
pub use reports::{ReportRow, Retired};
pub use rulebooks::{RulebookReplayRow, RulebookRow, RulebookSignerRow, RulebookStepRow};
pub use schools::{ClassRow, SchoolRow};
pub use sessions::{ActivationRow, SessionRow};
pub use slips::SlipRow;
pub use sqlite::{Store, Tx};
pub use staged::{StagedListRow, StagedRosterRow};
pub use states::StateRow;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk or the database's page limit is full. Nothing was written.
    #[error("the database has no space left")]
    Full,
    /// Somebody else holds the database for longer than a request waits.
    #[error("the database is busy")]
    Busy,
    /// The file is not a database of this program, or is damaged.
    #[error("not a Fuxue database, or a damaged one: {0}")]
    Foreign(String),
    /// A row with the same key is there already.
    #[error("there is one already")]
    Conflict,
    /// Anything else the engine reported.
    #[error("database: {0}")]
    Engine(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(|e| e.code().map(std::borrow::Cow::into_owned));
        match code.as_deref() {
            Some("13") => Self::Full,
            Some("11" | "26") => Self::Foreign(error.to_string()),
            Some("1555" | "2067") => Self::Conflict,
            Some("5" | "6" | "261" | "517") => Self::Busy,
            None if matches!(error, sqlx::Error::PoolTimedOut) => Self::Busy,
            _ => Self::Engine(error),
        }
    }
}

/// What a query returns.
pub type Result<T> = std::result::Result<T, StoreError>;
