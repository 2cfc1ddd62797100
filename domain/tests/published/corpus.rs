//! The fuzzer's kept corpus, through the functions that the fuzzer feeds.

#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use std::path::PathBuf;

fn each(target: &str, feed: fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert!(files.len() >= 3, "the corpus of {target} is gone");
    for file in files {
        feed(&std::fs::read(file.unwrap().path()).unwrap());
    }
}

#[test]
fn nothing_in_the_corpus_makes_a_rule_panic() {
    each("certlogic", fuzz::certlogic);
}

#[test]
fn nothing_in_the_corpus_makes_a_rulebook_panic() {
    each("rulebook", fuzz::rulebook);
    fuzz::rulebook(domain::rulebook::SHIPPED.as_bytes());
}
