//! The program at work on a town, and what is asked of it over HTTP.

use crate::database::Database;
use crate::families::Families;
use crate::figures::{Figures, number};
use crate::load::{self, loops::Done};
use crate::program::Program;
use crate::reports::{LONE_PAUSE, PACE, PACED_CONNECTIONS, at_a_pace};
use crate::roster::School;
use crate::{Engine, Sizes, echo, fanout, floor, pages, reports};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Connections of a load: a busy school, and a busy city.
const CONNECTIONS: [usize; 2] = [64, 512];
/// The bare echo over as many connections, in requests a second, just before the loads.
pub type Echoes = [f64; 2];
/// The schools whose rosters are imported: the first alone, the second while reports come in.
pub const SCHOOLS: [School; 2] = [School("3305031001"), School("3305031002")];

/// Of a thousand children, how many one load of reports may use up, and one of journeys.
const REPORTS_SHARE: usize = 350;
const JOURNEYS_SHARE: usize = 100;
/// Journeys a second that are asked for.
const JOURNEYS: f64 = 3_000.0;
/// The longest time that 99 of 100 families shall wait on 512 connections, in milliseconds.
const WAIT: f64 = 60.0;
/// How old a report may be when a screen shows it, and how long one may wait during an import, in milliseconds.
const STALE: f64 = 2_000.0;
const IMPORT_WAIT: f64 = 100.0;

/// The program at work on a town.
pub struct Run<'a> {
    /// What keeps the data.
    pub engine: Engine,
    /// For what is asked of the database beside the program.
    pub runtime: &'a Runtime,
    /// How much.
    pub sizes: &'a Sizes,
    /// The program, which has nothing else to do.
    pub program: &'a Program,
    /// Those who ask.
    pub families: &'a Rc<Families>,
    /// Its database, from outside.
    pub database: &'a Database,
}

