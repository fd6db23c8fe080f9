//! A year of believable counts: articles that fade, days and weeks with their rhythm, two spikes. The pages show it in time,
//! and their sums are those of what was counted.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use store::{ArticleUpdate, Change, Changes, Days, Metric};
use store_contract::soak::rounds;
use visitor::{Day, DedupKey, Hour};
use wire::{Article, Network, Seq};

use super::{
    Endpoint, TWO_SITES,
    pages::{Filling, today},
};
use crate::{
    cli_harness::CliHarness,
    reopened::opened,
    site::{article, event_key, reaction, token},
};

/// Days of the year.
const YEAR: i64 = 365;

/// Hours in which the typical article loses a third of its readers, and in which one read in five comes later.
const FADING_HOURS: f64 = 18.0;
const TAIL_HOURS: f64 = 500.0;

/// How much is read in each hour of a day, and on each day of a week from Monday.
pub(super) const HOURS: [f64; 24] = [
    0.3, 0.2, 0.1, 0.1, 0.3, 0.8, 1.3, 1.5, 1.4, 1.3, 1.2, 1.3, 1.6, 1.3, 1.1, 1.1, 1.2, 1.3, 1.4,
    1.7, 1.8, 1.5, 1.0, 0.6,
];
pub(super) const WEEK: [f64; 7] = [1.1, 1.1, 1.0, 1.1, 1.0, 0.8, 0.9];

pub(super) const SECTIONS: [&str; 5] = ["nasional", "olahraga", "ekonomi", "budaya", "teknologi"];
const WHO: [&str; 12] = [
    "Warga",
    "Pemerintah",
    "Timnas",
    "Nelayan",
    "Mahasiswa",
    "Pedagang",
    "Petani",
    "Gubernur",
    "Peneliti",
    "Sopir angkot",
    "Guru",
    "Seniman",
];
const DOES: [&str; 8] = [
    "menolak",
    "menyambut",
    "menunda",
    "memperbaiki",
    "membuka",
    "mempertanyakan",
    "memenangkan",
    "merayakan",
];
const WHAT: [&str; 12] = [
    "jalan tol baru",
    "harga beras",
    "jadwal liga",
    "pasar lama",
    "aturan pajak",
    "festival kota",
    "kurikulum",
    "pelabuhan",
    "izin tambang",
    "jembatan",
    "beasiswa",
    "jaringan internet",
];
const BYLINES: [&str; 8] = [
    "Ani Lestari",
    "Budi Santoso",
    "Citra Dewi",
    "Dimas Pratama",
    "Eka Putri",
    "Fajar Nugroho",
    "Gita Sari",
    "Hasan Basri",
];
pub(super) const DEFAULT_OPTIONS: [&str; 5] = ["happy", "inspired", "surprised", "sad", "angry"];
const NETWORKS: [&str; 4] = ["whatsapp", "copy", "facebook", "x"];

/// A deterministic random number generator (xorshift64*).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// Of a number that is not 0.
    pub(super) fn of(number: u64) -> Self {
        let mut dice = Self(number);
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 to 1.
    pub(super) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// Exponentially distributed.
    fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.part()).ln()
    }
}

/// Reads of each article in each hour, by hours since day 0.
type Reads = BTreeMap<i64, BTreeMap<usize, u64>>;

/// A site with this many articles and reads.
pub(super) struct Year {
    articles: usize,
    reads: u64,
    days: i64,
    last: i64,
    dice: Dice,
}

impl Year {
    fn new(articles: usize, reads: u64, days: i64) -> Self {
        let (day, hour) = today();
        Self {
            articles,
            reads,
            days,
            last: i64::from(day.get()) * 24 + i64::from(hour.get()),
            dice: Dice::new(),
        }
    }

    fn key(number: usize) -> String {
        format!("/{}/{number}", SECTIONS[number % SECTIONS.len()])
    }

    /// A headline, and who wrote it.
    pub(super) fn words(dice: &mut Dice) -> (String, String) {
        let (who, does, what) = (
            WHO[dice.below(WHO.len())],
            DOES[dice.below(DOES.len())],
            WHAT[dice.below(WHAT.len())],
        );
        let byline = BYLINES[dice.below(BYLINES.len())].to_owned();
        (format!("{who} {does} {what}"), byline)
    }

    /// Each article's first hour, the oldest first.
    fn starts(&mut self) -> Vec<i64> {
        let first = self.last - self.days * 24;
        let mut starts: Vec<i64> = (0..self.articles)
            .map(|_| first + self.dice.below((self.days * 24) as usize) as i64)
            .map(|hour| hour.div_euclid(24) * 24 + 6 + hour.rem_euclid(24) * 14 / 24)
            .map(|hour| hour.min(self.last))
            .collect();
        starts.sort_unstable();
        starts
    }

