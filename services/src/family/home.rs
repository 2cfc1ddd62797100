//! A guardian's children: who they are and how today stands, and one of them in full.

use super::consent::{ConsentState, consent_of};
use super::days::{DayRevision, Reader};
use super::guardians::Relation;
use super::hidden;
use super::kept::Kept;
use super::places::{RegionNames, region_of, regions_of};
use crate::people::class_name;
use crate::recolour::Opened;
use crate::{Actor, Error, Result, SchoolInfo, Services};
use domain::access::{Action, Role, Scope};
use domain::decision::{Decision, all_well_available, decide, explain, history};
use domain::ids::PersonId;
use domain::isolation::SpanKind;
use domain::lang::Text;
use domain::report::{DayReport, FactChange, StandingFact, Temperature};
use domain::roster::ClassName;
use domain::rulebook::{Policy, Rulebook};
use domain::state::{Standing, State};
use domain::{Code, Day};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{
    ChildRow, ClassRow, ConsentRow, GuardianshipRow, PassHolderRow, PersonRow, ReportRow, Tx,
};

/// Days of the strip.
pub const STRIP_DAYS: u16 = 14;
/// Days for which a past stay, contact or test is listed among the standing facts.
const FACTS_DAYS: i32 = 21;
/// Most boxes that the progress of an isolation shows.
const PROGRESS_MAX: i32 = 63;

/// One child in the list of a guardian's children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildBrief {
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The class.
    pub class: ClassName,
    /// Today's code.
    pub code: Code,
    /// Whether today's report is in.
    pub is_reported: bool,
    /// Whether a correction of today waits for the teacher.
    pub is_waiting: bool,
    /// Where consent stands.
    pub consent: ConsentState,
}

/// A guardian's children, and one of them in full.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyHome {
    /// All of them, in the order in which they were added.
    pub children: Vec<ChildBrief>,
    /// The one to be shown; `None` where there are none.
    pub shown: Option<ChildView>,
}

/// The link between the reader and the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Who the reader is to the child.
    pub relation: Relation,
    /// Whether the teacher has confirmed them.
    pub is_confirmed: bool,
    /// The first day they may see; the child's first day once confirmed.
    pub since: Day,
    /// Somebody else tried their used slip.
    pub is_alerted: bool,
    /// How many guardians the child has.
    pub guardians: usize,
}

/// A symptom that the form offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymptomChoice {
    /// Its number in reports.
    pub number: u8,
    /// Its name.
    pub title: Text,
}

/// The days of the isolation that decides, one mark each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Days that have to count.
    pub of: u16,
    /// Which of them today is; 0 before the first.
    pub nth: u16,
    /// Every day from the first to the last, with how it is judged.
    pub days: Vec<(Day, SpanKind)>,
}

/// One child, in full, as its guardian sees it today.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildView {
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The name as outsiders may see it.
    pub masked: String,
    /// The class.
    pub class: ClassName,
    /// The school's name.
    pub school: Text,
    /// Whom families may ask.
    pub contact: String,
    /// Today at the school.
    pub today: Day,
    /// Seconds since midnight there.
    pub second: u32,
    /// Minute of the day at which reports are due.
    pub due_minute: u32,
    /// Whether there is school today.
    pub is_school_day: bool,
    /// The reader's link to the child.
    pub link: Link,
    /// Where consent stands.
    pub consent: ConsentState,
    /// The day on which the reader agreed.
    pub agreed_on: Option<Day>,
    /// The code of today and why; reasons from before the reader's first day are hidden.
    pub decision: Decision,
    /// The days of the principal isolation, where there is one the reader may see.
    pub progress: Option<Progress>,
    /// Whether *all well* can be said with one click.
    pub all_well: bool,
    /// Fever begins here, in tenths of a degree Celsius.
    pub threshold: u16,
    /// What a missed day of an isolation does, by the strictest rulebook in force.
    pub missed: Policy,
    /// The symptoms of the form.
    pub symptoms: Vec<SymptomChoice>,
    /// All revisions of today, oldest first.
    pub revisions: Vec<DayRevision>,
    /// What holds for today, where something does.
    pub report: Option<DayReport>,
    /// Standing facts from before today, those that still matter.
    pub standing: Vec<Standing>,
    /// Whether some standing facts are hidden until the teacher confirms the reader.
    pub has_hidden: bool,
    /// The last days; `None` where nothing was due.
    pub strip: Vec<(Day, Option<Code>)>,
    /// Days reported in a row up to now.
    pub streak: u32,
    /// Full names of the regions in all of the above.
    pub regions: RegionNames,
}

impl ChildView {
    /// The latest revision of today; 0 for none.
    pub fn revision(&self) -> i64 {
        self.revisions.last().map_or(0, |r| r.revision)
    }

