//! The list of trusted issuers as a bureau sees it, and one of them with its history.

use super::accept::note_cell;
use super::keyfile::{KeyLine, key_lines};
use super::{content_of, issuer_of, scope_of};
use crate::vault::Cell;
use crate::{Actor, Error, Result, Services};
use domain::access::Action;
use domain::ids::RegionCode;
use domain::pass::{IssuerId, KeyScope, Kind};
use domain::{Day, Millis, Text, Zone};
use store::{TrustedIssuerRow, Tx};

/// Issuers on a page.
pub const ISSUERS_PAGE: usize = 30;
/// How long before the end of an issuer's time or keys a bureau is warned.
const WARNED: i64 = 30 * 86_400_000;

/// Where an issuer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssuerState {
    /// Trusted.
    Trusted,
    /// Trusted, but its time ends soon.
    EndsSoon,
    /// Trusted, but the last key that signs what is recognised ends soon: a newer key file is needed.
    KeysEndSoon,
    /// Its last key has ended: its passes are refused until a newer key file comes.
    KeysEnded,
    /// Its fingerprint differs from the one that a region around has compared: nobody trusts it.
    Disputed,
    /// Its first day is still to come.
    Coming,
    /// Its last day is over.
    Ended,
    /// Removed.
    Removed,
}

/// An issuer in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerLine {
    /// Its number.
    pub issuer: IssuerId,
    /// What the bureau calls it.
    pub name: String,
    /// The issuer's region, and the full name of it.
    pub region: (RegionCode, Text),
    /// The first and the last day.
    pub days: (Day, Day),
    /// The kinds and schools.
    pub scope: KeyScope,
    /// Where it stands.
    pub state: IssuerState,
    /// In whose list it is.
    pub owner: (RegionCode, Text),
    /// Whether it is in the list of the region that is looked at.
    pub is_own: bool,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuersPage {
    /// The region's name.
    pub region: Text,
    /// Those asked for.
    pub issuers: Vec<IssuerLine>,
    /// How many there are over all pages.
    pub total: usize,
    /// How many of the region's own need somebody's attention.
    pub to_see_to: usize,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrustStep {
    /// It was compared and trusted.
    Trust,
    /// A newer key file was taken.
    Renew,
    /// How far it is trusted was changed.
    Change,
    /// It was removed.
    Remove,
    /// The removal was taken back.
    Restore,
}

impl TrustStep {
    fn parse(word: &str) -> Result<Self> {
        Ok(match word {
            "trust" => Self::Trust,
            "renew" => Self::Renew,
            "change" => Self::Change,
            "remove" => Self::Remove,
            "restore" => Self::Restore,
            other => return Err(Error::internal(format!("unknown step of trust: {other}"))),
        })
    }
}

/// A line of an issuer's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerHistory {
    /// What was done.
    pub step: TrustStep,
    /// When.
    pub at: Millis,
    /// Who; `None` for a command.
    pub by: Option<String>,
    /// With whom it was compared, or why it was removed.
    pub note: Option<String>,
    /// How far it was trusted from then on.
    pub days: (Day, Day),
    /// The kinds and schools.
    pub scope: KeyScope,
}

/// One issuer of a region's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerView {
    /// As in the list.
    pub line: IssuerLine,
    /// Grows with every change; forms send it back.
    pub version: i64,
    /// Today in the region.
    pub today: Day,
    /// The zone in which its moments are shown.
    pub zone: Zone,
    /// The fingerprint that was compared.
    pub fingerprint: String,
    /// When its newest key file was made.
    pub made: Millis,
    /// Its keys.
    pub keys: Vec<KeyLine>,
    /// What was done, the newest first.
    pub history: Vec<IssuerHistory>,
}

