use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use metrics::{Kind, Reason};
use store::{
    ArticleUpdate, Changes, Days, OpenError, REFUSED_KEPT_DAYS, Refused, RefusedByProcess, Removal,
    Store, export_format::Line,
};
use store_contract::{
    Engine, TODAY, changes, react, read, share, site,
    steps::{alias, apply, copy, counts, later, on, put, starting, tally},
};
use tokio::sync::mpsc;
use visitor::Day;

use super::{super::doors, One, Six, one_server, six_servers};
use crate::{
    contains::assert_contains,
    servers::Servers,
    site::{article, chose, event_key, token},
};

#[test]
fn servers_that_would_lose_counts_are_refused_with_the_remedy() {
    let servers = Servers::one();
    let url = format!("redis://127.0.0.1:{}", servers.ports[0]);
    for (setting, bad, good) in [
        ("appendfsync", "everysec", "always"),
        ("appendonly", "no", "yes"),
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
    ] {
        servers.cli(0, &["config", "set", setting, bad]);
        let Err(OpenError::Unsafe(why)) = engines::open(&url) else {
            panic!("{setting} {bad}")
        };
        assert!(
            why.contains(&format!("CONFIG SET {setting} {good}")) && why.contains("unsafe=1"),
            "{why}"
        );
        engines::open(&format!("{url}?unsafe=1")).unwrap();
        servers.cli(0, &["config", "set", setting, good]);
    }
    engines::open(&url).unwrap();
    let nobody = engines::open("redis://127.0.0.1:1").err().unwrap();
    assert!(
        nobody.to_string().contains("127.0.0.1:1 does not answer"),
        "{nobody}"
    );
}

#[test]
fn servers_that_differ_from_the_url_are_refused_with_the_remedy() {
    let member = six_servers().ports[0];
    let refused = engines::open(&format!("redis://127.0.0.1:{member}?unsafe=1"))
        .err()
        .unwrap()
        .to_string();
    assert!(
        refused.contains(&format!("write redis+cluster://127.0.0.1:{member}")),
        "{refused}"
    );
    let alone = one_server().ports[0];
    let refused = engines::open(&format!("redis+cluster://127.0.0.1:{alone}"))
        .err()
        .unwrap()
        .to_string();
    assert!(
        refused.contains(&format!("write redis://127.0.0.1:{alone}")),
        "{refused}"
    );
}

#[test]
fn scripts_are_tried_at_start_and_leave_nothing() {
    let servers = Servers::one();
    let port = servers.ports[0];
    servers.cli(
        0,
        &["acl", "setuser", "gema", "on", ">secret", "~*", "+@all"],
    );
    let url = format!("redis://gema:secret@127.0.0.1:{port}");
    for missing in ["expire", "hsetnx", "eval"] {
        servers.cli(0, &["acl", "setuser", "gema", &format!("-{missing}")]);
        let refused = engines::open(&url).err().unwrap().to_string();
        assert_contains(
            &refused,
            &["does not run gema's scripts", "let gema's user"],
        );
        servers.cli(0, &["acl", "setuser", "gema", &format!("+{missing}")]);
    }
    servers.cli(0, &["flushall"]);
    engines::open(&url).unwrap();
    assert_eq!(servers.cli(0, &["dbsize"]).trim(), "0");
}

/// A failover may lose writes that only the master had.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_salt_that_is_lost_is_put_back_by_an_endpoint_that_knows_it() {
    let engine = One::new();
    let store = engine.open();
    apply(&store, changes(1, [read("a", 1)])).await;
    let name = keys(&engine, "salts:*").remove(0);
    let salt = one_server().cli(0, &["hgetall", &name]);
    one_server().cli(0, &["del", &name]);
    let begun = Instant::now();
    while one_server().cli(0, &["exists", &name]).trim() == "0" {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "no endpoint restores the salt"
        );
        assert_eq!(apply(&store, changes(1, [read("a", 1)])).await[0].reads, 1);
    }
    assert_eq!(one_server().cli(0, &["hgetall", &name]), salt);
    assert_eq!(
        engine
            .open()
            .apply(changes(1, [read("a", 1)]))
            .await
            .unwrap()[0]
            .tally
            .reads,
        1,
        "all endpoints use the same salt again"
    );
}

