//! Formatting of numbers, dates and plurals. Browsers have it built in (`Intl`), and the endpoint implements it;
//! components get a formatter from their caller.

use wire::Plural;

use crate::text::fill;

/// Formatter for one locale.
pub trait Format {
    /// An integer, with the locale's digits and separators.
    fn number(&self, number: u64) -> String;
    /// A date in full, with its weekday, from `YYYY-MM-DD`: "Selasa, 17 November 2015". An invalid date is returned
    /// unchanged.
    fn date(&self, day: &str) -> String;
    /// The CLDR plural category of a number: `one`, `few`, `other` …
    fn plural(&self, number: u64) -> String;
    /// The text in Unicode's composed form (NFC), with [`PIECE_SEPARATOR`] between adjacent units.
    fn split(&self, unit: Unit, text: &str) -> String;
}

/// Unit of segmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A user-perceived character: a letter with its marks, an emoji, a flag.
    Grapheme,
    /// A word, or the spaces or punctuation between two words.
    Word,
}

/// Separator of the pieces of a split text.
pub const PIECE_SEPARATOR: char = '\x1f';

/// The `lang` attribute for a locale: the tag without its extensions, `ar` for `ar-u-ca-gregory-nu-latn`. Speech
/// synthesizers find no voice for the long tag.
pub fn language(locale: &str) -> &str {
    let extension = locale
        .as_bytes()
        .windows(3)
        .position(|subtag| subtag[0] == b'-' && subtag[2] == b'-');
    &locale[..extension.unwrap_or(locale.len())]
}

/// The text for a number, with the number inserted: "Dibaca 841 kali".
pub fn count(format: &dyn Format, texts: &Plural, number: u64) -> String {
    // Avoid creating the browser's plural rules for texts that do not vary: that takes longer than everything else.
    let category = if texts.varies() {
        format.plural(number)
    } else {
        String::new()
    };
    fill(texts.text(&category), &[("n", &format.number(number))])
}
