//! The command line: every flag, its environment variable and its default.

use crate::commands::{
    account, audit, backup, demo, import_records, import_regions, import_roster, keys, migrate,
    pass, rulebook, serve,
};
use crate::edge::{Limits, TrustedProxies};
use crate::logging::LogFormat;
use crate::patience::Patience;
use crate::room::Room;
use clap::builder::{BoolishValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use services::open::Location;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;
use store::{DatabaseUrl, ParseUrlError};

/// 复学码 Fuxue: daily health reports of pupils and staff, the code that follows from them, and the numbers of
/// schools and regions. One program with one folder of data.
///
/// Every flag can also be given as the environment variable that its help names; the flag wins.
#[derive(Debug, Parser)]
#[command(name = "server", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogArgs,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages to schools and families
    Serve(Box<serve::ServeArgs>),
    /// Serve an invented sample district on this machine, with an account for each role
    Demo(Box<demo::DemoArgs>),
    /// Bring the database up to date with this program, making it where there is none
    Migrate(migrate::MigrateArgs),
    /// Import a school's roster (XLSX or CSV); exits with 0 without faults and with 3 where some rows have faults
    ImportRoster(import_roster::ImportRosterArgs),
    /// Import a list of official records (XLSX or CSV); exits with 0 without faults and with 3 where some rows have faults
    ImportRecords(import_records::ImportRecordsArgs),
    /// Import regions from a CSV file with code, parent, level and name
    ImportRegions(import_regions::ImportRegionsArgs),
    /// Create staff accounts and help their holders back in
    Account(account::AccountArgs),
    /// Write a consistent copy of the database while it is in use
    Backup(backup::BackupArgs),
    /// Look after the audit log: `audit verify` recomputes every hash and checks every signed head
    Audit(audit::AuditArgs),
    /// Look after the keys that sign passes: list, rotate, revoke, and exchange them with other issuers
    Keys(keys::KeysArgs),
    /// Explain passes: `pass inspect` reads a text or a picture and says why it would be refused
    Pass(pass::PassArgs),
    /// Look at rulebook files: `rulebook check FILE` names what is wrong or doubtful in one
    Rulebook(rulebook::RulebookArgs),
}

/// How the log is written.
#[derive(Debug, Clone, Args)]
pub struct LogArgs {
    /// Log lines for people or as JSON, on standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, env = "FUXUE_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What is logged: a level (error, warn, info, debug), or levels by module such as `info,services=debug`
    #[arg(
        long,
        global = true,
        default_value = "info",
        env = "FUXUE_LOG",
        value_name = "LEVELS"
    )]
    pub log: String,
}

/// Where the data lies.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The folder of the database
    #[arg(long, default_value = "./data", env = "FUXUE_DATA", value_name = "DIR")]
    pub data: PathBuf,
    #[command(flatten)]
    key: KeyArgs,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct KeyArgs {
    /// The key file that opens the database [default: fuxue.key in the data folder]
    #[arg(long, env = "FUXUE_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The PostgreSQL database that several servers may share, such as postgres://user:password@host/database
    /// [default: an SQLite file in the data folder]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL", value_parser = UrlParser)]
    database_url: Option<DatabaseUrl>,
    /// A replica of it, for screens [default: the database itself]
    #[arg(long, requires = "database_url", env = "READ_DATABASE_URL", hide_env_values = true, value_name = "URL", value_parser = UrlParser)]
    read_database_url: Option<DatabaseUrl>,
    /// Seconds that an answer of the PostgreSQL database is waited for
    #[arg(long, default_value_t = DatabaseUrl::PATIENCE.as_secs(), value_parser = clap::value_parser!(u64).range(1..=86_400), env = "FUXUE_DATABASE_PATIENCE", value_name = "SECONDS")]
    database_patience: u64,
}

/// Reads an address without ever repeating it: it may hold a password.
#[derive(Debug, Clone, Copy)]
struct UrlParser;

impl TypedValueParser for UrlParser {
    type Value = DatabaseUrl;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<DatabaseUrl, clap::Error> {
        let parsed = value.to_str().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| {
            let name = argument.map(ToString::to_string).unwrap_or_default();
            let what = format!("{name}: {ParseUrlError}\n");
            clap::Error::raw(ErrorKind::ValueValidation, what).with_cmd(command)
        })
    }
}

impl KeyArgs {
    /// The place of a database with this key file.
    pub fn location(&self, data: PathBuf, demo: bool) -> Location {
        let mut location = Location::in_folder(data, demo);
        if let Some(file) = &self.key_file {
            location.key_file.clone_from(file);
        }
        let patience = Duration::from_secs(self.database_patience);
        let patient = |url: &DatabaseUrl| url.clone().with_patience(patience);
        location.server = self.database_url.as_ref().map(patient);
        location.replica = self.read_database_url.as_ref().map(patient);
        location
    }
}

impl DataArgs {
    /// The place of a real database.
    pub fn location(&self) -> Location {
        self.key.location(self.data.clone(), false)
    }
}

