//! The part of the app that only a browser has.

mod camera;
mod contact;
mod engine;
mod entries;
mod install;
mod keys;
mod net;
mod show;
mod signal;

use super::state::{Command, Gate};
use engine::Engine;
use js_sys::futures::spawn_local;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

thread_local! {
    static ENGINE: RefCell<Option<Rc<Engine>>> = const { RefCell::new(None) };
    static INBOX: RefCell<VecDeque<Command>> = const { RefCell::new(VecDeque::new()) };
    static IS_BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Takes a command. One is done after the other: a verdict is told only when it was written down.
pub(super) fn tell(gate: Gate, command: Command) {
    if let Command::Start { device } = command {
        spawn_local(start(gate, device));
        return;
    }
    INBOX.with_borrow_mut(|inbox| inbox.push_back(command));
    if !IS_BUSY.replace(true) {
        spawn_local(work());
    }
}

async fn start(gate: Gate, device: i64) {
    keys::listen(gate);
    signal::wake_with_a_touch();
    if let Some(engine) = Engine::start(gate, device).await {
        ENGINE.set(Some(engine));
        if !IS_BUSY.replace(true) {
            spawn_local(work());
        }
        install::keep_page();
        install::stay_awake();
        install::ask_to_keep(gate);
        camera::open(gate).await;
    }
}

/// Does what waits, in order.
async fn work() {
    if let Some(engine) = ENGINE.with_borrow(Clone::clone) {
        while let Some(command) = INBOX.with_borrow_mut(VecDeque::pop_front) {
            engine.do_it(command).await;
        }
    }
    IS_BUSY.set(false);
}
