//! Two kinds of load: as much as the program answers, and so much a second whatever it answers.

use super::{Connection, Latencies};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What a load did.
#[derive(Debug, Default)]
pub struct Done {
    /// How long each step took.
    pub latencies: Latencies,
    /// From the first step to the last answer.
    pub took: Duration,
}

impl Done {
    /// Steps a second.
    pub fn per_second(&self) -> f64 {
        crate::figures::number(self.latencies.len()) / self.took.as_secs_f64()
    }
}

/// Opens so many connections.
pub async fn open(address: SocketAddr, connections: usize) -> Vec<Connection> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await);
    }
    open
}

/// Each connection takes one step after the other until the time is over or a step says that there is nothing left.
pub async fn closed<S>(address: SocketAddr, connections: usize, time: Duration, step: S) -> Done
where
    S: AsyncFn(&mut Connection) -> bool + 'static,
{
    let step = Rc::new(step);
    let open = open(address, connections).await;
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for mut connection in open {
        let step = Rc::clone(&step);
        tasks.spawn_local(async move {
            let mut latencies = Latencies::default();
            while begun.elapsed() < time {
                let asked = Instant::now();
                if !step(&mut connection).await {
                    break;
                }
                latencies.push(asked.elapsed());
            }
            latencies
        });
    }
    let mut done = Done::default();
    while let Some(latencies) = tasks.join_next().await {
        done.latencies.append(latencies.unwrap());
    }
    done.took = begun.elapsed();
    done
}

/// So many steps a second over open connections, begun when they are due, until `is_over`. What is due while all
/// connections wait has to wait too, and its time counts from when it was due, even where it never gets one.
pub async fn paced<S>(
    connections: Vec<Connection>,
    per_second: u32,
    is_over: impl Fn() -> bool,
    step: S,
) -> Done
where
    S: AsyncFn(&mut Connection) -> bool + 'static,
{
    let shared = Rc::new(Paced {
        step,
        free: Semaphore::new(connections.len()),
        idle: RefCell::new(connections.into()),
        latencies: RefCell::default(),
        is_over: Cell::new(false),
    });
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    let mut due = begun;
    let gap = Duration::from_secs(1) / per_second;
    while !is_over() {
        tokio::time::sleep_until(due.into()).await;
        while due <= Instant::now() {
            tasks.spawn_local(Rc::clone(&shared).one(due));
            due += gap;
        }
        while let Some(step) = tasks.try_join_next() {
            step.unwrap();
        }
    }
    let took = begun.elapsed();
    shared.is_over.set(true);
    while let Some(step) = tasks.join_next().await {
        step.unwrap();
    }
    Done {
        latencies: shared.latencies.take(),
        took,
    }
}

/// What the steps of a paced load share.
struct Paced<S> {
    step: S,
    /// In turn, so that none lies idle until the program closes it.
    idle: RefCell<VecDeque<Connection>>,
    free: Semaphore,
    latencies: RefCell<Latencies>,
    is_over: Cell<bool>,
}

impl<S: AsyncFn(&mut Connection) -> bool> Paced<S> {
    async fn one(self: Rc<Self>, due: Instant) {
        let _free = self.free.acquire().await.unwrap();
        let is_done = self.is_over.get() || {
            let mut connection = self.idle.borrow_mut().pop_front().unwrap();
            let is_done = (self.step)(&mut connection).await;
            self.idle.borrow_mut().push_back(connection);
            is_done
        };
        if is_done {
            self.latencies.borrow_mut().push(due.elapsed());
        }
    }
}
