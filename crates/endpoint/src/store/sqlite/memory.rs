/// Articles of which little was counted, in 20 bytes each.
mod compact;
/// The counts of one article.
mod counts;
/// Articles that have moved.
mod moves;

use std::{borrow::Cow, collections::HashMap, hash::Hash};

use compact::CompactArticles;
use rusqlite::Connection;
use wire::{ArticleKey, Imported, SiteId, Tally};

use super::secrets::{OWN, SecretId, Secrets};
use crate::{
    store::{Counted, Edition, Metric, opened},
    visitor::Day,
};

pub(super) use counts::Counts;
pub(super) use moves::sources_of;

/// A metric's row in the database.
pub(super) type MetricId = u16;

/// All counts, as of the last commit. Only the writer changes it, after a commit; readers never wait
/// for a disk.
#[derive(Clone, Default)]
pub(super) struct Memory {
    /// By id; there is no id 0.
    metrics: Vec<Option<Metric>>,
    sites: HashMap<SiteId, HashMap<ArticleKey, Entry>>,
    /// Those that fit in there, which are in no other place.
    compact: CompactArticles,
    /// Keys for which another article answers: never one that itself has moved.
    moved: HashMap<SiteId, HashMap<ArticleKey, ArticleKey>>,
}

/// One article's counts.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) rev: i64,
    pub(super) created: Day,
    pub(super) published: Option<Day>,
    /// Whether the newsroom has told of it: by a copy, by starting counts, or by registering it with neither.
    pub(super) put: bool,
    /// Whether anything was ever counted under its own id.
    pub(super) own: bool,
    /// Whether votes may be hashed with its own id.
    pub(super) voted: bool,
    /// Other ids under which some of its counts arose, in the order in which they came.
    pub(super) sources: Vec<Source>,
    pub(super) counts: Counts,
}

/// Another id of an article; see the table `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Of the database in which the article has that id.
    pub(super) secret: SecretId,
    /// The article's id there.
    pub(super) number: i64,
    /// Whether votes may be hashed with it.
    pub(super) voted: bool,
    /// Whether the article began there, and new votes are hashed with it.
    pub(super) home: bool,
    /// The last day on which reads may have been hashed with it.
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
    fn edition(&self) -> Edition {
        Edition { id: self.id, rev: self.rev }
    }

    /// Whether it is not known yet since when its poll has been open.
    pub(super) fn is_young(&self) -> bool {
        self.since().is_none()
    }

    fn since(&self) -> Option<Day> {
        opened(self.published, self.put, self.created, self.counts.events())
    }

    /// The ids under which votes may be, each with the key that they are hashed with. New ones go to the first.
    pub(super) fn ids_of_votes(&self) -> impl Iterator<Item = (SecretId, i64)> {
        let (own, sources) = ((OWN, self.id), self.sources.iter());
        let first = self.sources.iter().find(|source| source.home).map_or(own, Source::id);
        let voted = sources.filter(|source| source.voted).map(Source::id);
        let others = self.voted.then_some(own).into_iter().chain(voted);
        std::iter::once(first).chain(others.filter(move |id| *id != first))
    }

    /// Under how many ids there may be votes.
    pub(super) fn ids_with_votes(&self) -> usize {
        usize::from(self.voted) + self.sources.iter().filter(|source| source.voted).count()
    }
}

impl Source {
    /// Whose id, and which.
    pub(super) fn id(&self) -> (SecretId, i64) {
        (self.secret, self.number)
    }
}

