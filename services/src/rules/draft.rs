//! Writing: drafts begun from a version or from nothing, saved, checked, thrown away.

use super::Book;
use super::list::documents_above;
use super::view::Saved;
use crate::{Actor, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::{RegionCode, RulebookNo};
use domain::rulebook::{
    Bump, Document, Finding, Severity, Status, Step, Version, difference, findings_against,
};
use domain::{Day, Text};
use store::{RulebookRow, Tx};

/// The longest document as JSON, in bytes; the shipped one has 20,000.
pub(super) const DOCUMENT_BYTES: usize = 512 * 1024;

impl Services {
    /// Starts a draft from a version: the same text under the next free version.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for whoever may not draft where that rulebook holds.
    pub async fn start_draft(
        &self,
        actor: &Actor,
        region: &RegionCode,
        from: RulebookNo,
    ) -> Result<RulebookNo> {
        let mut tx = self.store.write().await?;
        let base = self
            .book_for(&mut tx, actor, region, from, Action::DraftRules)
            .await?;
        let books = self.books(&mut tx).await?;
        let mut document = base.document.clone();
        document.retired = None;
        document.version = free_version(&books, None, &document, Bump::Minor.next(base.version));
        let no = self
            .insert_draft(&mut tx, actor, document, Some(&base), None)
            .await?;
        tx.commit().await?;
        Ok(no)
    }

    /// Starts a rulebook of the region from nothing.
    ///
    /// # Errors
    /// [`Refusal::RulebookNameTaken`], [`Refusal::FieldInvalid`] for a name that is not 1 to 64 small letters, digits,
    /// hyphens or underscores, or a title that lacks a language.
    pub async fn start_new_book(
        &self,
        actor: &Actor,
        region: &RegionCode,
        id: &str,
        title: Text,
    ) -> Result<RulebookNo> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::DraftRules, &place)?;
        if tx
            .rulebooks()
            .await?
            .iter()
            .any(|row| row.rulebook_id == id)
        {
            return Err(Refusal::RulebookNameTaken.into());
        }
        let document = Document {
            id: id.to_owned(),
            version: Version {
                major: 1,
                minor: 0,
                patch: 0,
            },
            region: region.clone(),
            title,
            effective_from: Day(0),
            retired: None,
            parameters: Vec::new(),
            moves: Vec::new(),
            symptoms: Vec::new(),
            rules: Vec::new(),
        };
        let is_wrong = |finding: &Finding| finding.place == "/id" || finding.place == "/title";
        if domain::rulebook::findings(&document).iter().any(is_wrong) {
            return Err(Refusal::FieldInvalid.into());
        }
        let no = self
            .insert_draft(&mut tx, actor, document, None, None)
            .await?;
        tx.commit().await?;
        Ok(no)
    }

    pub(super) async fn insert_draft(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        document: Document,
        base: Option<&Book>,
        origin_key: Option<Vec<u8>>,
    ) -> Result<RulebookNo> {
        let no = RulebookNo(self.next_id());
        let row = RulebookRow {
            rulebook_no: no,
            rulebook_id: document.id.clone(),
            version: document.version.to_string(),
            region_code: document.region.clone(),
            status: Status::Draft.word().into(),
            revision: 1,
            base_no: base.map(|base| base.row.rulebook_no),
            author: actor.id(),
            changed_at: self.clock.now(),
            from_day: None,
            to_day: None,
            applies_to_open: false,
            emergency_at: None,
            body: body_of(&document)?,
            origin_key,
            signature: None,
            seal: None,
        };
        let mut book = Book::open(row)?;
        self.put_book(tx, actor, &mut book, Step::Save, None)
            .await?;
        Ok(no)
    }

    /// Saves a draft. Name and region stay; the versions of the rulebook and of its rules grow with what changed where
    /// the author left them behind. A draft may be faulty: that touches nobody, and it cannot be handed in.
    ///
    /// # Errors
    /// [`Refusal::DraftStale`] where somebody else saved since `based_on`; [`Refusal::RulebookState`] where it is no
    /// draft any more; [`Refusal::RulebookFileInvalid`] above 512 KiB. Nothing is changed then.
    pub async fn save_draft(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        document: Document,
        based_on: i64,
    ) -> Result<Saved> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        let books = self.books(&mut tx).await?;
        book.step(Step::Save)?;
        if book.row.revision != based_on {
            return Err(Refusal::DraftStale.into());
        }
        let (document, findings) = checked(&books, &book, document);
        book.row.version = document.version.to_string();
        book.row.body = body_of(&document)?;
        book.row.revision += 1;
        book.row.author = actor.id();
        book.document = document.clone();
        book.version = document.version;
        tx.delete_rulebook_replay(no).await?;
        self.put_book(&mut tx, actor, &mut book, Step::Save, None)
            .await?;
        tx.commit().await?;
        self.stop_replay(no);
        Ok(Saved {
            revision: book.row.revision,
            document,
            findings,
        })
    }

    /// What a save would keep, and what is wrong or doubtful with it, without saving.
    ///
    /// # Errors
    /// [`crate::Error::Forbidden`] for whoever may not draft there.
    pub async fn check_draft(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
        document: Document,
    ) -> Result<(Document, Vec<Finding>)> {
        let mut tx = self.store.read().await?;
        let book = self
            .book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        let books = self.books(&mut tx).await?;
        Ok(checked(&books, &book, document))
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`Refusal::RulebookState`] for anything that was handed in.
    pub async fn delete_draft(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let mut book = self
            .book_for(&mut tx, actor, region, no, Action::DraftRules)
            .await?;
        book.step(Step::Delete)?;
        self.audit_book(&mut tx, actor, &book, Step::Delete.word(), None)
            .await?;
        tx.delete_rulebook(no).await?;
        tx.commit().await?;
        self.stop_replay(no);
        Ok(())
    }
}

