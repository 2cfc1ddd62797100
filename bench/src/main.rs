//! How fast the program is: over HTTP as phones reach it, and beside the floors of the same run.
//!
//! `bench --server target/release/server OUT.json` founds towns, starts the program on them, and measures. Every
//! answer is checked, and in the end the database must hold what was acknowledged: otherwise the run fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a measuring program: it stops at the first surprise, and it measures real time"
)]

mod database;
mod direct;
mod echo;
mod export;
mod families;
mod fanout;
mod figures;
mod floor;
mod founding;
mod large;
mod load;
mod midnight;
mod morning;
mod old;
mod pages;
mod program;
mod recount;
mod reports;
mod roster;
mod run;
mod screens;
mod tally;

use clap::{Parser, Subcommand};
use figures::Figures;
use std::path::PathBuf;
use std::time::Duration;

/// What is to be measured.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    part: Option<Part>,
    /// Where the list of figures is written
    #[arg(default_value = "target/bench/morning.json")]
    out: PathBuf,
    #[command(flatten)]
    sizes: Sizes,
}

/// How much.
#[derive(Debug, Clone, clap::Args)]
struct Sizes {
    /// The program under test
    #[arg(long, default_value = "target/release/server", value_name = "FILE")]
    server: PathBuf,
    /// Children of the town in SQLite
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    children: u32,
    /// Children of the town in PostgreSQL
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    postgres_children: u32,
    /// Seconds that each load lasts
    #[arg(long, default_value_t = 8, value_name = "N")]
    seconds: u64,
    /// Open screens
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    screens: usize,
    /// Rows of an imported roster
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    roster_rows: usize,
    /// Rows of an exported workbook, as many as one sheet can hold
    #[arg(long, default_value_t = 1_000_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_048_575))]
    export_rows: u32,
    /// Only this engine; both by default
    #[arg(long, value_enum)]
    engine: Option<Engine>,
}

/// What keeps the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// A file
    Sqlite,
    /// A private cluster of the installed server
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl Sizes {
    fn with(&self, engine: Engine) -> bool {
        self.engine.is_none_or(|only| only == engine)
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// What this program does beside measuring all.
#[derive(Debug, Subcommand)]
enum Part {
    /// Echo JSON until killed: the floor, in a process of its own
    Echo,
    /// Take the reports of a whole province in one SQLite file
    Large {
        /// Children of the province
        #[arg(long, default_value_t = 15_000_000, value_name = "N")]
        children: u32,
        /// Where the list of figures is written
        #[arg(default_value = "target/bench/large.json")]
        out: PathBuf,
    },
}

fn main() {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match cli.part {
        Some(Part::Echo) => runtime.block_on(echo::serve()),
        Some(Part::Large { children, out }) => {
            let mut figures = Figures::default();
            let folder = tempfile::tempdir().unwrap();
            runtime.block_on(large::measure(&mut figures, folder.path(), children));
            figures.write(&out);
        }
        None => {
            let mut figures = Figures::default();
            morning::measure(&mut figures, &runtime, &cli.sizes);
            figures.write(&cli.out);
        }
    }
}