    /// The revisions of today that wait for the teacher.
    pub fn waiting(&self) -> impl Iterator<Item = &DayRevision> {
        self.revisions.iter().filter(|r| r.is_waiting())
    }

    /// Whether something is known that *all well* would have to confirm.
    pub fn is_plain(&self) -> bool {
        self.standing.is_empty() && !self.has_hidden
    }
}

/// What every page about a child begins with.
pub(crate) struct Loaded {
    pub info: Arc<SchoolInfo>,
    pub person: crate::people::OpenPerson,
    pub class: ClassRow,
    pub today: Day,
    pub link: Link,
    /// All who ever were guardians of the child.
    pub guardians: Vec<GuardianshipRow>,
}

/// What is read of a child for a guardian who may report.
pub(crate) struct Seen {
    pub loaded: Loaded,
    pub opened: Opened,
    pub reader: Reader,
    pub consents: Vec<ConsentRow>,
    /// All revisions of today, oldest first.
    pub revisions: Vec<ReportRow>,
    /// The child's number in passes, where one has been drawn.
    pub holder: Option<PassHolderRow>,
}

impl Seen {
    /// Where consent stands for the reader.
    pub fn consent(&self) -> ConsentState {
        consent_of(&self.consents, self.reader.own)
    }
}

/// Who the revisions of a child came from, in the eyes of one reader.
fn reader(actor: &Actor, guardians: &[GuardianshipRow]) -> Reader {
    let guardians = guardians.iter().map(|g| {
        let relation = Relation::parse(&g.relation).unwrap_or(Relation::Other);
        (g.account_id, relation)
    });
    Reader {
        own: actor.id(),
        guardians: guardians.collect(),
    }
}

impl Services {
    /// The children of the signed-in account, in the order in which they were added.
    pub async fn family(&self, actor: &Actor) -> Result<Vec<ChildBrief>> {
        Ok(self.see_children(actor).await?.iter().map(brief).collect())
    }

    /// The same, and in full the one that is `wanted`, else the first still to be reported, else the first.
    pub async fn family_home(&self, actor: &Actor, wanted: Option<PersonId>) -> Result<FamilyHome> {
        let seen = self.see_children(actor).await?;
        let children: Vec<_> = seen.iter().map(brief).collect();
        let is_wanted = |child: &ChildBrief| Some(child.person) == wanted;
        let first = children.iter().position(is_wanted);
        let first = first.or_else(|| children.iter().position(|child| !child.is_reported));
        let shown = match seen.get(first.unwrap_or(0)) {
            Some(seen) => Some(self.view_of(seen).await?),
            None => None,
        };
        Ok(FamilyHome { children, shown })
    }

    async fn see_children(&self, actor: &Actor) -> Result<Vec<Seen>> {
        actor.id().ok_or(Error::NotSignedIn)?;
        let children = actor
            .scopes_of(Role::Guardian)
            .filter_map(|scope| match scope {
                Scope::Person(child) => Some(*child),
                _ => None,
            });
        let mut seen = Vec::new();
        for kept in self.children.ask_all(children).await? {
            match kept?.map(|kept| self.seen(actor, kept)) {
                // Somebody who has been unlinked this very moment has one child less.
                None | Some(Err(Error::Forbidden)) => {}
                Some(child) => seen.push(child?),
            }
        }
        Ok(seen)
    }

    /// One child as its guardian sees it today.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a child that is not theirs, or is none.
    pub async fn child_view(&self, actor: &Actor, person: PersonId) -> Result<ChildView> {
        self.view_of(&self.see_child(actor, person).await?).await
    }

    /// Authorises a guardian who may report, and reads what they are shown of the child.
    pub(crate) async fn see_child(&self, actor: &Actor, person: PersonId) -> Result<Seen> {
        let kept = self.children.ask(person).await??;
        self.seen(actor, kept.ok_or(Error::Forbidden)?)
    }

    /// The same in a transaction that reads more.
    pub(super) async fn see_child_in(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
    ) -> Result<Seen> {
        let kept = self.kept_of(tx, &[person]).await?.pop();
        let kept = kept.ok_or(Error::Forbidden)??;
        self.seen(actor, kept.ok_or(Error::Forbidden)?)
    }

    fn seen(&self, actor: &Actor, kept: Kept) -> Result<Seen> {
        let ChildRow {
            person,
            class,
            state,
            consents,
            holder,
        } = kept.child;
        let place = (kept.info).place_of(person.class_id, person.person_id);
        actor.require(Action::ReportForChild, &place)?;
        let (info, today, guardians) = (kept.info, kept.today, kept.guardians);
        let loaded = self.loaded(actor, info, today, person, class, guardians)?;
        Ok(Seen {
            reader: reader(actor, &loaded.guardians),
            opened: self.open_state(state)?,
            loaded,
            consents,
            revisions: kept.revisions,
            holder,
        })
    }

