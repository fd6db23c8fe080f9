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
