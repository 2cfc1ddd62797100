//! The step that every change of facts goes through: decide anew, and move row, counters, decisions and turns together.

mod past;

use self::past::{Flag, Past};
use crate::blob;
use crate::context::SchoolInfo;
use crate::family::KEPT_DAYS;
use crate::vault::{Cell, CellKey};
use crate::{Error, Result, Services};
use domain::decision::{Decision, decide, prune};
use domain::ids::{ClassId, DecisionId, PersonId, SchoolId};
use domain::report::{Channel, ChannelGroup};
use domain::state::{FirstState, SecondState, State};
use domain::{Code, Day, Text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use store::{CounterKey, DecisionRow, Numbers, StateRow, TurnRow, Tx};

/// What `person_state.state_enc` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub state: State,
    /// The principal reason this person is counted under on `row.day`.
    pub reason: Option<String>,
    /// As what they are counted on the days before `row.day`.
    pub past: Past,
}

/// [`Kept`] as earlier versions stored it: the first, the second and the third differ in their state.
#[derive(Debug, Serialize, Deserialize)]
struct WithoutPast<S> {
    state: S,
    reason: Option<String>,
}

impl<S: Into<State>> From<WithoutPast<S>> for Kept {
    fn from(stored: WithoutPast<S>) -> Self {
        Self {
            state: stored.state.into(),
            reason: stored.reason,
            past: Past::unknown(),
        }
    }
}

impl Kept {
    /// As this version or an earlier one stored it in the row of a day.
    fn read(stored: &[u8], day: Day) -> Result<Self> {
        type First = WithoutPast<FirstState>;
        type Second = WithoutPast<SecondState>;
        type Third = WithoutPast<State>;
        let mut kept: Self = blob::read_changed::<_, Third, Second, First>(stored)?;
        kept.past.is_known_from(day);
        Ok(kept)
    }
}

/// A person's state row, opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub row: StateRow,
    pub key: CellKey,
    pub kept: Kept,
    /// When they left the roster, if they have: from that day on they are not counted.
    left_day: Option<Day>,
    /// The day of the row that `kept.past` has been told of.
    remembered: Option<Day>,
    stored: Stored,
}

/// Where the database has somebody's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    /// In their class.
    There,
    /// In another one.
    Elsewhere,
    /// Not yet: they are new.
    Nowhere,
}

impl Opened {
    /// Puts the person into a class on `today`; `left` is when they left the roster, if they had.
    pub fn place(&mut self, class: ClassId, left: Option<Day>, today: Day) {
        let past = &mut self.kept.past;
        past.leave(left.unwrap_or(today).plus(-1), Some(self.row.class_id));
        past.leave(today.plus(-1), None);
        self.row.class_id = class;
        self.left_day = None;
        if self.stored == Stored::There {
            self.stored = Stored::Elsewhere;
        }
    }

    /// The class in whose numbers of `day` the person is, if in any.
    fn class_on(&self, day: Day) -> Option<ClassId> {
        let is_there = self.left_day.is_none_or(|left| day < left);
        is_there
            .then(|| self.kept.past.class_on(day, self.row.class_id))
            .flatten()
    }

    /// The numbers of a class of their school on a day.
    fn counter(&self, class: ClassId, day: Day) -> CounterKey {
        CounterKey {
            class,
            day,
            school: self.row.school_id,
        }
    }

    /// The day under which a change of today is counted. Around midnight another server, whose clock is a moment ahead, may
    /// have moved the person to the next day already, and both days' numbers with them.
    pub fn present(&self, today: Day) -> Day {
        let next = today.plus(1);
        if self.row.day == next { next } else { today }
    }

    /// Keeps as what the row counts the person on its day, once that is over.
    fn remember(&mut self, today: Day) {
        let (row, kept) = (&self.row, &mut self.kept);
        if row.day >= today || self.remembered == Some(row.day) {
            return;
        }
        self.remembered = Some(row.day);
        let code = Code::from_number(row.code);
        let flag = Flag::new(code, kept.reason.as_deref());
        kept.past.set(row.day, flag);
        let settled = kept.state.settled_before;
        kept.past.forget_before(settled.max(today.plus(-KEPT_DAYS)));
    }

    /// Puts a decision in the place of the last one, with the latest report.
    pub fn note(&mut self, decision: &Decision) {
        self.remember(decision.day);
        let (row, reports) = (&mut self.row, &self.kept.state.reports);
        self.kept.reason = decision.principal().map(|r| r.code.clone());
        row.day = decision.day;
        row.code = decision.code.number();
        row.ends_day = decision.ends;
        if let Some(last) = reports.last() {
            row.reported_day = Some(last.day);
            row.channel = Some(last.channel.number());
            row.revision = i64::from(last.revision);
        }
    }
}

