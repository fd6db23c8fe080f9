//! Servers of a cluster that are unavailable for a while. The endpoints have cached everything that an event needs
//! besides its slot, so events of all other slots are still acknowledged; readiness reports the outage, the log reports
//! it once, and every event counts once.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use sha2::{Digest, Sha256};
use store_contract::soak::rounds;
use tokio::task::JoinSet;

use super::load::{LoadedSite, Sent};
use crate::{
    cli_harness::{CliHarness, Serving},
    servers::Servers,
    site::{TestSite, event_key, react, read, token},
    waiting::until,
};

/// The last slot of each of three masters, as `redis-cli --cluster create` assigns them.
const LAST_SLOTS: [u16; 3] = [5460, 10_922, 16_383];

/// Number of readers of each part's articles.
const READERS_PER_PART: usize = 4;

/// One in this many of a reader's events is in a new article.
const NEW_ARTICLES_PER_READER: u64 = 4;

/// Pause of a reader after an event, and before repeating a refused one.
const EVENT_INTERVAL: Duration = Duration::from_millis(30);
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// How long the test waits at most for events of other parts while a server is unavailable.
const MAX_RECOVERY_TIME: Duration = Duration::from_secs(20);

/// Maximum gap between acknowledged events of the parts that are available.
const MAX_OUTAGE_GAP: Duration = Duration::from_millis(2500);

/// The slot of a hash tag: CRC-16/XMODEM.
fn slot(tag: &str) -> u16 {
    let crc = tag.bytes().fold(0_u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    });
    crc % 16_384
}

/// The slot of an article of the demo's site.
fn slot_of(article: &str) -> u16 {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let hash = Sha256::digest(format!("demo\0{article}"));
    let digits = hash[..12].chunks(3).flat_map(|three| {
        let bits = three
            .iter()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[bits >> shift & 63]))
    });
    slot(&digits.collect::<String>())
}

fn part_of(slot: u16) -> usize {
    LAST_SLOTS.iter().position(|last| slot <= *last).unwrap()
}

/// An article in that part of the slots; its key begins with this name.
fn article_in(part: usize, name: &str) -> String {
    let mut articles = (0..).map(|number| format!("{name}-{number}"));
    articles
        .find(|article| part_of(slot_of(article)) == part)
        .unwrap()
}

/// An event that was acknowledged.
struct AcknowledgedEvent {
    at: Instant,
    part: usize,
    /// Time since it was first sent.
    after: Duration,
}

/// All acknowledged events.
#[derive(Default)]
struct Journal {
    acknowledged: Mutex<Vec<AcknowledgedEvent>>,
    ends: AtomicBool,
}

impl Journal {
    /// The times after `since` at which events of other parts were acknowledged.
    fn of_others(&self, part: usize, since: Instant) -> Vec<Instant> {
        let acknowledged = self.acknowledged.lock().unwrap();
        acknowledged
            .iter()
            .filter(|one| one.part != part && one.at > since)
            .map(|one| one.at)
            .collect()
    }

    /// The longest time from first sending to acknowledgement, of these parts' events acknowledged after `since`.
    fn longest(&self, since: Instant, is_counted: impl Fn(usize) -> bool) -> Duration {
        let acknowledged = self.acknowledged.lock().unwrap();
        let after = acknowledged
            .iter()
            .filter(|one| one.at > since && is_counted(one.part))
            .map(|one| one.after);
        after.max().unwrap_or_default()
    }

