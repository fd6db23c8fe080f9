//! The fonts that the end-to-end tests' browsers see, whatever the machine has: one fontconfig file for all tests, and
//! one for each serif with which the demo is tested. Where Debian's packages cannot be downloaded, browsers see the
//! machine's fonts.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{repo, tools};

const TEMPLATE: &str = include_str!("fonts.conf");

/// Two wide serifs and two narrow ones, each with its directory. The first is that of all other tests.
const SERIFS: [(&str, &str); 4] = [
    ("Noto Serif", "truetype/noto"),
    ("DejaVu Serif", "truetype/dejavu"),
    ("P052", "opentype/urw-base35"),
    ("Liberation Serif", "truetype/liberation"),
];

/// Sets the variables by which browsers find the fonts and may read them, and a test the files for each serif.
pub(super) fn name_in(tests: &mut Command) -> Result<()> {
    let Some(fonts) = tools::fonts()? else {
        return Ok(());
    };
    let dir = repo::target().join("fonts");
    let serifs = dir.join("serifs");
    fs::create_dir_all(&serifs).with_context(|| format!("cannot make {}", serifs.display()))?;
    let write = |file: &Path, text: String| {
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    };
    let file = |serif: &str| serifs.join(serif).with_extension("conf");
    for (serif, its_dir) in SERIFS {
        let text = config(&fonts, &dir.join("cache"), serif, its_dir);
        write(&file(serif), text)?;
    }
    let [(usual, _), ..] = SERIFS;
    tests
        .env("FONTCONFIG_FILE", file(usual))
        .env("GEMA_FONTS", &fonts)
        .env("GEMA_SERIFS", &serifs);
    Ok(())
}

/// A configuration in which no other serif can be found, not even by its name.
fn config(fonts: &Path, cache: &Path, serif: &str, dir: &str) -> String {
    let rejected: String = SERIFS
        .iter()
        .filter(|(other, _)| *other != serif)
        .map(|(other, _)| {
            format!("<pattern><patelt name=\"family\"><string>{other}</string></patelt></pattern>")
        })
        .collect();
    let path = |path: &Path| path.display().to_string().replace('&', "&amp;");
    TEMPLATE
        .replace("{rejected}", &rejected)
        .replace("{serif}", serif)
        .replace("{dir}", dir)
        .replace("{fonts}", &path(fonts))
        .replace("{cache}", &path(cache))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_rejects_every_other_serif() {
        let (serif, dir) = SERIFS[2];
        let text = config(Path::new("/a&b"), Path::new("/cache"), serif, dir);
        assert!(text.contains("<prefer><family>P052</family>"), "{text}");
        assert!(!text.contains("<string>P052</string>"), "{text}");
        assert_eq!(text.matches("<pattern>").count(), SERIFS.len() - 1);
        assert!(
            text.contains("/a&amp;b/fonts/opentype/urw-base35<") && !text.contains('{'),
            "{text}"
        );
    }
}
