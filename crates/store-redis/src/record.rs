//! The record of an article, stored as one small hash.

/// Other ids of an article.
mod source;

use std::{collections::BTreeMap, sync::Arc};

use redis::Value;
use store::{
    ArticleCounts, ArticlePoll, CountsVersion, Metric, poll_opened_on, starting_count, total_count,
};
use visitor::Day;
use wire::{ArticleKey, Imported, SiteId, Tally};

pub(super) use self::source::{Id, OWN_DAYS, Source};
use super::{reply, vote_keys::VoteKeys};

/// Daily changes by day, label of the source, and metric; net changes for reactions.
pub(super) type Days = BTreeMap<(Day, String, String), i64>;

/// One article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// 63 random bits, set at creation.
    pub(super) id: i64,
    pub(super) rev: i64,
    /// Incremented by every write to any key of the article.
    pub(super) write_version: i64,
    /// Incremented when the set of ids under which votes are looked up changes.
    pub(super) shape: i64,
    pub(super) created: Day,
    pub(super) published: Option<Day>,
    /// Whether the newsroom has submitted something.
    pub(super) put: bool,
    /// Whether anything was ever counted under its own id.
    pub(super) own: bool,
    /// Whether there may be votes hashed with its own id.
    pub(super) voted: bool,
    /// Other ids under which some of its counts originated, in order of arrival.
    pub(super) sources: Vec<Source>,
    /// Its aliases, and whether counts moved with each, by a rename or a merge.
    pub(super) aliases: BTreeMap<ArticleKey, bool>,
    /// Counts by the metric's stored name.
    pub(super) counts: BTreeMap<String, Count>,
    /// The newsroom's settings for its poll.
    pub(super) poll: Option<Arc<ArticlePoll>>,
    /// What is stored of it, if it cannot be read.
    pub(super) unreadable_poll: Option<String>,
    /// Whether it is in its site's list of articles.
    pub(super) is_listed: bool,
    /// A pending operation, as JSON; it must be completed before anything else is done.
    pub(super) intent: Option<String>,
    /// Token of the last completed operation.
    pub(super) done: Option<String>,
}

/// One metric of an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) counted: i64,
    pub(super) imported: i64,
}

/// What a key contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// An alias of this key.
    Moved(ArticleKey),
    /// An article.
    Article(Arc<Record>),
}

impl Record {
    /// A new article without counts.
    pub(super) fn new(id: i64, created: Day) -> Self {
        Self {
            id,
            rev: 0,
            write_version: 0,
            shape: 0,
            created,
            published: None,
            put: false,
            own: true,
            voted: false,
            sources: Vec::new(),
            aliases: BTreeMap::new(),
            counts: BTreeMap::new(),
            poll: None,
            unreadable_poll: None,
            is_listed: false,
            intent: None,
            done: None,
        }
    }

