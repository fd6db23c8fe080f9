use std::sync::Arc;

use store::{
    ArticleSummary, ArticleUpdate, Change, Changes, PruneFilter, PrunePage, RecentArticle, Removal,
    Store,
};
use visitor::{Client, Day, DedupKey, Visitor};
use wire::{Article, Counts, Imported, Network, OwnVote, Seq, SiteId, Tally};

use super::{
    Engine, TODAY, changes,
    import_export::{export, import},
    react, read, share, site, tally,
};
use crate::fixtures::{article, chose, reaction, token};

/// Runs every promise on an engine.
#[macro_export]
macro_rules! contract {
    ($engine:ty) => {
        $crate::contract! {
            $engine:
            unknown_article_has_no_counts_copy_or_votes,
            apply_returns_one_tally_per_article_in_order,
            sites_share_no_counts,
            fingerprint_votes_once_a_day_and_is_counted_apart,
            fingerprint_reads_and_shares_count_once,
            another_counters_client_is_counted_apart,
            erase_visitor_leaves_no_vote,
            unchanged_article_update_keeps_the_revision,
            starting_count_replaces_the_one_before,
            articles_are_listed_by_key,
            removing_a_copy_keeps_the_counts,
            removed_article_starts_from_zero,
            poll_opens_at_tenth_event_or_newsroom_update,
            events_of_other_clients_open_the_poll_once_each,
            empty_registration_survives_reopening_and_export,
            prune_removes_only_articles_that_readers_created,
            reopened_store_has_all_data,
            concurrent_writers_lose_and_double_nothing,
            any_history_matches_the_model,
            long_history_matches_the_model,
            stores_agree_after_importing_each_other,
            import_keeps_the_newest_vote,
            import_skips_conflicting_articles_with_a_reason,
            import_dry_run_reports_and_changes_nothing,
            import_takes_more_votes_than_a_batch_holds,
            repeated_vote_lines_of_an_import_are_one_reader,
            import_gives_an_alias_to_the_first_article_that_claims_it,
            starting_counts_of_merged_articles_are_capped,
            an_article_never_has_more_counts_than_an_export_holds,
            admission_is_called_for_new_events_only,
            aliases_are_listed_and_lead_to_their_article,
            merged_article_keeps_digests_after_clock_change,
            recent_changes_are_by_article_and_day,
            recent_changes_respect_the_filter,
            recent_changes_name_the_opening_day_of_polls,
            recent_changes_mark_articles_of_the_newsroom,
            recent_changes_leave_out_removed_keys_and_aliases,
            days_of_an_article_are_those_of_all_its_sources,
            a_period_has_the_sums_of_each_article,
            days_of_a_site_are_the_sums_of_its_articles,
            an_index_has_every_article_with_its_totals,
            user_is_replaced_only_by_who_knows_the_stored_one,
            one_of_concurrent_swaps_of_a_user_succeeds,
            sessions_and_links_survive_reopening_and_expire,
            audit_log_is_newest_first_and_ends_after_a_year,
            refused_events_are_summed_over_processes,
            refused_events_of_restarts_are_kept,
            refused_events_of_an_article_are_summed_over_days,
            an_articles_poll_is_kept_and_changes_its_revision,
            an_articles_poll_outlives_its_copy_but_not_the_article,
            an_articles_poll_moves_with_its_article,
            an_articles_poll_is_exported_and_an_existing_one_kept
        }
    };
    ($engine:ty: $($promise:ident),*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let engine = <$engine as $crate::Engine>::new();
            $crate::contract::$promise(&engine).await;
            $crate::Engine::check(&engine);
        })*
    };
}

