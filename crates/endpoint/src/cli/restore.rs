//! `gema restore`.

use std::path::PathBuf;

use anyhow::Context;
use endpoint::store::{self, RestoreError, Restored};

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
    let database = holder.database();
    let restored = store::restore(database, &restore.file, jiff::Timestamp::now()).inspect_err(|error| {
        if let RestoreError::Wrong(check) = error {
            // The error that is told next is what matters.
            let _ = print::out(&print::findings(&serde_json::json!(check)));
        }
    });
    let Restored { articles, replaced } = restored.with_context(|| format!("{database} is as it was"))?;
    let mut text = format!("restored {database} from {}: {articles} articles\n", restore.file.display());
    if let Some(replaced) = replaced {
        text += &format!("what was there is now {}\n", replaced.display());
    }
    print::out(&(text + "open pages that have shown newer counts show these within ten minutes\n"))
}
