//! Recognition of other issuers: which of them a region trusts, by which rules, and what that means at a school.
//!
//! A region's own list and rules and those of every region around it apply together. Lists are combined, and rules
//! are all asked, so that a region below can be stricter than those above, and never looser.

mod accept;
mod inspect;
mod issuers;
mod keyfile;
mod public;
mod rules;
mod visitors;

pub use accept::{NewTrust, TRUST_DAYS_MAX, TrustFault};
pub use inspect::RegionSays;
pub use issuers::{
    ISSUERS_PAGE, IssuerHistory, IssuerLine, IssuerState, IssuerView, IssuersPage, TrustStep,
};
pub use keyfile::{FileKind, KeyFilePreview, KeyLine};
pub use public::{OwnSide, PublicIssuer, PublicRecognition, PublicRule};
pub use rules::{
    EditedRule, RulesHistory, RulesOfRegion, RulesView, SamplePass, Saved as SavedRules, Tried,
};

use crate::{Error, Result, Services};
use domain::gate::{TrustedIssuer, VisitorPolicy};
use domain::ids::{RegionCode, SchoolId};
use domain::pass::{IssuerId, JwkSet, KeyExchange, KeyScope, Kind};
use domain::recognition::{
    NotRecognised, Recognised, RecognitionRule, RuleFile, Trust, combine, recognise,
};
use domain::{Day, Millis};
use std::collections::BTreeSet;
use store::{KeyFileRow, RecognitionRulesRow, TrustedIssuerRow, Tx};

/// The kinds of pass that can be recognised, with the word that tables have for each.
const KINDS: [(Kind, &str); 2] = [(Kind::Live, "live"), (Kind::DayLetter, "day_letter")];

fn kinds_text(kinds: &BTreeSet<Kind>) -> String {
    let words = KINDS.iter().filter(|(kind, _)| kinds.contains(kind));
    words.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn schools_text(schools: Option<&BTreeSet<u32>>) -> String {
    let numbers = schools.into_iter().flatten().map(u32::to_string);
    numbers.collect::<Vec<_>>().join(" ")
}

/// The scope of a stored row.
fn scope_of(row: &TrustedIssuerRow) -> KeyScope {
    let words: Vec<_> = row.kinds.split_whitespace().collect();
    let schools: BTreeSet<u32> = (row.schools.split_whitespace())
        .filter_map(|number| number.parse().ok())
        .collect();
    KeyScope {
        kinds: (KINDS.iter())
            .filter(|(_, word)| words.contains(word))
            .map(|(kind, _)| *kind)
            .collect(),
        // What cannot be read limits to nothing, never to everything.
        schools: (!row.schools.trim().is_empty()).then_some(schools),
    }
}

fn issuer_of(number: i64) -> Result<IssuerId> {
    u32::try_from(number)
        .ok()
        .and_then(|number| IssuerId::try_from(number).ok())
        .ok_or_else(|| Error::internal(format!("{number} is no issuer")))
}

/// The content of an accepted key file. Its signature was checked when it was accepted; its signer may have ended
/// since, which takes nothing from it.
fn content_of(row: &KeyFileRow) -> Result<KeyExchange> {
    KeyExchange::open(&row.body, row.accepted_at)
        .map(|opened| opened.file)
        .map_err(|e| Error::internal(format!("accepted key file {}: {e}", row.file_id)))
}

/// The rules of a stored version that are switched on.
fn rules_in(row: &RecognitionRulesRow) -> Result<Vec<RecognitionRule>> {
    let file: RuleFile = serde_json::from_str(&row.body)
        .map_err(|e| Error::internal(format!("rules of recognition of {}: {e}", row.owner_code)))?;
    let on = file.rules.into_iter().filter(|kept| kept.on);
    Ok(on.map(|kept| kept.rule).collect())
}

impl Services {
    /// What a school's gates take along: what it does with visitors, whom it recognises, and by which rules. Keys
    /// that have ended or were revoked are left out.
    pub async fn gate_trust(
        &self,
        tx: &mut Tx,
        school: SchoolId,
    ) -> Result<(VisitorPolicy, Vec<TrustedIssuer>, Vec<RecognitionRule>)> {
        let region = self.school_info(tx, school).await?.row.region_code.clone();
        let now = self.clock.now();
        let trust = self.trust_in(tx, &region, now).await?;
        let rules = self.rules_for(tx, &region, now).await?;
        let policy = self.visitor_policy(tx, school).await?;
        let trust = trust.into_iter().map(TrustedIssuer::without_revoked);
        Ok((policy, trust.collect(), rules))
    }

    /// Whether a pass that somebody else signed counts at a school at a moment; the check of whoever is online.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where there is no such school. What speaks against the pass is the inner error.
    pub async fn verify_foreign(
        &self,
        text: &str,
        school: SchoolId,
        now: Millis,
    ) -> Result<std::result::Result<Recognised, NotRecognised>> {
        let mut tx = self.store.read().await?;
        let info = self.school_info(&mut tx, school).await?;
        let today = info.zone.day_of(now);
        self.recognise_in(&mut tx, text, &info.row.region_code, (now, today))
            .await
    }

    /// The same for any school of a region.
    async fn recognise_in(
        &self,
        tx: &mut Tx,
        text: &str,
        region: &RegionCode,
        at: (Millis, Day),
    ) -> Result<std::result::Result<Recognised, NotRecognised>> {
        let trust = self.trust_in(tx, region, at.0).await?;
        let rules = self.rules_for(tx, region, at.0).await?;
        Ok(recognise(text, &trust, &rules, at))
    }

    /// Whom a region's schools trust at a moment, revoked keys included.
    async fn trust_in(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        now: Millis,
    ) -> Result<Vec<TrustedIssuer>> {
        let mut lists = Vec::new();
        for row in tx.trusted_issuers_for(region).await? {
            if row.step != "remove" {
                lists.push(self.trust_of(tx, &row).await?);
            }
        }
        let own = self.pass_keys().await?;
        Ok(combine(lists, (own.issuer, &own.ring), now))
    }

    async fn trust_of(&self, tx: &mut Tx, row: &TrustedIssuerRow) -> Result<Trust> {
        let file = self.file_of_row(tx, row).await?;
        Ok(Trust {
            issuer: issuer_of(row.issuer)?,
            name: row.name.clone(),
            region: row.region_code.clone(),
            from: row.from_at,
            until: row.until_at,
            scope: scope_of(row),
            made: file.made_s,
            keys: JwkSet {
                keys: content_of(&file)?.jwks.keys,
            },
            fingerprint: file.fingerprint,
        })
    }

    async fn file_of_row(&self, tx: &mut Tx, row: &TrustedIssuerRow) -> Result<KeyFileRow> {
        let file = tx.key_file(row.file_id).await?;
        file.ok_or_else(|| Error::internal(format!("key file {} is missing", row.file_id)))
    }

    /// The rules that judge foreign passes in a region at a moment, those of the widest region first.
    async fn rules_for(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        now: Millis,
    ) -> Result<Vec<RecognitionRule>> {
        let rows = tx.recognition_rules_for(region, now).await?;
        let mut rules = Vec::new();
        for row in &rows {
            rules.extend(rules_in(row)?);
        }
        Ok(rules)
    }
}
