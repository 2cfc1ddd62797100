//! A school morning over HTTP, on both engines.

use crate::database::Database;
use crate::families::Families;
use crate::figures::Figures;
use crate::program::Program;
use crate::run::{Run, SCHOOLS};
use crate::{Engine, Sizes, export, founding, midnight, recount, screens};
use services::open::Location;
use std::path::Path;
use std::rc::Rc;
use testing::Cluster;
use tokio::runtime::Runtime;

/// What PostgreSQL does by itself a minute after so many rows were written: it looks at every table that has any, not at
/// those that only hold others together.
const STATISTICS: &str = "DO $$ DECLARE one regclass; BEGIN
         FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
             AND pg_relation_size(oid) > 0 LOOP
             EXECUTE format('ANALYZE %s', one);
         END LOOP;
     END $$";
/// Megabytes of memory that the program may take with a million children.
const MEMORY: f64 = 400.0;
/// Towns whose screens the large town's is compared with.
const SMALLER: [u32; 2] = [10_000, 100_000];

/// Measures all that a morning asks of the program.
pub fn measure(figures: &mut Figures, runtime: &Runtime, sizes: &Sizes) {
    let folder = tempfile::tempdir().unwrap();
    if sizes.with(Engine::Sqlite) {
        let data = folder.path().join("sqlite");
        let town = Morning {
            engine: Engine::Sqlite,
            runtime,
            sizes,
            children: sizes.children,
            cluster: None,
        };
        town.measure(figures, &data);
        let (server, data) = (&sizes.server, folder.path().join("schools"));
        export::measure(figures, runtime, server, &data, sizes.export_rows as usize);
    }
    if sizes.with(Engine::Postgres) {
        let data = folder.path().join("postgres");
        let town = Morning {
            engine: Engine::Postgres,
            runtime,
            sizes,
            children: sizes.postgres_children,
            cluster: Some(Cluster::durable()),
        };
        town.measure(figures, &data);
    }
}

/// The morning of one town.
struct Morning<'a> {
    engine: Engine,
    runtime: &'a Runtime,
    sizes: &'a Sizes,
    children: u32,
    /// Where a file does not keep the data.
    cluster: Option<Cluster>,
}

impl Morning<'_> {
    /// Everything, over HTTP first.
    fn measure(&self, figures: &mut Figures, data: &Path) {
        let url = self.new_database();
        let location = founding::location(data, url.as_deref());
        let families = self.runtime.block_on(async {
            let services = founding::open(&location).await;
            let town = founding::found(figures, &services, self.children, self.engine).await;
            for school in SCHOOLS {
                school.create(&services).await;
            }
            services.store.close().await;
            Rc::new(Families::new(town))
        });
        let program = Program::serve(&self.sizes.server, data, url.as_deref());
        let database = self
            .runtime
            .block_on(Database::open(&location, url.as_deref()));
        if url.is_some() {
            self.runtime.block_on(database.run(STATISTICS));
        }
        let run = Run {
            engine: self.engine,
            runtime: self.runtime,
            sizes: self.sizes,
            program: &program,
            families: &families,
            database: &database,
        };
        let echoes = run.echoes(figures);
        run.reports(figures, echoes);
        run.journeys(figures);
        run.pages(figures, echoes);
        run.lone(figures);
        run.screens(figures);
        let imported = match self.engine {
            Engine::Sqlite => run.rosters(figures, data),
            Engine::Postgres => 0,
        };
        let (resident, peak) = program.memory();
        let (engine, children) = (self.engine, self.children);
        let name = format!("{engine}: resident memory after the load, {children} children");
        figures.at_most(name, resident, "MB", MEMORY);
        let name = format!("{engine}: resident memory at its highest");
        figures.plain(name, peak, "MB");
        program.stop();
        self.runtime
            .block_on(recount::must_hold(&database, &families, imported));
        self.beside(figures, &location, &database, &families);
        self.runtime.block_on(database.close());
    }

    /// What is measured without HTTP, on the town after its morning.
    fn beside(
        &self,
        figures: &mut Figures,
        location: &Location,
        database: &Database,
        families: &Families,
    ) {
        let town = &families.town;
        let sizes = SMALLER.into_iter().filter(|size| *size < self.children);
        let folders: Vec<_> = sizes
            .map(|size| (size, tempfile::tempdir().unwrap()))
            .collect();
        self.runtime.block_on(async {
            let mut towns = Vec::new();
            for (children, folder) in &folders {
                let location = founding::location(folder.path(), self.new_database().as_deref());
                let services = founding::open(&location).await;
                let town = services.found_town(*children, false).await.unwrap();
                services.store.close().await;
                towns.push(screens::Screen {
                    location,
                    region: town.region,
                    day: town.day,
                    children: *children,
                });
            }
            towns.push(screens::Screen {
                location: location.clone(),
                region: town.region.clone(),
                day: town.day,
                children: self.children,
            });
            screens::measure(figures, self.engine, &towns).await;
            midnight::measure(figures, self.engine, location, database, town).await;
        });
    }

    /// The address of an empty database, where the data are not in a file.
    fn new_database(&self) -> Option<String> {
        Some(self.cluster.as_ref()?.database(None))
    }
}
