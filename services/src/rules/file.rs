//! Rulebooks as files: one JSON file with the document and its signature.

use super::draft::DOCUMENT_BYTES;
use super::keeping::signed_message;
use super::view::Origin;
use crate::audit::Entry;
use crate::vault::verify_with;
use crate::{Actor, Error, Refusal, Result, Services};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::access::Action;
use domain::ids::{RegionCode, RulebookNo};
use domain::rulebook::{Document, Unread};
use serde::{Deserialize, Serialize};
use store::{RulebookSignerRow, Tx};

const FORMAT: &str = "fuxue rulebook 1";

/// A rulebook file: what is exported, and what may be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    document: Document,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<SignatureBlock>,
}

/// Who signed the document, over its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureBlock {
    algorithm: String,
    /// The public key, Base64.
    key: String,
    /// The signature, Base64.
    value: String,
}

/// A file to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulebookFile {
    /// Its name, for example `cn-base-1.1.0.json`.
    pub name: String,
    /// Its content: JSON in UTF-8.
    pub body: Vec<u8>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The draft it became.
    pub no: RulebookNo,
    /// Whose file it was.
    pub origin: Origin,
}

impl Services {
    /// A version as one file. From its approval on it is signed with this installation's key.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not see it from this region.
    pub async fn export_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        no: RulebookNo,
    ) -> Result<RulebookFile> {
        let mut tx = self.store.write().await?;
        let book = self
            .book_for(&mut tx, actor, region, no, Action::SeeRegion)
            .await?;
        let file = self.file_of(&book)?;
        self.audit_book(&mut tx, actor, &book, "export", None)
            .await?;
        tx.commit().await?;
        Ok(file)
    }

    /// A version that is, was or will be in force, as one file; for everybody.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where there is none.
    pub async fn public_rulebook_file(&self, id: &str, version: &str) -> Result<RulebookFile> {
        let mut tx = self.store.read().await?;
        let book = self
            .books(&mut tx)
            .await?
            .into_iter()
            .filter(|book| book.status.has_days())
            .find(|book| book.row.rulebook_id == id && book.row.version == version)
            .ok_or(Error::Forbidden)?;
        self.file_of(&book)
    }

    /// The document with its signature, where it has one.
    fn file_of(&self, book: &super::Book) -> Result<RulebookFile> {
        let block = |signature: &Vec<u8>| SignatureBlock {
            algorithm: "Ed25519".into(),
            key: STANDARD.encode(self.vault.rulebook_key()),
            value: STANDARD.encode(signature),
        };
        let file = File {
            format: FORMAT.into(),
            signature: book.row.signature.as_ref().map(block),
            document: book.document.clone(),
        };
        let body = serde_json::to_vec_pretty(&file).map_err(|e| Error::internal(e.to_string()))?;
        Ok(RulebookFile {
            name: format!("{}-{}.json", book.row.rulebook_id, book.row.version),
            body,
        })
    }

    /// Reads a rulebook file: the exported form, or a bare document. It always becomes a draft of the region, whatever
    /// region it names, and says whose it is. A name in use stays that rulebook's next version where it belongs to the
    /// region.
    ///
    /// # Errors
    /// [`Refusal::RulebookFileInvalid`] where it is not such a file or above 512 KiB,
    /// [`Refusal::RulebookSignatureBroken`] where its signature does not fit,
    /// [`Refusal::RulebookNameTaken`] where its name belongs to another region's rulebook.
    pub async fn import_rulebook(
        &self,
        actor: &Actor,
        region: &RegionCode,
        file: &[u8],
    ) -> Result<Imported> {
        let (mut document, key) = read_rulebook_file(file)?;
        let mut tx = self.store.write().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::DraftRules, &place)?;
        document.region = region.clone();
        let books = self.books(&mut tx).await?;
        let mut same = books
            .iter()
            .filter(|book| book.row.rulebook_id == document.id);
        if same.clone().any(|book| book.row.region_code != *region) {
            return Err(Refusal::RulebookNameTaken.into());
        }
        let base = same.clone().find(|book| book.status.is_in_force());
        let is_taken = |book: &super::Book| book.version == document.version;
        if same.any(is_taken) {
            let latest = books
                .iter()
                .filter(|book| book.row.rulebook_id == document.id)
                .map(|book| book.version)
                .max();
            if let Some(latest) = latest {
                document.version = domain::rulebook::Bump::Minor.next(latest);
            }
        }
        let origin = match &key {
            Some(key) => origin_of(&mut tx, self, key).await?,
            None => Origin::Unsigned,
        };
        let no = self
            .insert_draft(&mut tx, actor, document, base, key)
            .await?;
        tx.commit().await?;
        Ok(Imported { no, origin })
    }

    /// Names the authority behind a public key (in hexadecimal), so that its files are known from now on.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] where it is not a key, or the name is not 1 to 60 characters.
    pub async fn name_rulebook_signer(
        &self,
        actor: &Actor,
        region: &RegionCode,
        key: &str,
        name: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::ActivateRules, &place)?;
        let name = name.trim();
        let key = from_hex(key.trim()).ok_or(Refusal::FieldInvalid)?;
        if name.is_empty() || name.chars().count() > 60 {
            return Err(Refusal::FieldInvalid.into());
        }
        let row = RulebookSignerRow {
            key,
            name: name.into(),
            added_by: actor.id(),
            added_at: self.clock.now(),
        };
        tx.put_rulebook_signer(&row).await?;
        let detail = format!("{} {name}", hex(&row.key));
        let entry = Entry {
            actor,
            place: &place,
            action: "rulebook.signer",
            subject: format!("region:{region}"),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        Ok(tx.commit().await?)
    }

    /// The authorities whose rulebook files are known: public key in hexadecimal, and name.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not see the region.
    pub async fn rulebook_signers(
        &self,
        actor: &Actor,
        region: &RegionCode,
    ) -> Result<Vec<(String, String)>> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::SeeRegion, &place)?;
        let rows = tx.rulebook_signers().await?;
        Ok(rows
            .into_iter()
            .map(|row| (hex(&row.key), row.name))
            .collect())
    }

    /// The public key with which this installation signs rulebooks, in hexadecimal, to be given to others.
    pub fn rulebook_public_key(&self) -> String {
        hex(&self.vault.rulebook_key())
    }
}

