//! Segmentation into graphemes and words by Unicode's default rules (UAX 29). The wasm uses the browser's
//! `Intl.Segmenter` instead: the tables for this would double the size of the widget.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::format::{PIECE_SEPARATOR, Unit};

/// See [`crate::format::Format::split`].
pub fn split(unit: Unit, text: &str) -> String {
    let composed: String = text.nfc().filter(|char| *char != PIECE_SEPARATOR).collect();
    let pieces: Vec<&str> = match unit {
        Unit::Grapheme => composed.graphemes(true).collect(),
        Unit::Word => composed.split_word_bounds().collect(),
    };
    pieces.join("\x1f")
}
