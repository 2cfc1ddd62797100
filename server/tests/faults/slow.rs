//! Clients that send slowly, half, or never read, while programs send.

use crate::load::{CLIENTS, LIMIT, SERVE, School, Trouble, answer};
use crate::support::{Running, text};
use axum::body::Bytes;
use http::Request;
use std::future::pending;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader, Interest};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Of each kind.
const SLOW: usize = 8;
/// Pages that one client asks for at once: more than sockets hold.
const PAGES: usize = 1_000;
const PAGE: &str = "GET /rules HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A connection that holds little, on which something was said.
async fn send(at: SocketAddr, said: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut line = socket.connect(at).await.unwrap();
    line.write_all(said.as_bytes()).await.unwrap();
    line
}

/// Over HTTP/2: asks for a page, takes one byte of it, and goes on to say that it is there, until the connection ends.
async fn take_next_to_nothing(at: SocketAddr) {
    let line = TcpStream::connect(at).await.unwrap();
    let mut client = h2::client::Builder::new();
    let beginning = client.initial_window_size(1).handshake::<_, Bytes>(line);
    let (mut client, connection) = beginning.await.unwrap();
    let asking = async {
        // A server that is busy may take too long for it.
        let _kept = loop {
            let page = Request::get("http://localhost/rules").body(()).unwrap();
            let (answer, _) = client.send_request(page, true).unwrap();
            let answer = answer.await.unwrap();
            if answer.status() == 200 {
                break answer;
            }
        };
        pending::<()>().await;
    };
    tokio::select! {
        _ = connection => {}
        () = asking => {}
    }
}

/// What a client is told until its connection ends.
async fn rest(line: &mut TcpStream) -> String {
    let mut told = Vec::new();
    let mut piece = vec![0; 1 << 16];
    while let Ok(length @ 1..) = timeout(LIMIT, line.read(&mut piece)).await.expect("an end") {
        told.extend_from_slice(&piece[..length]);
    }
    text(&told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_half_and_deaf_clients_are_let_go_and_keep_nobody_waiting() {
    let school = School::in_file().await;
    let args = [&SERVE[..], &["--patience", "2"]].concat();
    let running = Running::start(&school.data(), &args);
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::None);

    let mut half_heads = Vec::new();
    let mut half_forms = Vec::new();
    let mut deaf = Vec::new();
    let mut nearly_deaf = JoinSet::new();
    let form = "POST /signin HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: 500\r\n\r\nlogin=";
    for _ in 0..SLOW {
        half_heads.push(send(running.address, "GET /rules HTTP/1.1\r\nho").await);
        half_forms.push(send(running.address, form).await);
        deaf.push(send(running.address, &PAGE.repeat(PAGES)).await);
        nearly_deaf.spawn(take_next_to_nothing(running.address));
    }
    // A list may come slowly: its program is waited for, and heard at last.
    let body = r#"{"reports":[]}"#;
    let (first, last) = body.split_at(5);
    let mut slow = send(running.address, &school.programs[0].head(body.len())).await;
    slow.write_all(first.as_bytes()).await.unwrap();

    load.hear(5 * CLIENTS).await;
    for line in &mut half_heads {
        assert_eq!(rest(line).await, "");
    }
    for line in &mut half_forms {
        let told = rest(line).await;
        assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    }
    load.hear(5 * CLIENTS).await;
    for line in &deaf {
        // Reset: it has asked for more than was sent.
        let reset = timeout(LIMIT, line.ready(Interest::ERROR)).await;
        assert!(reset.expect("an end").unwrap().is_error());
    }
    let ended = timeout(LIMIT, nearly_deaf.join_all()).await;
    assert_eq!(ended.expect("an end").len(), SLOW);
    slow.write_all(last.as_bytes()).await.unwrap();
    let heard = timeout(LIMIT, answer(&mut BufReader::new(slow))).await;
    let heard = heard.expect("an answer").unwrap();
    assert!(matches!(heard.status, 200 | 422), "{heard:?}");
    load.hear(CLIENTS).await;
    enough.cancel();
    load.end().await;
    drop(running);
    assert_eq!(load.again(), [0, 0], "no request had to be sent again");
    school.must_be_whole(&load).await;
}
