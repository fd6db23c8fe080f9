use text::key::article_key;
use wire::{ArticleKey, Invalid, SiteId};

use super::admin_client::{AdminClient, DatabaseArgs};

/// A site and its database.
#[derive(clap::Args)]
pub(super) struct TargetArgs {
    /// The site; optional if there is only one
    #[arg(long, value_parser = parsed::<SiteId>, value_name = "SITE")]
    site: Option<SiteId>,
    #[command(flatten)]
    database: DatabaseArgs,
}

impl TargetArgs {
    pub(super) fn open(&self) -> anyhow::Result<(AdminClient, SiteId)> {
        let client = self.client()?;
        let site = client.site(self.site.as_ref())?;
        Ok((client, site))
    }

    pub(super) fn client(&self) -> anyhow::Result<AdminClient> {
        AdminClient::of_sites(&self.database)
    }

    /// Whether `--site` was given.
    pub(super) fn is_named(&self) -> bool {
        self.site.is_some()
    }
}

/// Parses an article's key.
pub(super) fn named(text: &str) -> Result<ArticleKey, Invalid> {
    article_key(text)
}

/// Parses a type of the wire format.
pub(super) fn parsed<T: TryFrom<String, Error = Invalid>>(text: &str) -> Result<T, Invalid> {
    T::try_from(text.to_owned())
}
