use super::*;
use crate::{DEFAULT_CACHE_BYTES, DEFAULT_DATABASE, DEFAULT_LISTEN, LIMITS};

#[test]
fn a_site_needs_no_more_than_its_origins() {
    let config = parse("[sites.setneg]\norigins = [\"https://www.setneg.go.id\"]").unwrap();
    let site = &config.sites[&SiteId::parse("setneg").unwrap()];
    assert_eq!(site.default_language, "id");
    assert_eq!(site.reactions.len(), 5);
    assert!(!config.demo);
}

#[test]
fn the_documented_options_are_all_of_them_at_their_defaults() {
    let documentation = include_str!("../../../../docs/gema.toml");
    let documented = parse(documentation).unwrap();
    let id = SiteId::parse("example").unwrap();
    let site = &documented.sites[&id];
    let default = Site::new(id.clone());
    assert_eq!(
        (documented.listen, &*documented.database),
        (DEFAULT_LISTEN.into(), DEFAULT_DATABASE)
    );
    assert!(documented.trusted_proxies.is_empty());
    assert_eq!(
        (documented.connections, documented.live),
        (
            ConnectionLimits::DEFAULT_TOTAL,
            ConnectionLimits::DEFAULT_LIVE
        )
    );
    assert!(documented.front_page);
    assert_eq!(
        (documented.cache_bytes, site.live),
        (DEFAULT_CACHE_BYTES, default.live)
    );
    assert_eq!(documented.limits, Some(Amounts::default()));
    for limit in &LIMITS {
        let section = documentation
            .split(&format!("[limits.{}]", limit.name.0))
            .nth(1)
            .unwrap_or_default();
        let section = section.split("\n[").next().unwrap_or_default();
        let name = limit.name.1;
        assert!(
            section.contains(&format!("\n{name} = ")),
            "docs/gema.toml is silent on {}",
            limit.full_name
        );
    }
    assert_eq!(site.method.link, default.method.link);
    assert_eq!(
        (site.articles, site.noscript_votes),
        (default.articles, default.noscript_votes)
    );
    assert_eq!((&site.ignore, site.lists), (&default.ignore, default.lists));
    assert_eq!(
        (site.opaque_origins, &site.languages),
        (default.opaque_origins, &default.languages)
    );
    assert_eq!(
        (&site.default_language, &site.time_zone),
        (&default.default_language, &default.time_zone)
    );
    assert_eq!(
        (&site.reactions, site.reads, site.poll),
        (&default.reactions, default.reads, default.poll)
    );

    for unknown in
        ["x = 1", "[sites.a]\norigins = []\nx = 1"].map(|file| parse(file).unwrap_err().join("\n"))
    {
        for field in unknown.split('`').skip(3).step_by(2) {
            assert!(
                documentation.contains(field),
                "docs/gema.toml is silent on {field}"
            );
        }
    }
}