/// What a turn tells the feed, beside name and colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TurnDetail {
    pub code: String,
    pub label: Text,
}

impl Services {
    /// Opens the state row of somebody on the roster.
    pub(crate) fn open_state(&self, row: StateRow) -> Result<Opened> {
        let sealed =
            |_| Error::internal(format!("state of person {} does not open", row.person_id));
        let key = self
            .vault
            .subject(row.person_id.0, &row.wrapped)
            .map_err(sealed)?;
        let plain = key
            .open(
                Cell::new("person_state", "state_enc", row.person_id.0),
                &row.state_enc,
            )
            .map_err(sealed)?;
        let kept = Kept::read(&plain, row.day)
            .map_err(|e| Error::internal(format!("state of person {}: {e}", row.person_id)))?;
        Ok(Opened {
            row,
            key,
            kept,
            left_day: None,
            remembered: None,
            stored: Stored::There,
        })
    }

    /// The state of one person, also of one who has left, opened.
    pub(crate) async fn opened_state(&self, tx: &mut Tx, person: PersonId) -> Result<Opened> {
        let row = tx
            .state(person)
            .await?
            .ok_or_else(|| Error::internal(format!("person {person} has no state")))?;
        Ok(Opened {
            left_day: row.left_day,
            ..self.open_state(row.state)?
        })
    }

    /// The state row of somebody new.
    pub(crate) fn first_state(
        &self,
        person: PersonId,
        class: ClassId,
        school: SchoolId,
        key: CellKey,
        joined: Day,
    ) -> Opened {
        let row = StateRow {
            person_id: person,
            school_id: school,
            class_id: class,
            day: joined,
            code: Code::Grey.number(),
            ends_day: None,
            reported_day: None,
            channel: None,
            revision: 0,
            told_day: None,
            told_id: None,
            state_enc: Vec::new(),
            wrapped: Vec::new(),
        };
        Opened {
            row,
            key,
            kept: Kept {
                state: State::new(joined),
                reason: None,
                past: Past::known_from(joined),
            },
            left_day: None,
            remembered: None,
            stored: Stored::Nowhere,
        }
    }

    /// The blind index under which a reason is counted.
    pub(crate) fn reason_index(&self, reason: &str) -> Vec<u8> {
        self.vault.index("reason", reason)
    }
}

/// What a change is worth keeping as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worth {
    /// A decision of its own.
    pub decision: bool,
    /// A turn to yellow or red, for the feed.
    pub turn: bool,
}

/// What follows from a change of facts, or of the day. `was` is the code that the row had: a colour that time
/// alone brought shows there, while `before` is decided about the same day as `after`.
pub(crate) fn worth(before: &Decision, after: &Decision, was: Code) -> Worth {
    let same = before.code == after.code
        && before.ends == after.ends
        && reason_codes(before) == reason_codes(after);
    let turn = after.code.is_flagged() && after.code > was;
    let is_about_a_colour = after.code.is_flagged() || before.code.is_flagged();
    Worth {
        decision: (!same || turn) && is_about_a_colour,
        turn,
    }
}

/// What the feed tells of a decision.
pub(crate) fn turn_detail(decision: &Decision) -> Result<Vec<u8>> {
    let detail = decision.principal().map(|r| TurnDetail {
        code: r.code.clone(),
        label: r.label.clone(),
    });
    serde_json::to_vec(&detail).map_err(|e| Error::internal(e.to_string()))
}

/// What one person adds to the counters of a day.
pub(crate) fn share(row: &StateRow, today: Day) -> Numbers {
    let channel = row.channel.and_then(Channel::from_number);
    let group = channel.map_or(ChannelGroup::Guardian, Channel::group);
    share_of(row.code_on(today), row.reported_on(today).then_some(group))
}

/// The same, by code and channel.
pub(crate) fn share_of(code: Code, reported: Option<ChannelGroup>) -> Numbers {
    let mut numbers = Numbers {
        students: 1,
        ..Numbers::default()
    };
    match code {
        Code::Green => numbers.green = 1,
        Code::Yellow => numbers.yellow = 1,
        Code::Red => numbers.red = 1,
        Code::Grey => numbers.grey = 1,
    }
    match reported {
        Some(ChannelGroup::Guardian) => numbers.guardian = 1,
        Some(ChannelGroup::Paper) => numbers.paper = 1,
        Some(ChannelGroup::Proxy) => numbers.proxy = 1,
        None => {}
    }
    numbers
}

