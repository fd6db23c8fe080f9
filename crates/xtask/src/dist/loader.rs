//! embed.js, whose URL never changes. esbuild bundles it and defines the name of its release's files in it, so that it
//! can request them at once. The frozen loader has no such name; it gets it from the endpoint.

use anyhow::{Result, bail};

use super::assets::Assets;
use super::minify;

/// The identifier in `src/embed/` that is replaced by the files' name.
pub(super) const WIDGET_FILES_NAME: &str = "WIDGET_FILES";

/// The script of the tag, bundled in one file, with the release's name.
pub(crate) fn bundle(assets: &Assets) -> Result<Vec<u8>> {
    let script = minify::loader(&define(&assets.name), "follower.js")?;
    check(&String::from_utf8_lossy(&script), assets)?;
    Ok(script)
}

/// esbuild's option that defines this name; "" for the loader that has none.
pub(super) fn define(name: &str) -> String {
    format!("--define:{WIDGET_FILES_NAME}={name:?}")
}

/// Fails rather than make a release that requests files which do not exist.
fn check(script: &str, assets: &Assets) -> Result<()> {
    if !script.contains(&assets.name) || script.contains(WIDGET_FILES_NAME) {
        bail!(
            "embed.js does not name its files: src/embed/ must use {WIDGET_FILES_NAME}, for which dist puts in what their paths begin with"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::assets::sample;

    #[test]
    fn the_name_is_put_in_as_a_text() {
        assert_eq!(
            define("assets/widget-2cf24dba5fb0."),
            r#"--define:WIDGET_FILES="assets/widget-2cf24dba5fb0.""#
        );
    }

    #[test]
    fn a_loader_that_does_not_name_the_files_is_refused() {
        let name = sample().name;
        assert!(check(&format!("load('{name}css')"), &sample()).is_ok());
        for wrong in [
            "load()".to_owned(),
            format!("load(WIDGET_FILES,'{name}')"),
            name.replace("widget-", "widget."),
        ] {
            let error = check(&wrong, &sample())
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(error.contains("must use WIDGET_FILES"), "{wrong}: {error}");
        }
    }
}
