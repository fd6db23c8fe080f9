use super::*;
use crate::file::parse;

fn warned(text: &str) -> Vec<String> {
    parse(text).unwrap().warnings(None)
}

const UNSUSPICIOUS_SITE: &str = "[sites.a]\norigins = [\"https://a.example\"]\n";

#[test]
fn proxies_that_cover_much_of_the_internet_are_named() {
    let of = |networks: &[String]| {
        let text = format!(
            "trusted_proxies = [{}]\n{UNSUSPICIOUS_SITE}",
            networks.join(", ")
        );
        warned(&text)
    };
    let every_second: Vec<_> = (0..128u32)
        .map(|n| format!("\"{}.{}.0.0/12\"", 11 + n / 8, n % 8 * 32))
        .collect();
    assert!(
        of(&every_second)
            .iter()
            .any(|one| one.contains("large part"))
    );
    // What a large CDN publishes.
    let cdn: Vec<_> = (0..15u32)
        .map(|n| format!("\"104.{}.0.0/14\"", 16 + 4 * n))
        .collect();
    assert_eq!(of(&cdn), Vec::<String>::new());
}

#[test]
fn a_key_of_words_or_sequences_can_be_guessed() {
    use crate::Secret;
    for key in [
        "12345678901234567890",
        "0123456789abcdef0123",
        "abcdefghijklmnopqrst",
        "your-secret-key-goes-here",
        "REPLACE_WITH_A_RANDOM_KEY",
        "zyxwvutsrqponmlkjihg",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertyuiopasdfghjkl1234567890",
        "QWERTZUIOPASDFGHJKLYXCVBNM",
        "azertyuiopqsdfghjklm",
        "1qaz2wsx3edc4rfv5tgb",
        "1q2w3e4r5t6y7u8i9o0p",
        "mnbvcxzlkjhgfdsapoiuytrewq",
        "password-qwertyuiop-asdfgh",
    ] {
        assert!(Secret::new(key).is_guessable(), "{key}");
    }
    for key in [
        "kunci-redaksi-8c1f0a7be94d5523",
        "7d5f2de02f639a3dfefe3fcf4714956b",
        "correct-horse-battery-staple",
    ] {
        assert!(!Secret::new(key).is_guessable(), "{key}");
    }
}

#[test]
fn documents_and_plugin_make_keys_by_the_messages_command() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for file in [
        "docs/articles.md",
        "docs/gema.toml",
        "docs/id/artikel.md",
        "docs/id/wordpress.md",
        "docs/wordpress.md",
        "integrations/wordpress/gema/includes/settings.php",
        "integrations/wordpress/gema/languages/gema-id_ID.po",
    ] {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let commands = text.matches("openssl rand").count();
        assert!(commands > 0, "{file}: no command");
        assert_eq!(commands, text.matches(KEY_COMMAND).count(), "{file}");
    }
}

