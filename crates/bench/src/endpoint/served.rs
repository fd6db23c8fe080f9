//! The servers under test, all on the first core; only one of them is under load at a time.

mod competitors;
mod nginx;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::load::{self, Run};
use super::targets::{BenchRequest, Host, TALLIES, Target, VIEW};
use super::{Beside, counted, http};
use crate::{on_core, process, serve};
use devtools::repo;
use devtools::supervise::Server;

/// Starts a build of the endpoint on an empty database.
fn endpoint(program: &Path, database: &Path) -> Result<(Server, String)> {
    serve(on_core(0, program), database)
}

/// All servers under test, with their files.
pub(crate) struct Served {
    /// Databases, files and configurations.
    pub(crate) dir: PathBuf,
    hosts: Vec<(Host, Server, String)>,
}

impl Served {
    /// Starts the endpoint with a database of its own, and nginx with files that have the endpoint's responses; with
    /// `beside`, the other servers too.
    pub(crate) fn start(beside: &Beside) -> Result<Self> {
        let dir = repo::target().join("bench");
        // Remove what an earlier run left.
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("files")).context("cannot make target/bench")?;
        let (gema, at) = endpoint(&repo::gema(), &dir.join("gema.db"))?;
        for (name, path) in [("view", VIEW), ("tallies", TALLIES)] {
            fs::write(dir.join("files").join(name), http::get(&at, path)?)?;
        }
        let (nginx, nginx_at) = nginx::start(&dir)?;
        for path in [VIEW, TALLIES] {
            if http::get(&at, path)? != http::get(&nginx_at, path)? {
                bail!("nginx does not answer {path} with the same bytes");
            }
        }
        let mut hosts = vec![(Host::Gema, gema, at), (Host::Nginx, nginx, nginx_at)];
        if let Beside::OtherBuild(program) = beside {
            let (server, url) = endpoint(program, &dir.join("other.db"))?;
            hosts.push((Host::OtherBuild, server, url));
        }
        if let Beside::Competitors(installed) = beside {
            let (waline, at) = competitors::waline(&dir, &installed.waline)?;
            hosts.push((Host::Waline, waline, at));
            let (isso, at) = competitors::isso(&dir, &installed.isso_python)?;
            hosts.push((Host::Isso, isso, at));
        }
        Ok(Self { dir, hosts })
    }

    /// One run against a target, with what the server has counted in it.
    pub(crate) fn run(&self, target: &Target, connections: usize, time: Duration) -> Result<Run> {
        let (_, server, url) = self
            .hosts
            .iter()
            .find(|(host, ..)| *host == target.host)
            .context("a server is not there")?;
        let counted = || match target.request {
            BenchRequest::Get(_) => Ok(None),
            BenchRequest::Post { what, articles } => {
                counted::settled(url, what, articles).map(Some)
            }
        };
        let before = counted()?;
        let cpu = || process::cpu_of_group(server.id());
        let run = load::run(&self.dir, url, target.request, connections, time, cpu)?;
        let counted = counted()?
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        Ok(Run { counted, ..run })
    }

    /// Resident memory of each server, in MiB.
    pub(crate) fn memory_mib(&self) -> Result<Vec<(Host, f64)>> {
        self.hosts
            .iter()
            .map(|(host, server, _)| Ok((*host, process::of_group(server.id())?.memory)))
            .collect()
    }
}