#[test]
fn errors_name_line_field_and_remedy() {
    let site = |lines: &str| format!("[sites.a]\norigins = [\"https://a.example\"]\n{lines}");
    for (file, says) in [
        ("".into(), vec!["no site", "[sites.NAME]"]),
        ("[sites.a]".into(), vec!["line 1", "origins"]),
        (
            "listen = \"unix:gema.sock\"".into(),
            vec!["line 1", "absolute", "unix:/run/gema/gema.sock"],
        ),
        (
            "listem = \"127.0.0.1:1\"".into(),
            vec!["line 1", "listem", "listen"],
        ),
        (
            "[sites.a]\norigins = [\"a.example\"]".into(),
            vec!["line 2", "origins", "https://news.example"],
        ),
        (
            "[sites.news.xn--bcher-kva.example]\norigins = []".into(),
            vec!["in quotes", "[sites.\"news.xn--bcher-kva.example\"]"],
        ),
        (
            "trusted_proxies = [\"localhost\"]".into(),
            vec!["line 1", "localhost", "10.0.0.0/8"],
        ),
        (
            site("[limits.reads]\nper_adress = 5"),
            vec!["limits.reads", "per_adress", "reads.per_address"],
        ),
        (
            site("[limits.reads]\nper_address = { burst = 5 }"),
            vec!["limits.reads", "per_address", "a number"],
        ),
        (
            site("[limits.reactions]\nper_article = 5"),
            vec!["limits.reactions", "burst = 100"],
        ),
        (
            site("[limits.reactions]\nper_article = { burst = 0, per_hour = 1 }"),
            vec!["limits.reactions", "per_article", "neither of them 0"],
        ),
        (site("articles = \"closed\""), vec!["line 3", "registered"]),
        (site("lists = \"none\""), vec!["line 3", "none", "known"]),
        (site("ignore = \"/p/*\""), vec!["line 3", "ignore"]),
        (
            site("ignore = [\"/p/*\", \"*\"]"),
            vec!["line 3", "ignore", "every article", "/p/*"],
        ),
        (
            site("time_zone = \"Jakarta\""),
            vec!["line 3", "Asia/Jakarta"],
        ),
        (
            site("default_language = \"fr\""),
            vec!["sites.a", "default_language", "id, en"],
        ),
        (
            site("languages = []"),
            vec!["sites.a", "languages", "at least one"],
        ),
        (site("poll = \"shut\""), vec!["line 3", "shut", "closed"]),
        (
            site("key = \"short\""),
            vec!["sites.a", "`key`", "20 characters", "openssl"],
        ),
        (
            site("key = \"aaaaaaaaaaaaaaaaaaaaaaaa\""),
            vec!["sites.a", "`key`", "different", "openssl"],
        ),
        (
            site("key = \"0123456789abcdef 0123\""),
            vec!["sites.a", "`key`", "header", "openssl"],
        ),
        (
            site("[connections]\nmax = 0"),
            vec!["[connections]", "`max`", "10000"],
        ),
        (
            site("[live]\nper_address = 0"),
            vec!["[live]", "`per_address`", "500"],
        ),
        (
            "trusted_proxies = [\"0.0.0.0/1\", \"128.0.0.0/1\"]".into(),
            vec!["trusts everybody", "of the proxy"],
        ),
        (
            "trusted_proxies = [\"10.0.0.0/8\", \"11.0.0.0/8\"]\n[sites.a]\norigins = []".into(),
            vec!["trusts everybody", "of the proxies"],
        ),
        (
            "[sites.a]\norigins = [\"https://*.co.id\"]".into(),
            vec!["line 2", "co.id", "https://*.news.co.id"],
        ),
        (
            "[sites.a]\norigins = [\"https://bücher.example\"]".into(),
            vec!["line 2", "write it as \"https://xn--bcher-kva.example\""],
        ),
        (
            "[sites.a]\norigins = [\"https://*.github.io\"]".into(),
            vec!["line 2", "belong to others", "news.github.io"],
        ),
        (
            site("reactions = [{ key = \"happy\", image = \"javascript:alert(1)\" }]"),
            vec!["sites.a", "reactions", "javascript:alert(1)", "https://"],
        ),
        (
            site("reactions = [{ key = \"happy\", image = \" JavaScript:alert(1)\" }]"),
            vec!["sites.a", "reactions", "not the address of a picture"],
        ),
        (
            site("reactions = [{ key = \"happy\", image = \"data:text/html,x\" }]"),
            vec!["sites.a", "reactions", "not the address of a picture"],
        ),
        (
            site("reactions = [{ key = \"happy\", image = \"file:///etc/a.svg\" }]"),
            vec!["sites.a", "reactions", "not the address of a picture"],
        ),
        (
            site("reactions = [{ key = \"happy\", image = \"\" }]"),
            vec!["sites.a", "reactions", "not the address of a picture"],
        ),
        (
            site("networks = [\"whatsapp\", \"whatsapp\"]"),
            vec!["sites.a", "networks", "whatsapp", "twice"],
        ),
        (
            site("networks = [\"orkut\"]"),
            vec!["sites.a", "networks", "orkut", "Known: "],
        ),
        (
            site("reactions = [{ key = \"Happy\" }]"),
            vec!["line 3", "a-z"],
        ),
    ] {
        let errors = parse(&file).unwrap_err();
        let is_told = errors
            .iter()
            .any(|error| says.iter().all(|word| error.contains(word)));
        assert!(is_told, "{file:?} should say {says:?}: {errors:?}");
    }
}

