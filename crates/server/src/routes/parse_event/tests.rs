use super::*;

fn parse(json: &str) -> Result<Event, Rejection> {
    let fields: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap();
    parse_event(|name| fields.get(name).into())
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