    /// The ids under which votes are looked up. New votes use the first.
    pub(super) fn ids_of_votes(&self, vote_keys: &VoteKeys) -> Vec<Id> {
        let own = self.own_id(vote_keys);
        let home = self
            .sources
            .iter()
            .find(|source| source.home)
            .map(Source::id);
        let mut ids: Vec<Id> = home.into_iter().collect();
        // Always include its own id: `voted` may be set at any moment.
        let others = std::iter::once(own).chain(
            self.sources
                .iter()
                .filter(|source| source.voted)
                .map(Source::id),
        );
        for id in others {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Number of ids under which there may be votes.
    pub(super) fn ids_with_votes(&self) -> usize {
        usize::from(self.voted) + self.sources.iter().filter(|source| source.voted).count()
    }

    pub(super) fn own_id(&self, vote_keys: &VoteKeys) -> Id {
        Id {
            of: vote_keys.own_name().into(),
            number: self.id,
        }
    }

    /// The field that records whether there is a vote under the first of the ids.
    pub(super) fn flag_of_first(&self) -> &'static str {
        if self.sources.iter().any(|source| source.home) {
            "home"
        } else {
            "voted"
        }
    }

    /// Sum of all counted numbers.
    pub(super) fn total(&self) -> u64 {
        let counted = self
            .counts
            .values()
            .map(|count| count.counted.unsigned_abs());
        counted.fold(0, u64::saturating_add)
    }

    /// Number of readers with a current choice.
    pub(super) fn voters(&self) -> u64 {
        let reactions = self
            .counts
            .iter()
            .filter(|(name, _)| name.starts_with("reaction:"));
        reactions
            .map(|(_, count)| count.counted.unsigned_abs())
            .fold(0, u64::saturating_add)
    }

    pub(super) fn counts_version(&self) -> CountsVersion {
        CountsVersion {
            id: self.id,
            rev: self.rev,
        }
    }

    /// Whether the newsroom has submitted the article, which may be known from its starting counts only.
    pub(super) fn is_put(&self) -> bool {
        self.put || self.poll.is_some() || self.counts.values().any(|count| count.imported > 0)
    }

    /// The day on which its poll opened: see [`poll_opened_on`].
    pub(super) fn poll_opened(&self) -> Option<Day> {
        let events = || {
            let of_events = |name: &str| Metric::parse_of_others(name).is_some();
            let counts = self.counts.iter().filter(|(name, _)| of_events(name));
            counts
                .map(|(_, count)| count.counted.unsigned_abs())
                .fold(0, u64::saturating_add)
        };
        poll_opened_on(self.published, self.is_put(), self.created, events)
    }

    /// Whether its poll has not opened yet.
    pub(super) fn awaits_opening(&self) -> bool {
        self.poll_opened().is_none()
    }

    /// The article's counts.
    pub(super) fn counted(&self, key: ArticleKey) -> ArticleCounts {
        let mut counts = ArticleCounts {
            tally: self.tally(key.clone()),
            poll_opened: self.poll_opened(),
            poll: self.poll.clone(),
            version: self.counts_version(),
            ..ArticleCounts::none(key)
        };
        for (name, count) in &self.counts {
            if let Some(metric) = Metric::parse(name) {
                counts.note(&metric, count.counted.unsigned_abs());
            }
        }
        counts
    }

    pub(super) fn tally(&self, article: ArticleKey) -> Tally {
        let mut tally = Tally {
            rev: self.rev.unsigned_abs(),
            ..Tally::empty(article)
        };
        for (name, count) in &self.counts {
            let imported = starting_count(count.imported);
            let total = total_count(count.counted, count.imported);
            // How readers came is reported separately; unknown metrics are those of a later version.
            match Metric::parse(name) {
                Some(Metric::Reads) => (tally.reads, tally.imported.reads) = (total, imported),
                Some(Metric::Reaction(key)) => {
                    add_imported(
                        &mut tally.imported,
                        imported,
                        |all| &mut all.reactions.0,
                        &key,
                    );
                    tally.reactions.0.push((key, total));
                }
                Some(Metric::Share(key)) => {
                    add_imported(&mut tally.imported, imported, |all| &mut all.shares.0, &key);
                    tally.shares.0.push((key, total));
                }
                _ => {}
            }
        }
        tally
    }

    /// The count of a metric, added with zeros if it is missing.
    pub(super) fn count(&mut self, metric: &str) -> &mut Count {
        self.counts.entry(metric.into()).or_default()
    }
}

impl Found {
    /// Parses the hash of a record. A hash with only a lease is not an article.
    pub(super) fn parse(hash: &Value) -> Self {
        let mut record = Record {
            own: false,
            ..Record::new(0, Day::new(0))
        };
        let mut is_home_voted = false;
        for (field, value) in reply::pairs(hash) {
            let (Ok(field), Ok(text)) = (std::str::from_utf8(field), std::str::from_utf8(value))
            else {
                continue;
            };
            let number = || text.parse::<i64>().unwrap_or(0);
            let day = || Day::new(text.parse().unwrap_or(0));
            match field {
                "to" => return ArticleKey::parse(text).map_or(Self::Nothing, Self::Moved),
                "id" => record.id = number(),
                "rev" => record.rev = number(),
                "ver" => record.write_version = number(),
                "shape" => record.shape = number(),
                "created" => record.created = day(),
                "published" => record.published = Some(day()),
                "put" => record.put = text == "1",
                "own" => record.own = text == "1",
                "voted" => record.voted = text == "1",
                "home" => is_home_voted = text == "1",
                "poll" => match ArticlePoll::parse(text) {
                    Some(poll) => record.poll = Some(Arc::new(poll)),
                    None => record.unreadable_poll = Some(text.into()),
                },
                "listed" => record.is_listed = true,
                "intent" => record.intent = Some(text.into()),
                "done" => record.done = Some(text.into()),
                "sources" => record.sources = serde_json::from_str(text).unwrap_or_default(),
                "aliases" => record.aliases = serde_json::from_str(text).unwrap_or_default(),
                _ => match field.split_once(':') {
                    Some(("c", metric)) => record.count(metric).counted = number(),
                    Some(("i", metric)) => record.count(metric).imported = number(),
                    _ => {}
                },
            }
        }
        if is_home_voted {
            record
                .sources
                .iter_mut()
                .filter(|source| source.home)
                .for_each(|source| source.voted = true);
        }
        if record.id == 0 {
            Self::Nothing
        } else {
            Self::Article(Arc::new(record))
        }
    }

