//! A title as long as a network takes it: cut after a word where there is one, never inside a grapheme, and then with "…".

use wire::{Button, Counting};

use crate::{
    format::{Format, Unit},
    text::{cut, join},
};

/// How far before the limit, in bytes, a space still is where the title is cut. What has no space for longer is a script
/// without spaces, or no word.
const NEAR: usize = 100;

/// The title, so that it, a space and the address are within the button's limit. Empty where not even a grapheme and "…" are.
pub fn shorten(title: &str, url: &str, button: &Button, format: &dyn Format) -> String {
    let (title, counting) = (title.trim_ascii(), button.counting);
    let Some(limit) = button.limit else {
        return join(&[title]);
    };
    let room = limit.saturating_sub(1 + button.url_counts.unwrap_or_else(|| weigh(url, counting)));
    let link = button.url_counts.unwrap_or(0);
    // No grapheme counts more than its characters.
    if weigh(title, counting) + link * links(title) <= room {
        return join(&[title]);
    }
    let (mut composed, mut weight, mut ends) = (String::new(), 0, Vec::new());
    each(&format.split(Unit::Grapheme, title), &mut |grapheme| {
        weight += weigh_grapheme(grapheme, counting);
        if composed.as_bytes().last() == Some(&b'.') && begins_a_domain(grapheme.as_bytes().first())
        {
            weight += link;
        }
        composed.push_str(grapheme);
        if weight + weigh("…", counting) <= room {
            ends.push(composed.len());
        }
    });
    if weight <= room {
        return composed;
    }
    let Some(last) = ends.last() else {
        return String::new();
    };
    let (mut at, mut word, mut space) = (0, 0, 0);
    each(&format.split(Unit::Word, title), &mut |piece| {
        // Rules of words alone would part a Thai letter from its vowel.
        if ends.contains(&at) {
            word = at;
            if piece.trim_ascii().is_empty() {
                space = at;
            }
        }
        at += piece.len();
    });
    let end = match (space, word) {
        (1.., _) if space + NEAR >= *last => space,
        (_, 1..) => word,
        _ => *last,
    };
    join(&[composed[..end].trim_ascii_end(), "…"])
}

/// Each piece of a text from [`Format::split`].
fn each(pieces: &str, take: &mut dyn FnMut(&str)) {
    let mut rest = Some(pieces);
    while let Some(text) = rest {
        let (piece, after) = cut(text, b'\x1f');
        take(piece);
        rest = after;
    }
}

/// What the characters of a text count.
fn weigh(text: &str, counting: Counting) -> u32 {
    let weigh = |char| match (counting, char) {
        (Counting::Graphemes, _) => 1,
        // Letters with a dot below, which become two characters when the text is composed.
        (
            _,
            '\u{958}'..='\u{95f}'
            | '\u{9dc}'..='\u{9df}'
            | '\u{a59}'..='\u{a5b}'
            | '\u{a5e}'
            | '\u{b5c}'..='\u{b5d}',
        ) => 2,
        (
            _,
            '\0'..='\u{10ff}'
            | '\u{2000}'..='\u{200d}'
            | '\u{2010}'..='\u{201f}'
            | '\u{2032}'..='\u{2037}',
        ) => 1,
        _ => 2,
    };
    text.chars().map(weigh).sum()
}

fn weigh_grapheme(grapheme: &str, counting: Counting) -> u32 {
    match counting {
        Counting::Graphemes => 1,
        Counting::Weighted if is_emoji(grapheme) => 2,
        Counting::Weighted => weigh(grapheme, counting),
    }
}

/// Whether X counts a grapheme as one emoji: by the blocks that have emoji, whose other symbols are never composed. Of emoji that are
/// joined, only families and professions of men and women are sure to be known to it; others count as their parts.
fn is_emoji(grapheme: &str) -> bool {
    let is_part = |char| {
        matches!(char, '\u{200d}' | '\u{203c}'..='\u{20cf}' | '\u{20e3}' | '\u{2100}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
            | '\u{3297}' | '\u{3299}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e007f}')
    };
    let is_person = matches!(grapheme.chars().next(), Some('👨' | '👩'));
    let is_known = |char| is_part(char) && (is_person || char != '\u{200d}');
    grapheme.ends_with('\u{20e3}') || grapheme.chars().all(is_known)
}

/// How many addresses X and Mastodon may find in a text, each of which they count as they count any: "kompas.com".
fn links(text: &str) -> u32 {
    let is_link = |pair: &&[u8]| pair[0] == b'.' && begins_a_domain(pair.get(1));
    text.as_bytes().windows(2).filter(is_link).count() as u32
}

fn begins_a_domain(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_alphabetic)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
