//! Living through one child's story: each happening is decided by the same rules as a real one, and leaves the
//! same rows behind.

use super::accounts::DISTRICT;
use super::morning::{DAYS, Morning};
use super::random::Random;
use super::story::{Happening, What};
use super::tally::{Tally, key_of, minus};
use crate::context::SchoolInfo;
use crate::intake::with_report;
use crate::recolour::{Opened, share, turn_detail, worth};
use crate::vault::{Cell, CellKey};
use crate::{Error, Result, Services};
use domain::decision::{Decision, decide, prune};
use domain::ids::{AccountId, DecisionId, RecordId, ReportId};
use domain::list::ListKind;
use domain::report::{Answers, Channel, DayReport};
use domain::state::OfficialRecord;
use domain::{Code, Day, Millis};
use std::collections::BTreeMap;
use store::{DecisionRow, OfficialRecordRow, ReportRow, StateRow, TurnRow};

/// Words of a teacher who confirms a typing error.
const CONFIRMED: &str = "电话核实，体温输错了";

/// Rows that one school's children leave behind.
#[derive(Default)]
pub(super) struct Batch {
    pub states: Vec<StateRow>,
    pub reports: Vec<ReportRow>,
    pub settled: Vec<Settled>,
    pub decisions: Vec<DecisionRow>,
    pub records: Vec<OfficialRecordRow>,
    /// How many of each kind they are.
    pub kinds: BTreeMap<ListKind, i64>,
    pub turns: Vec<Turn>,
    pub tally: Tally,
}

/// A pending report that was confirmed.
pub(super) struct Settled {
    pub report: ReportId,
    pub day: Day,
    pub by: Option<AccountId>,
    pub at: Millis,
    pub note_enc: Vec<u8>,
}

/// A turn that has no number yet: numbers grow with time, over all schools.
pub(super) struct Turn {
    pub row: TurnRow,
    pub key: CellKey,
    pub detail: Vec<u8>,
}

/// The next numbers of rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbering {
    pub report: i64,
    pub decision: i64,
    pub record: i64,
}

impl Numbering {
    pub fn new() -> Self {
        Self {
            report: 1,
            decision: 1,
            record: 1,
        }
    }
}

fn take(number: &mut i64) -> i64 {
    let taken = *number;
    *number += 1;
    taken
}

/// One child on its way through the days.
pub(super) struct Life<'a> {
    pub services: &'a Services,
    pub info: &'a SchoolInfo,
    pub morning: Morning,
    pub numbering: &'a mut Numbering,
    pub out: &'a mut Batch,
    pub opened: Opened,
    /// Who reports on the web.
    pub guardian: Option<AccountId>,
    /// Who reports by telephone and confirms.
    pub teacher: Option<AccountId>,
    pub random: Random,
    pub last_decision: Option<DecisionId>,
}

