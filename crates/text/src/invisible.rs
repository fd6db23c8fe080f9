//! Characters that are shown as nothing, by the tables of Unicode.

use std::ops::RangeInclusive;

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{CanonicalCombiningClass, DefaultIgnorableCodePoint, GeneralCategory},
};

/// The joiners of Persian, Indic scripts and emojis.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Variation selector 16: displays the symbol before it as an emoji.
const EMOJI_SELECTOR: char = '\u{fe0f}';

/// Free variation selectors: select the form of the Mongolian letter before them.
const MONGOLIAN_SELECTORS: RangeInclusive<char> = '\u{180b}'..='\u{180f}';
const MONGOLIAN_LETTERS: RangeInclusive<char> = '\u{1820}'..='\u{18aa}';

/// The first letter beyond Latin, Greek, Cyrillic and Armenian, whose words need no joiner.
const FIRST_JOINED: char = '\u{590}';

/// Whether a character is a format character, or shown as nothing by a program that does not know it.
pub(crate) fn is_invisible(c: char) -> bool {
    // Nearly every character of a key: no table has ASCII's.
    !c.is_ascii() && (is_ignorable(c) || category(c) == GeneralCategory::Format)
}

/// Whether a character is in no font: unassigned, or for private use.
pub(crate) fn is_unknown(c: char) -> bool {
    matches!(
        category(c),
        GeneralCategory::Unassigned | GeneralCategory::PrivateUse
    )
}

fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

/// Whether an invisible character may be [needed](is_needed).
pub(crate) fn may_be_needed(c: char) -> bool {
    JOINERS.contains(&c) || c == EMOJI_SELECTOR || MONGOLIAN_SELECTORS.contains(&c)
}

/// Whether an invisible character changes how its neighbours look: a joiner after a virama or between letters of scripts
/// that join them, and the selector of an emoji or of a Mongolian letter. Elsewhere, a text with it looks the same as without.
pub(crate) fn is_needed(c: char, before: Option<char>, after: Option<char>) -> bool {
    let joins = |c: char| c >= FIRST_JOINED && (c == EMOJI_SELECTOR || !is_invisible(c));
    match c {
        EMOJI_SELECTOR => before.is_some_and(|c| c >= FIRST_JOINED && !is_invisible(c)),
        _ if MONGOLIAN_SELECTORS.contains(&c) => {
            before.is_some_and(|c| MONGOLIAN_LETTERS.contains(&c))
        }
        _ if JOINERS.contains(&c) => {
            before.is_some_and(is_virama) || before.is_some_and(joins) && after.is_some_and(joins)
        }
        _ => false,
    }
}

/// Whether a mark removes the vowel of the Indic letter before it.
fn is_virama(c: char) -> bool {
    CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama
}
