//! Other software that counts votes, set up with SQLite as its own documentation advises for one small machine.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};

use super::http;
use crate::endpoint::targets::SPREAD_ARTICLES;
use crate::on_core;
use devtools::exec;
use devtools::supervise::Server;

/// Waline, in one process. On each request it contacts a server of its vendor for the login providers; a `data:` URL
/// replaces that server, so that no network latency is measured.
pub(crate) fn waline(dir: &Path, packages: &Path) -> Result<(Server, String)> {
    let address = http::free()?;
    let script = dir.join("waline.cjs");
    let database = dir.join("waline");
    fs::create_dir_all(&database)?;
    fs::write(&script, include_str!("waline.cjs"))?;
    let mut node = on_core(0, "node");
    node.arg(script)
        .arg(address.port().to_string())
        .env("SQLITE_PATH", database)
        .env("JWT_TOKEN", "a token");
    node.env("NODE_PATH", packages)
        .env("OAUTH_URL", "data:application/json,{\"services\":[]}");
    // It logs a line per statement.
    let server = Server::start(node.stdout(Stdio::null()))?;
    http::until_listening(address)?;
    Ok((server, format!("http://{address}")))
}

/// Isso, run by gunicorn with four processes, as its documentation advises. Its comments are created by its own
/// import.
pub(crate) fn isso(dir: &Path, python: &Path) -> Result<(Server, String)> {
    let address = http::free()?;
    let config = dir.join("isso.cfg");
    let dump = dir.join("isso.json");
    let options = format!(
        "[general]\ndbpath = {}\nhost = http://{address}/\nlatest-enabled = true\n[server]\ntrusted-proxies = 127.0.0.1\n\
         [guard]\nenabled = false\n",
        dir.join("isso.db").display()
    );
    fs::write(&config, options)?;
    let thread = |n| {
        let comment = serde_json::json!({
            "id": 1, "text": "x", "author": "x", "email": "", "website": "", "remote_addr": "192.0.2.1",
            "created": "2026-01-01 00:00:00",
        });
        serde_json::json!({ "id": format!("/spread-{n}"), "title": "x", "comments": [comment] })
    };
    fs::write(
        &dump,
        serde_json::Value::from_iter((0..SPREAD_ARTICLES).map(thread)).to_string(),
    )?;
    let mut import = exec::program(python);
    import
        .args(["-c", "import isso; isso.main()", "-c"])
        .arg(&config)
        .args(["import", "-t", "generic"])
        .arg(dump);
    exec::read(&mut import).context("Isso does not import its comments")?;
    let mut gunicorn = on_core(0, python);
    gunicorn.args([
        "-m",
        "gunicorn",
        "--bind",
        &address.to_string(),
        "--workers",
        "4",
        "--preload",
    ]);
    gunicorn
        .args(["--log-level", "warning", "isso.run"])
        .env("ISSO_SETTINGS", config)
        .stderr(Stdio::null());
    let server = Server::start(&mut gunicorn)?;
    http::until_listening(address)?;
    Ok((server, format!("http://{address}")))
}
