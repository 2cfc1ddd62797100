//! The past days of a child: what was reported, by whom and when, and the code of each day.

use super::ConsentState;
use super::contest::{Contest, is_contestable};
use super::guardians::Relation;
use super::home::{Seen, due_code, regions_named};
use super::places::RegionNames;
use crate::recolour::Opened;
use crate::vault::Cell;
use crate::{Actor, Result, SchoolInfo, Services};
use domain::decision::decide;
use domain::ids::{AccountId, PersonId, RegionCode, ReportId};
use domain::report::{Answers, Channel, ChannelGroup};
use domain::state::WINDOW_DAYS;
use domain::{Code, Day};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{DecisionRow, ReportRow};

/// Days for which answers are kept and shown.
pub const KEPT_DAYS: i32 = 45;
/// Decisions looked at for the codes of days that the rules no longer look at.
const DECISIONS: i64 = 500;

/// Who sent a report, in the eyes of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The reader.
    You,
    /// Another guardian, by relation.
    Guardian(Relation),
    /// Somebody at the school.
    School,
}

/// How far a revision got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionStatus {
    /// It holds.
    Holds,
    /// A later one holds in its place.
    Replaced,
    /// It waits for the teacher.
    Waiting,
    /// The teacher did not accept it.
    Refused,
    /// It held until a guardian objected to it.
    Struck,
}

/// One revision of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRevision {
    /// Its number.
    pub report: ReportId,
    /// From 1.
    pub revision: i64,
    /// Minute of the day at which it was acknowledged, and that day.
    pub at: (Day, u32),
    /// Who sent it.
    pub by: By,
    /// How it came in.
    pub channel: Channel,
    /// How far it got.
    pub status: RevisionStatus,
    /// It was made from an older form.
    pub is_stale: bool,
    /// What it says; `None` once destroyed.
    pub answers: Option<Answers>,
    /// The teacher's words when settling it.
    pub note: Option<String>,
    /// A guardian's objection to it, with the answer.
    pub contest: Option<Contest>,
    /// Whether the reader may object to it.
    pub is_contestable: bool,
}

impl DayRevision {
    /// Whether it waits for the teacher.
    pub fn is_waiting(&self) -> bool {
        self.status == RevisionStatus::Waiting
    }

    pub(super) fn regions(&self) -> Vec<&RegionCode> {
        let changes = self.answers.iter().flat_map(|a| &a.changes);
        changes
            .filter_map(|change| super::places::regions_of(std::slice::from_ref(change)).next())
            .collect()
    }
}

/// One day.
#[derive(Debug, Clone, PartialEq)]
pub struct PastDay {
    /// Which.
    pub day: Day,
    /// Its code; `None` where nothing was due.
    pub code: Option<Code>,
    /// Its revisions, oldest first.
    pub revisions: Vec<DayRevision>,
}

impl PastDay {
    /// The revision that holds.
    pub fn holding(&self) -> Option<&DayRevision> {
        self.revisions
            .iter()
            .find(|r| r.status == RevisionStatus::Holds)
    }
}

/// The past days of a child.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildDays {
    /// The child's full name.
    pub name: String,
    /// Today at the school.
    pub today: Day,
    /// The first day the reader may see.
    pub since: Day,
    /// Whether earlier days are hidden until the teacher confirms the reader.
    pub is_cut: bool,
    /// The days, newest first.
    pub days: Vec<PastDay>,
    /// Titles of symptoms by number.
    pub symptoms: Vec<super::SymptomChoice>,
    /// Full names of the regions named.
    pub regions: RegionNames,
}

/// The codes of a child's past days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCodes {
    /// Today at the school.
    pub today: Day,
    /// Whether earlier days are hidden until the teacher confirms the reader.
    pub is_cut: bool,
    /// The days, oldest first, each with its code; `None` where nothing was due.
    pub days: Vec<(Day, Option<Code>)>,
}

impl Seen {
    /// The first day that is shown to the reader.
    fn first_day(&self) -> Day {
        let kept = self.loaded.today.plus(1 - KEPT_DAYS);
        kept.max(self.opened.kept.state.joined)
            .max(self.loaded.link.since)
    }

    fn is_cut(&self) -> bool {
        let link = &self.loaded.link;
        !link.is_confirmed && self.opened.kept.state.joined < link.since
    }
}

/// Who a child's guardians are, for naming the senders of reports.
pub(crate) struct Reader {
    pub own: Option<AccountId>,
    pub guardians: HashMap<AccountId, Relation>,
}

impl Reader {
    fn by(&self, row: &ReportRow) -> By {
        match row.account_id {
            Some(id) if Some(id) == self.own => By::You,
            Some(id) => match self.guardians.get(&id) {
                Some(relation) if is_from_guardian(row) => By::Guardian(*relation),
                _ => By::School,
            },
            None => By::School,
        }
    }
}

fn is_from_guardian(row: &ReportRow) -> bool {
    Channel::from_number(row.channel)
        .is_some_and(|channel| channel.group() == ChannelGroup::Guardian)
}

