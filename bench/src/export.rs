//! The largest Excel export there is: the numbers of a region, a row for each of its schools.

use crate::database::Database;
use crate::families::page;
use crate::figures::{Figures, number};
use crate::founding;
use crate::load::{self, Connection};
use crate::program::Program;
use std::io::{BufRead as _, BufReader, Cursor};
use std::path::Path;
use std::time::Instant;
use tokio::runtime::Runtime;

/// Children of the one school that has any.
const CHILDREN: u32 = 1_000;
/// Megabytes of memory that the program may take with a million children, and so for this too.
const MEMORY: f64 = 400.0;
/// How a cell of the column of students begins.
const STUDENTS: &[u8] = br#"<c r="F"#;

/// Rows a second, as an official downloads them, and what memory the program takes for it.
pub fn measure(
    figures: &mut Figures,
    runtime: &Runtime,
    server: &Path,
    folder: &Path,
    rows: usize,
) {
    let location = founding::location(folder, None);
    let (town, students) = runtime.block_on(async {
        let services = founding::open(&location).await;
        let town = services.found_town(CHILDREN, false).await.unwrap();
        services.store.close().await;
        let database = Database::file(&location.database()).await;
        let students = database.add_schools(town.day, rows - 1).await;
        database.close().await;
        (town, students)
    });
    let program = Program::serve(server, folder, None);
    let path = format!("/bureau/{}/export.xlsx", town.region);
    let request = page(&path, town.official.cookie());
    let begun = Instant::now();
    let file = load::run(async {
        let mut connection = Connection::open(program.address).await;
        let answer = connection.ask(request.as_bytes()).await;
        assert_eq!(answer.status, 200, "a file: {}", answer.text());
        answer.body.to_vec()
    });
    let took = begun.elapsed();
    let (_, peak) = program.memory();
    program.stop();
    assert_eq!(
        told(file),
        (rows + 1, students),
        "a row for each school, and the heads; and the students of them all"
    );
    let what = format!("SQLite: Excel export of a region, {rows} rows, one for each school");
    figures.plain(what.clone(), number(rows) / took.as_secs_f64(), "rows/s");
    figures.at_most(format!("{what}: memory at its highest"), peak, "MB", MEMORY);
}

/// The rows of a workbook's first sheet, and the sum of its column of students.
fn told(file: Vec<u8>) -> (usize, i64) {
    let mut book = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let sheet = book.by_name("xl/worksheets/sheet1.xml").unwrap();
    let (mut rows, mut students, mut is_of_students) = (0, 0, false);
    // Everything that begins or ends something ends with the same letter.
    for part in BufReader::new(sheet).split(b'>') {
        let part = part.unwrap();
        if part.ends_with(b"</row") {
            rows += 1;
        } else if part.starts_with(b"<c ") {
            is_of_students = part.starts_with(STUDENTS);
        } else if let Some(number) = part.strip_suffix(b"</v").filter(|_| is_of_students) {
            students += std::str::from_utf8(number).unwrap().parse::<i64>().unwrap();
        }
    }
    (rows, students)
}
