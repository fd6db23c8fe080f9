//! Management of a newsroom's articles: put, list, show, remove. Shared by the public HTTP routes, the local socket,
//! and the command line when no endpoint is running. Does not check permissions.

/// Aliases.
mod alias;
/// Starting counts from an earlier counter.
mod baseline;
/// Counts of an article by day.
mod days;
/// Validation of submitted articles.
mod draft;
/// Import of an export.
mod import;
/// Migration from one store to another.
mod migrate;
/// The settings for the poll of one article.
mod poll;
/// The newsroom's users.
pub mod users;

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use utoipa::ToSchema;
use wire::{Article, ArticleKey, Imported, Tally};

pub use alias::{AliasEntry, AliasPage, AliasReport, alias, aliases, remove_alias};
pub use baseline::{BaselineChange, BaselineReport, BaselineRequest, Columns, set_baseline};
pub use days::{ArticleDays, DayCounts, MAX_ARTICLE_DAYS, days};
pub use draft::{Body, Draft, sanitized_copy};
pub use import::{ImportError, import};
pub use migrate::{MigrateError, MigrationReport, MigrationTarget, migrate};
pub use poll::check_poll;

use config::{Site, networks};
use store::{
    ArticleCounts, ArticlePoll, ArticleUpdate, ClientCounts, MAX_COUNT, PruneFilter, PrunePage,
    Removal, Store, StoreError,
};
use visitor::Day;

/// Maximum number of articles on a page of the list.
pub const MAX_LISTED: usize = 500;

/// A rejected field, with the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field in the request.
    pub field: &'static str,
    /// A sentence for a developer.
    pub reason: String,
}

/// Why an operation on an article was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArticleError {
    /// The request is wrong.
    Field(FieldError),
    /// The store failed.
    Store(StoreError),
}

impl From<FieldError> for ArticleError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<StoreError> for ArticleError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl FieldError {
    fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            reason: reason.into(),
        }
    }

    /// The error as a sentence about a copy in an import or backup.
    pub fn about_copy(&self) -> String {
        format!("its copy was left out: {self}")
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

/// All data of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Known)]
pub struct ArticleDetails {
    /// Its counts; `imported` is the part that came from an earlier counter.
    pub tally: Tally,
    /// Number of readers who ever chose without JavaScript, including those who withdrew. Their choices are among the
    /// reactions.
    #[serde(skip_serializing_if = "is_none")]
    pub noscript: u64,
    /// The counts that the clients of other counters have reported, by client. Reads and reactions include them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub clients: BTreeMap<&'static str, ClientEvents>,
    /// The settings for its poll, if any differs from the site's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<ArticlePoll>,
    /// The stored copy, as it is displayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<Article>,
    /// Notes about stored content that may not be what was meant. Only in the response to a PUT.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// An article's counts that another counter's client has reported.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ClientEvents {
    /// Reads.
    pub reads: u64,
    /// Number of readers who ever chose, including those who withdrew.
    pub voters: u64,
}

fn clients(counted: &ArticleCounts) -> BTreeMap<&'static str, ClientEvents> {
    let events = |of: &ClientCounts| {
        let ClientCounts {
            client,
            reads,
            voters,
        } = *of;
        (client.name(), ClientEvents { reads, voters })
    };
    counted.clients.iter().map(events).collect()
}

fn poll(counted: &ArticleCounts) -> Option<ArticlePoll> {
    counted.poll.as_deref().cloned()
}

/// A page of a site's list of articles.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = List)]
pub struct ArticlePage {
    /// The articles, in the order of their keys.
    pub articles: Vec<ArticleEntry>,
    /// The parameter `after` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<ArticleKey>,
}

/// An article of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Line)]
pub struct ArticleEntry {
    /// The headline, if there is a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The day of publication, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Its key and counts.
    pub tally: Tally,
}

/// Validates starting counts: the site must have the options and buttons, and the counts must be small enough.
///
/// # Errors
/// [`FieldError`] names the wrong one.
pub fn check_imported(imported: &Imported, site: &Site) -> Result<(), FieldError> {
    let refused = |reason| Err(FieldError::new("imported", reason));
    if let Some((unknown, _)) = imported
        .reactions
        .0
        .iter()
        .find(|(key, _)| !site.has_reaction(key))
    {
        let known: Vec<_> = site
            .reactions
            .iter()
            .map(|option| option.key.as_str())
            .collect();
        return refused(format!(
            "The poll has no option `{unknown}`. It has: {}.",
            known.join(", ")
        ));
    }
    if let Some((unknown, _)) = imported
        .shares
        .0
        .iter()
        .find(|(key, _)| !networks::is_known(key))
    {
        return refused(format!(
            "There is no network `{unknown}`. There are: {}.",
            networks::known()
        ));
    }
    let counts = imported.reactions.0.iter().map(|(_, count)| *count);
    let counts = counts
        .chain(imported.shares.0.iter().map(|(_, count)| *count))
        .chain([imported.reads]);
    if counts.max().is_some_and(|greatest| greatest > MAX_COUNT) {
        return refused(format!("A count may be {MAX_COUNT} at most."));
    }
    Ok(())
}

