//! `cargo xtask demo`: from a fresh clone to the demo news page in a browser. The endpoint is built quickly rather than to be quick;
//! `--release` builds and serves the one that one would install.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context, Result, bail};

use crate::setup::Scope;
use crate::supervise::{self, Server};
use crate::{dist, exec, repo, say, setup};

/// How the endpoint is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// In a part of the time (`profile.quick` in Cargo.toml).
    Quick,
    /// As it is installed.
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

/// Sets up, builds, serves, and stays until it is stopped.
pub(crate) fn run(listen: SocketAddr, profile: Profile) -> Result<()> {
    // Before the minutes that building may take.
    is_free(listen)?;
    let toolchain = setup::run(Scope::Build)?;
    dist::run(&toolchain)?;
    build(profile)?;
    say::heading("The demo");
    let database = repo::target().join("demo/gema.db");
    std::fs::create_dir_all(repo::target().join("demo")).context("cannot make target/demo")?;
    supervise::catch_signals()?;
    let mut gema = exec::program(repo::gema_of(profile.name()));
    gema.args(["serve", "--listen", &listen.to_string(), "--database"]).arg(database);
    let (server, url) = Server::start_endpoint(&mut gema)?;
    say::line("ready");
    println!("\n  Demo: {url}\n\n  Ctrl-C stops it.\n");
    supervise::until_stopped(&mut [server])?;
    say::line("stopped");
    Ok(())
}

/// The endpoint's release build, with what is in `dist/` inside.
pub(crate) fn build_endpoint() -> Result<()> {
    build(Profile::Release)
}

fn build(profile: Profile) -> Result<()> {
    say::heading(format!("The endpoint ({} build)", profile.name()));
    let step = say::Step::begin("gema");
    exec::run(exec::cargo().args(["build", "--profile", profile.name(), "--package", "gema"]))?;
    step.done();
    Ok(())
}

/// Fails, with the way out, if somebody else listens there.
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
    fn a_taken_port_is_told_before_anything_is_built() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let error = is_free(other.local_addr().unwrap()).unwrap_err().to_string();
        assert!(error.contains("--listen"), "{error}");
    }
}