pub use super::{
    accounts::{
        audit_log_is_newest_first_and_ends_after_a_year,
        one_of_concurrent_swaps_of_a_user_succeeds,
        sessions_and_links_survive_reopening_and_expire,
        user_is_replaced_only_by_who_knows_the_stored_one,
    },
    admission::admission_is_called_for_new_events_only,
    aliases::{
        aliases_are_listed_and_lead_to_their_article,
        merged_article_keeps_digests_after_clock_change,
    },
    history::{any_history_matches_the_model, long_history_matches_the_model},
    hostile_imports::{
        an_article_never_has_more_counts_than_an_export_holds,
        import_gives_an_alias_to_the_first_article_that_claims_it,
        repeated_vote_lines_of_an_import_are_one_reader,
        starting_counts_of_merged_articles_are_capped,
    },
    import_export::{
        import_dry_run_reports_and_changes_nothing, import_keeps_the_newest_vote,
        import_skips_conflicting_articles_with_a_reason,
        import_takes_more_votes_than_a_batch_holds, stores_agree_after_importing_each_other,
    },
    newsroom::{
        a_period_has_the_sums_of_each_article, an_index_has_every_article_with_its_totals,
        days_of_a_site_are_the_sums_of_its_articles,
    },
    polls::{
        an_articles_poll_is_exported_and_an_existing_one_kept,
        an_articles_poll_is_kept_and_changes_its_revision, an_articles_poll_moves_with_its_article,
        an_articles_poll_outlives_its_copy_but_not_the_article,
    },
    recent::{
        days_of_an_article_are_those_of_all_its_sources, recent_changes_are_by_article_and_day,
        recent_changes_leave_out_removed_keys_and_aliases,
        recent_changes_mark_articles_of_the_newsroom, recent_changes_name_the_opening_day_of_polls,
        recent_changes_respect_the_filter,
    },
    refused::{
        refused_events_are_summed_over_processes,
        refused_events_of_an_article_are_summed_over_days, refused_events_of_restarts_are_kept,
    },
};

pub async fn unknown_article_has_no_counts_copy_or_votes(engine: &impl Engine) {
    let store = engine.open();
    let counted = store
        .tallies(&site(), &[article("a")])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (counted.tally, counted.poll_opened),
        (Tally::empty(article("a")), None)
    );
    assert_eq!(store.article(&site(), &article("a")).await, Ok(None));
    assert_eq!(
        store
            .remove_article(&site(), &article("a"), Removal::Everything)
            .await,
        Ok(false)
    );
    let forgotten = store
        .erase_visitor(&site(), TODAY, &token(1), &[article("a")])
        .await
        .unwrap();
    assert_eq!(forgotten, []);
    assert!(store.articles(&site(), None, 10).await.unwrap().is_empty());
    assert!(store.readiness(&[(site(), TODAY)]).await.is_ok());
}

pub async fn apply_returns_one_tally_per_article_in_order(engine: &impl Engine) {
    let store = engine.open();
    let batch = [
        read("b", 1),
        react("a", Some("happy"), 1),
        read("b", 2),
        share("b", "copy", 1),
    ];
    let got = store.apply(changes(1, batch)).await.unwrap();
    let got: Vec<_> = got
        .iter()
        .map(|tally| (tally.article.as_str(), tally.rev, tally.mine.is_some()))
        .collect();
    assert_eq!(got, [("b", 3, false), ("a", 1, true)]);

    let nobody = Changes {
        visitor: None,
        ..changes(1, [read("a", 9)])
    };
    assert_eq!(store.apply(nobody).await.unwrap()[0].mine, None);
}

pub async fn sites_share_no_counts(engine: &impl Engine) {
    let store = engine.open();
    let other = SiteId::parse("other").unwrap();
    for site in [site(), other.clone()] {
        let batch = Changes {
            site,
            ..changes(1, [read("a", 1), react("a", Some("happy"), 1)])
        };
        let got = store.apply(batch).await.unwrap().remove(0);
        assert_eq!((got.reads, chose(&got, "happy")), (1, 1));
    }
    store
        .remove_article(&other, &article("a"), Removal::Everything)
        .await
        .unwrap();
    assert_eq!(tally(&store, "a").await.rev, 2);
}

