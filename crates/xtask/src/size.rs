//! `cargo xtask size`: what a reader downloads before the first click, and its budget.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::repo;

/// Budget of embed.js alone, which loads before everything else: bytes, compressed with brotli.
const MAX_LOADER_BYTES: u64 = 5 * 1024 + 512;

/// Budget of all downloads together: embed.js, follow.js, the module, charge.js, the style sheet and live.js. Bytes,
/// compressed with brotli. The HTML that the endpoint renders first, 6 KB, is not included.
const MAX_DOWNLOAD_BYTES: u64 = 68 * 1024;

/// Budget of each script for signed-in editors, which readers do not download: bytes, compressed with brotli.
const MAX_EDITOR_SCRIPT_BYTES: u64 = 6 * 1024;

/// The scripts for signed-in editors.
const EDITOR_SCRIPTS: [&str; 2] = ["newsroom.js", "overlay.js"];

/// A file that a reader downloads, with its sizes in bytes.
pub(crate) struct Download {
    name: String,
    plain: u64,
    gzip: u64,
    brotli: u64,
}

/// The files in `dist/` that readers download.
pub(crate) fn downloads() -> Result<Vec<Download>> {
    let kinds = ["js", "wasm", "css", "live", "follow"];
    std::iter::once(Ok("embed.js".to_owned()))
        .chain(named(&kinds)?)
        .map(|name| download(name?))
        .collect()
}

/// The file that only a webmaster downloads, on request.
fn debug() -> Result<Download> {
    named(&["debug"])?.next().context("one")?.and_then(download)
}

/// The names of the files of these kinds, from the manifest.
fn named(kinds: &[&str]) -> Result<impl Iterator<Item = Result<String>>> {
    let manifest = repo::dist().join("assets.json");
    let text = fs::read_to_string(&manifest)
        .context("dist/ is not there or not complete: run `cargo xtask dist`")?;
    let manifest: serde_json::Value =
        serde_json::from_str(&text).context("dist/assets.json is not what dist wrote")?;
    let name = |kind| manifest[kind].as_str().map(str::to_owned);
    let names: Vec<_> = kinds
        .iter()
        .map(|kind| name(*kind).context("dist/assets.json does not name all files"))
        .collect();
    Ok(names.into_iter())
}

fn download(name: String) -> Result<Download> {
    let size = |ending: &str| {
        let file = repo::dist().join(format!("{name}{ending}"));
        fs::metadata(&file)
            .map(|file| file.len())
            .with_context(|| format!("{} is missing: run `cargo xtask dist`", file.display()))
    };
    Ok(Download {
        plain: size("")?,
        gzip: size(".gz")?,
        brotli: size(".br")?,
        name,
    })
}

/// Prints the table.
pub(crate) fn print() -> Result<()> {
    print!("{}", table(&downloads()?, &debug()?));
    Ok(())
}

/// Prints the table, and fails if it is over the budget.
pub(crate) fn check() -> Result<()> {
    let downloads = downloads()?;
    print!("{}", table(&downloads, &debug()?));
    for script in EDITOR_SCRIPTS {
        let script = download(script.to_owned())?;
        print!(
            "{}",
            row(&script.name, [script.plain, script.gzip, script.brotli])
        );
        within_editor_budget(&script.name, script.brotli)?;
    }
    within_budget(downloads[0].brotli, total(&downloads).brotli)
}

fn within_editor_budget(name: &str, brotli: u64) -> Result<()> {
    if brotli > MAX_EDITOR_SCRIPT_BYTES {
        bail!(
            "{name} would have {brotli} bytes, {} more than its budget of {MAX_EDITOR_SCRIPT_BYTES}",
            brotli - MAX_EDITOR_SCRIPT_BYTES
        );
    }
    Ok(())
}

fn within_budget(loader: u64, brotli: u64) -> Result<()> {
    if loader > MAX_LOADER_BYTES {
        bail!(
            "embed.js would have {loader} bytes, {} more than its budget of {MAX_LOADER_BYTES}",
            loader - MAX_LOADER_BYTES
        );
    }
    if brotli > MAX_DOWNLOAD_BYTES {
        bail!(
            "a reader would download {brotli} bytes, {} more than the budget of {MAX_DOWNLOAD_BYTES}: see which change added them, or build \
             with the standard library's source (rust-src), without which the module is larger by a fifth",
            brotli - MAX_DOWNLOAD_BYTES
        );
    }
    println!(
        "      {} bytes below the budget of {MAX_DOWNLOAD_BYTES}",
        MAX_DOWNLOAD_BYTES - brotli
    );
    Ok(())
}

fn total(downloads: &[Download]) -> Download {
    let sum = |field: fn(&Download) -> u64| downloads.iter().map(field).sum();
    Download {
        name: "together".into(),
        plain: sum(|d| d.plain),
        gzip: sum(|d| d.gzip),
        brotli: sum(|d| d.brotli),
    }
}

fn table(downloads: &[Download], debug: &Download) -> String {
    let mut text = row("bytes", ["plain", "gzip", "brotli"]);
    let apart = Download {
        name: format!("no reader: {}", ending(&debug.name)),
        ..*debug
    };
    for download in downloads.iter().chain([&total(downloads), &apart]) {
        let name = Path::new(&download.name)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        text += &row(&name, [download.plain, download.gzip, download.brotli]);
    }
    text
}

/// Its short name in the table: `debug.js`.
fn ending(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, ending)| ending)
}

fn row(name: &str, cells: [impl std::fmt::Display; 3]) -> String {
    let [plain, gzip, brotli] = cells;
    format!("      {name:<26} {plain:>8} {gzip:>8} {brotli:>8}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_holds_to_the_byte() {
        assert!(within_budget(5_632, 69_632).is_ok());
        for (loader, all, says) in [
            (5_633, 69_632, "5633 bytes, 1 more"),
            (5_632, 69_633, "69633 bytes, 1 more"),
        ] {
            let error = within_budget(loader, all).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn the_budget_of_editors_scripts_holds_to_the_byte() {
        assert!(within_editor_budget("newsroom.js", 6_144).is_ok());
        let error = within_editor_budget("overlay.js", 6_145)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("overlay.js") && error.contains("1 more"),
            "{error}"
        );
    }

    #[test]
    fn the_table_adds_up() {
        let file = |name: &str, brotli| Download {
            name: name.into(),
            plain: 3 * brotli,
            gzip: 2 * brotli,
            brotli,
        };
        let table = table(
            &[
                file("embed.js", 2_000),
                file("assets/widget-2cf24dba5fb0.wasm", 40_000),
            ],
            &file("assets/widget-2cf24dba5fb0.debug.js", 3_000),
        );
        assert!(
            table.contains("widget-2cf24dba5fb0.wasm     120000    80000    40000"),
            "{table}"
        );
        assert!(
            table.contains("together                     126000    84000    42000"),
            "{table}"
        );
        assert!(
            table.contains("no reader: debug.js            9000     6000     3000"),
            "{table}"
        );
    }
}