#[test]
fn a_choice_with_a_price_is_named_with_its_remedy() {
    for (text, words) in [
        ("listen = \"0.0.0.0:80\"", ["`listen`", "trusted_proxies"]),
        (
            "listen = \"unix:/run/g.sock\"",
            ["not trusted", "trusted_proxies = [\"unix\"]"],
        ),
        (
            "trusted_proxies = [\"unix\"]",
            ["not a unix socket", "name the proxy's network"],
        ),
        (
            "trusted_proxies = [\"11.0.0.0/8\"]",
            ["11.0.0.0/8", "only the networks"],
        ),
        (
            "trusted_proxies = [\"2a00::/12\"]",
            ["2a00::/12", "only the networks"],
        ),
        (
            "metrics = \"0.0.0.0:9187\"",
            ["`metrics`", "127.0.0.1:9187"],
        ),
        (
            "trusted_proxies = [\"64:ff9b::/96\"]",
            ["64:ff9b::/96", "all the internet"],
        ),
        (
            "trusted_proxies = [\"::/96\"]",
            ["::/96", "all the internet"],
        ),
        (
            "trusted_proxies = [\"::/64\"]",
            ["::/64", "all the internet"],
        ),
        (
            "trusted_proxies = [\"2001::/32\"]",
            ["2001::/32", "all the internet"],
        ),
        (
            "trusted_proxies = [\"2001:0:4136::/48\"]",
            ["2001:0:4136::/48", "all the internet"],
        ),
        (
            "trusted_proxies = [\"2001::/31\"]",
            ["2001::/31", "all the internet"],
        ),
        (
            "[sites.b]\norigins = [\"https://b.example\"]\nignore = [\"/p/*\", \"/*\"]",
            ["[sites.b] `ignore` has \"/*\"", "\"/p/*\""],
        ),
        (
            "[sites.b]\norigins = [\"https://b.example\"]\nignore = [\"*/**\"]",
            ["[sites.b] `ignore` has \"*/**\"", "no page counts"],
        ),
        (
            "[sites.b]\norigins = [\"https://b.example\"]\nkey = \"qwertyuiop1234567890\"",
            ["[sites.b] `key`", "openssl rand"],
        ),
        (
            "[limits.reads]\nper_address = 0",
            ["`reads.per_address` is 0", "leave it out"],
        ),
        (
            "[limits.reads]\nper_address = 4294967295",
            ["`reads.per_address` is no limit", "leave it out"],
        ),
        (
            "[limits.reads]\nper_address = 4_000_000_000",
            ["`reads.per_address` is no limit", "leave it out"],
        ),
        (
            "[limits.requests.per_address]\nburst = 6_000\nper_hour = 4_000_000_000",
            ["`requests.per_address` is no limit", "leave it out"],
        ),
        (
            "[connections]\nmax = 9_000_000_000_000_000_000",
            ["[connections] `max`", "leave it out"],
        ),
        #[cfg(target_os = "linux")]
        (
            "cache_bytes = 1_000_000_000_000_000",
            ["`cache_bytes` (1000000000000000)", "memory"],
        ),
        (
            "[sites.b]\norigins = [\"https://b.example\"]\n[sites.b.reads]\nafter_ms = 4_000_000_000",
            ["[sites.b] `reads.after_ms`", "leave it out"],
        ),
        (
            "[sites.b]\norigins = [\"https://*.1.2.3.4:8443\"]",
            [
                "[sites.b] `origins` has \"https://*.1.2.3.4:8443\"",
                "without \"*.\"",
            ],
        ),
        (
            "[limits.reads]\nper_ipv4_network = 100",
            ["`reads.per_ipv4_network` (100)", "one reader stops"],
        ),
        (
            "database = \"redis+cluster://h?replicas_acknowledged=0\"",
            ["replicas_acknowledged=0", "leave it out"],
        ),
        (
            "[sites.b]\norigins = [\"https://b.example\"]\nkey = \"your-secret-key-goes-here\"",
            ["[sites.b] `key`", "openssl rand"],
        ),
        ("bots = \"count\"", ["`bots`", "leave it out"]),
        ("cache_bytes = 0", ["`cache_bytes`", "leave it out"]),
        (
            "database = \"redis://h?prefix=x&unsafe=1\"",
            ["unsafe=1", "lose counts"],
        ),
        ("[live]\nmax = 10_000", ["[live]", "10000"]),
        (
            "[sites.b]\norigins = []",
            ["[sites.b] `origins`", "https://news.example"],
        ),
        (
            "[sites.b]\norigins = [\"loopback\"]",
            ["[sites.b] `origins`", "tests only"],
        ),
        (
            "[sites.b]\norigins = []\nopaque_origins = true",
            ["[sites.b] `opaque_origins`", "leave it out"],
        ),
        (
            "[sites.b]\norigins = [\"https://b.example\"]\npoll_closes_after_days = 0",
            ["[sites.b] `poll_closes_after_days`", "leave it out"],
        ),
        (
            "[sites.b]\norigins = [\"https://b.example\"]\nnoscript_votes = false\nclients = { waline = [\"happy\"] }",
            ["[sites.b] `clients`", "noscript_votes"],
        ),
    ] {
        let warned = warned(&format!("{text}\n{UNSUSPICIOUS_SITE}"));
        assert_eq!(warned.len(), 1, "{text}: {warned:?}");
        assert!(
            words.iter().all(|word| warned[0].contains(word)),
            "{text}: {warned:?}"
        );
    }
}

#[test]
fn the_note_of_defaults_escapes_the_database() {
    let note = Config::demo().defaults_used("a\u{202e}\u{9b}b.db").unwrap();
    assert!(note.contains("database a\\u{202e}\\u{9b}b.db)"), "{note}");
}

#[test]
fn a_careful_configuration_has_no_warnings() {
    for text in [
        "",
        "listen = \"unix:/run/gema/gema.sock\"\ntrusted_proxies = [\"unix\"]",
        "listen = \"0.0.0.0:8787\"\ntrusted_proxies = [\"10.0.0.0/8\", \"fc00::/7\", \"104.16.0.0/13\", \"2a06:98c0::/29\"]",
        "metrics = \"10.1.2.3:9187\"",
        "trusted_proxies = [\"::1\", \"2001:db8::/32\", \"2001:4860::/32\"]",
        "[sites.b]\norigins = [\"https://b.example\"]\nignore = [\"/p/*\", \"*/preview\", \"*/\"]",
    ] {
        assert_eq!(
            warned(&format!("{text}\n{UNSUSPICIOUS_SITE}")),
            [""; 0],
            "{text}"
        );
    }
    assert_eq!(Config::demo().warnings(None), [""; 0]);
}

#[test]
fn a_shared_key_and_a_world_readable_file_are_warned_of() {
    let site = |name: &str| {
        format!(
            "[sites.{name}]\norigins = [\"https://a.example\"]\nkey = \"kunci-redaksi-8c1f0a7be94d5523\"\n"
        )
    };
    let both = warned(&(site("a") + &site("b")));
    assert!(
        both.len() == 1 && both[0].contains("[sites.b] `key` is that of [sites.a]"),
        "{both:?}"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    let config = parse(&site("a")).unwrap();
    #[cfg(unix)]
    for (mode, warnings) in [(0o640, 0), (0o644, 1)] {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(
            config.warnings(Some(file.path())).len(),
            warnings,
            "{mode:o}"
        );
    }
}
