//! Whether the system has fonts for emoji and every language's script: without them, screenshots show boxes, and
//! measured widths are meaningless.

use std::path::{Path, PathBuf};

use super::debian;

/// The fonts needed: the package, and parts of the file name that such a font has on some system.
pub(super) const NEEDED: [(&str, &[&str]); 3] = [
    (debian::EMOJI, &["emoji"]),
    (debian::SCRIPTS, &["tamil"]),
    (
        debian::CJK,
        &["droidsansfallback", "cjk", "pingfang", "hiragino"],
    ),
];

/// A font file whose name contains one of these parts, in the usual font directories.
pub(super) fn named(names: &[&str]) -> Option<String> {
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let places = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
    ]
    .map(PathBuf::from);
    let own = [".local/share/fonts", ".fonts"].map(|dir| home.join(dir));
    places.iter().chain(&own).find_map(|dir| within(dir, names))
}

fn within(dir: &Path, names: &[&str]) -> Option<String> {
    std::fs::read_dir(dir).ok()?.flatten().find_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.file_type().ok()?.is_dir() {
            true => within(&entry.path(), names),
            false => names
                .iter()
                .any(|part| name.to_lowercase().contains(part))
                .then_some(name),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_found_by_a_part_of_its_files_name() {
        let dir = std::env::temp_dir().join(format!("gema-fonts-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("noto")).unwrap();
        std::fs::write(dir.join("noto/NotoSansTamil-Regular.ttf"), "").unwrap();
        let found = (within(&dir, &["thai", "tamil"]), within(&dir, &["cjk"]));
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(found, (Some("NotoSansTamil-Regular.ttf".into()), None));
    }
}
