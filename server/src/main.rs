//! Fuxue's one program; `server --help` explains what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::commands::run()
}
