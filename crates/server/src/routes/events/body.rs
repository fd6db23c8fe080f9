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
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_event_that_is_no_object_is_refused() {
        for json in ["1", "[]", "null", "\"read\""] {
            assert_eq!(
                event(serde_json::from_str(json).unwrap())
                    .unwrap_err()
                    .field,
                "events",
                "{json}"
            );
        }
    }

    #[test]
    fn the_widgets_bodies_are_parsed_in_one_pass() {
        for body in [
            r#"{"signals":[],"events":[{"type":"read","article":"/a?é","key":"AAAAAAAAAAAAAAAA"}]}"#,
            r#"{"signals":["webdriver"],"stand_in":true,"events":[{"type":"read","article":"a","key":"AAAAAAAAAAAAAAAA"}]}"#,
            r#"{"visitor":"AAAAAAAAAAAAAAAAAAAAAA","events":[{"type":"react","article":"a","reaction":"happy","seq":1448000000123}]}"#,
            r#"{"visitor":"AAAAAAAAAAAAAAAAAAAAAA","events":[{"type":"react","article":"a","reaction":null,"seq":1}]}"#,
            r#"{"events":[{"type":"share","article":"a","network":"copy","key":"AAAAAAAAAAAAAAAA"}]}"#,
        ] {
            let usual = parse_usual(body.as_bytes());
            assert!(usual.is_some(), "{body}");
            assert_eq!(usual, parse_any(body.as_bytes()).ok(), "{body}");
        }
    }

    #[test]
    fn a_list_is_no_event() {
        let body = br#"{"events":[["read","a","AAAAAAAAAAAAAAAA"]]}"#;
        assert_eq!(parse_usual(body), None);
        let refused = parse(body).unwrap().events.remove(0).unwrap_err();
        assert_eq!(refused.field, "events");
    }

    /// Values of fields, most of them wrong somewhere.
    const VALUES: [&str; 22] = [
        r#""read""#,
        r#""react""#,
        r#""share""#,
        r#""happy""#,
        r#""copy""#,
        r#""a""#,
        r#""\u0061""#,
        r#""é""#,
        r#""""#,
        r#""AAAAAAAAAAAAAAAA""#,
        r#""AAAAAAAAAAAAAAAAAAAAAA""#,
        "null",
        "true",
        "0",
        "7",
        "-0",
        "7.0",
        "1e2",
        "9007199254740992",
        "18446744073709551616",
        "[]",
        r#"{"type":"read"}"#,
    ];

    fn object(names: &'static [&'static str]) -> impl Strategy<Value = String> {
        let field = (0..names.len(), 0..VALUES.len());
        proptest::collection::vec(field, 0..6).prop_map(move |fields| {
            let fields = fields
                .into_iter()
                .map(|(name, value)| format!("\"{}\":{}", names[name], VALUES[value]));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        })
    }

    proptest! {
        #[test]
        fn both_parsers_agree_on_any_body(
            event in object(&["type", "article", "key", "reaction", "seq", "network", "later", "t\\u0079pe"]),
            kind in 0..3_usize,
            around in object(&["visitor", "stand_in", "signals", "later"]),
            count in 0..3_usize,
            end in 0..4_usize,
        ) {
            let kind = format!("{{\"type\":{},", VALUES[kind]);
            let event = event.replacen('{', &kind, 1).replace(",}", "}");
            let events = vec![event; count].join(",");
            let around = around.trim_matches(['{', '}']);
            let comma = if around.is_empty() { "" } else { "," };
            let end = ["", " ", "x", "}"][end];
            let body = format!("{{{around}{comma}\"events\":[{events}]}}{end}");
            if let Some(usual) = parse_usual(body.as_bytes()) {
                prop_assert_eq!(Some(usual), parse_any(body.as_bytes()).ok(), "{}", body);
            }
        }
    }
}
