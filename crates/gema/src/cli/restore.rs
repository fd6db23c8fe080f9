//! `gema restore`.

use std::path::PathBuf;

use anyhow::Context;
use store::{RestoreError, Restored};

use super::{
    admin_client::{AdminClient, DatabaseArgs},
    output,
};

#[derive(clap::Args)]
pub(crate) struct Restore {
    /// A file that `gema backup` has written
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// Replaces the database, and prints the path of the old one.
pub(crate) async fn run(restore: Restore) -> anyhow::Result<()> {
    let client = AdminClient::of(&restore.database)?;
    let database = client.database();
    let file = &restore.file;
    let vet =
        |copy: &wire::Article| admin::sanitized_copy(copy).map_err(|refusal| refusal.about_copy());
    let restored =
        engines::restore(database, file, jiff::Timestamp::now(), &vet).inspect_err(|error| {
            if let RestoreError::Wrong(check) = error {
                // Ignore errors: the error below is more important.
                let _ = output::out(&output::findings(&serde_json::json!(check)));
            }
        });
    let restored =
        restored.with_context(|| format!("{} is as it was", store::redacted_url(database)))?;
    let Restored {
        articles,
        cleaned,
        skipped,
        replaced,
    } = restored;
    let mut text = format!(
        "restored {database} from {}: {articles} articles\n",
        file.display()
    );
    text += &output::copies(&serde_json::json!({ "cleaned": cleaned, "skipped": skipped }));
    if let Some(replaced) = replaced {
        text += &format!("what was there is now {}\n", replaced.display());
    }
    output::out(&(text + "open pages that have shown newer counts show these within ten minutes\n"))
}
