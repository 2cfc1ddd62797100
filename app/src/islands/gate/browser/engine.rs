//! The device: what it has taken along, what it has written down, and the order in which both happen.

use super::super::state::{Command, Gate, Panel, Standing};
use super::entries::{ENTRIES, KEPT, QUEUE, entries, number, open, place};
use super::{camera, signal};
use crate::islands::device::js::{
    Answer, ask, call, get, list, navigator, object, window as global,
};
use crate::islands::device::store::{Change, Store, random};
use domain::Millis;
use domain::gate::{
    Act, Device, Entry, EntryId, GateClock, Journal, Kit, LastSeen, Look, Now, Outcome, Shown,
    Tick, day_at, expected,
};
use js_sys::Promise;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// The name of a look at a code in the browser's profiler.
const LOOK: &str = "gate look";

/// The device at work.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) gate: Gate,
    pub(super) store: Store,
    pub(super) kit: RefCell<Option<Kit>>,
    pub(super) clock: RefCell<GateClock>,
    pub(super) journal: RefCell<Journal>,
    /// What the server has not got yet, in order.
    pub(super) queue: RefCell<Vec<Entry>>,
    /// The number of the last entry.
    pub(super) seq: Cell<u64>,
    pub(super) contact: super::contact::Contact,
}

/// The device's own clocks.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds of this century"
)]
pub(super) fn tick() -> Tick {
    Tick {
        counted: window().performance().map_or(0.0, |p| p.now()) as i64,
        system: Millis(js_sys::Date::now() as i64),
    }
}

/// Lets only one window of this browser be the device.
async fn is_the_only_one(device: i64) -> bool {
    let Ok(locks) = navigator().and_then(|navigator| get(&navigator, "locks")) else {
        return true;
    };
    if locks.is_undefined() {
        return true;
    }
    let promise = Promise::new(&mut |resolve, _| {
        // What the callback gives never ends, and neither does the lock, until the window is closed.
        let held = Closure::once_into_js(move |lock: JsValue| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &(!lock.is_null()).into());
            Promise::new(&mut |_, _| {})
        });
        let name = format!("fuxue-gate-{device}").into();
        let how = object([("ifAvailable", true.into())]);
        let _ = call(&locks, "request", &[&name, &how, &held]);
    });
    crate::islands::device::js::wait(promise.into())
        .await
        .is_ok_and(|held| held.is_truthy())
}

impl Engine {
    /// Starts the device from what it keeps; none where it cannot be one.
    pub(super) async fn start(gate: Gate, device: i64) -> Option<Rc<Self>> {
        if !is_the_only_one(device).await {
            gate.net.update(|net| net.standing = Standing::Elsewhere);
            return None;
        }
        let Ok(engine) = Self::load(gate, device).await else {
            gate.net.update(|net| net.standing = Standing::NoStorage);
            return None;
        };
        let engine = Rc::new(engine);
        engine.new_day().await;
        engine.show();
        let beat = engine.clone();
        set_interval(move || beat.beat(), Duration::from_secs(1));
        engine.beat();
        let back = engine.clone();
        let handle = window_event_listener_untyped("online", move |_| back.is_back());
        // The device lives as long as its page.
        std::mem::forget(handle);
        Some(engine)
    }

    async fn load(gate: Gate, device: i64) -> Answer<Self> {
        let store = open(device).await?;
        let (kept, waiting) = entries(&store).await?;
        let stamp: Option<String> = store.kept("stamp").await;
        let roll: Option<String> = store.kept("roll").await;
        let kit = stamp.and_then(|stamp| Kit::first(&stamp, roll.as_deref()).ok());
        let seen: Option<LastSeen> = store.kept("seen").await;
        let last: u64 = store.kept("seq").await.unwrap_or(0);
        let highest = kept.iter().map(|entry| entry.seq).max().unwrap_or(0);
        let queue = (kept.iter())
            .filter(|entry| waiting.contains(&entry.seq))
            .cloned()
            .collect();
        let mut clock = GateClock::started(seen, tick());
        let offset = kit.as_ref().map_or(0, |kit| kit.stamp().offset_minutes);
        let now = clock.now(tick()).map_or(tick().system, |now| now.at);
        let journal = Journal::of_day(kept, day_at(now, offset), offset);
        Ok(Self {
            gate,
            store,
            kit: RefCell::new(kit),
            clock: RefCell::new(clock),
            journal: RefCell::new(journal),
            queue: RefCell::new(queue),
            seq: Cell::new(last.max(highest)),
            contact: super::contact::Contact::default(),
        })
    }

