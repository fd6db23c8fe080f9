use std::sync::Arc;

use config::Site;
use text::page::{Page, page};
use wire::{ArticleKey, Tally};

use crate::{problem::Problem, state::App};

/// The article of a page, by its path or address; `None`: the home page, or a text that can be no key.
pub(super) fn article(address: &str) -> Option<ArticleKey> {
    match page(address) {
        Ok(Page::Article(key)) => Some(key),
        Ok(Page::Home | Page::Index) | Err(_) => None,
    }
}

/// The counts of articles, as the site displays them, in the order of the keys.
pub(super) async fn tallies(
    app: &App,
    site: &Arc<Site>,
    keys: &[ArticleKey],
) -> Result<Vec<Tally>, Problem> {
    let counted = app.store.tallies(&site.id, keys).await?;
    Ok(counted
        .into_iter()
        .map(|counted| rules::displayed(counted.tally, site, counted.poll.as_deref()))
        .collect())
}
