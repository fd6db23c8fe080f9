/// Aliases and sources.
mod aliases;
/// Compact representation of articles with few counts, in 20 bytes each.
mod compact;
/// The counts of one article.
mod counts;

use std::{borrow::Cow, collections::HashMap, hash::Hash, sync::Arc};

use compact::CompactArticles;
use rusqlite::{Connection, Row};
use store::{
    ArticleCounts, ArticlePoll, CountsVersion, Metric, PollRecord, poll_opened_on, starting_count,
    total_count,
};
use visitor::Day;
use wire::{ArticleKey, Imported, SiteId, Tally};

use super::secrets::{OWN_VOTE_KEY, VoteKeyId, VoteKeys};

pub(super) use aliases::load_sources;
pub(super) use counts::Counts;

/// Row id of a metric.
pub(super) type MetricId = u16;

/// All counts, as of the last commit. Only the writer changes them, after a commit, so readers never wait for the
/// disk.
#[derive(Clone, Default)]
pub(super) struct ReadModel {
    /// Indexed by id; id 0 is unused.
    metrics: Vec<Option<Metric>>,
    /// The keys that the indexes of the sources stand for. An index belongs to one process: keys are loaded in the
    /// order of their names, but those of later imports come last.
    pub(super) vote_keys: VoteKeys,
    sites: HashMap<SiteId, HashMap<ArticleKey, Entry>>,
    /// Articles that fit the compact representation; they are not in `sites`.
    compact: CompactArticles,
    /// Aliases, each with the key of the article that answers; that key is never an alias itself.
    aliases: HashMap<SiteId, HashMap<ArticleKey, ArticleKey>>,
}

/// One article.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) rev: i64,
    pub(super) created: Day,
    pub(super) published: Option<Day>,
    /// Whether the newsroom has submitted it: with a copy, starting counts, or neither.
    pub(super) put: bool,
    /// Whether anything was ever counted under its own id.
    pub(super) own: bool,
    /// Whether there may be votes hashed with its own id.
    pub(super) voted: bool,
    /// Other ids under which some of its counts originated, in order of arrival.
    pub(super) sources: Vec<Source>,
    pub(super) counts: Counts,
    /// The newsroom's settings for its poll.
    pub(super) poll: Option<Arc<ArticlePoll>>,
}

/// Another id of an article; see the table `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Vote key of the database in which the article has that id.
    pub(super) secret: VoteKeyId,
    /// The article's id there.
    pub(super) number: i64,
    /// Whether there may be votes hashed with it.
    pub(super) voted: bool,
    /// Whether the article originated there; new votes are then hashed with this id.
    pub(super) home: bool,
    /// The last day on which reads may have been hashed with this id.
    pub(super) until: Day,
}

/// One metric of one article.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) metric: MetricId,
    pub(super) counted: i64,
    pub(super) imported: i64,
}

impl Entry {
    fn version(&self) -> CountsVersion {
        CountsVersion {
            id: self.id,
            rev: self.rev,
        }
    }

    /// The day on which its poll opened: see [`poll_opened_on`].
    pub(super) fn poll_opened(&self, is_of_events: impl Fn(MetricId) -> bool) -> Option<Day> {
        poll_opened_on(self.published, self.put, self.created, || {
            self.counts.events(is_of_events)
        })
    }

    /// The ids under which votes are looked up, each with its hash key. New votes use the first.
    pub(super) fn ids_of_votes(&self) -> impl Iterator<Item = (VoteKeyId, i64)> {
        let own = (OWN_VOTE_KEY, self.id);
        let sources = self.sources.iter();
        let first = self
            .sources
            .iter()
            .find(|source| source.home)
            .map_or(own, Source::id);
        let voted = sources.filter(|source| source.voted).map(Source::id);
        let others = self.voted.then_some(own).into_iter().chain(voted);
        std::iter::once(first).chain(others.filter(move |id| *id != first))
    }

    /// Number of ids under which there may be votes.
    pub(super) fn ids_with_votes(&self) -> usize {
        usize::from(self.voted) + self.sources.iter().filter(|source| source.voted).count()
    }
}