/// Why a file is no rulebook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulebookFileError {
    /// Not of the form of a rulebook file, or too large.
    #[error("not a rulebook file: {0}")]
    Format(Unread),
    /// The signature does not fit the content.
    #[error("the signature does not fit the content")]
    Signature,
}

impl From<RulebookFileError> for Error {
    fn from(error: RulebookFileError) -> Self {
        Self::Refused(match error {
            RulebookFileError::Format(_) => Refusal::RulebookFileInvalid,
            RulebookFileError::Signature => Refusal::RulebookSignatureBroken,
        })
    }
}

/// The document of a file, in the exported form or bare, and the public key that signed it.
///
/// # Errors
/// Where it is no rulebook file, or its signature does not fit.
pub fn read_rulebook_file(
    file: &[u8],
) -> std::result::Result<(Document, Option<Vec<u8>>), RulebookFileError> {
    let bad = |what: &str| RulebookFileError::Format(Unread::whole(what));
    let unread = |error: serde_json::Error| RulebookFileError::Format(Unread::from(&error));
    if file.len() > 2 * DOCUMENT_BYTES {
        return Err(bad("> 1 MiB"));
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let json: serde_json::Value = serde_json::from_slice(file).map_err(unread)?;
    if json.get("document").is_none() {
        let document = serde_json::from_slice(file).map_err(unread)?;
        return Ok((document, None));
    }
    let file: File = serde_json::from_slice(file).map_err(unread)?;
    if file.format != FORMAT {
        return Err(bad(&format!("format: {:?}", file.format)));
    }
    let Some(block) = file.signature else {
        return Ok((file.document, None));
    };
    let decode = |text: &str| {
        STANDARD
            .decode(text)
            .map_err(|_| RulebookFileError::Signature)
    };
    let (key, value) = (decode(&block.key)?, decode(&block.value)?);
    let message = signed_message(&file.document).map_err(|e| bad(&e.to_string()))?;
    let fits =
        <[u8; 32]>::try_from(key.as_slice()).is_ok_and(|key| verify_with(&key, &message, &value));
    if block.algorithm != "Ed25519" || !fits {
        return Err(RulebookFileError::Signature);
    }
    Ok((file.document, Some(key)))
}

/// Whose key it is.
pub(super) async fn origin_of(tx: &mut Tx, services: &Services, key: &[u8]) -> Result<Origin> {
    if key == services.vault.rulebook_key() {
        return Ok(Origin::Own);
    }
    let signers = tx.rulebook_signers().await?;
    let known = signers.into_iter().find(|row| row.key == key);
    Ok(known.map_or_else(|| Origin::Unknown(hex(key)), |row| Origin::Known(row.name)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key of 32 bytes from its 64 hexadecimal digits.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let is_key = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let pair = |pair: &[u8]| pair.iter().fold(0, |sum, digit| sum * 16 + digit);
    is_key.then(|| digits.chunks(2).map(pair).collect())
}