    /// Waits until that many events of other parts were acknowledged, or [`MAX_RECOVERY_TIME`] has passed. Returns when
    /// the wait began and ended.
    async fn others_go_on(&self, part: usize, many: usize) -> (Instant, Instant) {
        let begun = Instant::now();
        while self.of_others(part, begun).len() < many && begun.elapsed() < MAX_RECOVERY_TIME {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        (begun, Instant::now())
    }

    /// Waits until events of the part are acknowledged.
    async fn part_goes_on(&self, part: usize) {
        let since = Instant::now();
        let goes_on = |one: &&AcknowledgedEvent| one.part == part && one.at - one.after > since;
        let goes_on = async || {
            let acknowledged = self.acknowledged.lock().unwrap();
            acknowledged.iter().filter(goes_on).count() >= 2 * READERS_PER_PART
        };
        let failure = || "events of the part are no longer accepted".to_owned();
        until(60, failure, goes_on).await;
    }
}

/// A reader who repeats each event until it is acknowledged. Returns the reader's number, and the numbers of the events
/// in each article.
async fn reads_on(
    sites: Vec<LoadedSite>,
    reader: usize,
    journal: Arc<Journal>,
) -> (usize, BTreeMap<String, Vec<u64>>) {
    let part = reader % LAST_SLOTS.len();
    let own = article_in(part, &format!("own-{reader}"));
    let mut read_of = BTreeMap::<String, Vec<u64>>::new();
    let mut number = 0;
    while !journal.ends.load(Ordering::Relaxed) {
        let is_new = number % NEW_ARTICLES_PER_READER == NEW_ARTICLES_PER_READER - 1;
        let article = if is_new {
            article_in(part, &format!("new-{reader}-{number}"))
        } else {
            own.clone()
        };
        let begun = Instant::now();
        let mut tries = 0;
        while sites[(number as usize + tries) % sites.len()]
            .posts(&body(reader, &article, number))
            .await
            != Sent::Acknowledged
        {
            tries += 1;
            tokio::time::sleep(RETRY_DELAY).await;
        }
        let at = Instant::now();
        journal
            .acknowledged
            .lock()
            .unwrap()
            .push(AcknowledgedEvent {
                at,
                part,
                after: at - begun,
            });
        read_of.entry(article).or_default().push(number);
        number += 1;
        tokio::time::sleep(EVENT_INTERVAL).await;
    }
    (reader, read_of)
}

fn body(reader: usize, article: &str, number: u64) -> serde_json::Value {
    let reader = reader as u64;
    let events = [
        read(article, &event_key(reader * 1_000_000 + number)),
        react(article, Some("happy"), number + 1),
    ];
    json!({ "visitor": token(reader), "events": events })
}

/// A readiness response: duration, status and text.
type Look = (Duration, u16, String);

type Looks = Vec<Look>;

/// Polls the readiness of the endpoints in turn.
async fn looks_on(sites: Vec<LoadedSite>, journal: Arc<Journal>) -> Looks {
    let mut looks = Looks::new();
    while !journal.ends.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let (status, says) = sites[looks.len() % sites.len()].readiness().await;
        looks.push((begun.elapsed(), status, says));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    looks
}

/// Readiness answers within a second, and says that events are taken. A machine with more to do than it can may delay one
/// answer in a hundred; balancers take an endpoint out for several in a row.
fn is_soon_and_true(looks: &Looks, endpoints: usize) {
    let mut took: Vec<_> = looks.iter().map(|(took, ..)| *took).collect();
    took.sort_unstable();
    let [median, most, all] = [50, 99, 100].map(|part| took[(took.len() - 1) * part / 100]);
    let is_refused = |look: &Look| look.1 != 200;
    let refused: Vec<&Look> = looks.iter().filter(|look| is_refused(look)).collect();
    println!(
        "readiness took {median:?} in the middle, {most:?} for 99 of 100 and {all:?} at most, of {}; refused: {refused:?}",
        looks.len()
    );
    assert!(most < Duration::from_secs(1), "readiness took {most:?}");
    assert!(refused.len() <= looks.len().div_ceil(100), "{refused:?}");
    // The endpoints answer in turn.
    let mut in_a_row = looks.iter().zip(&looks[endpoints..]);
    let is_out = in_a_row.any(|(look, next)| is_refused(look) && is_refused(next));
    assert!(!is_out, "events were taken all the time");
}

/// Two endpoints on a cluster, and measurements.
struct OutageSetup {
    endpoints: Vec<(CliHarness, Serving)>,
    url: String,
    servers: Servers,
    journal: Arc<Journal>,
    /// The part whose master holds the site's salts.
    part: usize,
    /// Usual number of acknowledged events of other parts per second.
    usual: f64,
    /// The unavailable servers, and the longest time without an acknowledged event of any other part.
    gaps: Vec<(String, Duration)>,
}

impl OutageSetup {
    fn new(replicas: usize) -> Self {
        let servers = Servers::cluster_with(replicas);
        let url = servers.url("redis+cluster");
        let endpoints = (0..2).map(|_| {
            let cli = CliHarness::new();
            let serving = cli.serves_with(&["--database", &url, "--limits", "off"]);
            (cli, serving)
        });
        let endpoints = endpoints.collect();
        let part = part_of(slot("demo"));
        Self {
            endpoints,
            url,
            servers,
            journal: Arc::default(),
            part,
            usual: 0.0,
            gaps: Vec::new(),
        }
    }

    fn sites(&self) -> Vec<LoadedSite> {
        self.endpoints
            .iter()
            .map(|(_, serving)| LoadedSite::at(&serving.address))
            .collect()
    }

    /// The number of articles, after checking that every sum is consistent.
    fn articles(&self) -> usize {
        let says = self.endpoints[0]
            .0
            .says(&["check", "--database", &self.url]);
        let (articles, _) = says.split_once(" articles: every sum holds").unwrap();
        articles.parse().unwrap()
    }

