use serde::{Deserialize, Deserializer, Serialize, Serializer};
use visitor::Day;

/// An article's id in a store, which is named by its vote key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in super::super) struct Id {
    pub(in super::super) of: String,
    pub(in super::super) number: i64,
}

/// Another id of an article: that of a merged article, or its own in the store that it was imported from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Source {
    /// Name of the store's vote key.
    pub(in super::super) of: String,
    /// The article's id there.
    pub(in super::super) number: i64,
    /// The article's revision there at the last import.
    pub(in super::super) rev: i64,
    /// Whether votes may be hashed with it.
    pub(in super::super) voted: bool,
    /// Whether the article originated there; new votes are then hashed with this id.
    pub(in super::super) home: bool,
    /// The last day on which reads may have been hashed with this id.
    #[serde(serialize_with = "write_day", deserialize_with = "read_day")]
    pub(in super::super) until: Day,
}

/// Label of the days of an article's own id.
pub(in super::super) const OWN_DAYS: &str = "";

impl Source {
    pub(in super::super) fn id(&self) -> Id {
        Id {
            of: self.of.clone(),
            number: self.number,
        }
    }

    /// Label of its days, the same in every article.
    pub(in super::super) fn label(&self) -> String {
        self.id().label()
    }
}

impl Id {
    /// See [`Source::label`].
    pub(in super::super) fn label(&self) -> String {
        format!("{}.{}", self.of, self.number)
    }
}

fn write_day<S: Serializer>(day: &Day, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_i32(day.get())
}

fn read_day<'de, D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
    i32::deserialize(from).map(Day::new)
}
