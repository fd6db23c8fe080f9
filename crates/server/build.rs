//! Embeds `dist/`, which `cargo xtask dist` makes, so that one binary serves the widget too. Without `dist/` the table
//! is empty: everything works except the widget's own files.

use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../dist");
    // Create the directory: cargo would rerun this script, and rebuild the endpoint, at every build if a watched path
    // did not exist. In a read-only source tree it cannot be created, and every build is such a rebuild.
    let _ = fs::create_dir_all(&dist);
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");

    let mut table = String::from("&[\n");
    for path in files(&dist)? {
        if !is_compressed(&path) {
            table.push_str(&row(&dist, &path)?);
        }
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("embedded.rs"), table)?;
    Ok(())
}

/// Every file below the directory, sorted, except hidden ones.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(dir) else {
        return Ok(found);
    };
    for entry in entries {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            found.extend(files(&path)?);
        } else if !hidden {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn is_compressed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "br" || extension == "gz")
}

/// One file as a row of the table: see `assets::File`.
fn row(dist: &Path, path: &Path) -> Result<String, Box<dyn Error>> {
    let name = path
        .strip_prefix(dist)?
        .to_str()
        .ok_or("a file name of dist/ is not UTF-8")?
        .replace('\\', "/");
    let mut hasher = DefaultHasher::new();
    fs::read(path)?.hash(&mut hasher);
    let mut row = String::new();
    write!(
        row,
        "    EmbeddedFile {{ path: {name:?}, tag: \"{:016x}\", bytes: {}",
        hasher.finish(),
        include(path)?
    )?;
    for coding in ["br", "gz"] {
        let packed = PathBuf::from(format!("{}.{coding}", path.display()));
        let bytes = if packed.is_file() {
            format!("Some({})", include(&packed)?)
        } else {
            "None".into()
        };
        write!(row, ", {coding}: {bytes}")?;
    }
    row.push_str(" },\n");
    Ok(row)
}

fn include(path: &Path) -> Result<String, Box<dyn Error>> {
    Ok(format!("include_bytes!({:?})", fs::canonicalize(path)?))
}
