//! What Fuxue remembers: the tables, and the queries that services need.
//!
//! A [`Store`] hands out a [`Tx`], and every query is a method of it, so that a service reads like the list
//! of what it looks up and writes. Ciphertext passes through unread; the keys are the services' affair.

mod accounts;
mod areas;
mod audit;
mod bulk;
mod children;
mod clearances;
mod contests;
mod counters;
mod decisions;
mod discrepancies;
mod engine;
mod gates;
mod guardians;
mod handle;
mod interface;
mod known;
mod listed;
mod meanwhile;
mod meta;
mod news;
mod passes;
mod people;
mod query;
mod recognition;
mod records;
mod redecisions;
mod regions;
mod reports;
mod rollups;
mod rulebooks;
mod schools;
mod sessions;
mod slips;
mod slots;
mod staged;
mod states;
mod url;
mod words;

pub use accounts::{AccountRow, GrantRow};
pub use areas::RiskAreaRow;
pub use audit::{AuditHeadRow, AuditRow};
pub use children::ChildRow;
pub use clearances::ClearanceRow;
pub use contests::ContestRow;
pub use counters::{CounterKey, CounterRow, Numbers, ReasonRow};
pub use decisions::{DecisionRow, TurnRow};
pub use discrepancies::SettlementRow;
pub use gates::{
    GateCodeRow, GateCountRow, GateDeviceRow, GateEntryFilter, GateEntryRow, GateRow, RollRow,
};
pub use guardians::{ConsentRow, GuardianshipRow};
pub use handle::{Held, Job, Marks, Store, Tx};
pub use interface::{ApiKeyRow, ApiReplyRow};
pub use known::Known;
pub use listed::{ListedSchool, SchoolOrder};
pub use meanwhile::meanwhile;
pub use news::Seen;
pub use passes::{PassHolderRow, PassKeyRow};
pub use people::{PersonIndexes, PersonRow};
pub use recognition::{KeyFileRow, RecognitionRulesRow, TrustedIssuerRow};
pub use records::{OfficialRecordRow, PlacedRecordRow, SourceRow};
pub use redecisions::{OpeningRow, RedecisionRow};
pub use regions::RegionRow;
pub use reports::{Before, Relinked, ReportRow, Retired};
pub use rollups::{RegionSums, SchoolNumbers, Sums};
pub use rulebooks::{RulebookReplayRow, RulebookRow, RulebookSignerRow, RulebookStepRow};
pub use schools::{ClassRow, SchoolRow};
pub use sessions::{ActivationRow, SessionRow, SignedInRow};
pub use slips::SlipRow;
pub use slots::{SlotNumbers, SlotRow};
pub use staged::{StagedListRow, StagedRosterRow};
pub use states::{AnyStateRow, StateRow};
pub use url::{DatabaseUrl, ParseUrlError};

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk or the database's page limit is full. Nothing was written.
    #[error("the database has no space left")]
    Full,
    /// Somebody else holds the database for longer than a request waits, or it cannot be reached just now.
    #[error("the database is busy or cannot be reached")]
    Busy,
    /// The database is not one of this program, or is damaged.
    #[error("not a Fuxue database, or a damaged one: {0}")]
    Foreign(String),
    /// The server has no such database, or does not let us in; the text says what to do.
    #[error("{0}")]
    Refused(&'static str),
    /// A row with the same key is there already.
    #[error("there is one already")]
    Conflict,
    /// A transaction was to be committed in which a statement had failed.
    #[error("a statement of this transaction has failed; nothing was written")]
    Broken,
    /// This engine has a better way of its own, which the text names.
    #[error("{0}")]
    NotHere(&'static str),
    /// Anything else the engine reported.
    #[error("database: {0}")]
    Engine(#[source] sqlx::Error),
}

impl StoreError {
    /// Copies of a PostgreSQL database are made by its own tools.
    pub const fn by_postgres() -> Self {
        Self::NotHere(
            "PostgreSQL makes copies itself: pg_dump -Fc for a copy of this moment (pg_restore puts it back), or pg_basebackup \
             with WAL archiving to go back to any moment. Keep the key file elsewhere: no copy holds it",
        )
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        let known = match (code, &error) {
            // The codes of SQLite are numbers, those of PostgreSQL have five characters.
            (Some(code), _) if code.len() == 5 => engine::postgres::meaning(&code),
            (Some(code), _) => engine::sqlite::meaning(&code, || error.to_string()),
            (None, sqlx::Error::Io(cause)) => {
                tracing::warn!(%cause, "the database cannot be reached");
                Some(Self::Busy)
            }
            (None, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => Some(Self::Busy),
            // A column holds what this program never writes into it.
            (None, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                Some(Self::Foreign(error.to_string()))
            }
            _ => None,
        };
        known.unwrap_or(Self::Engine(error))
    }
}

/// What a query returns.
pub type Result<T> = std::result::Result<T, StoreError>;