    /// The master of the site's salts, as reported by this server.
    fn master(&self, witness: usize) -> Option<usize> {
        self.servers.master_of(slot("demo"), witness)
    }

    /// Any other server than this one.
    fn witness(&self, server: usize) -> usize {
        (0..self.servers.ports.len())
            .find(|other| *other != server)
            .unwrap()
    }

    async fn is_succeeded(&self, master: usize) {
        let witness = self.witness(master);
        let failure = || format!("no replica was promoted: {}", self.servers.states());
        let is_replaced = async || self.master(witness).is_some_and(|now| now != master);
        until(60, failure, is_replaced).await;
    }

    /// Checks that events of other parts are acknowledged as often as usual while something is unavailable. `back`
    /// restores it.
    async fn others_go_on(
        &mut self,
        what: &str,
        since: Instant,
        many: usize,
        back: impl FnOnce(&Servers),
    ) {
        let (_, until) = self.journal.others_go_on(self.part, many).await;
        back(&self.servers);
        self.servers.become_whole().await;
        self.journal.part_goes_on(self.part).await;
        let taken: Vec<_> = self
            .journal
            .of_others(self.part, since)
            .into_iter()
            .filter(|at| *at < until)
            .collect();
        let steps = [&[since][..], &taken, &[until]].concat();
        let gap = steps
            .windows(2)
            .map(|two| two[1].saturating_duration_since(two[0]))
            .max()
            .unwrap_or_default();
        let rate = taken.len() as f64 / (until - since).as_secs_f64();
        println!(
            "{what}: away for {:.1} s; of the other parts {rate:.0} events a second were acknowledged, of {:.0} usually ({:.0} %), \
             none for {:.1} s at most; one of them took {:.1} s at most, and one of its own part {:.1} s",
            (until - since).as_secs_f64(),
            self.usual,
            100.0 * rate / self.usual,
            gap.as_secs_f64(),
            self.journal
                .longest(since, |part| part != self.part)
                .as_secs_f64(),
            self.journal
                .longest(since, |part| part == self.part)
                .as_secs_f64(),
        );
        self.gaps.push((what.into(), gap));
    }

    /// Kills a master, then stops the replica of its successor, then pauses a master: each time that of the site's
    /// salts.
    async fn is_disturbed(&mut self, many: usize) {
        let master = self.master(0).unwrap();
        let since = Instant::now();
        self.servers.signal(master, "-KILL");
        self.is_succeeded(master).await;
        self.others_go_on("a master killed", since, many, |servers| {
            servers.restart(master)
        })
        .await;

        let master = self.master(0).unwrap();
        let nodes = self.servers.nodes(0);
        let replica = nodes
            .into_iter()
            .find(|node| node.follows == Some(master))
            .unwrap()
            .server;
        let since = Instant::now();
        self.servers.signal(replica, "-STOP");
        // Nothing replaces the stopped replica, so it is unavailable for as long as the others were.
        self.others_go_on("a replica stopped", since, 5 * many, |servers| {
            servers.signal(replica, "-CONT")
        })
        .await;

        let since = Instant::now();
        self.servers.signal(master, "-STOP");
        self.is_succeeded(master).await;
        self.others_go_on("a master paused", since, many, |servers| {
            servers.signal(master, "-CONT")
        })
        .await;
    }

