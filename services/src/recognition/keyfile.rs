//! Another issuer's key file: what is in it, whether it may be taken, and how it stands to what is known.

use super::content_of;
use crate::passes::KeySet;
use crate::records::{ListOf, ListUpload};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::Action;
use domain::ids::RegionCode;
use domain::pass::{ExchangeError, IssuerId, Jwk, KeyExchange, KeyId, Kind, OpenedExchange};
use domain::{Day, Millis, Text, Zone};
use std::collections::BTreeSet;
use store::{TrustedIssuerRow, Tx};

/// Largest key file that is taken, in bytes; ours has about four kilobytes.
pub(super) const FILE_BYTES: usize = 64 * 1_024;
/// Most keys in a file.
const KEYS_MAX: usize = 100;
/// Longest name of an issuer, in characters.
pub(super) const NAME_CHARS: usize = 60;
/// How far the other side's clock may be ahead.
const AHEAD: i64 = 10 * 60_000;

/// A key of another issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    /// Its number.
    pub id: KeyId,
    /// The kinds of pass that it may sign; empty for the key that signs the file.
    pub kinds: BTreeSet<Kind>,
    /// The schools that it may sign for; `None` for all.
    pub schools: Option<BTreeSet<u32>>,
    /// From when on it signs.
    pub from: Millis,
    /// Until when what it signed may be valid.
    pub until: Millis,
    /// When it was revoked.
    pub revoked: Option<Millis>,
}

/// How a file stands to what the region knows of its issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// The issuer is not in the list: the fingerprint has to be compared.
    New,
    /// A newer file, signed by the key that was compared: it is taken as it is.
    Renewal {
        /// When the known one was made.
        known: Millis,
        /// Keys that it adds.
        added: Vec<KeyId>,
        /// Keys that it revokes.
        revoked: Vec<KeyId>,
        /// Keys that it no longer has.
        gone: Vec<KeyId>,
    },
}

/// A key file that could be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFilePreview {
    /// The upload's number.
    pub staged: i64,
    /// The region whose bureau would take it, and its name.
    pub region: (RegionCode, Text),
    /// The issuer's number.
    pub issuer: IssuerId,
    /// What it calls itself.
    pub name: String,
    /// When it was made.
    pub made: Millis,
    /// The fingerprint of its long-lived key, in eight groups.
    pub groups: Vec<String>,
    /// Its keys.
    pub keys: Vec<KeyLine>,
    /// How it stands to what is known.
    pub kind: FileKind,
    /// What the region calls the issuer, where it is in the list.
    pub known_name: Option<String>,
    /// The zone of the region.
    pub zone: Zone,
    /// Today there.
    pub today: Day,
}

pub(super) fn key_lines(file: &KeyExchange) -> Vec<KeyLine> {
    let keys = file.jwks.keys.iter().filter_map(Jwk::trusted);
    let mut lines: Vec<_> = keys
        .map(|key| KeyLine {
            id: key.id(),
            from: key.from,
            until: key.until,
            revoked: key.revoked,
            kinds: key.scope.kinds,
            schools: key.scope.schools,
        })
        .collect();
    lines.sort_by_key(|line| (line.kinds.clone(), std::cmp::Reverse(line.from)));
    lines
}

/// The groups of a fingerprint, each with its place before it, as the form sends those that were ticked.
pub(super) fn marks(fingerprint: &str) -> BTreeSet<String> {
    (fingerprint.split(' ').enumerate())
        .map(|(index, group)| format!("{}-{group}", index + 1))
        .collect()
}

/// Opens a file and looks at everything that does not depend on what is known of its issuer.
pub(super) fn open_file(body: &str, own: &KeySet, now: Millis) -> Result<OpenedExchange> {
    if body.len() > FILE_BYTES {
        return Err(Refusal::IssuerFileInvalid.into());
    }
    let opened = KeyExchange::open(body, now).map_err(|error| {
        Error::from(match error {
            ExchangeError::Malformed => Refusal::IssuerFileInvalid,
            ExchangeError::BadSignature => Refusal::IssuerFileForged,
            ExchangeError::WrongKey => Refusal::IssuerFileSigner,
        })
    })?;
    let file = &opened.file;
    let keys: Vec<_> = file.jwks.keys.iter().filter_map(Jwk::trusted).collect();
    let name_is_fit =
        file.name.chars().count() <= NAME_CHARS && !file.name.contains(char::is_control);
    let refusal =
        if file.issuer == own.issuer || keys.iter().any(|k| own.ring.get(k.id()).is_some()) {
            Refusal::IssuerFileOurs
        } else if file
            .jwks
            .keys
            .iter()
            .any(|key| key.fx_issuer != file.issuer)
        {
            Refusal::IssuerFileMixed
        } else if keys.len() > KEYS_MAX || !name_is_fit {
            Refusal::IssuerFileInvalid
        } else if file.iat.saturating_mul(1_000) > now.0 + AHEAD {
            Refusal::IssuerFileFuture
        } else if !keys.iter().any(|key| {
            (key.scope.kinds.contains(&Kind::Live) || key.scope.kinds.contains(&Kind::DayLetter))
                && key.revoked.is_none()
                && now < key.until
        }) {
            Refusal::IssuerFileEmpty
        } else {
            return Ok(opened);
        };
    Err(refusal.into())
}

