use proptest::prelude::*;
use wire::{EventKey, VisitorToken};

use super::*;

fn event() -> impl Strategy<Value = Event> {
    let article = || "[\\PC&&[^ ]]{1,40}".prop_filter_map("no key", |text| ArticleKey::parse(&text).ok());
    let key = || "[A-Za-z0-9_-]{16}".prop_map(|text| EventKey::parse(&text).unwrap());
    let slug = || "[a-z0-9._-]{1,40}";
    let seq = (0..=Seq::MAX.get()).prop_map(|seq| Seq::parse(seq).unwrap());
    prop_oneof![
        (article(), key()).prop_map(|(article, key)| Event::Read { article, key }),
        (article(), slug(), key()).prop_map(|(article, network, key)| {
            Event::Share { article, network: Network::parse(&network).unwrap(), key }
        }),
        (article(), prop::option::of(slug()), seq).prop_map(|(article, reaction, seq)| {
            let reaction = reaction.map(|reaction| Reaction::parse(&reaction).unwrap());
            Event::React { article, reaction, seq }
        }),
    ]
}

proptest! {
    #[test]
    fn a_batch_is_read_by_the_endpoint_as_it_was_meant(
        visitor in prop::option::of("[A-Za-z0-9_-]{22}"),
        events in prop::collection::vec(event(), 1..9),
    ) {
        let visitor = visitor.map(|visitor| VisitorToken::parse(&visitor).unwrap());
        let batch = Batch { visitor, events };
        prop_assert_eq!(serde_json::from_str::<Batch>(&body(&batch)).unwrap(), batch);
    }

    #[test]
    fn a_kept_tally_is_json_with_what_is_shown(article in "[\\PC&&[^ ]]{1,40}", rev in 0..99u64, happy in 0..99u64) {
        prop_assume!(ArticleKey::parse(&article).is_ok());
        let mut tally = Tally { rev, ..Tally::empty(ArticleKey::parse(&article).unwrap()) };
        *tally.reactions.entry(Reaction::parse("happy").unwrap()) = happy;
        let kept: serde_json::Value = serde_json::from_str(&kept_tally(&tally, 7)).unwrap();
        prop_assert_eq!(serde_json::from_value::<Tally>(kept["tally"].clone()).unwrap(), tally);
        prop_assert_eq!(&kept["at"], 7);
    }

    #[test]
    fn no_text_makes_reading_panic(text in "(\\PC|\x1f|[0-9]\x1f){0,200}") {
        let _ = view(&mut Fields::of(&text));
        let _ = outcome(&mut Fields::of(&text));
        let _ = Fields::of(&text).named("a");
    }
}

#[test]
fn only_a_real_answer_acknowledges() {
    let is_answer = |text: &str| matches!(outcome(&mut Fields::of(&text.replace('|', "\x1f"))), Outcome::Answered(_));
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