pub async fn fingerprint_votes_once_a_day_and_is_counted_apart<E: Engine>(engine: &E) {
    let store = engine.open();
    let visitor = Visitor::Fingerprint(b"192.0.2.1 Firefox".into());
    let tomorrow = Day::new(TODAY.get() + 1);
    let chooses = async |day, option, seq| {
        let batch = changes(1, [react("a", Some(option), seq)]);
        store
            .apply(Changes {
                day,
                visitor: Some(visitor.clone()),
                ..batch
            })
            .await
            .unwrap();
        store.choice(&site(), day, &article("a"), &visitor).await
    };
    let mine = |option, seq| {
        Ok(Some(OwnVote {
            reaction: Some(reaction(option)),
            seq: Seq::parse(seq).unwrap(),
        }))
    };
    assert_eq!(
        store.choice(&site(), TODAY, &article("a"), &visitor).await,
        Ok(None)
    );
    assert_eq!(chooses(TODAY, "happy", 1).await, mine("happy", 1));
    assert_eq!(chooses(TODAY, "sad", 2).await, mine("sad", 2));
    assert_eq!(
        store
            .choice(&site(), tomorrow, &article("a"), &visitor)
            .await,
        Ok(None)
    );
    assert_eq!(chooses(tomorrow, "sad", 3).await, mine("sad", 3));
    // A visitor with a token is not counted among the votes without JavaScript.
    store
        .apply(changes(1, [react("a", Some("sad"), 1)]))
        .await
        .unwrap();
    drop(store);
    let store = engine.open();
    let elsewhere = E::new();
    let other = elsewhere.open();
    import(&other, &export(&store, tomorrow).await)
        .await
        .unwrap();
    for store in [store, other] {
        let counted = store
            .tallies(&site(), &[article("a")])
            .await
            .unwrap()
            .remove(0);
        assert_eq!(
            (
                chose(&counted.tally, "sad"),
                counted.tally.reactions.total(),
                counted.noscript
            ),
            (3, 3, 2)
        );
    }
}

pub async fn another_counters_client_is_counted_apart<E: Engine>(engine: &E) {
    let store = engine.open();
    let fingerprint = |number: u64| format!("192.0.2.{number} Firefox").into_bytes();
    let sends = async |client, number, change| {
        let visitor = Some(Visitor::Client(client, fingerprint(number)));
        let batch = changes(1, [change]);
        store.apply(Changes { visitor, ..batch }).await.unwrap();
    };
    let read = |number| Change::Read {
        article: article("a"),
        dedup_key: DedupKey::Fingerprint(fingerprint(number)),
    };
    for number in [1, 1, 2] {
        sends(Client::Waline, number, read(number)).await;
    }
    sends(Client::GoatCounter, 3, read(3)).await;
    for (option, seq) in [("happy", 1), ("sad", 2)] {
        sends(Client::OpenHeart, 1, react("a", Some(option), seq)).await;
    }
    // The same voter by another way: the choice is replaced, and the voter is not new.
    sends(Client::Waline, 1, react("a", None, 3)).await;
    store.apply(changes(9, [self::read("a", 9)])).await.unwrap();
    drop(store);
    let store = engine.open();
    let elsewhere = E::new();
    let other = elsewhere.open();
    import(&other, &export(&store, TODAY).await).await.unwrap();
    for store in [store, other] {
        let counted = store
            .tallies(&site(), &[article("a")])
            .await
            .unwrap()
            .remove(0);
        let mut clients: Vec<_> = counted
            .clients
            .iter()
            .map(|of| (of.client, of.reads, of.voters))
            .collect();
        clients.sort_unstable();
        assert_eq!(
            clients,
            [
                (Client::Waline, 2, 0),
                (Client::GoatCounter, 1, 0),
                (Client::OpenHeart, 0, 1)
            ]
        );
        let tally = counted.tally;
        assert_eq!((tally.reads, tally.reactions.total()), (4, 0));
        assert_eq!(counted.noscript, 0);
    }
}

