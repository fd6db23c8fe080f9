use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use config::LimitScope;
use visitor::untranslated;

/// A client, at each granularity that limits use, as hashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientId {
    address: u64,
    ipv4_network: Option<u64>,
    ipv6_network: Option<u64>,
    visitor: Option<u64>,
}

/// The properties of a client that are hashed.
#[derive(Hash)]
pub(super) enum HashInput<'a> {
    Ipv4(Ipv4Addr),
    Ipv6(Ipv6Addr),
    Visitor(&'a [u8]),
}

impl ClientId {
    pub(super) fn new(
        address: IpAddr,
        visitor: Option<&[u8]>,
        hash: impl Fn(HashInput<'_>) -> u64,
    ) -> Self {
        let visitor = visitor.map(|bytes| hash(HashInput::Visitor(bytes)));
        match untranslated(address) {
            IpAddr::V4(v4) => {
                let network = Some(hash(HashInput::Ipv4(v4_prefix(v4, 20))));
                Self {
                    address: hash(HashInput::Ipv4(v4)),
                    ipv4_network: network,
                    ipv6_network: None,
                    visitor,
                }
            }
            IpAddr::V6(v6) => {
                let [line, network] =
                    [64, 48].map(|length| hash(HashInput::Ipv6(v6_prefix(v6, length))));
                Self {
                    address: line,
                    ipv4_network: None,
                    ipv6_network: Some(network),
                    visitor,
                }
            }
        }
    }

    /// The hash that a limit applies to; `None`: the limit does not apply to this client.
    pub(super) fn key(&self, key: LimitScope) -> Option<u64> {
        match key {
            LimitScope::Address => Some(self.address),
            LimitScope::Ipv4Network => self.ipv4_network,
            LimitScope::Ipv6Network => self.ipv6_network,
            LimitScope::Visitor => self.visitor,
            LimitScope::Article | LimitScope::Site => Some(0),
        }
    }
}

fn v4_prefix(address: Ipv4Addr, length: u32) -> Ipv4Addr {
    (u32::from(address) & (u32::MAX << (32 - length))).into()
}

fn v6_prefix(address: Ipv6Addr, length: u32) -> Ipv6Addr {
    (u128::from(address) & (u128::MAX << (128 - length))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(address: &str) -> [Option<u64>; 3] {
        use std::hash::BuildHasher;
        let hasher = std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default();
        let client = ClientId::new(address.parse().unwrap(), None, |part| hasher.hash_one(part));
        [
            LimitScope::Address,
            LimitScope::Ipv4Network,
            LimitScope::Ipv6Network,
        ]
        .map(|key| client.key(key))
    }

    #[test]
    fn an_address_has_the_widths_of_its_family() {
        let [same, other] = [parts("192.0.2.1"), parts("192.0.15.255")];
        assert!(same[0] != other[0] && same[1] == other[1] && same[2].is_none());
        assert_ne!(same[1], parts("192.0.16.0")[1]);
        for translated in [
            "::ffff:192.0.2.1",
            "::ffff:0:192.0.2.1",
            "64:ff9b::192.0.2.1",
        ] {
            assert_eq!(parts(translated), same, "{translated}");
        }

        let [same, other] = [
            parts("2001:db8:1:2::1"),
            parts("2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ];
        assert!(same == other && same[1].is_none());
        let next = parts("2001:db8:1:3::1");
        assert!(same[0] != next[0] && same[2] == next[2]);
        assert_ne!(same[2], parts("2001:db8:2:2::1")[2]);
    }
}