/// Rejects writes to an alias: articles are written under their own key, so that an old script changes nothing by
/// accident.
///
/// # Errors
/// The store's errors, or one that names the article's key.
pub async fn reject_alias(
    store: &dyn Store,
    site: &Site,
    key: &ArticleKey,
) -> Result<(), ArticleError> {
    match store.alias_target(&site.id, key).await? {
        None => Ok(()),
        Some(to) => Err(FieldError::new(
            "article",
            format!("`{key}` has moved to `{to}`. Name that key."),
        )
        .into()),
    }
}

/// Stores a copy of the article, or starting counts, or both, replacing those sent before.
///
/// # Errors
/// The store's errors.
pub async fn put(
    store: &dyn Store,
    site: &Site,
    today: Day,
    key: &ArticleKey,
    update: ArticleUpdate,
) -> Result<ArticleDetails, StoreError> {
    let tally = store.put_article(&site.id, today, key, update).await?;
    let counted = store
        .tallies(&site.id, std::slice::from_ref(key))
        .await?
        .pop();
    Ok(ArticleDetails {
        tally,
        noscript: counted.as_ref().map_or(0, |counted| counted.noscript),
        poll: counted.as_ref().and_then(poll),
        clients: counted.as_ref().map(clients).unwrap_or_default(),
        article: store.article(&site.id, key).await?,
        warnings: Vec::new(),
    })
}

/// All data of an article; `None` if it does not exist.
///
/// # Errors
/// The store's errors.
pub async fn show(
    store: &dyn Store,
    site: &Site,
    key: &ArticleKey,
) -> Result<Option<ArticleDetails>, StoreError> {
    let counted = store
        .tallies(&site.id, std::slice::from_ref(key))
        .await?
        .pop();
    let Some(counted) = counted.filter(|counted| counted.version.id != 0) else {
        return Ok(None);
    };
    let article = store.article(&site.id, key).await?;
    Ok(Some(ArticleDetails {
        noscript: counted.noscript,
        poll: poll(&counted),
        clients: clients(&counted),
        tally: counted.tally,
        article,
        warnings: Vec::new(),
    }))
}

/// Articles in the order of their keys, at most [`MAX_LISTED`].
///
/// # Errors
/// The store's errors.
pub async fn list(
    store: &dyn Store,
    site: &Site,
    after: Option<&ArticleKey>,
) -> Result<ArticlePage, StoreError> {
    // One extra article shows whether there is a next page.
    let mut listed = store.articles(&site.id, after, MAX_LISTED + 1).await?;
    let is_more = listed.len() > MAX_LISTED;
    listed.truncate(MAX_LISTED);
    let entry = |listed: store::ArticleSummary| ArticleEntry {
        title: listed.title,
        published: listed.published,
        tally: listed.tally,
    };
    let articles: Vec<_> = listed.into_iter().map(entry).collect();
    let last = articles.last().map(|entry| entry.tally.article.clone());
    Ok(ArticlePage {
        articles,
        next: last.filter(|_| is_more),
    })
}

/// Deletes all articles that only readers created and that match, or with `dry_run` only counts them. Returns their
/// number, and some of their keys.
///
/// # Errors
/// The store's errors.
pub async fn prune(
    store: &dyn Store,
    site: &Site,
    filter: PruneFilter,
) -> Result<(u64, Vec<ArticleKey>), StoreError> {
    let mut count = 0;
    let mut keys = Vec::new();
    let mut after = None;
    loop {
        let PrunePage { articles, next } = store.prune(&site.id, filter, after.as_ref()).await?;
        count += articles.len() as u64;
        let room = MAX_REPORTED_KEYS.saturating_sub(keys.len());
        keys.extend(articles.into_iter().take(room));
        match next {
            Some(next) => after = Some(next),
            None => return Ok((count, keys)),
        }
    }
}

/// Maximum number of keys in the result of [`prune`].
const MAX_REPORTED_KEYS: usize = 10;

/// Removes the copy, or everything. Returns whether there was anything to remove.
///
/// # Errors
/// The store's errors.
pub async fn remove(
    store: &dyn Store,
    site: &Site,
    key: &ArticleKey,
    removal: Removal,
) -> Result<bool, StoreError> {
    store.remove_article(&site.id, key, removal).await
}

#[cfg(test)]
mod tests {
    use wire::{Counts, Network, Reaction};

    use super::*;

    #[test]
    fn check_imported_rejects_unknown_options_and_networks() {
        let site = Site::demo();
        let reaction = |key| Counts(vec![(Reaction::parse(key).unwrap(), 3)]);
        let share = |key| Counts(vec![(Network::parse(key).unwrap(), 3)]);
        let good = Imported {
            reads: 841,
            reactions: reaction("happy"),
            shares: share("whatsapp"),
        };
        assert_eq!(check_imported(&good, &site), Ok(()));
        let refused = |imported| check_imported(&imported, &site).unwrap_err().to_string();
        let error = refused(Imported {
            reactions: reaction("hapy"),
            ..Imported::default()
        });
        assert!(
            error.contains("`hapy`") && error.contains("happy, inspired"),
            "{error}"
        );
        let error = refused(Imported {
            shares: share("orkut"),
            ..Imported::default()
        });
        assert!(
            error.contains("`orkut`") && error.contains("whatsapp"),
            "{error}"
        );
        assert!(
            refused(Imported {
                reads: 1 << 53,
                ..Imported::default()
            })
            .contains("9007199254740991")
        );
    }
}
