//! From where a request comes that a proxy hands on. What headers say is believed only as far as trusted proxies have said
//! it; everything to the left of that is the client's own word, and never looked at.

/// The addresses in `X-Forwarded-For` and `Forwarded`.
mod headers;

use std::net::{IpAddr, Ipv4Addr};

use axum::http::HeaderMap;
use headers::{Hop, forwarded, x_forwarded_for};

use crate::config::TrustedProxy;

/// The address of whoever asks: the peer itself, or, if that is a trusted proxy, the last address before trusted ones.
/// Where a proxy does not say, its own address stands for all its clients. So it does where the two headers differ: one
/// of them was handed on as the client sent it, and nobody knows which.
pub fn client(peer: IpAddr, trusted: &[TrustedProxy], headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let said = match (last_untrusted(x_forwarded_for(headers), trusted), last_untrusted(forwarded(headers), trusted)) {
        (Some(one), Some(other)) => one.filter(|one| Some(*one) == other),
        (said, None) | (None, said) => said.flatten(),
    };
    said.unwrap_or(peer)
}

/// Whether this looks like a proxy that an operator forgot to trust: then all readers have one address.
pub fn is_forgotten(peer: IpAddr, trusted: &[TrustedProxy], headers: &HeaderMap) -> bool {
    let peer = peer.to_canonical();
    let says = ["x-forwarded-for", "forwarded"].iter().any(|name| headers.contains_key(*name));
    says && is_inside(peer) && !is_trusted(peer, trusted)
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
