//! The program under test: the release binary, as an operator runs it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Clock ticks of a second in `/proc`, the same on every Linux.
const TICKS: f64 = 100.0;
const KB_PER_MB: f64 = 1_024.0;

/// A running program; dropped, it is killed.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it serves numbers, if it does.
    numbers: Option<SocketAddr>,
}

/// What the program has written so far.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Reports.
    pub reports: usize,
    /// The batches in which they were written.
    pub batches: usize,
}

impl Program {
    /// Serves a data folder, over the PostgreSQL database where one is named; once it listens. All requests come from
    /// one address, so that the limit by address is lifted; nothing but failures is logged.
    pub fn serve(binary: &Path, data: &Path, database: Option<&str>) -> Self {
        // Free, once this listener is gone.
        let numbers = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let numbers = numbers.unwrap();
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs(std::env::var_os("TMPDIR").map(|folder| ("TMPDIR", folder)))
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "error"])
            .args(["--metrics-listen", &numbers.to_string()])
            .args(["--rate-per-address", "1000000", "--data"])
            .arg(data);
        if let Some(database) = database {
            command.args(["--database-url", database]);
        }
        let mut program = Self::start(command, "listening on http://");
        program.numbers = Some(numbers);
        program
    }

    /// Starts a program that says on its first line where it listens, after these words.
    pub fn start(mut command: Command, words: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix(words);
        let address =
            address.unwrap_or_else(|| panic!("{command:?} says where it listens: {line}"));
        let address = address.parse().unwrap();
        Self {
            child,
            address,
            numbers: None,
        }
    }

    /// What it has written so far, by its own numbers; as good as nothing before its first report.
    pub fn written(&self) -> Written {
        let mut stream = TcpStream::connect(self.numbers.unwrap()).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let number = |name: &str| {
            let mut lines = answer.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
            value.unwrap_or(0)
        };
        Written {
            reports: number("fuxue_intake_batch_reports_sum "),
            batches: number("fuxue_intake_batch_reports_count "),
        }
    }

    /// Its resident memory now and at its highest, in MB.
    pub fn memory(&self) -> (f64, f64) {
        memory(&self.child.id().to_string())
    }

    /// The processor time that it has used, in seconds.
    pub fn processor_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name in brackets may hold spaces; user and system time are the 12th and 13th after it.
        let after = stat.rsplit(") ").next().unwrap();
        let ticks: f64 = after
            .split(' ')
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<f64>().unwrap())
            .sum();
        ticks / TICKS
    }

    /// Asks it to end, and waits for its orderly end.
    pub fn stop(mut self) {
        let process = self.child.id().to_string();
        let asked = Command::new("kill").arg(process).status().unwrap();
        assert!(asked.success());
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "the program ends in order: {ended}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The resident memory of a process (`self` for this one) now and at its highest, in MB.
pub fn memory(process: &str) -> (f64, f64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let of = |name: &str| -> f64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kilobytes = line.split_whitespace().nth(1).unwrap();
        kilobytes.parse::<f64>().unwrap() / KB_PER_MB
    };
    (of("VmRSS:"), of("VmHWM:"))
}
