use super::*;

fn origin(text: &str) -> Origin {
    Origin::try_from(text.to_owned()).unwrap()
}

#[test]
fn an_origin_is_written_as_a_browser_writes_it() {
    assert!(origin("https://News.example:443/").matches("https://news.example"));
    assert!(origin("http://news.example:8080").matches("http://news.example:8080"));
    assert!(!origin("https://news.example").matches("http://news.example"));
    assert!(!origin("https://news.example").matches("https://news.example.evil.example"));
}

#[test]
fn a_wildcard_stands_for_names_below_and_for_nothing_else() {
    let below = origin("https://*.News.example");
    assert_eq!(below.to_string(), "https://*.news.example");
    for header in [
        "https://www.news.example",
        "https://a.b-c.news.example",
        "https://a_b.news.example",
    ] {
        assert!(below.matches(header), "{header}");
    }
    for header in [
        "https://news.example",
        "http://www.news.example",
        "https://www.news.example:8443",
        "https://.news.example",
        "https://a..news.example",
        "https://evilnews.example",
        "https://evil.example/.news.example",
        "https://evil.example?.news.example",
        "https://evil.example#.news.example",
        "https://evil.example:1.news.example",
        "https://user@evil.news.example",
        "https://*.news.example",
        "https://www.news.example.evil.example",
        "null",
    ] {
        assert!(!below.matches(header), "{header}");
    }
    assert!(origin("http://*.news.example:8080").matches("http://m.news.example:8080"));
    assert!(origin("https://*.news.example:443").matches("https://m.news.example"));
    for text in [
        "https://*.",
        "https://*.com",
        "https://*news.example",
        "https://a.*.example",
        "*.news.example",
        "https://*.a..b",
    ] {
        assert!(
            Origin::try_from(text.to_owned()).is_err_and(|e| e.contains("news.example")),
            "{text}"
        );
    }
}

#[test]
fn an_origin_no_browser_sends_is_refused_with_the_right_one() {
    for (text, remedy) in [
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        (
            "https://BÜCHER.example:8443/",
            "https://xn--bcher-kva.example:8443",
        ),
        (
            "https://*.bücher.example",
            "https://*.xn--bcher-kva.example",
        ),
        ("https://новости.рф", "https://xn--b1amnebsh.xn--p1ai"),
        ("http://127.1:8080", "http://127.0.0.1:8080"),
        ("https://[2001:db8:0::1]", "https://[2001:db8::1]"),
        ("https://news.example:", "https://news.example"),
    ] {
        let error = Origin::try_from(text.to_owned()).unwrap_err();
        assert!(
            error.contains(&format!("write it as \"{remedy}\"")),
            "{error}"
        );
        assert_eq!(origin(remedy).to_string(), remedy);
    }
    for text in [
        "https://xn--a.example",
        "https://*.xn--a.example",
        "https://a b.example",
        "https://256.1.1.1",
        "https://warta.example:99999",
        "https://warta.example:0",
        "https://warta.example:x",
        "https://*.warta.example:99999",
        "https://.",
        "https://..",
        "https://a..example",
        "https://-",
        "https://a.-.example",
        "https://[::1",
        "https://[::g]",
        "https://::1",
    ] {
        assert!(
            Origin::try_from(text.to_owned()).is_err_and(|e| e.contains("news.example")),
            "{text}"
        );
    }
}

#[test]
fn wildcards_below_a_public_suffix_are_refused() {
    for (text, remedy) in [
        ("https://*.co.id", "https://*.news.co.id"),
        ("https://*.github.io", "https://*.news.github.io"),
        // Each name below kobe.jp is a public suffix, except city.kobe.jp.
        ("https://*.kobe.jp", "https://*.news.example.kobe.jp"),
        ("https://*.tokyo.kobe.jp", "https://*.news.tokyo.kobe.jp"),
        ("https://*.xn--55qx5d.cn", "https://*.news.xn--55qx5d.cn"),
        ("https://*.公司.cn", "https://*.news.xn--55qx5d.cn"),
    ] {
        let error = Origin::try_from(text.to_owned()).unwrap_err();
        assert!(error.contains(&format!("\"{remedy}\"")), "{error}");
        assert_eq!(origin(remedy).to_string(), remedy);
    }
    for text in [
        "https://*.city.kobe.jp",
        "https://*.news.co.id",
        "https://*.xn--bcher-kva.example",
    ] {
        assert_eq!(origin(text).to_string(), text);
    }
}

#[test]
fn invalid_origins_are_refused_with_the_remedy() {
    for text in [
        "",
        "news.example",
        "ftp://news.example",
        "https://",
        "https://a.example/path",
        "https://*",
    ] {
        assert!(
            Origin::try_from(text.to_owned()).is_err_and(|e| e.contains("https://news.example")),
            "{text}"
        );
    }
}

#[test]
fn loopback_is_this_machine_and_no_other() {
    for header in [
        "http://localhost",
        "https://localhost:8443",
        "http://127.0.0.1:1",
        "http://[::1]:8787",
    ] {
        assert!(Origin::Loopback.matches(header), "{header}");
    }
    for header in [
        "http://localhost.evil.example",
        "http://127.0.0.10",
        "http://127.0.0.1:x",
        "null",
        "localhost",
    ] {
        assert!(!Origin::Loopback.matches(header), "{header}");
    }
}
