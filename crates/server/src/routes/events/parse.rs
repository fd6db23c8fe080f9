use rules::Rejection;
use serde_json::{Map, Value, value::RawValue};
use text::key::article_key;
use wire::{Event, IdempotencyKey, Invalid, Network, Reaction, Seq};

/// Parses one event field by field, so that the error names the field and what is wrong with it.
pub(super) fn event(json: &RawValue) -> Result<Event, Rejection> {
    let fields: Map<String, Value> =
        serde_json::from_str(json.get()).map_err(|_| Rejection::new("events", "each event must be an object"))?;
    match text(&fields, "type")? {
        "read" => Ok(Event::Read {
            article: parsed(&fields, "article", article_key)?,
            key: parsed(&fields, "key", IdempotencyKey::parse)?,
        }),
        "react" => Ok(Event::React {
            article: parsed(&fields, "article", article_key)?,
            reaction: match fields.get("reaction") {
                Some(Value::Null) => None,
                _ => Some(parsed(&fields, "reaction", Reaction::parse)?),
            },
            seq: seq(&fields)?,
        }),
        "share" => Ok(Event::Share {
            article: parsed(&fields, "article", article_key)?,
            network: parsed(&fields, "network", Network::parse)?,
            key: parsed(&fields, "key", IdempotencyKey::parse)?,
        }),
        _ => Err(Rejection::new("type", "must be read, react or share")),
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Rejection> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Rejection::new(name, "must be a string")),
        None => Err(Rejection::new(name, "is missing")),
    }
}

fn parsed<T>(
    fields: &Map<String, Value>,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<T, Rejection> {
    parse(text(fields, name)?).map_err(|invalid| Rejection::new(name, invalid.to_string()))
}

fn seq(fields: &Map<String, Value>) -> Result<Seq, Rejection> {
    let number = fields.get("seq").ok_or_else(|| Rejection::new("seq", "is missing"))?;
    let wrong = Invalid("must be an integer from 0 to 2^53 - 1");
    number.as_u64().ok_or(wrong).and_then(Seq::parse).map_err(|invalid| Rejection::new("seq", invalid.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Event, Rejection> {
        event(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn events_of_the_wire_are_taken() {
        for json in [
            r#"{"type":"read","article":"a","key":"AAAAAAAAAAAAAAAA"}"#,
            r#"{"type":"react","article":"a","reaction":"happy","seq":1448000000123}"#,
            r#"{"type":"react","article":"a","reaction":null,"seq":0}"#,
            r#"{"type":"share","article":"a","network":"whatsapp","key":"AAAAAAAAAAAAAAAA","later":true}"#,
        ] {
            let parsed = parse(json).unwrap();
            assert_eq!(parsed, serde_json::from_str::<Event>(json).unwrap());
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (json, field) in [
            ("1", "events"),
            ("{}", "type"),
            (r#"{"type":"like"}"#, "type"),
            (r#"{"type":["read"]}"#, "type"),
            (r#"{"type":"read","key":"AAAAAAAAAAAAAAAA"}"#, "article"),
            (r#"{"type":"read","article":"","key":"AAAAAAAAAAAAAAAA"}"#, "article"),
            (r#"{"type":"read","article":"a\u0000","key":"AAAAAAAAAAAAAAAA"}"#, "article"),
            (r#"{"type":"read","article":"a","key":"short"}"#, "key"),
            (r#"{"type":"react","article":"a","seq":1}"#, "reaction"),
            (r#"{"type":"react","article":"a","reaction":"Happy","seq":1}"#, "reaction"),
            (r#"{"type":"react","article":"a","reaction":null}"#, "seq"),
            (r#"{"type":"react","article":"a","reaction":null,"seq":-1}"#, "seq"),
            (r#"{"type":"react","article":"a","reaction":null,"seq":1.5}"#, "seq"),
            (r#"{"type":"react","article":"a","reaction":null,"seq":9007199254740992}"#, "seq"),
            (r#"{"type":"share","article":"a","key":"AAAAAAAAAAAAAAAA"}"#, "network"),
        ] {
            assert_eq!(parse(json).unwrap_err().field, field, "{json}");
        }
    }
}
