//! How rulebooks are kept: signed at their approval, every row sealed, both checked before anybody is judged.

use super::Book;
use crate::vault::verify_with;
use crate::{Error, Result, Services};
use domain::ids::RulebookNo;
use domain::rulebook::{Document, Rulebook, SHIPPED, Status, Step, canonical, stack::Entry};
use sha2::{Digest, Sha256};
use store::{RulebookRow, RulebookStepRow, Tx};

/// What a signature of a document is made over.
pub(super) fn signed_message(document: &Document) -> Result<Vec<u8>> {
    let canonical = canonical(document).map_err(|e| Error::internal(e.to_string()))?;
    Ok([b"fuxue rulebook 1\n".as_slice(), &canonical].concat())
}

/// What the seal of a row is made over: a hash of every field, each with its length before it.
fn sealed_message(row: &RulebookRow) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    let number = |n: Option<i64>| n.map_or_else(Vec::new, |n| n.to_be_bytes().to_vec());
    field(&row.rulebook_no.0.to_be_bytes());
    field(row.rulebook_id.as_bytes());
    field(row.version.as_bytes());
    field(row.region_code.as_str().as_bytes());
    field(row.status.as_bytes());
    field(&row.revision.to_be_bytes());
    field(&number(row.base_no.map(|no| no.0)));
    field(&number(row.author.map(|id| id.0)));
    field(&number(row.from_day.map(|day| i64::from(day.0))));
    field(&number(row.to_day.map(|day| i64::from(day.0))));
    field(&[u8::from(row.applies_to_open)]);
    field(&number(row.emergency_at.map(|at| at.0)));
    field(row.body.as_bytes());
    field(row.origin_key.as_deref().unwrap_or_default());
    field(row.signature.as_deref().unwrap_or_default());
    let mut message = b"fuxue rulebook row 1\n".to_vec();
    message.extend(hash.finalize());
    message
}

impl Services {
    /// Signs the document, at its approval.
    pub(super) fn sign_book(&self, book: &mut Book) -> Result<()> {
        book.row.signature = Some(self.vault.sign_rulebook(&signed_message(&book.document)?));
        Ok(())
    }

    /// Seals the row as it stands.
    pub(super) fn seal_book(&self, book: &mut Book) -> Result<()> {
        if book.status.is_signed() && book.row.signature.is_none() {
            return Err(Error::internal(format!(
                "rulebook {} is not signed",
                book.name()
            )));
        }
        book.row.seal = Some(self.vault.sign_rulebook(&sealed_message(&book.row)));
        Ok(())
    }

    /// Checks seal and signature of a row.
    ///
    /// # Errors
    /// [`Error::Internal`] that says which rulebook was changed behind the program's back.
    pub(super) fn verify_book(&self, book: &Book) -> Result<()> {
        let key = self.vault.rulebook_key();
        let is_sealed = book
            .row
            .seal
            .as_ref()
            .is_some_and(|seal| verify_with(&key, &sealed_message(&book.row), seal));
        let is_signed = match &book.row.signature {
            Some(signature) => verify_with(&key, &signed_message(&book.document)?, signature),
            None => !book.status.is_signed(),
        };
        if is_sealed && is_signed {
            return Ok(());
        }
        Err(Error::internal(format!(
            "the stored rulebook {} was changed outside the program: its signature does not fit. \
             Restore the database from a backup; nobody is judged by rules that nobody approved",
            book.name()
        )))
    }

    /// Checks every row; called when the program starts.
    pub(crate) async fn verify_rulebooks(&self) -> Result<()> {
        let mut tx = self.store.read().await?;
        for book in self.books(&mut tx).await? {
            self.verify_book(&book)?;
        }
        Ok(())
    }

    /// The versions that judge days, judged some, or will; each verified.
    pub(crate) async fn rulebook_entries(&self, tx: &mut Tx) -> Result<Vec<Entry>> {
        let books = self.books(tx).await?;
        let mut entries = Vec::new();
        for book in books.into_iter().filter(|book| book.status.has_days()) {
            self.verify_book(&book)?;
            entries.extend(entry_of(&book));
        }
        Ok(entries)
    }

    /// Keeps the rulebook that ships with the program where it is not there yet, in force from a long time ago; and
    /// signs it where an earlier version of the program kept it unsigned.
    pub(crate) async fn install_shipped_rulebook(&self) -> Result<()> {
        let shipped = Rulebook::parse(SHIPPED)
            .map_err(|e| Error::internal(format!("shipped rulebook: {e}")))?;
        let document = shipped.document();
        let mut tx = self.store.write().await?;
        let rows = tx.rulebooks().await?;
        let same = rows.iter().find(|row| {
            row.rulebook_id == document.id && row.version == document.version.to_string()
        });
        let row = match same {
            Some(row) if row.seal.is_some() => return Ok(()),
            // Only what this program itself brought along is signed without being asked.
            Some(row) if canonical_of(&row.body)? != canonical_of(SHIPPED)? => return Ok(()),
            Some(row) => row.clone(),
            None => RulebookRow {
                rulebook_no: RulebookNo(
                    rows.iter().map(|row| row.rulebook_no.0).max().unwrap_or(0) + 1,
                ),
                rulebook_id: document.id.clone(),
                version: document.version.to_string(),
                region_code: document.region.clone(),
                status: Status::Active.word().into(),
                revision: 1,
                base_no: None,
                author: None,
                changed_at: self.clock.now(),
                from_day: Some(document.effective_from),
                to_day: None,
                applies_to_open: false,
                emergency_at: None,
                body: SHIPPED.to_owned(),
                origin_key: None,
                signature: None,
                seal: None,
            },
        };
        let mut book = Book::open(row)?;
        self.sign_book(&mut book)?;
        self.seal_book(&mut book)?;
        tx.put_rulebook(&book.row).await?;
        tx.insert_rulebook_step(&RulebookStepRow {
            step_id: self.next_id(),
            rulebook_no: book.row.rulebook_no,
            step: Step::Begin.word().into(),
            revision: book.row.revision,
            account_id: None,
            at: self.clock.now(),
            note_enc: None,
        })
        .await?;
        Ok(tx.commit().await?)
    }
}

/// A document as it is compared: bounds of parameters came to the shipped one later, and decide nothing.
fn canonical_of(body: &str) -> Result<Vec<u8>> {
    let mut document: Document =
        serde_json::from_str(body).map_err(|e| Error::internal(e.to_string()))?;
    for parameter in &mut document.parameters {
        (parameter.min, parameter.max) = (None, None);
    }
    canonical(&document).map_err(|e| Error::internal(e.to_string()))
}

/// The days a version judges, judged, or will.
pub(super) fn entry_of(book: &Book) -> Option<Entry> {
    Some(Entry {
        document: book.document.clone(),
        from: book.row.from_day.filter(|_| book.status.has_days())?,
        to: book.row.to_day,
        applies_to_open: book.row.applies_to_open,
        is_lapsed: book.status == Status::Lapsed,
    })
}