    /// The reads: of each article, by its popularity, as it fades; and two spikes.
    fn draw(&mut self, starts: &[i64]) -> Reads {
        let popularity: Vec<f64> = starts
            .iter()
            .map(|_| {
                (1.3 * (self.dice.part() + self.dice.part() + self.dice.part() - 1.5) * 2.0).exp()
            })
            .collect();
        let all: f64 = popularity.iter().sum();
        let mut reads = Reads::new();
        let mut add = |hour: i64, article: usize, count| {
            *reads.entry(hour).or_default().entry(article).or_default() += count;
        };
        for (number, start) in starts.iter().enumerate() {
            let count = (self.reads as f64 * popularity[number] / all) as u64;
            for _ in 0..count {
                let hour = self.hour_of_read(*start);
                add(hour, number, 1);
            }
        }
        // An article that a programme on television names; and, this morning, an old one that somebody shares.
        let (evening, morning) = (self.last / 24 * 24 - 12 * 24 + 20, self.last - 2);
        let before = |hour: i64| starts.partition_point(|start| *start < hour - 48);
        for (hour, article, part) in [
            (evening, before(evening).saturating_sub(1), 200),
            (evening + 1, before(evening).saturating_sub(1), 400),
            (morning, before(morning) / 3, 1000),
        ] {
            add(hour, article, self.reads / part);
        }
        reads
    }

    fn hour_of_read(&mut self, start: i64) -> i64 {
        let highest = 1.8 * 1.1;
        loop {
            let mean = if self.dice.part() < 0.8 {
                FADING_HOURS
            } else {
                TAIL_HOURS
            };
            let hour = start + self.dice.wait(mean) as i64;
            if hour > self.last {
                // What would be read in the future is read at once.
                return start + self.dice.below((self.last - start + 1) as usize) as i64;
            }
            // 1970-01-01 was a Thursday.
            let weekday = (hour.div_euclid(24) + 3).rem_euclid(7) as usize;
            let weight = HOURS[hour.rem_euclid(24) as usize] * WEEK[weekday];
            if self.dice.part() * highest < weight {
                return hour;
            }
        }
    }
}

/// Fills the database, and returns how much of each kind was counted: reads, reactions, shares.
async fn fill(filling: &Filling, year: &mut Year) -> [u64; 3] {
    let starts = year.starts();
    for (number, start) in starts.iter().enumerate() {
        put(filling, year, number, *start).await;
    }
    let reads = year.draw(&starts);
    let mut counted = [0; 3];
    let mut event = 0;
    for (hour, articles) in reads {
        let at = (Day::new((hour / 24) as i32), Hour::new((hour % 24) as u8));
        let mut changes = Vec::new();
        let mut reactions = Vec::new();
        for (number, count) in articles {
            for _ in 0..count {
                event += 1;
                changes.push(Change::Read {
                    article: article(&Year::key(number)),
                    dedup_key: DedupKey::Browser(event_key(event)),
                });
                counted[0] += 1;
                if year.dice.part() < 0.015 {
                    changes.push(Change::Share {
                        article: article(&Year::key(number)),
                        network: Network::parse(NETWORKS[year.dice.below(4)]).unwrap(),
                        dedup_key: DedupKey::Browser(event_key(event)),
                    });
                    counted[2] += 1;
                }
                if year.dice.part() < 0.03 {
                    reactions.push((event, reaction_to(year, number)));
                    counted[1] += 1;
                }
            }
        }
        for some in changes.chunks(5000) {
            apply(filling, at, event, some.to_vec()).await;
        }
        // Each is another reader's, so that it is a request of its own; those that come together share a commit.
        for some in reactions.chunks(256) {
            let some = some.iter().cloned();
            join_all(some.map(|(reader, change)| apply(filling, at, reader, vec![change]))).await;
        }
    }
    counted
}

async fn put(filling: &Filling, year: &mut Year, number: usize, start: i64) {
    let published = Day::new((start / 24) as i32);
    let (title, byline) = Year::words(&mut year.dice);
    let key = Year::key(number);
    let copy = Article {
        html: format!("<p>{title}.</p>"),
        title,
        byline: Some(byline),
        published: Some(published.to_string()),
        url: Some(format!("https://news.example{key}")),
    };
    let update = ArticleUpdate {
        article: Some(copy),
        imported: None,
        poll: None,
    };
    let site = Filling::site();
    let put = filling
        .store
        .put_article(&site, published, &article(&key), update)
        .await;
    put.unwrap();
}

