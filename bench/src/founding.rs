//! Founding a town, and the services beside which the program under test works.

use crate::Engine;
use crate::figures::{Figures, number};
use services::Services;
use services::clock::{Clock, SystemClock, SystemEntropy};
use services::demo::Town;
use services::open::Location;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Where a town's data lie: a file in a folder, or the PostgreSQL database with this address.
pub fn location(folder: &Path, database: Option<&str>) -> Location {
    let mut location = Location::in_folder(folder.to_owned(), false);
    location.server = database.map(|url| url.parse().unwrap());
    location
}

/// Opens a place with the machine's clock.
pub async fn open(location: &Location) -> Arc<Services> {
    open_at(location, Arc::new(SystemClock)).await
}

/// Opens a place with a clock of one's own.
pub async fn open_at(location: &Location, clock: Arc<dyn Clock>) -> Arc<Services> {
    Services::open(location, clock, Arc::new(SystemEntropy))
        .await
        .unwrap()
}

/// Founds a town in an empty place, and says how fast.
pub async fn found(
    figures: &mut Figures,
    services: &Arc<Services>,
    children: u32,
    engine: Engine,
) -> Town {
    let begun = Instant::now();
    let town = services.found_town(children, true).await.unwrap();
    let speed = number(children as usize) / begun.elapsed().as_secs_f64();
    figures.plain(
        format!("{engine}: children founded with their families, {children} in all"),
        speed,
        "children/s",
    );
    town
}
