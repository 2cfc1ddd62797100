//! The program as an operator runs it: once, or until the test is over.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "each test program uses a part of it"
)]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The program with no environment but its own.
pub fn server() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .env_clear()
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command
}

/// Runs a subcommand to its end.
pub fn run(data: &Path, args: &[&str]) -> Output {
    (server().args(args).arg("--data").arg(data))
        .output()
        .unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A running program; dropped, it is killed with SIGKILL.
pub struct Running {
    pub child: Child,
    pub address: SocketAddr,
}

impl Running {
    /// Serves a data folder; once it listens.
    pub fn start(data: &Path, args: &[&str]) -> Self {
        Self::start_as(server(), data, args)
    }

    /// As [`Running::start`], by a command that begins like [`server`].
    pub fn start_as(mut program: Command, data: &Path, args: &[&str]) -> Self {
        let mut child = program
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.expect("the first line says where").parse().unwrap();
        Self { child, address }
    }

    /// Sends it a signal, as `kill` names it.
    pub fn signal(&self, signal: &str) {
        let child = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &child]).status();
        assert!(sent.unwrap().success());
    }

    /// Asks it to end, as a service manager does, and waits; its exit status.
    pub fn terminate(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