    pub(super) async fn view_of(&self, seen: &Seen) -> Result<ChildView> {
        let Seen {
            loaded,
            opened,
            reader,
            consents,
            ..
        } = seen;
        let (state, today, since) = (&opened.kept.state, loaded.today, loaded.link.since);
        let context = loaded.info.context();
        let mut decision = decide(state, &context, today, today);
        let progress = progress_of(state, &loaded.info, &decision, today, since);
        hidden::hide_reasons(&mut decision, since);
        let person = loaded.person.row.person_id;
        let mut revisions = Vec::new();
        for row in seen.revisions.iter().cloned() {
            revisions.push(self.day_revision(opened, reader, &loaded.info, row)?);
        }
        let before = before_today(state, today);
        let matters = relevant(&before, today);
        let has_hidden = matters.iter().any(|s| s.id.day < since);
        let standing: Vec<_> = matters.into_iter().filter(|s| s.id.day >= since).collect();
        let codes: BTreeSet<_> = standing
            .iter()
            .filter_map(|s| region_of(&s.fact))
            .chain(revisions.iter().flat_map(DayRevision::regions))
            .cloned()
            .collect();
        let agreed = consents
            .iter()
            .find(|c| Some(c.account_id) == reader.own && c.answer == "given");
        let minute = u32::try_from(loaded.info.row.due_minute).unwrap_or_default();
        Ok(ChildView {
            person,
            name: loaded.person.profile.name.clone(),
            masked: loaded.person.masked(),
            class: class_name(&loaded.class),
            school: loaded.info.row.names(),
            contact: loaded.info.row.contact.clone(),
            today,
            second: loaded.info.zone.second_of(self.clock.now()),
            due_minute: minute,
            is_school_day: context.calendar.is_school_day(today),
            link: loaded.link,
            consent: seen.consent(),
            agreed_on: agreed.map(|c| loaded.info.zone.day_of(c.at)),
            progress,
            all_well: all_well_available(state, &context, today),
            threshold: context.fever_threshold(today),
            missed: missed_policy(&loaded.info, today),
            symptoms: symptoms(&loaded.info, today),
            report: state.report_of(today).cloned(),
            has_hidden,
            strip: strip(state, &loaded.info, today, since),
            streak: streak(state, &loaded.info, today, since),
            regions: self.region_names(codes).await?,
            decision,
            revisions,
            standing,
        })
    }

    /// Authorises a guardian and reads what every page about a child needs.
    pub(crate) async fn load_child(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person: PersonId,
        action: Action,
    ) -> Result<Loaded> {
        let (place, row) = self.place_of_person(tx, person).await?;
        actor.require(action, &place)?;
        let info = self.school_info(tx, row.school_id).await?;
        let class = tx.class(row.class_id).await?.ok_or(Error::Forbidden)?;
        let links = tx.guardians_of(person).await?;
        let today = self.today_at(&info);
        self.loaded(actor, info, today, row, class, links)
    }

    /// What every page about a child begins with, from its rows; `links` are all who ever were its guardians.
    fn loaded(
        &self,
        actor: &Actor,
        info: Arc<SchoolInfo>,
        today: Day,
        row: PersonRow,
        class: ClassRow,
        links: Vec<GuardianshipRow>,
    ) -> Result<Loaded> {
        let account = actor.id().ok_or(Error::NotSignedIn)?;
        let joined = row.joined_day;
        let person = self.open_person(row)?;
        let guardians = links.iter().filter(|g| g.status != "unlinked").count();
        let own = links
            .iter()
            .find(|g| g.account_id == account && g.status != "unlinked")
            .ok_or(Error::Forbidden)?;
        let is_confirmed = own.status == "confirmed";
        let link = Link {
            relation: Relation::parse(&own.relation).unwrap_or(Relation::Other),
            is_confirmed,
            since: if is_confirmed {
                joined.min(own.since_day)
            } else {
                own.since_day
            },
            is_alerted: own.alert_at.is_some(),
            guardians,
        };
        Ok(Loaded {
            info,
            person,
            class,
            today,
            link,
            guardians: links,
        })
    }

