use rules::Rejection;
use serde_json::{Map, Value};
use text::key::article_key;
use wire::{Event, IdempotencyKey, Invalid, Network, Reaction, Seq};

/// Parses one event field by field, so that the error names the field and what is wrong with it.
pub(super) fn parse_event(fields: &Map<String, Value>) -> Result<Event, Rejection> {
    match text(fields, "type")? {
        "read" => Ok(Event::Read {
            article: parsed(fields, "article", article_key)?,
            key: parsed(fields, "key", IdempotencyKey::parse)?,
        }),
        "react" => Ok(Event::React {
            article: parsed(fields, "article", article_key)?,
            reaction: match fields.get("reaction") {
                Some(Value::Null) => None,
                _ => Some(parsed(fields, "reaction", Reaction::parse)?),
            },
            seq: seq(fields)?,
        }),
        "share" => Ok(Event::Share {
            article: parsed(fields, "article", article_key)?,
            network: parsed(fields, "network", Network::parse)?,
            key: parsed(fields, "key", IdempotencyKey::parse)?,
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
    let reaction = reaction.map(|text| {
        if text.is_empty() {
            Value::Null
        } else {
            text.into()
        }
    });
    let seq = seq.map(|text| text.parse::<u64>().map_or(Value::Null, Value::from));
    let fields = [
        ("type", Some("react".into())),
        ("article", article.map(Value::from)),
        ("reaction", reaction),
        ("seq", seq),
    ];
    parse_event(
        &fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
    )
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
    let number = fields
        .get("seq")
        .ok_or_else(|| Rejection::new("seq", "is missing"))?;
    let wrong = Invalid("must be an integer from 0 to 2^53 - 1");
    number
        .as_u64()
        .ok_or(wrong)
        .and_then(Seq::parse)
        .map_err(|invalid| Rejection::new("seq", invalid.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Event, Rejection> {
        parse_event(&serde_json::from_str(json).unwrap())
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
    fn invalid_events_are_rejected_with_the_field() {
        for (json, field) in [
            ("{}", "type"),
            (r#"{"type":"like"}"#, "type"),
            (r#"{"type":["read"]}"#, "type"),
            (r#"{"type":"read","key":"AAAAAAAAAAAAAAAA"}"#, "article"),
            (
                r#"{"type":"read","article":"","key":"AAAAAAAAAAAAAAAA"}"#,
                "article",
            ),
            (
                r#"{"type":"read","article":"a\u0000","key":"AAAAAAAAAAAAAAAA"}"#,
                "article",
            ),
            (r#"{"type":"read","article":"a","key":"short"}"#, "key"),
            (r#"{"type":"react","article":"a","seq":1}"#, "reaction"),
            (
                r#"{"type":"react","article":"a","reaction":"Happy","seq":1}"#,
                "reaction",
            ),
            (r#"{"type":"react","article":"a","reaction":null}"#, "seq"),
            (
                r#"{"type":"react","article":"a","reaction":null,"seq":-1}"#,
                "seq",
            ),
            (
                r#"{"type":"react","article":"a","reaction":null,"seq":1.5}"#,
                "seq",
            ),
            (
                r#"{"type":"react","article":"a","reaction":null,"seq":9007199254740992}"#,
                "seq",
            ),
            (
                r#"{"type":"share","article":"a","key":"AAAAAAAAAAAAAAAA"}"#,
                "network",
            ),
        ] {
            assert_eq!(parse(json).unwrap_err().field, field, "{json}");
        }
    }
}
