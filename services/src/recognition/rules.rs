//! The rules of recognition of a region: shown with those above, tried on a sample, saved as a new version.

use super::rules_in;
use crate::audit::Entry;
use crate::{Actor, Error, Refusal, Result, Services};
use domain::access::{Action, Place};
use domain::ids::RegionCode;
use domain::pass::IssuerId;
use domain::recognition::{
    ForeignPass, Judged, KeptRule, RecognitionRule, RuleFile, SHIPPED, findings,
};
use domain::rulebook::{Finding, Severity};
use domain::{Code, Day, Millis, Text, Zone};
use store::{RecognitionRulesRow, StoreError, Tx};

/// How far ahead new rules may begin, in days.
const AHEAD: i32 = 366;

/// A rule as a form has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditedRule {
    /// Its name.
    pub id: String,
    /// What the guard and the visitor are told.
    pub label: Text,
    /// The condition, as JSON text.
    pub condition: String,
    /// Whether it judges.
    pub on: bool,
}

impl From<&KeptRule> for EditedRule {
    fn from(kept: &KeptRule) -> Self {
        let pretty = serde_json::to_string_pretty(&kept.rule.refuse_if);
        Self {
            id: kept.rule.id.clone(),
            label: kept.rule.label.clone(),
            condition: pretty.unwrap_or_default(),
            on: kept.on,
        }
    }
}

/// The rules in force of one region around, or of the region itself.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesOfRegion {
    /// The region, and its name.
    pub owner: (RegionCode, Text),
    /// Its rules, those that are switched off too.
    pub rules: Vec<KeptRule>,
}

/// An earlier or present version.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesHistory {
    /// Its number.
    pub version: i64,
    /// From when on.
    pub from: Millis,
    /// When it was saved.
    pub at: Millis,
    /// Who saved it; `None` for the rules that came with the program.
    pub by: Option<String>,
    /// Its rules.
    pub rules: Vec<KeptRule>,
}

/// The rules that judge foreign passes at a region's schools.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesView {
    /// The region's name.
    pub region: Text,
    /// Today there.
    pub today: Day,
    /// Its zone.
    pub zone: Zone,
    /// Those of the regions around, the widest first.
    pub above: Vec<RulesOfRegion>,
    /// The region's own, as last saved.
    pub own: Vec<KeptRule>,
    /// The number of the region's last version; 0 where it has none.
    pub version: i64,
    /// From when on the last version holds, where that is still to come.
    pub begins: Option<Millis>,
    /// Every version of the region's own, the newest first.
    pub history: Vec<RulesHistory>,
}

/// What became of rules that were saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// They are kept.
    Done,
    /// Nothing was kept: there are errors among these.
    Faulty(Vec<Finding>),
}

/// A pass to try rules on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePass {
    /// The issuer.
    pub issuer: IssuerId,
    /// The issuer's region.
    pub region: RegionCode,
    /// The colour.
    pub code: Code,
    /// How many days old the colour is.
    pub days_old: i32,
}

/// What rules say of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    /// Every rule that judges, with the name of its region.
    pub rules: Vec<(Text, RecognitionRule, Judged)>,
    /// Everything wrong or doubtful in the edited rules.
    pub findings: Vec<Finding>,
}

impl Tried {
    /// The first rule that refuses.
    pub fn refused_by(&self) -> Option<&(Text, RecognitionRule, Judged)> {
        self.rules
            .iter()
            .find(|(_, _, judged)| *judged != Judged::Passes)
    }
}

