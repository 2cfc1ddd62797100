//! A school morning over HTTP, on both engines.

use crate::database::Database;
use crate::families::Families;
use crate::figures::{Figures, number};
use crate::load::{self, loops::Done};
use crate::program::Program;
use crate::reports::{PACE, PACED_CONNECTIONS, at_a_pace};
use crate::roster::School;
use crate::{
    Sizes, echo, export, fanout, floor, founding, midnight, pages, recount, reports, screens,
};
use services::open::Location;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};
use testing::Cluster;
use tokio::runtime::Runtime;

/// Connections of a load: a busy school, and a busy city.
const CONNECTIONS: [usize; 2] = [64, 512];
/// The longest time that 99 of 100 families shall wait on 512 connections, in milliseconds.
const WAIT: f64 = 60.0;
/// Journeys a second that are asked for.
const JOURNEYS: f64 = 3_000.0;
/// Megabytes of memory that the program may take with a million children.
const MEMORY: f64 = 400.0;
/// Of a thousand children, how many one load of reports may use up, and one of journeys.
const REPORTS: usize = 350;
const JOURNEYS_SHARE: usize = 100;

/// Towns whose screens the large town's is compared with.
const SMALLER: [u32; 2] = [10_000, 100_000];
/// The schools whose rosters are imported: the first alone, the second while reports come in.
const SCHOOLS: [School; 2] = [School("3305031001"), School("3305031002")];
/// How old a report may be when a screen shows it, and how long one may wait during an import, in milliseconds.
const STALE: f64 = 2_000.0;
const IMPORT_WAIT: f64 = 100.0;

/// The bare echo over as many connections as there are in [`CONNECTIONS`], in requests a second.
type Echoes = [f64; 2];

/// Measures all that a morning asks of the program.
pub fn measure(figures: &mut Figures, runtime: &Runtime, sizes: &Sizes) {
    let echoes = CONNECTIONS.map(|connections| {
        let speed = echo::measure(connections, sizes.time() / 2);
        figures.plain(
            format!("bare axum JSON echo, {connections} connections"),
            speed,
            "requests/s",
        );
        speed
    });
    let folder = tempfile::tempdir().unwrap();
    sqlite(
        figures,
        runtime,
        sizes,
        echoes,
        &folder.path().join("sqlite"),
    );
    postgres(
        figures,
        runtime,
        sizes,
        echoes,
        &folder.path().join("postgres"),
    );
}

fn sqlite(figures: &mut Figures, runtime: &Runtime, sizes: &Sizes, echoes: Echoes, data: &Path) {
    let location = founding::location(data, None);
    let families = runtime.block_on(async {
        let services = founding::open(&location).await;
        let town = founding::found(figures, &services, sizes.children, "SQLite").await;
        for school in SCHOOLS {
            school.create(&services).await;
        }
        services.store.close().await;
        Rc::new(Families::new(town))
    });
    let program = Program::serve(&sizes.server, data, None);
    let database = runtime.block_on(Database::file(&location.database()));
    let run = Run {
        engine: "SQLite",
        runtime,
        sizes,
        program: &program,
        families: &families,
        database: &database,
    };
    run.reports(figures, echoes);
    run.journeys(figures);
    run.pages(figures);
    run.screens(figures);
    run.rosters(figures, data);
    let (resident, peak) = program.memory();
    let name = format!(
        "SQLite: resident memory after the load, {} children",
        sizes.children
    );
    figures.at_most(name, resident, "MB", MEMORY);
    figures.plain("SQLite: resident memory at its highest", peak, "MB");
    program.stop();
    runtime.block_on(recount::must_hold(&database, &families));
    runtime.block_on(database.close());
    beside(figures, runtime, sizes, &location, &families);
}

/// What is measured without HTTP, on the town after its morning.
fn beside(
    figures: &mut Figures,
    runtime: &Runtime,
    sizes: &Sizes,
    location: &Location,
    families: &Families,
) {
    let (town, children) = (&families.town, sizes.children);
    let smaller = SMALLER.into_iter().filter(|smaller| *smaller < children);
    let smallest = screens::small_towns(figures, runtime, smaller);
    runtime.block_on(async {
        let services = founding::open(location).await;
        screens::measure(
            figures,
            &services,
            &town.region,
            town.day,
            children,
            smallest,
        )
        .await;
        export::measure(figures, &services, &town.region).await;
        services.store.close().await;
        midnight::measure(figures, location, children, town.day).await;
    });
}

