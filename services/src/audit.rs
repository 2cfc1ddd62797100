//! The audit log: what staff and jobs do and read, in one hash chain per school and per region.

use crate::actor::Actor;
use crate::gather::distinct;
use crate::vault::{Cell, CellKey, Vault};
use crate::{Result, Services};
use domain::access::Place;
use domain::ids::{ClassId, PersonId};
use domain::{Day, Millis};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use store::{AuditHeadRow, AuditRow, Store, Tx};

/// What is written down.
pub(crate) struct Entry<'a> {
    pub actor: &'a Actor,
    /// Where it happened; says which chain it joins.
    pub place: &'a Place,
    /// What was done, in a stable word.
    pub action: &'a str,
    /// To what, by [`person`], [`class`] or alike.
    pub subject: String,
    /// Words about it, and the key to seal them with where a person has one.
    pub detail: Option<(&'a str, Option<&'a CellKey>)>,
}

/// The subject of an entry about a person.
pub(crate) fn person(id: PersonId) -> String {
    format!("person:{id}")
}

/// The subject of an entry about a class's list.
pub(crate) fn class(id: ClassId) -> String {
    format!("class:{id}")
}

fn chain_of(place: &Place) -> String {
    match place.school {
        Some(school) => format!("school:{school}"),
        None => format!("region:{}", place.region),
    }
}

/// The hash of a row: SHA-256 over the previous hash and every field, each with its length before it.
fn hash_of(previous: &[u8], row: &AuditRow) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(previous);
    field(row.chain.as_bytes());
    field(&row.seq.to_be_bytes());
    field(&row.at.0.to_be_bytes());
    field(row.actor_kind.as_bytes());
    field(&row.actor_id.map_or([0; 8], |id| id.0.to_be_bytes()));
    field(row.action.as_bytes());
    field(row.subject.as_bytes());
    field(row.read_key.as_deref().unwrap_or_default().as_bytes());
    field(row.detail_enc.as_deref().unwrap_or_default());
    hash.finalize().to_vec()
}

fn head_message(head: &AuditHeadRow) -> Vec<u8> {
    format!(
        "fuxue audit head 1\n{}\n{}\n{}\n",
        head.chain, head.day, head.seq
    )
    .into_bytes()
    .into_iter()
    .chain(head.hash.iter().copied())
    .collect()
}

impl Services {
    /// Writes down what somebody did, in the transaction that does it.
    pub(crate) async fn audit(&self, tx: &mut Tx, entry: Entry<'_>) -> Result<()> {
        self.audit_all(tx, vec![entry]).await
    }

