//! A person's state made anew from the tables alone.

use super::town::Town;
use super::*;
use domain::report::{Answers, DayReport};
use domain::state::KeptReason;

/// A state that nothing was ever dropped from, and the reasons that were kept of destroyed answers, however long ago.
pub(super) struct Rebuilt {
    pub full: State,
    pub reasons: Vec<KeptReason>,
}

impl Town {
    /// From the roster, the reports, the records, clearances and settlements, the log (when the family was asked about
    /// gaps), and for destroyed answers what withdrawing left of the rebuild of that moment.
    pub(super) async fn rebuilt(&self, child: usize) -> Rebuilt {
        let person = self.people[child];
        let opened = self.opened(child).await;
        let mut tx = self.services.store.read().await.unwrap();
        let joined = tx.person(person).await.unwrap().unwrap().joined_day;
        let mut full = State::new(joined);
        let left = self.withdrawn[child].as_ref();
        if let Some(left) = left {
            full.kept.clone_from(&left.kept);
            full.standing.clone_from(&left.standing);
            full.destroyed_to = left.destroyed_to;
        }
        for row in tx
            .reports_of(person, joined, self.today())
            .await
            .unwrap()
            .into_iter()
            .filter(|row| row.status == "accepted")
        {
            let answers = self.services.open_answers(&opened, &row).unwrap();
            full.reports.push(DayReport {
                day: row.day,
                revision: u16::try_from(row.revision).unwrap(),
                channel: Channel::from_number(row.channel).unwrap(),
                at: row.at,
                answers: answers.unwrap_or_else(|| stripped(left.unwrap(), row.day)),
            });
        }
        full.reports.sort_by_key(|report| report.day);
        for entry in tx
            .audit_about(&format!("person:{person}"), "", 10_000, 0)
            .await
            .unwrap()
        {
            if entry.action == "gaps.ask" {
                let day = domain::Zone::SHANGHAI.day_of(Millis(entry.at.0));
                full.asked = full.asked.max(Some(day));
            }
        }
        let tabled = self.services.tabled(&mut tx, &[person]).await.unwrap();
        let blank = Opened {
            kept: Kept {
                state: full,
                ..opened.kept
            },
            ..opened
        };
        let mut full = self.services.with_tabled(&blank, &tabled).unwrap();
        // What still went on when answers were destroyed was over then.
        for record in &mut full.records {
            let before = left.and_then(|left| left.records.iter().find(|r| r.id == record.id));
            if let Some(before) = before {
                *record = before.clone();
            }
        }
        let reasons = full.kept.clone();
        Rebuilt { full, reasons }
    }
}

/// What is left of the answers of a day.
fn stripped(left: &State, day: Day) -> Answers {
    left.report_of(day).unwrap().answers.clone()
}

/// The same, with reports before `from` dropped as a row drops them.
pub(super) fn cut(full: &State, from: Day) -> State {
    let (dropped, reports): (Vec<_>, Vec<_>) = full
        .reports
        .iter()
        .cloned()
        .partition(|report| report.day < from);
    let before = State {
        reports: dropped,
        ..full.clone()
    };
    State {
        standing: standing(&before),
        reports,
        settled_before: from,
        ..full.clone()
    }
}
