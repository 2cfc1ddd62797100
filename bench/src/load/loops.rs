//! Two kinds of load: as much as the program answers, and so much a second whatever it answers.

use super::{Connection, Latencies};
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, spawn_local};

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

/// Each connection takes one step after the other until the time is over or a step says that there is nothing left.
pub async fn closed<S>(address: SocketAddr, connections: usize, time: Duration, step: S) -> Done
where
    S: AsyncFn(&mut Connection) -> bool + 'static,
{
    let step = Rc::new(step);
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await);
    }
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

/// So many steps a second, begun when they are due, on as many connections as that needs. A time counts from when a
/// step was due, so that a step which waits for a connection is not forgotten. Goes on until `is_over`, or until a
/// step says that there is nothing left.
pub async fn paced<S>(
    address: SocketAddr,
    per_second: u32,
    is_over: impl Fn() -> bool,
    step: S,
) -> Done
where
    S: AsyncFn(&mut Connection) -> bool + 'static,
{
    let step = Rc::new(step);
    let idle = Rc::new(RefCell::new(Vec::new()));
    let latencies = Rc::new(RefCell::new(Latencies::default()));
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    let mut due = begun;
    let gap = Duration::from_secs(1) / per_second;
    while !is_over() {
        tokio::time::sleep_until(due.into()).await;
        while due <= Instant::now() {
            let free: Option<Connection> = idle.borrow_mut().pop();
            let (step, idle, latencies) =
                (Rc::clone(&step), Rc::clone(&idle), Rc::clone(&latencies));
            tasks.spawn_local(async move {
                let mut connection = match free {
                    Some(connection) => connection,
                    None => Connection::open(address).await,
                };
                if step(&mut connection).await {
                    latencies.borrow_mut().push(due.elapsed());
                }
                idle.borrow_mut().push(connection);
            });
            due += gap;
        }
        while tasks.try_join_next().is_some() {}
    }
    while let Some(step) = tasks.join_next().await {
        step.unwrap();
    }
    Done {
        latencies: latencies.take(),
        took: begun.elapsed(),
    }
}

/// Runs something beside a load, on the same thread.
pub fn beside(work: impl Future<Output = ()> + 'static) -> tokio::task::JoinHandle<()> {
    spawn_local(work)
}