/// What somebody adds who is under that colour, or else green with a report and grey without one.
fn share_on(flag: Option<&Flag>, reported: Option<ChannelGroup>) -> Numbers {
    let plain = if reported.is_some() {
        Code::Green
    } else {
        Code::Grey
    };
    share_of(flag.map_or(plain, |flag| flag.code), reported)
}

fn negated(n: Numbers) -> Numbers {
    Numbers {
        students: -n.students,
        guardian: -n.guardian,
        paper: -n.paper,
        proxy: -n.proxy,
        green: -n.green,
        yellow: -n.yellow,
        red: -n.red,
        grey: -n.grey,
    }
}

/// Changes collected over a batch, written by a few statements.
pub(crate) struct Ledger<S> {
    services: S,
    counters: BTreeMap<CounterKey, Numbers>,
    reasons: BTreeMap<(CounterKey, i64, Vec<u8>), i64>,
    states: BTreeMap<PersonId, (Stored, StateRow)>,
    decisions: Vec<DecisionRow>,
    turns: Vec<TurnRow>,
}

impl<S: Deref<Target = Services>> Ledger<S> {
    pub fn new(services: S) -> Self {
        Self {
            services,
            counters: BTreeMap::new(),
            reasons: BTreeMap::new(),
            states: BTreeMap::new(),
            decisions: Vec::new(),
            turns: Vec::new(),
        }
    }

    /// Takes a person out of the counters of `today` (`sign` −1), or puts them in (+1); not one who has left, who is
    /// in none.
    pub fn count(&mut self, opened: &Opened, today: Day, sign: i64) {
        if opened.left_day.is_some() {
            return;
        }
        let row = &opened.row;
        let key = opened.counter(row.class_id, today);
        let flag = Flag::new(row.code_on(today), opened.kept.reason.as_deref());
        self.add(key, share(row, today), flag.as_ref(), sign);
    }

    /// Adds one person's share of a class's day, or takes it away.
    fn add(&mut self, key: CounterKey, numbers: Numbers, flag: Option<&Flag>, sign: i64) {
        *self.counters.entry(key).or_default() += if sign < 0 { negated(numbers) } else { numbers };
        if let Some(Flag { code, reason }) = flag {
            let key = (key, code.number(), self.services.reason_index(reason));
            *self.reasons.entry(key).or_default() += sign;
        }
    }

    /// Counts people who are new in a class: grey, and without a report.
    pub fn count_new(&mut self, class: ClassId, school: SchoolId, day: Day, people: i64) {
        let key = CounterKey { class, day, school };
        *self.counters.entry(key).or_default() += Numbers::grey(people);
    }

    /// The person's only report is gone: they count as not having reported.
    pub fn forget_reports(&mut self, opened: &mut Opened, today: Day) {
        let today = opened.present(today);
        self.count(opened, today, -1);
        opened.row.reported_day = None;
        opened.row.channel = None;
        opened.row.revision = 0;
        self.count(opened, today, 1);
    }

    /// Moves a person from where the numbers of `day`, if it is over, count them to where a late report, a correction or a
    /// struck report puts them. `state` is theirs with it.
    pub fn count_late(
        &mut self,
        opened: &mut Opened,
        state: &State,
        info: &SchoolInfo,
        day: Day,
        today: Day,
    ) {
        let today = opened.present(today);
        let Some(class) = opened.class_on(day).filter(|_| day < today) else {
            return;
        };
        opened.remember(today);
        let key = opened.counter(class, day);
        let group_in = |state: &State| state.report_of(day).map(|report| report.channel.group());
        let past = &mut opened.kept.past;
        let group = group_in(&opened.kept.state);
        let was = if past.knows(day) {
            past.flag_on(day).cloned()
        } else {
            Flag::of(&decide(&opened.kept.state, &info.context(), day, today))
        };
        self.add(key, share_on(was.as_ref(), group), was.as_ref(), -1);
        let is = Flag::of(&decide(state, &info.context(), day, today));
        self.add(key, share_on(is.as_ref(), group_in(state)), is.as_ref(), 1);
        past.set(day, is);
    }

    /// Writes the row as it stands, without deciding anew.
    pub fn keep(&mut self, opened: &mut Opened) -> Result<()> {
        let plain = blob::write(&opened.kept)?;
        let cell = Cell::new("person_state", "state_enc", opened.row.person_id.0);
        opened.row.state_enc = opened.key.seal(&*self.services.entropy, cell, &plain);
        let row = (opened.stored, opened.row.clone());
        self.states.insert(opened.row.person_id, row);
        Ok(())
    }

