//! The program is started on a file that is not its own, or is damaged.

use crate::load::School;
use crate::support::{run, text};
use std::ops::Range;
use std::path::Path;
use tokio::sync::watch;

/// Starts the program on a file that it cannot use; gives what it said.
fn refused(data: &Path, file: &Path) -> String {
    let before = std::fs::read(file).unwrap();
    let output = run(data, &["serve", "--listen", "127.0.0.1:0"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(file.to_str().unwrap()), "{said}");
    assert!(
        said.contains("not a Fuxue database") && said.contains("restore the last backup"),
        "{said}"
    );
    assert!(said.contains("choose another --data folder"), "{said}");
    must_be(file, &before);
    said
}

/// Looks that a file is as it was, and that nothing lies beside it that would be written into it later.
fn must_be(file: &Path, before: &[u8]) {
    assert!(
        std::fs::read(file).unwrap() == before,
        "the file is as it was"
    );
    let log = std::fs::metadata(file.with_extension("db-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0);
}

/// Overwrites the pages in a part of a database, given in twelfths.
fn damage(file: &Path, twelfths: Range<usize>, with: u8) {
    let mut bytes = std::fs::read(file).unwrap();
    let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let pages = bytes.len() / size;
    assert!(pages > 100, "{pages} pages");
    let at = |twelfth: usize| pages * twelfth / 12 * size;
    bytes[at(twelfths.start)..at(twelfths.end)].fill(with);
    std::fs::write(file, bytes).unwrap();
}

/// An SQLite database of two pages that another program has made.
fn foreign() -> Vec<u8> {
    let mut file = vec![0; 1_024];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(
        0,
        b"SQLite format 3\0\x02\0\x01\x01\0\x40\x20\x20\0\0\0\x01",
    );
    for (at, number) in [(31, 2), (43, 1), (47, 4), (59, 1), (95, 1)] {
        put(at, &[number]);
    }
    put(100, b"\x0d\0\0\0\x01\x01\xcc\0\x01\xcc");
    put(460, b"\x32\x01\x06\x17\x15\x15\x01\x49");
    put(468, b"tablenotenote\x02CREATE TABLE note (words TEXT)");
    put(512, b"\x0d\0\0\0\0\x02");
    file
}

#[test]
fn a_file_that_is_no_database_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fuxue.db");
    std::fs::write(&file, "a letter that somebody has saved here\n".repeat(500)).unwrap();
    refused(folder.path(), &file);

    std::fs::write(&file, foreign()).unwrap();
    let said = refused(folder.path(), &file);
    assert!(said.contains("tables of another program"), "{said}");
    assert!(!folder.path().join("fuxue.key").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_whose_middle_is_damaged_is_refused_with_advice_and_serves_again_once_restored()
{
    let school = School::in_file().await;
    let file = school.location().database();
    let key = std::fs::read(school.location().key_file).unwrap();
    let whole = std::fs::read(&file).unwrap();
    for with in [0, 0xff] {
        damage(&file, 3..9, with);
        let said = refused(&school.data(), &file);
        assert!(said.contains("damaged"), "{said}");
        std::fs::write(&file, &whole).unwrap();
    }
    assert_eq!(std::fs::read(school.location().key_file).unwrap(), key);
    let running = school.serve();
    let (_address, at) = watch::channel(Some(running.address));
    for mut client in school.clients(&at) {
        let reports = client.next();
        let answer = client.deliver(&reports).await;
        assert_eq!(answer.taken.len(), reports.len());
    }
}

#[tokio::test]
async fn a_backup_of_a_damaged_database_fails_and_leaves_no_copy() {
    let school = School::in_file().await;
    let file = school.location().database();
    damage(&file, 8..12, 0);
    let before = std::fs::read(&file).unwrap();
    let to = school.folder.path().join("copy.db");
    let output = run(&school.data(), &["backup", "--to", to.to_str().unwrap()]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let name = file.display().to_string();
    for words in ["damaged", "restore the last backup", &name] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!to.exists(), "half a copy is no backup");
    must_be(&file, &before);
}
