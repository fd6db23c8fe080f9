//! Pseudonymous visitors: keyed one-way hashes, and the deduplication windows after which their salts are deleted.
//! Pure: takes time and randomness from the caller.

/// Clients of other counters.
mod client;
/// Identities: of a voter, and of a read or share.
mod identity;
/// Salts of the current windows.
mod salts;
/// Days and hours in a site's time zone, and windows.
mod window;

use std::{fmt, net::IpAddr};

pub use self::salts::{Salt, Salts};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wire::{Network, SiteId, VisitorToken};

pub use self::client::Client;
pub use self::identity::{DedupKey, Visitor};
pub use self::window::{Day, HOURS_PER_DAY, Hour, Window, day_and_hour};

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
pub fn voter_id(secret: &HashKey, site: &SiteId, article_id: i64, token: &VisitorToken) -> Digest {
    digest(
        secret,
        &[
            b"vote",
            site.as_str().as_bytes(),
            &article_id.to_be_bytes(),
            token.as_str().as_bytes(),
        ],
    )
}

/// The deduplication digest of a read (no network) or share, in the window of that salt.
pub fn dedup_digest(
    salt: &HashKey,
    site: &SiteId,
    article_id: i64,
    network: Option<&Network>,
    dedup_key: &DedupKey,
) -> Digest {
    let (kind, network) = match network {
        None => (&b"read"[..], ""),
        Some(network) => (&b"share"[..], network.as_str()),
    };
    let (form, dedup_key) = match dedup_key {
        DedupKey::Browser(key) => (&b"key"[..], key.as_str().as_bytes()),
        DedupKey::Fingerprint(bytes) => (&b"stand-in"[..], &bytes[..]),
    };
    digest(
        salt,
        &[
            kind,
            site.as_str().as_bytes(),
            &article_id.to_be_bytes(),
            network.as_bytes(),
            form,
            dedup_key,
        ],
    )
}

/// The fingerprint of a reader whose browser stores nothing: IPv4 address or IPv6 /64, and `User-Agent`. It is only
/// used as input of [`dedup_digest`] and [`visitor_token`].
pub fn fingerprint(address: IpAddr, agent: &str) -> Vec<u8> {
    let mut bytes = match network(address) {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    };
    bytes.extend_from_slice(agent.as_bytes());
    bytes
}

/// The token of a visitor: their own, or for a fingerprint, one derived with the day's salt; `None` without that salt.
pub fn visitor_token(
    visitor: &Visitor,
    site: &SiteId,
    day: Day,
    salts: &[Salt],
) -> Option<VisitorToken> {
    match visitor {
        Visitor::Token(token) => Some(token.clone()),
        Visitor::Fingerprint(bytes) | Visitor::Client(_, bytes) => {
            let salt = salts.iter().find(|salt| salt.day == day)?;
            Some(stand_in_token(&salt.key, site, bytes))
        }
    }
}

/// The stand-in: a token for a fingerprint. It is the same for one day, and cannot be recomputed after the day's salt is deleted.
fn stand_in_token(salt: &HashKey, site: &SiteId, fingerprint: &[u8]) -> VisitorToken {
    const BASE64URL_DIGITS: &[u8; 64] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digest = hmac(salt, &[b"noscript", site.as_str().as_bytes(), fingerprint]);
    let text: String = digest[..22]
        .iter()
        .map(|byte| char::from(BASE64URL_DIGITS[usize::from(byte & 63)]))
        .collect();
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

/// The network around an address: an IPv4 /20, part of a carrier, or an IPv6 /48, which anybody can rent.
pub fn wider_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4((u32::from(v4) & (u32::MAX << 12)).into()),
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & (u128::MAX << 80)).into()),
    }
}

/// A name for a database, derived from its vote key without revealing it.
pub fn database_id(secret: &HashKey) -> String {
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
    fn voter_id_differs_by_article_site_and_secret() {
        let token = VisitorToken::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let here = voter_id(&KEY, &site(), 1, &token);
        assert_eq!(here, voter_id(&KEY, &site(), 1, &token));
        assert_ne!(here, voter_id(&KEY, &site(), 2, &token));
        assert_ne!(
            here,
            voter_id(&KEY, &SiteId::parse("other").unwrap(), 1, &token)
        );
        assert_ne!(here, voter_id(&HashKey([8; 32]), &site(), 1, &token));
    }

    #[test]
    fn dedup_digest_differs_by_kind_and_network() {
        let dedup_key = DedupKey::Browser(IdempotencyKey::parse("AAAAAAAAAAAAAAAA").unwrap());
        let copy = Network::parse("copy").unwrap();
        let mail = Network::parse("mail").unwrap();
        let digests = [None, Some(&copy), Some(&mail)]
            .map(|network| dedup_digest(&KEY, &site(), 1, network, &dedup_key));
        assert!(digests[0] != digests[1] && digests[1] != digests[2] && digests[0] != digests[2]);
    }

    #[test]
    fn stand_in_token_differs_by_day_site_and_browser() {
        let here = stand_in_token(&KEY, &site(), b"192.0.2.1 Firefox");
        assert_eq!(here, stand_in_token(&KEY, &site(), b"192.0.2.1 Firefox"));
        assert_ne!(here, stand_in_token(&KEY, &site(), b"192.0.2.1 Chrome"));
        assert_ne!(
            here,
            stand_in_token(&HashKey([8; 32]), &site(), b"192.0.2.1 Firefox")
        );
        assert_ne!(
            here,
            stand_in_token(&KEY, &SiteId::parse("other").unwrap(), b"192.0.2.1 Firefox")
        );
    }

    #[test]
    fn digest_separates_its_parts() {
        assert_ne!(digest(&KEY, &[b"ab", b"c"]), digest(&KEY, &[b"a", b"bc"]));
    }

    #[test]
    fn fingerprint_covers_an_ipv6_64_or_an_ipv4_address() {
        let of = |address: &str| fingerprint(address.parse().unwrap(), "Firefox");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    }
}
