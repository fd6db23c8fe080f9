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

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

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

/// The IPv4 address that an IPv6 address stands for, if it does: mapped (`::ffff:0:0/96`), translated by SIIT
/// (`::ffff:0:0:0/96`), or translated by NAT64 (`64:ff9b::/96`, RFC 6052). All readers behind a translator would
/// otherwise be one line of IPv6.
pub fn untranslated(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address.to_canonical() else {
        return address.to_canonical();
    };
    match v6.segments() {
        [0, 0, 0, 0, 0xffff, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)).into()
        }
        _ => address,
    }
}

/// The smallest network of one subscriber: an IPv4 address, or an IPv6 /64, within which the subscriber can choose any
/// address.
pub fn network(address: IpAddr) -> IpAddr {
    match untranslated(address) {
        v4 @ IpAddr::V4(_) => v4,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

/// The network around an address: an IPv4 /20, part of a carrier, or an IPv6 /48, which anybody can rent.
pub fn wider_network(address: IpAddr) -> IpAddr {
    match untranslated(address) {
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
mod tests;