impl Source {
    pub(super) fn id(&self) -> (VoteKeyId, i64) {
        (self.secret, self.number)
    }
}

impl ReadModel {
    /// Loads everything at startup. `update`: adds to an article's entry what the tables lack.
    pub(super) fn load(
        conn: &Connection,
        secrets: &VoteKeys,
        update: impl Fn(&mut Entry),
    ) -> rusqlite::Result<Self> {
        let mut read_model = Self::default();
        let mut metrics = conn.prepare("select id, name from metric")?;
        let mut rows = metrics.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(metric) = Metric::parse(row.get_ref(1)?.as_str()?) {
                read_model.add_metric(row.get(0)?, metric);
            }
        }
        read_model.load_articles(conn, update)?;
        read_model.load_aliases(conn, secrets)?;
        read_model.vote_keys = secrets.clone();
        Ok(read_model)
    }

    /// Loads the articles in the order in which they are stored.
    fn load_articles(
        &mut self,
        conn: &Connection,
        update: impl Fn(&mut Entry),
    ) -> rusqlite::Result<()> {
        // Resolved here: a join would look up the site of every article.
        let mut sites: Vec<(i64, SiteId)> = Vec::new();
        let mut select = conn.prepare("select id, name from site")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(site) = SiteId::parse(row.get_ref(1)?.as_str()?) {
                sites.push((row.get(0)?, site));
            }
        }
        let mut articles = conn.prepare(
            "select site, key, id, rev, created, published, own, voted, counts, put, poll from article order by id",
        )?;
        let mut rows = articles.query([])?;
        while let Some(row) = rows.next()? {
            let site: i64 = row.get(0)?;
            let Some((_, site)) = sites.iter().find(|(id, _)| *id == site) else {
                continue;
            };
            let Ok(key) = ArticleKey::parse(row.get_ref(1)?.as_str()?) else {
                continue;
            };
            let mut entry = Entry {
                id: row.get(2)?,
                rev: row.get(3)?,
                created: Day::new(row.get(4)?),
                published: row.get::<_, Option<i32>>(5)?.map(Day::new),
                put: row.get(9)?,
                own: row.get(6)?,
                voted: row.get(7)?,
                sources: Vec::new(),
                counts: row.get(8)?,
                poll: stored_poll(row, 10)?,
            };
            update(&mut entry);
            self.set(site.clone(), key, Some(entry));
        }
        Ok(())
    }

    /// The article with this key, or the one that the alias leads to.
    pub(super) fn get(&self, site: &SiteId, key: &ArticleKey) -> Option<Cow<'_, Entry>> {
        self.get_own(site, key)
            .or_else(|| self.get_own(site, self.alias_target(site, key)?))
    }

    /// The article with this key, ignoring aliases.
    fn get_own(&self, site: &SiteId, key: &ArticleKey) -> Option<Cow<'_, Entry>> {
        let known = self
            .sites
            .get(site)
            .and_then(|articles| articles.get(key))
            .map(Cow::Borrowed);
        known.or_else(|| self.compact.get(site, key).map(Cow::Owned))
    }

    /// All articles that are not in the compact representation, with their ids.
    pub(super) fn all(&self) -> impl Iterator<Item = (&SiteId, &ArticleKey, i64)> {
        self.sites.iter().flat_map(|(site, articles)| {
            articles
                .iter()
                .map(move |(key, entry)| (site, key, entry.id))
        })
    }

    /// Ids of the articles in the compact representation.
    pub(super) fn compact_ids(&self) -> impl Iterator<Item = i64> {
        self.compact.ids()
    }

    /// Replaces the article's entry; `None` removes it.
    pub(super) fn set(&mut self, site: SiteId, key: ArticleKey, entry: Option<Entry>) {
        let is_compact = self.compact.set(&site, &key, entry.as_ref());
        match entry.filter(|_| !is_compact) {
            Some(entry) => drop(self.sites.entry(site).or_default().insert(key, entry)),
            None => {
                if let Some(articles) = self.sites.get_mut(&site) {
                    articles.remove(&key);
                    shrink(articles);
                }
            }
        }
    }

    fn is_of_events(&self, id: MetricId) -> bool {
        let metric = self.metrics.get(usize::from(id));
        metric.is_some_and(|metric| metric.as_ref().is_some_and(Metric::is_of_events))
    }

    /// Adds a metric's name.
    pub(super) fn add_metric(&mut self, id: MetricId, metric: Metric) {
        let at = usize::from(id);
        if self.metrics.len() <= at {
            self.metrics.resize(at + 1, None);
        }
        self.metrics[at] = Some(metric);
    }

    /// The article's counts; zero if it is unknown.
    pub(super) fn counted(&self, site: &SiteId, key: &ArticleKey) -> ArticleCounts {
        let Some(entry) = self.get(site, key) else {
            return ArticleCounts::none(key.clone());
        };
        let mut counts = ArticleCounts {
            tally: self.tally(key.clone(), &entry),
            poll_opened: entry.poll_opened(|id| self.is_of_events(id)),
            poll: entry.poll.clone(),
            version: entry.version(),
            ..ArticleCounts::none(key.clone())
        };
        for count in entry.counts.iter() {
            if let Some(Some(metric)) = self.metrics.get(usize::from(count.metric)) {
                counts.note(metric, count.counted.unsigned_abs());
            }
        }
        counts
    }

    /// What decides about the article's poll.
    pub(super) fn poll(&self, site: &SiteId, key: &ArticleKey) -> PollRecord {
        let entry = self.get(site, key);
        entry.map_or_else(PollRecord::default, |entry| PollRecord {
            opened: entry.poll_opened(|id| self.is_of_events(id)),
            own: entry.poll.clone(),
        })
    }

    /// Whether the counts of all these articles are still of these versions.
    pub(super) fn is_current(
        &self,
        site: &SiteId,
        articles: &[(ArticleKey, CountsVersion)],
    ) -> bool {
        let known = self.sites.get(site);
        let aliases = self.aliases.get(site);
        let own = |key: &ArticleKey| {
            let entry = known.and_then(|articles| articles.get(key));
            entry
                .map(Entry::version)
                .or_else(|| self.compact.version(site, key))
        };
        let version = |key: &ArticleKey| {
            own(key)
                .or_else(|| own(aliases?.get(key)?))
                .unwrap_or_default()
        };
        articles.iter().all(|(key, known)| version(key) == *known)
    }

    /// Resolves the metric names of an entry.
    pub(super) fn tally(&self, article: ArticleKey, entry: &Entry) -> Tally {
        let mut tally = Tally {
            rev: entry.rev.unsigned_abs(),
            ..Tally::empty(article)
        };
        for count in entry.counts.iter() {
            let total = total_count(count.counted, count.imported);
            let imported = starting_count(count.imported);
            match self.metrics.get(usize::from(count.metric)) {
                Some(Some(Metric::Reads)) => {
                    (tally.reads, tally.imported.reads) = (total, imported)
                }
                Some(Some(Metric::Reaction(key))) => {
                    tally.reactions.0.push((key.clone(), total));
                    add_imported(
                        &mut tally.imported,
                        imported,
                        |all| &mut all.reactions.0,
                        key,
                    );
                }
                Some(Some(Metric::Share(key))) => {
                    tally.shares.0.push((key.clone(), total));
                    add_imported(&mut tally.imported, imported, |all| &mut all.shares.0, key);
                }
                // How readers came is reported separately; unknown metrics are those of a later version.
                _ => {}
            }
        }
        tally
    }
}

/// The newsroom's settings for an article's poll, from that column.
pub(super) fn stored_poll(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Arc<ArticlePoll>>> {
    let json = row.get_ref(column)?.as_str_or_null()?;
    Ok(json.and_then(ArticlePoll::parse).map(Arc::new))
}

/// Releases memory when less than an eighth of the capacity is used.
fn shrink<K: Hash + Eq, V>(map: &mut HashMap<K, V>) {
    if map.len() < map.capacity() / 8 {
        map.shrink_to(2 * map.len());
    }
}

fn add_imported<K: Clone>(
    to: &mut Imported,
    count: u64,
    list: impl Fn(&mut Imported) -> &mut Vec<(K, u64)>,
    key: &K,
) {
    if count > 0 {
        list(to).push((key.clone(), count));
    }
}
