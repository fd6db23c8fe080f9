//! The pages of docs/recipes.md, made as a webmaster makes them: bundled by esbuild with packages of npm, built by
//! Hugo, or rendered by WordPress.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::{exec, progress, repo, tools};

/// The recipes that are bundled, with their scripts.
const RECIPE_BUNDLES: [(&str, &str); 4] = [
    ("htmx", "main.js"),
    ("react", "main.jsx"),
    ("turbo", "main.js"),
    ("vue", "main.js"),
];

/// The directory with one subdirectory per recipe.
pub(crate) fn made() -> PathBuf {
    repo::target().join("recipes")
}

/// Makes all pages, unless they are up to date.
pub(crate) fn build() -> Result<()> {
    let made = made();
    let source = repo::root().join("tests/e2e/recipes");
    let stamp = Stamp::of(std::slice::from_ref(&source), &made)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    progress::heading("Pages of the recipes");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(&made);
    for (name, script) in RECIPE_BUNDLES {
        copy_pages(&source.join(name), &made.join(name))?;
        bundle(
            &source.join(name).join(script),
            &made.join(name).join("main.js"),
        )?;
    }
    copy_pages(&source.join("ghost"), &made.join("ghost"))?;
    let mut wordpress = exec::program("node");
    wordpress
        .arg(source.join("wordpress/pages.mjs"))
        .args(tools::modules(&["wordpress"])?);
    exec::run(wordpress.arg(made.join("wordpress")))?;
    let mut hugo = exec::program("hugo");
    hugo.env("HUGO_RESOURCEDIR", made.join("hugo-resources"))
        .arg("--noBuildLock");
    hugo.args(["--quiet", "--source"])
        .arg(source.join("hugo"))
        .arg("--destination")
        .arg(made.join("hugo"));
    exec::run(&mut hugo)?;
    stamp.write()
}

fn copy_pages(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let file = file?.path();
        if let (Some("html"), Some(name)) = (
            file.extension().and_then(|one| one.to_str()),
            file.file_name(),
        ) {
            fs::copy(&file, to.join(name))?;
        }
    }
    Ok(())
}

fn bundle(script: &Path, made: &Path) -> Result<()> {
    let mut esbuild = exec::program("esbuild");
    esbuild.env("PATH", tools::with_path(tools::path()?)?).env(
        "NODE_PATH",
        std::env::join_paths(tools::modules(&["react", "vue", "turbo", "htmx"])?)?,
    );
    esbuild
        .arg(script)
        .arg(format!("--outfile={}", made.display()));
    esbuild.args([
        "--bundle",
        "--format=esm",
        "--minify",
        "--jsx=automatic",
        "--log-level=warning",
    ]);
    // Vue with its template compiler, for pages with templates that are not precompiled.
    esbuild.args([
        "--define:process.env.NODE_ENV=\"production\"",
        "--alias:vue=vue/dist/vue.esm-bundler.js",
    ]);
    exec::run(&mut esbuild)
}
