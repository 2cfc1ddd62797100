//! The floor of everything that is asked over HTTP: a bare JSON echo, in a process of its own as the program is.

use crate::load::{self, closed, loops::Done};
use crate::program::Program;
use axum::Json;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use std::process::Command;
use std::time::Duration;

/// What the first line says before the address.
const LISTENING: &str = "listening on ";
const BODY: &str = r#"{"person":1234567,"day":"2020-09-14","answers":"all_well"}"#;

/// About as much as a report says.
#[derive(Debug, Serialize, Deserialize)]
struct Report {
    person: u32,
    day: String,
    answers: String,
}

/// Echoes until the process is killed.
pub async fn serve() {
    let router =
        axum::Router::new().route("/", post(async |Json(report): Json<Report>| Json(report)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{LISTENING}{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

/// Echoes a second over so many connections.
pub fn measure(connections: usize, time: Duration) -> f64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("echo");
    let program = Program::start(command, LISTENING);
    let done: Done = load::run(closed(
        program.address,
        connections,
        time,
        async |connection| {
            let request = format!(
                "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
                BODY.len()
            );
            let answer = connection.ask(request.as_bytes()).await;
            assert!(answer.status == 200 && answer.body == BODY.as_bytes());
            true
        },
    ));
    done.per_second()
}