pub async fn fingerprint_reads_and_shares_count_once<E: Engine>(engine: &E) {
    let store = engine.open();
    let seen = |agent: &str| {
        let once = DedupKey::Fingerprint(format!("192.0.2.1 {agent}").into_bytes());
        let network = Network::parse("copy").unwrap();
        [
            Change::Read {
                article: article("a"),
                dedup_key: once.clone(),
            },
            Change::Share {
                article: article("a"),
                network,
                dedup_key: once,
            },
        ]
    };
    let later = |days| Day::new(TODAY.get() + days);
    let today = later(0);
    let tomorrow = later(1);
    let then = later(2);
    // The dedup digest is still found on the next day; on the day after, its salt has been deleted.
    for (day, agent, many) in [
        (today, "Firefox", 1),
        (today, "Firefox", 1),
        (today, "Dillo", 2),
        (today, "Firefox", 2),
        (tomorrow, "Firefox", 2),
        (then, "Firefox", 3),
    ] {
        let visitor = Some(Visitor::Fingerprint(
            format!("192.0.2.1 {agent}").into_bytes(),
        ));
        let got = store
            .apply(Changes {
                day,
                visitor,
                ..changes(1, seen(agent))
            })
            .await
            .unwrap()
            .remove(0);
        assert_eq!(
            (got.reads, got.shares.total(), got.mine),
            (many, many, None),
            "{agent}"
        );
    }
    // A read with a browser's own key counts separately from fingerprints.
    store
        .apply(Changes {
            day: then,
            ..changes(1, [read("a", 1)])
        })
        .await
        .unwrap();
    drop(store);
    let store = engine.open();
    assert_eq!(tally(&store, "a").await.reads, 4);
    let again = store
        .apply(Changes {
            day: then,
            visitor: None,
            ..changes(1, seen("Firefox"))
        })
        .await
        .unwrap();
    assert_eq!(again[0].reads, 4);
}

pub async fn erase_visitor_leaves_no_vote(engine: &impl Engine) {
    let store = engine.open();
    store
        .apply(changes(1, [react("a", Some("happy"), 5)]))
        .await
        .unwrap();
    store
        .apply(changes(1, [react("b", None, 5)]))
        .await
        .unwrap();
    store
        .apply(changes(2, [react("a", Some("happy"), 5)]))
        .await
        .unwrap();
    let got = store
        .erase_visitor(&site(), TODAY, &token(1), &[article("a"), article("b")])
        .await
        .unwrap();
    assert_eq!((chose(&got[0], "happy"), got[0].rev, got[1].rev), (1, 3, 0));
    // An older choice counts again, because the newer `seq` has been deleted.
    let got = store
        .apply(changes(1, [react("a", Some("sad"), 1)]))
        .await
        .unwrap();
    assert_eq!((chose(&got[0], "happy"), chose(&got[0], "sad")), (1, 1));
}

fn copy(title: &str) -> ArticleUpdate {
    let article = Article {
        title: title.into(),
        byline: Some("Humas".into()),
        published: Some("2015-11-17".into()),
        url: None,
        html: "<p>Isi".into(),
    };
    ArticleUpdate {
        article: Some(article),
        imported: None,
        poll: None,
    }
}

fn starting(reads: u64, happy: u64) -> ArticleUpdate {
    let reactions = Counts(vec![(reaction("happy"), happy)]);
    ArticleUpdate {
        article: None,
        imported: Some(Imported {
            reads,
            reactions,
            ..Imported::default()
        }),
        poll: None,
    }
}

