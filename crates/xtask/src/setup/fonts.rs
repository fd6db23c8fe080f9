//! Whether the system can draw emoji: without such a font, screenshots show boxes where the poll's faces are.

use std::path::{Path, PathBuf};

/// A file that looks like an emoji font, in the places where systems keep fonts.
pub(crate) fn with_emoji() -> Option<String> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let places = ["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts"].map(PathBuf::from);
    let own = [".local/share/fonts", ".fonts"].map(|dir| home.join(dir));
    places.iter().chain(&own).find_map(|dir| emoji_font(dir))
}

fn emoji_font(dir: &Path) -> Option<String> {
    std::fs::read_dir(dir).ok()?.flatten().find_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.file_type().ok()?.is_dir() {
            true => emoji_font(&entry.path()),
            false => name.to_lowercase().contains("emoji").then_some(name),
        }
    })
}
