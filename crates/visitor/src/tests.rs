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
fn networks_of_translated_addresses_are_those_of_ipv4() {
    let [direct, line] = ["192.0.2.1", "2001:db8::1"].map(|text| text.parse::<IpAddr>().unwrap());
    for translated in [
        "::ffff:192.0.2.1",
        "::ffff:0:192.0.2.1",
        "64:ff9b::192.0.2.1",
    ] {
        let address = translated.parse().unwrap();
        assert_eq!(network(address), direct, "{translated}");
        assert_eq!(
            wider_network(address),
            wider_network(direct),
            "{translated}"
        );
    }
    assert_eq!(network(line), "2001:db8::".parse::<IpAddr>().unwrap());
    // A network of a translator's own, whose addresses gema cannot know.
    for other in [
        "64:ff9b:1::192.0.2.1",
        "64:ff9b::1:192.0.2.1",
        "::192.0.2.1",
    ] {
        assert_ne!(network(other.parse().unwrap()), direct, "{other}");
    }
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
