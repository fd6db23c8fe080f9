use text::key::article_key;
use wire::{ArticleKey, Invalid, SiteId};

use super::holder::{Database, Holder};

/// Which site, in which database.
#[derive(clap::Args)]
pub(super) struct Place {
    /// The site; need not be said where there is only one
    #[arg(long, value_parser = parsed::<SiteId>, value_name = "SITE")]
    site: Option<SiteId>,
    #[command(flatten)]
    database: Database,
}

impl Place {
    /// Who is to be asked, and for which site.
    pub(super) fn open(&self) -> anyhow::Result<(Holder, SiteId)> {
        let holder = self.holder()?;
        let site = holder.site(self.site.as_ref())?;
        Ok((holder, site))
    }

    /// Who is to be asked, of whatever site.
    pub(super) fn holder(&self) -> anyhow::Result<Holder> {
        Holder::of_sites(&self.database)
    }

    /// Whether a site is named.
    pub(super) fn is_named(&self) -> bool {
        self.site.is_some()
    }
}

/// An article's key.
pub(super) fn named(text: &str) -> Result<ArticleKey, Invalid> {
    article_key(text)
}

/// A name of the wire's.
pub(super) fn parsed<T: TryFrom<String, Error = Invalid>>(text: &str) -> Result<T, Invalid> {
    T::try_from(text.to_owned())
}
