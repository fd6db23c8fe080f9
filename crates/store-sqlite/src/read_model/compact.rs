use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use store::CountsVersion;
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{Count, Counts, Entry, MetricId};

/// Maximum number of metrics in the compact representation.
const MAX_COMPACT_METRICS: usize = 4;

/// Articles with few counts and no day of publication: most of an archive, and whatever strangers make up. Each takes
/// 20 bytes, keyed by a 64-bit hash of its key with a random hash key per process. A collision would conflate two
/// articles: among 100 million, the probability of any is 1 in 3,700.
#[derive(Clone, Default)]
pub(super) struct CompactArticles {
    hasher: RandomState,
    articles: HashMap<u64, CompactEntry>,
}

/// An [`Entry`] with few counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CompactEntry {
    id: u32,
    created: u16,
    rev: u8,
    own: bool,
    voted: bool,
    /// Number of used elements of `counts`.
    metrics: u8,
    counts: [(u8, u8); MAX_COMPACT_METRICS],
}

impl CompactArticles {
    pub(super) fn get(&self, site: &SiteId, key: &ArticleKey) -> Option<Entry> {
        self.packed(site, key).map(CompactEntry::unpack)
    }

    /// The version of the article's counts. Allocates nothing.
    pub(super) fn version(&self, site: &SiteId, key: &ArticleKey) -> Option<CountsVersion> {
        self.packed(site, key).map(|packed| CountsVersion {
            id: packed.id.into(),
            rev: packed.rev.into(),
        })
    }

    fn packed(&self, site: &SiteId, key: &ArticleKey) -> Option<&CompactEntry> {
        if self.articles.is_empty() {
            return None;
        }
        self.articles.get(&self.hash(site, key))
    }

    /// Stores the entry if it fits, and returns whether it did. Removes an older entry of the article in any case.
    pub(super) fn set(&mut self, site: &SiteId, key: &ArticleKey, entry: Option<&Entry>) -> bool {
        let hash = self.hash(site, key);
        match entry.and_then(CompactEntry::pack) {
            Some(packed) => {
                self.articles.insert(hash, packed);
                true
            }
            None => {
                self.articles.remove(&hash);
                super::shrink(&mut self.articles);
                false
            }
        }
    }

    /// All ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = i64> {
        self.articles.values().map(|packed| packed.id.into())
    }

    fn hash(&self, site: &SiteId, key: &ArticleKey) -> u64 {
        self.hasher.hash_one((site.as_str(), key.as_str()))
    }
}

impl CompactEntry {
    /// `None`: the entry does not fit.
    fn pack(entry: &Entry) -> Option<Self> {
        let Entry {
            id,
            rev,
            created,
            published: None,
            put: false,
            own,
            voted,
            sources,
            counts,
            poll: None,
        } = entry
        else {
            return None;
        };
        if !sources.is_empty() {
            return None;
        }
        let mut packed = [(0, 0); MAX_COMPACT_METRICS];
        let mut metrics = 0;
        for Count {
            metric,
            counted,
            imported,
        } in counts.iter()
        {
            let slot = packed.get_mut(metrics)?;
            *slot = (
                u8::try_from(metric).ok()?,
                u8::try_from(counted).ok().filter(|_| imported == 0)?,
            );
            metrics += 1;
        }
        Some(Self {
            id: u32::try_from(*id).ok()?,
            created: u16::try_from(created.get()).ok()?,
            rev: u8::try_from(*rev).ok()?,
            own: *own,
            voted: *voted,
            metrics: metrics as u8,
            counts: packed,
        })
    }

    fn unpack(&self) -> Entry {
        let counts = self.counts[..usize::from(self.metrics)].iter();
        let count = |(metric, counted): &(u8, u8)| Count {
            metric: MetricId::from(*metric),
            counted: i64::from(*counted),
            imported: 0,
        };
        Entry {
            id: self.id.into(),
            rev: self.rev.into(),
            created: Day::new(self.created.into()),
            published: None,
            put: false,
            own: self.own,
            voted: self.voted,
            sources: Vec::new(),
            counts: counts.map(count).collect::<Counts>(),
            poll: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    type Numbers = (
        i64,
        i64,
        i32,
        Option<i32>,
        bool,
        bool,
        Vec<(MetricId, i64, i64)>,
    );

    fn entry((id, rev, created, published, own, voted, counts): Numbers) -> Entry {
        let counts = counts.into_iter().map(|(metric, counted, imported)| Count {
            metric,
            counted,
            imported,
        });
        let created = Day::new(created);
        let published = published.map(Day::new);
        Entry {
            id,
            rev,
            created,
            published,
            put: false,
            own,
            voted,
            sources: Vec::new(),
            counts: counts.collect(),
            poll: None,
        }
    }

    #[test]
    fn compact_entry_takes_20_bytes() {
        assert!(size_of::<CompactEntry>() <= 20);
    }

    proptest! {
        #[test]
        fn compact_entry_unpacks_to_the_packed_entry(
            ids in (0..1_i64 << 33, 0..300_i64, 0..70_000_i32, proptest::option::weighted(0.1, 0..20_000_i32)),
            flags in any::<(bool, bool)>(),
            counts in vec((1..300_u16, 0..300_i64, 0..2_i64), 0..6),
        ) {
            let (id, rev, created, published) = ids;
            let entry = entry((id, rev, created, published, flags.0, flags.1, counts));
            if let Some(packed) = CompactEntry::pack(&entry) {
                prop_assert_eq!(format!("{:?}", packed.unpack()), format!("{entry:?}"));
            }
        }
    }
}
