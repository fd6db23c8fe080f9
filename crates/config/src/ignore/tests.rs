use super::*;

fn matches(pattern: &str, key: &str) -> bool {
    KeyPattern::try_from(pattern.to_owned())
        .unwrap()
        .matches(&article_key(key).unwrap())
}

#[test]
fn a_star_matches_any_characters_and_others_themselves() {
    for (pattern, key) in [
        ("/p/*", "/p/0123-abcd/"),
        ("/p/*", "/p/"),
        ("*/preview", "/a/b/preview"),
        ("*preview=true*", "/?p=7&preview=true"),
        ("/*/edit/*/", "/admin/edit/7/"),
        ("/a*a", "/aa"),
        ("*ab*ab", "xabab"),
        ("/cafe\u{301}/*", "/caf\u{e9}/a"),
        ("/p?q=[1]", "/p?q=[1]"),
        ("fgd", "fgd"),
    ] {
        assert!(matches(pattern, key), "{pattern} {key}");
    }
    for (pattern, key) in [
        ("/p/*", "/p"),
        ("/p/*", "/a/p/x"),
        ("/P/*", "/p/a"),
        ("/a*a", "/a"),
        ("*ab*ab", "xab"),
        ("/p?q", "/paq"),
        ("fgd", "fgd-2015"),
    ] {
        assert!(!matches(pattern, key), "{pattern} {key}");
    }
}

#[test]
fn a_long_key_is_ignored_by_its_beginning_or_in_full() {
    let long = format!("/p/{}", "a".repeat(300));
    assert!(
        matches("/p/*", &long) && matches(&long, &long) && !matches(&format!("{long}b"), &long)
    );
}

#[test]
fn an_ignore_pattern_for_everything_or_nothing_is_refused() {
    for (pattern, word) in [
        ("", "/p/*"),
        ("*", "every article"),
        ("**", "every article"),
        (" /p/*", "white space"),
        ("/p/*\n", "white space"),
        ("a\u{0}*", "control"),
        ("a\nb", "control"),
        (&format!("{}*", "a".repeat(200)), "200 bytes"),
    ] {
        let error = KeyPattern::try_from(pattern.to_owned()).unwrap_err();
        assert!(error.contains(word), "{pattern:?}: {error}");
    }
}
