//! The pages of docs/recipes.md, made as a webmaster makes them: bundled by esbuild with what npm has, built by Hugo, or answered by a
//! WordPress.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::{exec, repo, say, tools};

/// What npm's packages are bundled into, and from.
const BUNDLED: [(&str, &str); 4] =
    [("htmx", "main.js"), ("react", "main.jsx"), ("turbo", "main.js"), ("vue", "main.js")];

/// Where there is a directory for each.
pub(crate) fn made() -> PathBuf {
    repo::target().join("recipes")
}

/// Makes them all, unless they are there already, made of the same.
pub(crate) fn build() -> Result<()> {
    let made = made();
    let source = repo::root().join("tests/e2e/recipes");
    let stamp = Stamp::of(&source, &made)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    say::heading("Pages of the recipes");
    // What is there is of the last time.
    let _ = fs::remove_dir_all(&made);
    for (name, script) in BUNDLED {
        copy_pages(&source.join(name), &made.join(name))?;
        bundle(&source.join(name).join(script), &made.join(name).join("main.js"))?;
    }
    copy_pages(&source.join("ghost"), &made.join("ghost"))?;
    let mut wordpress = exec::program("node");
    wordpress.arg(source.join("wordpress/pages.mjs")).args(tools::modules(&["wordpress"])?);
    exec::run(wordpress.arg(made.join("wordpress")))?;
    let mut hugo = exec::program("hugo");
    hugo.env("HUGO_RESOURCEDIR", made.join("hugo-resources")).arg("--noBuildLock");
    hugo.args(["--quiet", "--source"]).arg(source.join("hugo")).arg("--destination").arg(made.join("hugo"));
    exec::run(&mut hugo)?;
    stamp.write()
}

fn copy_pages(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let file = file?.path();
        if let (Some("html"), Some(name)) = (file.extension().and_then(|one| one.to_str()), file.file_name()) {
            fs::copy(&file, to.join(name))?;
        }
    }
    Ok(())
}

fn bundle(script: &Path, made: &Path) -> Result<()> {
    let mut esbuild = exec::program("esbuild");
    esbuild
        .env("PATH", tools::with_path(tools::path()?)?)
        .env("NODE_PATH", std::env::join_paths(tools::modules(&["react", "vue", "turbo", "htmx"])?)?);
    esbuild.arg(script).arg(format!("--outfile={}", made.display()));
    esbuild.args(["--bundle", "--format=esm", "--minify", "--jsx=automatic", "--log-level=warning"]);
    // Vue with its compiler of templates, as pages have it that are not compiled before.
    esbuild.args(["--define:process.env.NODE_ENV=\"production\"", "--alias:vue=vue/dist/vue.esm-bundler.js"]);
    exec::run(&mut esbuild)
}
