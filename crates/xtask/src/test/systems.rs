//! Sites that generators and content management systems make (tests/e2e/recipes/systems): two for the test command, all for the soak.

use std::collections::HashMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::stamp::Stamp;
use crate::setup::{MEDIAWIKI, unpack};
use crate::{exec, progress, repo, tools};

/// A requirement of a site's script besides Node.js.
enum Needs {
    /// The modules of this tool, linked beside its sources.
    Modules(&'static str),
    /// The Python of this tool, in `$PYTHON`.
    Python(&'static str),
    /// This tool's own directory, in this variable.
    Home(&'static str, &'static str),
    /// Debian's MediaWiki, unpacked, in `$MEDIAWIKI`.
    MediaWiki,
    /// Something that is installed in the system: PHP, or a Debian package.
    Nothing,
}

/// The sites of the test command, whose tools it has anyway.
const SHORT: [&str; 2] = ["mkdocs", "php"];

const SYSTEM_SITES: [(&str, Needs); 12] = [
    ("astro", Needs::Modules("astro")),
    ("docusaurus", Needs::Modules("docusaurus")),
    ("eleventy", Needs::Modules("eleventy")),
    ("ghost", Needs::Home("ghost", "GHOST")),
    ("hugo", Needs::Python("hugo")),
    ("jekyll", Needs::Nothing),
    ("mediawiki", Needs::MediaWiki),
    ("mkdocs", Needs::Python("mkdocs")),
    ("next", Needs::Modules("next")),
    ("php", Needs::Nothing),
    ("vitepress", Needs::Modules("vitepress")),
    ("wagtail", Needs::Python("wagtail")),
];

/// Where the test command's sites are made.
pub(crate) fn made() -> PathBuf {
    repo::target().join("systems")
}

/// Where all sites are made.
pub(crate) fn all() -> PathBuf {
    repo::target().join("systems-all")
}

/// Makes the test command's sites, unless they are up to date.
pub(crate) fn build() -> Result<()> {
    make(&made(), |name| SHORT.contains(&name))
}

/// Makes all sites, unless they are up to date.
pub(crate) fn build_all() -> Result<()> {
    make(&all(), |_| true)
}

fn make(to: &Path, is_made: impl Fn(&str) -> bool) -> Result<()> {
    let stamp = Stamp::of(&[source()], to)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    progress::heading("Sites of generators and content management systems");
    // Remove what an earlier run left.
    let _ = fs::remove_dir_all(to);
    for (name, needs) in SYSTEM_SITES.iter().filter(|(name, _)| is_made(name)) {
        site(name, needs, to).with_context(|| format!("{name} made nothing"))?;
    }
    stamp.write()
}

fn source() -> PathBuf {
    repo::root().join("tests/e2e/recipes/systems")
}

/// Runs the site's script in a copy of its sources, beside the script that saves pages.
fn site(name: &str, needs: &Needs, to: &Path) -> Result<()> {
    let work = to.join("work");
    let dir = work.join(name);
    super::frameworks::copy(&source().join(name), &dir)?;
    fs::copy(source().join("save.mjs"), work.join("save.mjs"))?;
    let site = to.join(name);
    fs::create_dir_all(&site)?;
    let mut given = HashMap::from([("TO", site), ("PORT", free_ports()?.to_string().into())]);
    match needs {
        Needs::Modules(tool) => symlink(tools::system(tool)?, dir.join("node_modules"))?,
        Needs::Python(tool) => drop(given.insert("PYTHON", tools::system(tool)?.join("python"))),
        Needs::Home(tool, variable) => drop(given.insert(variable, tools::system(tool)?)),
        Needs::MediaWiki => {
            let unpacked = work.join("debian");
            unpack(&MEDIAWIKI, &unpacked)?;
            given.insert("MEDIAWIKI", unpacked.join("usr/share/mediawiki"));
        }
        Needs::Nothing => {}
    }
    let step = progress::TimedStep::begin(name);
    let mut make = exec::program("sh");
    make.arg("make.sh")
        .current_dir(&dir)
        .envs(given)
        .env("CI", "true")
        .env("PATH", tools::with_path([tools::node()?])?);
    exec::read(&mut make)?;
    step.done();
    Ok(())
}

/// A port that is free, and so is the next one.
fn free_ports() -> Result<u16> {
    loop {
        let first = TcpListener::bind(("127.0.0.1", 0))?;
        let port = first.local_addr()?.port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return Ok(port);
        }
    }
}