    pub(super) fn article(self) -> Option<Record> {
        match self {
            Self::Article(record) => Some(Arc::unwrap_or_clone(record)),
            _ => None,
        }
    }
}

impl Record {
    /// All fields except the version, which the scripts increment.
    pub(super) fn fields(&self, site: &SiteId, key: &ArticleKey) -> Vec<(String, Vec<u8>)> {
        let json = |text: serde_json::Result<String>| text.unwrap_or_default().into_bytes();
        let number = |number: i64| number.to_string().into_bytes();
        let mut fields = vec![
            ("id".to_owned(), number(self.id)),
            ("rev".into(), number(self.rev)),
            ("shape".into(), number(self.shape)),
            ("created".into(), number(self.created.get().into())),
            ("names".into(), names(site, key)),
        ];
        let flags = [
            ("put", self.put),
            ("own", self.own),
            ("voted", self.voted),
            ("listed", self.is_listed),
        ];
        fields.extend(
            flags
                .iter()
                .filter(|(_, is)| *is)
                .map(|(name, _)| ((*name).into(), b"1".to_vec())),
        );
        fields.extend(
            self.published
                .map(|day| ("published".into(), number(day.get().into()))),
        );
        fields.extend(
            self.intent
                .clone()
                .map(|intent| ("intent".into(), intent.into_bytes())),
        );
        fields.extend(
            self.done
                .clone()
                .map(|done| ("done".into(), done.into_bytes())),
        );
        let poll = self.poll.as_ref().and_then(|poll| poll.to_json());
        fields.extend(poll.map(|poll| ("poll".into(), poll.into_bytes())));
        if !self.sources.is_empty() {
            fields.push(("sources".into(), json(serde_json::to_string(&self.sources))));
        }
        if !self.aliases.is_empty() {
            fields.push(("aliases".into(), json(serde_json::to_string(&self.aliases))));
        }
        for (metric, count) in &self.counts {
            let numbers = [("c", count.counted), ("i", count.imported)];
            fields.extend(
                numbers
                    .iter()
                    .map(|(kind, count)| (format!("{kind}:{metric}"), number(*count))),
            );
        }
        fields
    }
}

/// Site and key of a record, for a person who inspects the database.
pub(super) fn names(site: &SiteId, key: &ArticleKey) -> Vec<u8> {
    format!("{site}\0{key}").into_bytes()
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

#[cfg(test)]
mod tests;
