//! The load: requests made by hand over raw sockets, by one thread, because the program under test has the same cores.

pub mod connection;
pub mod latencies;
pub mod loops;

pub use connection::{Answer, Connection};
pub use latencies::Latencies;
pub use loops::{closed, open, paced};

use std::future::Future;
use tokio::task::LocalSet;

/// Runs one load to its end, on the thread that calls.
pub fn run<T>(load: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, load)
}
