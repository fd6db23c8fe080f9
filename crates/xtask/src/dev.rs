//! `cargo xtask dev`: the demo page, rebuilt and reloaded on every change of the widget (`trunk serve`), with a
//! development build of the endpoint behind Trunk's proxy.

use anyhow::{Context, Result};

use crate::setup::Scope;
use crate::supervise::{self, Server};
use crate::toolchain::{Build, WASM_TARGET};
use crate::{demo, exec, progress, repo, setup, tools};

/// Sets up and serves until it is stopped.
pub(crate) fn run() -> Result<()> {
    let endpoint = repo::ADDRESS
        .parse()
        .context("the endpoint's address is not one")?;
    demo::is_free(endpoint)
        .context("`dev` needs this very port: Trunk.toml names it as what to proxy to")?;
    let toolchain = setup::run(Scope::Development)?;
    progress::heading("The endpoint");
    exec::run(exec::cargo().args(["build", "--package", "gema"]))?;
    let database = repo::target().join("dev/gema.db");
    std::fs::create_dir_all(repo::target().join("dev")).context("cannot make target/dev")?;
    supervise::catch_signals()?;
    let mut gema = exec::program(repo::gema_debug());
    gema.args(["serve", "--listen", repo::ADDRESS, "--database"])
        .arg(database);
    let (endpoint, _) = Server::start_endpoint(&mut gema)?;

    progress::heading("The widget");
    exec::run(
        toolchain
            .cargo(Build::Checked)?
            .args(["fetch", "--target", WASM_TARGET]),
    )?;
    let mut trunk = toolchain.program("trunk", Build::Checked, &tools::of_development()?)?;
    // Trunk reads this variable as one of its own flags and rejects the usual values.
    trunk.env_remove("NO_COLOR");
    trunk
        .args(["serve", "--offline", "--dist"])
        .arg(repo::target().join("trunk-dev"));
    let trunk = Server::start(&mut trunk)?;
    println!(
        "\n  The page: http://127.0.0.1:8080, as soon as Trunk says that it is built.\n\n  Ctrl-C stops both.\n"
    );
    supervise::until_stopped(&mut [endpoint, trunk])
}
