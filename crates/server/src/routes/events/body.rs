use std::fmt;

use rules::Rejection;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};
use wire::{Event, MAX_EVENTS, VisitorToken};

use super::super::parse_event::{Field, parse_event};
use crate::problem::Problem;

/// A parsed [`wire::Batch`], with a separate error for each invalid event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ParsedBody {
    pub(super) visitor: Option<VisitorToken>,
    pub(super) stand_in: bool,
    pub(super) events: Vec<Result<Event, Rejection>>,
    pub(super) signals: Vec<String>,
}

/// Parses a request's body.
pub(super) fn parse(body: &[u8]) -> Result<ParsedBody, Problem> {
    match parse_usual(body) {
        Some(parsed) => Ok(parsed),
        None => parse_any(body),
    }
}

/// Parses the body that readers' browsers send: one valid event with texts that have no escapes. `None`: another one.
fn parse_usual(body: &[u8]) -> Option<ParsedBody> {
    #[derive(Deserialize)]
    struct UsualBody<'a> {
        #[serde(borrow, default)]
        visitor: Option<&'a str>,
        #[serde(default)]
        stand_in: bool,
        #[serde(borrow)]
        events: [UsualEvent<'a>; 1],
        #[serde(default)]
        signals: Vec<String>,
    }
    let UsualBody {
        visitor,
        stand_in,
        events: [event],
        signals,
    } = serde_json::from_slice(body).ok()?;
    Some(ParsedBody {
        visitor: visitor.map(VisitorToken::parse).transpose().ok()?,
        stand_in,
        events: vec![Ok(parse_event(|name| event.field(name)).ok()?)],
        signals,
    })
}

/// The names of an event's fields.
const FIELD_NAMES: [&str; 6] = ["type", "article", "key", "reaction", "seq", "network"];

/// The fields of an event of any kind, in the order of [`FIELD_NAMES`]. Not derived, because a derived parser also takes
/// a list for an object.
#[derive(Default)]
struct UsualEvent<'a>([Field<'a>; FIELD_NAMES.len()]);

impl<'a> UsualEvent<'a> {
    fn field(&self, name: &str) -> Field<'a> {
        let at = FIELD_NAMES.iter().position(|known| *known == name);
        at.map_or(Field::Missing, |at| self.0[at])
    }
}

/// An error for an object with other fields, or with one of them twice.
impl<'de: 'a, 'a> Deserialize<'de> for UsualEvent<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EventObject;
        impl<'de> Visitor<'de> for EventObject {
            type Value = UsualEvent<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut event = UsualEvent::default();
                while let Some(name) = map.next_key::<&str>()? {
                    let at = FIELD_NAMES.iter().position(|known| *known == name);
                    let field = at.map(|at| &mut event.0[at]);
                    let new = field.filter(|field| **field == Field::Missing);
                    *new.ok_or_else(|| A::Error::custom("unusual"))? = map.next_value()?;
                }
                Ok(event)
            }
        }
        deserializer.deserialize_map(EventObject)
    }
}

/// Parses any body, so that an error names what is wrong, and an invalid event does not affect the others.
fn parse_any(body: &[u8]) -> Result<ParsedBody, Problem> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(default)]
        visitor: Option<String>,
        #[serde(default)]
        stand_in: bool,
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
        #[serde(default)]
        signals: Vec<String>,
    }
    let envelope: Envelope<'_> = serde_json::from_slice(body)
        .map_err(|error| Problem::field("body", format!("The body is wrong: {error}.")))?;
    let count = envelope.events.len();
    if count == 0 || count > MAX_EVENTS {
        let detail = format!("Send 1 to {MAX_EVENTS} events a request, not {count}.");
        return Err(Problem::field("events", detail).with_limit(MAX_EVENTS));
    }
    let visitor = envelope
        .visitor
        .map(|token| VisitorToken::parse(&token))
        .transpose();
    Ok(ParsedBody {
        visitor: visitor
            .map_err(|invalid| Problem::field("visitor", format!("The visitor {invalid}.")))?,
        stand_in: envelope.stand_in,
        events: envelope.events.into_iter().map(event).collect(),
        signals: envelope.signals,
    })
}

/// Parses an event, so that an invalid one does not affect the others.
fn event(json: &RawValue) -> Result<Event, Rejection> {
    let fields: Map<String, Value> = serde_json::from_str(json.get())
        .map_err(|_| Rejection::new("events", "each event must be an object"))?;
    parse_event(|name| fields.get(name).into())
}

#[cfg(test)]
mod tests;
