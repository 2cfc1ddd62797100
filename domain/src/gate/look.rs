//! What the guard is told, from what the device knows: pure, and the same with and without a network.

use super::journal::Measured;
use super::{
    Act, Direction, Journal, Kit, RollPerson, ShortCode, Shown, Stamp, Verdict, VisitorPolicy, Why,
    day_at, short_code,
};
use crate::pass::{Pass, PassRefusal, Says, verify};
use crate::recognition::recognise;
use crate::roster::ClassName;
use crate::{Code, Day, Lang, Millis, Text};

/// What a device goes by at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Device<'a> {
    /// What it has taken along; none before the first contact.
    pub kit: Option<&'a Kit>,
    /// What time it is; none where that is unknown.
    pub now: Option<Millis>,
    /// What has happened on it today.
    pub journal: &'a Journal,
}

/// Who stands there, as far as the guard is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Their number; at their own issuer, if they are a visitor.
    pub holder: u64,
    /// The masked name.
    pub name: String,
    /// Their class, where it is one of ours.
    pub class: Option<ClassName>,
    /// Whose pass a visitor has.
    pub issuer: Option<String>,
    /// The last day of a refusal, where one is known.
    pub until: Option<Day>,
}

/// What the guard is told about one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Admit, refuse or report first.
    pub verdict: Verdict,
    /// On what ground.
    pub why: Why,
    /// Who it is, where the code could be relied on that far.
    pub who: Option<Who>,
    /// When and at which gate they were let in before, today.
    pub came: Option<(Millis, String)>,
    /// What to hand in; nothing where the device could not decide.
    pub act: Option<Act>,
}

/// One of several people of one short code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Whose.
    pub holder: u64,
    /// The masked name.
    pub name: String,
    /// The class.
    pub class: Option<ClassName>,
}

/// What comes of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// A verdict.
    Decided(Box<Outcome>),
    /// Several people have this short code: the guard asks which.
    Choose(Vec<Choice>),
}

impl Look {
    fn refused(why: Why) -> Self {
        Self::Decided(Box::new(Outcome::refused(why)))
    }
}

impl Outcome {
    /// A refusal of what was shown, without a person.
    fn refused(why: Why) -> Self {
        let act = match &why {
            // A device that can decide nothing has nothing to tell.
            Why::ContactNeeded | Why::UnknownTime | Why::NotSetUp => None,
            why => Some(Act::Refused {
                why: why.code().to_owned(),
            }),
        };
        Self {
            verdict: Verdict::Refuse,
            why,
            who: None,
            came: None,
            act,
        }
    }
}

/// What a device goes by, once it can decide at all.
#[derive(Clone, Copy)]
struct Ready<'a> {
    kit: &'a Kit,
    stamp: &'a Stamp,
    journal: &'a Journal,
    now: Millis,
    today: Day,
}

impl<'a> Device<'a> {
    fn ready(self) -> Result<Ready<'a>, Why> {
        let kit = self.kit.ok_or(Why::NotSetUp)?;
        let now = self.now.ok_or(Why::UnknownTime)?;
        let stamp = kit.stamp();
        if now >= stamp.good_until {
            return Err(Why::ContactNeeded);
        }
        Ok(Ready {
            kit,
            stamp,
            journal: self.journal,
            now,
            today: day_at(now, stamp.offset_minutes),
        })
    }

    /// Looks at what was scanned or typed: the text of a pass, or a short code.
    pub fn look(self, text: &str, direction: Direction) -> Look {
        let ready = match self.ready() {
            Ok(ready) => ready,
            Err(why) => return Look::refused(why),
        };
        let text = text.trim();
        match text.parse::<ShortCode>() {
            Ok(code) => ready.short(code, direction),
            Err(_) => Look::Decided(Box::new(ready.pass(text, direction))),
        }
    }

    /// Looks at somebody who was chosen: of several with one short code, or from the list.
    pub fn look_at(self, holder: u64, shown: Shown, direction: Direction) -> Outcome {
        match self.ready() {
            Ok(ready) => ready
                .listed(holder, shown, direction)
                .unwrap_or_else(Outcome::refused),
            Err(why) => Outcome::refused(why),
        }
    }
}

