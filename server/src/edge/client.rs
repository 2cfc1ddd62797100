//! Who is at the other end: behind trusted proxies, the address that they name.

use super::Edge;
use app::web::Secure;
use axum::extract::{ConnectInfo, Request};
use http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; none by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Proxies in these networks; on this machine where none are named.
    pub fn new(networks: Vec<IpNet>) -> Self {
        if networks.is_empty() {
            let loopback = |ip: IpAddr, bits| IpNet::new_assert(ip, bits);
            return Self(vec![
                loopback(Ipv4Addr::LOCALHOST.into(), 8),
                loopback(std::net::Ipv6Addr::LOCALHOST.into(), 128),
            ]);
        }
        Self(networks)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }

    /// The client's address: the peer's, or, walking back from it through proxies that are all trusted, the
    /// first one named that is not. What stands further left is the client's own invention.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|v| v.to_str().ok())
            .collect();
        let named = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in named {
            if !self.trusts(client) {
                break;
            }
            let Some(address) = address_of(hop) else {
                break;
            };
            client = address;
        }
        client
    }
}

/// `192.0.2.1`, `192.0.2.1:4000`, `2001:db8::1` or `[2001:db8::1]:4000`.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    bare.or_else(|_| hop.parse::<SocketAddr>().map(|s| s.ip()))
        .ok()
        .map(|ip| ip.to_canonical())
}

/// Puts the client's [`IpAddr`] and [`Secure`] among the request's extensions.
pub(super) fn find(edge: &Edge, request: &mut Request) {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(Ipv4Addr::UNSPECIFIED.into(), |c| c.0.ip());
    let client = edge.proxies.client(peer, request.headers());
    let proto = request.headers().get("x-forwarded-proto");
    let forwarded = edge.proxies.trusts(peer.to_canonical())
        && proto.is_some_and(|p| p.as_bytes().eq_ignore_ascii_case(b"https"));
    request.extensions_mut().insert(client);
    request
        .extensions_mut()
        .insert(Secure(edge.tls || forwarded));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn client(proxies: &TrustedProxies, peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn without_a_proxy_nobody_can_claim_another_address() {
        assert_eq!(
            client(&TrustedProxies::default(), "127.0.0.1", &["198.51.100.7"]),
            "127.0.0.1"
        );
        let here = TrustedProxies::new(Vec::new());
        assert_eq!(
            client(&here, "203.0.113.9", &["198.51.100.7"]),
            "203.0.113.9"
        );
    }

    #[test]
    fn behind_trusted_proxies_the_last_untrusted_address_counts() {
        let here = TrustedProxies::new(Vec::new());
        assert_eq!(
            client(&here, "127.0.0.1", &["198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(
            client(&here, "::ffff:127.0.0.1", &["198.51.100.7:5123"]),
            "198.51.100.7"
        );
        assert_eq!(
            client(&here, "127.0.0.1", &["10.0.0.1, 198.51.100.7"]),
            "198.51.100.7",
            "what the client wrote itself does not count"
        );
        assert_eq!(
            client(&here, "::1", &["192.0.2.1", "[2001:db8::5]:99"]),
            "2001:db8::5"
        );
        assert_eq!(client(&here, "127.0.0.1", &["nonsense"]), "127.0.0.1");
        let chain = TrustedProxies::new(vec![
            "10.0.0.0/8".parse().unwrap(),
            "127.0.0.1/32".parse().unwrap(),
        ]);
        assert_eq!(
            client(&chain, "127.0.0.1", &["6.6.6.6, 198.51.100.7, 10.2.3.4"]),
            "198.51.100.7"
        );
    }
}