/// One in three articles divides its readers; of each other, one option is liked most.
fn reaction_to(year: &mut Year, number: usize) -> Change {
    let dice = &mut year.dice;
    let option = match number % 3 {
        0 => dice.below(5),
        _ if dice.part() < 0.7 => number % 5,
        _ => dice.below(5),
    };
    Change::React {
        article: article(&Year::key(number)),
        reaction: Some(reaction(DEFAULT_OPTIONS[option])),
        seq: Seq::parse(1).unwrap(),
    }
}

async fn apply(filling: &Filling, (day, hour): (Day, Hour), reader: u64, changes: Vec<Change>) {
    let changes = Changes {
        site: Filling::site(),
        day,
        hour,
        visitor: Some(token(reader).into()),
        changes,
        admission: None,
    };
    filling.store.apply(changes).await.unwrap();
}

/// An empty database: in a temporary directory, or in the one that `GEMA_YEAR` names, where it stays.
fn empty() -> (Filling, Option<PathBuf>) {
    let kept = std::env::var_os("GEMA_YEAR").map(PathBuf::from);
    let cli = CliHarness::new();
    fs::write(cli.path().join("gema.toml"), TWO_SITES).unwrap();
    let store = opened(&cli.path().join("gema.db"));
    (Filling::around(cli, store), kept)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_a_year_are_quick_and_add_up() {
    let articles = rounds(60, 2000) as usize;
    let reads = rounds(6_000, 3_000_000);
    let days = i64::from(rounds(40, YEAR as u32));
    let (filling, kept) = empty();
    let mut year = Year::new(articles, reads.into(), days);
    let begun = Instant::now();
    let counted = fill(&filling, &mut year).await;
    println!(
        "{counted:?} counted of {articles} articles in {:?}",
        begun.elapsed()
    );
    assert_sums(&filling, counted).await;
    let endpoint = filling.serves();
    let mut viewer = endpoint.signed_in("ani", "news", "reader", None).await;
    let slowest = Duration::from_millis(u64::from(rounds(3000, 300)));
    for path in [
        "now",
        "site",
        "site?days=7",
        "site?days=365",
        "articles",
        "articles?sort=reads",
        "articles?q=beras&byline=ani",
        "article?article=/nasional/5",
        "settings",
    ] {
        let begun = Instant::now();
        let page = viewer.get(&format!("/redaksi/news/{path}")).await;
        let (first, begun) = (begun.elapsed(), Instant::now());
        viewer.get(&format!("/redaksi/news/{path}")).await;
        println!("{path}: {first:?}, and again {:?}", begun.elapsed());
        assert_eq!(page.status, 200, "{path}");
        assert!(first < slowest, "{path}: {first:?}");
    }
    let check = endpoint.cli.says(&["check"]);
    assert!(!check.contains("add up"), "{check}");
    if let Some(kept) = kept {
        keep(endpoint, &kept);
    }
}

/// The site's hours, its period and its articles have the same sums.
async fn assert_sums(filling: &Filling, counted: [u64; 3]) {
    let site = Filling::site();
    let days = Days::until(today().0, 400);
    let kind = |metric: &Metric| match metric {
        Metric::Reads => 0,
        Metric::Reaction(_) => 1,
        _ => 2,
    };
    let mut by_hour = [0; 3];
    for change in filling.store.site_hours(&site, None, days).await.unwrap() {
        by_hour[kind(&change.metric)] += change.change;
    }
    let none = std::sync::Arc::new(|_: &store::PeriodSums| Vec::new());
    let period = filling
        .store
        .period(&site, None, days, Duration::ZERO, none)
        .await
        .unwrap();
    let mut by_article = [0; 3];
    for article in 0..period.sums.len() as u32 {
        for (metric, sum) in period.sums.metrics.iter().zip(period.sums.of(article)) {
            by_article[kind(metric)] += sum;
        }
    }
    let counted = counted.map(u64::cast_signed);
    assert_eq!((by_hour, by_article), (counted, counted));
}

/// Copies the database and the configuration, for a look at the pages.
fn keep(endpoint: Endpoint, to: &PathBuf) {
    let Endpoint { cli, serving } = endpoint;
    serving.stop();
    fs::create_dir_all(to).unwrap();
    for name in ["gema.toml", "gema.db", "gema.db.salts"] {
        fs::copy(cli.path().join(name), to.join(name)).unwrap();
    }
}
