//! `gema backup`.

use std::path::PathBuf;

use anyhow::Context;
use axum::http::Method;
use serde_json::json;

use super::{
    admin_client::{AdminClient, DatabaseArgs},
    output,
};

#[derive(clap::Args)]
pub(crate) struct Backup {
    /// The file to write, with the permissions of the user that runs gema. Only that user can read it
    file: PathBuf,
    /// Replaces an earlier backup; another file is never replaced
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// Writes the file and prints its size.
pub(crate) async fn run(backup: Backup) -> anyhow::Result<()> {
    let file = std::path::absolute(&backup.file)?;
    let name = file
        .to_str()
        .with_context(|| format!("{}: a name in UTF-8 is needed", file.display()))?;
    let body = json!({ "file": name, "replace": backup.force });
    let answer = AdminClient::of(&backup.database)?
        .command(Method::POST, "backup", body)
        .await?
        .context("an empty answer: is the running gema of another version?")?;
    let bytes = answer["bytes"]
        .as_u64()
        .context("an answer without `bytes`")?;
    output::out(&format!(
        "wrote {name}: {bytes} bytes. The salts of reads are not in it, and should be in no backup\n"
    ))
}
