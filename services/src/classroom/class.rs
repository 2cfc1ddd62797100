//! The class today: who has reported, who is missing, who is flagged and why, and the last fourteen days.

use super::answers::{Reporter, relation_of, symptom_titles};
use super::frame::{ClassCounts, ClassFrame, Entered};
use crate::actor::Actor;
use crate::audit::class as class_subject;
use crate::context::SchoolInfo;
use crate::family::stands_refused;
use crate::gates::Attendance;
use crate::recolour::Opened;
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::decision::{decide, history};
use domain::ids::{AccountId, ClassId, PersonId};
use domain::report::{Channel, ChannelGroup, Temperature};
use domain::roster::RosterRow;
use domain::state::State;
use domain::{Code, Day, Millis, Text};
use std::collections::HashMap;
use store::{Numbers, Tx};

/// Days of the strip beside each name, today included.
pub(super) const STRIP_DAYS: u16 = 14;
/// Silent school days, today included, from which a call is offered.
const CALL_FROM: u32 = 2;
const DAY_MS: i64 = 86_400_000;

/// Why somebody is yellow or red.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The reason's short label.
    pub label: Text,
    /// What happened, in plain words.
    pub text: Text,
    /// Which day of how many this is; `None` where the reason has no days.
    pub nth: Option<(u16, u16)>,
    /// The last day; `None` while nobody can say.
    pub until: Option<Day>,
}

/// A guardian's number in the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name; may be empty.
    pub name: String,
    /// The relation; may be empty.
    pub relation: String,
    /// The number.
    pub phone: String,
}

/// How today's report came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Minutes since midnight.
    pub minute: u32,
    /// The channel.
    pub channel: Channel,
    /// Who sent it.
    pub by: Reporter,
    /// The temperature.
    pub temperature: Temperature,
    /// The symptoms by their titles.
    pub symptoms: Vec<Text>,
    /// Checked on paper: may not attend.
    pub paper_refused: bool,
}

/// One person of the class today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pupil {
    /// Who.
    pub person: PersonId,
    /// The seat number; 0 where there is none.
    pub seat: i64,
    /// The full name.
    pub name: String,
    /// Today's code.
    pub code: Code,
    /// Why, where it is yellow or red.
    pub flag: Option<Flag>,
    /// Today's accepted report.
    pub told: Option<Told>,
    /// School days without a report up to today, today included.
    pub silent_days: u32,
    /// Whom to call, from the second silent day on.
    pub contacts: Vec<Contact>,
    /// A guardian refused online reporting: paper only.
    pub paper_only: bool,
    /// The last fourteen days; `None` where nothing was due.
    pub strip: Vec<(Day, Option<Code>)>,
}

/// The class today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassView {
    /// What stands around the page.
    pub frame: ClassFrame,
    /// The numbers.
    pub counts: ClassCounts,
    /// Reported by this time on the day before; `None` where nobody had.
    pub yesterday_by_now: Option<i64>,
    /// The fever threshold in tenths of a degree Celsius.
    pub threshold: u16,
    /// Everybody, by seat.
    pub pupils: Vec<Pupil>,
    /// What the gates know; `None` where the school has none.
    pub attendance: Option<Attendance>,
}

/// What else is known of a class's people when one of them is looked at.
struct Around<'a> {
    info: &'a SchoolInfo,
    today: Day,
    /// Who sent today's reports.
    senders: HashMap<PersonId, AccountId>,
    /// How an account is related to a child.
    relations: HashMap<(AccountId, PersonId), String>,
    titles: Vec<(u8, Text)>,
}

impl Services {
    /// The class today.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but the class's teachers and the school's administrators.
    pub async fn class_view(&self, actor: &Actor, class: ClassId) -> Result<ClassView> {
        let view = self.read_class(actor, class, Action::SeeClass).await?;
        let place = {
            let mut tx = self.store.read().await?;
            self.place_of_class(&mut tx, class).await?
        };
        let today = view.frame.today;
        self.audit_list(actor, &place, class_subject(class), "class.read", today)
            .await?;
        Ok(view)
    }

    /// The same without writing down that it was read.
    pub(super) async fn read_class(
        &self,
        actor: &Actor,
        class: ClassId,
        action: Action,
    ) -> Result<ClassView> {
        let mut tx = self.store.read().await?;
        let entered = self.enter_class(&mut tx, actor, class, action).await?;
        drop(tx);
        self.ensure_open(entered.info.zone).await?;
        let mut tx = self.store.read().await?;
        let frame = self.frame_of(&mut tx, actor, &entered).await?;
        let pupils = self.pupils(&mut tx, &entered, frame.today).await?;
        let by_now = Millis(self.clock.now().0 - DAY_MS);
        let yesterday = tx.reported_by(class, frame.today.plus(-1), by_now).await?;
        let attendance = self.attendance(&mut tx, &entered, frame.today).await?;
        let info = &entered.info;
        Ok(ClassView {
            attendance,
            counts: ClassCounts {
                numbers: count(&pupils),
                ..ClassCounts::default()
            },
            yesterday_by_now: (yesterday > 0).then_some(yesterday),
            threshold: info.context().fever_threshold(frame.today),
            frame,
            pupils,
        })
    }

