//! `server serve`: the pages, for schools and families.

use super::{Failure, Outcome};
use crate::cli::{DataArgs, HttpArgs, TransportArgs};
use crate::edge::TrustedProxies;
use crate::room::raise_open_files;
use crate::serve::{Config, serve};
use axum_server::tls_rustls::RustlsConfig;
use clap::Args;
use services::Services;
use services::clock::{SystemClock, SystemEntropy};
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// What `serve` is told.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataArgs,
    /// How pages are served.
    #[command(flatten)]
    pub http: HttpArgs,
    /// How they travel.
    #[command(flatten)]
    pub transport: TransportArgs,
}

/// Serves until the process is asked to end.
pub async fn run(args: ServeArgs) -> Outcome {
    args.transport.check(args.http.listen)?;
    let tls = tls(&args.transport).await?;
    let listener = bind(&args.http)?;
    let location = args.data.location();
    let _alone = location.lock()?;
    let services =
        Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy)).await?;
    serve_at(listener, services, args.http, args.transport.proxies(), tls).await
}

/// Connections that may wait to be accepted, as far as the system lets them.
const WAITING: i32 = 4_096;

/// Listens before anything else is done, so that a port in use is noticed at once.
pub(super) fn bind(http: &HttpArgs) -> Result<TcpListener, Failure> {
    let cannot = || Failure::io(format!("cannot listen on {}", http.listen));
    let listener = TcpListener::bind(http.listen).map_err(cannot())?;
    // The standard library lets 128 wait, of any more the system forgets that they knocked: they come again a second later.
    rustix::net::listen(&listener, WAITING).map_err(|error| cannot()(error.into()))?;
    Ok(listener)
}

/// Serves on a bound listener, and says on standard output where.
pub(super) async fn serve_at(
    listener: TcpListener,
    services: Arc<Services>,
    http: HttpArgs,
    proxies: TrustedProxies,
    tls: Option<RustlsConfig>,
) -> Outcome {
    if let Some(address) = http.metrics_listen {
        crate::monitor::start(address)
            .map_err(|e| Failure::Other(format!("cannot serve numbers on {address}: {e}")))?;
    }
    let limits = http.limits();
    let patience = http.patience();
    let asked = http.room();
    let room = asked.within(raise_open_files());
    if room != asked {
        tracing::warn!(
            connections = room.connections,
            "fewer connections than asked for: the system allows too few open files"
        );
    }
    let site_root = crate::files::site_root(http.site_root);
    if !site_root.is_dir() {
        tracing::warn!(folder = %site_root.display(), "there is no site folder: pages will have no styles; see --site-root");
    }
    // Before anybody is told that there is something to end.
    let stop = stop_signal()?;
    let address = listener.local_addr().map_err(Failure::io("the listener"))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    println!("listening on {scheme}://{address}");
    tracing::info!(%address, scheme, version = env!("CARGO_PKG_VERSION"), "listening");
    let config = Config {
        site_root,
        tls,
        proxies,
        limits,
        room,
        patience,
    };
    serve(listener, stop, services, config)
        .await
        .map_err(Failure::io("serving"))?;
    Ok(ExitCode::SUCCESS)
}

async fn tls(transport: &TransportArgs) -> Result<Option<RustlsConfig>, Failure> {
    let (Some(cert), Some(key)) = (&transport.tls_cert, &transport.tls_key) else {
        return Ok(None);
    };
    // Ring is the only provider built in; a second call finds it in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let what = format!(
        "cannot use the certificate {} with the key {}",
        cert.display(),
        key.display()
    );
    RustlsConfig::from_pem_file(cert, key)
        .await
        .map(Some)
        .map_err(Failure::io(what))
}

/// Done when the process is asked to end, by a service manager or by Ctrl-C.
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::io("signals"))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::io("signals"))?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
