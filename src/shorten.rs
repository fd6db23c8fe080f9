//! Shortens a title to the limit of a network: cuts after a word if possible, never inside a grapheme, and appends "…".

use wire::{Button, Counting};

use crate::{
    format::{Format, Unit},
    text::{cut, join},
};

/// Maximum distance, in bytes, between the limit and the space at which the title is cut. A longer piece without spaces
/// is in a script without spaces, or is no word.
const MAX_CUT_BYTES: usize = 100;

/// Shortens the title so that title, space and address are within the button's limit. Empty if not even a grapheme and
/// "…" fit.
pub fn shorten(title: &str, url: &str, button: &Button, format: &dyn Format) -> String {
    let (title, counting) = (title.trim_ascii(), button.counting);
    let Some(limit) = button.limit else {
        return join(&[title]);
    };
    let room = limit.saturating_sub(1 + button.url_counts.unwrap_or_else(|| weigh(url, counting)));
    let link = button.url_counts.unwrap_or(0);
    // A grapheme never weighs more than its characters together.
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
        // Word boundaries may be inside a grapheme: the rules for words separate some Thai vowels from their consonant.
        if ends.contains(&at) {
            word = at;
            if piece.trim_ascii().is_empty() {
                space = at;
            }
        }
        at += piece.len();
    });
    let end = match (space, word) {
        (1.., _) if space + MAX_CUT_BYTES >= *last => space,
        (_, 1..) => word,
        _ => *last,
    };
    join(&[composed[..end].trim_ascii_end(), "…"])
}

/// Calls `take` for each piece of a text from [`Format::split`].
fn each(pieces: &str, take: &mut dyn FnMut(&str)) {
    let mut rest = Some(pieces);
    while let Some(text) = rest {
        let (piece, after) = cut(text, b'\x1f');
        take(piece);
        rest = after;
    }
}

/// The weight of a text's characters.
fn weigh(text: &str, counting: Counting) -> u32 {
    let weigh = |char| match (counting, char) {
        (Counting::Graphemes, _) => 1,
        // Letters that become two characters in the composed form (NFC).
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

/// Whether X counts a grapheme as one emoji: if all its characters are in the blocks with emoji, whose other symbols
/// are never joined. Of joined emoji, only families and professions of men and women are surely known to X; the others
/// count as their parts.
fn is_emoji(grapheme: &str) -> bool {
    let is_part = |char| {
        matches!(char, '\u{200d}' | '\u{203c}'..='\u{20cf}' | '\u{20e3}' | '\u{2100}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
            | '\u{3297}' | '\u{3299}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e007f}')
    };
    let is_person = matches!(grapheme.chars().next(), Some('👨' | '👩'));
    let is_known = |char| is_part(char) && (is_person || char != '\u{200d}');
    grapheme.ends_with('\u{20e3}') || grapheme.chars().all(is_known)
}

/// Number of addresses that X and Mastodon may recognise in a text, such as "kompas.com". They count each recognised
/// address with the fixed length of addresses.
fn links(text: &str) -> u32 {
    let is_link = |pair: &&[u8]| pair[0] == b'.' && begins_a_domain(pair.get(1));
    text.as_bytes().windows(2).filter(is_link).count() as u32
}

fn begins_a_domain(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_alphabetic)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
