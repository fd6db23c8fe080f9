//! `cargo xtask demo`: from a fresh clone to the demo news page in a browser. By default the endpoint is built with a
//! profile that compiles fast, and without Redis; `--release` builds and serves the one that is installed. Nothing is
//! installed unless the widget has changed since `dist/` was committed.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context, Result, bail};

use crate::supervise::{self, Server};
use crate::{dist, exec, progress, repo};

/// The cargo profile of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Compiles much faster (`profile.quick` in Cargo.toml).
    Quick,
    /// The profile of an installed endpoint.
    Release,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Release => "release",
        }
    }
}

/// Sets up, builds, and serves until it is stopped.
pub(crate) fn run(listen: SocketAddr, profile: Profile) -> Result<()> {
    // Check before the build, which may take minutes.
    is_free(listen)?;
    dist::ensure_current()?;
    build(profile)?;
    progress::heading("The demo");
    let database = repo::target().join("demo/gema.db");
    std::fs::create_dir_all(repo::target().join("demo")).context("cannot make target/demo")?;
    supervise::catch_signals()?;
    let mut gema = exec::program(repo::gema_of(profile.name()));
    gema.args(["serve", "--listen", &listen.to_string(), "--database"])
        .arg(database);
    let (server, url) = Server::start_endpoint(&mut gema)?;
    progress::line("ready");
    println!("\n  Demo: {url}\n\n  Ctrl-C stops it.\n");
    supervise::until_stopped(&mut [server])?;
    progress::line("stopped");
    Ok(())
}

/// Builds the endpoint's release build, with `dist/` embedded.
pub(crate) fn build_endpoint() -> Result<()> {
    build(Profile::Release)
}

fn build(profile: Profile) -> Result<()> {
    progress::heading(format!("The endpoint ({} build)", profile.name()));
    let step = progress::TimedStep::begin("gema");
    let mut cargo = exec::cargo();
    cargo.args(["build", "--profile", profile.name(), "--package", "gema"]);
    if profile == Profile::Quick {
        // The demo keeps its counts in SQLite.
        cargo.arg("--no-default-features");
    }
    exec::run(&mut cargo)?;
    step.done();
    Ok(())
}

/// Fails if another process listens on this address, with the remedy.
pub(crate) fn is_free(listen: SocketAddr) -> Result<()> {
    if let Err(error) = TcpListener::bind(listen) {
        bail!(
            "cannot listen on {listen} ({error}): stop what uses it, or choose another with `--listen 127.0.0.1:8788` (port 0: any)"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_reported_before_the_build() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let error = is_free(other.local_addr().unwrap())
            .unwrap_err()
            .to_string();
        assert!(error.contains("--listen"), "{error}");
    }
}
