//! The public list of sources: who sends records and declares areas, and when that was last updated.

use crate::{Result, Services};
use domain::{Millis, Text};

/// Sources on a page.
pub const SOURCES_PAGE: i64 = 50;
/// Numbers below this could point at somebody.
pub const HIDDEN_BELOW: i64 = 5;

/// One source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceView {
    /// The authority.
    pub authority: String,
    /// The kind of record by its word, or `risk_area`.
    pub kind: String,
    /// The bureau that enters them.
    pub region: Text,
    /// Whether they come as lists.
    pub by_list: bool,
    /// How many are in force; `None` where there are few.
    pub entries: Option<i64>,
    /// The last change.
    pub updated: Millis,
}

impl Services {
    /// A page of all sources, the latest update first, and whether there are more. Everybody may read them.
    pub async fn sources(&self, skip: i64) -> Result<(Vec<SourceView>, bool)> {
        let mut tx = self.store.read().await?;
        let mut rows = tx.sources(skip, SOURCES_PAGE + 1).await?;
        let has_more = rows.len() > usize::try_from(SOURCES_PAGE).unwrap_or_default();
        if has_more {
            rows.pop();
        }
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            // How many areas there are is no secret: they are public.
            let is_hidden = row.kind != "risk_area" && row.entries < HIDDEN_BELOW;
            out.push(SourceView {
                region: self.region_name(&mut tx, &row.region_code).await?,
                authority: row.authority,
                kind: row.kind,
                by_list: row.way == "list",
                entries: (!is_hidden).then_some(row.entries),
                updated: row.updated_at,
            });
        }
        Ok((out, has_more))
    }
}
