use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use wire::{ButtonKind, Network};

use super::*;
use crate::indonesian::Indonesian;

const URL: &str = "https://news.example/2026/11/banjir";

fn button(limit: u32, counting: Counting, url_counts: Option<u32>) -> Button {
    let key = Network::parse("somewhere").unwrap();
    let (kind, label, limit) = (ButtonKind::Link, String::new(), Some(limit));
    Button {
        key,
        kind,
        label,
        mark: None,
        href: None,
        phone: None,
        limit,
        counting,
        url_counts,
    }
}

fn bluesky() -> Button {
    button(300, Counting::Graphemes, None)
}

fn x() -> Button {
    button(280, Counting::Weighted, Some(23))
}

fn mastodon() -> Button {
    button(500, Counting::Graphemes, Some(23))
}

/// Space for the title in a post on X.
const ROOM: usize = 280 - 23 - 1;

fn cut_for(button: &Button, title: &str) -> String {
    shorten(title, URL, button, &Indonesian)
}

#[test]
fn a_title_that_fits_is_shared_as_it_is() {
    for title in [
        "Banjir",
        "",
        &"a".repeat(ROOM),
        &"日".repeat(ROOM / 2),
        &"👨‍👩‍👧‍👦".repeat(ROOM / 2),
    ] {
        assert_eq!(cut_for(&x(), title), title);
    }
    let unlimited = Button { limit: None, ..x() };
    assert_eq!(cut_for(&unlimited, &"kata ".repeat(900)).len(), 4_499);
    assert_eq!(
        cut_for(&bluesky(), &"🇮🇩".repeat(300 - 1 - URL.len()))
            .graphemes(true)
            .count(),
        264
    );
}

#[test]
fn a_longer_one_ends_after_a_word_with_an_ellipsis() {
    let cut = cut_for(&x(), &"banjir kanal ".repeat(30));
    assert_eq!(
        cut,
        "banjir kanal ".repeat(19).trim_end().to_owned() + " banjir…"
    );
    assert_eq!(
        cut_for(
            &button(20, Counting::Graphemes, Some(9)),
            "Air, air di mana-mana"
        ),
        "Air, air…"
    );
    // A word ends exactly at the limit.
    assert_eq!(
        cut_for(&button(16, Counting::Graphemes, Some(9)), "Kanal banjir"),
        "Kanal…"
    );
    // A single word that is too long is cut inside.
    assert_eq!(
        cut_for(&button(16, Counting::Graphemes, Some(9)), "Ketidakadilan"),
        "Ketid…"
    );
    // There is no space for any title.
    assert_eq!(
        cut_for(&button(11, Counting::Graphemes, Some(9)), "Ketidakadilan"),
        ""
    );
    assert_eq!(
        cut_for(&button(5, Counting::Graphemes, None), "Ketidakadilan"),
        ""
    );
}

#[test]
fn scripts_without_spaces_are_cut_between_graphemes() {
    let thai = "น้ำท่วม".repeat(80);
    let cut = cut_for(&bluesky(), &thai);
    let start = cut.strip_suffix('…').unwrap();
    assert_eq!(start.graphemes(true).count(), 300 - 2 - URL.len());
    assert!(
        thai.starts_with(start) && thai[start.len()..].starts_with(['น', 'ท', 'ว', 'ม']),
        "{cut}"
    );
    // The only space is near the beginning; cutting there would drop almost everything.
    let cut = cut_for(&x(), &format!("ข่าว {thai}"));
    assert!(cut.chars().count() > 200, "{cut}");
}

/// Weights according to `parseTweet` of twitter-text 3.1.0.
const COUNTED_BY_X: [(&str, u32); 31] = [
    ("a", 1),
    ("©", 1),
    ("™", 2),
    ("☃", 2),
    ("☃\u{fe0f}", 2),
    ("1\u{fe0f}\u{20e3}", 2),
    ("1\u{20e3}", 2),
    ("👨‍👩‍👧‍👦", 2),
    ("🇮🇩", 2),
    ("👍🏽", 2),
    ("👩🏽‍🚀", 2),
    ("👩‍❤️‍👨", 2),
    ("🧑‍🤝‍🧑", 8),
    ("🐦‍🔥", 5),
    (
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        2,
    ),
    ("क", 1),
    ("\u{958}", 2),
    ("\u{9df}", 2),
    ("क्ष", 3),
    ("e\u{301}", 1),
    ("…", 2),
    ("日", 2),
    ("か\u{309b}", 4),
    ("→", 2),
    ("한", 2),
    ("\u{1112}\u{1161}\u{11ab}", 2),
    ("’", 1),
    ("—", 1),
    ("\u{200b}", 1),
    ("㊙", 2),
    ("กำ", 2),
];

