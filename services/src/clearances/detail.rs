//! What a clearance says, as it is kept under the person's key.

use crate::vault::{Cell, CellKey};
use crate::{Error, Result};
use domain::Day;
use serde::{Deserialize, Serialize};
use store::ClearanceRow;

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ClearanceKind {
    /// A note of a clinic that says what it was, or that it is over.
    ClinicNote,
    /// A negative test.
    NegativeTest,
    /// An authority's notice that isolation is lifted.
    ReleaseNotice,
    /// Something else; its note says what.
    Other,
}

impl ClearanceKind {
    /// Every kind, the usual ones first.
    pub const ALL: [Self; 4] = [
        Self::ClinicNote,
        Self::NegativeTest,
        Self::ReleaseNotice,
        Self::Other,
    ];

    /// The word that forms use.
    pub fn word(self) -> &'static str {
        match self {
            Self::ClinicNote => "clinic_note",
            Self::NegativeTest => "negative_test",
            Self::ReleaseNotice => "release_notice",
            Self::Other => "other",
        }
    }

    /// The kind of a form's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a clearance says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearanceDetail {
    /// The code of the reason whose isolation it ends.
    pub reason: String,
    /// What kind of paper it is.
    pub kind: ClearanceKind,
    /// Its date: it ends isolations of that reason that began on or before it.
    pub date: Day,
    /// Who issued it, at most 60 characters.
    pub issuer: String,
    /// What else is to be said, at most 200 characters.
    pub note: String,
}

/// What a stored clearance says.
pub(crate) fn open_detail(key: &CellKey, row: &ClearanceRow) -> Result<ClearanceDetail> {
    let cell = Cell::new("clearance", "detail_enc", row.clearance_id);
    let plain = key
        .open(cell, &row.detail_enc)
        .map_err(|_| Error::internal(format!("clearance {} does not open", row.clearance_id)))?;
    crate::blob::read(&plain)
}