impl Services {
    /// Reads an uploaded key file, keeps it for two hours and gives its number. Nobody is trusted by it yet.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions; [`Refusal`]s beginning with `IssuerFile`, and
    /// [`Refusal::IssuerKeyChanged`], where it may not be taken.
    pub async fn upload_key_file(
        &self,
        actor: &Actor,
        region: &RegionCode,
        file_name: &str,
        bytes: Vec<u8>,
    ) -> Result<i64> {
        self.require_list(actor, region, ListOf::Keys).await?;
        let body = std::str::from_utf8(&bytes).map_err(|_| Refusal::IssuerFileInvalid)?;
        let mut tx = self.store.read().await?;
        let opened = open_file(body, &*self.pass_keys().await?, self.clock.now())?;
        self.standing(&mut tx, region, &opened).await?;
        drop(tx);
        let upload = ListUpload {
            of: ListOf::Keys,
            authority: String::new(),
            file_name: file_name.to_owned(),
            bytes,
        };
        self.stage_list(actor, region, &upload).await
    }

    /// What a kept upload would do.
    ///
    /// # Errors
    /// As [`Self::upload_key_file`], and [`Refusal::UploadGone`].
    pub async fn preview_key_file(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
    ) -> Result<KeyFilePreview> {
        let mut tx = self.store.read().await?;
        let (_, opened, known) = self.staged_key_file(&mut tx, actor, region, staged).await?;
        let kind = self.standing(&mut tx, region, &opened).await?;
        let zone = self.zone_of_region(&mut tx, region).await?;
        Ok(KeyFilePreview {
            zone,
            today: zone.day_of(self.clock.now()),
            staged,
            region: (region.clone(), self.region_name(&mut tx, region).await?),
            issuer: opened.file.issuer,
            name: opened.file.name.clone(),
            made: Millis(opened.file.iat.saturating_mul(1_000)),
            groups: opened.fingerprint.split(' ').map(str::to_owned).collect(),
            keys: key_lines(&opened.file),
            known_name: known.filter(|row| row.step != "remove").map(|row| row.name),
            kind,
        })
    }

    /// Forgets a kept upload.
    pub async fn discard_key_file(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
    ) -> Result<()> {
        self.discard_list(actor, region, ListOf::Keys, staged).await
    }

    /// A kept upload, opened, with what the region last said about its issuer.
    pub(super) async fn staged_key_file(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
    ) -> Result<(String, OpenedExchange, Option<TrustedIssuerRow>)> {
        let place = self.place_of_region(tx, region).await?;
        actor.require(Action::TrustIssuers, &place)?;
        let upload = self
            .staged_list_of(tx, actor, region, ListOf::Keys, staged)
            .await?;
        let body = String::from_utf8(upload.bytes).map_err(|_| Refusal::IssuerFileInvalid)?;
        let opened = open_file(&body, &*self.pass_keys().await?, self.clock.now())?;
        let known = self.newest(tx, region, opened.file.issuer).await?;
        Ok((body, opened, known))
    }

    /// What a region last said about an issuer.
    pub(super) async fn newest(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        issuer: IssuerId,
    ) -> Result<Option<TrustedIssuerRow>> {
        let steps = tx
            .trusted_issuer_steps(region, issuer.number().into())
            .await?;
        Ok(steps.into_iter().next())
    }

    /// How a file stands to what a region knows of its issuer.
    ///
    /// # Errors
    /// [`Refusal::IssuerKeyChanged`] and [`Refusal::IssuerFileOld`].
    pub(super) async fn standing(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        opened: &OpenedExchange,
    ) -> Result<FileKind> {
        let known = self.newest(tx, region, opened.file.issuer).await?;
        let Some(known) = known.filter(|row| row.step != "remove") else {
            return Ok(FileKind::New);
        };
        let row = self.file_of_row(tx, &known).await?;
        let old = content_of(&row)?;
        if row.fingerprint != opened.fingerprint {
            return Err(Refusal::IssuerKeyChanged.into());
        }
        if opened.file.iat <= row.made_s {
            return Err(Refusal::IssuerFileOld.into());
        }
        let (before, after) = (key_lines(&old), key_lines(&opened.file));
        let has = |lines: &[KeyLine], id: KeyId| lines.iter().any(|line| line.id == id);
        let was_revoked = |id: KeyId| {
            let same = before.iter().find(|line| line.id == id);
            same.is_some_and(|line| line.revoked.is_some())
        };
        let ids = |lines: Vec<&KeyLine>| lines.into_iter().map(|line| line.id).collect();
        Ok(FileKind::Renewal {
            known: Millis(row.made_s.saturating_mul(1_000)),
            added: ids(after.iter().filter(|l| !has(&before, l.id)).collect()),
            revoked: ids((after.iter())
                .filter(|l| l.revoked.is_some() && !was_revoked(l.id))
                .collect()),
            gone: ids(before.iter().filter(|l| !has(&after, l.id)).collect()),
        })
    }
}