/// Reads what a form has; a condition that is no JSON is a finding.
fn read(edited: &[EditedRule]) -> (Vec<KeptRule>, Vec<Finding>) {
    let mut unread = Vec::new();
    let kept: Vec<_> = (edited.iter().enumerate())
        .map(|(index, rule)| {
            let refuse_if = serde_json::from_str(&rule.condition).unwrap_or_else(|error| {
                unread.push(Finding {
                    severity: Severity::Error,
                    rule: Some(rule.id.clone()),
                    place: format!("/rules/{index}/refuse_if"),
                    text: Text::new(format!("不是 JSON：{error}"), format!("not JSON: {error}")),
                });
                // What is not read would refuse; it is never kept.
                serde_json::Value::Bool(true)
            });
            KeptRule {
                rule: RecognitionRule {
                    id: rule.id.trim().to_owned(),
                    label: Text::new(rule.label.zh.trim(), rule.label.en.trim()),
                    refuse_if,
                },
                on: rule.on,
            }
        })
        .collect();
    let is_unread =
        |finding: &Finding| (unread.iter()).any(|other| finding.place.starts_with(&other.place));
    let mut all: Vec<_> = findings(&kept)
        .into_iter()
        .filter(|finding| !is_unread(finding))
        .collect();
    all.extend(unread);
    all.sort_by_key(|finding| index_of(&finding.place));
    (kept, all)
}

/// Which rule a finding is about.
fn index_of(place: &str) -> usize {
    let index = place.split('/').nth(2).and_then(|part| part.parse().ok());
    index.unwrap_or(usize::MAX)
}

fn kept_in(row: &RecognitionRulesRow) -> Result<Vec<KeptRule>> {
    let file: RuleFile = serde_json::from_str(&row.body)
        .map_err(|e| Error::internal(format!("rules of recognition of {}: {e}", row.owner_code)))?;
    Ok(file.rules)
}

impl Services {
    /// Keeps the rules that came with the program, where the country has none of its own.
    pub(crate) async fn install_shipped_recognition(&self) -> Result<()> {
        let country =
            RegionCode::parse(RegionCode::COUNTRY).map_err(|e| Error::internal(e.to_string()))?;
        let mut tx = self.store.write().await?;
        if !tx.recognition_rules_of(&country).await?.is_empty() {
            return Ok(());
        }
        let file = RuleFile::parse(SHIPPED)
            .map_err(|e| Error::internal(format!("shipped rules of recognition: {e}")))?;
        let row = RecognitionRulesRow {
            owner_code: country,
            version: 1,
            from_at: Millis(0),
            body: body_of(file.rules)?,
            at: self.clock.now(),
            account_id: None,
        };
        self.put_rules(&mut tx, &Actor::job(), &row).await?;
        Ok(tx.commit().await?)
    }

