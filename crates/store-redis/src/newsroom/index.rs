//! The index of a site's articles. It is read whole once. Then the articles are read that have changed since: those with
//! events, by the list of recently counted articles, and those with a note of another change.

/// Articles that have changed.
mod changed;

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    pin::pin,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use redis::Value;
use store::{
    ArticleIndex, ArticleMetadata, IndexedArticle, IndexedCount, Metric, StoreError, low_priority,
    memory::return_freed_memory, total_count,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use self::changed::{Changed, KnownTexts};
use super::{
    super::{
        Redis,
        command::{Command, Script},
        copy,
        key_table::KeyTable,
        keys::LIST_SHARDS,
        lists::ARTICLE_LIST,
        recent::RECENT_LIST,
        record::{Found, Record},
        reply::{list, number, utf8},
        scan::{CONCURRENT_ARTICLES, CONCURRENT_PARTS},
    },
    record, record_and_copy,
};

/// The notes of articles that were changed by something other than an event, by the tag of their keys and the time.
const CHANGE_LIST: &str = "changed";

/// Maximum number of notes of a shard, and how long they are kept.
const MAX_NOTES: usize = 1000;
const NOTES_EXPIRY: Duration = Duration::from_secs(2 * 24 * 3600);

/// Notes that are this much older than the last one are read again: after a failover, a server's clock may be behind.
const NOTES_OVERLAP_MS: i64 = 60_000;

/// Age at which an index is read whole again, in case a note was lost.
const MAX_INDEX_AGE: Duration = Duration::from_secs(3600);

/// Keys that are read from the list of articles at a time.
const PAGE_KEYS: usize = 2000;

/// For how many bytes of an article's texts, and how many counts, there is room at first. Memory that is not used is not
/// resident.
const TEXT_BYTES: usize = 160;
const COUNTS: usize = 12;

/// The indexes that somebody holds.
pub(in super::super) type KnownIndexes = tokio::sync::Mutex<HashMap<SiteId, KnownIndex>>;

/// An index, as long as somebody holds it, and up to where changes are in it.
pub(in super::super) struct KnownIndex {
    index: Weak<ArticleIndex>,
    columns: Columns,
    position: Position,
    /// When it was read whole.
    since: Instant,
}

/// Up to where changes have been read.
struct Position {
    /// By shard.
    notes: Vec<ReadNotes>,
    /// The last day with a count.
    day: i64,
}

/// The notes of a shard that have been read.
#[derive(Clone, Default)]
struct ReadNotes {
    /// The time of the last one.
    last: i64,
    /// Hashes of those that the next reading finds again.
    recent: HashSet<u64>,
}

/// Columns by the stored name of the metric; `None`: the pages do not show it.
type Columns = HashMap<String, Option<u16>>;

impl ReadNotes {
    /// Adds the tags of notes that have not been read: tags and times, the oldest first. `None`: some were dropped
    /// before. A shard drops its oldest notes, which may be of before the last reading.
    fn read_on(&self, notes: &[Value], tags: &mut HashSet<String>) -> Option<Self> {
        let oldest = notes.get(1).and_then(number).unwrap_or_default();
        if notes.len() >= 2 * MAX_NOTES && oldest > self.last {
            return None;
        }
        let mut read = Self {
            last: self.last,
            recent: HashSet::new(),
        };
        for note in notes.chunks_exact(2) {
            let (Some(tag), Some(time)) = (utf8(&note[0]), number(&note[1])) else {
                continue;
            };
            let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one((tag, time));
            if !self.recent.contains(&hash) {
                tags.insert(tag.to_owned());
            }
            read.recent.insert(hash);
            read.last = read.last.max(time);
        }
        Some(read)
    }
}

impl Redis {
    /// All articles with their totals.
    pub(in super::super) async fn index_of_articles(
        &self,
        site: &SiteId,
    ) -> Result<Arc<ArticleIndex>, StoreError> {
        let mut indexes = self.indexes.lock().await;
        indexes.retain(|_, known| known.index.strong_count() > 0);
        let known = indexes.remove(site);
        let known = known.filter(|known| known.since.elapsed() < MAX_INDEX_AGE);
        let known = known.and_then(|known| Some((known.index.upgrade()?, known)));
        let updated = match known {
            Some((index, known)) => match self.update_index(site, &index, &known).await {
                Ok(updated) => updated,
                Err(error) => {
                    // After an outage, it is not read whole again.
                    indexes.insert(site.clone(), known);
                    return Err(error);
                }
            },
            None => None,
        };
        let (index, known) = match updated {
            Some(updated) => updated,
            None => self.read_index(site).await?,
        };
        indexes.insert(site.clone(), known);
        Ok(index)
    }

    /// Notes articles that were changed by something other than an event. If it fails, they are read within
    /// [`MAX_INDEX_AGE`].
    pub(in super::super) async fn note_index_change(&self, site: &SiteId, keys: &[&ArticleKey]) {
        let Some(first) = keys.first() else { return };
        let near = self.names.article(site, first).slot;
        let tags: Vec<String> = keys
            .iter()
            .map(|key| self.names.article(site, key).tag().to_owned())
            .collect();
        let note = |shard| {
            Command::script(Script::NoteIndexChange, [shard])
                .arg(NOTES_EXPIRY.as_secs().to_string())
                .arg(MAX_NOTES.to_string())
                .args(tags.iter().map(String::as_str))
        };
        let noted = self.write_to_shard(CHANGE_LIST, site, first, near, note);
        if noted.await.is_err() {
            tracing::debug!(%site, "a change is in the list of articles after an hour");
        }
    }

    async fn read_index(
        &self,
        site: &SiteId,
    ) -> Result<(Arc<ArticleIndex>, KnownIndex), StoreError> {
        let since = Instant::now();
        // Before the articles, so that what changes meanwhile is read again.
        let position = Position {
            notes: self.last_notes(site).await?,
            day: self.last_counted_day(site).await?,
        };
        let sizes = self
            .of_shards(ARTICLE_LIST, site, |name| Command::new("ZCARD").arg(name))
            .await?;
        let articles = sizes.iter().filter_map(number).sum::<i64>();
        let articles = usize::try_from(articles).unwrap_or_default();
        let mut index =
            ArticleIndex::with_capacity(articles, articles * TEXT_BYTES, articles * COUNTS);
        let mut columns = Columns::new();
        let mut after = None;
        loop {
            let keys = self
                .list_page(ARTICLE_LIST, site, after.as_ref(), PAGE_KEYS)
                .await?;
            self.push_articles(site, &keys, None, &mut index, &mut columns)
                .await?;
            if keys.len() < PAGE_KEYS {
                break;
            }
            after = keys.last().cloned();
        }
        index.shrink();
        Ok(known(index, columns, position, since))
    }

    /// Reads what has changed. `None`: that is not known.
    async fn update_index(
        &self,
        site: &SiteId,
        index: &Arc<ArticleIndex>,
        of: &KnownIndex,
    ) -> Result<Option<(Arc<ArticleIndex>, KnownIndex)>, StoreError> {
        let _only_one = self.scanning.lock().await;
        let day = self.last_counted_day(site).await?;
        let mut changed = Changed::counted(self.counted_again(site, &of.position).await?);
        let Some(notes) = self.add_noted(site, &of.position, &mut changed).await? else {
            return Ok(None);
        };
        let position = Position {
            notes,
            day: of.position.day.max(day),
        };
        let mut columns = of.columns.clone();
        let (before, names, of_site) = (Arc::clone(index), self.names.clone(), site.clone());
        let keep = move || {
            let updated = changed.take_unchanged(&before, |key| names.article(&of_site, key));
            (updated, changed)
        };
        let (mut updated, mut changed) = low_priority::query(keep).await?;
        if !changed.tags.is_empty() {
            self.add_new_keys(site, &mut changed).await?;
        }
        for first in (0..changed.keys.len()).step_by(PAGE_KEYS) {
            let keys = changed.keys.articles(first, PAGE_KEYS);
            let texts = KnownTexts {
                index,
                changed: &changed,
            };
            self.push_articles(site, &keys, Some(texts), &mut updated, &mut columns)
                .await?;
        }
        drop(changed);
        low_priority::task(async { return_freed_memory() }).await?;
        Ok(Some(known(updated, columns, position, of.since)))
    }

    /// Looks for the remaining tags in the list of articles. Those that are not in it belong to removed articles.
    async fn add_new_keys(&self, site: &SiteId, changed: &mut Changed) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let keys = self
                .list_page(ARTICLE_LIST, site, after.as_ref(), PAGE_KEYS)
                .await?;
            let is_end = keys.len() < PAGE_KEYS;
            after = keys.last().cloned();
            for key in keys {
                if changed.tags.remove(self.names.article(site, &key).tag()) {
                    changed.add([key]);
                }
            }
            if is_end || changed.tags.is_empty() {
                return Ok(());
            }
        }
    }

    /// Appends those of the articles that exist.
    async fn push_articles(
        &self,
        site: &SiteId,
        keys: &[ArticleKey],
        texts: Option<KnownTexts<'_>>,
        index: &mut ArticleIndex,
        columns: &mut Columns,
    ) -> Result<(), StoreError> {
        let parts: Vec<_> = keys
            .chunks(CONCURRENT_ARTICLES)
            .map(<[_]>::to_vec)
            .collect();
        let read = stream::iter(parts).map(async |keys| {
            let wanted = keys.iter().map(|key| {
                let names = self.names.article(site, key);
                match texts.and_then(|texts| texts.of(key)) {
                    Some(_) => (names.slot, vec![record(&names)]),
                    None => record_and_copy(&names),
                }
            });
            let wanted = wanted.collect();
            let found = self.cluster.read_many(wanted).await?;
            let read = keys.into_iter().zip(found);
            low_priority::task(async move { read.filter_map(read_article).collect::<Vec<_>>() })
                .await
        });
        let mut read = pin!(read.buffered(CONCURRENT_PARTS));
        while let Some(articles) = read.try_next().await? {
            for article in articles {
                let known = texts.and_then(|texts| texts.of(&article.key));
                push(index, columns, &article, known);
            }
        }
        Ok(())
    }

    /// The articles with events since then.
    async fn counted_again(&self, site: &SiteId, since: &Position) -> Result<KeyTable, StoreError> {
        // The clocks of endpoints may differ by the end of a day.
        let first = i32::try_from(since.day.saturating_sub(1)).unwrap_or_default();
        self.counted_since(site, None, Day::new(first)).await
    }

    /// Adds the articles with notes since then. Returns the notes that were read; `None`: some were dropped before.
    async fn add_noted(
        &self,
        site: &SiteId,
        since: &Position,
        changed: &mut Changed,
    ) -> Result<Option<Vec<ReadNotes>>, StoreError> {
        let mut positions = since.notes.iter();
        let shards = self
            .of_shards(CHANGE_LIST, site, |name| {
                let position = positions.next().map_or(0, |read| read.last);
                let first = position.saturating_sub(NOTES_OVERLAP_MS).to_string();
                let range = Command::new("ZRANGEBYSCORE").arg(name).arg(first);
                range.args(["+inf", "WITHSCORES"])
            })
            .await?;
        let shards = shards.iter().zip(&since.notes);
        Ok(shards
            .map(|(shard, before)| before.read_on(list(shard), &mut changed.tags))
            .collect())
    }

    /// Up to the last note of each shard.
    async fn last_notes(&self, site: &SiteId) -> Result<Vec<ReadNotes>, StoreError> {
        let last = self.last_scores(CHANGE_LIST, site).await?.into_iter();
        let read = |last| ReadNotes {
            last,
            recent: HashSet::new(),
        };
        Ok(last.map(read).collect())
    }

    /// The last day with a count of any article.
    async fn last_counted_day(&self, site: &SiteId) -> Result<i64, StoreError> {
        let days = self.last_scores(RECENT_LIST, site).await?;
        Ok(days.into_iter().max().unwrap_or_default())
    }

    /// The highest score of each shard of a list; 0 without members.
    async fn last_scores(&self, of: &str, site: &SiteId) -> Result<Vec<i64>, StoreError> {
        let shards = self
            .of_shards(of, site, |name| {
                Command::new("ZRANGE")
                    .arg(name)
                    .args(["-1", "-1", "WITHSCORES"])
            })
            .await?;
        let score = |shard: &Value| list(shard).get(1).and_then(number).unwrap_or_default();
        Ok(shards.iter().map(score).collect())
    }

    /// The reply of each shard of a list.
    async fn of_shards(
        &self,
        list: &str,
        site: &SiteId,
        mut command: impl FnMut(Vec<u8>) -> Command,
    ) -> Result<Vec<Value>, StoreError> {
        let wanted = (0..LIST_SHARDS).map(|number| {
            let (name, slot) = self.names.shard_at(list, site, number);
            (slot, vec![command(name)])
        });
        let replies = self.cluster.read_many(wanted.collect()).await?;
        let first = |replies: Vec<Value>| replies.into_iter().next().unwrap_or_default();
        Ok(replies.into_iter().map(first).collect())
    }
}

