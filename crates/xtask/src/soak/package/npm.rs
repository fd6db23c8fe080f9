use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::{Files, Tried, first_page, is_current};
use crate::dist::pinned_loader;
use crate::{exec, tools};

pub(super) fn try_it(files: &Files, earlier: &Files) -> Result<Vec<Tried>> {
    Ok(vec![program(files, earlier)?, widget(files)?])
}

/// Installs the program into an empty directory, upgrades it, and removes it.
fn program(files: &Files, earlier: &Files) -> Result<Tried> {
    let (package, dir) = (files.of("npm")?, files.clean("npm")?);
    let program = dir.join("node_modules/.bin/gema");
    let start = Instant::now();
    npm(&dir, &["install", &earlier.of("npm")?.to_string_lossy()])?;
    let mut npx = Command::new("npx");
    let shown = first_page::of_demo(npx.args(["--offline", "--no-install", "gema"]), &dir)?;
    npm(&dir, &["install", &package.to_string_lossy()])?;
    is_current(&exec::read(Command::new(&program).arg("--version"))?)?;
    let installed = fs::read_to_string(dir.join("node_modules/@gema-news/gema/package.json"))?;
    ensure!(
        installed.contains(concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"")),
        "npm has not upgraded"
    );
    npm(&dir, &["uninstall", "@gema-news/gema"])?;
    ensure!(
        !program.exists() && dir.join("gema.db").exists(),
        "npm takes the program, and leaves the database"
    );
    Tried::new("npm: npm install, npx gema", package, shown - start)
}

/// Checks the package for pages: its script is the one that the endpoint serves, its tag has the script's hash, and
/// TypeScript accepts valid uses of the types and rejects invalid ones.
fn widget(files: &Files) -> Result<Tried> {
    let (package, dir) = (files.of("npm-widget")?, files.clean("npm-widget")?);
    let start = Instant::now();
    npm(&dir, &["install", &package.to_string_lossy()])?;
    let script = "import { scriptTag } from '@gema-news/widget'; console.log(scriptTag({ endpoint: 'https://gema.example', site: 'a&b' }))";
    let mut node = Command::new("node");
    let tag = exec::read(
        node.current_dir(&dir)
            .args(["--input-type=module", "--eval", script]),
    )?;
    let took = start.elapsed();
    let bytes = fs::read(
        dir.join("node_modules/@gema-news/widget")
            .join(pinned_loader::PINNED_LOADER_FILE),
    )?;
    ensure!(
        bytes == pinned_loader::script()?,
        "the script is another one than the endpoint's"
    );
    let expected = format!(
        "<script async src=\"https://gema.example/{}\" data-site=\"a&#38;b\" crossorigin integrity=\"{}\"></script>",
        pinned_loader::PINNED_LOADER_FILE,
        pinned_loader::integrity(&bytes)
    );
    ensure!(tag == expected, "{tag}");
    types(&dir)?;
    Tried::new("npm: npm install, the widget's tag", package, took)
}

/// Type-checks programs that use the types in the DOM, in React and in Vue. Invalid uses are marked there as expected
/// errors.
fn types(dir: &Path) -> Result<()> {
    let modules = tools::types()?;
    let files = [
        ("uses.tsx", include_str!("uses.tsx")),
        ("uses.vue", include_str!("uses.vue")),
        ("tsconfig.json", include_str!("tsconfig.json")),
    ];
    for (name, text) in files {
        fs::write(dir.join(name), text)?;
    }
    for name in ["@types", "csstype", "@vue", "react", "vue"] {
        let (from, to) = (modules.join(name), dir.join("node_modules").join(name));
        if from.exists() {
            symlink(&from, &to).with_context(|| format!("cannot link {}", to.display()))?;
        }
    }
    let mut node = Command::new("node");
    exec::quietly(
        node.current_dir(dir)
            .arg(modules.join("vue-tsc/bin/vue-tsc.js")),
    )
}

fn npm(dir: &Path, words: &[&str]) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.current_dir(dir).arg("--prefix").arg(dir);
    exec::read(
        npm.args(["--offline", "--no-audit", "--no-fund", "--silent"])
            .args(words),
    )
    .map(drop)
}
