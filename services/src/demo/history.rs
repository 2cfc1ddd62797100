//! Writing the days up to today, school by school: one is lived through while the one before it is written.

use super::accounts::{Stage, TEACHER};
use super::life::{Batch, Life, Numbering, Turn};
use super::morning::Morning;
use super::people::{Family, PEOPLE_TO, guardian_of};
use super::plan::{Part, SchoolPlan};
use super::random::Random;
use super::story::{Story, lag};
use super::trouble;
use crate::context::SchoolInfo;
use crate::vault::Cell;
use crate::{Error, Result, Services};
use domain::Zone;
use domain::ids::{PersonId, RegionCode};
use domain::list::ListKind;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{PersonRow, Tx};

/// Decisions, turns and other single rows between two commits.
const ROWS_PER_COMMIT: usize = 10_000;

/// What is known about the sample's people by their number alone.
#[derive(Debug, Clone)]
struct Cast {
    seed: u64,
    stage: Stage,
    /// The first number of each class, ascending, with its part.
    classes: Vec<(i64, Part)>,
}

impl Cast {
    fn new(seed: u64, stage: Stage, schools: &[SchoolPlan]) -> Self {
        let classes = schools.iter().flat_map(|s| &s.classes);
        Self {
            seed,
            stage,
            classes: classes.map(|c| (c.first, c.part)).collect(),
        }
    }

    /// The part of a person's class and the place in it; people imported meanwhile are among the crowd.
    fn place(&self, person: PersonId) -> (Part, u32) {
        let after = self
            .classes
            .partition_point(|(first, _)| *first <= person.0);
        let class = after.checked_sub(1).and_then(|i| self.classes.get(i));
        match class {
            Some((first, part)) if person.0 <= PEOPLE_TO => {
                (*part, u32::try_from(person.0 - first + 1).unwrap_or(0))
            }
            _ => (Part::Crowd, 0),
        }
    }

    fn guardian(&self, person: PersonId, family: Family) -> Option<domain::ids::AccountId> {
        let [own, sibling] = self.stage.children;
        if person == sibling {
            Some(guardian_of(own))
        } else {
            family.guardian.filter(|_| person.0 <= PEOPLE_TO)
        }
    }
}

/// One school's people, and all that their story needs.
struct Job {
    info: Arc<SchoolInfo>,
    people: Vec<PersonRow>,
    cast: Arc<Cast>,
    morning: Morning,
    numbering: Numbering,
}

fn add_kinds(kinds: &mut BTreeMap<ListKind, i64>, batch: &Batch) {
    for (kind, n) in &batch.kinds {
        *kinds.entry(*kind).or_default() += n;
    }
}

impl Services {
    /// Forgets the days told so far and tells the days up to `morning` for everybody on a roster.
    pub(super) async fn write_demo_days(
        self: &Arc<Self>,
        seed: u64,
        stage: &Stage,
        schools: &[SchoolPlan],
        morning: Morning,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        tx.forget_days(morning.first()).await?;
        let areas = trouble::risk_areas(morning.first())?;
        for area in &areas {
            tx.put_risk_area(area).await?;
        }
        tx.commit().await?;
        self.forget_schools();
        let cast = Arc::new(Cast::new(seed, stage.clone(), schools));
        let country =
            RegionCode::parse(RegionCode::COUNTRY).map_err(|e| Error::internal(e.to_string()))?;
        let all = self.store.read().await?.schools_within(&country).await?;
        let mut numbering = Numbering::new();
        let mut turns = Vec::new();
        let mut kinds = BTreeMap::new();
        let mut lived: Option<Batch> = None;
        let count = all.len();
        for (done, school) in all.into_iter().enumerate() {
            let mut tx = self.store.read().await?;
            let people = tx.people_of_school(school.school_id).await?;
            let job = Job {
                info: self.school_info(&mut tx, school.school_id).await?,
                people: people
                    .into_iter()
                    .filter(|p| p.left_day.is_none())
                    .collect(),
                cast: Arc::clone(&cast),
                morning,
                numbering,
            };
            drop(tx);
            let services = Arc::clone(self);
            let next = tokio::task::spawn_blocking(move || services.live(&job));
            if let Some(batch) = lived.take() {
                add_kinds(&mut kinds, &batch);
                self.write_batch_of_days(batch, &mut turns, morning).await?;
            }
            let (batch, after) = next.await.map_err(|e| Error::Internal(Box::new(e)))??;
            (lived, numbering) = (Some(batch), after);
            tracing::info!(
                school = school.code,
                done = done + 1,
                of = count,
                "days told"
            );
        }
        if let Some(batch) = lived {
            add_kinds(&mut kinds, &batch);
            self.write_batch_of_days(batch, &mut turns, morning).await?;
        }
        let areas = i64::try_from(areas.len()).unwrap_or_default();
        self.write_demo_sources(&kinds, areas, morning.at(morning.today, 0, 0))
            .await?;
        let mut tx = self.store.write().await?;
        self.write_turns(&mut tx, turns).await?;
        tx.set_closed_day(Zone::SHANGHAI.name(), morning.today.plus(-1))
            .await?;
        Ok(tx.commit().await?)
    }

