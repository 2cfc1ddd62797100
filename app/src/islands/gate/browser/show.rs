//! From the device to the page.

use super::super::state::{Line, Standing, Subject, WaitLine, What};
use super::engine::Engine;
use domain::Millis;
use domain::gate::{Act, Entry, Kit, holder_of, minute_at};
use leptos::prelude::*;

impl Engine {
    /// Shows everything anew.
    pub(super) fn show(&self) {
        self.show_time();
        self.show_head();
        self.show_net();
        self.show_lists();
    }

    /// The clock, each second.
    pub(super) fn show_time(&self) {
        let now = self.now().map(|now| now.at);
        self.gate.now.set(now.map_or(0, |at| at.0));
        let minute = now.map(|at| minute_at(at, self.offset()));
        if self.gate.head.with_untracked(|head| head.minute) != minute {
            self.gate.head.update(|head| head.minute = minute);
            self.show_net();
        }
    }

    fn show_head(&self) {
        let counts = self.journal.borrow().counts();
        let kit = self.kit.borrow();
        let lang = self.gate.lang;
        self.gate.head.update(|head| {
            head.counts = counts;
            if let Some(kit) = &*kit {
                let stamp = kit.stamp();
                head.gate.clone_from(&stamp.gate.name);
                stamp.school_name.get(lang).clone_into(&mut head.school);
                head.offset = stamp.offset_minutes;
                head.fever = stamp.fever_tenths;
            }
        });
    }

    fn standing(&self) -> Standing {
        if self.contact.is_cut_off.get() {
            return Standing::CutOff;
        }
        match (&*self.kit.borrow(), self.now()) {
            (None, _) => Standing::Never,
            (Some(kit), Some(now)) if now.at < kit.stamp().good_until => Standing::Ready,
            (Some(_), _) => Standing::Lapsed,
        }
    }

    fn show_net(&self) {
        let (standing, waiting) = (self.standing(), self.queue.borrow().len());
        let offset = self.offset();
        let at = |of: fn(&Kit) -> Millis| {
            let kit = self.kit.borrow();
            kit.as_ref().map(|kit| minute_at(of(kit), offset))
        };
        let (since, until) = (at(|kit| kit.stamp().at), at(|kit| kit.stamp().good_until));
        let mut net = self.gate.net.get_untracked();
        (net.standing, net.waiting) = (standing, waiting);
        net.online = self.contact.is_online.get();
        (net.since, net.until) = (since, until);
        if net != self.gate.net.get_untracked() {
            self.gate.net.set(net);
        }
    }

    fn show_lists(&self) {
        let kit = self.kit.borrow();
        let journal = self.journal.borrow();
        let people = people(kit.as_ref());
        let who = |holder: u64| people.iter().find(|who| who.holder == holder).cloned();
        let offset = self.offset();
        let lines = (journal.entries().iter().rev())
            .filter_map(|entry| line(entry, journal.is_undone(entry), offset, who))
            .collect();
        self.gate.lines.set(lines);
        let waiting = kit.as_ref().map_or_else(Vec::new, |kit| {
            journal.waiting(kit.stamp().wait, kit.stamp().fever_tenths)
        });
        let waiting = waiting
            .into_iter()
            .map(|waiting| WaitLine {
                who: who(waiting.holder).unwrap_or_else(|| unlisted(waiting.holder)),
                waiting,
            })
            .collect();
        if self.gate.waiting.with_untracked(|old| *old != waiting) {
            self.gate.waiting.set(waiting);
        }
        if self.gate.people.with_untracked(|old| *old != people) {
            self.gate.people.set(people);
        }
    }
}

fn people(kit: Option<&Kit>) -> Vec<Subject> {
    let Some(roll) = kit.and_then(Kit::roll) else {
        return Vec::new();
    };
    let class = |number: u32| {
        let mut classes = roll.classes.iter();
        classes
            .find(|class| class.class == number)
            .map(|class| class.name)
    };
    roll.people
        .iter()
        .map(|person| Subject {
            holder: person.holder,
            name: person.name.clone(),
            class: class(person.class),
        })
        .collect()
}

fn unlisted(holder: u64) -> Subject {
    Subject {
        holder,
        name: "*".into(),
        class: None,
    }
}

fn line(
    entry: &Entry,
    undone: bool,
    offset: i32,
    who: impl Fn(u64) -> Option<Subject>,
) -> Option<Line> {
    let what = match &entry.act {
        Act::Scan {
            verdict, direction, ..
        } => What::Told(*verdict, *direction),
        Act::Visitor { verdict, .. } => What::Visitor(*verdict),
        Act::Slip { .. } => What::Slip,
        Act::Reading { tenths, .. } => What::Reading(*tenths),
        Act::Refused { .. } => What::Refused,
        Act::Undo { .. } => return None,
    };
    Some(Line {
        id: entry.id.clone(),
        minute: minute_at(entry.at, offset),
        who: holder_of(&entry.act).and_then(who),
        what,
        undone,
    })
}
