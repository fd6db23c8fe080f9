//! The files that the binary has inside: what `cargo xtask dist` made before it was built, and nothing if it was not run.

use std::sync::LazyLock;

use wire::Assets;

/// One file of `dist/`, with its compressed forms.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its name within `dist/`, with `/` between its parts.
    pub path: &'static str,
    /// The same for the same bytes.
    pub tag: &'static str,
    /// As it is.
    pub bytes: &'static [u8],
    /// By Brotli, where that is shorter.
    pub br: Option<&'static [u8]>,
    /// By gzip, where that is shorter.
    pub gz: Option<&'static [u8]>,
}

/// All of them; none where the endpoint was built without the widget.
pub static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

static SERVED: LazyLock<Assets> = LazyLock::new(|| {
    let Some(list) = FILES.iter().find(|file| file.path == "assets.json") else { return Assets::default() };
    serde_json::from_slice(list.bytes).unwrap_or_else(|error| {
        tracing::error!(%error, "dist/assets.json is not what it should be: run cargo xtask dist, then build gema again");
        Assets::default()
    })
});

/// The hashed names of the widget's files, with the one that listens where counts are live; empty where the binary was built
/// without them.
pub fn served(live: bool) -> Assets {
    let mut served = SERVED.clone();
    if !live {
        served.live.clear();
        served.integrity.live.clear();
    }
    served
}
