//! The largest Excel export there is: the numbers of a region, a row for each school.

use crate::figures::{Figures, number};
use domain::Lang;
use domain::ids::RegionCode;
use services::bureau::FileKind;
use services::{Actor, Services};
use std::time::Instant;

/// Exports of one measurement.
const ROUNDS: u32 = 10;

/// Rows a second.
pub async fn measure(figures: &mut Figures, services: &Services, region: &RegionCode) {
    let sums = services.region_sums(&Actor::job(), region).await.unwrap();
    let rows = sums.schools.len();
    let begun = Instant::now();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        let file = services
            .export_region(&Actor::job(), region, FileKind::Xlsx, Lang::Zh)
            .await
            .unwrap();
        bytes = file.bytes.len();
    }
    assert!(bytes > rows, "a workbook");
    let speed = number(rows) * f64::from(ROUNDS) / begun.elapsed().as_secs_f64();
    figures.plain(
        format!("Excel export of a region, {rows} rows, one for each school"),
        speed,
        "rows/s",
    );
}