impl Ready<'_> {
    /// The people of today's list; none where the list is of another day.
    fn people(&self) -> Option<&[RollPerson]> {
        let roll = self.kit.roll()?;
        (roll.day == self.today).then_some(roll.people.as_slice())
    }

    fn person(&self, holder: u64) -> Result<&RollPerson, Why> {
        let people = self.people().ok_or(Why::ListTooOld)?;
        people
            .iter()
            .find(|person| person.holder == holder)
            .ok_or(Why::Pass(PassRefusal::UnknownHolder))
    }

    fn class(&self, class: u32) -> Option<ClassName> {
        let classes = &self.kit.roll()?.classes;
        classes.iter().find(|c| c.class == class).map(|c| c.name)
    }

    fn short(&self, code: ShortCode, direction: Direction) -> Look {
        let Some(people) = self.people() else {
            return Look::refused(Why::ListTooOld);
        };
        let found: Vec<_> = people
            .iter()
            .filter(|person| short_code(person.holder) == code)
            .collect();
        match found.as_slice() {
            [] => Look::refused(Why::UnknownShortCode),
            [one] => Look::Decided(Box::new(
                self.listed(one.holder, Shown::ShortCode, direction)
                    .unwrap_or_else(Outcome::refused),
            )),
            several => Look::Choose(
                several
                    .iter()
                    .map(|person| Choice {
                        holder: person.holder,
                        name: person.name.clone(),
                        class: self.class(person.class),
                    })
                    .collect(),
            ),
        }
    }

    /// Somebody told by the list alone.
    fn listed(&self, holder: u64, shown: Shown, direction: Direction) -> Result<Outcome, Why> {
        let person = self.person(holder)?;
        Ok(self.own(person, person.code, shown, direction))
    }

    fn pass(&self, text: &str, direction: Direction) -> Outcome {
        let verified = match verify(text, &self.stamp.keys.ring(), self.now) {
            Ok(verified) => verified,
            Err(PassRefusal::UnknownKey) => return self.foreign(text, direction),
            Err(refusal) => return Outcome::refused(Why::Pass(refusal)),
        };
        let pass = verified.pass();
        if pass.issuer != self.stamp.issuer {
            // Our own set of keys never speaks for somebody else.
            return Outcome::refused(Why::Pass(PassRefusal::OtherIssuer));
        }
        if pass.school != self.stamp.school {
            return self.other_school(pass, direction);
        }
        self.own_pass(pass, direction)
            .unwrap_or_else(|why| self.undecided(pass, why))
    }

    fn own_pass(&self, pass: &Pass, direction: Direction) -> Result<Outcome, Why> {
        let of_today = pass.says.colour().filter(|(_, day)| *day == self.today);
        let shown = match pass.says {
            Says::Card { .. } => Shown::Card,
            Says::Live { .. } => Shown::Live,
            Says::DayLetter { .. } => Shown::DayLetter,
        };
        if self.people().is_none() {
            // Without a list of today, only what carries a colour of today can decide.
            let code = match (pass.says.colour(), of_today, direction) {
                (_, Some((code, _)), _) => code,
                // The colour of somebody who goes out does not matter.
                (_, None, Direction::Out) => Code::Grey,
                (None, None, Direction::In) => return Err(Why::ListTooOld),
                (Some(_), None, Direction::In) => return Err(Why::StaleColour),
            };
            return Ok(self.own(&unlisted(pass, code), code, shown, direction));
        }
        let person = self.person(pass.holder)?;
        if let Says::Card { serial } = pass.says
            && serial != person.serial
        {
            return Err(Why::Pass(PassRefusal::CardVoided));
        }
        let code = of_today.map_or(person.code, |(code, _)| {
            self.both(code, pass.issued, person.code)
        });
        Ok(self.own(person, code, shown, direction))
    }

    /// The colour from a pass of today and today's list: the worse of both. Grey says only that nothing was known,
    /// so there the later of the two counts; the list is as late as the stamp.
    fn both(&self, pass: Code, issued: Millis, listed: Code) -> Code {
        let is_later = issued > self.stamp.at;
        match (pass, listed) {
            (pass, Code::Grey) if is_later => pass,
            (Code::Grey, listed) if !is_later => listed,
            (pass, listed) => pass.max(listed),
        }
    }

    /// Somebody of our school, with the colour that counts.
    fn own(&self, person: &RollPerson, code: Code, shown: Shown, direction: Direction) -> Outcome {
        let holder = person.holder;
        let (verdict, why) = match direction {
            Direction::Out => (Verdict::Admit, Why::Leaving),
            Direction::In => self.may_enter(person, code),
        };
        let came = self.came(person).filter(|_| direction == Direction::In);
        Outcome {
            verdict,
            why,
            who: Some(Who {
                holder,
                name: person.name.clone(),
                class: self.class(person.class),
                issuer: None,
                until: person.until.filter(|_| code.is_flagged()),
            }),
            came,
            act: Some(Act::Scan {
                holder,
                shown,
                direction,
                verdict,
            }),
        }
    }

    fn may_enter(&self, person: &RollPerson, code: Code) -> (Verdict, Why) {
        if code.is_flagged() {
            return (Verdict::Refuse, Why::Colour(code));
        }
        let (wait, fever) = (self.stamp.wait, self.stamp.fever_tenths);
        match self.journal.measured(person.holder, wait, fever) {
            Some(Measured::High) => return (Verdict::Refuse, Why::High),
            Some(Measured::Again(waiting)) => {
                return (Verdict::Refuse, Why::MeasureAgain { due: waiting.due });
            }
            None => {}
        }
        let has_slip = person.provisional || self.journal.has_slip(person.holder);
        match (code, has_slip) {
            (_, true) => (Verdict::Admit, Why::Provisional),
            (Code::Green, false) => (Verdict::Admit, Why::Green),
            (_, false) => (Verdict::ReportFirst, Why::NotReported),
        }
    }

    /// When they were let in before: here, or elsewhere as far as the list knows.
    fn came(&self, person: &RollPerson) -> Option<(Millis, String)> {
        let here = self
            .journal
            .came(person.holder)
            .map(|at| (at, self.stamp.gate.name.clone()));
        [here, person.came.clone()].into_iter().flatten().max()
    }

    /// A pass of our school that is rightly signed and yet not accepted.
    fn undecided(&self, pass: &Pass, why: Why) -> Outcome {
        Outcome {
            who: Some(Who {
                holder: pass.holder,
                name: pass.name.clone(),
                class: self.class(pass.class),
                issuer: None,
                until: None,
            }),
            ..Outcome::refused(why)
        }
    }

    fn other_school(&self, pass: &Pass, direction: Direction) -> Outcome {
        let why = match pass.says.colour() {
            None => Some(Why::VisitorCard),
            Some((_, day)) if day != self.today => Some(Why::StaleColour),
            Some((Code::Green, _)) => None,
            Some((code, _)) => Some(Why::VisitorColour(code)),
        };
        self.visitor(pass, None, why, direction)
    }

    fn foreign(&self, text: &str, direction: Direction) -> Outcome {
        let at = (self.now, self.today);
        match recognise(text, &self.stamp.trust, &self.stamp.recognition, at) {
            Ok(found) => {
                let is_of_today = found
                    .pass
                    .says
                    .colour()
                    .is_some_and(|(_, d)| d == self.today);
                let why = (!is_of_today).then_some(Why::StaleColour);
                self.visitor(&found.pass, Some(found.whose.name), why, direction)
            }
            Err(refusal) => Outcome::refused(Why::NotRecognised(
                refusal.code().to_owned(),
                Text::new(refusal.text(Lang::Zh), refusal.text(Lang::En)),
            )),
        }
    }

    /// A visitor, and what speaks against them.
    fn visitor(
        &self,
        pass: &Pass,
        issuer: Option<String>,
        against: Option<Why>,
        direction: Direction,
    ) -> Outcome {
        let (verdict, why) = match (direction, against, self.stamp.visitors) {
            (Direction::Out, ..) => (Verdict::Admit, Why::Leaving),
            (_, Some(why), _) => (Verdict::Refuse, why),
            (_, None, VisitorPolicy::Refuse) => (Verdict::Refuse, Why::NoVisitors),
            // Until the guard has looked at the book, nobody is let in.
            (_, None, VisitorPolicy::Ask) => (Verdict::Refuse, Why::VisitorAsk),
            (_, None, VisitorPolicy::Admit) => (Verdict::Admit, Why::Visitor),
        };
        Outcome {
            verdict,
            why,
            who: Some(Who {
                holder: pass.holder,
                name: pass.name.clone(),
                class: None,
                issuer,
                until: None,
            }),
            came: None,
            act: Some(Act::Visitor {
                issuer: pass.issuer,
                school: pass.school,
                holder: pass.holder,
                direction,
                verdict,
            }),
        }
    }
}

/// Somebody of whom nothing is known but what their pass says.
fn unlisted(pass: &Pass, code: Code) -> RollPerson {
    RollPerson {
        holder: pass.holder,
        serial: 0,
        class: pass.class,
        seat: 0,
        name: pass.name.clone(),
        code,
        until: None,
        provisional: false,
        came: None,
    }
}

/// The visitor of an outcome that asked for the visitors' book, once the guard has found them in it.
pub fn expected(outcome: &Outcome) -> Option<Outcome> {
    match (&outcome.why, &outcome.act) {
        (
            Why::VisitorAsk,
            Some(Act::Visitor {
                issuer,
                school,
                holder,
                direction,
                ..
            }),
        ) => Some(Outcome {
            verdict: Verdict::Admit,
            why: Why::Visitor,
            act: Some(Act::Visitor {
                issuer: *issuer,
                school: *school,
                holder: *holder,
                direction: *direction,
                verdict: Verdict::Admit,
            }),
            ..outcome.clone()
        }),
        _ => None,
    }
}
