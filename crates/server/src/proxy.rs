//! From where a request comes that a proxy hands on. What headers say is believed only as far as trusted proxies have said
//! it; everything to the left of that is the client's own word, and never looked at.

/// The addresses in `X-Forwarded-For` and `Forwarded`.
mod headers;

use std::net::{IpAddr, Ipv4Addr};

use axum::http::HeaderMap;
use config::TrustedProxy;
use headers::{Hop, forwarded, x_forwarded_for};

/// The other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Of a TCP connection: its address.
    Tcp(IpAddr),
    /// A process of this machine that has connected to the unix socket.
    Unix,
}

/// Who asks, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The reader's address; else the proxy's own, which stands for all its readers. Of a unix socket, which has none, 0.0.0.0.
    pub address: IpAddr,
    /// Why it may not be the reader's.
    pub fault: Option<Fault>,
}

/// What is wrong with a proxy, for the log: all its readers have one address, and share its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It names its readers and is not trusted.
    NotTrusted,
    /// It is trusted and has neither header.
    NamesNobody,
    /// It is trusted, and what it says is no address.
    Unreadable,
    /// It is trusted, and its two headers name different addresses.
    Contradiction,
}

impl Fault {
    /// What is wrong, and what to do.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NotTrusted => {
                "a proxy says for whom it asks and is not believed, so that all its readers have one address, and share its \
                 limits: name its network in `trusted_proxies` (\"unix\" for the unix socket)"
            }
            Self::NamesNobody => {
                "a trusted proxy does not say for whom it asks, so that all its readers have one address, and share its limits: \
                 let it set X-Forwarded-For to the address that it sees"
            }
            Self::Unreadable => {
                "a trusted proxy says for whom it asks, but not by an address, so that all its readers have one address, and \
                 share its limits: let it set X-Forwarded-For to the address that it sees, in place of what came in"
            }
            Self::Contradiction => {
                "X-Forwarded-For and Forwarded of a trusted proxy name different readers, and neither is believed: let it set \
                 one of them and remove the other"
            }
        }
    }
}

/// Who asks: the peer itself, or, if that is a trusted proxy, the last address before trusted ones.
/// Where a proxy does not say, its own address stands for all its clients. So it does where the two headers differ: one
/// of them was handed on as the client sent it, and nobody knows which.
pub fn client(peer: Peer, trusted: &[TrustedProxy], headers: &HeaderMap) -> Client {
    let (address, is_trusted, is_inside) = match peer {
        Peer::Tcp(address) => {
            let address = address.to_canonical();
            (address, is_trusted(address, trusted), is_inside(address))
        }
        Peer::Unix => (Ipv4Addr::UNSPECIFIED.into(), trusted.contains(&TrustedProxy::Unix), true),
    };
    let named = is_trusted.then(|| named(trusted, headers));
    let fault = match named {
        Some(Ok(reader)) => return Client { address: reader, fault: None },
        Some(Err(fault)) => Some(fault),
        // It looks like a proxy that an operator forgot to trust. A unix socket has only proxies at its other end.
        None if is_inside && (says_something(headers) || peer == Peer::Unix) => Some(Fault::NotTrusted),
        None => None,
    };
    Client { address, fault }
}

/// The reader whom a trusted proxy names.
fn named(trusted: &[TrustedProxy], headers: &HeaderMap) -> Result<IpAddr, Fault> {
    match (last_untrusted(x_forwarded_for(headers), trusted), last_untrusted(forwarded(headers), trusted)) {
        (None, None) => Err(Fault::NamesNobody),
        (Some(said), None) | (None, Some(said)) => said.ok_or(Fault::Unreadable),
        (Some(one), Some(other)) if one == other => one.ok_or(Fault::Unreadable),
        (Some(_), Some(_)) => Err(Fault::Contradiction),
    }
}

fn says_something(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded"].iter().any(|name| headers.contains_key(*name))
}

/// `None` if there is no such header; `Some(None)` if it does not tell.
fn last_untrusted(hops: impl Iterator<Item = Hop>, trusted: &[TrustedProxy]) -> Option<Option<IpAddr>> {
    let mut nearest = None;
    for Hop(address) in hops {
        let address = address.map(|address| address.to_canonical());
        nearest = Some(address);
        // What a trusted proxy could not tell, nobody further away can.
        if !address.is_some_and(|address| is_trusted(address, trusted)) {
            break;
        }
    }
    nearest
}

fn is_trusted(address: IpAddr, trusted: &[TrustedProxy]) -> bool {
    trusted.iter().any(|proxy| proxy.contains(address))
}

/// An address of this machine or of a network behind it, from where readers of a public site do not come.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local() || is_shared(v4),
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