impl Memory {
    /// Reads everything, once, at the start.
    pub(super) fn load(conn: &Connection, secrets: &Secrets) -> rusqlite::Result<Self> {
        let mut memory = Self::default();
        let mut metrics = conn.prepare("select id, name from metric")?;
        let mut rows = metrics.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(metric) = Metric::parse(row.get_ref(1)?.as_str()?) {
                memory.name_metric(row.get(0)?, metric);
            }
        }
        memory.load_articles(conn)?;
        memory.load_moves(conn, secrets)?;
        Ok(memory)
    }

    /// Articles, in the order in which they are stored.
    fn load_articles(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        // Found here: a join would look each article's site up again.
        let mut sites: Vec<(i64, SiteId)> = Vec::new();
        let mut select = conn.prepare("select id, name from site")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(site) = SiteId::parse(row.get_ref(1)?.as_str()?) {
                sites.push((row.get(0)?, site));
            }
        }
        let mut articles = conn.prepare(
            "select site, key, id, rev, created, published, own, voted, counts, put from article order by id",
        )?;
        let mut rows = articles.query([])?;
        while let Some(row) = rows.next()? {
            let site: i64 = row.get(0)?;
            let Some((_, site)) = sites.iter().find(|(id, _)| *id == site) else { continue };
            let Ok(key) = ArticleKey::parse(row.get_ref(1)?.as_str()?) else { continue };
            let entry = Entry {
                id: row.get(2)?,
                rev: row.get(3)?,
                created: Day::new(row.get(4)?),
                published: row.get::<_, Option<i32>>(5)?.map(Day::new),
                put: row.get(9)?,
                own: row.get(6)?,
                voted: row.get(7)?,
                sources: Vec::new(),
                counts: row.get(8)?,
            };
            self.set(site.clone(), key, Some(entry));
        }
        Ok(())
    }

    /// The article that has this key, or answers for it.
    pub(super) fn get(&self, site: &SiteId, key: &ArticleKey) -> Option<Cow<'_, Entry>> {
        self.get_own(site, key).or_else(|| self.get_own(site, self.moved(site, key)?))
    }

    /// The article that has this key.
    fn get_own(&self, site: &SiteId, key: &ArticleKey) -> Option<Cow<'_, Entry>> {
        let known = self.sites.get(site).and_then(|articles| articles.get(key)).map(Cow::Borrowed);
        known.or_else(|| self.compact.get(site, key).map(Cow::Owned))
    }

    /// Every article that is not compact, with its id.
    pub(super) fn all(&self) -> impl Iterator<Item = (&SiteId, &ArticleKey, i64)> {
        self.sites.iter().flat_map(|(site, articles)| articles.iter().map(move |(key, entry)| (site, key, entry.id)))
    }

    /// The ids of compact articles.
    pub(super) fn compact_ids(&self) -> impl Iterator<Item = i64> {
        self.compact.ids()
    }

    /// Puts what was committed in the place of what was; `None`: the article is gone.
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

    /// Learns what a metric's id stands for.
    pub(super) fn name_metric(&mut self, id: MetricId, metric: Metric) {
        let at = usize::from(id);
        if self.metrics.len() <= at {
            self.metrics.resize(at + 1, None);
        }
        self.metrics[at] = Some(metric);
    }

    /// Counts of the article as they are told.
    pub(super) fn counted(&self, site: &SiteId, key: &ArticleKey) -> Counted {
        match self.get(site, key) {
            None => {
                let (tally, edition) = (Tally::empty(key.clone()), Edition::default());
                Counted { tally, since: None, noscript: 0, edition }
            }
            Some(entry) => Counted {
                tally: self.tally(key.clone(), &entry),
                since: entry.since(),
                noscript: self.noscript(&entry),
                edition: entry.edition(),
            },
        }
    }

    /// See [`Edition`].
    pub(super) fn edition(&self, site: &SiteId, key: &ArticleKey) -> Edition {
        self.get(site, key).map(|entry| entry.edition()).unwrap_or_default()
    }

    fn noscript(&self, entry: &Entry) -> u64 {
        let is_that = |metric| self.metrics.get(usize::from(metric)) == Some(&Some(Metric::Noscript));
        let count = entry.counts.iter().find(|count| is_that(count.metric));
        count.map_or(0, |count| count.counted.unsigned_abs())
    }

    /// An entry with the names of its metrics.
    pub(super) fn tally(&self, article: ArticleKey, entry: &Entry) -> Tally {
        let mut tally = Tally { rev: entry.rev.unsigned_abs(), ..Tally::empty(article) };
        for count in entry.counts.iter() {
            let (total, imported) =
                (count.counted.unsigned_abs() + count.imported.unsigned_abs(), count.imported.unsigned_abs());
            match self.metrics.get(usize::from(count.metric)) {
                Some(Some(Metric::Reads)) => (tally.reads, tally.imported.reads) = (total, imported),
                Some(Some(Metric::Reaction(key))) => {
                    tally.reactions.0.push((key.clone(), total));
                    note(&mut tally.imported, imported, |all| &mut all.reactions.0, key);
                }
                Some(Some(Metric::Share(key))) => {
                    tally.shares.0.push((key.clone(), total));
                    note(&mut tally.imported, imported, |all| &mut all.shares.0, key);
                }
                // Told apart, or what a later version has counted.
                _ => {}
            }
        }
        tally
    }
}

/// Gives memory back when most of it is empty.
fn shrink<K: Hash + Eq, V>(map: &mut HashMap<K, V>) {
    if map.len() < map.capacity() / 8 {
        map.shrink_to(2 * map.len());
    }
}

fn note<K: Clone>(to: &mut Imported, count: u64, list: impl Fn(&mut Imported) -> &mut Vec<(K, u64)>, key: &K) {
    if count > 0 {
        list(to).push((key.clone(), count));
    }
}
