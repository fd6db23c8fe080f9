//! Pseudonymous visitors: keyed one-way hashes, and the deduplication windows after which their salts are deleted.
//! Pure: takes time and randomness from the caller.

/// Salts of the current windows.
mod salts;
/// Identities: what tells one reader or event from another.
mod who;
/// Days in a site's time zone, and windows.
mod window;

use std::{fmt, net::IpAddr};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
pub use salts::{Salt, Salts};
use sha2::Sha256;
use wire::{Network, SiteId, VisitorToken};

pub use who::{Once, Visitor};
pub use window::{Day, Window};

/// A 256-bit random key, without which hashes cannot be brute-forced.
#[derive(Clone, PartialEq, Eq)]
pub struct HashKey(pub [u8; 32]);

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(…)")
    }
}

/// The stored hash of a reader or a read: the first 128 bits of an HMAC-SHA-256.
pub type Digest = [u8; 16];

/// The voter id: hash of a reader in one article's poll. `article_id` is set at the article's creation and does not
/// depend on its key, so renaming keeps votes; because it is hashed too, readers cannot be linked across articles.
pub fn voter(secret: &HashKey, site: &SiteId, article_id: i64, token: &VisitorToken) -> Digest {
    digest(secret, &[b"vote", site.as_str().as_bytes(), &article_id.to_be_bytes(), token.as_str().as_bytes()])
}

/// The deduplication digest of a read (no network) or share, in the window of that salt.
pub fn seen(salt: &HashKey, site: &SiteId, article_id: i64, network: Option<&Network>, once: &Once) -> Digest {
    let (kind, network) = match network {
        None => (&b"read"[..], ""),
        Some(network) => (&b"share"[..], network.as_str()),
    };
    let (form, once) = match once {
        Once::Key(key) => (&b"key"[..], key.as_str().as_bytes()),
        Once::StandIn(bytes) => (&b"stand-in"[..], &bytes[..]),
    };
    digest(salt, &[kind, site.as_str().as_bytes(), &article_id.to_be_bytes(), network.as_bytes(), form, once])
}

/// The fingerprint of a reader whose browser stores nothing: IPv4 address or IPv6 /64, and `User-Agent`. It is only
/// used as input of [`seen`] and [`token_of`].
pub fn stand_in(address: IpAddr, agent: &str) -> Vec<u8> {
    let mut bytes = match network(address) {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    };
    bytes.extend_from_slice(agent.as_bytes());
    bytes
}

/// The token of a visitor: their own, or for a fingerprint, one derived with the day's salt; `None` without that salt.
pub fn token_of(visitor: &Visitor, site: &SiteId, day: Day, salts: &[Salt]) -> Option<VisitorToken> {
    match visitor {
        Visitor::Token(token) => Some(token.clone()),
        Visitor::StandIn(bytes) => {
            let salt = salts.iter().find(|salt| salt.day == day)?;
            Some(token_for(&salt.key, site, bytes))
        }
    }
}

/// A token for a fingerprint. It is the same for one day, and cannot be recomputed after the day's salt is deleted.
fn token_for(salt: &HashKey, site: &SiteId, stand_in: &[u8]) -> VisitorToken {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digest = hmac(salt, &[b"noscript", site.as_str().as_bytes(), stand_in]);
    let text: String = digest[..22].iter().map(|byte| char::from(DIGITS[usize::from(byte & 63)])).collect();
    VisitorToken::parse(&text).expect("22 characters of base64url")
}

/// The smallest network of one subscriber: an IPv4 address, or an IPv6 /64, within which the subscriber can choose any
/// address.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => v4,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

/// The network around it: an IPv4 /20, part of a carrier, or an IPv6 /48, which anybody can rent.
pub fn wider_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4((u32::from(v4) & (u32::MAX << 12)).into()),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (u128::MAX << 80)).into()),
    }
}

/// A name for a database, derived from its vote key without revealing it.
pub fn key_name(secret: &HashKey) -> String {
    HEXLOWER.encode(&digest(secret, &[b"name"])[..8])
}

fn digest(key: &HashKey, parts: &[&[u8]]) -> Digest {
    let mut digest = Digest::default();
    digest.copy_from_slice(&hmac(key, parts)[..size_of::<Digest>()]);
    digest
}

/// Each part is prefixed with its length, so that different lists of parts never hash the same bytes.
fn hmac(key: &HashKey, parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads its key with zeros to the block size of the hash.
    let mut block = [0; 64];
    block[..key.0.len()].copy_from_slice(&key.0);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use wire::IdempotencyKey;

    use super::*;

    const KEY: HashKey = HashKey([7; 32]);

    fn site() -> SiteId {
        SiteId::parse("demo").unwrap()
    }

    #[test]
    fn a_reader_is_another_one_in_every_article_and_site_and_under_every_secret() {
        let token = VisitorToken::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let here = voter(&KEY, &site(), 1, &token);
        assert_eq!(here, voter(&KEY, &site(), 1, &token));
        assert_ne!(here, voter(&KEY, &site(), 2, &token));
        assert_ne!(here, voter(&KEY, &SiteId::parse("other").unwrap(), 1, &token));
        assert_ne!(here, voter(&HashKey([8; 32]), &site(), 1, &token));
    }

    #[test]
    fn a_read_a_share_and_a_share_elsewhere_are_three_things() {
        let once = Once::Key(IdempotencyKey::parse("AAAAAAAAAAAAAAAA").unwrap());
        let (copy, mail) = (Network::parse("copy").unwrap(), Network::parse("mail").unwrap());
        let digests = [None, Some(&copy), Some(&mail)].map(|network| seen(&KEY, &site(), 1, network, &once));
        assert!(digests[0] != digests[1] && digests[1] != digests[2] && digests[0] != digests[2]);
    }

    #[test]
    fn a_reader_without_a_token_is_another_one_on_every_day_and_site_and_for_every_browser() {
        let here = token_for(&KEY, &site(), b"192.0.2.1 Firefox");
        assert_eq!(here, token_for(&KEY, &site(), b"192.0.2.1 Firefox"));
        assert_ne!(here, token_for(&KEY, &site(), b"192.0.2.1 Chrome"));
        assert_ne!(here, token_for(&HashKey([8; 32]), &site(), b"192.0.2.1 Firefox"));
        assert_ne!(here, token_for(&KEY, &SiteId::parse("other").unwrap(), b"192.0.2.1 Firefox"));
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(digest(&KEY, &[b"ab", b"c"]), digest(&KEY, &[b"a", b"bc"]));
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one_and_two_ipv4_addresses_are_two() {
        let of = |address: &str| stand_in(address.parse().unwrap(), "Firefox");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    }
}
