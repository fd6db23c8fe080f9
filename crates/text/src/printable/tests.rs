use super::*;

#[test]
fn printable_escapes_terminal_controls() {
    assert_eq!(
        printable("/a\u{202e}b\u{2066}c\u{200f}"),
        "/a\\u{202e}b\\u{2066}c\\u{200f}"
    );
    assert_eq!(
        printable("a\u{1b}[2J\r\n\u{2028}"),
        "a\\u{1b}[2J\\u{d}\\u{a}\\u{2028}"
    );
    assert_eq!(printable("a\u{9b}2J\u{7f}"), "a\\u{9b}2J\\u{7f}");
}

#[test]
fn texts_that_differ_in_an_invisible_character_look_different() {
    for invisible in [
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{180e}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{2060}',
        '\u{2063}',
        '\u{3164}',
        '\u{fe00}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{e0001}',
        '\u{e0061}',
        '\u{e01ef}',
    ] {
        for (start, end) in [("/a", "b"), ("/a", ""), ("/", "a"), ("/\u{e9}", "\u{e9}")] {
            let text = format!("{start}{invisible}{end}");
            let escaped = format!("{start}{}{end}", invisible.escape_unicode());
            assert_eq!(printable(&text), escaped);
        }
    }
    // The second of two joiners changes nothing.
    assert_eq!(
        printable("\u{645}\u{200c}\u{200c}\u{62e}"),
        "\u{645}\\u{200c}\\u{200c}\u{62e}"
    );
}

#[test]
fn what_a_word_or_an_emoji_needs_is_kept() {
    for text in [
        "می\u{200c}خواهم بérita",
        // A conjunct, a half form, and Malayalam's final consonant.
        "\u{915}\u{94d}\u{200c}\u{937}",
        "\u{915}\u{94d}\u{200d} a",
        "\u{d28}\u{d4d}\u{200d}",
        "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "\u{6dd}\u{661}",
    ] {
        assert_eq!(printable(text), text);
    }
}

#[test]
fn printable_json_has_the_same_meaning_and_no_hidden_character() {
    let texts: Vec<String> = ('\0'..=char::MAX)
        .filter(|c| is_hidden(*c))
        .map(|c| format!("a{c}b"))
        .collect();
    assert!(texts.len() > 400, "{}", texts.len());
    let json = serde_json::to_string_pretty(&texts).unwrap();
    let shown = printable_json(&json);
    assert!(!shown.contains(|c| c != '\n' && is_hidden(c)));
    assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), texts);
    assert_eq!(
        printable_json("{\n  \"a\": \"\u{9b}\u{202e}\u{e0001}é\"\n}"),
        "{\n  \"a\": \"\\u009b\\u202e\\udb40\\udc01é\"\n}"
    );
}
