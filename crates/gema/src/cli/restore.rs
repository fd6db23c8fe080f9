//! `gema restore`.

use std::path::PathBuf;

use anyhow::Context;
use store::{RestoreError, Restored};

use super::{
    holder::{Database, Holder},
    print,
};

#[derive(clap::Args)]
pub(crate) struct Restore {
    /// What `gema backup` has written
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

/// Puts the backup in the database's place and says where the old one is.
pub(crate) async fn run(restore: Restore) -> anyhow::Result<()> {
    let holder = Holder::of(&restore.database)?;
    let (database, file) = (holder.database(), &restore.file);
    let vet = |copy: &wire::Article| admin::vetted(copy).map_err(|refusal| refusal.of_copy());
    let restored = engines::restore(database, file, jiff::Timestamp::now(), &vet).inspect_err(|error| {
        if let RestoreError::Wrong(check) = error {
            // The error that is told next is what matters.
            let _ = print::out(&print::findings(&serde_json::json!(check)));
        }
    });
    let restored = restored.with_context(|| format!("{database} is as it was"))?;
    let Restored { articles, cleaned, skipped, replaced } = restored;
    let mut text = format!("restored {database} from {}: {articles} articles\n", file.display());
    text += &print::copies(&serde_json::json!({ "cleaned": cleaned, "skipped": skipped }));
    if let Some(replaced) = replaced {
        text += &format!("what was there is now {}\n", replaced.display());
    }
    print::out(&(text + "open pages that have shown newer counts show these within ten minutes\n"))
}
