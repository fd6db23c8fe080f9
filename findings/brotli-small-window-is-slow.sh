#!/bin/sh
# The Rust crate `brotli` compresses a small text many times slower with a window of 64 KiB than with one of 256 KiB.
#
# One would expect: a smaller window takes no longer. The text of 8 KB fits into either, and the encoder in C
# (PyPI: brotli 1.2.0) takes the same time for both at this quality.
# Seen with brotli 8.0.4 at quality 5: about 0.13 ms with lgwin = 18, and about 1.7 ms with lgwin = 16. Which of the two is the
# shorter one depends on the text.
# Fails if the ratio is no longer above 4.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/src"
cat > "$dir/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
brotli = { version = "=8.0.4", default-features = false, features = ["std"] }

[workspace]
TOML
cat > "$dir/src/main.rs" <<'RUST'
use std::time::{Duration, Instant};

use brotli::enc::BrotliEncoderParams;

fn pack(text: &[u8], lgwin: i32) -> Vec<u8> {
    let parameters = BrotliEncoderParams { quality: 5, lgwin, size_hint: text.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*text, &mut packed, &parameters).unwrap();
    packed
}

fn best(text: &[u8], lgwin: i32) -> Duration {
    let once = |_| {
        let begun = Instant::now();
        std::hint::black_box(pack(text, lgwin));
        begun.elapsed()
    };
    (0..50).map(once).min().unwrap()
}

fn main() {
    let line = |n: u32| format!("<li><button name=\"option\" value=\"{}\">{} of {}</button></li>\n", n % 7, n * n, n * 31 % 97);
    let text: String = (0..140).map(line).collect();
    let (small, large) = (best(text.as_bytes(), 16), best(text.as_bytes(), 18));
    println!("brotli 8.0.4, quality 5, a text of {} bytes", text.len());
    println!("expected: lgwin = 16 takes about as long as lgwin = 18");
    for (lgwin, time) in [(16, small), (18, large)] {
        println!("seen: lgwin = {lgwin}: {} bytes in {time:?}", pack(text.as_bytes(), lgwin).len());
    }
    let ratio = small.as_secs_f64() / large.as_secs_f64();
    println!("ratio: {ratio:.1}");
    if ratio <= 4.0 {
        println!("this has changed");
        std::process::exit(1);
    }
}
RUST
CARGO_TARGET_DIR="$dir/target" cargo run --quiet --release --manifest-path "$dir/Cargo.toml"
