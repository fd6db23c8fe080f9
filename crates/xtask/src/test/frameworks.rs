//! Test pages whose markup a framework owns (tests/e2e/frameworks): rendered and bundled with packages of npm, or
//! built by their own framework.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::{exec, progress, repo, tools};

/// The packages that build.cjs bundles.
const BUNDLED_FRAMEWORKS: [&str; 7] = [
    "react", "preact", "vue", "svelte", "turbo", "htmx-2", "morphdom",
];

/// A site that its framework builds: the tool with its modules, its sources, its build script with arguments, and the
/// output directory.
struct Site {
    tool: &'static str,
    source: &'static str,
    build: (&'static str, &'static [&'static str]),
    made: &'static str,
}

const SITES: [Site; 6] = [
    Site {
        tool: "angular",
        source: "apps/angular",
        build: ("@angular/cli/bin/ng.js", &["build"]),
        made: "dist",
    },
    Site {
        tool: "astro",
        source: "astro",
        build: ("astro/bin/astro.mjs", &["build", "--silent"]),
        made: "dist",
    },
    Site {
        tool: "nuxt",
        source: "apps/nuxt",
        build: ("nuxt/bin/nuxt.mjs", &["generate"]),
        made: ".output/public",
    },
    Site {
        tool: "react-router",
        source: "apps/react-router",
        build: ("@react-router/dev/bin.cjs", &["build"]),
        made: "build/client",
    },
    Site {
        tool: "sveltekit",
        source: "apps/sveltekit",
        build: ("vite/bin/vite.js", &["build"]),
        made: "build",
    },
    Site {
        tool: "vitepress",
        source: "vitepress",
        build: ("vitepress/bin/vitepress.js", &["build"]),
        made: ".vitepress/dist",
    },
];

/// The directory with one subdirectory per framework.
pub(crate) fn made() -> PathBuf {
    repo::target().join("frameworks")
}

/// Builds all pages, unless they are up to date.
pub(crate) fn build() -> Result<()> {
    let stamp = Stamp::of(&[source()], &made())?;
    if stamp.is_fresh() {
        return Ok(());
    }
    progress::heading("Pages of frameworks");
    bundle()?;
    mkdocs("mkdocs.yml", "mkdocs")?;
    mkdocs("bare.yml", "mkdocs-bare")?;
    SITES.iter().try_for_each(site)?;
    stamp.write()
}

fn source() -> PathBuf {
    repo::root().join("tests/e2e/frameworks")
}

/// Bundles pages; the script empties the directory first.
fn bundle() -> Result<()> {
    let modules = tools::modules(&BUNDLED_FRAMEWORKS)?
        .into_iter()
        .chain([tools::esbuild()?]);
    let mut node = exec::program("node");
    exec::run(
        node.env("NODE_PATH", std::env::join_paths(modules)?)
            .arg(source().join("build.cjs"))
            .arg(made()),
    )
}

fn mkdocs(config: &str, name: &str) -> Result<()> {
    let mut python = exec::program(tools::mkdocs()?);
    // Otherwise it prints a warning about MkDocs 2.
    python.env("NO_MKDOCS_2_WARNING", "1").args([
        "-m",
        "mkdocs",
        "build",
        "--quiet",
        "--config-file",
    ]);
    exec::run(
        python
            .arg(source().join("mkdocs").join(config))
            .arg("--site-dir")
            .arg(made().join(name)),
    )
}

/// Frameworks look for modules beside their sources: the sources are copied, and the modules linked there.
fn site(site: &Site) -> Result<()> {
    let dir = made().join("source").join(site.source);
    copy(&source().join(site.source), &dir)?;
    if site.source.starts_with("apps/") {
        fs::copy(source().join("apps/news.js"), dir.join("news.js"))?;
    }
    let modules = tools::modules(&[site.tool])?.remove(0);
    symlink(&modules, dir.join("node_modules"))
        .with_context(|| format!("cannot link into {}", dir.display()))?;
    let programs = tools::node()?;
    let (script, words) = site.build;
    let mut node = exec::program(programs.join(repo::exe("node")));
    node.current_dir(&dir)
        .env("PATH", tools::with_path([programs])?)
        .env("CI", "true");
    node.env("ASTRO_TELEMETRY_DISABLED", "1")
        .env("NG_CLI_ANALYTICS", "false")
        .env("NUXT_TELEMETRY_DISABLED", "1");
    let step = progress::TimedStep::begin(site.source);
    exec::read(node.arg(modules.join(script)).args(words))?;
    step.done();
    let made = made().join(site.source);
    fs::create_dir_all(made.parent().unwrap_or(&made))?;
    fs::rename(dir.join(site.made), made).with_context(|| format!("{} made nothing", site.tool))
}

pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let from = entry.path();
        let to = to.join(entry.file_name());
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