#[test]
fn all_errors_are_reported_at_once() {
    let errors = parse(
        "listen = 8787\ncache_bites = 1\ntrusted_proxies = [\"localhost\", \"10.0.0.0/8\", \"0.0.0.0/0\"]\n\
         [connections]\nmax = 0\n[live]\nmax = 0\n[limits.reads]\nper_adress = 1\nper_address = \"x\"\n\
         [sites.a]\norigins = [\"a.example\", \"https://*.co.id\"]\ntime_zone = \"Jakarta\"\nkey = \"short\"\n\
         networks = [\"orkut\"]\n[sites.b]\nlanguages = []\n[sites.c]\norigins = []\nlanguages = []\n",
    )
    .unwrap_err();
    for words in [
        vec!["line 1", "listen"],
        vec!["line 2", "cache_bites"],
        vec!["line 3", "`localhost` is not a network"],
        vec!["line 3", "`0.0.0.0/0` trusts"],
        vec!["[connections] `max`"],
        vec!["[live] `max`"],
        vec!["per_adress"],
        vec!["[limits.reads] `per_address`"],
        vec!["line 12", "`a.example` is not an origin"],
        vec!["line 12", "names below co.id"],
        vec!["line 13", "Jakarta"],
        vec!["[sites.a] `key`"],
        vec!["[sites.a] `networks`"],
        vec!["line 16", "origins"],
        vec!["[sites.c] `languages`"],
    ] {
        let told = errors
            .iter()
            .filter(|error| words.iter().all(|word| error.contains(word)))
            .count();
        assert_eq!(told, 1, "{words:?} in {errors:#?}");
    }
    assert_eq!(errors.len(), 15, "{errors:#?}");
}

#[test]
fn invalid_toml_is_reported_with_its_line() {
    let errors = parse("listen = \nbots = \"ignore\nx").unwrap_err();
    assert!(
        errors.iter().all(|error| error.contains("at line ")),
        "{errors:?}"
    );
}

#[test]
fn no_error_quotes_a_key_or_a_password() {
    let site = |lines: &str| format!("[sites.a]\norigins = [\"https://a.example\"]\n{lines}");
    for (file, place) in [
        (site("key = T0pSecretT0pSecret42"), "line 3"),
        (site("key = \"T0pSecretT0pSecret42"), "line 3"),
        (site("key = T0pSecretT0pSecret42\""), "line 3"),
        (
            site("key = [\"T0pSecretT0pSecret42\"]"),
            "line 3, column 7, in `sites.a.key`",
        ),
        (site("key = { T0pSecretT0pSecret42 }"), "line 3"),
        (site("key = \"\\T0pSecretT0pSecret42\""), "line 3"),
        (site("key \"T0pSecretT0pSecret42\""), "line 3"),
        (site("keys = \"T0pSecretT0pSecret42\""), "line 3"),
        (site("key = \"T0pSecret\""), "[sites.a] `key`"),
        (
            site("key = \"T0pSecretT0pSecret42\"\nkey = \"T0pSecretT0pSecret43\""),
            "line 4",
        ),
        (site("poll = \"T0pSecretT0pSecret42\""), "line 3"),
        (site("reads = \"T0pSecretT0pSecret42\""), "line 3"),
        (site("noscript_votes = \"T0pSecretT0pSecret42\""), "line 3"),
        (
            site("[limits.reads]\nper_address = \"T0pSecretT0pSecret42\""),
            "per_address",
        ),
        (
            "database = \"redis://u:T0pSecret@h\nlisten = \"127.0.0.1:1\"".into(),
            "line 1",
        ),
        ("database = redis://u:T0pSecret@h".into(), "line 1"),
        ("database = [\"redis://u:T0pSecret@h\"]".into(), "line 1"),
        ("listen = \"redis://u:T0pSecret@h\"".into(), "line 1"),
    ] {
        let errors = parse(&file).unwrap_err();
        assert!(
            !errors.iter().any(|error| error.contains("T0pSecret")),
            "{file}: {errors:#?}"
        );
        assert!(
            errors.iter().any(|error| error.contains(place)),
            "{file}: {errors:#?}"
        );
    }
    let number = site("key = 1234567890987654321");
    assert!(!parse(&number).unwrap_err().join("").contains("67890"));
}

#[test]
fn a_missing_file_is_named() {
    let error = read(Path::new("/nowhere/gema.toml"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("/nowhere/gema.toml") && error.contains("--config"),
        "{error}"
    );
}
