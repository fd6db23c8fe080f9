use super::*;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
        .collect()
}

#[test]
fn the_tag_has_the_requested_address() {
    for (pairs, expected) in [
        (
            &[("host", "gema.news.example")][..],
            "http://gema.news.example/",
        ),
        (
            &[
                ("host", "gema.news.example"),
                ("x-forwarded-proto", "https, http"),
            ],
            "https://gema.news.example/",
        ),
        (&[("host", "127.0.0.1:8787")], "http://127.0.0.1:8787/"),
        (
            &[
                ("host", "a.example"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-prefix", "/gema"),
            ],
            "https://a.example/gema/",
        ),
        (
            &[
                ("host", "10.0.0.1:8787"),
                ("x-forwarded-host", "g.example"),
                ("x-forwarded-proto", "https"),
            ],
            "https://g.example/",
        ),
        (
            &[("host", "\"><script>alert(1)</script>")],
            "http://gema.example/",
        ),
        (
            &[("host", "a.example"), ("x-forwarded-prefix", "/\"><img>")],
            "http://a.example/",
        ),
        (&[], "http://gema.example/"),
    ] {
        assert_eq!(address(&headers(pairs)).as_str(), expected, "{pairs:?}");
    }
}

#[test]
fn the_page_speaks_indonesian_to_who_prefers_it_to_english() {
    for (accepted, expected) in [
        ("id-ID,id;q=0.9,en;q=0.8", true),
        ("en,id;q=0.9", false),
        ("de", false),
        ("en;q=0.5, id", true),
        ("", false),
    ] {
        let headers =
            HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepted))]);
        assert_eq!(wants_indonesian(&headers), expected, "{accepted}");
    }
}
