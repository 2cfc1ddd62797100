//! A school morning over HTTP, on both engines.

use crate::database::Database;
use crate::families::Families;
use crate::figures::Figures;
use crate::program::Program;
use crate::run::{CONNECTIONS, Echoes, Run, SCHOOLS};
use crate::{Engine, Sizes, echo, export, founding, midnight, recount, screens};
use services::open::Location;
use std::path::Path;
use std::rc::Rc;
use testing::Cluster;
use tokio::runtime::Runtime;

/// Megabytes of memory that the program may take with a million children.
const MEMORY: f64 = 400.0;
/// Towns whose screens the large town's is compared with.
const SMALLER: [u32; 2] = [10_000, 100_000];

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
    if sizes.with(Engine::Sqlite) {
        let data = folder.path().join("sqlite");
        sqlite(figures, runtime, sizes, echoes, &data);
        let (server, data) = (&sizes.server, folder.path().join("schools"));
        export::measure(figures, runtime, server, &data, sizes.export_rows as usize);
    }
    if sizes.with(Engine::Postgres) {
        let data = folder.path().join("postgres");
        postgres(figures, runtime, sizes, echoes, &data);
    }
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
