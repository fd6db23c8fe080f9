#!/bin/sh
# unicode-segmentation: one would expect each word boundary to be a grapheme boundary as well, so that a text can be cut at a word without a
# further look. In Thai and Lao it is not: the default rules of UAX 29 part SARA AM from its consonant, with which it is one grapheme.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "words"
version = "0.0.0"
edition = "2021"
[dependencies]
unicode-segmentation = "=1.13.3"
[workspace]
TOML
cat > src/main.rs <<'RS'
use unicode_segmentation::UnicodeSegmentation;

fn main() {
    let water = "น้ำ";
    let graphemes: Vec<_> = water.graphemes(true).collect();
    let words: Vec<_> = water.split_word_bounds().collect();
    println!("unicode-segmentation 1.13.3, Unicode {:?}", unicode_segmentation::UNICODE_VERSION);
    println!("graphemes {graphemes:?}, words: expected the same, seen {words:?}");
    assert!(graphemes.len() == 1 && words.len() == 2, "that has changed");
}
RS
CARGO_TARGET_DIR="$work/target" cargo run --quiet
