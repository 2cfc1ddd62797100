//! How often somebody may ask: by address, by address for passwords and codes, and by session for posts.

use super::plain::plain;
use crate::room::positive;
use axum::extract::Request;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use http::header::{COOKIE, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};
use services::accounts::SESSION_COOKIE;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// The limits that an operator chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests per second from one address, with three times as many at once. A whole school may share one.
    pub per_address: NonZeroU32,
    /// Passwords and codes per minute from one address, all of them at once if need be.
    pub sign_in_per_address: NonZeroU32,
    /// Posts per second within one session, with six times as many at once.
    pub per_account: NonZeroU32,
}

impl Limits {
    const fn of(per_address: u32, sign_in_per_address: u32, per_account: u32) -> Self {
        Self {
            per_address: positive(per_address),
            sign_in_per_address: positive(sign_in_per_address),
            per_account: positive(per_account),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(200, 30, 5)
    }
}

/// Pages whose posts try a password or a code, by the first part of their path.
const SIGN_IN_PAGES: [&str; 3] = ["signin", "join", "activate"];
/// Where the code of a device is tried.
const ENROLMENT: &str = "/gate/enrol";
/// Requests after which what is remembered about quiet clients is dropped, besides once a minute. It bounds
/// the memory that a stranger with many addresses can fill, to about 5 MB.
const SWEEP_EVERY: u32 = 50_000;

/// What is remembered of recent requests.
#[derive(Debug)]
pub struct RateLimits {
    address: Limiter<IpAddr>,
    sign_in: Limiter<IpAddr>,
    account: Limiter<u64>,
    hasher: RandomState,
    unswept: AtomicU32,
}

#[derive(Debug)]
struct Limiter<K: Hash + Eq + Clone> {
    name: &'static str,
    keys: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(name: &'static str, quota: Quota) -> Self {
        Self {
            name,
            keys: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request; the error says in how many seconds the next one will be answered.
    fn check(&self, key: &K) -> Result<(), u64> {
        self.keys.check_key(key).map_err(|refused| {
            metrics::counter!("fuxue_rate_limited_total", "limit" => self.name).increment(1);
            let wait = refused.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

impl RateLimits {
    /// Nothing remembered yet.
    pub fn new(limits: &Limits) -> Self {
        let second = |n: NonZeroU32, burst: u32| {
            Quota::per_second(n)
                .allow_burst(n.saturating_mul(NonZeroU32::MIN.saturating_add(burst - 1)))
        };
        Self {
            address: Limiter::new("address", second(limits.per_address, 3)),
            sign_in: Limiter::new("sign_in", Quota::per_minute(limits.sign_in_per_address)),
            account: Limiter::new("account", second(limits.per_account, 6)),
            hasher: RandomState::new(),
            unswept: AtomicU32::new(0),
        }
    }

    /// Forgets the clients that have been quiet; called by a timer.
    pub fn sweep(&self) {
        self.unswept.store(0, Ordering::Relaxed);
        self.address.keys.retain_recent();
        self.sign_in.keys.retain_recent();
        self.account.keys.retain_recent();
    }

    fn check(&self, request: &Request) -> Result<(), u64> {
        if self.unswept.fetch_add(1, Ordering::Relaxed) == SWEEP_EVERY {
            self.sweep();
        }
        let client = request
            .extensions()
            .get()
            .copied()
            .map_or(Ipv6Addr::UNSPECIFIED.into(), network);
        self.address.check(&client)?;
        if *request.method() != Method::POST {
            return Ok(());
        }
        let path = request.uri().path();
        let page = path.split('/').nth(1).unwrap_or_default();
        if SIGN_IN_PAGES.contains(&page) || path == ENROLMENT {
            self.sign_in.check(&client)?;
        }
        match session_of(request.headers(), SESSION_COOKIE) {
            Some(session) => self.account.check(&self.hasher.hash_one(session)),
            None => Ok(()),
        }
    }
}

/// The address itself, or the /64 around it, which is what one household or host has of version 6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
    }
}

/// The value of a cookie.
pub(super) fn session_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Answers 429 with `Retry-After` above a limit.
pub(super) fn refusal(limits: &RateLimits, request: &Request) -> Option<Response> {
    let seconds = limits.check(request).err()?;
    let mut response = plain(StatusCode::TOO_MANY_REQUESTS);
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    Some(response)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::edge::testing::*;
    use crate::edge::{Edge, TrustedProxies};
    use axum::body::Body;
    use governor::clock::Reference as _;
    use std::sync::Arc;

    fn tight(limits: Limits) -> Edge {
        Edge {
            rates: Arc::new(RateLimits::new(&limits)),
            proxies: TrustedProxies::new(vec!["203.0.113.9/32".parse().unwrap()]),
            ..edge()
        }
    }

    async fn statuses(edge: &Edge, n: usize, make: impl Fn() -> Request) -> Vec<u16> {
        let mut out = Vec::new();
        for _ in 0..n {
            out.push(answer(edge, make()).await.status().as_u16());
        }
        out
    }

    #[tokio::test]
    async fn one_address_is_slowed_down_and_another_is_not() {
        let edge = tight(Limits::of(1, 99, 99));
        let from = |address: &'static str| {
            move || {
                request("GET", "/")
                    .header("x-forwarded-for", address)
                    .body(Body::empty())
                    .unwrap()
            }
        };
        assert_eq!(
            statuses(&edge, 4, from("198.51.100.1")).await,
            [200, 200, 200, 429]
        );
        assert_eq!(statuses(&edge, 1, from("198.51.100.2")).await, [200]);
        assert_eq!(
            statuses(&edge, 3, from("2001:db8::1")).await,
            [200, 200, 200]
        );
        assert_eq!(
            statuses(&edge, 1, from("2001:db8::2")).await,
            [429],
            "the same household"
        );
        let refused = answer(&edge, from("198.51.100.1")()).await;
        assert_eq!(refused.headers()["retry-after"], "1");
        let page = text(refused).await;
        assert!(page.contains("Too many requests") && page.contains("href=\"/\""));
    }

    #[tokio::test]
    async fn passwords_and_codes_are_tried_slowly() {
        let edge = tight(Limits::of(99, 2, 99));
        assert_eq!(
            statuses(&edge, 3, || form("/signin", "a=1")).await,
            [200, 200, 429]
        );
        assert_eq!(
            statuses(&edge, 1, || form("/join/ABCD", "a=1")).await,
            [429]
        );
        assert_eq!(
            statuses(&edge, 1, || form("/", "a=1")).await,
            [200],
            "other forms go on"
        );
        assert_eq!(
            statuses(&edge, 1, || get_from("/signin")).await,
            [200],
            "and so does reading"
        );
        let refused = answer(&edge, form("/signin", "a=1")).await;
        let wait: u64 = refused.headers()["retry-after"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        let page = text(refused).await;
        assert!(page.contains("再交一次") && page.contains("Go back"));
        assert!(!page.contains("href"), "what was typed is behind");
    }

    #[tokio::test]
    async fn one_session_posts_only_so_often_from_wherever() {
        let edge = tight(Limits::of(99, 99, 1));
        let with = |cookie: &'static str, address: &'static str| {
            move || {
                let mut post = form("/", "a=1");
                post.headers_mut().insert(
                    "cookie",
                    format!("lang=zh; __Host-fuxue={cookie}").parse().unwrap(),
                );
                post.headers_mut()
                    .insert("x-forwarded-for", address.parse().unwrap());
                post
            }
        };
        assert_eq!(
            statuses(&edge, 6, with("one", "198.51.100.1")).await,
            [200; 6]
        );
        assert_eq!(statuses(&edge, 1, with("one", "198.51.100.2")).await, [429]);
        assert_eq!(statuses(&edge, 1, with("two", "198.51.100.1")).await, [200]);
    }

    #[test]
    fn quiet_clients_are_forgotten() {
        let rates = RateLimits::new(&Limits::of(1_000, 30, 5));
        for n in 0..100u32 {
            rates.address.check(&IpAddr::from(n.to_be_bytes())).unwrap();
        }
        // At a thousand a second one request is forgotten after a millisecond.
        let clock = &rates.address.clock;
        let begun = clock.now();
        let patience = std::time::Duration::from_secs(10).into();
        while !rates.address.keys.is_empty() && clock.now().duration_since(begun) < patience {
            std::thread::yield_now();
            rates.sweep();
        }
        assert!(rates.address.keys.is_empty());
    }
}
