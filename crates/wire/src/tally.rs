use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use crate::{ArticleKey, Network, Reaction, Seq};

/// All counts of one article. `reads`, `reactions` and `shares` include imported counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tally {
    /// The requested key, which may be an alias.
    pub article: ArticleKey,
    /// Revision: incremented with every change; 0 if the article is unknown.
    pub rev: u64,
    /// Number of reads.
    pub reads: u64,
    /// The part of the counts that came from an earlier counter.
    #[serde(default, skip_serializing_if = "Imported::is_empty")]
    pub imported: Imported,
    /// Number of readers who chose each option, in no particular order.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub reactions: Counts<Reaction>,
    /// Shares to each network: at most one per reader, network and window.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub shares: Counts<Network>,
    /// The requesting reader's own choice; only in responses to their own events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<OwnVote>,
}

impl Tally {
    /// The counts of an unknown article.
    pub fn empty(article: ArticleKey) -> Self {
        Self {
            article,
            rev: 0,
            reads: 0,
            imported: Imported::default(),
            reactions: Counts::default(),
            shares: Counts::default(),
            mine: None,
        }
    }
}

/// The part of a tally that an earlier counter has counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Imported {
    /// Imported reads.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reads: u64,
    /// Imported reactions.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub reactions: Counts<Reaction>,
    /// Imported shares.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub shares: Counts<Network>,
}

impl Imported {
    /// Whether there are no imported counts.
    pub fn is_empty(&self) -> bool {
        self.reads == 0 && self.reactions.is_empty() && self.shares.is_empty()
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The reader's own choice, as stored by the endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Mine))]
pub struct OwnVote {
    /// `None`: withdrawn.
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub reaction: Option<Reaction>,
    /// Logical clock of that choice.
    #[cfg_attr(feature = "schema", schema(value_type = u64, maximum = 9007199254740991_u64))]
    pub seq: Seq,
}

/// Response to `GET …/tallies`: one tally per key, in the order of the query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tallies {
    /// One for each key.
    pub tallies: Vec<Tally>,
    /// The counts as texts, if `lang` was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<Texts>>,
}

/// An article's counts as texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Texts {
    /// "Dibaca 841 kali"
    pub reads: String,
    /// Number of reactions: "2.000 tanggapan"
    pub reactions: String,
}

/// A few counts by name; a JSON object on the wire. A list, because there are at most ten or so, and the code of a map
/// would enlarge the wasm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts<K>(pub Vec<(K, u64)>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: PartialEq> Counts<K> {
    /// The count of a name, 0 if absent.
    pub fn get(&self, key: &K) -> u64 {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map_or(0, |(_, count)| *count)
    }

    /// The count of a name, for modification; added with 0 if absent.
    pub fn entry(&mut self, key: K) -> &mut u64 {
        let at = self
            .0
            .iter()
            .position(|(name, _)| *name == key)
            .unwrap_or_else(|| {
                self.0.push((key, 0));
                self.0.len() - 1
            });
        &mut self.0[at].1
    }
}

impl<K> Counts<K> {
    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sum of all counts.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }
}

impl<K> FromIterator<(K, u64)> for Counts<K> {
    fn from_iter<I: IntoIterator<Item = (K, u64)>>(counts: I) -> Self {
        Self(counts.into_iter().collect())
    }
}

impl<K: Serialize> Serialize for Counts<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}

impl<'de, K: Deserialize<'de>> Deserialize<'de> for Counts<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<K>(PhantomData<K>);
        impl<'de, K: Deserialize<'de>> Visitor<'de> for Object<K> {
            type Value = Counts<K>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of counts")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Counts<K>, A::Error> {
                let mut counts = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some(entry) = map.next_entry()? {
                    counts.push(entry);
                }
                Ok(Counts(counts))
            }
        }
        deserializer.deserialize_map(Object(PhantomData))
    }
}