fn known(
    index: ArticleIndex,
    columns: Columns,
    position: Position,
    since: Instant,
) -> (Arc<ArticleIndex>, KnownIndex) {
    let index = Arc::new(index);
    let known = KnownIndex {
        index: Arc::downgrade(&index),
        columns,
        position,
        since,
    };
    (index, known)
}

/// An article as it was read.
struct ReadArticle {
    key: ArticleKey,
    record: Arc<Record>,
    /// What is stored of the copy, if that was read.
    copy: Option<ArticleMetadata>,
}

/// Parses the replies to [`record_and_copy`], or to its first command; `None` for an alias.
fn read_article((key, replies): (ArticleKey, Vec<Value>)) -> Option<ReadArticle> {
    let Found::Article(record) = replies.first().map(Found::parse)? else {
        return None;
    };
    let copy = replies.get(1).and_then(copy::parse_metadata);
    Some(ReadArticle { key, record, copy })
}

/// Appends an article. `known`: has its texts, if they were not read.
fn push(
    index: &mut ArticleIndex,
    columns: &mut Columns,
    article: &ReadArticle,
    known: Option<IndexedArticle<'_>>,
) {
    let ReadArticle { key, record, copy } = article;
    let counts = record.counts.iter().filter_map(|(name, count)| {
        let at = column(index, columns, name)?;
        let total = total_count(count.counted, count.imported);
        Some(IndexedCount::new(at, total))
    });
    let counts: Vec<_> = counts.collect();
    let copy = copy.as_ref();
    let title = copy.map(|copy| copy.title.as_str());
    let byline = copy.and_then(|copy| copy.byline.as_deref());
    let (title, byline) = known.map_or((title.unwrap_or(""), byline.unwrap_or("")), |known| {
        (known.title, known.byline)
    });
    index.push(IndexedArticle {
        key: key.as_str(),
        title,
        byline,
        published: record.published,
        created: record.created,
        is_known: record.is_put(),
        counts: &counts,
    });
}

