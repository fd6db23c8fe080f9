//! The two packages for npm: the program, and the widget's frozen script with its types. Their scope is not registered:
//! it is a placeholder until somebody publishes them.

use anyhow::Result;
use serde_json::{Value, json};

use super::release::{LICENCE, Release, SUMMARY, licences};
use super::tree::Tree;
use super::{PackageFile, gzip, tar, template, types};
use crate::dist::pinned_loader;

/// The name of the package with the program.
pub(super) const PROGRAM: &str = "@gema-news/gema";
/// The name of the package for pages.
pub(super) const WIDGET: &str = "@gema-news/widget";

/// The program, for Linux on x86_64.
pub(super) fn program(release: &Release) -> Result<PackageFile> {
    let mut tree = release.licences()?;
    tree.program("bin/gema", release.program.clone());
    let mut package = package(PROGRAM, release, SUMMARY);
    package["bin"] = json!({ "gema": "bin/gema" });
    package["os"] = json!(["linux"]);
    package["cpu"] = json!(["x64"]);
    if let Some(libc) = release.linkage.npm_libc() {
        package["libc"] = json!([libc]);
    }
    tree.file(
        "README.md",
        template::filled("npm/README.md", &[("NAME", PROGRAM), ("WIDGET", WIDGET)])?,
    );
    packed("gema-news-gema", release, tree, &package)
}

/// The frozen script, its hash, and types for TypeScript, React and Vue.
pub(super) fn widget(release: &Release) -> Result<PackageFile> {
    let script = pinned_loader::script()?;
    let integrity = pinned_loader::integrity(&script);
    let values = [
        ("NAME", WIDGET),
        ("INTEGRITY", integrity.as_str()),
        ("FILE", pinned_loader::PINNED_LOADER_FILE),
    ];
    let mut tree = licences()?;
    tree.file(pinned_loader::PINNED_LOADER_FILE, script);
    tree.file("gema.d.ts", types::all()?);
    for file in [
        "index.js",
        "index.d.ts",
        "react.d.ts",
        "vue.d.ts",
        "README.md",
    ] {
        tree.file(
            file,
            template::filled(&format!("npm-widget/{file}"), &values)?,
        );
    }
    let mut package = package(
        WIDGET,
        release,
        "The frozen script of Gema's widget, with its hash and types",
    );
    package["type"] = json!("module");
    package["sideEffects"] = json!([format!("./{}", pinned_loader::PINNED_LOADER_FILE)]);
    package["types"] = json!("./index.d.ts");
    package["exports"] = json!({
        ".": { "types": "./index.d.ts", "default": "./index.js" },
        "./react": { "types": "./react.d.ts" },
        "./vue": { "types": "./vue.d.ts" },
        format!("./{}", pinned_loader::PINNED_LOADER_FILE): format!("./{}", pinned_loader::PINNED_LOADER_FILE),
    });
    packed("gema-news-widget", release, tree, &package)
}

fn package(name: &str, release: &Release, description: &str) -> Value {
    json!({ "name": name, "version": release.version.to_string(), "description": description, "license": LICENCE })
}

/// The tarball as `npm pack` would name it.
fn packed(name: &str, release: &Release, mut tree: Tree, package: &Value) -> Result<PackageFile> {
    tree.file("package.json", format!("{package:#}\n"));
    let bytes = gzip::compressed(&tar::archive(&tree, "package/", release.time)?)?;
    Ok(PackageFile {
        name: format!("{name}-{}.tgz", release.version),
        bytes,
    })
}