    /// A region's rules with those of the regions around, and its versions.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn recognition_rules(&self, actor: &Actor, region: &RegionCode) -> Result<RulesView> {
        let mut tx = self.store.read().await?;
        self.require_rules(&mut tx, actor, region).await?;
        let zone = self.zone_of_region(&mut tx, region).await?;
        let now = self.clock.now();
        let mut history = Vec::new();
        for row in tx.recognition_rules_of(region).await? {
            history.push(RulesHistory {
                version: row.version,
                from: row.from_at,
                at: row.at,
                by: self.holder_name(&mut tx, row.account_id).await?,
                rules: kept_in(&row)?,
            });
        }
        let last = history.first();
        Ok(RulesView {
            region: self.region_name(&mut tx, region).await?,
            today: zone.day_of(now),
            zone,
            above: self.rules_above(&mut tx, region, now).await?,
            own: last
                .map(|version| version.rules.clone())
                .unwrap_or_default(),
            version: last.map_or(0, |version| version.version),
            begins: last.map(|version| version.from).filter(|from| *from > now),
            history,
        })
    }

    /// Saves a region's rules as a new version, in force from a day on (today: at once). `seen` is the number of
    /// the version that they were made from.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Refusal::TrustStale`], [`Refusal::FieldInvalid`] for a day that is over or too far
    /// ahead.
    pub async fn save_recognition_rules(
        &self,
        actor: &Actor,
        region: &RegionCode,
        seen: i64,
        edited: &[EditedRule],
        from: Day,
    ) -> Result<Saved> {
        let mut tx = self.store.write().await?;
        self.require_rules(&mut tx, actor, region).await?;
        let (kept, found) = read(edited);
        if found.iter().any(|f| f.severity == Severity::Error) {
            return Ok(Saved::Faulty(found));
        }
        let last = tx.recognition_rules_of(region).await?;
        let last = last.first().map_or(0, |row| row.version);
        if last != seen {
            return Err(Refusal::TrustStale.into());
        }
        let zone = self.zone_of_region(&mut tx, region).await?;
        let now = self.clock.now();
        let today = zone.day_of(now);
        if from < today || from > today.plus(AHEAD) {
            return Err(Refusal::FieldInvalid.into());
        }
        let row = RecognitionRulesRow {
            owner_code: region.clone(),
            version: last + 1,
            from_at: if from == today { now } else { zone.at(from, 0) },
            body: body_of(kept)?,
            at: now,
            account_id: actor.id(),
        };
        self.put_rules(&mut tx, actor, &row).await?;
        tx.commit().await?;
        Ok(Saved::Done)
    }

    /// What the rules above and the edited ones that are switched on say of a sample. Nothing is kept.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn try_recognition_rules(
        &self,
        actor: &Actor,
        region: &RegionCode,
        edited: &[EditedRule],
        sample: Option<&SamplePass>,
    ) -> Result<Tried> {
        let mut tx = self.store.read().await?;
        self.require_rules(&mut tx, actor, region).await?;
        let zone = self.zone_of_region(&mut tx, region).await?;
        let now = self.clock.now();
        let (kept, findings) = read(edited);
        let mut levels = self.rules_above(&mut tx, region, now).await?;
        levels.push(RulesOfRegion {
            owner: (region.clone(), self.region_name(&mut tx, region).await?),
            rules: kept,
        });
        let today = zone.day_of(now);
        let mut rules = Vec::new();
        if let Some(sample) = sample {
            let pass = ForeignPass {
                issuer: sample.issuer,
                region: sample.region.clone(),
                code: sample.code,
                day: today.plus(-sample.days_old),
                today,
            };
            for level in levels {
                let on = level.rules.into_iter().filter(|kept| kept.on);
                rules.extend(on.map(|kept| {
                    let judged = kept.rule.judge(&pass);
                    (level.owner.1.clone(), kept.rule, judged)
                }));
            }
        }
        Ok(Tried { rules, findings })
    }

    /// The rules in force of the regions around, the widest first.
    async fn rules_above(
        &self,
        tx: &mut Tx,
        region: &RegionCode,
        now: Millis,
    ) -> Result<Vec<RulesOfRegion>> {
        let mut above = Vec::new();
        for row in tx.recognition_rules_for(region, now).await? {
            if row.owner_code != *region {
                above.push(RulesOfRegion {
                    rules: kept_in(&row)?,
                    owner: (
                        row.owner_code.clone(),
                        self.region_name(tx, &row.owner_code).await?,
                    ),
                });
            }
        }
        Ok(above)
    }

    async fn require_rules(&self, tx: &mut Tx, actor: &Actor, region: &RegionCode) -> Result<()> {
        let place = self.place_of_region(tx, region).await?;
        actor.require(Action::TrustIssuers, &place)
    }

    /// Keeps a version and writes it down.
    async fn put_rules(&self, tx: &mut Tx, actor: &Actor, row: &RecognitionRulesRow) -> Result<()> {
        match tx.insert_recognition_rules(row).await {
            Err(StoreError::Conflict) => return Err(Refusal::TrustStale.into()),
            done => done?,
        }
        let on: Vec<_> = rules_in(row)?.into_iter().map(|rule| rule.id).collect();
        let detail = format!("version {}: {}", row.version, on.join(", "));
        let entry = Entry {
            actor,
            place: &Place::region(row.owner_code.clone()),
            action: "recognition.rules",
            subject: format!("recognition:{}", row.owner_code),
            detail: Some((&detail, None)),
        };
        self.audit(tx, entry).await
    }
}

fn body_of(rules: Vec<KeptRule>) -> Result<String> {
    serde_json::to_string(&RuleFile::of(rules)).map_err(|e| Error::internal(e.to_string()))
}