    async fn pupils(&self, tx: &mut Tx, entered: &Entered, today: Day) -> Result<Vec<Pupil>> {
        let class = entered.row.class_id;
        let senders = tx
            .reports_of_class(class, today)
            .await?
            .into_iter()
            .filter(|r| r.status == "accepted")
            .filter_map(|r| Some((r.person_id, r.account_id?)))
            .collect();
        let relations = tx
            .guardians_of_class(class)
            .await?
            .into_iter()
            .map(|g| ((g.account_id, g.person_id), g.relation))
            .collect();
        let around = Around {
            info: &entered.info,
            today,
            senders,
            relations,
            titles: symptom_titles(&entered.info, today),
        };
        let mut states = HashMap::new();
        for row in tx.states_of_class(class).await? {
            states.insert(row.person_id, self.open_state(row)?);
        }
        let consents = tx.consents_of_class(class).await?;
        let mut out = Vec::new();
        for row in tx.people_of_class(class).await? {
            let person = self.open_person(row)?;
            let id = person.row.person_id;
            let opened = states
                .get(&id)
                .ok_or_else(|| Error::internal(format!("person {id} has no state")))?;
            let mut pupil = pupil(&around, opened, person.row.seat, &person.profile);
            pupil.paper_only = consents.get(&id).is_some_and(|rows| stands_refused(rows));
            if let Some(told) = &mut pupil.told
                && told.channel.group() != ChannelGroup::Guardian
                && let Some(account) = around.senders.get(&id)
            {
                told.by = self.staff_name(tx, *account).await?;
            }
            out.push(pupil);
        }
        Ok(out)
    }
}

fn pupil(around: &Around, opened: &Opened, seat: i64, profile: &RosterRow) -> Pupil {
    let (state, today) = (&opened.kept.state, around.today);
    let person = opened.row.person_id;
    let decision = decide(state, &around.info.context(), today, today);
    let flag = decision.principal().map(|reason| Flag {
        label: reason.label.clone(),
        text: reason.text.clone(),
        nth: (reason.days > 0).then(|| {
            (
                day_of_isolation(reason.start, today, reason.days),
                reason.days,
            )
        }),
        until: reason.ends,
    });
    let told = state.report_of(today).map(|report| Told {
        minute: around.info.zone.minute_of(report.at),
        channel: report.channel,
        by: around
            .senders
            .get(&person)
            .and_then(|account| around.relations.get(&(*account, person)))
            .map_or(Reporter::Unknown, |word| relation_of(word)),
        temperature: report.answers.temperature,
        symptoms: around
            .titles
            .iter()
            .filter(|(number, _)| report.answers.symptoms.has(*number))
            .map(|(_, title)| title.clone())
            .collect(),
        paper_refused: report.answers.paper_refused,
    });
    let silent_days = silent_days(state, around.info, today);
    Pupil {
        person,
        seat,
        name: profile.name.clone(),
        code: decision.code,
        flag,
        told,
        silent_days,
        contacts: if silent_days >= CALL_FROM {
            contacts(profile)
        } else {
            Vec::new()
        },
        paper_only: false,
        strip: strip(state, around.info, today),
    }
}

/// Which day of an isolation it is: the day after the start is the first, as far as there are days.
pub(super) fn day_of_isolation(start: Option<Day>, today: Day, days: u16) -> u16 {
    let gone = start.map_or(1, |start| today.since(start).max(1));
    u16::try_from(gone).unwrap_or(u16::MAX).min(days)
}

/// The guardians of the roster that have a number.
pub(super) fn contacts(profile: &RosterRow) -> Vec<Contact> {
    profile
        .guardians
        .iter()
        .filter_map(|guardian| {
            Some(Contact {
                name: guardian.name.clone(),
                relation: guardian.relation.clone(),
                phone: guardian.phone.as_ref()?.as_str().to_owned(),
            })
        })
        .collect()
}

/// The last fourteen days; a grey day on which nothing was due is `None`.
pub(super) fn strip(state: &State, info: &SchoolInfo, today: Day) -> Vec<(Day, Option<Code>)> {
    history(state, &info.context(), today, STRIP_DAYS)
        .into_iter()
        .map(|(day, code, _)| {
            let due = day >= state.joined && info.calendar.is_school_day(day);
            (day, (code != Code::Grey || due).then_some(code))
        })
        .collect()
}

fn silent_days(state: &State, info: &SchoolInfo, today: Day) -> u32 {
    let mut silent = 0;
    for back in 0..i32::from(STRIP_DAYS) {
        let day = today.plus(-back);
        if state.report_of(day).is_some() || day < state.joined {
            break;
        }
        if info.calendar.is_school_day(day) {
            silent += 1;
        }
    }
    silent
}

fn count(pupils: &[Pupil]) -> Numbers {
    let mut counts = Numbers::default();
    for pupil in pupils {
        counts.students += 1;
        match pupil.code {
            Code::Green => counts.green += 1,
            Code::Yellow => counts.yellow += 1,
            Code::Red => counts.red += 1,
            Code::Grey => counts.grey += 1,
        }
        match pupil.told.as_ref().map(|told| told.channel.group()) {
            Some(ChannelGroup::Guardian) => counts.guardian += 1,
            Some(ChannelGroup::Paper) => counts.paper += 1,
            Some(ChannelGroup::Proxy) => counts.proxy += 1,
            None => {}
        }
    }
    counts
}
