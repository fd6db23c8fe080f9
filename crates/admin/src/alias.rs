use config::Site;
use serde::Serialize;
use store::{Aliased, MAX_IDS, Move, NotAliased, Store, StoreError};
use visitor::Day;
use wire::{ArticleKey, Tally};

use super::{MAX_LISTED, Refusal};

/// What an alias did, or would do.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Counts under the old key, before.
    pub old: Tally,
    /// Counts under the new key, before.
    pub new: Tally,
    /// The article that answers for both.
    pub answers: ArticleKey,
    /// `already`, `noted`, `renamed`, `back` or `merged`.
    pub how: &'static str,
    /// How many readers count twice, at most, until they act again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_twice: Option<u64>,
}

/// A part of a site's list of aliases.
#[derive(Clone, Debug, Serialize)]
pub struct Aliases {
    /// In the order of their old keys.
    pub aliases: Vec<Pair>,
    /// Ask for those `after` this key for the next part; absent, this was the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<ArticleKey>,
}

/// One alias of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// The key that has moved.
    pub old: ArticleKey,
    /// The article that answers for it.
    pub new: ArticleKey,
}

/// Lets the article of the new key answer for the old one; `dry_run`: only says what that would do.
///
/// # Errors
/// As the store's; within, why there is no such alias.
pub async fn alias(
    store: &dyn Store,
    site: &Site,
    today: Day,
    (old, new): (&ArticleKey, &ArticleKey),
    dry_run: bool,
) -> Result<Result<Moved, Refusal>, StoreError> {
    let mut before =
        store.tallies(&site.id, &[old.clone(), new.clone()]).await?.into_iter().map(|counted| counted.tally);
    let (Some(of_old), Some(of_new)) = (before.next(), before.next()) else { return Err(StoreError::Unavailable) };
    let aliased = store.alias(&site.id, today, old, new, dry_run).await?;
    Ok(aliased.map_err(|refused| refusal(&refused, old, new)).map(|Aliased { new: answers, how }| {
        let (how, at_most_twice) = match how {
            Move::Already => ("already", None),
            Move::Noted => ("noted", None),
            Move::Renamed => ("renamed", None),
            Move::Back => ("back", None),
            Move::Merged { at_most_twice } => ("merged", Some(at_most_twice)),
        };
        Moved { old: of_old, new: of_new, answers, how, at_most_twice }
    }))
}

/// Takes an alias back that has brought no counts along.
///
/// # Errors
/// As the store's; within, why it stays.
pub async fn remove_alias(store: &dyn Store, site: &Site, old: &ArticleKey) -> Result<Result<(), Refusal>, StoreError> {
    Ok(store.remove_alias(&site.id, old).await?.map_err(|refused| refusal(&refused, old, old)))
}

/// Aliases in the order of their old keys, at most [`MAX_LISTED`] of them.
///
/// # Errors
/// As the store's.
pub async fn aliases(store: &dyn Store, site: &Site, after: Option<&ArticleKey>) -> Result<Aliases, StoreError> {
    // One more than is shown tells whether there is more.
    let mut aliases = store.aliases(&site.id, after, MAX_LISTED + 1).await?;
    let is_more = aliases.len() > MAX_LISTED;
    aliases.truncate(MAX_LISTED);
    let last = aliases.last().map(|alias| alias.old.clone());
    let aliases = aliases.into_iter().map(|alias| Pair { old: alias.old, new: alias.new }).collect();
    Ok(Aliases { aliases, next: last.filter(|_| is_more) })
}

fn refusal(refused: &NotAliased, old: &ArticleKey, new: &ArticleKey) -> Refusal {
    match refused {
        NotAliased::Same => Refusal::new("new", format!("`{new}` is the old key too. Name the key of the page now.")),
        NotAliased::Elsewhere(to) => {
            let reason = format!("`{old}` has moved to `{to}` already. To move all of it on: gema alias {to} {new}");
            Refusal::new("old", reason)
        }
        NotAliased::TooManyIds => {
            let reason = format!(
                "Readers of one article are looked for under {MAX_IDS} ids, and with `{old}` there would be more. \
                 Keep `{old}` by itself."
            );
            Refusal::new("old", reason)
        }
        NotAliased::Unknown => Refusal::new("old", format!("`{old}` is no alias. See the list: gema alias")),
        NotAliased::Carried(to) => {
            let reason = format!(
                "What was counted under `{old}` is part of `{to}` now and cannot be told apart. To make `{old}` the \
                 article's own key again: gema alias {to} {old}"
            );
            Refusal::new("old", reason)
        }
    }
}
