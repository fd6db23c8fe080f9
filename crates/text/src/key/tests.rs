use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    about: String,
    input: String,
    key: String,
}

#[test]
fn article_key_matches_the_loader() {
    let vectors = include_str!("../../../../tests/fixtures/keys.json");
    for Vector { about, input, key } in serde_json::from_str::<Vec<Vector>>(vectors).unwrap() {
        assert_eq!(article_key(&input).unwrap().as_str(), key, "{about}");
        assert_eq!(
            article_key(&key).unwrap().as_str(),
            key,
            "{about}: the key of a key"
        );
    }
}

#[test]
fn article_key_is_the_same_for_any_composition() {
    assert_eq!(article_key("cafe\u{301}"), article_key("caf\u{e9}"));
    assert_eq!(
        article_key("/index.php?id=123").unwrap().as_str(),
        "/index.php?id=123"
    );
}

#[test]
fn is_path_rejects_sentences_and_other_hosts() {
    let is_path = |text: &str| is_path(&article_key(text).unwrap());
    for path in [
        "/",
        "/2015/11/fgd.html",
        "/index.php?id=123&a=b",
        "/berita/%C3%A9/caf\u{e9}",
        "/خبر/۱",
        "/a#!/b",
        "/@a/b~c",
        "/l'article",
        "/a.html",
        "/.../a",
        "/..a/b..",
        "/a?b=/../c",
        "/e\u{301}\u{302}\u{303}",
    ] {
        assert!(is_path(path), "{path}");
    }
    for other in [
        "fgd",
        "//other.example/x",
        "/\\other.example/x",
        "\\\\other.example",
        "https://other.example/",
        "javascript:alert(1)",
        "Buy now",
        "/Buy now",
        "/Buy\u{a0}now",
        "/a\u{202e}b",
        "/a\u{2028}b",
        "/<b>a",
        "/\"a",
        "/..//other.example/x",
        "/.//other.example/x",
        "/%2e%2e//other.example/x",
        "/.%2E/x",
        "/a/../..//other.example/x",
        "/a/..",
        "/./a",
        "/e\u{316}\u{317}\u{318}\u{319}\u{31c}\u{31d}\u{31e}",
    ] {
        assert!(!is_path(other), "{other}");
    }
}

#[test]
fn article_key_rejects_blank_and_control_characters() {
    let long = "a".repeat(MAX_TEXT_BYTES + 1);
    for text in ["", " \n", "\u{a0}", "a\nb", "a\u{0}", "a\u{85}b", &long] {
        assert!(article_key(text).is_err(), "{text:?}");
    }
    assert!(article_key(&long[1..]).is_ok());
}

#[test]
fn a_path_with_blank_letters_is_no_path() {
    let is = |text: &str| is_path(&article_key(text).unwrap());
    for blank in [
        '\u{2800}',
        '\u{3164}',
        '\u{ffa0}',
        '\u{200b}',
        '\u{ad}',
        '\u{2060}',
        '\u{e0041}',
        '\u{180b}',
    ] {
        assert!(!is(&format!("/BUY{blank}PILLS")), "{:x}", u32::from(blank));
    }
    // Words of Persian and Hindi, and an emoji.
    for path in ["/می\u{200c}روم", "/क्\u{200d}ष", "/❤\u{fe0f}"] {
        assert!(is(path), "{path}");
    }
}

#[test]
fn is_path_rejects_every_blank_and_unknown_character() {
    use icu_properties::{
        CodePointMapData, CodePointSetData,
        props::{DefaultIgnorableCodePoint, GeneralCategory},
    };
    let categories = CodePointMapData::<GeneralCategory>::new();
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let is_path = |text: String| is_path(&ArticleKey::parse(&text).unwrap());
    for c in '\u{a0}'..=char::MAX {
        let category = categories.get(c);
        if ignorable.contains(c) || category == GeneralCategory::Format {
            for text in [format!("/a{c}b"), format!("/{c}"), format!("/a{c}")] {
                assert!(!is_path(text), "{:x}", c as u32);
            }
        }
        let is_unknown = [GeneralCategory::Unassigned, GeneralCategory::PrivateUse];
        // A sample of the million.
        if is_unknown.contains(&category) && u32::from(c).is_multiple_of(8) {
            assert!(!is_path(format!("/a{c}b")), "{:x}", c as u32);
        }
    }
    for c in [
        '\u{2800}',
        '\u{1d159}',
        '\u{180e}',
        '\u{e000}',
        '\u{378}',
        '\u{3164}',
    ] {
        assert!(!is_path(format!("/a{c}b")), "{:x}", c as u32);
    }
}

#[test]
fn is_path_accepts_the_joiners_of_words() {
    for path in [
        "/می\u{200c}خواهم",
        "/\u{d28}\u{d4d}\u{200d}",
        "/\u{915}\u{94d}\u{200d}\u{937}",
        "/\u{2764}\u{fe0f}",
        "/日本/caf\u{e9}",
    ] {
        assert!(is_path(&article_key(path).unwrap()), "{path}");
    }
}
