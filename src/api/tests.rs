use proptest::prelude::*;

use super::*;

fn any_entry() -> impl Strategy<Value = Entry> {
    let reaction =
        || prop::option::of("[a-z0-9._-]{1,40}".prop_map(|name| Reaction::parse(&name).unwrap()));
    let key = || "[A-Za-z0-9_-]{16}".prop_map(|text| IdempotencyKey::parse(&text).unwrap());
    let network = "[a-z0-9._-]{1,40}".prop_map(|name| Network::parse(&name).unwrap());
    let number = || 0..=Seq::MAX.get();
    let what = prop_oneof![
        (reaction(), number(), reaction()).prop_map(|(reaction, seq, before)| {
            What::Choice {
                reaction,
                seq: Seq::parse(seq).unwrap(),
                before,
            }
        }),
        (key(), number()).prop_map(|(key, until)| What::Read { key, until }),
        (network, key(), number()).prop_map(|(network, key, until)| What::Share {
            network,
            key,
            until
        }),
    ];
    let article =
        "[\\PC&&[^ \u{a0}]]{1,40}".prop_filter_map("no key", |text| ArticleKey::parse(&text).ok());
    (article, what, any::<bool>()).prop_map(|(article, what, sent)| Entry {
        article,
        what,
        sent,
    })
}

proptest! {
    #[test]
    fn an_entry_is_read_as_it_was_written(entry in any_entry()) {
        let text = entry_text(&entry);
        let fields = &mut Fields::of(&text);
        let kind = fields.take();
        prop_assert_eq!(super::entry(kind, fields), Some(entry));
        prop_assert_eq!(fields.next(), None, "every field has a meaning");
    }

    #[test]
    fn no_text_makes_reading_panic(text in "(\\PC|\x1f|[0-9]\x1f){0,200}") {
        let _ = view(&mut Fields::of(&text));
        let _ = outcome(&mut Fields::of(&text));
        let _ = Fields::of(&text).named("a");
        for kind in ["mine", "read", "share", "else"] {
            let _ = entry(kind, &mut Fields::of(&text));
        }
    }
}

#[test]
fn only_a_real_answer_acknowledges() {
    let is_answer = |text: &str| {
        matches!(
            outcome(&mut Fields::of(&text.replace('|', "\x1f"))),
            Outcome::Answered(_)
        )
    };
    assert!(is_answer("200||1|a|3|841|||1|happy|5|0"));
    assert!(!is_answer("200||0|0"), "somebody else's page");
    assert!(!is_answer("503|9|1|a|3|841|||0|0"));
}

#[test]
fn the_endpoints_own_word_decides_whether_to_ask_again() {
    let of = |text: &str| outcome(&mut Fields::of(&text.replace('|', "\x1f")));
    assert!(matches!(of("503|30|0|0"), Outcome::Failed(Some(30))));
    assert!(matches!(of("429|7|0|0"), Outcome::Failed(Some(7))));
    assert!(matches!(of(""), Outcome::Failed(None)));
    assert!(matches!(of("403||0|0"), Outcome::Rejected));
}

#[test]
fn a_tally_is_written_with_what_is_shown_of_it() {
    let mut tally = Tally {
        rev: 12,
        reads: 841,
        ..Tally::empty(ArticleKey::parse("a").unwrap())
    };
    for (name, count) in [("happy", 5), ("sad", 0)] {
        *tally.reactions.entry(Reaction::parse(name).unwrap()) = count;
    }
    assert_eq!(
        tally_text(&tally, 7).replace('\x1f', "|"),
        "tally|a|12|841|7|happy=5|sad=0"
    );
}

#[test]
fn whatever_else_is_kept_is_no_entry() {
    for text in [
        "",
        "mine|a||||||happy|",
        "mine|a|||||1|HAPPY|",
        "mine|a|||||-1||",
        "mine||||||1||",
        "read|a||true|short|1|||",
        "read|a||true|aaaaaaaaaaaaaaaa||||",
        "share|a||true|aaaaaaaaaaaaaaaa|1|||",
        "visitor|a||true|aaaaaaaaaaaaaaaa|1|1||",
    ] {
        let text = text.replace('|', "\x1f");
        let fields = &mut Fields::of(&text);
        let kind = fields.take();
        assert_eq!(entry(kind, fields), None, "{text}");
    }
}
