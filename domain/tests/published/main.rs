//! What `docs/` says in tables is true, and what is generated there is current.
//!
//! `UPDATE=1 cargo test -p domain --test published` writes the generated files anew.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod clauses;
mod code_states;
mod corpus;
mod examples;
mod isolation_days;
mod rulebook_life;
mod schema;
mod story;
mod table;

use std::path::PathBuf;

/// A file of `docs/`.
fn docs(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name)
}

/// Fails unless the file of `docs/` says just this; writes it with `UPDATE=1`.
fn assert_current(name: &str, text: &str) {
    let path = docs(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == text,
        "docs/{name} is not current: UPDATE=1 cargo test -p domain --test published"
    );
}
