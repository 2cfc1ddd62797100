//! The lists of trusted issuers of several regions, as one.

use crate::Millis;
use crate::gate::TrustedIssuer;
use crate::ids::RegionCode;
use crate::pass::{IssuerId, Jwk, JwkSet, KeyRing, KeyScope, Kind};
use std::collections::BTreeMap;

/// An issuer in the list of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Its number.
    pub issuer: IssuerId,
    /// What our bureau calls it.
    pub name: String,
    /// Its region.
    pub region: RegionCode,
    /// From when on it is trusted.
    pub from: Millis,
    /// Until when.
    pub until: Millis,
    /// The kinds of pass and the schools for which it is trusted. Cards are never recognised, whatever this says.
    pub scope: KeyScope,
    /// The fingerprint of its long-lived key, which people have compared.
    pub fingerprint: String,
    /// When its newest accepted key file was made, in seconds since 1970.
    pub made: i64,
    /// The keys of that file.
    pub keys: JwkSet,
}

/// Which of its keys are handed on: the kinds that another issuer's pass may have.
const RECOGNISED: [Kind; 2] = [Kind::Live, Kind::DayLetter];

/// What the lists of all regions around a school come to at a moment, by issuer.
///
/// An issuer in several lists is trusted as far as all of them go: for the kinds, schools and time that they share,
/// and not at all where they have compared different fingerprints. Its newest key file counts, and a key that one
/// of the files revokes is revoked. Entries out of their time say nothing. Our own number and keys are never a
/// foreign issuer's. Keys that sign nothing recognised stay, with no kinds, so that a card can be told for what it is.
pub fn combine(
    lists: impl IntoIterator<Item = Trust>,
    own: (IssuerId, &KeyRing),
    now: Millis,
) -> Vec<TrustedIssuer> {
    let mut by_issuer: BTreeMap<IssuerId, Vec<Trust>> = BTreeMap::new();
    for trust in lists {
        let is_in_force = trust.from <= now && now < trust.until;
        if is_in_force && trust.issuer != own.0 {
            by_issuer.entry(trust.issuer).or_default().push(trust);
        }
    }
    by_issuer
        .into_values()
        .filter_map(|entries| one_of(&entries, own.1, now))
        .collect()
}

fn one_of(entries: &[Trust], own: &KeyRing, now: Millis) -> Option<TrustedIssuer> {
    let newest = entries.iter().max_by_key(|trust| trust.made)?;
    if entries
        .iter()
        .any(|trust| trust.fingerprint != newest.fingerprint)
    {
        return None;
    }
    let revoked = |key: &Jwk| {
        (entries.iter().flat_map(|trust| &trust.keys.keys))
            .find(|other| other.kid == key.kid && other.revoked.is_some())
            .and_then(|other| other.revoked.clone())
    };
    let keys = (newest.keys.keys.iter())
        .filter(|key| key.fx_issuer == newest.issuer && !key.fx_kinds.is_empty())
        .filter(|key| now.0 < key.exp.saturating_mul(1_000))
        .filter(|key| key.trusted().is_some_and(|key| own.get(key.id()).is_none()))
        .map(|key| {
            entries.iter().fold(key.clone(), |key, trust| Jwk {
                revoked: revoked(&key),
                ..narrowed(key, &trust.scope)
            })
        })
        .collect();
    Some(TrustedIssuer {
        issuer: newest.issuer,
        name: newest.name.clone(),
        region: newest.region.clone(),
        from: entries.iter().map(|trust| trust.from).max()?,
        until: entries.iter().map(|trust| trust.until).min()?,
        keys: JwkSet { keys },
    })
}

/// A key that may sign no more than a scope has.
fn narrowed(mut key: Jwk, scope: &KeyScope) -> Jwk {
    key.fx_kinds
        .retain(|kind| RECOGNISED.contains(kind) && scope.kinds.contains(kind));
    key.fx_schools = match (key.fx_schools, &scope.schools) {
        (Some(own), Some(allowed)) => Some(own.intersection(allowed).copied().collect()),
        (Some(schools), None) => Some(schools),
        (None, schools) => schools.clone(),
    };
    key
}

impl TrustedIssuer {
    /// Without the keys that sign nothing any more; what a gate takes along.
    #[must_use]
    pub fn without_revoked(mut self) -> Self {
        self.keys.keys.retain(|key| key.revoked.is_none());
        self
    }
}