    /// Lives through the days of one school's people.
    fn live(&self, job: &Job) -> Result<(Batch, Numbering)> {
        let mut batch = Batch::default();
        let mut numbering = job.numbering;
        let (cast, morning) = (&job.cast, job.morning);
        for row in &job.people {
            let (part, place) = cast.place(row.person_id);
            let family = Family::of(cast.seed, part, row.person_id, place);
            let number = row.person_id.0;
            let lag = lag(cast.seed, row.school_id.0, row.class_id.0);
            let mut random = Random::new(cast.seed, "story", number);
            let mut story = Story::ordinary(&mut random, family, morning.first(), lag);
            trouble::befall(&mut story, &mut random, family, part, place, morning.minute);
            let key = self
                .vault
                .subject(number, &row.wrapped)
                .map_err(|e| Error::internal(e.to_string()))?;
            let life = Life {
                services: self,
                info: &job.info,
                morning,
                numbering: &mut numbering,
                out: &mut batch,
                opened: self.first_state(
                    row.person_id,
                    row.class_id,
                    row.school_id,
                    key,
                    morning.first(),
                ),
                guardian: cast.guardian(row.person_id, family),
                teacher: (part == Part::Lead).then_some(TEACHER),
                random: Random::new(cast.seed, "submission", number),
                last_decision: None,
            };
            life.live(story.tell())?;
        }
        Ok((batch, numbering))
    }

    async fn write_batch_of_days(
        &self,
        batch: Batch,
        turns: &mut Vec<Turn>,
        morning: Morning,
    ) -> Result<()> {
        for reports in batch.reports.chunks(ROWS_PER_COMMIT) {
            let mut tx = self.store.write().await?;
            tx.insert_reports(reports).await?;
            tx.commit().await?;
        }
        let mut tx = self.store.write().await?;
        tx.insert_states(&batch.states).await?;
        for settled in &batch.settled {
            let (by, note) = (settled.by, Some(settled.note_enc.as_slice()));
            let (report, day, at) = (settled.report, settled.day, settled.at);
            tx.settle_report(report, day, "accepted", by, at, note)
                .await?;
        }
        tx.insert_decisions(&batch.decisions).await?;
        tx.insert_official_records(&batch.records).await?;
        batch
            .tally
            .write(&mut tx, morning.today, morning.slot())
            .await?;
        tx.commit().await?;
        turns.extend(batch.turns);
        Ok(())
    }

    /// Numbers the turns by their time, for the feed, and writes them.
    async fn write_turns(&self, tx: &mut Tx, mut turns: Vec<Turn>) -> Result<()> {
        turns.sort_by_key(|turn| (turn.row.at, turn.row.person_id));
        let mut rows = Vec::with_capacity(turns.len());
        for (turn_id, mut turn) in (1..).zip(turns) {
            let cell = Cell::new("turn", "detail_enc", turn_id);
            turn.row.turn_id = turn_id;
            turn.row.detail_enc = turn.key.seal(&*self.entropy, cell, &turn.detail);
            rows.push(turn.row);
        }
        Ok(tx.add_counters(&BTreeMap::new(), &rows).await?)
    }
}