impl Run<'_> {
    /// The floor of HTTP, beside the program while it has nothing to do.
    pub fn echoes(&self, figures: &mut Figures) -> Echoes {
        CONNECTIONS.map(|connections| {
            let speed = echo::measure(connections, self.sizes.time() / 2);
            let engine = self.engine;
            let name = format!("{engine}: bare axum JSON echo, {connections} connections");
            figures.plain(name, speed, "requests/s");
            speed
        })
    }

    /// Reports over few and over many connections, beside their floors: the bare echo, and bare inserts in commits of as
    /// many reports as the program wrote at a time, and of as many as there are connections.
    pub fn reports(&self, figures: &mut Figures, echoes: Echoes) {
        let (engine, children) = (self.engine, self.families.town.children);
        for (connections, echo) in CONNECTIONS.into_iter().zip(echoes) {
            let before = self.program.written();
            let done = reports::one_click(
                self.program.address,
                self.families,
                self.families.share(REPORTS_SHARE),
                connections,
                self.sizes.time(),
            );
            let after = self.program.written();
            let written = after.reports - before.reports;
            let batches = after.batches - before.batches;
            assert!(batches > 0, "the program says in how many batches it wrote");
            let what = format!("{engine}: reports, {connections} connections, {children} children");
            let size = number(written) / number(batches);
            figures.plain(format!("{what}: in a batch"), size, "reports");
            let speed = done.per_second();
            for (size, of) in [
                (
                    written / batches,
                    "as many a commit as in a batch".to_owned(),
                ),
                (connections, format!("{connections} a commit")),
            ] {
                let bare = self.bare(size.max(1));
                let name = format!(
                    "{engine}: bare inserts of the same rows, {connections} connections, {of}"
                );
                figures.plain(name, bare, "reports/s");
                figures.speed(
                    format!("{what}, by bare inserts, {of}"),
                    speed,
                    "reports/s",
                    bare,
                );
            }
            figures.speed(format!("{what}, by bare echo"), speed, "reports/s", echo);
            self.waits(figures, &what, &done, connections == CONNECTIONS[1]);
        }
    }

    /// Bare inserts beside the program, while it has nothing to do, in reports a second.
    fn bare(&self, size: usize) -> f64 {
        let time = self.sizes.time() / 2;
        let inserts = floor::inserts(self.database, self.families, size, time);
        self.runtime.block_on(inserts)
    }

    fn waits(&self, figures: &mut Figures, what: &str, done: &Done, is_asked: bool) {
        figures.plain(format!("{what}, p50"), done.latencies.p50(), "ms");
        let (name, p99) = (format!("{what}, p99"), done.latencies.p99());
        if is_asked {
            figures.at_most(name, p99, "ms", WAIT);
        } else {
            figures.plain(name, p99, "ms");
        }
    }

    /// The report and the page that follows it.
    pub fn journeys(&self, figures: &mut Figures) {
        let done = reports::journeys(
            self.program.address,
            self.families,
            self.families.share(JOURNEYS_SHARE),
            CONNECTIONS[0],
            self.sizes.time(),
        );
        let what = format!("{}: journeys (report, redirect, code page)", self.engine);
        figures.speed(what.clone(), done.per_second(), "journeys/s", JOURNEYS);
        self.waits(figures, &what, &done, false);
    }

    /// Pages of all three kinds of reader, beside the bare echo over as many connections.
    pub fn pages(&self, figures: &mut Figures, [echo, _]: Echoes) {
        let (address, time) = (self.program.address, self.sizes.time() / 2);
        let engine = self.engine;
        for (whose, done) in [
            (
                "guardian's page",
                pages::guardians(address, self.families, time),
            ),
            (
                "teacher's class page",
                pages::classes(address, self.families, time),
            ),
            ("big screen", pages::screens(address, self.families, time)),
        ] {
            let name = format!("{engine}: {whose}");
            figures.speed(name.clone(), done.per_second(), "pages/s", echo);
            figures.plain(format!("{name}, p99"), done.latencies.p99(), "ms");
        }
    }

    /// Reports that meet nobody else's, beside bare commits of one report at the same pace.
    pub fn lone(&self, figures: &mut Figures) {
        let time = self.sizes.time();
        let reports = reports::lone(self.program.address, self.families, time);
        let commits = floor::lone(self.database, self.families, LONE_PAUSE, time);
        let commits = self.runtime.block_on(commits);
        let engine = self.engine;
        for (name, reports, commits) in [
            ("p50", reports.p50(), commits.p50()),
            ("p99", reports.p99(), commits.p99()),
        ] {
            let bare = format!("{engine}: a bare commit of one report, {name}");
            figures.plain(bare, commits, "ms");
            let what = format!("{engine}: a lone report, {name}");
            figures.at_most(what, reports, "ms", commits);
        }
    }

    /// Open screens while reports come in.
    pub fn screens(&self, figures: &mut Figures) {
        let screens = self.sizes.screens;
        let stale = fanout::measure(self.program, self.families, screens, 2 * self.sizes.time());
        let engine = self.engine;
        let what = format!("{engine}: {screens} open screens, {PACE} reports a second");
        figures.at_most(format!("{what}: staleness, p99"), stale.p99, "ms", STALE);
        figures.plain(format!("{what}: processor"), stale.cores, "cores");
        figures.plain(
            format!("{what}: frame"),
            number(stale.frame) / 1_000.0,
            "kB",
        );
    }

    /// A large roster, alone and while reports come in; says how many children were imported.
    pub fn rosters(&self, figures: &mut Figures, data: &Path) -> usize {
        let (rows, server) = (self.sizes.roster_rows, &self.sizes.server);
        let file = data.join("roster.csv");
        let [alone, beside] = SCHOOLS;
        let engine = self.engine;
        let what = format!("{engine}: roster import of {rows} rows into one school");
        alone.write_roster(rows, &file);
        let speed = |took: Duration| number(rows) / took.as_secs_f64();
        let took = alone.alone(server, data, &file);
        figures.plain(format!("{what}, alone"), speed(took), "rows/s");
        let done = load::run(async {
            let connections = load::open(self.program.address, PACED_CONNECTIONS).await;
            let over = Instant::now() + self.sizes.time();
            at_a_pace(connections, self.families, || Instant::now() > over, || ()).await
        });
        let pace = format!("{PACE} reports a second");
        figures.plain(format!("{engine}: {pace}, p99"), done.latencies.p99(), "ms");
        beside.write_roster(rows, &file);
        let before = self.families.put_off();
        let (took, done) = beside.beside_reports(server, data, &file, self.program, self.families);
        figures.plain(format!("{what}, beside {pace}"), speed(took), "rows/s");
        let name = format!("{engine}: {pace}, p99 during this import");
        figures.at_most(name, done.latencies.p99(), "ms", IMPORT_WAIT);
        let put_off = number(self.families.put_off() - before);
        figures.plain(
            format!("{engine}: {pace}, put off during it (503)"),
            put_off,
            "answers",
        );
        SCHOOLS.len() * rows
    }
}