    /// Writes down much that was done at once, in its order.
    pub(crate) async fn audit_all(&self, tx: &mut Tx, entries: Vec<Entry<'_>>) -> Result<()> {
        let chains = distinct(entries.iter().map(|entry| chain_of(entry.place)));
        tx.lock_names(&chains).await?;
        let mut ends: HashMap<String, (i64, Vec<u8>)> = HashMap::new();
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let chain = chain_of(entry.place);
            let end = match ends.remove(&chain) {
                Some(end) => end,
                None => tx.audit_tail(&chain).await?.unwrap_or_default(),
            };
            let row = self.linked(entry, None, chain, end);
            ends.insert(row.chain.clone(), (row.seq, row.hash.clone()));
            rows.push(row);
        }
        Ok(tx.insert_audit(&rows).await?)
    }

    /// Writes down that somebody read one person: one row per reader, person and hour.
    pub(crate) async fn audit_read(
        &self,
        actor: &Actor,
        place: &Place,
        person_id: PersonId,
        action: &str,
    ) -> Result<()> {
        let hour = self.clock.now().0 / 3_600_000;
        let key = format!(
            "{action}:{}:{person_id}:{hour}",
            actor.number().map_or(0, |a| a.0)
        );
        self.append_read(
            Entry {
                actor,
                place,
                action,
                subject: person(person_id),
                detail: None,
            },
            key,
        )
        .await
    }

    /// Writes down that somebody opened a list: one row per reader, list and day.
    pub(crate) async fn audit_list(
        &self,
        actor: &Actor,
        place: &Place,
        subject: String,
        action: &str,
        today: Day,
    ) -> Result<()> {
        let key = format!(
            "{action}:{}:{subject}:{}",
            actor.number().map_or(0, |a| a.0),
            today.0
        );
        self.append_read(
            Entry {
                actor,
                place,
                action,
                subject,
                detail: None,
            },
            key,
        )
        .await
    }

    async fn append_read(&self, entry: Entry<'_>, key: String) -> Result<()> {
        if self.store.read().await?.has_read(&key).await? {
            return Ok(());
        }
        let chain = chain_of(entry.place);
        let mut tx = self.store.write_for(&[]).await?;
        tx.brings_no_news();
        tx.lock_names(&[&chain]).await?;
        if !tx.has_read(&key).await? {
            let end = tx.audit_tail(&chain).await?.unwrap_or_default();
            let row = self.linked(entry, Some(key), chain, end);
            tx.insert_audit(&[row]).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The row of an entry that follows the end of its chain: that end's number and hash.
    fn linked(
        &self,
        entry: Entry<'_>,
        read_key: Option<String>,
        chain: String,
        (last, hash): (i64, Vec<u8>),
    ) -> AuditRow {
        let seq = last + 1;
        let detail_enc = entry.detail.map(|(text, key)| {
            let table = format!("audit {chain}");
            key.unwrap_or(self.vault.general()).seal(
                &*self.entropy,
                Cell::new(&table, "detail_enc", seq),
                text.as_bytes(),
            )
        });
        let mut row = AuditRow {
            chain,
            seq,
            at: self.clock.now(),
            actor_kind: entry.actor.kind_word().into(),
            actor_id: entry.actor.number(),
            action: entry.action.into(),
            subject: entry.subject,
            read_key,
            detail_enc,
            hash: Vec::new(),
        };
        row.hash = hash_of(&hash, &row);
        row
    }

    /// The words of an entry, where they open with the general key or with the given one.
    pub(crate) fn audit_detail(&self, row: &AuditRow, key: Option<&CellKey>) -> Option<String> {
        let sealed = row.detail_enc.as_ref()?;
        let table = format!("audit {}", row.chain);
        let cell = Cell::new(&table, "detail_enc", row.seq);
        let plain = (self.vault.general().open(cell, sealed))
            .or_else(|error| key.map_or(Err(error), |key| key.open(cell, sealed)));
        plain.ok().and_then(|p| String::from_utf8(p).ok())
    }

    /// Signs the head of every chain for a day, and over them a manifest, so that a chain cannot vanish with its
    /// heads. What was signed earlier that day stays.
    pub async fn sign_audit_heads(&self, day: Day) -> Result<()> {
        let mut tx = self.store.read().await?;
        if tx.has_audit_head(MANIFEST, day).await? {
            return Ok(());
        }
        let tails = tx.audit_tails().await?;
        drop(tx);
        let sign = |(chain, seq, hash)| {
            let mut head = AuditHeadRow {
                chain,
                day,
                seq,
                hash,
                signature: Vec::new(),
            };
            head.signature = self.vault.sign(&head_message(&head));
            head
        };
        for some in tails.chunks(HEADS) {
            let heads: Vec<_> = some.iter().cloned().map(sign).collect();
            let mut tx = self.store.write().await?;
            // Another process may have signed meanwhile: no head comes after the manifest.
            if tx.has_audit_head(MANIFEST, day).await? {
                return Ok(());
            }
            tx.insert_audit_heads(&heads).await?;
            tx.commit().await?;
        }
        let mut tx = self.store.write().await?;
        if tx.has_audit_head(MANIFEST, day).await? {
            return Ok(());
        }
        let (seq, hash) = manifest(&tx.audit_heads_on(day).await?);
        let manifest = sign((MANIFEST.to_owned(), seq, hash));
        tx.insert_audit_heads(&[manifest]).await?;
        Ok(tx.commit().await?)
    }
}

/// Heads that one transaction keeps.
const HEADS: usize = 1_000;
/// The chain name of the manifests: one a day, over the heads of all chains.
const MANIFEST: &str = "*";

/// How many chains were signed on a day, and a hash over their heads.
fn manifest(heads: &[AuditHeadRow]) -> (i64, Vec<u8>) {
    let mut hash = Sha256::new();
    let mut count = 0;
    for head in heads.iter().filter(|h| h.chain != MANIFEST) {
        hash.update(head_message(head));
        count += 1;
    }
    (count, hash.finalize().to_vec())
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Chains walked.
    pub chains: usize,
    /// Rows whose hash was computed again.
    pub rows: u64,
    /// Signed heads checked.
    pub heads: usize,
    /// The last manifest: its day and hash. Kept elsewhere, it shows later that nothing was cut off since.
    pub manifest: Option<(Day, Vec<u8>)>,
    /// What does not fit, one sentence each; empty when all is well.
    pub faults: Vec<String>,
}

/// Rows read at a time.
const PAGE: i64 = 2_000;

/// Walks every chain of a database: gaps, hashes, and the signatures of the heads.
pub async fn verify(store: &Store, vault: &Vault) -> Result<Verified> {
    let mut found = Verified {
        chains: 0,
        rows: 0,
        heads: 0,
        manifest: None,
        faults: Vec::new(),
    };
    let mut tx = store.read().await?;
    for head in tx.audit_heads(MANIFEST).await? {
        let (count, hash) = manifest(&tx.audit_heads_on(head.day).await?);
        if !vault.verify(&head_message(&head), &head.signature) {
            found.faults.push(format!(
                "the manifest of {} is not signed by this key file",
                head.day
            ));
        } else if (count, &hash) != (head.seq, &head.hash) {
            found.faults.push(format!(
                "the chains signed on {} are not those of that day's manifest",
                head.day
            ));
        }
        found.manifest = Some((head.day, head.hash));
    }
    for chain in tx
        .audit_chains()
        .await?
        .into_iter()
        .filter(|c| c != MANIFEST)
    {
        found.chains += 1;
        let heads = tx.audit_heads(&chain).await?;
        let mut seen = std::collections::HashMap::new();
        let (mut seq, mut previous, mut at) = (0, Vec::new(), Millis(0));
        loop {
            let rows = tx.audit_after(&chain, seq, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                if row.seq != seq + 1 {
                    found.faults.push(format!(
                        "{chain}: rows {} to {} are missing",
                        seq + 1,
                        row.seq - 1
                    ));
                } else if hash_of(&previous, &row) != row.hash {
                    found
                        .faults
                        .push(format!("{chain}: row {} was changed", row.seq));
                }
                if row.at < at {
                    tracing::warn!(
                        chain,
                        seq = row.seq,
                        "the clock went back between two audit rows"
                    );
                }
                (seq, previous, at) = (row.seq, row.hash, row.at);
                if heads.iter().any(|h| h.seq == seq) {
                    seen.insert(seq, previous.clone());
                }
                found.rows += 1;
            }
        }
        for head in heads {
            found.heads += 1;
            if !vault.verify(&head_message(&head), &head.signature) {
                found.faults.push(format!(
                    "{chain}: the head of {} is not signed by this key file",
                    head.day
                ));
            } else if seen.get(&head.seq) != Some(&head.hash) {
                found.faults.push(format!(
                    "{chain}: row {} is not the one signed on {}",
                    head.seq, head.day
                ));
            }
        }
    }
    Ok(found)
}
