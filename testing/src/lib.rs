//! A private PostgreSQL for tests: one cluster for each test program, one database for each test. Measurements get one
//! that keeps what it has acknowledged.
//!
//! The cluster lies in a temporary folder and listens on a Unix socket there, so that it meets no other. A small shell
//! waits at the end of a pipe that the test program holds: when the program ends, however it ends, the shell stops the
//! cluster and removes the folder.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "tests end where their tools do not work"
)]

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    tools: PathBuf,
    user: Option<(u32, u32)>,
    settings: &'static str,
    databases: AtomicU32,
    /// Ends when this process does.
    _keeper: Child,
}

/// What every test's server is told: nothing survives it, and nobody else reaches it.
const SETTINGS: &str = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=300 \
     -c shared_buffers=32MB -c log_min_messages=warning";

/// What a server is told that is measured: as in earnest, what it acknowledges survives a power failure.
const DURABLE: &str = "-c listen_addresses= -c max_connections=300 -c shared_buffers=512MB -c max_wal_size=4GB \
     -c log_min_messages=warning";

impl Cluster {
    /// The cluster of this test program, started at its first use.
    ///
    /// # Panics
    /// With advice where PostgreSQL is not installed or does not start.
    pub fn shared() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(Self::own)
    }

    /// A cluster beside the shared one, for a test that stops it or cuts its connections.
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    pub fn own() -> Self {
        Self::start(SETTINGS)
    }

    /// A cluster of its own, as durable as PostgreSQL is by default.
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    pub fn durable() -> Self {
        Self::start(DURABLE)
    }

    /// A replica of this cluster, which follows what is written here.
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    #[must_use]
    pub fn replica(&self) -> Self {
        let replica = Self::laid_out(self.settings);
        let from = self.folder.display().to_string();
        replica.run(
            "pg_basebackup",
            &[
                "-h",
                &from,
                "-U",
                "postgres",
                "-D",
                "data",
                "-R",
                "-c",
                "fast",
                "--no-sync",
            ],
        );
        replica.up();
        replica
    }

    fn start(settings: &'static str) -> Self {
        let cluster = Self::laid_out(settings);
        cluster.run(
            "initdb",
            &[
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
                "data",
            ],
        );
        cluster.up();
        cluster
    }

    /// A folder that is guarded, and nothing in it.
    fn laid_out(settings: &'static str) -> Self {
        let tools = tools();
        let folder = tempfile::Builder::new()
            .prefix("fuxue-pg-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        let user = unprivileged();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
            .expect("the folder can be closed to others");
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).expect("the folder can be given away");
        }
        let keeper = keeper(&folder, &tools, user);
        Self {
            folder,
            tools,
            user,
            settings,
            databases: AtomicU32::new(0),
            _keeper: keeper,
        }
    }

    /// Starts the server; it runs already after [`Cluster::shared`].
    pub fn up(&self) {
        let options = format!("{} -k {}", self.settings, self.folder.display());
        self.run(
            "pg_ctl",
            &["-D", "data", "-w", "-l", "log", "-o", &options, "start"],
        );
    }

    /// Stops the server as a power failure would. For tests that have the cluster for themselves.
    pub fn down(&self) {
        self.run("pg_ctl", &["-D", "data", "-w", "-m", "immediate", "stop"]);
    }

    /// A new database, as a copy of `template` where one is named; its address.
    pub fn database(&self, template: Option<&str>) -> String {
        let name = self.new_name();
        self.create(&name, template);
        self.url(&name)
    }

    fn new_name(&self) -> String {
        format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed))
    }

    /// A new database that lies in `place`, an empty folder of the server's user; its address.
    pub fn database_in(&self, place: &Path) -> String {
        let (name, postgres) = (self.new_name(), self.url("postgres"));
        let space = format!("CREATE TABLESPACE {name} LOCATION '{}'", place.display());
        self.psql(&postgres, &space);
        let database = format!(
            "CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy TABLESPACE {name}"
        );
        self.psql(&postgres, &database);
        self.url(&name)
    }

    /// Makes a database of this name.
    pub fn create(&self, name: &str, template: Option<&str>) {
        let host = self.folder.display().to_string();
        let template = template.unwrap_or("template0");
        self.run(
            "createdb",
            &[
                "-h",
                &host,
                "-U",
                "postgres",
                "-T",
                template,
                "-S",
                "file_copy",
                name,
            ],
        );
    }

    /// The address of a database.
    pub fn url(&self, name: &str) -> String {
        format!(
            "postgres://postgres@localhost/{name}?host={}",
            self.folder.display()
        )
    }

    /// What `psql` prints for a statement.
    pub fn psql(&self, url: &str, sql: &str) -> String {
        self.run(
            "psql",
            &[
                "-X",
                "-A",
                "-t",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                url,
                "-c",
                sql,
            ],
        )
    }

    /// A program that runs as the server does, in its folder.
    pub fn program(&self, path: &Path) -> Command {
        let mut command = Command::new(path);
        command.current_dir(&self.folder);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn run(&self, tool: &str, arguments: &[&str]) -> String {
        let mut command = self.program(&self.tools.join(tool));
        command
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        // The server that pg_ctl starts would keep a pipe open.
        let log = self.folder.join(format!("{tool}.out"));
        let output = if tool == "pg_ctl" {
            let file = std::fs::File::create(&log).expect("the log can be written");
            let copy = file.try_clone().expect("a second handle of the log");
            let status = command.stdout(file).stderr(copy).status();
            status.map(|status| std::process::Output {
                status,
                stdout: std::fs::read(&log).unwrap_or_default(),
                stderr: Vec::new(),
            })
        } else {
            command.output()
        }
        .unwrap_or_else(|error| panic!("{tool}: {error}"));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{tool} {arguments:?}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    }
}

/// The programs that are used here.
const TOOLS: [&str; 5] = ["initdb", "pg_ctl", "createdb", "psql", "pg_basebackup"];

/// The folder of PostgreSQL's programs.
fn tools() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    debian.sort();
    folders.extend(debian.into_iter().rev());
    folders
        .into_iter()
        .find(|folder| TOOLS.iter().all(|tool| folder.join(tool).is_file()))
        .unwrap_or_else(|| {
            panic!(
                "PostgreSQL's programs {TOOLS:?} are neither together on the PATH nor in /usr/lib/postgresql/*/bin. \
                 Install them with `scripts/install test`, or on Debian with `apt-get install postgresql`."
            )
        })
}

/// PostgreSQL does not run as root: user and group to run it as, where this is root.
fn unprivileged() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let user = id(&["-u", "postgres"]).zip(id(&["-g", "postgres"]));
    Some(user.unwrap_or_else(|| {
        panic!("PostgreSQL does not run as root, and there is no user postgres. Install it with `scripts/install test`.")
    }))
}

/// Waits for the end of this process, then stops the cluster and removes its folder.
fn keeper(folder: &Path, tools: &Path, user: Option<(u32, u32)>) -> Child {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg("trap '' INT TERM HUP; cat >/dev/null; cd /; \"$2/pg_ctl\" -D \"$1/data\" -m immediate stop; rm -rf \"$1\"")
        .args(["keeper".as_ref(), folder.as_os_str(), tools.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.spawn().expect("a shell")
}