pub async fn unchanged_article_update_keeps_the_revision(engine: &impl Engine) {
    let store = engine.open();
    for (update, rev) in [
        (copy("A"), 1),
        (copy("A"), 1),
        (copy("B"), 2),
        (starting(841, 0), 3),
        (starting(841, 0), 3),
    ] {
        let got = store
            .put_article(&site(), TODAY, &article("a"), update)
            .await
            .unwrap();
        assert_eq!(got.rev, rev);
    }
    let stored = store.article(&site(), &article("a")).await.unwrap();
    assert_eq!(stored, copy("B").article);
    let metadata = store.article_metadata(&site(), &article("a")).await;
    let without_body = stored.map(|copy| Article {
        html: String::new(),
        ..copy
    });
    assert_eq!(metadata.unwrap().map(Article::from), without_body);
    let unknown = store.article_metadata(&site(), &article("b")).await;
    assert_eq!(unknown, Ok(None));
    let counted = store
        .tallies(&site(), &[article("a")])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(counted.poll_opened.unwrap().to_string(), "2015-11-17");
}

pub async fn starting_count_replaces_the_one_before(engine: &impl Engine) {
    let store = engine.open();
    store
        .apply(changes(1, [read("a", 1), react("a", Some("happy"), 1)]))
        .await
        .unwrap();
    for update in [starting(1000, 50), starting(841, 7)] {
        store
            .put_article(&site(), TODAY, &article("a"), update)
            .await
            .unwrap();
    }
    let got = tally(&store, "a").await;
    assert_eq!(
        (got.reads, got.imported.reads, chose(&got, "happy")),
        (842, 841, 8)
    );
    assert_eq!(got.imported.reactions, Counts(vec![(reaction("happy"), 7)]));

    let nothing = ArticleUpdate {
        article: None,
        imported: Some(Imported::default()),
        poll: None,
    };
    let got = store
        .put_article(&site(), TODAY, &article("a"), nothing)
        .await
        .unwrap();
    assert_eq!(
        (got.reads, chose(&got, "happy"), got.imported.is_empty()),
        (1, 1, true)
    );
}

pub async fn articles_are_listed_by_key(engine: &impl Engine) {
    let store = engine.open();
    store
        .apply(changes(1, [read("c", 1), read("a", 1)]))
        .await
        .unwrap();
    store
        .put_article(&site(), TODAY, &article("b"), copy("B"))
        .await
        .unwrap();
    let line = |listed: &ArticleSummary| {
        (
            listed.tally.article.to_string(),
            listed.title.clone(),
            listed.tally.reads,
        )
    };
    let all = store.articles(&site(), None, 10).await.unwrap();
    let expected = [
        ("a".into(), None, 1),
        ("b".into(), Some("B".into()), 0),
        ("c".into(), None, 1),
    ];
    assert_eq!(all.iter().map(line).collect::<Vec<_>>(), expected);
    let next = store
        .articles(&site(), Some(&article("a")), 1)
        .await
        .unwrap();
    assert_eq!(next.iter().map(line).collect::<Vec<_>>(), expected[1..2]);
}

pub async fn removing_a_copy_keeps_the_counts(engine: &impl Engine) {
    let store = engine.open();
    store
        .put_article(&site(), TODAY, &article("a"), copy("A"))
        .await
        .unwrap();
    store
        .apply(changes(1, [read("a", 1), react("a", Some("happy"), 1)]))
        .await
        .unwrap();
    assert_eq!(
        store
            .remove_article(&site(), &article("a"), Removal::Copy)
            .await,
        Ok(true)
    );
    assert_eq!(
        store
            .remove_article(&site(), &article("a"), Removal::Copy)
            .await,
        Ok(false)
    );
    assert_eq!(store.article(&site(), &article("a")).await, Ok(None));
    let counted = store
        .tallies(&site(), &[article("a")])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (counted.tally.reads, counted.tally.rev, counted.version.rev),
        (1, 4, 4)
    );
    assert_eq!(
        counted.poll_opened, None,
        "nothing of the newsroom's submission is left"
    );
    store
        .put_article(&site(), TODAY, &article("b"), copy("B"))
        .await
        .unwrap();
    store
        .put_article(&site(), TODAY, &article("b"), starting(841, 0))
        .await
        .unwrap();
    assert_eq!(
        store
            .remove_article(&site(), &article("b"), Removal::Copy)
            .await,
        Ok(true)
    );
    let counted = store
        .tallies(&site(), &[article("b")])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (counted.tally.reads, counted.poll_opened),
        (841, Some(TODAY)),
        "a starting count remains"
    );
}

