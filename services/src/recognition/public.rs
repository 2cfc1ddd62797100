//! Whose codes are recognised, and by which rules, for everybody; and our own side, for other issuers.

use crate::{Error, Result, Services};
use domain::ids::RegionCode;
use domain::pass::{IssuerId, Kind};
use domain::recognition::RecognitionRule;
use domain::{Day, Text};
use std::collections::BTreeSet;

/// An issuer whose codes are recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicIssuer {
    /// Its number.
    pub issuer: IssuerId,
    /// What the bureau calls it.
    pub name: String,
    /// Its region's full name.
    pub region: Text,
    /// The first and the last day.
    pub days: (Day, Day),
    /// The kinds of pass.
    pub kinds: BTreeSet<Kind>,
    /// How many of its schools; `None` for all.
    pub schools: Option<usize>,
}

/// A rule in force.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicRule {
    /// The name of the region whose rule it is.
    pub owner: Text,
    /// The rule.
    pub rule: RecognitionRule,
}

/// What other issuers need to recognise us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSide {
    /// Our number.
    pub issuer: IssuerId,
    /// What we are called.
    pub name: Text,
    /// The fingerprint of our long-lived key.
    pub fingerprint: String,
}

/// The page for everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicRecognition {
    /// The region.
    pub region: RegionCode,
    /// The issuers asked for.
    pub issuers: Vec<PublicIssuer>,
    /// How many there are over all pages.
    pub total: usize,
    /// The rules, the widest region's first.
    pub rules: Vec<PublicRule>,
    /// Our own side.
    pub own: OwnSide,
}

impl Services {
    /// Whose codes count at a region's schools (without one: the region around all schools here), and our own side.
    /// `search` is a part of an issuer's name, number or region. For everybody; no sign-in.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where there is no such region.
    pub async fn public_recognition(
        &self,
        region: Option<&RegionCode>,
        search: &str,
        skip: usize,
    ) -> Result<PublicRecognition> {
        let own = self.own_side().await?;
        let mut tx = self.store.read().await?;
        let ours = self.issuer_region(&mut tx).await?;
        let country =
            RegionCode::parse(RegionCode::COUNTRY).map_err(|e| Error::internal(e.to_string()))?;
        let region = match (region, &ours) {
            (Some(region), _) => tx.region(region).await?.ok_or(Error::Forbidden)?.code,
            (None, Some(row)) => row.code.clone(),
            (None, None) => country,
        };
        let zone = self.zone_of_region(&mut tx, &region).await?;
        let now = self.clock.now();
        let search = search.trim().to_lowercase();
        let mut issuers = Vec::new();
        for trusted in self.trust_in(&mut tx, &region, now).await? {
            let trusted = trusted.without_revoked();
            let names = self.region_names_in(&mut tx, [trusted.region]).await?;
            let keys = &trusted.keys.keys;
            let found = PublicIssuer {
                issuer: trusted.issuer,
                name: trusted.name,
                region: names.into_values().next().unwrap_or_default(),
                days: (
                    zone.day_of(trusted.from),
                    zone.day_of(domain::Millis(trusted.until.0 - 1)),
                ),
                kinds: keys.iter().flat_map(|key| key.fx_kinds.clone()).collect(),
                schools: (keys.iter())
                    .filter(|key| !key.fx_kinds.is_empty())
                    .filter_map(|key| key.fx_schools.as_ref().map(BTreeSet::len))
                    .max(),
            };
            if !found.kinds.is_empty() && found.fits(&search) {
                issuers.push(found);
            }
        }
        issuers.sort_by(|a, b| (&a.name, a.issuer).cmp(&(&b.name, b.issuer)));
        let mut rules = Vec::new();
        for row in tx.recognition_rules_for(&region, now).await? {
            let owner = self.region_name(&mut tx, &row.owner_code).await?;
            let of = super::rules_in(&row)?.into_iter();
            rules.extend(of.map(|rule| PublicRule {
                owner: owner.clone(),
                rule,
            }));
        }
        Ok(PublicRecognition {
            region,
            total: issuers.len(),
            issuers: (issuers.into_iter().skip(skip))
                .take(super::ISSUERS_PAGE)
                .collect(),
            rules,
            own,
        })
    }

    /// What other issuers need to recognise us; no secret.
    pub async fn own_side(&self) -> Result<OwnSide> {
        let (_, fingerprint) = self.key_file().await?;
        let mut tx = self.store.read().await?;
        let region = self.issuer_region(&mut tx).await?;
        Ok(OwnSide {
            issuer: self.pass_keys().await?.issuer,
            name: region.map(|row| row.names()).unwrap_or_default(),
            fingerprint,
        })
    }
}

impl PublicIssuer {
    fn fits(&self, search: &str) -> bool {
        self.name.to_lowercase().contains(search)
            || self.issuer.to_string().contains(search)
            || self.region.zh.contains(search)
            || self.region.en.to_lowercase().contains(search)
    }
}
