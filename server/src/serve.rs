//! From a listener to an orderly end.

use crate::edge::{Edge, Limits, RateLimits, TrustedProxies};
use crate::patience::{Patience, Prompt};
use crate::room::{self, Places, Room};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use services::Services;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// How long open requests may go on once the program is asked to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long the database may take to write out what is left.
const CLOSING: Duration = Duration::from_secs(5);

/// How the pages are served.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The folder of scripts, styles and public files.
    pub site_root: PathBuf,
    /// Certificate and key, where this program speaks TLS itself.
    pub tls: Option<RustlsConfig>,
    /// Whose word about the client is believed.
    pub proxies: TrustedProxies,
    /// How often a client may ask.
    pub limits: Limits,
    /// How many connections and requests there may be at a time.
    pub room: Room,
    /// How long slow clients are waited for.
    pub patience: Patience,
}

/// Runs what speaks with clients to its end, on threads of its own. They are there until `closed`: what was opened on
/// them, such as a connection to PostgreSQL, may be used by others.
async fn speak(
    what: impl Future<Output = std::io::Result<()>> + Send + 'static,
    closed: CancellationToken,
) -> std::io::Result<()> {
    // Were they as many as there are processors, whoever judges and writes reports would wait for a turn among them.
    let half = |processors: NonZero<usize>| processors.get().div_ceil(2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(available_parallelism().map_or(1, half))
        .thread_name("speaker")
        .enable_all()
        .build()?;
    let (tell, done) = oneshot::channel();
    std::thread::Builder::new()
        .name("speaker".into())
        .spawn(move || {
            // Nobody hears it where whoever waited has gone.
            let _ = tell.send(runtime.block_on(what));
            runtime.block_on(closed.cancelled());
        })?;
    done.await.map_err(std::io::Error::other)?
}

/// Serves until `shutdown` is done: by threads of its own, while those of the runtime it is called in answer what may take
/// long. Then event streams end, open requests get ten seconds, background jobs finish their step, and the database is
/// closed.
///
/// # Errors
/// What the system says about the listener.
pub async fn serve(
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
    services: Arc<Services>,
    config: Config,
) -> std::io::Result<()> {
    let ending = CancellationToken::new();
    let rates = Arc::new(RateLimits::new(&config.limits));
    let edge = Edge {
        proxies: config.proxies,
        tls: config.tls.is_some(),
        rates: Arc::clone(&rates),
        places: room::places(config.room.requests),
        patience: config.patience,
        elsewhere: Handle::current(),
        entropy: Arc::clone(&services.entropy),
    };
    let router = crate::router::router(&services, &config.site_root, &edge, ending.clone());
    let jobs = tokio::spawn(crate::background::run(
        Arc::clone(&services),
        rates,
        ending.clone(),
    ));
    let door = Door {
        tls: config.tls,
        patience: config.patience,
        places: Places::new(config.room.connections),
    };
    let end = ending.clone();
    let listening = async move { listen(listener, shutdown, router, door, &end).await };
    let closed = CancellationToken::new();
    let _closed_at_last = closed.clone().drop_guard();
    let served = speak(listening, closed).await;
    ending.cancel();
    if jobs.await.is_err() {
        tracing::error!("the background jobs ended in a panic");
    }
    if tokio::time::timeout(CLOSING, services.store.close())
        .await
        .is_err()
    {
        tracing::warn!("the database was still busy at the end; it stays consistent");
    }
    tracing::info!("ended");
    served
}

/// How connections are taken.
pub(crate) struct Door {
    /// Certificate and key, where this program speaks TLS itself.
    tls: Option<RustlsConfig>,
    /// How long slow clients are waited for.
    patience: Patience,
    /// Places for connections.
    places: Places,
}

/// The HTTP part of [`serve`]: answers with `router` until `shutdown`, then cancels `ending` and waits.
pub(crate) async fn listen(
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
    router: axum::Router,
    door: Door,
    ending: &CancellationToken,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let handle = axum_server::Handle::new();
    let Door {
        tls,
        patience,
        places,
    } = door;
    let plain = axum_server::from_tcp(listener)?.handle(handle.clone());
    let plain = room::with_streams(patience.with_heads(plain));
    let stopping = async {
        shutdown.await;
        tracing::info!("ending: no new connections, event streams first");
        ending.cancel();
        handle.graceful_shutdown(Some(GRACE));
        std::future::pending::<()>().await;
    };
    let pages = router.into_make_service_with_connect_info::<SocketAddr>();
    let answering = async {
        match tls {
            Some(tls) => {
                let prompt = Prompt {
                    acceptor: RustlsAcceptor::new(tls).acceptor(patience),
                    patience,
                    places,
                    is_plain: false,
                };
                plain.acceptor(prompt).serve(pages).await
            }
            None => {
                let prompt = Prompt {
                    acceptor: patience,
                    patience,
                    places,
                    is_plain: true,
                };
                plain.acceptor(prompt).serve(pages).await
            }
        }
    };
    tokio::select! {
        result = answering => result,
        () = stopping => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use axum::response::sse::{Event, Sse};
    use axum::routing::get;
    use axum::{Extension, Router};
    use services::clock::{SystemClock, SystemEntropy};
    use services::open::Location;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use tokio::sync::mpsc;
    use tokio_stream::wrappers::ReceiverStream;

    const REQUEST: &[u8] = b"GET /live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

    fn door(tls: Option<RustlsConfig>, patience: Patience) -> Door {
        Door {
            tls,
            patience,
            places: Places::new(Room::default().connections),
        }
    }

    fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    /// A stream that would never end by itself.
    async fn live(
        Extension(ending): Extension<CancellationToken>,
    ) -> Sse<ReceiverStream<Result<Event, std::convert::Infallible>>> {
        let (send, receive) = mpsc::channel(1);
        tokio::spawn(async move {
            while ending
                .run_until_cancelled(tokio::time::sleep(Duration::from_millis(20)))
                .await
                .is_some()
            {
                if send
                    .send(Ok(Event::default().data("numbers")))
                    .await
                    .is_err()
                {
                    break;
                }
            }
        });
        Sse::new(ReceiverStream::new(receive))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_open_event_stream_does_not_keep_the_program_from_ending() {
        let (listener, address) = listener();
        let ending = CancellationToken::new();
        let stop = CancellationToken::new();
        let router = Router::new()
            .route("/live", get(live))
            .layer(Extension(ending.clone()));
        let server = tokio::spawn({
            let stop = stop.clone();
            async move {
                listen(
                    listener,
                    stop.cancelled_owned(),
                    router,
                    door(None, Patience::default()),
                    &ending,
                )
                .await
            }
        });
        let reader = tokio::task::spawn_blocking(move || {
            let mut socket = TcpStream::connect(address).unwrap();
            socket.write_all(REQUEST).unwrap();
            let mut seen = String::new();
            let mut buffer = [0; 512];
            while !seen.contains("data: numbers") {
                let n = socket.read(&mut buffer).unwrap();
                assert!(n > 0, "{seen}");
                seen.push_str(&String::from_utf8_lossy(&buffer[..n]));
            }
            stop.cancel();
            socket.read_to_string(&mut seen).unwrap();
            seen
        });
        let limit = GRACE / 2;
        tokio::time::timeout(limit, server)
            .await
            .expect("ends long before the grace is over")
            .unwrap()
            .unwrap();
        let seen = tokio::time::timeout(limit, reader).await.unwrap().unwrap();
        assert!(
            seen.ends_with("0\r\n\r\n"),
            "the stream was ended, not cut: {seen}"
        );
    }

    /// A certificate for `localhost`: what a server shows, and what a client trusts.
    async fn certified() -> (RustlsConfig, Arc<rustls::ClientConfig>) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let tls = RustlsConfig::from_pem(
            made.cert.pem().into_bytes(),
            made.signing_key.serialize_pem().into_bytes(),
        )
        .await
        .unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let client = rustls::ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        (tls, Arc::new(client))
    }

    /// A client's side of a connection over TLS.
    fn over_tls(
        client: &Arc<rustls::ClientConfig>,
        socket: TcpStream,
    ) -> rustls::StreamOwned<rustls::ClientConnection, TcpStream> {
        let name = "localhost".try_into().unwrap();
        let connection = rustls::ClientConnection::new(Arc::clone(client), name).unwrap();
        rustls::StreamOwned::new(connection, socket)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_says_nothing_or_takes_nothing_is_let_go_with_and_without_tls() {
        const PAGE: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
        for has_tls in [false, true] {
            let (tls, client) = certified().await;
            let (listener, address) = listener();
            let (ending, stop) = (CancellationToken::new(), CancellationToken::new());
            let router = Router::new().route("/", get(async || vec![0_u8; 1 << 20]));
            let server = tokio::spawn({
                let stopped = stop.clone().cancelled_owned();
                let patience = Patience(Duration::from_millis(500));
                async move {
                    let tls = has_tls.then_some(tls);
                    listen(listener, stopped, router, door(tls, patience), &ending).await
                }
            });
            let clients = ["", "P", "PRI * HTTP/2.0\r\n"].map(|said| {
                let client = Arc::clone(&client);
                tokio::task::spawn_blocking(move || {
                    let mut heard = Vec::new();
                    let mut socket = TcpStream::connect(address).unwrap();
                    if has_tls {
                        let mut line = over_tls(&client, socket);
                        // Its own part of the greeting as well.
                        line.conn.complete_io(&mut line.sock).unwrap();
                        let _ = line.write_all(said.as_bytes());
                        let _ = line.read_to_end(&mut heard);
                    } else {
                        socket.write_all(said.as_bytes()).unwrap();
                        let _ = socket.read_to_end(&mut heard);
                    }
                    heard
                })
            });
            let deaf = tokio::task::spawn_blocking(move || {
                let socket = TcpStream::connect(address).unwrap();
                if has_tls {
                    let mut line = over_tls(&client, socket);
                    line.conn.complete_io(&mut line.sock).unwrap();
                    while line.write_all(PAGE).is_ok() {}
                } else {
                    let mut line = socket;
                    while line.write_all(PAGE).is_ok() {}
                }
            });
            let limit = GRACE / 2;
            for client in clients {
                let heard = tokio::time::timeout(limit, client).await;
                assert_eq!(heard.expect("an end").unwrap(), b"");
            }
            let deaf = tokio::time::timeout(limit, deaf).await;
            deaf.expect("an end").unwrap();
            stop.cancel();
            server.await.unwrap().unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_site_is_served_over_tls_and_asks_browsers_to_keep_it_so() {
        let (tls, client) = certified().await;
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let (listener, address) = listener();
        let stop = CancellationToken::new();
        let config = Config {
            site_root: folder.path().into(),
            tls: Some(tls),
            ..Config::default()
        };
        let server = tokio::spawn(serve(
            listener,
            stop.clone().cancelled_owned(),
            services,
            config,
        ));
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = over_tls(&client, TcpStream::connect(address).unwrap());
            stream
                .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 200")
                && answer.contains("strict-transport-security: max-age=")
                && answer.ends_with("ready\n"),
            "{answer}"
        );
        stop.cancel();
        server.await.unwrap().unwrap();
    }
}
