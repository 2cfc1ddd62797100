//! The program is started on a file that is not its own.

use crate::support::{run, text};
use std::path::Path;

/// Starts the program on a file that is not its own; gives what it said.
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
    assert!(
        std::fs::read(file).unwrap() == before,
        "the file is as it was"
    );
    assert!(!data.join("fuxue.key").exists());
    said
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
}
