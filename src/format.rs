//! How numbers, dates and plurals are written. The browser has this built in (`Intl`), and so has
//! whoever renders on a server; components are handed one and never choose.

use wire::Plural;

use crate::text::fill;

/// Writes in one locale.
pub trait Format {
    /// An integer, with the locale's digits and separators.
    fn number(&self, number: u64) -> String;
    /// A day in full, with its weekday, from `YYYY-MM-DD`: "Selasa, 17 November 2015". What is no
    /// such day is given back as it is.
    fn date(&self, day: &str) -> String;
    /// The CLDR plural category of a number: `one`, `few`, `other` …
    fn plural(&self, number: u64) -> String;
    /// The text in Unicode's composed form (NFC), with [`PIECES`] between each two units.
    fn split(&self, unit: Unit, text: &str) -> String;
}

/// What a text falls into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// What a reader takes for one character: a letter with its marks, an emoji, a flag.
    Grapheme,
    /// Words, and what is between them: spaces, punctuation.
    Word,
}

/// Between two pieces of a split text.
pub const PIECES: char = '\x1f';

/// The language of a tag to write by, without its extensions: `ar` of `ar-u-ca-gregory-nu-latn`. Synthesizers choose no voice by the
/// long tag.
pub fn language(locale: &str) -> &str {
    let extension = locale
        .as_bytes()
        .windows(3)
        .position(|subtag| subtag[0] == b'-' && subtag[2] == b'-');
    &locale[..extension.unwrap_or(locale.len())]
}

/// The text for that many, with the number in its place: "Dibaca 841 kali".
pub fn count(format: &dyn Format, texts: &Plural, number: u64) -> String {
    // In a browser, rules that nobody needs take longer than all the rest.
    let category = if texts.varies() {
        format.plural(number)
    } else {
        String::new()
    };
    fill(texts.text(&category), &[("n", &format.number(number))])
}
