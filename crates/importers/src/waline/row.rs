use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::Value;

use crate::{MAX_COUNT, count};

/// The columns with counts: page views, and Waline's numbered reactions.
pub(super) const COLUMNS: [&str; 10] = [
    "time",
    "reaction0",
    "reaction1",
    "reaction2",
    "reaction3",
    "reaction4",
    "reaction5",
    "reaction6",
    "reaction7",
    "reaction8",
];

/// A row of the table `Counter`, without what does not matter: an export may have millions.
pub(super) struct Row {
    pub(super) url: Address,
    /// In the order of [`COLUMNS`].
    pub(super) numbers: [Number; COLUMNS.len()],
}

/// The column `url`.
pub(super) enum Address {
    Missing,
    Text(String),
    Wrong,
}

/// A number of a row.
#[derive(Clone)]
pub(super) enum Number {
    Count(u64),
    /// Greater than any count.
    Beyond,
    Wrong(Box<str>),
}

impl Number {
    /// Some databases export numbers as strings. `null`: nothing was counted.
    fn of(value: &Value) -> Self {
        let text = match value {
            Value::Null => return Self::Count(0),
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let can_be_beyond = matches!(value, Value::String(_) | Value::Number(_));
        if can_be_beyond && is_beyond(&text) {
            return Self::Beyond;
        }
        count(&text).map_or_else(|reason| Self::Wrong(reason.into()), Self::Count)
    }
}

/// Whether a number exceeds any valid count. An overflowed 64-bit column contains 2^63, which JavaScript rounds and
/// may write as `9.223372036854776e18`.
fn is_beyond(text: &str) -> bool {
    text.trim()
        .parse::<f64>()
        .is_ok_and(|number| number.is_finite() && number > MAX_COUNT as f64)
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of the table `Counter`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Row, A::Error> {
        let mut row = Row {
            url: Address::Missing,
            numbers: [const { Number::Count(0) }; COLUMNS.len()],
        };
        while let Some(name) = fields.next_key::<String>()? {
            if name == "url" {
                row.url = match fields.next_value()? {
                    Value::Null => Address::Missing,
                    Value::String(text) => Address::Text(text),
                    _ => Address::Wrong,
                };
            } else if let Some(at) = COLUMNS.iter().position(|column| *column == name) {
                row.numbers[at] = Number::of(&fields.next_value()?);
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(row)
    }
}
