use wire::{ArticleKey, IdempotencyKey, Network, Reaction, Seq, SiteId};

use super::*;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn site() -> Site {
    Site::new(SiteId::parse("demo").unwrap())
}

fn at(site: &Site) -> EventContext<'_> {
    let address = [192, 0, 2, 1].into();
    let bots = Bots::Ignore;
    let visitor = true;
    let noscript = false;
    EventContext {
        site,
        day: Day::new(100),
        bots,
        visitor,
        noscript,
        client: false,
        address,
        agent: FIREFOX,
        signals: &[],
    }
}

fn article() -> ArticleKey {
    ArticleKey::parse("a").unwrap()
}

fn key(letter: &str) -> IdempotencyKey {
    IdempotencyKey::parse(&letter.repeat(16)).unwrap()
}

fn read(letter: &str) -> Event {
    Event::Read {
        article: article(),
        key: key(letter),
    }
}

fn react(reaction: Option<&str>) -> Event {
    let reaction = reaction.map(|reaction| Reaction::parse(reaction).unwrap());
    Event::React {
        article: article(),
        reaction,
        seq: Seq::parse(1).unwrap(),
    }
}

fn share(network: &str) -> Event {
    Event::Share {
        article: article(),
        network: Network::parse(network).unwrap(),
        key: key("A"),
    }
}

fn once(change: Change) -> DedupKey {
    match change {
        Change::Read { dedup_key, .. } | Change::Share { dedup_key, .. } => dedup_key,
        Change::React { .. } => unreachable!("a reaction"),
    }
}

#[test]
fn a_read_is_known_by_the_browsers_key() {
    assert!(
        once(validate(read("A"), PollFacts::default(), at(&site())).unwrap())
            == DedupKey::Browser(key("A"))
    );
}

#[test]
fn reads_by_hash_deduplicate_by_address_and_browser() {
    let mut site = site();
    site.reads.identity = ReadDedup::Hash;
    let here = |letter| once(validate(read(letter), PollFacts::default(), at(&site)).unwrap());
    let elsewhere = EventContext {
        address: [192, 0, 2, 2].into(),
        ..at(&site)
    };
    assert!(here("A") == here("B"));
    assert!(here("A") != once(validate(read("A"), PollFacts::default(), elsewhere).unwrap()));
}

#[test]
fn client_reads_deduplicate_by_address_and_browser() {
    let mut site = site();
    site.noscript_votes = false;
    let client = EventContext {
        noscript: true,
        client: true,
        ..at(&site)
    };
    let once = |letter| once(validate(read(letter), PollFacts::default(), client).unwrap());
    assert!(once("A") == once("B"));
    assert_eq!(
        validate(react(Some("happy")), PollFacts::default(), client)
            .unwrap_err()
            .field,
        "type"
    );
}

#[test]
fn where_reads_are_off_shares_still_count() {
    let mut site = site();
    site.reads.identity = ReadDedup::Off;
    assert_eq!(
        validate(read("A"), PollFacts::default(), at(&site))
            .unwrap_err()
            .field,
        "type"
    );
    assert!(validate(share("whatsapp"), PollFacts::default(), at(&site)).is_ok());
}

#[test]
fn reads_of_bots_count_only_if_configured() {
    let site = site();
    let bot = EventContext {
        agent: "Googlebot/2.1",
        ..at(&site)
    };
    assert!(
        validate(read("A"), PollFacts::default(), bot)
            .unwrap_err()
            .reason
            .contains("bots")
    );
    assert!(
        validate(
            read("A"),
            PollFacts::default(),
            EventContext {
                bots: Bots::Count,
                ..bot
            }
        )
        .is_ok()
    );
    for (signal, counts) in [
        ("webdriver", false),
        ("prerender", false),
        ("hidden", false),
        ("later", true),
    ] {
        let signals = [signal.to_owned()];
        let page = EventContext {
            signals: &signals,
            ..at(&site)
        };
        assert_eq!(
            validate(read("A"), PollFacts::default(), page).is_ok(),
            counts,
            "{signal}"
        );
        assert!(
            validate(react(Some("happy")), PollFacts::default(), page).is_ok(),
            "{signal}: a choice is somebody's"
        );
        assert!(
            validate(
                read("A"),
                PollFacts::default(),
                EventContext {
                    bots: Bots::Count,
                    ..page
                }
            )
            .is_ok(),
            "{signal}"
        );
    }
}

#[test]
fn options_and_buttons_are_the_sites_own() {
    let mut site = site();
    assert!(validate(react(Some("happy")), PollFacts::default(), at(&site)).is_ok());
    assert_eq!(
        validate(react(Some("bored")), PollFacts::default(), at(&site))
            .unwrap_err()
            .field,
        "reaction"
    );
    assert_eq!(
        validate(share("orkut"), PollFacts::default(), at(&site))
            .unwrap_err()
            .field,
        "network"
    );
    site.reactions
        .retain(|option| option.key.as_str() != "happy");
    assert_eq!(
        validate(react(Some("happy")), PollFacts::default(), at(&site))
            .unwrap_err()
            .field,
        "reaction"
    );
    assert!(
        validate(react(None), PollFacts::default(), at(&site)).is_ok(),
        "a choice can be taken back whatever it was"
    );
}