pub async fn removed_article_starts_from_zero(engine: &impl Engine) {
    let store = engine.open();
    store
        .put_article(&site(), TODAY, &article("a"), copy("A"))
        .await
        .unwrap();
    let batch = [read("a", 1), react("a", Some("happy"), 5)];
    store.apply(changes(1, batch.clone())).await.unwrap();
    assert_eq!(
        store
            .remove_article(&site(), &article("a"), Removal::Everything)
            .await,
        Ok(true)
    );
    assert_eq!(tally(&store, "a").await, Tally::empty(article("a")));
    let again = store.apply(changes(1, batch)).await.unwrap().remove(0);
    assert_eq!((again.reads, chose(&again, "happy"), again.rev), (1, 1, 2));
}

pub async fn poll_opens_at_tenth_event_or_newsroom_update(engine: &impl Engine) {
    let store = engine.open();
    let later = |days| Day::new(TODAY.get() + days);
    let since = async |key: &str| {
        store
            .tallies(&site(), &[article(key)])
            .await
            .unwrap()
            .remove(0)
            .poll_opened
    };
    let reads = async |key: &str, day: Day, events: std::ops::Range<u64>| {
        let reads: Vec<_> = events.map(|event| read(key, event)).collect();
        store
            .apply(Changes {
                day,
                ..changes(1, reads)
            })
            .await
            .unwrap()
    };
    reads("a", TODAY, 0..1).await;
    assert_eq!(since("a").await, None);
    reads("a", later(5), 1..3).await;
    reads("a", later(7), 3..12).await;
    assert_eq!(
        since("a").await,
        Some(later(7)),
        "the day of its tenth event"
    );
    reads("a", later(9), 12..14).await;
    assert_eq!(since("a").await, Some(later(7)));
    store
        .put_article(&site(), later(20), &article("a"), starting(841, 0))
        .await
        .unwrap();
    store
        .put_article(&site(), later(21), &article("a"), starting(900, 0))
        .await
        .unwrap();
    assert_eq!(
        since("a").await,
        Some(later(20)),
        "the day on which the newsroom spoke first"
    );
    store
        .put_article(&site(), later(20), &article("b"), starting(0, 0))
        .await
        .unwrap();
    reads("b", later(22), 0..1).await;
    assert_eq!(since("b").await, Some(later(20)), "registered");
    store
        .put_article(&site(), later(23), &article("a"), copy("A"))
        .await
        .unwrap();
    assert_eq!(
        since("a").await.unwrap().to_string(),
        "2015-11-17",
        "of publication"
    );
}

