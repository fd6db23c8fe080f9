use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::Deserialize;

/// A trusted proxy, or a network of them: `127.0.0.1`, `10.0.0.0/8`, `unix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum TrustedProxy {
    /// All peers in that network.
    Network(IpNet),
    /// All peers of the unix socket in `listen`.
    Unix,
}

impl TrustedProxy {
    /// Whether the address is in the network. IPv4 addresses must not be in their mapped form.
    pub fn contains(&self, address: IpAddr) -> bool {
        matches!(self, Self::Network(network) if network.contains(&address))
    }

    pub(super) fn network(&self) -> Option<IpNet> {
        match self {
            Self::Network(network) => Some(*network),
            Self::Unix => None,
        }
    }
}

impl TryFrom<String> for TrustedProxy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "unix" {
            return Ok(Self::Unix);
        }
        let network = text
            .parse()
            .ok()
            .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        let network = network.map(|network: IpNet| canonical(network.trunc()));
        match network {
            Some(network) if is_wider_than_private(network) => Err(format!(
                "`{text}` trusts everybody, who can then be anybody: name the network of the proxy"
            )),
            Some(network) => Ok(Self::Network(network)),
            None => Err(format!(
                "`{text}` is not a network: write it as \"127.0.0.1\" or \"10.0.0.0/8\", or \"unix\" for the socket of `listen`"
            )),
        }
    }
}

/// Whether the networks together cover more than a private network; each of them may be small.
pub(super) fn trust_everybody(proxies: &[TrustedProxy]) -> bool {
    let networks: Vec<_> = proxies.iter().filter_map(TrustedProxy::network).collect();
    IpNet::aggregate(&networks)
        .into_iter()
        .any(is_wider_than_private)
}

/// Whether a network is larger than the largest private ones, 10.0.0.0/8 and fc00::/7 (RFC 1918, RFC 4193).
fn is_wider_than_private(network: IpNet) -> bool {
    network.prefix_len() < if network.addr().is_ipv4() { 8 } else { 7 }
}

/// `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else {
        return network;
    };
    let v4 = v6
        .addr()
        .to_ipv4_mapped()
        .zip(v6.prefix_len().checked_sub(96));
    v4.and_then(|(address, length)| Ipv4Net::new(address, length).ok())
        .map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(text: &str) -> Result<TrustedProxy, String> {
        TrustedProxy::try_from(text.to_owned())
    }

    #[test]
    fn an_address_is_a_network_of_one() {
        let contains = |network: &str, address: &str| {
            proxy(network).unwrap().contains(address.parse().unwrap())
        };
        assert!(contains("127.0.0.1", "127.0.0.1") && !contains("127.0.0.1", "127.0.0.2"));
        assert!(contains("10.9.8.7/8", "10.1.1.1") && !contains("10.9.8.7/8", "11.1.1.1"));
        assert!(
            contains("2001:db8::/32", "2001:db8:1::1") && !contains("2001:db8::/32", "2001:db9::1")
        );
        assert!(
            contains("::ffff:10.0.0.0/104", "10.1.1.1") && contains("::ffff:10.0.0.1", "10.0.0.1")
        );
    }

    #[test]
    fn invalid_networks_are_refused_with_the_remedy() {
        for text in ["", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.0/8/8"] {
            assert!(
                proxy(text).is_err_and(|error| error.contains("10.0.0.0/8")),
                "{text}"
            );
        }
        for text in [
            "0.0.0.0/0",
            "::/0",
            "::ffff:0.0.0.0/96",
            "0.0.0.0/1",
            "2000::/3",
        ] {
            assert!(
                proxy(text).is_err_and(|error| error.contains("everybody")),
                "{text}"
            );
        }
    }

    #[test]
    fn many_small_networks_that_are_everybody_together_are_found() {
        let eighths: Vec<_> = (0..=255)
            .map(|first| proxy(&format!("{first}.0.0.0/8")).unwrap())
            .collect();
        assert!(trust_everybody(&eighths) && trust_everybody(&eighths[16..32]));
        let private = [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "fc00::/7",
            "2400:cb00::/32",
        ];
        assert!(!trust_everybody(&private.map(|text| proxy(text).unwrap())));
    }
}