#[test]
fn characters_count_as_x_counts_them() {
    for (text, counted) in COUNTED_BY_X {
        let composed: String = text.nfc().collect();
        let weight: u32 = composed
            .graphemes(true)
            .map(|piece| weigh_grapheme(piece, Counting::Weighted))
            .sum();
        assert_eq!(weight, counted, "{text}");
        let times = ROOM / counted as usize;
        let (fits, longer) = (text.repeat(times), text.repeat(times + 1));
        let whole: String = fits.nfc().collect();
        assert_eq!(
            cut_for(&x(), &fits).nfc().collect::<String>(),
            whole,
            "{text}"
        );
        assert!(cut_for(&x(), &longer).ends_with('…'), "{text}");
    }
}

#[test]
fn a_site_named_in_the_title_may_count_as_an_address() {
    // "kompas.com" has 10 characters, and X counts 23.
    let title = format!("kompas.com {}", "a".repeat(ROOM - 23));
    assert!(cut_for(&x(), &title).ends_with('…'));
    assert_eq!(
        cut_for(&x(), &format!("1.500 orang {}", "a".repeat(ROOM - 12))).len(),
        ROOM
    );
}

/// Random titles of pieces that are easily cut wrongly.
fn any_title() -> impl Strategy<Value = String> {
    let pieces = COUNTED_BY_X.map(|(text, _)| text);
    const WORDS: [&str; 13] = [
        "kata",
        "Banjir",
        "e-Government",
        "kompas.com",
        "đường",
        "ক্ষমতা",
        "ข่าวน้ำท่วม",
        "전국",
        "洪水",
        "مياه",
        "!",
        "(",
        "“x”",
    ];
    let piece = prop_oneof![
        4 => Just(" ".to_owned()),
        3 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned).boxed(),
        3 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned),
        1 => "\\PC".prop_map(|char| char),
        1 => Just("\u{301}".to_owned()),
    ];
    prop::collection::vec(piece, 0..400).prop_map(|pieces| pieces.concat())
}

fn any_button() -> impl Strategy<Value = Button> {
    let buttons = prop_oneof![Just(bluesky()), Just(x()), Just(mastodon())];
    (buttons, 0..300_u32).prop_map(|(button, less)| Button {
        limit: button.limit.map(|limit| limit.max(less) - less),
        ..button
    })
}

/// The length of the shared text as the network counts it.
fn counted(text: &str, button: &Button) -> u32 {
    let graphemes = text
        .graphemes(true)
        .map(|piece| weigh_grapheme(piece, button.counting))
        .sum::<u32>();
    // Addresses in the title are counted in addition to their characters, which is more than any network counts.
    let named = text
        .match_indices('.')
        .filter(|(at, _)| text[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic()));
    graphemes + button.url_counts.unwrap_or(0) * named.count() as u32
}

proptest! {
    #[test]
    fn any_title_is_cut_between_graphemes_after_a_word(title in any_title(), button in any_button()) {
        let cut = cut_for(&button, &title);
        let title: String = title.trim_ascii().nfc().collect();
        let Some(start) = cut.strip_suffix('…').filter(|_| cut.nfc().ne(title.chars())) else {
            let whole: String = cut.nfc().collect();
            prop_assert!(whole == title || whole.is_empty(), "{whole}");
            return Ok(());
        };
        let url = button.url_counts.unwrap_or(URL.chars().count() as u32);
        prop_assert!(counted(&cut, &button) + 1 + url <= button.limit.unwrap(), "{cut}");
        let rest = title.strip_prefix(start);
        prop_assert!(rest.is_some(), "{cut}");
        let rest = rest.unwrap();
        prop_assert!(title.graphemes(true).count() == start.graphemes(true).count() + rest.graphemes(true).count(), "{cut}");
        // The cut is after a word, unless only part of a word fits.
        let bounds: Vec<usize> = title.split_word_bound_indices().map(|(at, _)| at).collect();
        let graphemes: Vec<usize> = title.grapheme_indices(true).map(|(at, _)| at).collect();
        let has_bound = bounds.iter().any(|at| (1..=start.len()).contains(at) && graphemes.contains(at));
        prop_assert!(!has_bound || bounds.contains(&start.len()), "{cut}");
        let spaces = title.split_word_bound_indices().filter(|(at, piece)| piece.trim_ascii().is_empty() && graphemes.contains(at));
        let last = spaces.map(|(at, _)| at).rfind(|at| *at <= start.len()).unwrap_or(0);
        prop_assert!(last == 0 || start.len() - last > 20 || rest.starts_with(' '), "{cut}");
    }
}
