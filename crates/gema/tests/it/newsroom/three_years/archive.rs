use std::{
    collections::BTreeMap,
    fs::File,
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use store::{
    Days, Metric, Store,
    export_format::{
        ArticleLine, DayLine, ExportWriter, FORMAT_VERSION, Header, HoursLine, Line, SecretBytes,
        SourceLine, VoteLine,
    },
};
use store_contract::soak::rounds;
use tempfile::NamedTempFile;
use tokio::runtime::Handle;
use visitor::{Day, HashKey, database_id};
use wire::{Article, SiteId};

use super::super::{
    pages::today,
    year::{DEFAULT_OPTIONS, Dice, HOURS, SECTIONS, WEEK, Year},
};
use crate::site::{article, reaction};

/// More days than an archive has.
const ALL_DAYS: u16 = 1200;

/// Days with hours of an article, and of the site before today.
const DAYS_WITH_HOURS: i32 = 8;

/// An archive: its export, and what is in it.
pub(super) struct Archive {
    file: NamedTempFile,
    articles: usize,
    reads: u64,
    day_lines: u64,
}

/// The key of the archive's database, of which the votes are.
const ARCHIVE_VOTE_KEY: [u8; 32] = [9; 32];

/// Writes lines to a file.
struct Lines {
    writer: ExportWriter,
    file: File,
    buffer: Vec<u8>,
}

impl Lines {
    fn push(&mut self, line: &Line) {
        self.writer.line(line, &mut self.buffer);
        if self.buffer.len() > 1 << 20 {
            self.file.write_all(&self.buffer).unwrap();
            self.buffer.clear();
        }
    }
}

impl Archive {
    /// An archive of this number of articles, published over this number of days.
    pub(super) fn write(articles: usize, days: i32) -> Self {
        let file = NamedTempFile::new().unwrap();
        let mut lines = Lines {
            writer: ExportWriter::default(),
            file: file.reopen().unwrap(),
            buffer: Vec::new(),
        };
        let today = today().0;
        let name = database_id(&HashKey(ARCHIVE_VOTE_KEY));
        lines.push(&Line::Export(Header {
            format: FORMAT_VERSION,
            gema: "0.1.0".into(),
            day: today.to_string(),
            secrets: [(name.clone(), SecretBytes(ARCHIVE_VOTE_KEY))].into(),
        }));
        let mut dice = Dice::new();
        let mut reads = 0;
        let mut day_lines = 0;
        let mut site_hours: BTreeMap<Day, [i64; 24]> = BTreeMap::new();
        for number in 0..articles {
            let age = (articles - number - 1) as i32 * days / articles as i32;
            let first = Day::new(today.get() - age);
            let key = format!("/{}/2015/{number}", SECTIONS[number % SECTIONS.len()]);
            lines.push(&Line::Article(line_of_article(&key, number, first, &name)));
            let by_day = days_of_article(&mut dice, first, today, number);
            let votes = write_days(&mut lines, &by_day, &mut dice);
            day_lines += by_day.len() as u64;
            for (day, count) in &by_day {
                reads += count.unsigned_abs();
                let hours = hours_of(&mut dice, *count);
                let of_site = site_hours.entry(*day).or_insert([0; 24]);
                for (sum, count) in of_site.iter_mut().zip(hours) {
                    *sum += count;
                }
                if day.since(first) < i64::from(DAYS_WITH_HOURS)
                    || today.since(*day) <= i64::from(DAYS_WITH_HOURS)
                {
                    lines.push(&line_of_hours(None, *day, &hours));
                }
            }
            for (at, option) in votes.into_iter().enumerate() {
                let mut mark = [0; 16];
                mark[..8].copy_from_slice(&(number as u64).to_be_bytes());
                mark[8..].copy_from_slice(&(at as u64).to_be_bytes());
                lines.push(&Line::Vote(VoteLine {
                    mark: SecretBytes(mark),
                    reaction: Some(reaction(option)),
                    seq: 1,
                }));
            }
        }
        for (day, hours) in site_hours {
            if today.since(day) > i64::from(DAYS_WITH_HOURS) {
                lines.push(&line_of_hours(SiteId::parse("news").ok(), day, &hours));
            }
        }
        assert_eq!(lines.writer.end(&mut lines.buffer), []);
        lines.file.write_all(&lines.buffer).unwrap();
        Self {
            file,
            articles,
            reads,
            day_lines,
        }
    }

    /// Imports it into a store, and makes the roll-ups. `notes_time`: until they can be made after an import.
    pub(super) async fn fill(&self, engine: &str, store: &Arc<dyn Store>, notes_time: Duration) {
        let begun = Instant::now();
        let (filled, runtime) = (Arc::clone(store), Handle::current());
        let file = self.file.reopen().unwrap();
        let import = move || admin::import(&*filled, &runtime, file, false).unwrap();
        // What it reports as new is less on a busy machine, where parts are sent again.
        tokio::task::spawn_blocking(import).await.unwrap();
        println!(
            "{engine}: {} articles, {} reads, {} days of articles imported in {:.0?}",
            self.articles,
            self.reads,
            self.day_lines,
            begun.elapsed()
        );
        if rounds(0, 1) == 1 {
            tokio::time::sleep(notes_time).await;
        }
        let begun = Instant::now();
        // As the clean-ups of an hour would.
        for _ in 0..60 {
            let sites = [SiteId::parse("news").unwrap()];
            store.clean_up(&sites, today().0).await.unwrap();
        }
        println!(
            "{engine}: clean-ups of an hour, with roll-ups: {:.0?}",
            begun.elapsed()
        );
        let site = SiteId::parse("news").unwrap();
        let all = Days::until(today().0, ALL_DAYS);
        let totals = store.totals(&site, None, all).await.unwrap();
        let reads = totals.iter().find(|(metric, _)| *metric == Metric::Reads);
        assert_eq!(reads.map(|(_, sum)| sum.unsigned_abs()), Some(self.reads));
    }
}

fn line_of_article(key: &str, number: usize, first: Day, database: &str) -> ArticleLine {
    let (title, byline) = Year::words(&mut Dice::of(number as u64 + 1));
    ArticleLine {
        site: SiteId::parse("news").unwrap(),
        key: article(key),
        rev: 1,
        created: first.to_string(),
        sources: vec![SourceLine {
            of: database.into(),
            id: number as i64 + 1,
            rev: 1,
            voted: true,
        }],
        aliases: Vec::new(),
        imported: BTreeMap::new(),
        copy: Some(Article {
            html: format!("<p>{title}.</p>"),
            title,
            byline: Some(byline),
            published: Some(first.to_string()),
            url: Some(format!("https://news.example{key}")),
        }),
        put: true,
        poll: None,
    }
}

/// Reads by day: most in the first days, then some on fewer and fewer days, as long as the archive goes.
fn days_of_article(dice: &mut Dice, first: Day, today: Day, number: usize) -> BTreeMap<Day, i64> {
    let popularity = (1.3 * (dice.part() + dice.part() + dice.part() - 1.5) * 2.0).exp() * 80.0;
    // Every 7,000th article is talked about.
    let popularity = if number % 7000 == 77 {
        popularity * 300.0
    } else {
        popularity
    };
    let mut reads = BTreeMap::new();
    let mut add = |after: i32, count: f64| {
        let day = Day::new(first.get().saturating_add(after));
        if day <= today && count >= 1.0 {
            let weekday = (day.get() + 3).rem_euclid(7) as usize;
            *reads.entry(day).or_default() += ((count * WEEK[weekday]) as i64).max(1);
        }
    };
    for (after, part) in [0.45, 0.3, 0.1, 0.05, 0.04, 0.03, 0.02, 0.01]
        .into_iter()
        .zip(0..)
    {
        add(part, popularity * after + 1.0);
    }
    for _ in 0..18 {
        let after = (8.0 / (1.0 - dice.part()).max(1e-4)) as i32;
        add(after, 1.0 + dice.part() * popularity / 100.0);
    }
    reads
}

/// Writes the lines of days, with shares and reactions. Returns the votes.
fn write_days(
    lines: &mut Lines,
    by_day: &BTreeMap<Day, i64>,
    dice: &mut Dice,
) -> Vec<&'static str> {
    let mut votes = Vec::new();
    for (day, reads) in by_day {
        let mut counts = BTreeMap::from([("reads".to_owned(), *reads)]);
        let some = |part: f64, dice: &mut Dice| {
            let mean = *reads as f64 * part;
            mean as i64 + i64::from(dice.part() < mean.fract())
        };
        let shares = some(0.015, dice);
        if shares > 0 {
            counts.insert("share:whatsapp".into(), shares);
        }
        for _ in 0..some(0.03, dice) {
            let option = DEFAULT_OPTIONS[dice.below(DEFAULT_OPTIONS.len())];
            *counts.entry(format!("reaction:{option}")).or_default() += 1;
            votes.push(option);
        }
        lines.push(&Line::Day(DayLine {
            day: day.to_string(),
            source: 0,
            counts,
        }));
    }
    votes
}

/// The reads of a day by hour, as people are awake.
fn hours_of(dice: &mut Dice, reads: i64) -> [i64; 24] {
    let all: f64 = HOURS.iter().sum();
    let mut hours = HOURS.map(|part| (reads as f64 * part / all) as i64);
    let rest = reads - hours.iter().sum::<i64>();
    for _ in 0..rest {
        let at = 6 + dice.below(16);
        hours[at] += 1;
    }
    hours
}

fn line_of_hours(site: Option<SiteId>, day: Day, hours: &[i64; 24]) -> Line {
    let hours = (0..).zip(*hours).filter(|(_, count)| *count > 0);
    Line::Hours(HoursLine {
        site,
        day: day.to_string(),
        counts: [("reads".to_owned(), hours.collect())].into(),
    })
}
