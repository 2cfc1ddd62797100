//! A school morning over HTTP, on both engines.

use crate::database::Database;
use crate::families::Families;
use crate::figures::Figures;
use crate::load::loops::Done;
use crate::program::Program;
use crate::{Sizes, echo, floor, founding, pages, recount, reports};
use std::path::Path;
use std::rc::Rc;
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
}