/// The column of a metric by its stored name, which is added if it is new; `None` if the pages do not show it.
fn column(index: &mut ArticleIndex, columns: &mut Columns, name: &str) -> Option<u16> {
    if let Some(known) = columns.get(name) {
        return *known;
    }
    let metric = Metric::parse_of_others(name);
    let column = metric.and_then(|metric| {
        index.metrics.push(metric);
        u16::try_from(index.metrics.len() - 1).ok()
    });
    columns.insert(name.to_owned(), column);
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(times: impl IntoIterator<Item = i64>) -> Vec<Value> {
        let text = |text: String| Value::BulkString(text.into_bytes());
        let note =
            |(number, time): (usize, i64)| [text(format!("tag{number}")), text(time.to_string())];
        times.into_iter().enumerate().flat_map(note).collect()
    }

    #[test]
    fn notes_are_read_once_though_they_overlap() {
        let mut tags = HashSet::new();
        let read = ReadNotes::default().read_on(&notes([10, 20]), &mut tags);
        let read = read.unwrap();
        assert_eq!((read.last, tags.len()), (20, 2));
        tags.clear();
        let read = read.read_on(&notes([10, 25, 30]), &mut tags).unwrap();
        assert_eq!(read.last, 30);
        let new = ["tag1", "tag2"].map(str::to_owned);
        assert_eq!(tags, new.into(), "one that was noted again, and a new one");
    }

    #[test]
    fn notes_that_were_dropped_before_a_reading_are_found() {
        let full = notes(std::iter::repeat_n(100, MAX_NOTES));
        let read_until = |last| ReadNotes {
            last,
            ..ReadNotes::default()
        };
        let mut tags = HashSet::new();
        assert!(read_until(99).read_on(&full, &mut tags).is_none());
        assert!(read_until(100).read_on(&full, &mut tags).is_some());
    }
}
