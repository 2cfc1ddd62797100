//! Numbers for Prometheus, on a listener of their own.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use std::net::SocketAddr;

/// Upper bounds in seconds: a page takes milliseconds, a password check a tenth of a second, an import many.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];
/// Upper bounds in reports of one commit.
const REPORTS: [f64; 8] = [1.0, 2.0, 4.0, 16.0, 64.0, 128.0, 256.0, 512.0];

/// Serves the numbers at every path of `listen`. To be called within the runtime, once per process.
///
/// # Errors
/// An address in use, or numbers that are served already.
pub fn start(listen: SocketAddr) -> Result<(), BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_reports".into()), &REPORTS)?
        .with_http_listener(listen)
        .install()?;
    describe();
    metrics::gauge!("fuxue_up", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(())
}

/// What the numbers mean; `docs/OPERATING.md` lists them too, and a test compares.
fn describe() {
    describe_gauge!("fuxue_up", "1 while the process runs, with its version");
    describe_counter!(
        "fuxue_http_requests_total",
        "Requests by method, route and status"
    );
    describe_histogram!(
        "fuxue_http_request_seconds",
        Unit::Seconds,
        "Time until the answer begins, by method and route"
    );
    describe_counter!(
        "fuxue_rate_limited_total",
        "Requests refused by a limit: address, sign_in or account"
    );
    describe_counter!(
        "fuxue_no_room_total",
        "Connections and requests refused because so many were there"
    );
    describe_counter!(
        "fuxue_cross_site_refused_total",
        "Forms refused because another site sent them"
    );
    describe_counter!("fuxue_panics_total", "Requests that ended in a panic");
    describe_counter!(
        "fuxue_job_failures_total",
        "Runs of a background job that failed, by job"
    );
    describe_counter!("fuxue_reports_total", "Reports written, by channel");
    describe_histogram!(
        "fuxue_intake_batch_reports",
        "Reports written by one commit"
    );
    describe_counter!("fuxue_sign_in_failures_total", "Wrong logins or passwords");
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    #[test]
    fn every_number_is_in_the_operators_guide() {
        let guide = include_str!("../../docs/OPERATING.md");
        let source = include_str!("monitor.rs");
        let names: Vec<_> = source
            .split('"')
            .filter(|s| s.len() > 6 && s.starts_with("fuxue_") && !s.contains(' '))
            .collect();
        assert!(names.len() >= 10, "{names:?}");
        for name in names {
            assert!(
                guide.contains(&format!("`{name}`")),
                "{name} is missing in docs/OPERATING.md"
            );
        }
    }
}
