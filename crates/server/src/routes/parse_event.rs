use std::fmt;

use rules::Rejection;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use serde_json::Value;
use text::key::article_key;
use wire::{Event, IdempotencyKey, Invalid, Network, Reaction, Seq};

/// A field of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// There is no such field.
    #[default]
    Missing,
    /// `null`.
    Null,
    /// A text.
    Text(&'a str),
    /// An integer that is not negative.
    Number(u64),
    /// Any other value.
    Other,
}

impl<'a> From<Option<&'a Value>> for Field<'a> {
    fn from(value: Option<&'a Value>) -> Self {
        match value {
            None => Self::Missing,
            Some(Value::Null) => Self::Null,
            Some(Value::String(text)) => Self::Text(text),
            Some(value) => value.as_u64().map_or(Self::Other, Self::Number),
        }
    }
}

/// Borrows the text; an error for one with escapes, and for [`Field::Other`].
impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BorrowedField;
        impl<'de> Visitor<'de> for BorrowedField {
            type Value = Field<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number or null")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Field::Text(text))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Field::Number(number))
            }
            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Field::Null)
            }
        }
        deserializer.deserialize_any(BorrowedField)
    }
}

/// Parses one event field by field, so that the error names the field and what is wrong with it. `field`: gets a field
/// by its name.
pub(super) fn parse_event<'a>(field: impl Fn(&str) -> Field<'a>) -> Result<Event, Rejection> {
    let article = || parsed(&field, "article", article_key);
    let key = || parsed(&field, "key", IdempotencyKey::parse);
    match text(&field, "type")? {
        "read" => Ok(Event::Read {
            article: article()?,
            key: key()?,
        }),
        "react" => Ok(Event::React {
            article: article()?,
            reaction: match field("reaction") {
                Field::Null => None,
                _ => Some(parsed(&field, "reaction", Reaction::parse)?),
            },
            seq: seq(field("seq"))?,
        }),
        "share" => Ok(Event::Share {
            article: article()?,
            network: parsed(&field, "network", Network::parse)?,
            key: key()?,
        }),
        _ => Err(Rejection::new("type", "must be read, react or share")),
    }
}

/// Parses a reaction of a form, whose fields are texts; an empty `reaction` is a withdrawal.
pub(super) fn parse_reaction(
    article: Option<&str>,
    reaction: Option<&str>,
    seq: Option<&str>,
) -> Result<Event, Rejection> {
    let text = |value: Option<_>| value.map_or(Field::Missing, Field::Text);
    parse_event(|name| match name {
        "type" => Field::Text("react"),
        "article" => text(article),
        "reaction" if reaction == Some("") => Field::Null,
        "reaction" => text(reaction),
        "seq" => seq.map_or(Field::Missing, |digits| {
            digits.parse().map_or(Field::Other, Field::Number)
        }),
        _ => Field::Missing,
    })
}

fn text<'a>(field: &impl Fn(&str) -> Field<'a>, name: &'static str) -> Result<&'a str, Rejection> {
    match field(name) {
        Field::Text(text) => Ok(text),
        Field::Missing => Err(Rejection::new(name, "is missing")),
        _ => Err(Rejection::new(name, "must be a string")),
    }
}

fn parsed<'a, T>(
    field: &impl Fn(&str) -> Field<'a>,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<T, Rejection> {
    parse(text(field, name)?).map_err(|invalid| Rejection::new(name, invalid.to_string()))
}

fn seq(field: Field<'_>) -> Result<Seq, Rejection> {
    let parsed = match field {
        Field::Missing => return Err(Rejection::new("seq", "is missing")),
        Field::Number(number) => Seq::parse(number),
        _ => Err(Invalid("must be an integer from 0 to 2^53 - 1")),
    };
    parsed.map_err(|invalid| Rejection::new("seq", invalid.to_string()))
}

#[cfg(test)]
mod tests;
