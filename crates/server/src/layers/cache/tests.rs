use super::*;

static DOCUMENTED_PARAMETERS: LazyLock<QueryParameters> =
    LazyLock::new(|| QueryParameters::of(&crate::app::openapi()));

fn named(address: &str) -> String {
    cache_key(
        &address.parse().unwrap(),
        &HeaderMap::new(),
        &DOCUMENTED_PARAMETERS,
    )
    .into_owned()
}

#[test]
fn only_parameters_of_the_route_make_another_answer() {
    for (address, same) in [
        (
            "/v1/sites/a/top.json?days=7&title=1",
            "/v1/sites/a/top.json?days=7",
        ),
        (
            "/v1/sites/a/badge.svg?after=1&article=b",
            "/v1/sites/a/badge.svg?article=b",
        ),
        (
            "/v1/sites/a/view?article=b&%78=1",
            "/v1/sites/a/view?article=b",
        ),
        (
            "/v1/sites/a/view?article=b&+=1",
            "/v1/sites/a/view?article=b",
        ),
    ] {
        assert_eq!(named(address), same, "{address}");
    }
    for route in [
        "view",
        "tallies",
        "widget.html",
        "top.json",
        "top.atom",
        "badge.svg",
        "qr.svg",
    ] {
        assert!(DOCUMENTED_PARAMETERS.0.contains_key(route), "{route}");
    }
}

#[test]
fn only_routes_of_sites_are_cached_routes() {
    for path in ["/v1/sites/a/view", "/v1/sites/%61/top.atom"] {
        assert!(is_cached_route(path), "{path}");
    }
    for path in [
        "/v1/sites/a/live",
        "/v1/sites/a/goatcounter/counter/view",
        "/v1/sites/view",
        "/v1/sites/a/view/",
        "/v1/view",
    ] {
        assert!(!is_cached_route(path), "{path}");
    }
}

#[test]
fn the_same_question_is_one_answer_however_it_is_put() {
    let plain = "/v1/sites/a/view?article=b&lang=id";
    for address in [
        plain,
        "/v1/sites/a/view?lang=id&article=b",
        "/v1/sites/a/view?x=1&article=b&lang=id",
        "/v1/sites/a/view?article=b&lang=id&x",
        "/v1/sites/a/view?utm_source=c&lang=id&article=b&&",
        "/v1/sites/a/view?article=b&article=c&lang=id&lang=en",
        "/v1/sites/a/view?article=b&%61rticle=c&lang=id",
    ] {
        assert_eq!(named(address), plain, "{address}");
    }
    assert_eq!(named("/v1/sites/a/view"), "/v1/sites/a/view");
}

#[test]
fn another_question_is_another_answer() {
    let tallies = |query: &str| named(&format!("/v1/sites/a/tallies?{query}"));
    assert_ne!(
        tallies("article=a&article=b"),
        tallies("article=b&article=a")
    );
    assert_ne!(tallies("article=a&%61rticle=b"), tallies("article=a"));
    assert_ne!(tallies("article=a&lang=id"), tallies("article=a&lang=en"));
    let mut own = HeaderMap::new();
    own.insert("sec-fetch-site", "same-origin".parse().unwrap());
    for address in [
        "/widget.html?origin=http%3A%2F%2Fa",
        "/widget.html?%6Frigin=http%3A%2F%2Fa",
        "/widget.html?%6frigi%6e=http%3A%2F%2Fa",
        "/v1/sites/a/view?article=b&%6Frigin=http%3A%2F%2Fa",
        "/v1/sites/a/view?article=b&o%72igin",
    ] {
        let parsed = address.parse().unwrap();
        let named = |headers| cache_key(&parsed, headers, &DOCUMENTED_PARAMETERS);
        assert_ne!(named(&own), named(&HeaderMap::new()), "{address}");
    }
}

#[test]
fn a_query_is_canonical_if_its_canonical_form_equals_it() {
    let known = ["article", "lang"].map(str::to_owned);
    let pairs = [
        "",
        "a",
        "article",
        "article=",
        "article=b=c",
        "lang=id",
        "%6cang=id",
        "+",
        "x=1",
        "lang=%26",
    ];
    for one in pairs {
        for two in pairs {
            for three in pairs {
                for query in [
                    one.to_owned(),
                    format!("{one}&{two}"),
                    format!("{one}&{two}&{three}"),
                ] {
                    for takes_list in [false, true] {
                        let is_equal = canonical(&query, &known, takes_list) == query;
                        let is_judged = is_canonical(query.as_bytes(), &known, takes_list);
                        assert!(!is_judged || is_equal, "{query}");
                        let is_encoded = query.contains("%6c") || one.is_empty();
                        assert!(is_judged || !is_equal || is_encoded, "{query}");
                    }
                }
            }
        }
    }
}
