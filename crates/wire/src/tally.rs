use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use crate::{ArticleKey, Network, Reaction, Seq};

/// All counts of one article. `reads`, `reactions` and `shares` include what was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tally {
    /// The article, by the key it was asked for.
    pub article: ArticleKey,
    /// Rises by one with every change to the article; 0 while nothing is known of it.
    pub rev: u64,
    /// How often it was read.
    pub reads: u64,
    /// What came from an earlier counter, and is part of the other numbers.
    #[serde(default, skip_serializing_if = "Imported::is_empty")]
    pub imported: Imported,
    /// Readers who chose each option, in no order that means anything.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub reactions: Counts<Reaction>,
    /// Clicks on each button of the share bar.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub shares: Counts<Network>,
    /// The choice of the reader who asked, in answers to her own events only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<Mine>,
}

impl Tally {
    /// An article of which nothing is known yet.
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

/// The part of a tally that was counted elsewhere, before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Imported {
    /// Reads counted before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reads: u64,
    /// Reactions counted before.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub reactions: Counts<Reaction>,
    /// Shares counted before.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, u64>))]
    pub shares: Counts<Network>,
}

impl Imported {
    /// Whether everything was counted here.
    pub fn is_empty(&self) -> bool {
        self.reads == 0 && self.reactions.is_empty() && self.shares.is_empty()
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The reader's own choice, as the endpoint has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Mine {
    /// `None`: taken back.
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub reaction: Option<Reaction>,
    /// The clock of that choice.
    #[cfg_attr(feature = "schema", schema(value_type = u64, maximum = 9007199254740991_u64))]
    pub seq: Seq,
}

/// Answer to `GET …/tallies`: one tally a key asked for, in the order of the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tallies {
    /// One for each key.
    pub tallies: Vec<Tally>,
    /// Each in words, if `lang` was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<Texts>>,
}

/// An article's counts in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Texts {
    /// "Di baca 841 kali"
    pub reads: String,
    /// How many have reacted: "2.000 tanggapan"
    pub reactions: String,
}

/// A few counts by name; a JSON object on the wire. A list, because there are five or ten: a map
/// would cost every reader more bytes than it saves time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts<K>(pub Vec<(K, u64)>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: PartialEq> Counts<K> {
    /// The count of that name, 0 if there is none.
    pub fn get(&self, key: &K) -> u64 {
        self.0.iter().find(|(name, _)| name == key).map_or(0, |(_, count)| *count)
    }

    /// The count of that name, to change it; made if there is none.
    pub fn entry(&mut self, key: K) -> &mut u64 {
        let at = self.0.iter().position(|(name, _)| *name == key).unwrap_or_else(|| {
            self.0.push((key, 0));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

impl<K> Counts<K> {
    /// Whether there is no name in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All together.
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
