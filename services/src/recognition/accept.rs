//! Trusting another issuer, renewing its keys, changing how far it is trusted, removing it and taking that back.
//!
//! One administrator of a bureau suffices: the second pair of eyes is the other bureau's, at the telephone.

use super::keyfile::{FileKind, NAME_CHARS, marks};
use super::{KINDS, content_of, kinds_text, schools_text};
use crate::audit::Entry;
use crate::vault::Cell;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::ids::RegionCode;
use domain::pass::{IssuerId, Kind, OpenedExchange};
use domain::{Day, Millis};
use std::collections::BTreeSet;
use store::{KeyFileRow, StoreError, TrustedIssuerRow, Tx};

/// The longest time for which an issuer is trusted without anybody looking again, in days from today.
pub const TRUST_DAYS_MAX: i32 = 400;
/// Most schools that a scope names.
const SCHOOLS_MAX: usize = 500;
/// Whom a fingerprint was compared with, in characters.
const WITH_CHARS: std::ops::RangeInclusive<usize> = 2..=60;
/// Why an issuer is removed, in characters.
const WHY_CHARS: std::ops::RangeInclusive<usize> = 4..=200;

/// How far an issuer is to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTrust {
    /// What people here call it.
    pub name: String,
    /// The issuer's region.
    pub region: RegionCode,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
    /// The kinds of pass: live passes, day letters, or both.
    pub kinds: BTreeSet<Kind>,
    /// The numbers of its schools; `None` for all.
    pub schools: Option<BTreeSet<u32>>,
}

/// What cannot be about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrustFault {
    /// Empty or too long.
    Name,
    /// Further ahead than [`TRUST_DAYS_MAX`].
    From,
    /// Before the first day, before today, or further ahead than [`TRUST_DAYS_MAX`].
    Until,
    /// None, or a printed card.
    Kinds,
    /// None, or too many.
    Schools,
}

impl NewTrust {
    /// What cannot be; empty when all can.
    pub fn faults(&self, today: Day) -> Vec<TrustFault> {
        let name = self.name.trim();
        let last = today.plus(TRUST_DAYS_MAX);
        let is_name =
            (1..=NAME_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control);
        let is_kind = |kind| KINDS.iter().any(|(known, _)| known == kind);
        let schools = self.schools.as_ref().map(BTreeSet::len);
        [
            (TrustFault::Name, is_name),
            (TrustFault::From, self.from <= last),
            (
                TrustFault::Until,
                self.until >= self.from && self.until >= today && self.until <= last,
            ),
            (
                TrustFault::Kinds,
                !self.kinds.is_empty() && self.kinds.iter().all(is_kind),
            ),
            (
                TrustFault::Schools,
                schools.is_none_or(|count| (1..=SCHOOLS_MAX).contains(&count)),
            ),
        ]
        .into_iter()
        .filter(|(_, fits)| !fits)
        .map(|(fault, _)| fault)
        .collect()
    }
}

/// The cell of a step's note.
pub(super) fn note_cell(table: &mut String, row: &TrustedIssuerRow) -> i64 {
    *table = format!("trusted_issuer {} {}", row.owner_code, row.issuer);
    row.version
}

impl Services {
    /// Trusts the issuer of a kept upload, whose fingerprint was compared: `compared` has each of its eight groups
    /// as `1-ab12`, `with` the name of whoever read them out at the telephone.
    ///
    /// # Errors
    /// As [`Self::preview_key_file`]; [`Refusal::FingerprintNotCompared`], [`Refusal::FieldInvalid`] (see
    /// [`NewTrust::faults`]), [`Refusal::RegionUnknown`], [`Refusal::TrustStale`].
    pub async fn trust_issuer(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
        new: &NewTrust,
        (compared, with): (&BTreeSet<String>, &str),
    ) -> Result<IssuerId> {
        let mut tx = self.store.write().await?;
        let (body, opened, known) = self.staged_key_file(&mut tx, actor, region, staged).await?;
        if self.standing(&mut tx, region, &opened).await? != FileKind::New {
            return Err(Refusal::TrustStale.into());
        }
        if *compared != marks(&opened.fingerprint) {
            return Err(Refusal::FingerprintNotCompared.into());
        }
        let with = with.trim();
        if !WITH_CHARS.contains(&with.chars().count()) {
            return Err(Refusal::FieldInvalid.into());
        }
        let file = self.accepted(actor, region, &opened, &body, "compared")?;
        tx.insert_key_file(&file).await?;
        let row = self
            .trust_row(&mut tx, region, new, known.as_ref(), &file)
            .await?;
        self.put_trust(&mut tx, actor, row, "trust", Some(with))
            .await?;
        tx.delete_staged_list(staged).await?;
        tx.commit().await?;
        Ok(opened.file.issuer)
    }

    /// Takes a newer key file of a trusted issuer, signed by the key that was compared.
    ///
    /// # Errors
    /// As [`Self::preview_key_file`]; [`Refusal::TrustStale`] where the issuer is not trusted any more.
    pub async fn renew_issuer(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
    ) -> Result<IssuerId> {
        let mut tx = self.store.write().await?;
        let (body, opened, known) = self.staged_key_file(&mut tx, actor, region, staged).await?;
        let is_renewal = self.standing(&mut tx, region, &opened).await? != FileKind::New;
        let known = known.filter(|_| is_renewal).ok_or(Refusal::TrustStale)?;
        let file = self.accepted(actor, region, &opened, &body, "renewed")?;
        tx.insert_key_file(&file).await?;
        let row = TrustedIssuerRow {
            file_id: file.file_id,
            ..known
        };
        self.put_trust(&mut tx, actor, row, "renew", None).await?;
        tx.delete_staged_list(staged).await?;
        tx.commit().await?;
        Ok(opened.file.issuer)
    }

