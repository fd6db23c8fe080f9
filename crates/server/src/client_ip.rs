//! The client's address behind proxies. Headers are used only as far as trusted proxies have written them; entries
//! further to the left are the client's own claims, and ignored.

/// Parsing of `X-Forwarded-For` and `Forwarded`.
mod headers;

use std::net::{IpAddr, Ipv4Addr};

use axum::http::HeaderMap;
use config::TrustedProxy;
use headers::{Hop, forwarded, x_forwarded_for};

/// The peer of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A TCP peer's address.
    Tcp(IpAddr),
    /// A process on this machine, on the unix socket.
    Unix,
}

/// The client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client's address if it is known, else the proxy's, which all its clients share; unspecified for the unix
    /// socket.
    pub address: IpAddr,
    /// Why the address may not be the client's.
    pub fault: Option<ProxyFault>,
}

/// A misconfiguration of a proxy, whose clients therefore share one address and its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyFault {
    /// It sends a header, but is not trusted.
    NotTrusted,
    /// It is trusted, but sends neither header.
    NamesNobody,
    /// It is trusted, but its header is not a valid address.
    Unreadable,
    /// It is trusted, but its two headers name different addresses.
    Contradiction,
}

impl ProxyFault {
    /// A description of the fault, and the remedy.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NotTrusted => {
                "a proxy reports client addresses and is not trusted, so that all its readers have one address, and share its \
                 limits: name its network in `trusted_proxies` (\"unix\" for the unix socket)"
            }
            Self::NamesNobody => {
                "a trusted proxy reports no client address, so that all its readers have one address, and share its limits: \
                 let it set X-Forwarded-For to the address that it sees"
            }
            Self::Unreadable => {
                "a trusted proxy reports an invalid client address, so that all its readers have one address, and \
                 share its limits: let it set X-Forwarded-For to the address that it sees, and drop the value that it received"
            }
            Self::Contradiction => {
                "X-Forwarded-For and Forwarded of a trusted proxy name different readers, and both are ignored: let it set \
                 one of them and remove the other"
            }
        }
    }
}

/// The client: the peer, or, if that is a trusted proxy, the last untrusted address in its headers. Without a usable
/// header, all clients of the proxy share the proxy's own address; also if its two headers disagree, because then the
/// proxy has forwarded one of them as the client sent it, and it is unknown which one.
pub fn client(peer: Peer, trusted: &[TrustedProxy], headers: &HeaderMap) -> Client {
    let (address, is_trusted, is_private) = match peer {
        Peer::Tcp(address) => {
            let address = address.to_canonical();
            (address, is_trusted_peer(peer, trusted), is_private(address))
        }
        Peer::Unix => (
            Ipv4Addr::UNSPECIFIED.into(),
            is_trusted_peer(peer, trusted),
            true,
        ),
    };
    let forwarded_for = is_trusted.then(|| forwarded_client(trusted, headers));
    let fault = match forwarded_for {
        Some(Ok(reader)) => {
            return Client {
                address: reader,
                fault: None,
            };
        }
        Some(Err(fault)) => Some(fault),
        // A private peer that sends forwarding headers is probably a proxy that the operator forgot to trust. A unix
        // socket's peer is always a proxy.
        None if is_private && (has_forwarding_header(headers) || peer == Peer::Unix) => {
            Some(ProxyFault::NotTrusted)
        }
        None => None,
    };
    Client { address, fault }
}

/// The client's address in a trusted proxy's headers.
fn forwarded_client(trusted: &[TrustedProxy], headers: &HeaderMap) -> Result<IpAddr, ProxyFault> {
    match (
        last_untrusted(x_forwarded_for(headers), trusted),
        last_untrusted(forwarded(headers), trusted),
    ) {
        (None, None) => Err(ProxyFault::NamesNobody),
        (Some(client), None) | (None, Some(client)) => client.ok_or(ProxyFault::Unreadable),
        (Some(one), Some(other)) if one == other => one.ok_or(ProxyFault::Unreadable),
        (Some(_), Some(_)) => Err(ProxyFault::Contradiction),
    }
}

fn has_forwarding_header(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// The last untrusted address. `None`: there is no header; `Some(None)`: its address is unreadable.
fn last_untrusted(
    hops: impl Iterator<Item = Hop>,
    trusted: &[TrustedProxy],
) -> Option<Option<IpAddr>> {
    let mut nearest = None;
    for Hop(address) in hops {
        let address = address.map(|address| address.to_canonical());
        nearest = Some(address);
        // Stop at an unreadable address: what is further away is not trustworthy.
        if !address.is_some_and(|address| is_trusted(address, trusted)) {
            break;
        }
    }
    nearest
}

/// Whether the peer is a trusted proxy.
pub fn is_trusted_peer(peer: Peer, trusted: &[TrustedProxy]) -> bool {
    match peer {
        Peer::Tcp(address) => is_trusted(address.to_canonical(), trusted),
        Peer::Unix => trusted.contains(&TrustedProxy::Unix),
    }
}

fn is_trusted(address: IpAddr, trusted: &[TrustedProxy]) -> bool {
    trusted.iter().any(|proxy| proxy.contains(address))
}

/// Whether the address is private or of this machine, so that it cannot be a public site's reader.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || is_shared(v4)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// 100.64.0.0/10 (RFC 6598), which load balancers use too.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}

#[cfg(test)]
mod tests;