    pub(super) fn now(&self) -> Option<Now> {
        self.clock.borrow_mut().now(tick())
    }

    pub(super) fn offset(&self) -> i32 {
        let kit = self.kit.borrow();
        kit.as_ref().map_or(0, |kit| kit.stamp().offset_minutes)
    }

    /// Once a second: the clock on the page, a new day, contact where it is due.
    fn beat(self: &Rc<Self>) {
        self.show_time();
        if self.is_new_day() {
            let engine = self.clone();
            js_sys::futures::spawn_local(async move {
                engine.new_day().await;
                engine.show();
            });
        }
        self.keep_contact();
    }

    fn is_new_day(&self) -> bool {
        let Some(now) = self.now() else { return false };
        let offset = self.offset();
        let journal = self.journal.borrow();
        let first = journal.entries().first();
        first.is_some_and(|first| day_at(first.at, offset) != day_at(now.at, offset))
    }

    /// Forgets what is of an earlier day and has been handed in.
    async fn new_day(&self) {
        let Some(now) = self.now() else { return };
        let (offset, queue) = (self.offset(), self.queue.borrow().clone());
        let today = day_at(now.at, offset);
        let Ok((kept, _)) = entries(&self.store).await else {
            return;
        };
        let is_over = |entry: &Entry| {
            day_at(entry.at, offset) < today
                && !queue.iter().any(|waiting| waiting.seq == entry.seq)
        };
        let old = kept.iter().filter(|entry| is_over(entry));
        let changes = old
            .map(|entry| Change::Delete(ENTRIES, number(entry.seq)))
            .collect();
        // What could not be deleted now is deleted with the next start.
        let _ = self.store.write(changes).await;
        *self.journal.borrow_mut() = Journal::of_day(kept, today, offset);
    }

    /// Does one thing, to its end.
    pub(super) async fn do_it(self: &Rc<Self>, command: Command) {
        let direction = self.gate.direction.get_untracked();
        match command {
            Command::Start { .. } => {}
            Command::Text(text) => {
                let look = timed(|| self.device(|device| device.look(&text, direction)));
                match look {
                    Look::Decided(outcome) => self.told(*outcome).await,
                    Look::Choose(choices) => {
                        self.gate.panel.set(Panel::Choose(choices));
                        signal::attention();
                    }
                }
            }
            Command::Chosen(holder) => {
                let shown = Shown::ShortCode;
                let outcome = self.device(|device| device.look_at(holder, shown, direction));
                self.told(outcome).await;
            }
            Command::Listed(holder) => {
                let outcome = self.device(|device| device.look_at(holder, Shown::List, direction));
                self.told(outcome).await;
            }
            Command::Expected => {
                if let Panel::Told(outcome, _) = self.gate.panel.get_untracked()
                    && let Some(outcome) = expected(&outcome)
                {
                    self.told(outcome).await;
                }
            }
            Command::Slip { holder, tenths } => {
                self.act_on(holder, Act::Slip { holder, tenths }).await;
            }
            Command::Reading {
                holder,
                tenths,
                first,
                by,
            } => {
                let act = Act::Reading {
                    holder,
                    tenths,
                    first,
                    by,
                };
                self.act_on(holder, act).await;
            }
            Command::Undo(of) => {
                if self.write_down(Act::Undo { of }).await.is_some() {
                    self.gate.panel.set(Panel::Idle);
                }
                self.show();
            }
            Command::Camera => camera::open(self.gate).await,
            Command::Torch => camera::switch_torch(self.gate).await,
        }
    }

