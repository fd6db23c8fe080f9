use proptest::prelude::*;

use super::*;

const PROXY: &str = "10.0.0.1";
const READER: &str = "192.0.2.7";

fn trusted() -> Vec<TrustedProxy> {
    ["10.0.0.0/8", "2001:db8:ffff::/48", "127.0.0.1"]
        .map(|text| TrustedProxy::try_from(text.to_owned()).unwrap())
        .into()
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

fn resolved(peer: &str, lines: &[(&'static str, &str)]) -> Client {
    client(
        Peer::Tcp(peer.parse().unwrap()),
        &trusted(),
        &headers(lines),
    )
}

fn address_of(peer: &str, lines: &[(&'static str, &str)]) -> String {
    resolved(peer, lines).address.to_string()
}

#[test]
fn only_a_trusted_proxys_headers_are_used() {
    for name in ["x-forwarded-for", "forwarded"] {
        assert_eq!(
            address_of(READER, &[(name, "192.0.2.99"), (name, "for=192.0.2.99")]),
            READER
        );
    }
    assert_eq!(address_of(PROXY, &[]), PROXY);
    assert_eq!(address_of(PROXY, &[("x-forwarded-for", READER)]), READER);
    assert_eq!(address_of(PROXY, &[("forwarded", "for=192.0.2.7")]), READER);
}

#[test]
fn addresses_left_of_the_first_untrusted_one_are_ignored() {
    for line in [
        "192.0.2.99, 192.0.2.7",
        "10.0.0.9,192.0.2.7 , 10.0.0.2",
        "x, , 192.0.2.7,10.0.0.2,127.0.0.1",
    ] {
        assert_eq!(
            address_of(PROXY, &[("x-forwarded-for", line)]),
            READER,
            "{line}"
        );
    }
    let lines = [
        ("x-forwarded-for", "192.0.2.99"),
        ("x-forwarded-for", READER),
        ("x-forwarded-for", "10.0.0.3"),
    ];
    assert_eq!(
        address_of(PROXY, &lines),
        READER,
        "several lines are one list"
    );
    for line in [
        "for=192.0.2.99, for=192.0.2.7",
        "For=\"192.0.2.7:4711\";proto=https;by=10.0.0.1",
        "by=10.0.0.1; for=192.0.2.7 , for=10.0.0.2;host=\"a, for=192.0.2.99\"",
        "for=192.0.2.99;host=\"\\\"\", for=192.0.2.7",
    ] {
        assert_eq!(address_of(PROXY, &[("forwarded", line)]), READER, "{line}");
    }
}

#[test]
fn one_address_is_written_in_many_ways() {
    for written in [
        "192.0.2.7",
        "192.0.2.7:1",
        "::ffff:192.0.2.7",
        "[::ffff:c000:207]:443",
        "[::ffff:192.0.2.7]",
    ] {
        assert_eq!(
            address_of(PROXY, &[("x-forwarded-for", written)]),
            READER,
            "{written}"
        );
        assert_eq!(
            address_of(
                "::ffff:10.0.0.1",
                &[("forwarded", &format!("for=\"{written}\""))]
            ),
            READER,
            "{written}"
        );
    }
    assert_eq!(address_of("::ffff:192.0.2.7", &[]), READER);
    assert_eq!(
        address_of(
            "2001:db8:ffff::1",
            &[("forwarded", "for=\"[2001:db8::7]:4711\"")]
        ),
        "2001:db8::7"
    );
}

#[test]
fn without_a_valid_address_the_proxys_own_counts() {
    for line in [
        "unknown",
        "",
        "192.0.2.7, unknown",
        "192.0.2.7;",
        "192.0.2.7 192.0.2.8",
        "\u{e9}",
    ] {
        assert_eq!(
            address_of(PROXY, &[("x-forwarded-for", line)]),
            PROXY,
            "{line}"
        );
    }
    for line in [
        "for=unknown",
        "for=_hidden",
        "proto=https",
        "for=192.0.2.7, ",
        "192.0.2.7",
        "for=\"192.0.2.99, for=192.0.2.7",
        "for=192.0.2.99;for=192.0.2.98",
        "for=192.0.2.99;host=\"\\, for=192.0.2.7",
    ] {
        assert_eq!(address_of(PROXY, &[("forwarded", line)]), PROXY, "{line}");
    }
    assert_eq!(
        address_of(PROXY, &[("x-forwarded-for", "10.0.0.3, 10.0.0.2")]),
        "10.0.0.3",
        "a client of the inside"
    );
}

#[test]
fn two_conflicting_headers_are_both_ignored() {
    let both = |x, standard| address_of(PROXY, &[("x-forwarded-for", x), ("forwarded", standard)]);
    assert_eq!(both("192.0.2.7, 10.0.0.2", "for=192.0.2.7"), READER);
    assert_eq!(both(READER, "for=192.0.2.99"), PROXY);
    assert_eq!(both("192.0.2.99", "for=192.0.2.7"), PROXY);
    assert_eq!(both("192.0.2.99", "for=unknown"), PROXY);
    assert_eq!(both("unknown", "for=192.0.2.99"), PROXY);
}

#[test]
fn a_proxy_that_was_forgotten_shows_itself() {
    let is_untrusted_forwarder =
        |peer: &str, lines: &[_]| resolved(peer, lines).fault == Some(ProxyFault::NotTrusted);
    for peer in [
        "172.17.0.1",
        "192.168.1.1",
        "100.64.3.4",
        "169.254.1.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:172.17.0.1",
    ] {
        assert!(
            is_untrusted_forwarder(peer, &[("x-forwarded-for", READER)]),
            "{peer}"
        );
        assert!(
            is_untrusted_forwarder(peer, &[("forwarded", "for=192.0.2.7")]),
            "{peer}"
        );
        assert!(!is_untrusted_forwarder(peer, &[]), "{peer}");
    }
    for peer in [READER, PROXY, "127.0.0.1", "2001:db8::1", "100.128.0.1"] {
        assert!(
            !is_untrusted_forwarder(peer, &[("x-forwarded-for", READER)]),
            "{peer}"
        );
    }
}

#[test]
fn a_trusted_proxy_without_a_usable_header_is_a_fault() {
    for (lines, fault) in [
        (vec![], Some(ProxyFault::NamesNobody)),
        (
            vec![("x-forwarded-for", "unknown")],
            Some(ProxyFault::Unreadable),
        ),
        (
            vec![("forwarded", "proto=https")],
            Some(ProxyFault::Unreadable),
        ),
        (
            vec![("x-forwarded-for", "unknown"), ("forwarded", "for=_hidden")],
            Some(ProxyFault::Unreadable),
        ),
        (
            vec![("x-forwarded-for", READER), ("forwarded", "for=192.0.2.99")],
            Some(ProxyFault::Contradiction),
        ),
        (
            vec![("x-forwarded-for", READER), ("forwarded", "for=192.0.2.7")],
            None,
        ),
        (vec![("x-forwarded-for", READER)], None),
    ] {
        assert_eq!(resolved(PROXY, &lines).fault, fault, "{lines:?}");
        assert_eq!(
            resolved(READER, &lines).fault,
            None,
            "a reader may say anything: {lines:?}"
        );
    }
}

#[test]
fn unix_socket_headers_are_used_only_if_it_is_trusted() {
    let from_socket = |trusted: &[TrustedProxy]| {
        client(
            Peer::Unix,
            trusted,
            &headers(&[("x-forwarded-for", READER)]),
        )
    };
    let reader = Client {
        address: READER.parse().unwrap(),
        fault: None,
    };
    assert_eq!(from_socket(&[TrustedProxy::Unix]), reader);
    let nobody = Client {
        address: "0.0.0.0".parse().unwrap(),
        fault: Some(ProxyFault::NotTrusted),
    };
    assert_eq!(
        from_socket(&trusted()),
        nobody,
        "networks are not the socket"
    );
    assert_eq!(
        client(Peer::Unix, &[TrustedProxy::Unix], &headers(&[])).fault,
        Some(ProxyFault::NamesNobody)
    );
    assert_eq!(
        address_of("0.0.0.0", &[("x-forwarded-for", READER)]),
        "0.0.0.0",
        "and no network is meant by it"
    );
}

proptest! {
    /// What the proxy appends determines the address, whatever the client sends.
    #[test]
    fn nothing_that_a_client_sends_changes_its_address(sent in "[ -~]{0,60}", line in "[ -~]{0,60}") {
        let client = format!("{sent}, {READER}");
        prop_assert_eq!(address_of(PROXY, &[("x-forwarded-for", &line), ("x-forwarded-for", &client)]), READER);
        let known = [READER, PROXY];
        let client = format!("{sent}, for={READER}");
        let as_forwarded = address_of(PROXY, &[("forwarded", &line), ("forwarded", &client)]);
        prop_assert!(known.contains(&&*as_forwarded), "{}", as_forwarded);
        let mixed = address_of(PROXY, &[("forwarded", &line), ("x-forwarded-for", READER)]);
        prop_assert!(known.contains(&&*mixed), "{}", mixed);
    }
}