    /// Changes how far an issuer is trusted: its name, region, time and scope.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not in the list; as [`Self::trust_issuer`].
    pub async fn change_issuer(
        &self,
        actor: &Actor,
        region: &RegionCode,
        (issuer, seen): (IssuerId, i64),
        new: &NewTrust,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let known = self.listed(&mut tx, actor, region, (issuer, seen)).await?;
        if known.step == "remove" {
            return Err(Refusal::TrustStale.into());
        }
        let file = self.file_of_row(&mut tx, &known).await?;
        let row = self
            .trust_row(&mut tx, region, new, Some(&known), &file)
            .await?;
        self.put_trust(&mut tx, actor, row, "change", None).await?;
        Ok(tx.commit().await?)
    }

    /// Stops trusting an issuer; its passes are refused from now on. [`Self::restore_issuer`] takes it back.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Refusal::NoteNeeded`] without a reason, [`Refusal::TrustStale`].
    pub async fn remove_issuer(
        &self,
        actor: &Actor,
        region: &RegionCode,
        which: (IssuerId, i64),
        why: &str,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let known = self.listed(&mut tx, actor, region, which).await?;
        if known.step == "remove" {
            return Err(Refusal::TrustStale.into());
        }
        let why = why.trim();
        if !WHY_CHARS.contains(&why.chars().count()) {
            return Err(Refusal::NoteNeeded.into());
        }
        self.put_trust(&mut tx, actor, known, "remove", Some(why))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Trusts an issuer again, as it was before it was removed.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Refusal::TrustStale`] where it is not removed.
    pub async fn restore_issuer(
        &self,
        actor: &Actor,
        region: &RegionCode,
        which: (IssuerId, i64),
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        let known = self.listed(&mut tx, actor, region, which).await?;
        if known.step != "remove" {
            return Err(Refusal::TrustStale.into());
        }
        self.put_trust(&mut tx, actor, known, "restore", None)
            .await?;
        Ok(tx.commit().await?)
    }

    /// A key file as it is kept; it opens again.
    fn accepted(
        &self,
        actor: &Actor,
        region: &RegionCode,
        opened: &OpenedExchange,
        body: &str,
        way: &str,
    ) -> Result<KeyFileRow> {
        let row = KeyFileRow {
            file_id: self.next_id(),
            owner_code: region.clone(),
            issuer: opened.file.issuer.number().into(),
            fingerprint: opened.fingerprint.clone(),
            made_s: opened.file.iat,
            way: way.into(),
            body: body.trim().to_owned(),
            accepted_at: self.clock.now(),
            accepted_by: actor.id(),
        };
        content_of(&row)?;
        Ok(row)
    }

    /// What a region last said about an issuer in its list, as the actor has seen it.
    async fn listed(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        region: &RegionCode,
        (issuer, seen): (IssuerId, i64),
    ) -> Result<TrustedIssuerRow> {
        let place = self.place_of_region(tx, region).await?;
        actor.require(Action::TrustIssuers, &place)?;
        let known = self
            .newest(tx, region, issuer)
            .await?
            .ok_or(Error::NotFound)?;
        if known.version == seen {
            Ok(known)
        } else {
            Err(Refusal::TrustStale.into())
        }
    }

    /// A row that says how far an issuer is trusted; its step, moment and note follow when it is kept.
    async fn trust_row(
        &self,
        tx: &mut Tx,
        owner: &RegionCode,
        new: &NewTrust,
        known: Option<&TrustedIssuerRow>,
        file: &KeyFileRow,
    ) -> Result<TrustedIssuerRow> {
        if tx.region(&new.region).await?.is_none() {
            return Err(Refusal::RegionUnknown.into());
        }
        let today = self.today_in(tx, owner).await?;
        if !new.faults(today).is_empty() {
            return Err(Refusal::FieldInvalid.into());
        }
        let zone = self.zone_of_region(tx, owner).await?;
        Ok(TrustedIssuerRow {
            owner_code: owner.clone(),
            issuer: file.issuer,
            version: known.map_or(0, |row| row.version),
            step: String::new(),
            name: new.name.trim().to_owned(),
            region_code: new.region.clone(),
            from_at: zone.at(new.from, 0),
            until_at: zone.at(new.until.next(), 0),
            kinds: kinds_text(&new.kinds),
            schools: schools_text(new.schools.as_ref()),
            file_id: file.file_id,
            at: Millis(0),
            account_id: None,
            note_enc: None,
        })
    }

    /// Keeps a step, the one after `row`'s version, and writes it down.
    async fn put_trust(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        mut row: TrustedIssuerRow,
        step: &str,
        note: Option<&str>,
    ) -> Result<()> {
        row.version += 1;
        step.clone_into(&mut row.step);
        row.at = self.clock.now();
        row.account_id = actor.id();
        let mut table = String::new();
        let number = note_cell(&mut table, &row);
        row.note_enc = note.map(|note| {
            let cell = Cell::new(&table, "note_enc", number);
            let general = self.vault.general();
            general.seal(&*self.entropy, cell, note.as_bytes())
        });
        match tx.insert_trusted_issuer(&row).await {
            Err(StoreError::Conflict) => return Err(Refusal::TrustStale.into()),
            done => done?,
        }
        let detail = format!(
            "{} {}; {}; {}; {}",
            row.issuer,
            row.name,
            row.kinds,
            if row.schools.is_empty() {
                "*"
            } else {
                &row.schools
            },
            note.unwrap_or_default()
        );
        let entry = Entry {
            actor,
            place: &Place::region(row.owner_code.clone()),
            action: &format!("issuer.{step}"),
            subject: format!("issuer:{}", row.issuer),
            detail: Some((&detail, None)),
        };
        self.audit(tx, entry).await
    }
}