    /// Opens a person's decision of an earlier time; `None` once it was stripped.
    pub(crate) fn open_decision(
        &self,
        opened: &Opened,
        row: &store::DecisionRow,
    ) -> Option<Decision> {
        let cell = crate::vault::Cell::new("decision", "detail_enc", row.decision_id.0);
        let plain = opened.key.open(cell, &row.detail_enc).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

fn brief(seen: &Seen) -> ChildBrief {
    let (loaded, state) = (&seen.loaded, &seen.opened.kept.state);
    let decision = decide(state, &loaded.info.context(), loaded.today, loaded.today);
    ChildBrief {
        person: loaded.person.row.person_id,
        name: loaded.person.profile.name.clone(),
        class: class_name(&loaded.class),
        code: decision.code,
        is_reported: decision.reported,
        is_waiting: seen.revisions.iter().any(|row| row.status == "pending"),
        consent: seen.consent(),
    }
}

/// The state as it was before anything was said today, which is what a revision of today starts from.
fn before_today(state: &State, today: Day) -> Vec<Standing> {
    let mut before = state.clone();
    before.reports.retain(|report| report.day != today);
    domain::facts::standing(&before)
}

/// Those facts that go on, or happened lately.
fn relevant(standing: &[Standing], today: Day) -> Vec<Standing> {
    let recent = |day: Day| today.since(day) <= FACTS_DAYS;
    let matters = |s: &&Standing| match &s.fact {
        StandingFact::Contact { last, .. } => recent(*last),
        StandingFact::Household { .. } => s.ended.is_none(),
        StandingFact::Stay { .. } => s.until().is_none_or(recent),
        StandingFact::Test { sampled, .. } => recent(*sampled),
    };
    standing.iter().filter(matters).cloned().collect()
}

fn missed_policy(info: &SchoolInfo, today: Day) -> Policy {
    let books = info.rulebooks().iter().filter(|b| b.in_force(today));
    books.map(Rulebook::policy).max().unwrap_or_default()
}

pub(crate) fn symptoms(info: &SchoolInfo, today: Day) -> Vec<SymptomChoice> {
    let symptoms = info.symptoms(today).into_iter();
    symptoms
        .map(|symptom| SymptomChoice {
            number: symptom.number,
            title: symptom.title.clone(),
        })
        .collect()
}

fn strip(state: &State, info: &SchoolInfo, today: Day, since: Day) -> Vec<(Day, Option<Code>)> {
    history(state, &info.context(), today, STRIP_DAYS)
        .into_iter()
        .filter(|(day, ..)| *day >= since)
        .map(|(day, code, _)| (day, due_code(state, info, day, code)))
        .collect()
}

/// The code of a day; `None` where no report was due and none came.
pub(crate) fn due_code(state: &State, info: &SchoolInfo, day: Day, code: Code) -> Option<Code> {
    let was_due = day >= state.joined && info.context().calendar.is_school_day(day);
    (code != Code::Grey || was_due).then_some(code)
}

fn streak(state: &State, info: &SchoolInfo, today: Day, since: Day) -> u32 {
    let first = state.joined.max(since);
    let mut days = 0;
    let mut day = today;
    while day >= first {
        if state.report_of(day).is_some() {
            days += 1;
        } else if day != today && info.context().calendar.is_school_day(day) {
            break;
        }
        day = day.plus(-1);
    }
    days
}

fn progress_of(
    state: &State,
    info: &SchoolInfo,
    decision: &Decision,
    today: Day,
    since: Day,
) -> Option<Progress> {
    let principal = decision.principal()?;
    if principal.days == 0 || hidden::is_hidden(principal, since) {
        return None;
    }
    let trace = explain(state, &info.context(), today, today);
    let isolation = trace.isolations.into_iter().find(|i| {
        *i.rule_id == *principal.rule_id
            && *i.rulebook_id == *principal.rulebook_id
            && Some(i.start) == principal.start
    })?;
    let last = isolation.ends.unwrap_or_else(|| {
        let missing = i32::from(principal.days.saturating_sub(principal.counted));
        today.max(isolation.start).plus(missing)
    });
    let days: Vec<_> = isolation
        .lines
        .iter()
        .flat_map(|line| {
            let to = line.span.to.min(last);
            (line.span.from.0..=to.0).map(|day| (Day(day), line.span.kind))
        })
        .take(usize::try_from(PROGRESS_MAX).unwrap_or_default())
        .collect();
    let is_expected = days
        .iter()
        .any(|(day, kind)| *day == today && *kind == SpanKind::Expected);
    let nth = principal.counted + u16::from(is_expected);
    Some(Progress {
        of: principal.days,
        nth: nth.min(principal.days),
        days,
    })
}

/// Whether a day's answers state symptoms or a measured fever.
pub fn is_unwell(report: &DayReport, threshold: u16) -> bool {
    let fever = matches!(report.answers.temperature, Temperature::Tenths(t) if t >= threshold);
    fever || !report.answers.symptoms.is_empty()
}

/// The regions that a report's changes name.
pub(crate) fn regions_named(changes: &[FactChange]) -> Vec<domain::ids::RegionCode> {
    regions_of(changes).cloned().collect()
}