    /// Puts `state` in place of the person's, decides about `today`, and notes all that follows.
    /// Whoever is on the roster must be counted already; see [`Self::count`].
    pub fn recolour(
        &mut self,
        opened: &mut Opened,
        state: State,
        info: &SchoolInfo,
        today: Day,
        cause: &str,
    ) -> Result<Decision> {
        let context = info.context();
        let today = opened.present(today);
        let before = decide(&opened.kept.state, &context, today, today);
        let was = Code::from_number(opened.row.code);
        let after = decide(&state, &context, today, today);
        let worth = worth(&before, &after, was);
        opened.kept.state = state;
        self.settle(opened, info, &after, worth, cause)?;
        Ok(after)
    }

    /// Takes `after`, a decision about the same facts under other rules, areas or days off, in place of what the
    /// row says.
    pub fn redecide(
        &mut self,
        opened: &mut Opened,
        info: &SchoolInfo,
        after: &Decision,
        cause: &str,
    ) -> Result<()> {
        let was = Code::from_number(opened.row.code);
        let worth = Worth {
            decision: after.code.is_flagged() || opened.row.code_on(after.day).is_flagged(),
            turn: after.code.is_flagged() && after.code > was,
        };
        self.settle(opened, info, after, worth, cause)
    }

    fn settle(
        &mut self,
        opened: &mut Opened,
        info: &SchoolInfo,
        after: &Decision,
        worth: Worth,
        cause: &str,
    ) -> Result<()> {
        let today = after.day;
        self.count(opened, today, -1);
        opened.note(after);
        opened.kept.state = prune(&opened.kept.state, &info.context(), today);
        self.count(opened, today, 1);
        self.keep(opened)?;
        if worth.decision {
            self.decisions
                .push(self.decision_row(opened, after, cause)?);
        }
        if worth.turn {
            self.turns.push(self.turn_row(opened, after)?);
        }
        Ok(())
    }

    fn decision_row(
        &self,
        opened: &Opened,
        decision: &Decision,
        cause: &str,
    ) -> Result<DecisionRow> {
        let id = self.services.next_id();
        let plain = serde_json::to_vec(decision).map_err(|e| Error::internal(e.to_string()))?;
        Ok(DecisionRow {
            decision_id: DecisionId(id),
            school_id: opened.row.school_id,
            person_id: opened.row.person_id,
            day: decision.day,
            at: self.services.clock.now(),
            code: decision.code.number(),
            ends_day: decision.ends,
            replaces: None,
            cause: cause.to_owned(),
            detail_enc: opened.key.seal(
                &*self.services.entropy,
                Cell::new("decision", "detail_enc", id),
                &plain,
            ),
        })
    }

    fn turn_row(&self, opened: &Opened, decision: &Decision) -> Result<TurnRow> {
        let id = self.services.next_id();
        let plain = turn_detail(decision)?;
        Ok(TurnRow {
            turn_id: id,
            school_id: opened.row.school_id,
            class_id: opened.row.class_id,
            person_id: opened.row.person_id,
            day: decision.day,
            at: self.services.clock.now(),
            code: decision.code.number(),
            ends_day: decision.ends,
            detail_enc: opened.key.seal(
                &*self.services.entropy,
                Cell::new("turn", "detail_enc", id),
                &plain,
            ),
            wrapped: Vec::new(),
        })
    }

    /// Writes everything noted. Commit afterwards, then call [`store::Store::mark_change`].
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        let (mut new, mut moved, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for (stored, row) in self.states.into_values() {
            let rows = match stored {
                Stored::Nowhere => &mut new,
                Stored::Elsewhere => &mut moved,
                Stored::There => &mut changed,
            };
            rows.push(row);
        }
        let mut decisions = self.decisions;
        if !decisions.is_empty() {
            let people: BTreeSet<PersonId> = decisions.iter().map(|d| d.person_id).collect();
            let people: Vec<PersonId> = people.into_iter().collect();
            let mut latest: BTreeMap<_, _> =
                tx.latest_decision_ids(&people).await?.into_iter().collect();
            for row in &mut decisions {
                row.replaces = latest.insert(row.person_id, row.decision_id);
            }
        }
        tx.insert_states(&new).await?;
        tx.move_states(&moved).await?;
        tx.update_states(&changed).await?;
        tx.insert_decisions(&decisions).await?;
        let counters = self
            .counters
            .into_iter()
            .filter(|(_, n)| *n != Numbers::default())
            .collect();
        tx.add_counters(&counters, &self.turns).await?;
        let reasons = self.reasons.into_iter().filter(|(_, n)| *n != 0).collect();
        Ok(tx.add_reasons(&reasons).await?)
    }
}

fn reason_codes(decision: &Decision) -> Vec<(&str, Option<Day>)> {
    decision
        .reasons
        .iter()
        .map(|r| (r.code.as_str(), r.ends))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests;