    fn device<T>(&self, look: impl FnOnce(Device<'_>) -> T) -> T {
        let now = self.now().map(|now| now.at);
        let (kit, journal) = (self.kit.borrow(), self.journal.borrow());
        look(Device {
            kit: kit.as_ref(),
            now,
            journal: &journal,
        })
    }

    /// Writes a verdict down, then tells it.
    async fn told(self: &Rc<Self>, outcome: Outcome) {
        let written = match outcome.act.clone() {
            Some(act) => match self.write_down(act).await {
                Some(id) => Some(id),
                None => {
                    self.gate.panel.set(Panel::Unwritten);
                    signal::verdict(domain::gate::Verdict::Refuse);
                    return;
                }
            },
            None => None,
        };
        signal::verdict(outcome.verdict);
        self.gate.sheet.set(super::super::state::Sheet::Closed);
        self.gate.panel.set(Panel::Told(Box::new(outcome), written));
        self.show();
    }

    /// Writes down what was done about somebody, and says how they stand now.
    async fn act_on(self: &Rc<Self>, holder: u64, act: Act) {
        let Some(id) = self.write_down(act).await else {
            self.gate.panel.set(Panel::Unwritten);
            return;
        };
        let direction = domain::gate::Direction::In;
        let outcome = self.device(|device| device.look_at(holder, Shown::List, direction));
        signal::verdict(outcome.verdict);
        self.gate
            .panel
            .set(Panel::Told(Box::new(outcome), Some(id)));
        self.show();
    }

    /// Writes an entry to the store, in one piece with its place in the queue; then it has happened.
    async fn write_down(self: &Rc<Self>, act: Act) -> Option<EntryId> {
        let now = self.now()?;
        let id: [u8; 16] = random().ok()?;
        let entry = Entry {
            id: EntryId(id.iter().map(|byte| format!("{byte:02x}")).collect()),
            seq: self.seq.get() + 1,
            at: now.at,
            clock: now.trust,
            act,
        };
        let seq = entry.seq;
        let seen = self.clock.borrow().seen();
        let mut changes = vec![
            Change::Put(
                ENTRIES,
                number(seq),
                self.store.seal(&place(seq), &entry).await.ok()?,
            ),
            Change::Put(QUEUE, number(seq), true.into()),
            Change::Put(KEPT, "seq".into(), self.store.seal("seq", &seq).await.ok()?),
        ];
        if let Some(seen) = seen {
            let sealed = self.store.seal("seen", &seen).await.ok()?;
            changes.push(Change::Put(KEPT, "seen".into(), sealed));
        }
        self.store.write(changes).await.ok()?;
        self.seq.set(seq);
        let id = entry.id.clone();
        self.journal.borrow_mut().push(entry.clone());
        self.queue.borrow_mut().push(entry);
        self.hurry();
        Some(id)
    }
}

/// Tells the browser's own profiler how long a look at a code took: verifying it, parsing it, deciding.
fn timed<T>(look: impl FnOnce() -> T) -> T {
    let performance = get(&global(), "performance");
    let now = || call(performance.as_ref().ok()?, "now", &[]).ok();
    let start = now();
    let found = look();
    if let (Ok(performance), Some(start), Some(end)) = (&performance, start, now()) {
        let span = object([("start", start), ("end", end)]);
        // Only the last one is kept: a device looks at codes all day.
        let _ = call(performance, "clearMeasures", &[&LOOK.into()]);
        let _ = call(performance, "measure", &[&LOOK.into(), &span]);
    }
    found
}

/// Whether the browser keeps what is stored, as far as it can be asked to.
pub(super) async fn persist() -> Answer<bool> {
    let storage = get(&navigator()?, "storage")?;
    let kept = ask(&storage, "persist", &[]).await?;
    Ok(kept.is_truthy())
}

/// A list of one text, for permissions and formats.
pub(super) fn one(text: &str) -> JsValue {
    list(&[&text.into()]).into()
}
