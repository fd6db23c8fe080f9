//! `gema export`.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context, bail};
use axum::{body::Body, http::Method};
use http_body_util::BodyExt;
use serde_json::Value;
use wire::SiteId;

use super::{
    admin_client::{AdminClient, DatabaseArgs},
    output,
    target_args::parsed,
};

/// Exports all data to standard output, for `gema import` on another machine
#[derive(clap::Args)]
pub(crate) struct Export {
    /// Exports only this site
    #[arg(long, value_parser = parsed::<SiteId>, value_name = "SITE")]
    site: Option<SiteId>,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// Streams the export to standard output.
pub(crate) async fn run(export: Export) -> anyhow::Result<()> {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        bail!("this would fill your screen: gema export > FILE");
    }
    keep_private()?;
    let client = AdminClient::of(&export.database)?;
    let site = export
        .site
        .map(|site| format!("?site={site}"))
        .unwrap_or_default();
    let mut body = client
        .stream(
            Method::GET,
            &format!("export{site}"),
            Body::from(Value::Null.to_string()),
        )
        .await?;
    let mut out = stdout.lock();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.context(
            "the export broke off: do not use what was written, and see the log of gema",
        )?;
        if let Ok(data) = frame.into_data() {
            out.write_all(&data)?;
            bytes += data.len();
        }
    }
    out.flush()?;
    output::note(&format!(
        "{bytes} bytes. Keep them as secret as the database: the votes' key is in them"
    ));
    Ok(())
}

/// Restricts a file that the shell has created to its owner, before anything is written to it.
#[cfg(unix)]
fn keep_private() -> anyhow::Result<()> {
    use std::{
        fs::{File, Permissions},
        os::{fd::AsFd, unix::fs::PermissionsExt},
    };
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(0o600))
            .context("the file must belong to the user that exports")?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private() -> anyhow::Result<()> {
    Ok(())
}
