//! The embedded files of the widget, made by `cargo xtask dist` before the build; none if it was not run.

use std::sync::LazyLock;

use wire::Assets;

/// A file of `dist/`, with its compressed forms.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFile {
    /// Path within `dist/`, with `/` as the separator.
    pub path: &'static str,
    /// ETag: a hash of the bytes.
    pub tag: &'static str,
    /// The uncompressed bytes.
    pub bytes: &'static [u8],
    /// Compressed with Brotli, if that is shorter.
    pub br: Option<&'static [u8]>,
    /// Compressed with gzip, if that is shorter.
    pub gz: Option<&'static [u8]>,
}

/// All files; none if the endpoint was built without the widget.
pub static FILES: &[EmbeddedFile] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let Some(list) = FILES.iter().find(|file| file.path == "assets.json") else {
        return Assets::default();
    };
    serde_json::from_slice(list.bytes).unwrap_or_else(|error| {
        tracing::error!(%error, "dist/assets.json is not what it should be: run cargo xtask dist, then build gema again");
        Assets::default()
    })
});

/// The hashed names of the widget's files, with `live.js` only if `live`; empty if the endpoint was built without the
/// widget.
pub fn served_assets(live: bool) -> Assets {
    let mut served = ASSETS.clone();
    if !live {
        served.live.clear();
        served.integrity.live.clear();
    }
    served
}