impl Services {
    /// A page of the issuers that count for a region's schools: its own list and those around it. `search` is a part
    /// of the name, the number or the region.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn trusted_issuers(
        &self,
        actor: &Actor,
        region: &RegionCode,
        search: &str,
        skip: usize,
    ) -> Result<IssuersPage> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::TrustIssuers, &place)?;
        let lines = self.issuer_lines(&mut tx, region).await?;
        let to_see_to = (lines.iter())
            .filter(|line| line.is_own && line.state.needs_attention())
            .count();
        let search = search.trim().to_lowercase();
        let fits = |line: &IssuerLine| line.fits(&search);
        let found: Vec<_> = lines.into_iter().filter(fits).collect();
        Ok(IssuersPage {
            region: self.region_name(&mut tx, region).await?,
            total: found.len(),
            issuers: found.into_iter().skip(skip).take(ISSUERS_PAGE).collect(),
            to_see_to,
        })
    }

    /// One issuer of a region's own list.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions, [`Error::NotFound`] where it was never in the list.
    pub async fn trusted_issuer(
        &self,
        actor: &Actor,
        region: &RegionCode,
        issuer: IssuerId,
    ) -> Result<IssuerView> {
        let mut tx = self.store.read().await?;
        let place = self.place_of_region(&mut tx, region).await?;
        actor.require(Action::TrustIssuers, &place)?;
        let steps = tx
            .trusted_issuer_steps(region, issuer.number().into())
            .await?;
        let row = steps.first().cloned().ok_or(Error::NotFound)?;
        let zone = self.zone_of_region(&mut tx, region).await?;
        let file = self.file_of_row(&mut tx, &row).await?;
        let mut history = Vec::new();
        for step in &steps {
            history.push(IssuerHistory {
                step: TrustStep::parse(&step.step)?,
                at: step.at,
                by: self.holder_name(&mut tx, step.account_id).await?,
                note: self.note_of(step),
                days: days_of(step, zone),
                scope: scope_of(step),
            });
        }
        let lines = self.issuer_lines(&mut tx, region).await?;
        let line = lines
            .into_iter()
            .find(|line| line.is_own && line.issuer == issuer)
            .ok_or(Error::NotFound)?;
        Ok(IssuerView {
            line,
            version: row.version,
            today: zone.day_of(self.clock.now()),
            zone,
            fingerprint: file.fingerprint.clone(),
            made: Millis(file.made_s.saturating_mul(1_000)),
            keys: key_lines(&content_of(&file)?),
            history,
        })
    }

    fn note_of(&self, row: &TrustedIssuerRow) -> Option<String> {
        let mut table = String::new();
        let number = note_cell(&mut table, row);
        let sealed = row.note_enc.as_ref()?;
        let cell = Cell::new(&table, "note_enc", number);
        let plain = self.vault.general().open(cell, sealed).ok()?;
        String::from_utf8(plain).ok()
    }

    /// Every issuer in the lists of a region and of those around it: those that need attention first.
    async fn issuer_lines(&self, tx: &mut Tx, region: &RegionCode) -> Result<Vec<IssuerLine>> {
        let rows = tx.trusted_issuers_for(region).await?;
        let mut prints = Vec::new();
        for row in rows.iter().filter(|row| row.step != "remove") {
            prints.push((row.issuer, self.file_of_row(tx, row).await?.fingerprint));
        }
        let now = self.clock.now();
        let zone = self.zone_of_region(tx, region).await?;
        let mut lines = Vec::new();
        for row in rows {
            let names = self.region_names_in(tx, [row.region_code.clone()]).await?;
            let name = names.into_values().next().unwrap_or_default();
            let mut known = prints.iter().filter(|(issuer, _)| *issuer == row.issuer);
            let first = known.next();
            let is_disputed = known.any(|print| Some(print) != first);
            lines.push(IssuerLine {
                issuer: issuer_of(row.issuer)?,
                state: self.state_of(tx, &row, is_disputed, now).await?,
                days: days_of(&row, zone),
                scope: scope_of(&row),
                owner: (
                    row.owner_code.clone(),
                    self.region_name(tx, &row.owner_code).await?,
                ),
                is_own: row.owner_code == *region,
                name: row.name,
                region: (row.region_code, name),
            });
        }
        lines.sort_by_key(|line| (line.state.rank(), line.name.clone(), line.issuer));
        Ok(lines)
    }

    async fn state_of(
        &self,
        tx: &mut Tx,
        row: &TrustedIssuerRow,
        is_disputed: bool,
        now: Millis,
    ) -> Result<IssuerState> {
        let file = self.file_of_row(tx, row).await?;
        let recognised = [Kind::Live, Kind::DayLetter];
        let keys_end = key_lines(&content_of(&file)?)
            .into_iter()
            .filter(|key| key.revoked.is_none())
            .filter(|key| recognised.iter().any(|kind| key.kinds.contains(kind)))
            .map(|key| key.until)
            .max();
        let soon = Millis(now.0 + WARNED);
        Ok(if row.step == "remove" {
            IssuerState::Removed
        } else if now >= row.until_at {
            IssuerState::Ended
        } else if is_disputed {
            IssuerState::Disputed
        } else if keys_end.is_none_or(|end| end <= now) {
            IssuerState::KeysEnded
        } else if now < row.from_at {
            IssuerState::Coming
        } else if row.until_at < soon {
            IssuerState::EndsSoon
        } else if keys_end.is_some_and(|end| end < soon) {
            IssuerState::KeysEndSoon
        } else {
            IssuerState::Trusted
        })
    }
}

/// The first and the last day of a row.
fn days_of(row: &TrustedIssuerRow, zone: Zone) -> (Day, Day) {
    (
        zone.day_of(row.from_at),
        zone.day_of(Millis(row.until_at.0 - 1)),
    )
}

impl IssuerState {
    /// Whether somebody has to do something about it.
    pub fn needs_attention(self) -> bool {
        matches!(
            self,
            Self::EndsSoon | Self::KeysEndSoon | Self::KeysEnded | Self::Disputed | Self::Ended
        )
    }

    fn rank(self) -> u8 {
        match self {
            Self::Removed => 2,
            _ if self.needs_attention() => 0,
            _ => 1,
        }
    }
}

impl IssuerLine {
    /// Whether a lower-case text is part of its name, number or region.
    fn fits(&self, search: &str) -> bool {
        self.name.to_lowercase().contains(search)
            || self.issuer.to_string().contains(search)
            || self.region.0.as_str().starts_with(search)
            || self.region.1.zh.contains(search)
            || self.region.1.en.to_lowercase().contains(search)
    }
}
