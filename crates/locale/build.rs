//! Embeds the languages: every file of `locales/`.

use std::{env, error::Error, fmt::Write, fs, path::Path};

/// Writes the table of languages: tag and text, sorted by tag.
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let dir = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("locales");
    println!("cargo::rerun-if-changed={}", dir.display());
    let mut files = fs::read_dir(&dir)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.sort();
    let mut table = String::from("&[\n");
    for path in files.iter().filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    }) {
        let tag = path
            .file_stem()
            .and_then(|name| name.to_str())
            .ok_or("a file name of locales/ is not UTF-8")?;
        writeln!(
            table,
            "    ({tag:?}, include_str!({:?})),",
            fs::canonicalize(path)?
        )?;
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("locales.rs"), table)?;
    Ok(())
}