pub async fn events_of_other_clients_open_the_poll_once_each(engine: &impl Engine) {
    let store = engine.open();
    let later = |days| Day::new(TODAY.get() + days);
    let sends = async |visitor: Visitor, day, change| {
        let batch = changes(1, [change]);
        let visitor = Some(visitor);
        let changes = Changes {
            visitor,
            day,
            ..batch
        };
        store.apply(changes).await.unwrap();
    };
    let fingerprint = |number: i32| format!("192.0.2.{number} Firefox").into_bytes();
    let reads = async |number, day| {
        let dedup_key = DedupKey::Fingerprint(fingerprint(number));
        let article = article("a");
        let visitor = Visitor::Client(Client::Waline, fingerprint(number));
        sends(visitor, day, Change::Read { article, dedup_key }).await;
    };
    let chooses = async |number, day| {
        let visitor = Visitor::Fingerprint(fingerprint(number));
        sends(visitor, day, react("b", Some("happy"), 1)).await;
    };
    let opened = async |key: &str| {
        let counted = store.tallies(&site(), &[article(key)]).await.unwrap();
        let all = Arc::new(|_: &RecentArticle| true);
        let recent = store.recent_changes(&site(), TODAY, all).await.unwrap();
        let recent = recent
            .articles
            .into_iter()
            .find(|of| of.key == article(key));
        assert_eq!(recent.unwrap().poll_opened, counted[0].poll_opened);
        counted[0].poll_opened
    };
    for number in 0..9 {
        reads(number, later(number)).await;
        chooses(number, later(number)).await;
    }
    assert_eq!((opened("a").await, opened("b").await), (None, None));
    for number in [20, 30] {
        reads(number, later(number)).await;
        chooses(number, later(number)).await;
    }
    let tenth = Some(later(20));
    assert_eq!((opened("a").await, opened("b").await), (tenth, tenth));
}

pub async fn empty_registration_survives_reopening_and_export<E: Engine>(engine: &E) {
    let later = |days| Day::new(TODAY.get() + days);
    let since = async |store: &Arc<dyn Store>| {
        store
            .tallies(&site(), &[article("a")])
            .await
            .unwrap()
            .remove(0)
            .poll_opened
    };
    let prune = PruneFilter {
        fewer_than: 5,
        before: later(40),
        dry_run: false,
    };
    let store = engine.open();
    store
        .put_article(&site(), TODAY, &article("a"), starting(0, 0))
        .await
        .unwrap();
    drop(store);
    let store = engine.open();
    let elsewhere = E::new();
    assert_eq!(since(&store).await, Some(TODAY));
    let read_later = Changes {
        day: later(5),
        ..changes(1, [read("a", 1)])
    };
    store.apply(read_later).await.unwrap();
    assert_eq!(
        since(&store).await,
        Some(TODAY),
        "a reader does not make it younger"
    );
    let other = elsewhere.open();
    import(&other, &export(&store, later(5)).await)
        .await
        .unwrap();
    for store in [&store, &other] {
        assert_eq!(
            store.prune(&site(), prune, None).await.unwrap(),
            PrunePage::default()
        );
        assert_eq!(since(store).await, Some(TODAY));
        let recent = store
            .recent_changes(&site(), TODAY, Arc::new(|_: &RecentArticle| true))
            .await
            .unwrap();
        assert_eq!(
            recent.articles,
            [RecentArticle {
                key: article("a"),
                poll_opened: Some(TODAY),
                poll: None,
                is_known: true
            }]
        );
    }
}