/// How pages are served, for real and in a demo.
#[derive(Debug, Clone, Args)]
pub struct HttpArgs {
    /// The address and port to listen on
    #[arg(
        long,
        default_value = "127.0.0.1:3000",
        env = "FUXUE_LISTEN",
        value_name = "ADDR"
    )]
    pub listen: SocketAddr,
    /// The folder of scripts, styles and pictures [default: `site` beside the program, else above it, else target/site]
    #[arg(long, env = "FUXUE_SITE_ROOT", value_name = "DIR")]
    pub site_root: Option<PathBuf>,
    /// Serve numbers for Prometheus on this address, such as 127.0.0.1:9464 [default: not at all]
    #[arg(long, env = "FUXUE_METRICS_LISTEN", value_name = "ADDR")]
    pub metrics_listen: Option<SocketAddr>,
    /// Requests per second from one address, with three times as many at once
    #[arg(long, default_value_t = Limits::default().per_address, env = "FUXUE_RATE_PER_ADDRESS", value_name = "N")]
    pub rate_per_address: NonZeroU32,
    /// Passwords and codes tried per minute from one address
    #[arg(long, default_value_t = Limits::default().sign_in_per_address, env = "FUXUE_SIGN_IN_PER_ADDRESS", value_name = "N")]
    pub sign_in_per_address: NonZeroU32,
    /// Forms per second sent by one account, with six times as many at once
    #[arg(long, default_value_t = Limits::default().per_account, env = "FUXUE_RATE_PER_ACCOUNT", value_name = "N")]
    pub rate_per_account: NonZeroU32,
    /// Connections that may be open at a time; fewer where the system does not allow twice as many open files
    #[arg(long, default_value_t = Room::default().connections, env = "FUXUE_CONNECTIONS", value_name = "N")]
    pub connections: NonZeroU32,
    /// Requests that may wait for an answer at a time; 4,096 of them may be reports
    #[arg(long, default_value_t = Room::default().requests, env = "FUXUE_REQUESTS", value_name = "N")]
    pub requests: NonZeroU32,
    /// Seconds that a client may take to send a request's head or a form, and to take a part of its answer
    #[arg(long, default_value_t = Patience::default().0.as_secs(), value_parser = clap::value_parser!(u64).range(1..), env = "FUXUE_PATIENCE", value_name = "SECONDS")]
    pub patience: u64,
}

impl HttpArgs {
    /// How long slow clients are waited for.
    pub fn patience(&self) -> Patience {
        Patience(Duration::from_secs(self.patience))
    }

    /// How many connections and requests there may be at a time.
    pub fn room(&self) -> Room {
        Room {
            connections: self.connections,
            requests: self.requests,
        }
    }

    /// The limits of requests.
    pub fn limits(&self) -> Limits {
        Limits {
            per_address: self.rate_per_address,
            sign_in_per_address: self.sign_in_per_address,
            per_account: self.rate_per_account,
        }
    }
}

/// How pages travel, where that is not this machine only.
#[derive(Debug, Clone, Args)]
pub struct TransportArgs {
    /// The certificate chain in PEM form; with --tls-key the pages are served over TLS
    #[arg(
        long,
        requires = "tls_key",
        env = "FUXUE_TLS_CERT",
        value_name = "FILE"
    )]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM form
    #[arg(
        long,
        requires = "tls_cert",
        env = "FUXUE_TLS_KEY",
        value_name = "FILE"
    )]
    pub tls_key: Option<PathBuf>,
    /// A proxy in front of this program speaks TLS; believe what it says about the client [default: false]
    #[arg(long, env = "FUXUE_BEHIND_PROXY", value_parser = BoolishValueParser::new())]
    pub behind_proxy: bool,
    /// A network whose proxies are believed; may be repeated or separated by commas [default with --behind-proxy: this machine]
    #[arg(long = "trusted-proxy", requires = "behind_proxy", value_delimiter = ',', env = "FUXUE_TRUSTED_PROXY", value_name = "CIDR", value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
}

/// A listener would send health data in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} can be reached from other machines, and the pages would travel unencrypted.\n\
     Give --tls-cert and --tls-key, or --behind-proxy where a proxy in front speaks TLS, or listen on 127.0.0.1."
)]
pub struct PlainListener(pub SocketAddr);

impl TransportArgs {
    /// Whether this program speaks TLS itself.
    pub fn has_tls(&self) -> bool {
        self.tls_cert.is_some()
    }

    /// Allows an address to listen on.
    ///
    /// # Errors
    /// [`PlainListener`] for one that is reached from elsewhere without TLS here or in front.
    pub fn check(&self, listen: SocketAddr) -> Result<(), PlainListener> {
        let is_safe =
            listen.ip().to_canonical().is_loopback() || self.has_tls() || self.behind_proxy;
        if is_safe {
            Ok(())
        } else {
            Err(PlainListener(listen))
        }
    }

