//! embed.js keeps its URL for ever, so it alone must know the other files' names: esbuild bundles it and writes them in.

use anyhow::{Result, bail};

use super::assets::Assets;
use super::minify;

/// What `src/embed/` calls the files' names.
const NAMES: &str = "WIDGET_FILES";

/// The script of the one tag, in one file, with the names that the release has.
pub(crate) fn bundle(assets: &Assets) -> Result<Vec<u8>> {
    let script = minify::loader(&define(assets))?;
    check(&String::from_utf8_lossy(&script), assets)?;
    Ok(script)
}

fn define(assets: &Assets) -> String {
    let [js, wasm, css] = assets.all().map(|asset| &asset.path);
    format!("--define:{NAMES}={}", serde_json::json!({ "js": js, "wasm": wasm, "css": css }))
}

/// A release that asks for files which do not exist must not be made.
fn check(script: &str, assets: &Assets) -> Result<()> {
    let names_all = assets.all().iter().all(|asset| script.contains(&asset.path));
    if !names_all || script.contains(NAMES) {
        bail!(
            "embed.js does not name the widget's files: src/embed/ must use {NAMES}, for which dist puts in {{js, wasm, css}}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::assets::sample;

    #[test]
    fn the_names_are_put_in_as_json() {
        let files = r#"{"css":"assets/widget-2cf24dba5fb0.css","js":"assets/widget-2cf24dba5fb0.js","wasm":"assets/widget-2cf24dba5fb0.wasm"}"#;
        assert_eq!(define(&sample()), format!("--define:WIDGET_FILES={files}"));
    }

    #[test]
    fn a_loader_that_does_not_name_the_files_is_refused() {
        let names = sample().all().map(|asset| asset.path.clone()).join("','");
        assert!(check(&format!("load('{names}')"), &sample()).is_ok());
        for wrong in ["load()".to_owned(), format!("load(WIDGET_FILES,'{names}')"), names.replace(".wasm", "_bg.wasm")]
        {
            let error = check(&wrong, &sample()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("must use WIDGET_FILES"), "{wrong}: {error}");
        }
    }
}
