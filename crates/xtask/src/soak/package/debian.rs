//! The Debian package, in a Debian that has nothing but systemd, booted in namespaces of its own.

mod booted;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};

use self::booted::Booted;
use super::{Files, Tried, first_page, is_current};
use crate::{exec, progress};

const URL: &str = "http://127.0.0.1:8787";
/// The site of the configuration that the package installs.
const SITE: &str = "news";
/// Reads of the article that the trial puts.
const READS: &str = "841";

pub(super) fn try_it(files: &Files, earlier: &Files) -> Result<Vec<Tried>> {
    lint(files.of("deb")?)?;
    let root = files.clean("debian")?;
    let step = progress::TimedStep::begin("a Debian without gema");
    let mut mmdebstrap = Command::new("mmdebstrap");
    mmdebstrap.args([
        "--quiet",
        "--variant=minbase",
        "--include=procps,systemd,systemd-sysv",
    ]);
    exec::read(mmdebstrap.arg("bookworm").arg(&root))?;
    step.done();
    let system = Booted::start(&root)?;
    let trial = Trial {
        root: &root,
        system: &system,
    };
    let start = Instant::now();
    trial.apt(&["install", &trial.offered(earlier.of("deb")?)?])?;
    let shown = trial.first_page()?;
    trial.put_an_article()?;
    trial.change_the_configuration()?;
    let upgraded = Instant::now();
    trial.apt(&["install", &trial.offered(files.of("deb")?)?])?;
    let shown_again = trial.first_page()?;
    trial.is_upgraded()?;
    trial.backs_up()?;
    trial.remove_and_purge()?;
    trial.apt(&["install", &trial.offered(files.of("deb")?)?])?;
    trial.first_page()?;
    ensure!(
        trial.reads()? == READS,
        "a new installation does not find the counts of the one before"
    );
    Ok(vec![
        Tried::new(
            "deb: apt-get install, as a service",
            earlier.of("deb")?,
            shown - start,
        )?,
        Tried::new(
            "deb: apt-get install, an upgrade",
            files.of("deb")?,
            shown_again - upgraded,
        )?,
    ])
}

/// Checks the package with lintian, which must report neither errors nor warnings except those that its overrides
/// explain.
fn lint(package: &Path) -> Result<()> {
    let mut lintian = Command::new("lintian");
    exec::quietly(
        lintian
            .args([
                "--allow-root",
                "--fail-on",
                "error,warning",
                "--tag-display-limit",
                "0",
            ])
            .arg(package),
    )
}

struct Trial<'a> {
    root: &'a Path,
    system: &'a Booted,
}

impl Trial<'_> {
    /// Copies a package into the system. Gives its path there.
    fn offered(&self, package: &Path) -> Result<String> {
        let there = format!(
            "/root/{}",
            package.file_name().unwrap_or_default().to_string_lossy()
        );
        fs::copy(package, self.inside(&there))?;
        Ok(there)
    }

    fn inside(&self, path: &str) -> std::path::PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    fn run(&self, words: &[&str]) -> Result<String> {
        exec::read(&mut self.system.command(words))
    }

    fn apt(&self, words: &[&str]) -> Result<String> {
        self.run(
            &[
                &[
                    "apt-get",
                    "--yes",
                    "--quiet",
                    "-o",
                    "Dpkg::Options::=--force-confold",
                ][..],
                words,
            ]
            .concat(),
        )
    }

    /// The time at which the first page of the service was complete.
    fn first_page(&self) -> Result<Instant> {
        first_page::of_service(URL, SITE, &|| self.system.beside(&["curl"]))
    }

    /// Runs `gema article` as gema's user.
    fn article(&self, words: &[&str]) -> Result<String> {
        let place = [
            "--config",
            "/etc/gema/gema.toml",
            "--database",
            "/var/lib/gema/gema.db",
        ];
        self.run(
            &[
                &["runuser", "-u", "gema", "--", "gema", "article"][..],
                words,
                &place,
            ]
            .concat(),
        )
    }

    fn put_an_article(&self) -> Result<()> {
        fs::write(self.inside("/srv/article.md"), "The article.\n")?;
        self.article(&[
            "put",
            "/srv/article.md",
            "--article",
            "first",
            "--title",
            "First",
            "--imported-reads",
            READS,
        ])?;
        ensure!(self.reads()? == READS, "the article was not put");
        Ok(())
    }

    /// The reads of that article, as the service counts them.
    fn reads(&self) -> Result<String> {
        let url = format!("{URL}/v1/sites/{SITE}/view?article=first");
        let view: serde_json::Value = serde_json::from_str(&exec::read(
            &mut self.system.beside(&["curl", "--silent", &url]),
        )?)?;
        Ok(view["tally"]["reads"].to_string())
    }

    fn change_the_configuration(&self) -> Result<()> {
        let file = self.inside(INSTALLED_CONFIGURATION);
        let text = fs::read_to_string(&file)?;
        fs::write(file, text + CHANGE)?;
        self.run(&["systemctl", "reload", "gema"]).map(drop)
    }

    fn is_upgraded(&self) -> Result<()> {
        let version = self.run(&["dpkg-query", "--show", "--showformat", "${Version}", "gema"])?;
        ensure!(
            version == concat!(env!("CARGO_PKG_VERSION"), "-1"),
            "version {version} is installed"
        );
        is_current(&self.run(&["gema", "--version"])?)?;
        ensure!(
            self.reads()? == READS,
            "the counts are not those from before the upgrade"
        );
        ensure!(
            fs::read_to_string(self.inside(INSTALLED_CONFIGURATION))?.ends_with(CHANGE),
            "the configuration was replaced"
        );
        ensure!(
            self.run(&["stat", "--format=%a %U:%G", INSTALLED_CONFIGURATION])? == "640 root:gema",
            "others may read the configuration"
        );
        Ok(())
    }

    fn backs_up(&self) -> Result<()> {
        self.run(&[
            "systemctl",
            "is-enabled",
            "gema.service",
            "gema-backup.timer",
        ])?;
        self.run(&["systemctl", "is-active", "gema-backup.timer"])?;
        self.run(&["systemctl", "start", "gema-backup.service"])?;
        ensure!(
            self.inside("/var/lib/gema/backups/gema.db").exists(),
            "there is no backup"
        );
        Ok(())
    }

    /// Checks that removing the package keeps the configuration and the database, and that purging it keeps only the
    /// database.
    fn remove_and_purge(&self) -> Result<()> {
        let exists = |path: &str| self.inside(path).exists();
        self.apt(&["remove", "gema"])?;
        ensure!(
            self.run(&["systemctl", "is-active", "gema.service"])
                .is_err(),
            "the service goes on"
        );
        ensure!(
            !exists("/usr/bin/gema") && !exists("/lib/systemd/system/gema.service"),
            "the program is still there"
        );
        ensure!(
            exists(INSTALLED_CONFIGURATION) && exists("/var/lib/gema/gema.db"),
            "a removal took more than the program"
        );
        let said = self.apt(&["purge", "gema"])?;
        ensure!(said.contains("the counts stay in /var/lib/gema"), "{said}");
        ensure!(
            !exists(INSTALLED_CONFIGURATION) && !exists("/var/lib/gema/gema.db.salts"),
            "a purge left configuration or salts"
        );
        ensure!(
            exists("/var/lib/gema/gema.db") && exists("/var/lib/gema/backups/gema.db"),
            "a purge took the counts"
        );
        Ok(())
    }
}

const INSTALLED_CONFIGURATION: &str = "/etc/gema/gema.toml";
const CHANGE: &str = "# Changed by the operator.\n";
