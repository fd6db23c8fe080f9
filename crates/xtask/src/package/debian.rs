//! The package for Debian and its descendants.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::archive::{UNITS, examples};
use super::release::{Release, SHELLS, SUMMARY};
use super::tree::Tree;
use super::{PackageFile, ar, gzip, tar, template};

const DOC: &str = "usr/share/doc/gema";

/// Its configuration, which the operator changes and dpkg keeps.
const CONFIGURATION: &str = "etc/gema/gema.toml";

const MAINTAINER_SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

pub(super) fn make(release: &Release) -> Result<PackageFile> {
    let data = installed(release)?;
    let control = control(release, &data)?;
    let part = |tree: &Tree| gzip::compressed(&tar::archive(tree, "./", release.time)?);
    let members = [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", part(&control)?),
        ("data.tar.gz", part(&data.with_directories())?),
    ];
    let name = format!("gema_{}_amd64.deb", release.version.debian());
    Ok(PackageFile {
        name,
        bytes: ar::archive(&members, release.time)?,
    })
}

/// The files that it installs.
fn installed(release: &Release) -> Result<Tree> {
    let mut tree = Tree::default();
    tree.program("usr/bin/gema", release.program.clone());
    // It may get a site's key, so only root and gema's user may read it.
    tree.with_mode(CONFIGURATION, 0o640, template::read("debian/gema.toml")?);
    for unit in UNITS {
        tree.file(
            format!("lib/systemd/system/{unit}"),
            self::unit(&template::at_root(&format!("docs/deploy/{unit}"))?),
        );
    }
    tree.file(
        "usr/lib/sysusers.d/gema.conf",
        template::read("debian/sysusers.conf")?,
    );
    for (page, content) in &release.manual {
        tree.file(
            format!("usr/share/man/man1/{page}.gz"),
            gzip::compressed(content)?,
        );
    }
    for (shell, content) in SHELLS.iter().zip(&release.completions) {
        tree.file(shell.debian, content.clone());
    }
    tree.file(
        format!("{DOC}/copyright"),
        template::read("debian/copyright")?,
    );
    tree.file(
        format!("{DOC}/changelog.Debian.gz"),
        gzip::compressed(changelog(release)?.as_bytes())?,
    );
    tree.file(
        format!("{DOC}/changelog.gz"),
        gzip::compressed(template::at_root("CHANGELOG.md")?.as_bytes())?,
    );
    tree.file(
        format!("{DOC}/THIRD-PARTY.gz"),
        gzip::compressed(release.notices.as_bytes())?,
    );
    examples(&mut tree, &format!("{DOC}/examples"))?;
    tree.file(
        "usr/share/lintian/overrides/gema",
        template::read("debian/lintian-overrides")?,
    );
    Ok(tree)
}

/// A unit of `docs/deploy`, with the program where packages install it, and its manual.
fn unit(text: &str) -> String {
    text.replace("/usr/local/bin/gema", "/usr/bin/gema")
        .replacen("[Unit]\n", "[Unit]\nDocumentation=man:gema(1)\n", 1)
}

fn changelog(release: &Release) -> Result<String> {
    let values = [
        ("VERSION", release.version.debian()),
        ("DATE", release.date("-R")?),
    ];
    template::filled(
        "debian/changelog",
        &values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
    )
}

/// The control files, which dpkg reads before it installs.
fn control(release: &Release, data: &Tree) -> Result<Tree> {
    let size = data.bytes().div_ceil(1024).to_string();
    let depends = release
        .linkage
        .debian_depends()
        .map(|on| format!("{on}, "))
        .unwrap_or_default();
    let version = release.version.debian();
    let values = [
        ("VERSION", version.as_str()),
        ("SIZE", &size),
        ("LIBC", &depends),
        ("SUMMARY", SUMMARY),
    ];
    let mut tree = Tree::default();
    tree.file("control", template::filled("debian/control", &values)?);
    tree.file("conffiles", format!("/{CONFIGURATION}\n"));
    let sums = data.files().filter(|(path, ..)| *path != CONFIGURATION);
    let sums = sums.map(|(path, _, content)| Ok(format!("{}  {path}\n", md5(content)?)));
    tree.file("md5sums", sums.collect::<Result<String>>()?);
    for script in MAINTAINER_SCRIPTS {
        tree.program(script, template::read(&format!("debian/{script}"))?);
    }
    Ok(tree)
}

/// The MD5 sum, by which dpkg finds changed files.
fn md5(bytes: &[u8]) -> Result<String> {
    let mut md5sum = Command::new("md5sum");
    let mut md5sum = md5sum
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start `md5sum`")?;
    md5sum
        .stdin
        .take()
        .context("md5sum's input is not piped")?
        .write_all(bytes)?;
    let told = String::from_utf8(md5sum.wait_with_output()?.stdout)?;
    Ok(told
        .split_whitespace()
        .next()
        .context("md5sum printed nothing")?
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_name_the_program_where_the_package_puts_it() {
        for name in UNITS {
            let text = unit(&template::at_root(&format!("docs/deploy/{name}")).unwrap());
            assert!(!text.contains("/usr/local"), "{name}");
        }
        let service = unit(&template::at_root("docs/deploy/gema.service").unwrap());
        assert!(
            service.contains(&format!(
                "ExecStart=/usr/bin/gema serve --config /{CONFIGURATION} "
            )),
            "{service}"
        );
    }

    #[test]
    fn md5_sums_are_those_that_dpkg_compares() {
        assert_eq!(md5(b"").unwrap(), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
