//! Running a replay: pages of states, opened and decided about on every core.

use super::tally::{Side, Subject, Tally};
use super::{Progress, REPLAY_DAYS};
use crate::context::SchoolInfo;
use crate::rules::Book;
use crate::rules::keeping::entry_of;
use crate::{Error, Result, Services};
use domain::decision::{Brief, Context, brief};
use domain::ids::{PersonId, RegionCode, SchoolId};
use domain::rulebook::Rulebook;
use domain::rulebook::stack::{Entry, stack};
use domain::{Day, Millis, Text};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{StateRow, Tx};
use tokio::task::JoinSet;

/// People read and decided about in one piece.
const PAGE: i64 = 1_000;

/// What is replayed: for each school's place in the regions, the rules as they are and with the draft.
pub(super) struct Plan {
    region: RegionCode,
    now: Millis,
    schools: HashMap<SchoolId, (Arc<SchoolInfo>, Arc<Chains>)>,
}

/// The rulebooks of one chain of regions.
struct Chains {
    before: Vec<Rulebook>,
    after: Vec<Rulebook>,
}

impl Services {
    /// Reads what a replay needs besides the people.
    pub(super) async fn plan_replay(&self, tx: &mut Tx, draft: &Book) -> Result<Arc<Plan>> {
        let books = self.books(tx).await?;
        let (before, after) = sides(&books, draft);
        let mut chains: HashMap<RegionCode, Arc<Chains>> = HashMap::new();
        let mut schools = HashMap::new();
        for school in tx.schools_within(&draft.row.region_code).await? {
            let info = self.school_info(tx, school.school_id).await?;
            let chain = match chains.get(&school.region_code) {
                Some(chain) => Arc::clone(chain),
                None => {
                    let compiled = |entries: &[Entry]| {
                        stack(entries, &school.region_code)
                            .map_err(|e| Error::internal(e.to_string()))
                    };
                    let chain = Arc::new(Chains {
                        before: compiled(&before)?,
                        after: compiled(&after)?,
                    });
                    chains.insert(school.region_code.clone(), Arc::clone(&chain));
                    chain
                }
            };
            schools.insert(school.school_id, (info, chain));
        }
        Ok(Arc::new(Plan {
            region: draft.row.region_code.clone(),
            now: self.clock.now(),
            schools,
        }))
    }

    /// Runs a replay to its end; `None` where it was cancelled.
    pub(super) async fn run_replay(
        self: &Arc<Self>,
        plan: &Arc<Plan>,
        progress: &Arc<Progress>,
    ) -> Result<Option<Tally>> {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let days = plan
            .schools
            .values()
            .map(|(info, _)| info.zone.day_of(plan.now));
        let to = days
            .max()
            .unwrap_or_else(|| domain::Zone::SHANGHAI.day_of(plan.now));
        let mut total = Tally::new(to.plus(1 - REPLAY_DAYS), to);
        let mut running = JoinSet::new();
        let mut after = PersonId(0);
        let mut is_read = false;
        while !is_read || !running.is_empty() {
            if progress.stop.is_cancelled() {
                return Ok(None);
            }
            // One page is read while the others are decided about.
            if !is_read && running.len() <= workers {
                // A page in a transaction of its own, so that checkpoints keep up.
                let rows = self
                    .store
                    .read()
                    .await?
                    .states_within(&plan.region, after, PAGE)
                    .await?;
                match rows.last() {
                    None => is_read = true,
                    Some(last) => after = last.person_id,
                }
                let (services, plan, progress) =
                    (Arc::clone(self), Arc::clone(plan), Arc::clone(progress));
                running.spawn_blocking(move || services.replay_page(&plan, &progress, rows));
            } else if let Some(done) = running.join_next().await {
                total.add(done.map_err(|e| Error::internal(e.to_string()))??);
            }
        }
        Ok(Some(total))
    }

    fn replay_page(&self, plan: &Plan, progress: &Progress, rows: Vec<StateRow>) -> Result<Tally> {
        let mut tally = Tally::new(Day(0), Day(0));
        let read = u64::try_from(rows.len()).unwrap_or_default();
        for row in rows {
            if progress.stop.is_cancelled() {
                break;
            }
            if let Some((info, chains)) = plan.schools.get(&row.school_id) {
                self.replay_person(plan, info, chains, row, &mut tally)?;
            }
        }
        progress.done.fetch_add(read, Ordering::AcqRel);
        Ok(tally)
    }

    fn replay_person(
        &self,
        plan: &Plan,
        info: &SchoolInfo,
        chains: &Chains,
        row: StateRow,
        tally: &mut Tally,
    ) -> Result<()> {
        let subject = Subject {
            person: row.person_id,
            school: row.school_id,
            class: row.class_id,
        };
        let opened = self.open_state(row)?;
        let state = &opened.kept.state;
        let today = info.zone.day_of(plan.now);
        let context = |rulebooks| Context {
            rulebooks,
            ..info.context()
        };
        let (before, after) = (context(&chains.before), context(&chains.after));
        let first = today.plus(1 - REPLAY_DAYS).max(state.joined.min(today));
        let (mut days, mut changed, mut undecidable) = (0, 0, 0);
        let mut last = None;
        let mut differing = None;
        for day in (first.0..=today.0).map(Day) {
            let (a, b) = (
                brief(state, &before, day, today),
                brief(state, &after, day, today),
            );
            days += 1;
            undecidable += u64::from(b.is_undecidable);
            if a.code != b.code {
                changed += 1;
                differing = Some((day, a, b));
            }
            last = Some((a.code, b.code));
        }
        let Some(last) = last else { return Ok(()) };
        let differing =
            differing.map(|(day, a, b)| (day, side(&chains.before, a), side(&chains.after, b)));
        tally.count(&subject, days, changed, undecidable, last, differing);
        Ok(())
    }
}

static UNDECIDED: std::sync::LazyLock<Text> =
    std::sync::LazyLock::new(|| Text::new("无法判定", "Cannot be decided"));

fn side(books: &[Rulebook], brief: Brief) -> Side<'_> {
    let rule = match brief.principal {
        Some((book, rule)) if !brief.is_undecidable => books.get(book).and_then(|book| {
            let rule = book.document().rules.get(rule)?;
            Some((book.id(), rule.id.as_str(), &rule.label))
        }),
        _ if brief.is_undecidable => Some(("", "", &*UNDECIDED)),
        _ => None,
    };
    Side { brief, rule }
}

/// The rulebooks as they are, and with the draft; on both sides this one rulebook judges as if it had always done so.
fn sides(books: &[Book], draft: &Book) -> (Vec<Entry>, Vec<Entry>) {
    let is_same = |book: &&Book| book.row.rulebook_id == draft.row.rulebook_id;
    let others: Vec<Entry> = books
        .iter()
        .filter(|book| !is_same(book))
        .filter_map(entry_of)
        .collect();
    let always = |book: &Book| Entry {
        document: book.document.clone(),
        from: Day(0),
        to: None,
        applies_to_open: false,
        is_lapsed: false,
    };
    let present = books
        .iter()
        .filter(is_same)
        .filter(|book| book.status.is_in_force());
    // An emergency judges in place of the version that it may replace.
    let present = present.max_by_key(|book| book.row.from_day);
    let before = others.iter().cloned().chain(present.map(always)).collect();
    let after = others.into_iter().chain([always(draft)]).collect();
    (before, after)
}
