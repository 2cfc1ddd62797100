//! The rulebooks behind the grounds of a decision.

use crate::context::SchoolInfo;
use domain::decision::Trace;
use domain::rulebook::Document;

impl SchoolInfo {
    /// The rulebooks that a trace's rules stand in, so that a page can say what each rule asks.
    pub(crate) fn books_behind(&self, trace: &Trace) -> Vec<Document> {
        self.rulebooks()
            .iter()
            .map(domain::rulebook::Rulebook::document)
            .filter(|book| {
                trace.rules.iter().any(|rule| {
                    *rule.rulebook_id == *book.id && rule.rulebook_version == book.version
                })
            })
            .cloned()
            .collect()
    }
}