/// The document as it is kept, with its findings.
pub(super) fn checked(
    books: &[Book],
    book: &Book,
    mut document: Document,
) -> (Document, Vec<Finding>) {
    document.id.clone_from(&book.row.rulebook_id);
    document.region.clone_from(&book.row.region_code);
    let base = books
        .iter()
        .find(|base| Some(base.row.rulebook_no) == book.row.base_no)
        .map(|base| &base.document);
    settle_versions(books, book, base, &mut document);
    let findings = findings_against(&document, base, &documents_above(books, book));
    (document, findings)
}

/// Lets versions grow that were left behind by what changed.
fn settle_versions(books: &[Book], book: &Book, base: Option<&Document>, document: &mut Document) {
    let mut least = document.version;
    if let Some(base) = base {
        let changes = difference(base, document, &[]);
        for rule in &mut document.rules {
            let was = base.rules.iter().find(|was| was.id == rule.id);
            let is_changed = changes
                .iter()
                .any(|change| change.rule.as_deref() == Some(rule.id.as_str()));
            if let Some(was) = was.filter(|was| is_changed && rule.version <= was.version) {
                rule.version = was.version.saturating_add(1);
            }
        }
        if let Some(bump) = Bump::of(&changes) {
            let asked = bump.next(base.version);
            // A version that the author chose stays where it is late enough; one that was made up here follows.
            least = if document.version == book.version {
                asked
            } else {
                least.max(asked)
            };
        }
    }
    document.version = free_version(books, Some(book.row.rulebook_no), document, least);
}

/// The first version from `least` on that no other text of this rulebook has.
fn free_version(
    books: &[Book],
    own: Option<RulebookNo>,
    document: &Document,
    least: Version,
) -> Version {
    let is_taken = |version: Version| {
        books.iter().any(|book| {
            Some(book.row.rulebook_no) != own
                && book.row.rulebook_id == document.id
                && book.version == version
        })
    };
    let mut version = least;
    while is_taken(version) {
        version = Version {
            minor: version.minor.saturating_add(1),
            patch: 0,
            ..version
        };
    }
    version
}

pub(super) fn body_of(document: &Document) -> Result<String> {
    let body =
        serde_json::to_string(document).map_err(|e| crate::Error::internal(e.to_string()))?;
    if body.len() > DOCUMENT_BYTES {
        return Err(Refusal::RulebookFileInvalid.into());
    }
    Ok(body)
}

/// # Errors
/// [`Refusal::RulebookFaulty`] where a finding stands in the way.
pub(super) fn require_sound(findings: &[Finding]) -> Result<()> {
    if findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return Err(Refusal::RulebookFaulty.into());
    }
    Ok(())
}
