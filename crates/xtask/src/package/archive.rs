//! The program with its manual, completions and units, in a tar.gz for any Linux.

use anyhow::Result;

use super::PackageFile;
use super::release::{Release, SHELLS};
use super::tree::Tree;
use super::{gzip, tar, template};

/// The files of `docs/` that an operator needs, in the archive's `examples`.
const EXAMPLES: [&str; 10] = [
    "docs/gema.toml",
    "docs/deploy/Caddyfile",
    "docs/deploy/apache.conf",
    "docs/deploy/gema-alerts.yml",
    "docs/deploy/haproxy.cfg",
    "docs/deploy/nginx-several.conf",
    "docs/deploy/nginx-sso.conf",
    "docs/deploy/nginx.conf",
    "docs/deploy/squid.conf",
    "docs/deploy/varnish.vcl",
];

/// The systemd units, which name `/usr/local/bin/gema`.
pub(super) const UNITS: [&str; 3] = ["gema.service", "gema-backup.service", "gema-backup.timer"];

pub(super) fn make(release: &Release) -> Result<PackageFile> {
    let name = format!("gema-{}-x86_64-linux", release.version);
    let mut tree = release.licences()?;
    tree.program("gema", release.program.clone());
    tree.file(
        "README.md",
        template::filled(
            "archive/README.md",
            &[("VERSION", &release.version.to_string())],
        )?,
    );
    tree.file("CHANGELOG.md", template::at_root("CHANGELOG.md")?);
    tree.file("gema.toml", template::read("debian/gema.toml")?);
    examples(&mut tree, "examples")?;
    for unit in UNITS {
        tree.file(
            format!("systemd/{unit}"),
            template::at_root(&format!("docs/deploy/{unit}"))?,
        );
    }
    for (page, content) in &release.manual {
        tree.file(format!("man/{page}"), content.clone());
    }
    for (shell, content) in SHELLS.iter().zip(&release.completions) {
        tree.file(format!("completions/{}", shell.file), content.clone());
    }
    let bytes = tar::archive(&tree.below(&name).with_directories(), "", release.time)?;
    Ok(PackageFile {
        name: format!("{name}.tar.gz"),
        bytes: gzip::compressed(&bytes)?,
    })
}

/// The examples, below a directory.
pub(super) fn examples(tree: &mut Tree, directory: &str) -> Result<()> {
    for file in EXAMPLES {
        let name = file.rsplit('/').next().unwrap_or(file);
        tree.file(format!("{directory}/{name}"), template::at_root(file)?);
    }
    Ok(())
}