#[test]
fn an_invalid_redis_url_is_refused_without_its_password() {
    let wrong = engines::open("redis+cluster://a:1/7").err().unwrap();
    assert!(wrong.to_string().contains("numbered"), "{wrong}");
    assert_eq!(
        store::redacted_url("redis://gema:secret@host:1/2?prefix=x"),
        "redis://gema@host:1/2?prefix=x"
    );
    assert_eq!(
        store::redacted_url("redis+cluster://:secret@a,b"),
        "redis+cluster://a,b"
    );
    assert_eq!(
        store::redacted_url("sqlite:gema@home:db"),
        "sqlite:gema@home:db"
    );
}

/// Two endpoints on one store: the counts of one are visible at the other within about a second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_endpoints_have_one_truth() {
    let engine = Six::new();
    let here = engine.open();
    let there = engine.open();
    let batch = changes(
        1,
        [
            read("a", 1),
            share("a", "copy", 1),
            react("a", Some("happy"), 5),
        ],
    );
    apply(&here, batch.clone()).await;
    let told = apply(&there, batch).await.remove(0);
    assert_eq!((told.rev, told.reads, chose(&told, "happy")), (3, 1, 1));
    assert_eq!(told.mine.unwrap().seq.get(), 5);

    let counted = counts(&there, "a").await;
    let told = [(article("a"), counted.version)];
    assert!(
        there.is_current(&site(), &told),
        "the version counts as current until the record is read again"
    );
    apply(&here, changes(2, [react("a", Some("sad"), 1)])).await;
    let begun = Instant::now();
    while there.is_current(&site(), &told) {
        assert!(begun.elapsed() < Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(chose(&tally(&there, "a").await, "sad"), 1);
    alias(&here, TODAY, "a", "b").await;
    let moved = apply(&there, changes(2, [react("a", None, 2)]))
        .await
        .remove(0);
    assert_eq!((moved.article, moved.reactions.total()), (article("a"), 1));
    assert_eq!(
        there.alias_target(&site(), &article("a")).await,
        Ok(Some(article("b")))
    );
}

/// All keys of the engine with this prefix on the single server.
fn keys(engine: &One, pattern: &str) -> Vec<String> {
    let pattern = format!("{}:{pattern}", engine.prefix());
    one_server()
        .cli(0, &["--scan", "--pattern", &pattern])
        .lines()
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_and_a_reader_take_few_bytes() {
    const READER_COUNT: u64 = 3000;
    let engine = One::new();
    let store = engine.open();
    for some in (0..READER_COUNT).collect::<Vec<_>>().chunks(100) {
        let sending = some.iter().map(|reader| {
            let store = Arc::clone(&store);
            let batch = changes(
                *reader,
                [
                    read("a", *reader),
                    react("a", Some("inspired"), *reader + 1),
                ],
            );
            tokio::spawn(async move { apply(&store, batch).await })
        });
        for sent in sending.collect::<Vec<_>>() {
            sent.await.unwrap();
        }
    }
    for (kind, most) in [("v", 48), ("s", 32)] {
        let mut bytes = 0;
        for key in keys(&engine, &format!("{{*}}:{kind}:*")) {
            assert_eq!(
                one_server().cli(0, &["object", "encoding", &key]).trim(),
                "listpack",
                "{key}"
            );
            bytes += one_server()
                .cli(0, &["memory", "usage", &key, "samples", "0"])
                .trim()
                .parse::<u64>()
                .unwrap();
        }
        println!(
            "{kind}: {:.1} bytes each",
            bytes as f64 / READER_COUNT as f64
        );
        assert!(
            bytes / READER_COUNT <= most,
            "{kind}: {bytes} bytes for {READER_COUNT}"
        );
    }
    assert_eq!(tally(&store, "a").await.reactions.total(), READER_COUNT);
    engine.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_refused_events_expire() {
    let engine = One::new();
    let store = engine.open();
    let refused = vec![Refused {
        kind: Kind::Read,
        reason: Reason::Bot,
        count: 3,
    }];
    let by = RefusedByProcess {
        process: 5,
        refused,
        ..RefusedByProcess::default()
    };
    store.note_refused(&site(), TODAY, by).await.unwrap();
    let name = keys(&engine, "refused:*").remove(0);
    let ttl = one_server().cli(0, &["ttl", &name]);
    let days = i64::from(REFUSED_KEPT_DAYS);
    let seconds: i64 = ttl.trim().parse().unwrap();
    assert!(
        ((days - 1) * 86_400..=days * 86_400).contains(&seconds),
        "{ttl}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hours_expire_unless_of_an_articles_first_days() {
    let engine = One::new();
    let store = engine.open();
    for passed in [0, 7, 8] {
        let batch = changes(
            7,
            [read("a", 8 + passed), react("a", Some("happy"), passed + 1)],
        );
        let day = Day::new(TODAY.get() + passed as i32);
        // The tenth event would move the day of creation.
        let update = ArticleUpdate {
            article: None,
            imported: Some(wire::Imported::default()),
            poll: None,
        };
        store
            .put_article(&site(), TODAY, &article("a"), update)
            .await
            .unwrap();
        store.apply(Changes { day, ..batch }).await.unwrap();
    }
    for (passed, expires) in [(0, false), (7, false), (8, true)] {
        let day = TODAY.get() + passed;
        let name = keys(&engine, &format!("{{*}}:h:{day}")).remove(0);
        let seconds: i64 = one_server().cli(0, &["ttl", &name]).trim().parse().unwrap();
        assert_eq!(seconds > 9 * 86_400, expires, "{passed}: {seconds}");
    }
    store
        .remove_article(&site(), &article("a"), Removal::Everything)
        .await
        .unwrap();
    assert_eq!(keys(&engine, "{*}:h:*"), Vec::<String>::new());
}

/// The first days of an article begin with another day after a merge, and with a new day of publication.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hours_follow_an_articles_first_day() {
    let engine = One::new();
    let store = engine.open();
    let expires = |day: Day| {
        let name = keys(&engine, &format!("{{*}}:h:{}", day.get())).remove(0);
        let seconds = one_server().cli(0, &["ttl", &name]);
        seconds.trim().parse::<i64>().unwrap() > 0
    };
    apply(&store, changes(1, [read("new", 1)])).await;
    put(&store, TODAY, "new", starting(1, 0)).await;
    assert!(!expires(TODAY));
    apply(&store, on(later(-40), changes(1, [read("old", 2)]))).await;
    alias(&store, TODAY, "old", "new").await;
    assert!(expires(TODAY) && !expires(later(-40)), "merged");

    let published = |day: Day| {
        let mut update = copy("A");
        if let Some(article) = &mut update.article {
            article.published = Some(day.to_string());
        }
        update
    };
    put(&store, TODAY, "new", published(later(-3))).await;
    assert!(!expires(TODAY), "published");
    put(&store, TODAY, "new", published(later(-20))).await;
    assert!(expires(TODAY), "published earlier");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollup_is_made_again_when_a_change_is_done() {
    let engine = One::new();
    let store = engine.open();
    store
        .apply(changes(1, [read("a", 1), read("b", 2)]))
        .await
        .unwrap();
    let later = Day::new(TODAY.get() + 60);
    let day = TODAY.get().to_string();
    let made = || -> i64 {
        let name = keys(&engine, "sums-made:*").remove(0);
        let at = one_server().cli(0, &["hget", &name, &format!("{day}.{day}")]);
        at.trim().parse().unwrap()
    };
    let totals = async || {
        let found = store.totals(&site(), None, Days::until(TODAY, 1)).await;
        found.unwrap().into_iter().map(|(_, sum)| sum).sum::<i64>()
    };
    store.clean_up(&[site()], later).await.unwrap();
    let first = made();
    assert_eq!(totals().await, 2);
    store
        .remove_article(&site(), &article("a"), Removal::Everything)
        .await
        .unwrap();
    assert_eq!(totals().await, 1, "the days are read");
    store.clean_up(&[site()], later).await.unwrap();
    assert_eq!(made(), first, "the change may not be done");
    let changed = keys(&engine, "sums-changed:*").remove(0);
    // As if it had been noted a minute before, and after all of them were made.
    let name = keys(&engine, "sums-made:*").remove(0);
    let made_at = one_server().cli(0, &["hvals", &name]);
    let made_at = made_at.lines().map(|at| at.parse::<i64>().unwrap());
    let noted = (made_at.max().unwrap() - 59_999).to_string();
    one_server().cli(0, &["hset", &changed, &day, &noted]);
    store.clean_up(&[site()], later).await.unwrap();
    assert!(made() > first);
    assert_eq!(totals().await, 1);
    engine.check();
    // A roll-up that something else has changed.
    let name = keys(&engine, &format!("sums:*.{day}.{day}*")).remove(0);
    one_server().cli(0, &["hset", &name, "d", ""]);
    let report = store.check().await.unwrap();
    assert_eq!(report.found, 1);
    let finding = &report.findings[0].description;
    assert_eq!(
        finding,
        "news: the sums of 2015-11-17 to 2015-11-17 are not those of its days"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_endpoint_releases_the_making_of_rollups() {
    let engine = One::new();
    let store = engine.open();
    store.apply(changes(1, [read("a", 1)])).await.unwrap();
    let is_locked = || !keys(&engine, "sums-lock:*").is_empty();
    let making = tokio::spawn({
        let store = Arc::clone(&store);
        // The roll-ups of so many days take seconds.
        let later = Day::new(TODAY.get() + 5000);
        async move { store.clean_up(&[site()], later).await }
    });
    while !is_locked() {
        tokio::task::yield_now().await;
    }
    making.abort();
    assert!(making.await.unwrap_err().is_cancelled());
    assert!(is_locked());
    store.release().await;
    assert!(!is_locked());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn digests_go_with_their_salt_and_no_token_is_stored() {
    let engine = One::new();
    let store = engine.open();
    let mut salts = Vec::new();
    for passed in 0..3 {
        let batch = changes(7, [read("a", 8), react("a", Some("happy"), 1)]);
        apply(&store, on(later(passed), batch)).await;
        let name = keys(&engine, "salts:*").remove(0);
        let known = one_server().cli(0, &["hgetall", &name]);
        salts.push(known.lines().map(str::to_owned).collect::<Vec<_>>());
        assert!(
            one_server()
                .cli(0, &["ttl", &name])
                .trim()
                .parse::<i64>()
                .unwrap()
                > 48 * 3600
        );
    }
    // The first day's salt is kept on the second day, and is gone on the third.
    assert_eq!(salts.iter().map(Vec::len).collect::<Vec<_>>(), [2, 4, 4]);
    assert!(
        !salts[2].contains(&salts[0][1]),
        "the first day's salt is gone"
    );
    let seen = keys(&engine, "{*}:s:*");
    assert_eq!(seen.len(), 2, "on the first day and on the third");
    for key in seen {
        let seconds: i64 = one_server().cli(0, &["ttl", &key]).trim().parse().unwrap();
        assert!(
            (1..=50 * 3600).contains(&seconds),
            "{key} goes by itself in {seconds} s"
        );
    }
    // With hours, and sums of days and months.
    let later = Day::new(TODAY.get() + 60);
    store.clean_up(&[site()], later).await.unwrap();
    for kind in ["hours:*", "sums:*", "{*}:h:*"] {
        assert!(!keys(&engine, kind).is_empty(), "{kind}");
    }
    let everything: String = keys(&engine, "*")
        .iter()
        .map(|key| match one_server().cli(0, &["type", key]).trim() {
            "hash" => one_server().cli(0, &["hgetall", key]),
            "zset" => one_server().cli(0, &["zrange", key, "0", "-1"]),
            _ => one_server().cli(0, &["smembers", key]),
        })
        .collect();
    assert!(everything.contains("happy"));
    assert!(!everything.contains(token(7).as_str()) && !everything.contains(event_key(8).as_str()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_waits_for_a_lease_of_two_seconds() {
    let engine = One::new();
    let store = engine.open();
    apply(&store, changes(1, [read("leased", 1)])).await;
    let record = keys(&engine, "{*}").remove(0);
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(2);
    one_server().cli(
        0,
        &[
            "hset",
            &record,
            "lock",
            "another",
            "lease",
            &until.as_millis().to_string(),
        ],
    );
    let counted = store.apply(changes(2, [read("leased", 2)])).await;
    assert!(
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap() >= until,
        "the lease was held: {counted:?}"
    );
    assert_eq!(counted.unwrap()[0].tally.reads, 2);
}

/// Calls of commands whose names begin so, since the statistics were reset.
pub(super) fn calls(servers: &Servers, command: &str) -> u64 {
    let statistics = servers.cli(0, &["info", "commandstats"]);
    let begin = format!("cmdstat_{command}");
    statistics
        .lines()
        .filter(|line| line.starts_with(&begin))
        .filter_map(|line| {
            line.split_once("calls=")?
                .1
                .split(',')
                .next()?
                .parse::<u64>()
                .ok()
        })
        .sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_erasing_an_existing_vote_takes_a_lease_once() {
    let servers = Servers::one();
    let store = engines::open(&format!("redis://127.0.0.1:{}", servers.ports[0])).unwrap();
    for number in [1, 2] {
        let vote = changes(number, [react("a", Some("happy"), 5)]);
        apply(&store, vote).await;
    }
    let erase = |number: u64| {
        let store = Arc::clone(&store);
        async move {
            let articles = [article("a"), article("never")];
            store
                .erase_visitor(&site(), TODAY, &token(number), &articles)
                .await
                .unwrap()
        }
    };
    assert_eq!(erase(2).await.len(), 1, "all scripts are loaded");
    servers.cli(0, &["config", "resetstat"]);
    for number in 2..20 {
        assert!(erase(number).await.is_empty());
    }
    assert_eq!(calls(&servers, "eval"), 0, "visitors without a vote");
    let erased = futures_util::future::join_all((0..50).map(|_| erase(1))).await;
    assert_eq!(
        erased.iter().filter(|tallies| !tallies.is_empty()).count(),
        1
    );
    assert_eq!(
        calls(&servers, "eval"),
        4,
        "lease, note of the erasure, commit, note for the list of articles"
    );
    assert_eq!(tally(&store, "a").await.reactions.total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_names_a_poll_that_cannot_be_read() {
    let engine = One::new();
    let store = engine.open();
    apply(&store, changes(1, [read("a", 1)])).await;
    engine.check();
    let record = keys(&engine, "{*}").remove(0);
    let set = |poll: &str| one_server().cli(0, &["hset", &record, "poll", poll]);
    for poll in ["{", "{\"state\":\"ajar\"}"] {
        set(poll);
        let report = store.check().await.unwrap();
        let found: Vec<_> = report.findings.iter().collect();
        assert_eq!(found.len(), 1, "{found:?}");
        let expected = format!("what is set for its poll cannot be read: {poll}");
        assert!(found[0].description.contains(&expected), "{found:?}");
    }
    set("{\"question\":\"Setuju?\"}");
    engine.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn index_reads_whole_after_too_many_notes() {
    let engine = One::new();
    let store = engine.open();
    apply(&store, changes(1, [read("a", 1)])).await;
    let held = store.article_index(&site()).await.unwrap();
    // A change without a note, by another program, which the index does not have until it is read whole.
    let record = keys(&engine, "{*}").remove(0);
    one_server().cli(0, &["hset", &record, "c:reads", "7"]);
    let recent = keys(&engine, "recent:*").remove(0);
    let today = TODAY.get().to_string();
    one_server().cli(0, &["zadd", &recent, "1", "a", &today, "another"]);
    let reads = async || {
        let index = store.article_index(&site()).await.unwrap();
        let column = index.column(&store::Metric::Reads).unwrap();
        let reads = index.get(0).count(column);
        (reads, index)
    };
    let (count, held_too) = reads().await;
    assert_eq!(count, 1);
    let prefix = recent.split_once("recent:").unwrap().0.to_owned();
    let notes = format!("{prefix}changed:{{news.0}}");
    let many: Vec<String> = (0..1000)
        .flat_map(|at| ["9".into(), at.to_string()])
        .collect();
    let mut add = vec!["zadd", &notes];
    add.extend(many.iter().map(String::as_str));
    one_server().cli(0, &add);
    let (count, held_whole) = reads().await;
    assert_eq!(count, 7);
    one_server().cli(0, &["hset", &record, "c:reads", "8"]);
    let (count, held_again) = reads().await;
    assert_eq!(
        count, 7,
        "notes of before are no reason to read it whole again"
    );
    drop((held, held_too, held_whole, held_again));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_is_not_read_whole_after_an_outage() {
    let servers = Servers::one();
    let store = engines::open(&servers.url("redis")).unwrap();
    apply(&store, changes(1, [read("a", 1)])).await;
    let held = store.article_index(&site()).await.unwrap();
    let name = |pattern: &str| {
        let names = servers.cli(0, &["--scan", "--pattern", pattern]);
        names.lines().next().unwrap().to_owned()
    };
    // A change without a note, by another program, which the index does not have until it is read whole.
    servers.cli(0, &["hset", &name("gema:{*}"), "c:reads", "7"]);
    let (recent, today) = (name("gema:recent:*"), TODAY.get().to_string());
    servers.cli(0, &["zadd", &recent, "1", "a", &today, "another"]);
    servers.signal(0, "-STOP");
    assert!(store.article_index(&site()).await.is_err());
    servers.signal(0, "-CONT");
    let updated = store.article_index(&site()).await.unwrap();
    let reads = updated.column(&store::Metric::Reads).unwrap();
    assert_eq!(updated.get(0).count(reads), 1);
    drop(held);
}

/// A store in which a process was killed while it moved an article.
async fn half_moved(engine: &One) -> Arc<dyn Store> {
    let store = engine.open();
    apply(
        &store,
        changes(1, [read("old", 1), react("old", Some("happy"), 5)]),
    )
    .await;
    let record = keys(engine, "{*}").remove(0);
    apply(
        &store,
        changes(2, [read("new", 1), react("new", Some("happy"), 5)]),
    )
    .await;
    let intent = format!("{{\"to\":\"new\",\"day\":{},\"token\":\"x\"}}", TODAY.get());
    one_server().cli(0, &["hset", &record, "intent", &intent]);
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_operation_is_completed_before_an_export() {
    let engine = One::new();
    let store = half_moved(&engine).await;
    let (tell, mut lines) = mpsc::channel(100);
    store.export(None, TODAY, tell).await.unwrap();
    let mut told = Vec::new();
    while let Some(line) = lines.recv().await {
        if let Line::Article(line) = line {
            told.push((line.key, line.aliases.len()));
        }
    }
    assert_eq!(told, [(article("new"), 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_operation_is_completed_by_the_next_client() {
    let engine = One::new();
    let store = half_moved(&engine).await;

    let told = apply(&store, changes(1, [react("old", Some("sad"), 6)]))
        .await
        .remove(0);
    assert_eq!(
        (told.reads, chose(&told, "happy"), chose(&told, "sad")),
        (2, 1, 1)
    );
    assert_eq!(
        store.alias_target(&site(), &article("old")).await,
        Ok(Some(article("new")))
    );
    assert_eq!(store.articles(&site(), None, 10).await.unwrap().len(), 1);
    engine.check();
}

#[tokio::test]
async fn backup_of_redis_is_refused_with_the_remedy() {
    let store = One::new().open();
    let refused = store
        .backup(std::path::Path::new("/tmp/gema.backup"), true)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("gema export"), "{refused}");
    assert!(store.readiness(&[]).await.is_ok());
}

#[test]
fn dry_run_names_aliases_claimed_twice_in_redis() {
    doors::a_dry_run_names_each_alias_claimed_twice(&One::new().open());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_read_whole_however_its_shards_are_filled() {
    const LISTED_ARTICLES: u64 = 1200;
    let engine = One::new();
    let store = engine.open();
    let key = |number: u64| format!("/news/{number}");
    for batch in 0..LISTED_ARTICLES / 40 {
        let numbers = 40 * batch..40 * (batch + 1);
        let reads: Vec<_> = numbers.map(|number| read(&key(number), number)).collect();
        store.apply(changes(batch, reads)).await.unwrap();
    }
    let mut expected: Vec<_> = (0..LISTED_ARTICLES).map(key).collect();
    expected.sort();
    let assert_whole = async |store: &Arc<dyn Store>| {
        let index = store.article_index(&site()).await.unwrap();
        let mut found: Vec<_> = index.iter().map(|article| article.key.to_owned()).collect();
        found.sort();
        assert_eq!(found, expected);
        let report = store.check().await.unwrap();
        assert_eq!((report.articles, report.found), (LISTED_ARTICLES, 0));
    };
    assert_whole(&store).await;
    // As after an outage: a shard has the keys of others too.
    let shard = keys(&engine, "articles:*").remove(0);
    for keys in expected.chunks(100) {
        let mut add = vec!["zadd", &shard];
        add.extend(keys.iter().flat_map(|key| ["0", key]));
        one_server().cli(0, &add);
    }
    drop(store);
    assert_whole(&engine.open()).await;
}