impl Services {
    /// The past days of a child, newest first. A guardian who is only claimed sees those since they joined.
    pub async fn child_days(&self, actor: &Actor, person: PersonId) -> Result<ChildDays> {
        let mut tx = self.store.read().await?;
        let seen = self.see_child_in(&mut tx, actor, person).await?;
        let (loaded, opened, first) = (&seen.loaded, &seen.opened, seen.first_day());
        let (info, today) = (&loaded.info, loaded.today);
        let mut contests = self.contests_in(&mut tx, opened).await?;
        let has_consent = seen.consent() == ConsentState::Given;
        let mut rows: BTreeMap<Day, Vec<DayRevision>> = BTreeMap::new();
        for row in tx.reports_of(person, first, today).await? {
            let day = row.day;
            let contest = contests.remove(&row.report_id);
            let is_contestable = has_consent && contest.is_none() && is_contestable(&row);
            let mut revision = self.day_revision(opened, &seen.reader, info, row)?;
            if revision.status == RevisionStatus::Refused
                && contest.as_ref().is_some_and(Contest::is_struck)
            {
                revision.status = RevisionStatus::Struck;
            }
            revision.contest = contest;
            revision.is_contestable = is_contestable;
            rows.entry(day).or_default().push(revision);
        }
        let decisions = tx.decisions_of(person, DECISIONS).await?;
        let mut days = Vec::new();
        for day in (first.0..=today.0).rev().map(Day) {
            let revisions = rows.remove(&day).unwrap_or_default();
            let is_reported = revisions.iter().any(|r| r.status == RevisionStatus::Holds);
            let code = past_code(opened, info, &decisions, is_reported, day, today);
            days.push(PastDay {
                day,
                code,
                revisions,
            });
        }
        let codes: BTreeSet<RegionCode> = days
            .iter()
            .flat_map(|d| &d.revisions)
            .filter_map(|r| r.answers.as_ref())
            .flat_map(|a| regions_named(&a.changes))
            .collect();
        Ok(ChildDays {
            name: loaded.person.profile.name.clone(),
            today,
            since: first,
            is_cut: seen.is_cut(),
            days,
            symptoms: super::home::symptoms(info, today),
            regions: self.region_names_in(&mut tx, codes).await?,
        })
    }

    pub(super) async fn past_codes_of(&self, seen: &Seen) -> Result<PastCodes> {
        let (first, today) = (seen.first_day(), seen.loaded.today);
        // What the facts no longer tell, the rows do.
        let told = today.plus(1 - WINDOW_DAYS);
        let (mut decisions, mut reported) = (Vec::new(), BTreeSet::new());
        if first < told {
            let person = seen.opened.row.person_id;
            let mut tx = self.store.read().await?;
            decisions = tx.decisions_of(person, DECISIONS).await?;
            let rows = tx.reports_of(person, first, told.plus(-1)).await?;
            let accepted = rows.iter().filter(|row| row.status == "accepted");
            reported.extend(accepted.map(|row| row.day));
        }
        let code = |day| {
            let is_reported = reported.contains(&day);
            past_code(
                &seen.opened,
                &seen.loaded.info,
                &decisions,
                is_reported,
                day,
                today,
            )
        };
        Ok(PastCodes {
            today,
            is_cut: seen.is_cut(),
            days: (first.0..=today.0)
                .map(Day)
                .map(|day| (day, code(day)))
                .collect(),
        })
    }

    /// Opens one revision.
    pub(crate) fn day_revision(
        &self,
        opened: &Opened,
        reader: &Reader,
        info: &SchoolInfo,
        row: ReportRow,
    ) -> Result<DayRevision> {
        let answers = self.open_answers(opened, &row)?;
        let note = row.note_enc.as_ref().and_then(|sealed| {
            let cell = Cell::new("report", "note_enc", row.report_id.0);
            String::from_utf8(opened.key.open(cell, sealed).ok()?).ok()
        });
        Ok(DayRevision {
            report: row.report_id,
            revision: row.revision,
            at: (info.zone.day_of(row.at), info.zone.minute_of(row.at)),
            by: reader.by(&row),
            channel: Channel::from_number(row.channel).unwrap_or(Channel::Web),
            status: match row.status.as_str() {
                "accepted" => RevisionStatus::Holds,
                "pending" => RevisionStatus::Waiting,
                "refused" => RevisionStatus::Refused,
                _ => RevisionStatus::Replaced,
            },
            is_stale: row.stale,
            answers,
            note,
            contest: None,
            is_contestable: false,
        })
    }
}

/// The code of a day: derived while its facts are at hand, otherwise as it was decided then.
fn past_code(
    opened: &Opened,
    info: &SchoolInfo,
    decisions: &[DecisionRow],
    is_reported: bool,
    day: Day,
    today: Day,
) -> Option<Code> {
    let state = &opened.kept.state;
    if today.since(day) < WINDOW_DAYS {
        let code = decide(state, &info.context(), day, today).code;
        return due_code(state, info, day, code);
    }
    let then = decisions.iter().find(|d| d.day <= day).filter(|d| {
        Code::from_number(d.code).is_flagged() && d.ends_day.is_none_or(|ends| day <= ends)
    });
    let code = match then {
        Some(row) => Code::from_number(row.code),
        None if is_reported => Code::Green,
        None => Code::Grey,
    };
    due_code(state, info, day, code)
}
