//! The widget's files, named by a hash of their content, and the manifest that lists them for the endpoint.

use data_encoding::{BASE64, HEXLOWER};
use serde_json::json;
use sha2::{Digest, Sha256, Sha384};

/// A file that may be cached forever: other content has another name.
pub(crate) struct Asset {
    /// Its path in `dist/`.
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
}

/// The files that embed.js loads, among them the scripts that follow page changes and live counts.
pub(crate) struct Assets {
    /// The prefix of their paths, up to the extension. All files of a release share it, because they are only used
    /// together and embed.js has no room for several names.
    pub(crate) name: String,
    pub(crate) js: Asset,
    pub(crate) wasm: Asset,
    pub(crate) css: Asset,
    pub(crate) live: Asset,
    pub(crate) follow: Asset,
    /// The script that shows a webmaster what is wrong with a page. Readers do not download it, and no view names it.
    pub(crate) debug: Asset,
}

impl Asset {
    /// Subresource integrity: the value of an `integrity` attribute.
    fn integrity(&self) -> String {
        integrity(&self.content)
    }
}

/// Subresource integrity of a file with these bytes.
pub(crate) fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", BASE64.encode(&Sha384::digest(content)))
}

impl Assets {
    /// Names the files: `assets/widget-`, the first 12 hex digits of a SHA-256 over all of them, and a suffix for
    /// each.
    pub(crate) fn named([js, wasm, css, live, follow, debug]: [Vec<u8>; 6]) -> Self {
        let mut hash = Sha256::new();
        for content in [&js, &wasm, &css, &live, &follow, &debug] {
            // Hash the length too, so that different lists of files never hash the same bytes.
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(content);
        }
        let name = format!("assets/widget-{}.", HEXLOWER.encode(&hash.finalize()[..6]));
        let asset = |kind: &str, content| Asset {
            path: name.clone() + kind,
            content,
        };
        let js = asset("js", js);
        let wasm = asset("wasm", wasm);
        let css = asset("css", css);
        let live = asset("live.js", live);
        let follow = asset("follow.js", follow);
        let debug = asset("debug.js", debug);
        Self {
            name,
            js,
            wasm,
            css,
            live,
            follow,
            debug,
        }
    }

    pub(crate) fn all(&self) -> [&Asset; 6] {
        [
            &self.js,
            &self.wasm,
            &self.css,
            &self.live,
            &self.follow,
            &self.debug,
        ]
    }

    /// The text of `assets.json`.
    pub(crate) fn manifest(&self) -> String {
        let Self {
            js,
            wasm,
            css,
            live,
            follow,
            debug,
            name: _,
        } = self;
        let integrity = json!({
            "js": js.integrity(), "wasm": wasm.integrity(), "css": css.integrity(), "live": live.integrity(),
            "follow": follow.integrity(), "debug": debug.integrity(),
        });
        json!({
            "js": js.path, "wasm": wasm.path, "css": css.path, "live": live.path, "follow": follow.path,
            "debug": debug.path, "integrity": integrity,
        })
        .to_string()
    }
}

#[cfg(test)]
pub(crate) fn sample() -> Assets {
    Assets::named([(); 6].map(|()| b"hello".to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_made_of_the_content_of_all() {
        let Assets {
            name,
            js,
            live,
            debug,
            ..
        } = sample();
        assert_eq!(js.path, format!("{name}js"));
        assert_eq!(live.path, format!("{name}live.js"));
        assert_eq!(debug.path, format!("{name}debug.js"));
        assert_eq!(name, sample().name);
        let of = |all: [&str; 6]| Assets::named(all.map(|text| text.as_bytes().to_vec())).name;
        let all = [
            ["a", "b", "c", "d", "e", "f"],
            ["a", "b", "cd", "", "e", "f"],
            ["b", "a", "c", "d", "e", "f"],
            ["a", "b", "c", "d", "f", "f"],
            ["a", "b", "c", "d", "e", "g"],
        ];
        let names = all.map(of);
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }

    #[test]
    fn the_manifest_names_and_hashes_each_file() {
        let manifest: serde_json::Value = serde_json::from_str(&sample().manifest()).unwrap();
        assert_eq!(manifest["wasm"], sample().wasm.path);
        // `printf hello | openssl dgst -sha384 -binary | base64`
        let hello = "sha384-WeF0h3dEjGnea4ANejO7+5/xtGPkQ1TDVTvNucZm+pASWjx5+QOXvfX2oT3oKGhP";
        assert_eq!(manifest["integrity"]["css"], hello);
    }
}
