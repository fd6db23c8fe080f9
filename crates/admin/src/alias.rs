use config::Site;
use serde::Serialize;
use store::{AliasEffect, AliasError, AliasOutcome, MAX_COUNT, MAX_VOTE_IDS, Store, StoreError};
use visitor::Day;
use wire::{ArticleKey, Tally};

use super::{ArticleError, FieldError, MAX_LISTED};

/// Result of an alias, or of its dry run.
#[derive(Clone, Debug, Serialize)]
pub struct AliasReport {
    /// Counts under the old key, before.
    pub old: Tally,
    /// Counts under the new key, before.
    pub new: Tally,
    /// Key of the article that answers for both.
    pub answers: ArticleKey,
    /// `already`, `noted`, `renamed`, `back` or `merged`.
    pub how: &'static str,
    /// Upper bound of the readers who count twice until they vote again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_twice: Option<u64>,
}

/// A page of a site's list of aliases.
#[derive(Clone, Debug, Serialize)]
pub struct AliasPage {
    /// The aliases, in the order of their old keys.
    pub aliases: Vec<AliasEntry>,
    /// The parameter `after` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<ArticleKey>,
}

/// An alias of the list.
#[derive(Clone, Debug, Serialize)]
pub struct AliasEntry {
    /// The alias.
    pub old: ArticleKey,
    /// Key of the article that answers for it.
    pub new: ArticleKey,
}

/// Makes the old key an alias of the new one. With `dry_run`, only reports what that would do.
///
/// # Errors
/// The store's errors, or the reason why the alias is not possible.
pub async fn alias(
    store: &dyn Store,
    site: &Site,
    today: Day,
    (old, new): (&ArticleKey, &ArticleKey),
    dry_run: bool,
) -> Result<AliasReport, ArticleError> {
    let mut before = store
        .tallies(&site.id, &[old.clone(), new.clone()])
        .await?
        .into_iter()
        .map(|counted| counted.tally);
    let (Some(of_old), Some(of_new)) = (before.next(), before.next()) else {
        return Err(StoreError::Unavailable.into());
    };
    let aliased = store.alias(&site.id, today, old, new, dry_run).await?;
    let AliasOutcome {
        new: answers,
        effect,
    } = aliased.map_err(|error| field_error(&error, old, new))?;
    let (how, at_most_twice) = match effect {
        AliasEffect::Existing => ("already", None),
        AliasEffect::Added => ("noted", None),
        AliasEffect::Renamed => ("renamed", None),
        AliasEffect::Swapped => ("back", None),
        AliasEffect::Merged { at_most_twice } => ("merged", Some(at_most_twice)),
    };
    Ok(AliasReport {
        old: of_old,
        new: of_new,
        answers,
        how,
        at_most_twice,
    })
}

/// Removes an alias, unless counts were merged by it.
///
/// # Errors
/// The store's errors, or the reason why it stays.
pub async fn remove_alias(
    store: &dyn Store,
    site: &Site,
    old: &ArticleKey,
) -> Result<(), ArticleError> {
    Ok(store
        .remove_alias(&site.id, old)
        .await?
        .map_err(|error| field_error(&error, old, old))?)
}

/// Aliases in the order of their old keys, at most [`MAX_LISTED`].
///
/// # Errors
/// The store's errors.
pub async fn aliases(
    store: &dyn Store,
    site: &Site,
    after: Option<&ArticleKey>,
) -> Result<AliasPage, StoreError> {
    // One extra alias shows whether there is a next page.
    let mut aliases = store.aliases(&site.id, after, MAX_LISTED + 1).await?;
    let is_more = aliases.len() > MAX_LISTED;
    aliases.truncate(MAX_LISTED);
    let last = aliases.last().map(|alias| alias.old.clone());
    let aliases = aliases
        .into_iter()
        .map(|alias| AliasEntry {
            old: alias.old,
            new: alias.new,
        })
        .collect();
    Ok(AliasPage {
        aliases,
        next: last.filter(|_| is_more),
    })
}

fn field_error(error: &AliasError, old: &ArticleKey, new: &ArticleKey) -> FieldError {
    match error {
        AliasError::Same => FieldError::new(
            "new",
            format!("`{new}` is the old key too. Name the key of the page now."),
        ),
        AliasError::Elsewhere(to) => {
            let reason = format!(
                "`{old}` has moved to `{to}` already. To move all of it on: gema alias {to} {new}"
            );
            FieldError::new("old", reason)
        }
        AliasError::TooManyIds => {
            let reason = format!(
                "An article can have votes under at most {MAX_VOTE_IDS} ids, and with `{old}` it would have more. \
                 Keep `{old}` as an article of its own."
            );
            FieldError::new("old", reason)
        }
        AliasError::TooManyCounts => {
            let reason = format!(
                "Together the articles would have more than {MAX_COUNT} counts. Keep `{old}` as an article of its own."
            );
            FieldError::new("old", reason)
        }
        AliasError::Unknown => FieldError::new(
            "old",
            format!("`{old}` is not an alias. See the list: gema alias"),
        ),
        AliasError::HasCounts(to) => {
            let reason = format!(
                "What was counted under `{old}` is part of `{to}` now and cannot be told apart. To make `{old}` the \
                 article's own key again: gema alias {to} {old}"
            );
            FieldError::new("old", reason)
        }
    }
}
