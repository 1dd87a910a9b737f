//! Where a request comes from, for limits.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, request::Parts},
};

/// The network address of whoever sent the request, as far as it is known; `None` for this machine itself.
#[derive(Clone, Copy, Debug)]
pub struct From(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(From(read(&parts.extensions, &parts.headers)))
    }
}

/// A proxy is believed only when it runs on this machine, and only about the last hop: what stands before it in
/// `X-Forwarded-For` was written by the sender and could be anything.
fn read(extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    if !peer.is_loopback() {
        return Some(whole_network(peer));
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let address: IpAddr = last.rsplit(',').next()?.trim().parse().ok()?;
    Some(whole_network(address.to_canonical())).filter(|address| !address.is_loopback())
}

/// One household has 2^64 addresses of IPv6: what is limited is its network.
fn whole_network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: Option<&str>) -> Option<String> {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
        let mut headers = HeaderMap::new();
        if let Some(forwarded) = forwarded {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        read(&extensions, &headers).map(|address| address.to_string())
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        assert_eq!(seen("203.0.113.9:5", Some("198.51.100.1")).as_deref(), Some("203.0.113.9"));
        assert_eq!(seen("127.0.0.1:5", Some("1.1.1.1, 198.51.100.1")).as_deref(), Some("198.51.100.1"));
        assert_eq!(seen("[::ffff:127.0.0.1]:5", Some("198.51.100.1")).as_deref(), Some("198.51.100.1"));
        assert_eq!(seen("127.0.0.1:5", None), None);
        assert_eq!(seen("127.0.0.1:5", Some("no address")), None);
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let one = seen("[2001:db8:1:2:3:4:5:6]:5", None);
        assert_eq!(one, seen("[2001:db8:1:2:ffff::1]:5", None));
        assert_ne!(one, seen("[2001:db8:1:3::1]:5", None));
    }
}