    /// Whose word about the client is believed.
    pub fn proxies(&self) -> TrustedProxies {
        if self.behind_proxy {
            TrustedProxies::new(self.trusted_proxies.clone())
        } else {
            TrustedProxies::default()
        }
    }
}

/// A network, or a single address as a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let single = |_| text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(single)
        .map_err(|_| "not a network such as 10.0.0.0/8 or an address".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    fn serve(line: &str) -> Box<serve::ServeArgs> {
        match parse(line).unwrap().command {
            Command::Serve(args) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_help_explains_every_subcommand() {
        Cli::command().debug_assert();
        let help = Cli::command().render_long_help().to_string();
        for name in [
            "serve",
            "demo",
            "migrate",
            "import-roster",
            "import-regions",
            "account",
            "backup",
            "audit",
            "keys",
            "pass",
            "rulebook",
        ] {
            assert!(
                help.lines()
                    .any(|l| l.trim_start().starts_with(name) && l.trim().len() > name.len() + 10),
                "{name}: {help}"
            );
        }
    }

    #[test]
    fn every_flag_has_an_environment_variable_and_a_documented_default() {
        for command in Cli::command().get_subcommands() {
            for flag in command.get_arguments().filter(|a| a.get_env().is_some()) {
                let env = flag.get_env().unwrap().to_string_lossy().into_owned();
                // The names that every host of PostgreSQL sets.
                let is_custom = ["DATABASE_URL", "READ_DATABASE_URL"].contains(&env.as_str());
                assert!(is_custom || env.starts_with("FUXUE_"), "{env}");
                let help = flag.get_help().unwrap().to_string();
                let is_documented = !flag.get_default_values().is_empty()
                    || help.contains("[default")
                    || env.starts_with("FUXUE_TLS");
                assert!(is_documented, "{} {env}: {help}", command.get_name());
            }
        }
    }

    #[test]
    fn a_plain_listener_for_other_machines_needs_a_proxy_or_tls() {
        let check = |line: &str| {
            let args = serve(line);
            args.transport.check(args.http.listen)
        };
        assert_eq!(check("server serve"), Ok(()));
        assert_eq!(check("server serve --listen [::1]:80"), Ok(()));
        assert!(
            check("server serve --listen 0.0.0.0:80")
                .unwrap_err()
                .to_string()
                .contains("--behind-proxy")
        );
        assert!(check("server serve --listen 192.0.2.1:80").is_err());
        assert_eq!(
            check("server serve --listen 0.0.0.0:80 --behind-proxy"),
            Ok(())
        );
        assert_eq!(
            check("server serve --listen 0.0.0.0:443 --tls-cert c.pem --tls-key k.pem"),
            Ok(())
        );
        assert!(
            parse("server serve --tls-cert c.pem").is_err(),
            "a certificate needs its key"
        );
    }

    #[test]
    fn proxies_are_believed_only_when_asked_for() {
        assert_eq!(
            serve("server serve").transport.proxies(),
            TrustedProxies::default()
        );
        assert_eq!(
            serve("server serve --behind-proxy").transport.proxies(),
            TrustedProxies::new(Vec::new())
        );
        let named = serve("server serve --behind-proxy --trusted-proxy 10.0.0.0/8,192.0.2.1")
            .transport
            .proxies();
        assert_eq!(
            named,
            TrustedProxies::new(vec![
                "10.0.0.0/8".parse().unwrap(),
                "192.0.2.1/32".parse().unwrap()
            ])
        );
        assert!(parse("server serve --trusted-proxy 10.0.0.0/8").is_err());
        assert!(parse("server serve --behind-proxy --trusted-proxy everywhere").is_err());
    }

    #[test]
    fn the_address_of_a_database_never_shows_its_password() {
        let line = "server serve --database-url";
        let args = serve(&format!("{line} postgres://u:geheim@db:5433/fuxue"));
        let shown = format!("{args:?} {}", args.data.location().name());
        assert!(
            shown.contains("db:5433") && !shown.contains("geheim"),
            "{shown}"
        );
        for wrong in [
            "mysql://u:geheim@db/fuxue",
            "postgres://u:geheim@db:port/fuxue",
        ] {
            let error = parse(&format!("{line} {wrong}")).unwrap_err().to_string();
            assert!(
                error.contains("postgres://") && !error.contains("geheim"),
                "{error}"
            );
        }
        assert!(parse("server serve --read-database-url postgres://u@db/fuxue").is_err());
    }

    #[test]
    fn key_file_and_log_can_be_given_after_any_subcommand() {
        let args =
            parse("server backup --to x.db --data d --key-file /k --log-format json").unwrap();
        assert_eq!(args.log.log_format, LogFormat::Json);
        let Command::Backup(backup) = args.command else {
            panic!("backup")
        };
        assert_eq!(backup.data.location().key_file, PathBuf::from("/k"));
        assert_eq!(
            backup.data.location().database(),
            PathBuf::from("d/fuxue.db")
        );
    }
}
