//! Keeping contact: a new stamp about every minute, entries at once, and longer pauses while nobody answers.

use super::engine::{Engine, tick};
use super::entries::{KEPT, QUEUE, number};
use super::net::{self, Failure};
use crate::islands::device::store::Change;
use domain::gate::{EntryId, Kit, TakeError, next_lot, pause, settled};
use js_sys::futures::spawn_local;
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// A stamp of this age is renewed, in milliseconds.
const RENEW: i64 = 60_000;

/// How the contact stands.
#[derive(Debug, Default)]
pub(super) struct Contact {
    /// Whether the last try reached the server.
    pub(super) is_online: Cell<bool>,
    pub(super) is_cut_off: Cell<bool>,
    /// Whether a try is under way.
    is_at_it: Cell<bool>,
    failures: Cell<u32>,
    /// From when on the next try is due, as the device counts.
    next: Cell<i64>,
    /// When the next stamp is due.
    stamp_due: Cell<i64>,
}

impl Engine {
    /// Begins a try where one is due.
    pub(super) fn keep_contact(self: &Rc<Self>) {
        let (contact, now) = (&self.contact, tick().counted);
        let has_entries = !self.queue.borrow().is_empty();
        let is_due = now >= contact.next.get() && (has_entries || now >= contact.stamp_due.get());
        if !is_due || contact.is_at_it.replace(true) {
            return;
        }
        let engine = self.clone();
        spawn_local(async move {
            let result = engine.contact().await;
            let contact = &engine.contact;
            contact.is_online.set(result.is_ok());
            match result {
                Ok(()) => {
                    contact.failures.set(0);
                    contact.next.set(0);
                }
                Err(()) => {
                    let failures = contact.failures.get();
                    contact.failures.set(failures.saturating_add(1));
                    contact.next.set(tick().counted + pause(failures).0);
                }
            }
            contact.is_at_it.set(false);
            engine.show();
        });
    }

    /// There is something new to hand in, or the network is back: no more waiting, unless a pause is on for good
    /// reason.
    pub(super) fn hurry(self: &Rc<Self>) {
        if self.contact.failures.get() == 0 {
            self.keep_contact();
        }
    }

    /// The network is back.
    pub(super) fn is_back(self: &Rc<Self>) {
        self.contact.failures.set(0);
        self.contact.next.set(0);
        self.contact.stamp_due.set(0);
        self.keep_contact();
    }

    /// Hands in what waits, lot by lot, then takes along what is new.
    async fn contact(&self) -> Result<(), ()> {
        while !self.queue.borrow().is_empty() {
            self.hand_in().await?;
            self.show();
        }
        if tick().counted >= self.contact.stamp_due.get() {
            self.take().await?;
        }
        Ok(())
    }

    async fn hand_in(&self) -> Result<(), ()> {
        let lot = next_lot(&self.queue.borrow()).to_vec();
        let receipts = match net::hand_in(&lot).await {
            Ok(receipts) => receipts,
            Err(failure) => return self.failed(&failure).await,
        };
        let settled: Vec<_> = settled(&lot, &receipts).cloned().collect();
        if settled.is_empty() {
            return Err(());
        }
        let is_settled = |id: &EntryId| settled.contains(id);
        let changes = lot
            .iter()
            .filter(|entry| is_settled(&entry.id))
            .map(|entry| Change::Delete(QUEUE, number(entry.seq)))
            .collect();
        self.store.write(changes).await.map_err(|_| ())?;
        let mut queue = self.queue.borrow_mut();
        queue.retain(|entry| !is_settled(&entry.id));
        Ok(())
    }

    async fn take(&self) -> Result<(), ()> {
        let held = self
            .kit
            .borrow()
            .as_ref()
            .and_then(|kit| kit.roll().map(|_| kit.stamp().roll.clone()));
        let waiting = self.queue.borrow().len();
        let taken = match net::take(held, waiting).await {
            Ok(taken) => taken,
            Err(failure) => return self.failed(&failure).await,
        };
        let roll = taken.roll.as_deref();
        let kit = match &*self.kit.borrow() {
            Some(kit) => kit.next(&taken.stamp, roll),
            None => Kit::first(&taken.stamp, roll),
        };
        self.contact.stamp_due.set(tick().counted + RENEW);
        let kit = match kit {
            Ok(kit) => kit,
            // An older message than the last is no failure, and none that anything is learnt from.
            Err(TakeError::Old) => return Ok(()),
            Err(_) => return Err(()),
        };
        self.clock.borrow_mut().contact(kit.stamp().at, tick());
        *self.kit.borrow_mut() = Some(kit);
        self.contact.is_cut_off.set(false);
        self.keep(&taken).await;
        Ok(())
    }

    /// Keeps what was taken along for the next start. A failure costs only that.
    async fn keep(&self, taken: &net::Taken) {
        let mut changes = Vec::new();
        if let Ok(stamp) = self.store.seal("stamp", &taken.stamp).await {
            changes.push(Change::Put(KEPT, "stamp".into(), stamp));
        }
        if let Some(roll) = &taken.roll
            && let Ok(roll) = self.store.seal("roll", roll).await
        {
            changes.push(Change::Put(KEPT, "roll".into(), roll));
        }
        let seen = self.clock.borrow().seen();
        if let Some(seen) = seen
            && let Ok(seen) = self.store.seal("seen", &seen).await
        {
            changes.push(Change::Put(KEPT, "seen".into(), seen));
        }
        let _ = self.store.write(changes).await;
    }

    /// A device that was cut off forgets the people; what it has written down it still hands in.
    async fn failed(&self, failure: &Failure) -> Result<(), ()> {
        if matches!(failure, Failure::CutOff) {
            self.contact.is_cut_off.set(true);
            *self.kit.borrow_mut() = None;
            let forget = ["stamp", "roll"].map(|name| Change::Delete(KEPT, name.into()));
            let _ = self.store.write(forget.into()).await;
            self.gate.people.set(Vec::new());
        }
        Err(())
    }
}
