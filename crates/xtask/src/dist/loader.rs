//! embed.js keeps its URL for ever. It knows the name of the style sheet, so that it can ask for it at once: esbuild bundles it and
//! writes that in. The endpoint tells it the others' names.

use anyhow::{Result, bail};

use super::assets::Assets;
use super::minify;

/// What `src/embed/` calls the files' names.
pub(super) const NAMES: &str = "WIDGET_FILES";

/// The script of the one tag, in one file, with the names that the release has.
pub(crate) fn bundle(assets: &Assets) -> Result<Vec<u8>> {
    let script = minify::loader(&define(assets))?;
    check(&String::from_utf8_lossy(&script), assets)?;
    Ok(script)
}

fn define(assets: &Assets) -> String {
    format!("--define:{NAMES}={}", serde_json::json!({ "css": assets.css.path }))
}

/// A release that asks for files which do not exist must not be made.
fn check(script: &str, assets: &Assets) -> Result<()> {
    if !script.contains(&assets.css.path) || script.contains(NAMES) {
        bail!("embed.js does not name the style sheet: src/embed/ must use {NAMES}, for which dist puts in {{css}}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::assets::sample;

    #[test]
    fn the_names_are_put_in_as_json() {
        let files = r#"{"css":"assets/widget-2cf24dba5fb0.css"}"#;
        assert_eq!(define(&sample()), format!("--define:WIDGET_FILES={files}"));
    }

    #[test]
    fn a_loader_that_does_not_name_the_files_is_refused() {
        let name = sample().css.path;
        assert!(check(&format!("load('{name}')"), &sample()).is_ok());
        for wrong in ["load()".to_owned(), format!("load(WIDGET_FILES,'{name}')"), name.replace("widget-", "widget.")] {
            let error = check(&wrong, &sample()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("must use WIDGET_FILES"), "{wrong}: {error}");
        }
    }
}