pub async fn prune_removes_only_articles_that_readers_created(engine: &impl Engine) {
    let store = engine.open();
    let long_ago = Day::new(TODAY.get() - 40);
    let id = site();
    let events = |keys: &[&str]| keys.iter().map(|key| read(key, 1)).collect::<Vec<_>>();
    let old = events(&["junk", "put", "counted", "alias-of", "old-key"]);
    store
        .apply(Changes {
            day: long_ago,
            ..changes(1, old)
        })
        .await
        .unwrap();
    store.apply(changes(1, events(&["young"]))).await.unwrap();
    let popular: Vec<_> = (0..5).map(|event| read("popular", event)).collect();
    store
        .apply(Changes {
            day: long_ago,
            ..changes(1, popular)
        })
        .await
        .unwrap();
    let voted = (0..5).map(|reader| Changes {
        day: long_ago,
        ..changes(reader, [react("voted", Some("happy"), 1)])
    });
    for changes in voted {
        store.apply(changes).await.unwrap();
    }
    store
        .put_article(&id, TODAY, &article("put"), copy("A"))
        .await
        .unwrap();
    store
        .put_article(&id, TODAY, &article("counted"), starting(841, 0))
        .await
        .unwrap();
    store
        .alias(&id, TODAY, &article("old-key"), &article("alias-of"), false)
        .await
        .unwrap()
        .unwrap();

    let prune = |fewer_than, dry_run| PruneFilter {
        fewer_than,
        before: Day::new(TODAY.get() - 30),
        dry_run,
    };
    let would = store.prune(&id, prune(5, true), None).await.unwrap();
    assert_eq!((would.articles, would.next), (vec![article("junk")], None));
    assert_eq!(tally(&store, "junk").await.reads, 1, "a dry run");
    assert_eq!(
        store
            .prune(&id, prune(5, false), Some(&article("k")))
            .await
            .unwrap(),
        PrunePage::default()
    );
    let gone = store.prune(&id, prune(5, false), None).await.unwrap();
    assert_eq!(gone.articles, [article("junk")]);
    assert_eq!(
        store.prune(&id, prune(5, false), None).await.unwrap(),
        PrunePage::default()
    );
    let keys = store.articles(&id, None, 10).await.unwrap();
    let keys: Vec<_> = keys
        .iter()
        .map(|listed| listed.tally.article.as_str())
        .collect();
    assert_eq!(
        keys,
        ["alias-of", "counted", "popular", "put", "voted", "young"]
    );
    assert_eq!(
        store
            .prune(&id, prune(6, false), None)
            .await
            .unwrap()
            .articles,
        [article("popular"), article("voted")]
    );
    let again = store
        .apply(changes(1, [read("junk", 1)]))
        .await
        .unwrap()
        .remove(0);
    assert_eq!((again.reads, again.rev), (1, 1), "it starts from zero");
}

pub async fn reopened_store_has_all_data(engine: &impl Engine) {
    let store = engine.open();
    store
        .put_article(&site(), TODAY, &article("a"), copy("A"))
        .await
        .unwrap();
    store
        .put_article(&site(), TODAY, &article("a"), starting(841, 1))
        .await
        .unwrap();
    store
        .apply(changes(
            1,
            [
                read("a", 1),
                share("a", "copy", 1),
                react("a", Some("sad"), 9),
            ],
        ))
        .await
        .unwrap();
    let before = store.tallies(&site(), &[article("a")]).await.unwrap();
    drop(store);

    let store = engine.open();
    assert_eq!(
        store.tallies(&site(), &[article("a")]).await.unwrap(),
        before
    );
    assert_eq!(
        store.article(&site(), &article("a")).await.unwrap(),
        copy("A").article
    );
    let again = changes(
        1,
        [
            read("a", 1),
            share("a", "copy", 1),
            react("a", Some("happy"), 9),
        ],
    );
    let got = store.apply(again).await.unwrap().remove(0);
    assert_eq!((got.rev, got.reads), (before[0].tally.rev, 842));
    assert_eq!(got.mine.unwrap().reaction, Some(reaction("sad")));
}

/// Each writer changes its vote in one article that all share and in one of its own, and reads both.
pub async fn concurrent_writers_lose_and_double_nothing(engine: &impl Engine) {
    let store = engine.open();
    let options = ["happy", "sad", "angry"];
    let writers: Vec<_> = (0..64_u64)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for step in 0..30_u64 {
                    let option = Some(options[(writer + step) as usize % options.len()]);
                    let own = format!("own-{writer}");
                    let batch = [
                        react("hot", option, step + 1),
                        read("hot", writer * 1000 + step),
                        read(&own, step),
                    ];
                    store.apply(changes(writer, batch.clone())).await.unwrap();
                    store.apply(changes(writer, batch)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let hot = tally(&store, "hot").await;
    assert_eq!(
        (hot.reads, hot.reactions.total(), hot.rev),
        (64 * 30, 64, 64 * 60)
    );
    for writer in 0..64 {
        assert_eq!(tally(&store, &format!("own-{writer}")).await.reads, 30);
    }
}