    /// Each endpoint's log has one line when an outage begins, one per minute, and one when it ends, and no others
    /// about it.
    async fn logs_are_short(&self, lasted: Duration) {
        let mut noticed = 0;
        for (cli, _) in &self.endpoints {
            let log = || {
                String::from_utf8_lossy(&std::fs::read(cli.path().join("gema.log")).unwrap())
                    .into_owned()
            };
            let lines =
                |log: &str, says: &str| log.lines().filter(|line| line.contains(says)).count();
            let begun = Instant::now();
            while lines(&log(), "redis refuses requests")
                != lines(&log(), "redis accepts all requests again")
            {
                assert!(
                    begun.elapsed() < Duration::from_secs(10),
                    "the log does not report the end of the outage: {}",
                    log()
                );
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            let log = log();
            let minutes = usize::try_from(lasted.as_secs() / 60).unwrap() + 1;
            let begins = lines(&log, "redis refuses requests");
            // Lines of the start are not about an outage.
            let is_of_it = |line: &&str| !line.contains("gema::cli::serve");
            let errors = log
                .lines()
                .filter(is_of_it)
                .filter(|line| line.contains("ERROR") || line.contains("WARN"))
                .count();
            println!(
                "a log of {} lines, {errors} of them warnings and errors; {begins} outages",
                log.lines().count()
            );
            // A part that works for two seconds and then fails again has two outages.
            assert!(begins <= 2 * self.gaps.len(), "{log}");
            noticed += begins;
            // One further line per minute reports that requests were refused.
            assert!(errors <= begins + 2 * minutes, "{log}");
        }
        // By chance, all requests to a part that was away briefly may have gone to one endpoint.
        assert!(noticed > 0, "no log has an outage");
    }
}

async fn an_outage_of(replicas: usize, many: usize) {
    let mut newsroom = OutageSetup::new(replicas);
    println!("{replicas} replicas each, {}", newsroom.servers.version());
    let sites = newsroom.sites();
    let journal = Arc::clone(&newsroom.journal);
    let begun = Instant::now();
    let before = newsroom.articles();
    let mut reading = JoinSet::new();
    for reader in 0..READERS_PER_PART * LAST_SLOTS.len() {
        reading.spawn(reads_on(sites.clone(), reader, Arc::clone(&journal)));
    }
    let looking = tokio::spawn(looks_on(sites.clone(), Arc::clone(&journal)));
    journal.part_goes_on(newsroom.part).await;
    let (from, to) = journal.others_go_on(newsroom.part, 150).await;
    newsroom.usual =
        journal.of_others(newsroom.part, from).len() as f64 / (to - from).as_secs_f64();
    newsroom.is_disturbed(many).await;
    journal.ends.store(true, Ordering::Relaxed);

    let looks = looking.await.unwrap();
    is_soon_and_true(&looks, sites.len());
    let partly = looks
        .iter()
        .filter(|(_, status, says)| *status == 200 && says.contains("refused"));
    println!(
        "{} answers of readiness said that a part is refused",
        partly.clone().count()
    );
    for (what, gap) in &newsroom.gaps {
        assert!(
            *gap < MAX_OUTAGE_GAP,
            "{what}: no event of any other part was taken for {gap:?}"
        );
    }
    assert!(
        partly.clone().all(|(.., says)| says.contains("taken")) && partly.count() > 0,
        "{looks:?}"
    );

    let mut expected = BTreeMap::new();
    let mut sent = Vec::new();
    while let Some(read) = reading.join_next().await {
        let (reader, read_of) = read.unwrap();
        for (article, numbers) in read_of {
            expected.insert(article.clone(), (numbers.len() as u64, 1));
            sent.extend(
                numbers
                    .into_iter()
                    .map(|number| (reader, article.clone(), number)),
            );
        }
    }
    let articles: Vec<_> = expected.keys().cloned().collect();
    let expected: Vec<_> = expected.into_values().collect();
    println!(
        "{} requests were acknowledged, in {} articles",
        sent.len(),
        articles.len()
    );
    is_counted(&sites, &articles, &expected).await;
    for (reader, article, number) in sent {
        let site = &sites[(number as usize + reader) % sites.len()];
        assert_eq!(
            site.posts(&body(reader, &article, number)).await,
            Sent::Acknowledged
        );
    }
    is_counted(&sites, &articles, &expected).await;
    // Articles whose part of the list was unavailable are listed too.
    let listed = newsroom.articles();
    assert_eq!(
        listed,
        before + articles.len(),
        "every article that was counted is listed"
    );
    newsroom.logs_are_short(begun.elapsed()).await;
}

/// Waits until every endpoint reports these counts: the counts of another endpoint may be visible a second later.
async fn is_counted(sites: &[LoadedSite], articles: &[String], expected: &[(u64, u64)]) {
    for site in sites {
        let failure = || "not every event counts once".to_owned();
        until(5, failure, async || site.reads(articles).await == expected).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_one_server_refuses_no_other_slot() {
    an_outage_of(1, rounds(60, 1200) as usize).await;
    if rounds(0, 1) == 1 {
        an_outage_of(2, 1200).await;
    }
}

/// Two of three masters accept writes, but no event is acknowledged while no endpoint knows the site's salts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_answers_soon_and_refuses_without_masters() {
    let servers = Servers::cluster();
    let site = TestSite::on(engines::open(&servers.url("redis+cluster")).unwrap());
    let master = servers.master_of(slot("news"), 0).unwrap();
    servers.signal(master, "-STOP");
    let begun = Instant::now();
    let reply = site.get("/health/ready").await;
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(
        (reply.status.as_u16(), reply.header("retry-after")),
        (503, "30"),
        "{reply:?}"
    );
    servers.signal(master, "-CONT");
    let failure = || "the part does not recover".to_owned();
    let is_ready = async || site.get("/health/ready").await.status == 200;
    until(30, failure, is_ready).await;
    assert_eq!(
        site.post(json!({ "events": [read("a", &event_key(1))] }))
            .await
            .status,
        200
    );
}