impl Life<'_> {
    /// Lives all days and keeps the state at the end.
    pub fn live(mut self, happenings: Vec<Happening>) -> Result<()> {
        let mut waiting = happenings.into_iter().peekable();
        for offset in 0..=DAYS {
            let day = self.morning.first().plus(i32::from(offset));
            let mut decision = self.wake(day);
            while let Some(happening) = waiting.next_if(|h| h.day == offset) {
                if self.morning.has_come(day, happening.minute) {
                    decision = self.happen(day, happening, decision)?;
                }
            }
            self.sleep(day);
        }
        let (row, key, kept) = (
            &mut self.opened.row,
            &self.opened.key,
            &mut self.opened.kept,
        );
        kept.state = prune(&kept.state, &self.info.context(), self.morning.today);
        let plain = crate::blob::write(kept)?;
        let cell = Cell::new("person_state", "state_enc", row.person_id.0);
        row.state_enc = key.seal(&*self.services.entropy, cell, &plain);
        self.out.states.push(self.opened.row);
        Ok(())
    }

    fn decide(&self, day: Day) -> Decision {
        let context = self.info.context();
        decide(&self.opened.kept.state, &context, day, day)
    }

    /// Slots are kept of the last two days only.
    fn has_slots(&self, day: Day) -> bool {
        day >= self.morning.today.plus(-1)
    }

    /// A day begins: what runs on runs on, others are grey.
    fn wake(&mut self, day: Day) -> Decision {
        let decision = self.decide(day);
        self.opened.note(&decision);
        if self.has_slots(day) {
            let (numbers, midnight) = (share(&self.opened.row, day), self.info.zone.at(day, 0));
            let school = self.opened.row.school_id;
            self.out.tally.change(school, day, midnight, numbers);
        }
        decision
    }

    /// A day ends: its numbers stand.
    fn sleep(&mut self, day: Day) {
        let row = &self.opened.row;
        let key = key_of(row, day);
        self.out.tally.count(key, share(row, day));
        if Code::from_number(row.code).is_flagged() {
            let reason = self.opened.kept.reason.as_deref().unwrap_or_default();
            let index = self.services.reason_index(reason);
            self.out.tally.reason(key, row.code, index);
        }
    }

    fn happen(&mut self, day: Day, happening: Happening, before: Decision) -> Result<Decision> {
        let at = self
            .morning
            .at(day, happening.minute, self.random.below(60));
        let state = &self.opened.kept.state;
        let (state, cause) = match happening.what {
            What::Report(answers, channel) => {
                let report = self.report(day, at, channel, answers, "accepted")?;
                (with_report(&self.opened.kept.state, report), "report")
            }
            What::Pending(answers) => {
                self.report(day, at, Channel::Web, answers, "pending")?;
                return Ok(before);
            }
            What::Confirm => match self.confirm(at)? {
                Some(report) => (with_report(&self.opened.kept.state, report), "correction"),
                None => return Ok(before),
            },
            What::Record(mut record) => {
                let mut state = state.clone();
                record.id = RecordId(take(&mut self.numbering.record));
                self.record(day, at, &record)?;
                state.records.push(record);
                (state, "record")
            }
        };
        self.opened.kept.state = state;
        let after = self.decide(day);
        let numbers = share(&self.opened.row, day);
        let was = Code::from_number(self.opened.row.code);
        self.opened.note(&after);
        if self.has_slots(day) {
            let moved = minus(share(&self.opened.row, day), numbers);
            let school = self.opened.row.school_id;
            self.out.tally.change(school, day, at, moved);
        }
        let worth = worth(&before, &after, was);
        if worth.decision {
            self.keep_decision(&after, at, cause)?;
        }
        if worth.turn {
            self.keep_turn(&after, at)?;
        }
        Ok(after)
    }

    /// Keeps a revision; the accepted one before it is replaced.
    fn report(
        &mut self,
        day: Day,
        at: Millis,
        channel: Channel,
        answers: Answers,
        status: &str,
    ) -> Result<DayReport> {
        let person = self.opened.row.person_id;
        let mut earlier = self
            .out
            .reports
            .iter_mut()
            .rev()
            .take_while(|r| r.person_id == person && r.day == day)
            .collect::<Vec<_>>();
        let revision = u16::try_from(earlier.len() + 1).unwrap_or(u16::MAX);
        if status == "accepted" {
            for report in earlier.iter_mut().filter(|r| r.status == "accepted") {
                report.status = "replaced".into();
            }
        }
        let id = take(&mut self.numbering.report);
        let before = self.opened.row.tell(ReportId(id), day);
        let row = &self.opened.row;
        let plain = crate::blob::write(&answers)?;
        let cell = Cell::new("report", "answers_enc", id);
        self.out.reports.push(ReportRow {
            report_id: ReportId(id),
            school_id: row.school_id,
            class_id: row.class_id,
            person_id: person,
            day,
            revision: i64::from(revision),
            based_on: i64::from(revision) - 1,
            submission: self.random.bytes().to_vec(),
            channel: channel.number(),
            account_id: match channel {
                Channel::Web => self.guardian,
                _ => self.teacher,
            },
            at,
            status: status.into(),
            stale: false,
            answers_enc: Some(self.opened.key.seal(&*self.services.entropy, cell, &plain)),
            note_enc: None,
            before,
        });
        Ok(DayReport {
            day,
            revision,
            channel,
            at,
            answers,
        })
    }

    /// The teacher confirms the last revision, which waits.
    fn confirm(&mut self, at: Millis) -> Result<Option<DayReport>> {
        let person = self.opened.row.person_id;
        let mut rows = self.out.reports.iter_mut().rev();
        let Some(last) = rows.next().filter(|r| r.status == "pending") else {
            return Ok(None);
        };
        for row in rows.take_while(|r| r.person_id == person && r.day == last.day) {
            row.status = "replaced".into();
        }
        let cell = Cell::new("report", "note_enc", last.report_id.0);
        self.out.settled.push(Settled {
            report: last.report_id,
            day: last.day,
            by: self.teacher,
            at,
            note_enc: self
                .opened
                .key
                .seal(&*self.services.entropy, cell, CONFIRMED.as_bytes()),
        });
        let sealed = last.answers_enc.clone().unwrap_or_default();
        let cell = Cell::new("report", "answers_enc", last.report_id.0);
        let plain = self
            .opened
            .key
            .open(cell, &sealed)
            .map_err(|e| Error::internal(e.to_string()))?;
        Ok(Some(DayReport {
            day: last.day,
            revision: u16::try_from(last.revision).unwrap_or(u16::MAX),
            channel: Channel::Web,
            at: last.at,
            answers: crate::blob::read(&plain)?,
        }))
    }

    fn record(&mut self, day: Day, at: Millis, record: &OfficialRecord) -> Result<()> {
        let id = record.id.0;
        let plain = crate::blob::write(record)?;
        let cell = Cell::new("official_record", "detail_enc", id);
        *self
            .out
            .kinds
            .entry(ListKind::of(&record.kind))
            .or_default() += 1;
        self.out.records.push(OfficialRecordRow {
            record_id: id,
            person_id: self.opened.row.person_id,
            received_day: day,
            at,
            entered_by: None,
            detail_enc: self.opened.key.seal(&*self.services.entropy, cell, &plain),
            region_code: DISTRICT.into(),
            way: "list".into(),
            mark_ix: None,
            withdrawn_at: None,
            withdrawn_by: None,
            withdrawn_enc: None,
        });
        Ok(())
    }

    fn keep_decision(&mut self, decision: &Decision, at: Millis, cause: &str) -> Result<()> {
        let id = take(&mut self.numbering.decision);
        let plain = serde_json::to_vec(decision).map_err(|e| Error::internal(e.to_string()))?;
        let cell = Cell::new("decision", "detail_enc", id);
        self.out.decisions.push(DecisionRow {
            decision_id: DecisionId(id),
            school_id: self.opened.row.school_id,
            person_id: self.opened.row.person_id,
            day: decision.day,
            at,
            code: decision.code.number(),
            ends_day: decision.ends,
            replaces: self.last_decision.replace(DecisionId(id)),
            cause: cause.into(),
            detail_enc: self.opened.key.seal(&*self.services.entropy, cell, &plain),
        });
        Ok(())
    }

    fn keep_turn(&mut self, decision: &Decision, at: Millis) -> Result<()> {
        let row = &self.opened.row;
        self.out.turns.push(Turn {
            row: TurnRow {
                turn_id: 0,
                school_id: row.school_id,
                class_id: row.class_id,
                person_id: row.person_id,
                day: decision.day,
                at,
                code: decision.code.number(),
                ends_day: decision.ends,
                detail_enc: Vec::new(),
                wrapped: Vec::new(),
            },
            key: self.opened.key.clone(),
            detail: turn_detail(decision)?,
        });
        Ok(())
    }
}
