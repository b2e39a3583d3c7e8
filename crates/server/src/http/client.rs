//! Where a request comes from, as far as it can be trusted.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};

use crate::{Error, Server};

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the connection's other end. Every request carries it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address of the client itself: that of the connection, or with trusted proxies before the server the one which
/// the outermost of them saw. What a client writes into `X-Forwarded-For` stands further left and is never read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address of a request that came in over `peer`, behind `proxies` trusted ones.
    pub fn of(peer: IpAddr, headers: &HeaderMap, proxies: usize) -> Self {
        let forwarded = proxies.checked_sub(1).and_then(|inner| nth_from_right(headers, inner));
        Self(forwarded.unwrap_or(peer).to_canonical())
    }

    /// What stands for the client where it is counted: one network of IPv6 is one client, since each has 2^64 addresses.
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        }
    }
}

impl FromRequestParts<Server> for ClientAddress {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Error> {
        let Peer(peer) = parts.extensions.get().copied().ok_or(Error::NoPeer)?;
        Ok(Self::of(peer.ip(), &parts.headers, server.config.trusted_proxies))
    }
}

/// The entry that the proxy before the last `n` added; none where fewer added one, or where it is no address.
fn nth_from_right(headers: &HeaderMap, n: usize) -> Option<IpAddr> {
    let lists = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut entries = lists.flat_map(|list| list.as_bytes().rsplit(|&byte| byte == b','));
    parse(str::from_utf8(entries.nth(n)?).ok()?.trim())
}

/// Some proxies write the port as well.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| entry.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn seen(proxies: usize, lists: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(X_FORWARDED_FOR, list.parse().unwrap());
        }
        ClientAddress::of(PEER, &headers, proxies).0.to_string()
    }

    #[test]
    fn without_trusted_proxies_only_the_connection_counts() {
        assert_eq!(seen(0, &["203.0.113.7"]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_writes_itself_is_not_believed() {
        assert_eq!(seen(1, &["1.1.1.1, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen(1, &["1.1.1.1", "203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen(2, &["1.1.1.1, 203.0.113.7, 10.0.0.2"]), "203.0.113.7");
    }

    #[test]
    fn a_request_that_came_around_a_proxy_counts_for_its_connection() {
        assert_eq!(seen(2, &["203.0.113.7"]), "10.0.0.1");
        assert_eq!(seen(1, &[]), "10.0.0.1");
        assert_eq!(seen(1, &["unknown"]), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        assert_eq!(seen(1, &["203.0.113.7:4711"]), "203.0.113.7");
        assert_eq!(seen(1, &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(seen(1, &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(seen(1, &["::ffff:203.0.113.7"]), "203.0.113.7");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network().to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
    }
}
