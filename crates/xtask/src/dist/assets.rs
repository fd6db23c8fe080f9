//! The widget's files under names made of their content, and the manifest that tells the endpoint about them.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256, Sha384};

/// A file that may be kept for ever: other content is another name.
pub(crate) struct Asset {
    /// Its path in `dist/`.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) content: Vec<u8>,
}

/// The files that embed.js loads, and what listens to counts that change.
pub(crate) struct Assets {
    pub(crate) js: Asset,
    pub(crate) wasm: Asset,
    pub(crate) css: Asset,
    pub(crate) live: Asset,
}

impl Asset {
    /// Names it: `assets/widget-` + the first 12 hex digits of its SHA-256.
    pub(crate) fn new(extension: &str, content: Vec<u8>) -> Self {
        let mut path = "assets/widget-".to_owned();
        for byte in &Sha256::digest(&content)[..6] {
            // Writing to a string cannot fail.
            let _ = write!(path, "{byte:02x}");
        }
        path.push('.');
        path.push_str(extension);
        Self { path, content }
    }

    /// Subresource integrity: what an `integrity` attribute says.
    pub(super) fn integrity(&self) -> String {
        format!("sha384-{}", STANDARD.encode(Sha384::digest(&self.content)))
    }
}

impl Assets {
    /// All of them.
    pub(crate) fn all(&self) -> [&Asset; 4] {
        [&self.js, &self.wasm, &self.css, &self.live]
    }

    /// `assets.json`.
    pub(crate) fn manifest(&self) -> String {
        let Self { js, wasm, css, live } = self;
        let integrity = json!({
            "js": js.integrity(), "wasm": wasm.integrity(), "css": css.integrity(), "live": live.integrity(),
        });
        json!({ "js": js.path, "wasm": wasm.path, "css": css.path, "live": live.path, "integrity": integrity })
            .to_string()
    }
}

#[cfg(test)]
pub(crate) fn sample() -> Assets {
    let asset = |extension: &str| Asset::new(extension, b"hello".to_vec());
    Assets { js: asset("js"), wasm: asset("wasm"), css: asset("css"), live: asset("js") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_the_content() {
        assert_eq!(sample().js.path, "assets/widget-2cf24dba5fb0.js");
        assert_ne!(Asset::new("js", b"hello!".to_vec()).path, sample().js.path);
    }

    #[test]
    fn the_manifest_names_each_file_and_vouches_for_it() {
        let manifest: serde_json::Value = serde_json::from_str(&sample().manifest()).unwrap();
        assert_eq!(manifest["wasm"], "assets/widget-2cf24dba5fb0.wasm");
        // `printf hello | openssl dgst -sha384 -binary | base64`
        let hello = "sha384-WeF0h3dEjGnea4ANejO7+5/xtGPkQ1TDVTvNucZm+pASWjx5+QOXvfX2oT3oKGhP";
        assert_eq!(manifest["integrity"]["css"], hello);
    }
}
