//! Answers each line `{"logic": …, "data": …}` of standard input with one line: `{"ok": value}`, or `{"error": "…"}`
//! where the logic has no value for the data. The conformance suite of CertLogic runs through it:
//! `cargo run -q -p domain --example certlogic`.

use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufRead, BufWriter, Write};

#[derive(Deserialize)]
struct Case {
    logic: Value,
    #[serde(default)]
    data: Value,
}

fn answer(line: &str) -> Value {
    let case: Case = match serde_json::from_str(line) {
        Ok(case) => case,
        Err(error) => return json!({"error": format!("not a case: {error}")}),
    };
    match domain::certlogic::evaluate(&case.logic, &case.data) {
        Ok(value) => json!({"ok": value}),
        Err(error) => json!({"error": error.to_string()}),
    }
}

fn main() -> std::io::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", answer(&line))?;
        }
    }
    out.flush()
}