#[test]
fn a_reaction_needs_a_visitor() {
    let site = site();
    let nobody = EventContext {
        visitor: false,
        ..at(&site)
    };
    assert_eq!(
        validate(react(Some("happy")), PollFacts::default(), nobody)
            .unwrap_err()
            .field,
        "visitor"
    );
}

#[test]
fn a_poll_closes_after_its_days_and_nobody_changes_the_result() {
    let mut site = site();
    site.poll_closes_after_days = Some(30);
    let since = |day| PollFacts {
        opened: Some(Day::new(day)),
        own: None,
    };
    assert_eq!(
        poll_state(&site, Day::new(100), PollFacts::default()),
        Poll::Open
    );
    assert_eq!(poll_state(&site, Day::new(100), since(71)), Poll::Open);
    assert_eq!(poll_state(&site, Day::new(100), since(70)), Poll::Closed);
    assert_eq!(poll_state(&site, Day::new(100), since(200)), Poll::Open);
    for event in [react(Some("happy")), react(None)] {
        assert!(
            validate(event, since(70), at(&site))
                .unwrap_err()
                .reason
                .contains("closed")
        );
    }
    assert!(validate(read("A"), since(70), at(&site)).is_ok());
}

#[test]
fn an_articles_own_state_precedes_the_age_of_its_poll() {
    let mut site = site();
    site.poll_closes_after_days = Some(30);
    let own = |state| ArticlePoll {
        state,
        ..ArticlePoll::default()
    };
    let state = |site: &Site, opened, own: &ArticlePoll| {
        let opened = Some(Day::new(opened));
        let own = Some(own);
        poll_state(site, Day::new(100), PollFacts { opened, own })
    };
    assert_eq!(state(&site, 70, &own(None)), Poll::Closed);
    assert_eq!(state(&site, 70, &own(Some(Poll::Open))), Poll::Open);
    assert_eq!(state(&site, 100, &own(Some(Poll::Closed))), Poll::Closed);
    assert_eq!(state(&site, 100, &own(Some(Poll::Off))), Poll::Off);
    // It opens no poll of a site whose polls are all closed, or off.
    site.poll = PollRule::Closed;
    assert_eq!(state(&site, 100, &own(Some(Poll::Open))), Poll::Closed);
    assert_eq!(state(&site, 100, &own(Some(Poll::Off))), Poll::Off);
    site.poll = PollRule::Off;
    assert_eq!(state(&site, 100, &own(Some(Poll::Open))), Poll::Off);
}

#[test]
fn options_are_off_only_while_two_of_the_sites_are_left() {
    let reaction = |key: &str| Reaction::parse(key).unwrap();
    let own = ArticlePoll {
        off: vec![reaction("angry"), reaction("sad")],
        ..ArticlePoll::default()
    };
    let has = |keys: &[&str], key: &str| {
        let mut site = site();
        site.reactions
            .retain(|option| keys.contains(&option.key.as_str()));
        has_option(&site, Some(&own), &reaction(key))
    };
    assert!(!has(&["angry", "happy", "inspired"], "angry"));
    for keys in [&["angry", "sad"][..], &["angry", "sad", "happy"]] {
        assert!(has(keys, "angry") && has(keys, "sad"), "{keys:?}");
    }
    assert!(!has(&["angry", "sad"], "happy"), "the site has it no more");
}

#[test]
fn an_option_that_is_off_takes_no_votes_and_is_hidden() {
    let site = site();
    let own = ArticlePoll {
        off: vec![Reaction::parse("angry").unwrap()],
        ..ArticlePoll::default()
    };
    let poll = PollFacts {
        own: Some(&own),
        ..PollFacts::default()
    };
    let refused = validate(react(Some("angry")), poll, at(&site)).unwrap_err();
    assert_eq!((refused.field, refused.cause), ("reaction", Reason::Option));
    for event in [react(Some("happy")), react(None)] {
        assert!(validate(event, poll, at(&site)).is_ok());
    }
    let mut tally = Tally::empty(article());
    *tally.reactions.entry(Reaction::parse("angry").unwrap()) = 4;
    let shown = displayed(tally, &site, Some(&own));
    let names: Vec<_> = shown
        .reactions
        .0
        .iter()
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!(names, ["happy", "inspired", "surprised", "sad"]);
}

#[test]
fn a_poll_that_is_off_takes_nothing() {
    let mut site = site();
    site.poll = PollRule::Off;
    assert!(
        validate(react(Some("happy")), PollFacts::default(), at(&site))
            .unwrap_err()
            .reason
            .contains("no poll")
    );
}

#[test]
fn a_displayed_tally_has_the_sites_options_in_order() {
    let mut site = site();
    site.reactions.truncate(2);
    let mut tally = Tally::empty(article());
    *tally.reactions.entry(Reaction::parse("inspired").unwrap()) = 3;
    *tally.reactions.entry(Reaction::parse("angry").unwrap()) = 4;
    *tally
        .imported
        .reactions
        .entry(Reaction::parse("angry").unwrap()) = 4;
    let shown = displayed(tally, &site, None);
    let names = |(key, count): &(Reaction, u64)| (key.to_string(), *count);
    assert_eq!(
        shown.reactions.0.iter().map(names).collect::<Vec<_>>(),
        [("happy".into(), 0), ("inspired".into(), 3)]
    );
    assert!(shown.imported.is_empty());
    assert_eq!(shown.shares.0.len(), site.networks.len());
}
