use std::collections::BTreeMap;

use config::Site;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use store::{ArticleUpdate, Metric, Store};
use text::key::article_key;
use visitor::Day;
use wire::{ArticleKey, Imported, Network, Reaction};

use super::{ArticleError, FieldError, check_imported};

/// Number of articles written concurrently.
const CONCURRENT_ARTICLES: usize = 256;

/// Names of metrics ([`Metric::name`]); counts are in their order.
pub type Columns = Vec<String>;

/// Starting counts for many articles.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineRequest {
    /// The metrics to set. Starting counts of other metrics stay unchanged.
    pub columns: Columns,
    /// Counts by article, in the order of the columns.
    pub articles: Vec<(ArticleKey, Vec<u64>)>,
    /// Only report what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Result of setting starting counts, or of its dry run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BaselineReport {
    /// The columns of the request.
    pub columns: Columns,
    /// Articles whose starting counts changed.
    pub changed: Vec<BaselineChange>,
    /// Number of articles that already had these counts.
    pub same: u64,
    /// Aliases in the request, each with the article that gets its counts.
    pub moved: Vec<(ArticleKey, ArticleKey)>,
}

/// Starting counts of an article, in the order of the columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BaselineChange {
    /// Its key.
    pub article: ArticleKey,
    /// Before.
    pub before: Vec<u64>,
    /// After.
    pub after: Vec<u64>,
}

/// Replaces the starting counts of the columns' metrics. Counts for aliases are added to those for their article.
///
/// # Errors
/// The store's errors, or the wrong column; then nothing was changed.
pub async fn set_baseline(
    store: &dyn Store,
    site: &Site,
    today: Day,
    request: BaselineRequest,
) -> Result<BaselineReport, ArticleError> {
    let BaselineRequest {
        columns,
        articles,
        dry_run,
    } = request;
    let metrics = metrics(&columns, site)?;
    let mut report = BaselineReport {
        columns,
        ..BaselineReport::default()
    };
    let mut sums: BTreeMap<ArticleKey, Vec<u64>> = BTreeMap::new();
    for (key, counts) in articles {
        if counts.len() != metrics.len() {
            return Err(FieldError::new(
                "articles",
                format!("`{key}` needs one count for each column."),
            )
            .into());
        }
        if article_key(key.as_str()).as_ref() != Ok(&key) {
            let reason = format!("`{key}` is not a normalised key: keys are trimmed, in NFC.");
            return Err(FieldError::new("articles", reason).into());
        }
        let target = store.alias_target(&site.id, &key).await?;
        let of = target.clone().unwrap_or_else(|| key.clone());
        report.moved.extend(target.map(|target| (key, target)));
        let sum = sums.entry(of).or_insert_with(|| vec![0; counts.len()]);
        sum.iter_mut()
            .zip(counts)
            .for_each(|(sum, count)| *sum = sum.saturating_add(count));
    }
    let mut updates = Vec::new();
    for (article, after) in sums {
        let known = store
            .tallies(&site.id, std::slice::from_ref(&article))
            .await?
            .pop();
        let mut imported = known.map(|known| known.tally.imported).unwrap_or_default();
        let before: Vec<u64> = metrics
            .iter()
            .map(|metric| *count_of(&mut imported, metric))
            .collect();
        if before == after {
            report.same += 1;
            continue;
        }
        metrics
            .iter()
            .zip(&after)
            .for_each(|(metric, count)| *count_of(&mut imported, metric) = *count);
        check_imported(&only(&imported, &metrics), site)?;
        updates.push((
            article.clone(),
            ArticleUpdate {
                article: None,
                imported: Some(imported),
                poll: None,
            },
        ));
        report.changed.push(BaselineChange {
            article,
            before,
            after,
        });
    }
    if !dry_run {
        // Concurrent writes share a transaction.
        while !updates.is_empty() {
            let some = updates.split_off(updates.len().saturating_sub(CONCURRENT_ARTICLES));
            let put = |(article, update)| async move {
                store.put_article(&site.id, today, &article, update).await
            };
            try_join_all(some.into_iter().map(put)).await?;
        }
    }
    Ok(report)
}

/// Parses the columns, which the site must have.
fn metrics(columns: &Columns, site: &Site) -> Result<Vec<Metric>, FieldError> {
    let unknown = |name: &String| FieldError::new("columns", format!("`{name}` is not a metric."));
    let metrics: Vec<Metric> = columns
        .iter()
        .map(|name| Metric::parse_of_others(name).ok_or_else(|| unknown(name)))
        .collect::<Result<_, _>>()?;
    // Checks one metric at a time: in a combined value, each would be searched among the others.
    for metric in &metrics {
        let mut one = Imported::default();
        *count_of(&mut one, metric) = 0;
        check_imported(&one, site)?;
    }
    Ok(metrics)
}

/// The count of a metric, added with zero if it is missing.
fn count_of<'i>(imported: &'i mut Imported, metric: &Metric) -> &'i mut u64 {
    match metric {
        Metric::Reads => &mut imported.reads,
        Metric::Reaction(option) => imported.reactions.entry(Reaction::clone(option)),
        Metric::Share(network) => imported.shares.entry(Network::clone(network)),
        Metric::Noscript | Metric::ClientReads(_) | Metric::ClientVoters(_) => {
            unreachable!("no other counter has it, and it is no column")
        }
    }
}

/// Copies the counts of these metrics only: others may belong to options that the site has retired.
fn only(imported: &Imported, metrics: &[Metric]) -> Imported {
    let mut from = imported.clone();
    let mut only = Imported::default();
    metrics
        .iter()
        .for_each(|metric| *count_of(&mut only, metric) = *count_of(&mut from, metric));
    only
}