fn postgres(figures: &mut Figures, runtime: &Runtime, sizes: &Sizes, echoes: Echoes, data: &Path) {
    let cluster = Cluster::durable();
    let url = cluster.database(None);
    let location = founding::location(data, Some(&url));
    let families = runtime.block_on(async {
        let services = founding::open(&location).await;
        let town = founding::found(figures, &services, sizes.postgres_children, "PostgreSQL").await;
        services.store.close().await;
        Rc::new(Families::new(town))
    });
    let program = Program::serve(&sizes.server, data, Some(&url));
    let database = runtime.block_on(Database::server(&url));
    let run = Run {
        engine: "PostgreSQL",
        runtime,
        sizes,
        program: &program,
        families: &families,
        database: &database,
    };
    run.reports(figures, echoes);
    run.journeys(figures);
    program.stop();
    runtime.block_on(recount::must_hold(&database, &families));
    runtime.block_on(database.close());
}

/// The program at work on a town.
struct Run<'a> {
    engine: &'static str,
    runtime: &'a Runtime,
    sizes: &'a Sizes,
    program: &'a Program,
    families: &'a Rc<Families>,
    database: &'a Database,
}

impl Run<'_> {
    /// Reports over few and over many connections, beside both floors.
    fn reports(&self, figures: &mut Figures, echoes: Echoes) {
        let (engine, children) = (self.engine, self.families.town.children);
        for (connections, echo) in CONNECTIONS.into_iter().zip(echoes) {
            let done = reports::one_click(
                self.program.address,
                self.families,
                self.families.share(REPORTS),
                connections,
                self.sizes.time(),
            );
            // Beside it, while the program has nothing to do.
            let bare = self.runtime.block_on(floor::inserts(
                self.database,
                self.families,
                connections,
                self.sizes.time() / 2,
            ));
            let what = format!("{engine}: reports, {connections} connections, {children} children");
            let speed = done.per_second();
            let name = format!("{engine}: bare inserts of the same rows, {connections} a commit");
            figures.plain(name, bare, "reports/s");
            figures.speed(format!("{what}, by bare inserts"), speed, "reports/s", bare);
            figures.speed(format!("{what}, by bare echo"), speed, "reports/s", echo);
            self.waits(figures, &what, &done, connections == CONNECTIONS[1]);
        }
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
    fn journeys(&self, figures: &mut Figures) {
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

    /// Pages of all three kinds of reader.
    fn pages(&self, figures: &mut Figures) {
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
            figures.plain(name.clone(), done.per_second(), "pages/s");
            figures.plain(format!("{name}, p99"), done.latencies.p99(), "ms");
        }
    }

    /// Open screens while reports come in.
    fn screens(&self, figures: &mut Figures) {
        let screens = self.sizes.screens;
        let stale = fanout::measure(self.program, self.families, screens, 2 * self.sizes.time());
        let what = format!("{screens} open screens, {PACE} reports a second");
        figures.at_most(format!("{what}: staleness, p99"), stale.p99, "ms", STALE);
        figures.plain(format!("{what}: processor"), stale.cores, "cores");
        figures.plain(
            format!("{what}: frame"),
            number(stale.frame) / 1_000.0,
            "kB",
        );
    }

    /// A large roster, alone and while reports come in.
    fn rosters(&self, figures: &mut Figures, data: &Path) {
        let (rows, server) = (self.sizes.roster_rows, &self.sizes.server);
        let file = data.join("roster.csv");
        let [alone, beside] = SCHOOLS;
        let what = format!("roster import of {rows} rows into one school");
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
        figures.plain(format!("{pace}, p99"), done.latencies.p99(), "ms");
        beside.write_roster(rows, &file);
        let (took, done) = beside.beside_reports(server, data, &file, self.program, self.families);
        figures.plain(format!("{what}, beside {pace}"), speed(took), "rows/s");
        let name = format!("{pace}, p99 during this import");
        figures.at_most(name, done.latencies.p99(), "ms", IMPORT_WAIT);
    }
}
