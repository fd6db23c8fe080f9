use axum::http::{HeaderName, HeaderValue};
use config::Newsroom;

use super::*;

#[test]
fn own_address_of_any_path_stays_on_the_endpoint() {
    let base = url::Url::parse("https://gema.news.example").unwrap();
    for path in [
        "/redaksi/",
        "/redaksi/news/now?lang=en",
        "/redaksi/http:evil.example",
        "/redaksi/javascript:alert(1)",
        "/redaksi/http:%2f%2fevil.example/now",
        "/redaksi//evil.example",
        "/redaksi///evil.example/now",
        "/redaksi/?//evil.example",
    ] {
        let (mut parts, ()) = axum::http::Request::get(path)
            .body(())
            .unwrap()
            .into_parts();
        parts.headers.clear();
        let own = PageAddress::of(&parts, &Config::demo()).own_address();
        let whole = base.join(path).unwrap();
        assert_eq!(whole.join(&own).unwrap(), whole, "{own}");
    }
}

#[test]
fn only_a_form_of_the_own_origin_counts() {
    let is_own = |address: Option<&str>, pairs: &[(&'static str, &'static str)]| {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let newsroom = Newsroom {
            address: address.map(str::to_owned),
            ..Newsroom::default()
        };
        let config = Config {
            newsroom,
            ..Config::demo()
        };
        super::is_own(&pairs.iter().map(pair).collect(), &config)
    };
    let host = ("host", "gema.news.example");
    let own = ("origin", "https://gema.news.example");
    assert!(is_own(None, &[("sec-fetch-site", "same-origin")]));
    assert!(is_own(None, &[host, own]));
    let address = Some("https://gema.news.example");
    assert!(is_own(address, &[("host", "10.0.0.1"), own]));
    for foreign in [
        &[][..],
        &[host],
        &[host, ("origin", "null")],
        &[host, ("origin", "https://news.example")],
        &[host, ("origin", "https://gema.news.example.evil.example")],
        &[host, own, ("sec-fetch-site", "same-site")],
        &[host, own, ("sec-fetch-site", "cross-site")],
        &[host, own, ("sec-fetch-site", "none")],
    ] {
        assert!(!is_own(None, foreign), "{foreign:?}");
    }
    assert!(!is_own(Some("https://other.example"), &[host, own]));
}
