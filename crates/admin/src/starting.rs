use std::collections::BTreeMap;

use config::Site;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use store::{Metric, Publication, Store, StoreError};
use text::key::article_key;
use visitor::Day;
use wire::{ArticleKey, Imported, Network, Reaction};

use super::{Refusal, check_imported};

/// How many articles are written at once.
const AT_ONCE: usize = 256;

/// The metrics, by the names of [`Metric::name`], and counts in their order.
pub type Columns = Vec<String>;

/// Starting counts for many articles.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Starting {
    /// What is counted. Starting counts of anything else stay as they are.
    pub columns: Columns,
    /// By article, in the order of the columns.
    pub articles: Vec<(ArticleKey, Vec<u64>)>,
    /// Whether it is only said what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of them, or would.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Started {
    /// As they were asked for.
    pub columns: Columns,
    /// Articles whose starting counts are not as they were.
    pub changed: Vec<Change>,
    /// How many articles had these already.
    pub same: u64,
    /// Keys that have moved, and the articles that answer for them and have their counts now.
    pub moved: Vec<(ArticleKey, ArticleKey)>,
}

/// Starting counts of an article, in the order of the columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Which one.
    pub article: ArticleKey,
    /// Before.
    pub before: Vec<u64>,
    /// After.
    pub after: Vec<u64>,
}

/// Puts starting counts in the place of those that were given before, of what the columns name and no more. What is asked for
/// keys that have moved goes to the articles that answer for them, all together.
///
/// # Errors
/// As the store's; within, which column is wrong. Nothing was done then.
pub async fn start(
    store: &dyn Store,
    site: &Site,
    today: Day,
    starting: Starting,
) -> Result<Result<Started, Refusal>, StoreError> {
    let Starting { columns, articles, dry_run } = starting;
    let metrics = match metrics(&columns, site) {
        Ok(metrics) => metrics,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut started = Started { columns, ..Started::default() };
    let mut sums: BTreeMap<ArticleKey, Vec<u64>> = BTreeMap::new();
    for (key, counts) in articles {
        if counts.len() != metrics.len() {
            return Ok(Err(Refusal::new("articles", format!("`{key}` needs one count for each column."))));
        }
        if article_key(key.as_str()).as_ref() != Ok(&key) {
            return Ok(Err(Refusal::new(
                "articles",
                format!("`{key}` is no key as Gema writes them: trimmed, in NFC."),
            )));
        }
        let answers = store.moved(&site.id, &key).await?;
        let of = answers.clone().unwrap_or_else(|| key.clone());
        started.moved.extend(answers.map(|answers| (key, answers)));
        let sum = sums.entry(of).or_insert_with(|| vec![0; counts.len()]);
        sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.saturating_add(count));
    }
    let mut publications = Vec::new();
    for (article, after) in sums {
        let known = store.tallies(&site.id, std::slice::from_ref(&article)).await?.pop();
        let mut imported = known.map(|known| known.tally.imported).unwrap_or_default();
        let before: Vec<u64> = metrics.iter().map(|metric| *place(&mut imported, metric)).collect();
        if before == after {
            started.same += 1;
            continue;
        }
        metrics.iter().zip(&after).for_each(|(metric, count)| *place(&mut imported, metric) = *count);
        if let Err(refusal) = check_imported(&only(&imported, &metrics), site) {
            return Ok(Err(refusal));
        }
        publications.push((article.clone(), Publication { article: None, imported: Some(imported) }));
        started.changed.push(Change { article, before, after });
    }
    if !dry_run {
        // Many at once share a transaction.
        while !publications.is_empty() {
            let some = publications.split_off(publications.len().saturating_sub(AT_ONCE));
            let put =
                |(article, publication)| async move { store.put_article(&site.id, today, &article, publication).await };
            try_join_all(some.into_iter().map(put)).await?;
        }
    }
    Ok(Ok(started))
}

/// The columns, all of which the site must have.
fn metrics(columns: &Columns, site: &Site) -> Result<Vec<Metric>, Refusal> {
    let unknown = |name: &String| Refusal::new("columns", format!("`{name}` is nothing that is counted."));
    let metrics: Vec<Metric> = columns
        .iter()
        .map(|name| Metric::parse_of_others(name).ok_or_else(|| unknown(name)))
        .collect::<Result<_, _>>()?;
    let mut none = Imported::default();
    metrics.iter().for_each(|metric| *place(&mut none, metric) = 0);
    check_imported(&none, site).map(|()| metrics)
}

/// The count of that metric, made if there is none.
fn place<'i>(imported: &'i mut Imported, metric: &Metric) -> &'i mut u64 {
    match metric {
        Metric::Reads => &mut imported.reads,
        Metric::Reaction(option) => imported.reactions.entry(Reaction::clone(option)),
        Metric::Share(network) => imported.shares.entry(Network::clone(network)),
        Metric::Noscript => unreachable!("no other counter has it, and it is no column"),
    }
}

/// What is asked for, without what was there before: that may be of options which the site has retired.
fn only(imported: &Imported, metrics: &[Metric]) -> Imported {
    let (mut from, mut only) = (imported.clone(), Imported::default());
    metrics.iter().for_each(|metric| *place(&mut only, metric) = *place(&mut from, metric));
    only
}
