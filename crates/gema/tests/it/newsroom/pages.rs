//! What the pages of a site's counts show, of a real process whose database was filled before.

/// One article, and its form.
mod article;
/// The list of all articles, and as CSV.
mod articles;
/// Corrections of one article's counts.
mod correct;
/// What is read now.
mod now;
/// Sums of some days.
mod period;
/// The poll of one article, and its refused events.
mod poll;
/// What viewers of a section see.
mod section;
/// The settings in force.
mod settings;

use std::{fs, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use store::{ArticleUpdate, Change, Changes, Store};
use visitor::{Day, DedupKey, Hour, Window};
use wire::{Article, Imported, Network, Seq, SiteId};

use super::{Browser, Endpoint, TWO_SITES};
use crate::{
    cli_harness::CliHarness,
    reopened::opened,
    site::{article, event_key, reaction, token},
};

/// The site's time zone is the default.
fn zone() -> TimeZone {
    TimeZone::get("Asia/Jakarta").unwrap()
}

/// Today and the current hour, in the site's time zone.
pub(super) fn today() -> (Day, Hour) {
    let now = Timestamp::now();
    (Window::at(now, &zone()).day, Hour::at(now, &zone()))
}

fn days_ago(days: i32) -> Day {
    Day::new(today().0.get() - days)
}

/// A database that is filled before the process starts.
pub(super) struct Filling {
    cli: CliHarness,
    pub(super) store: Arc<dyn Store>,
    events: u64,
}

impl Filling {
    pub(super) fn new() -> Self {
        let cli = CliHarness::new();
        fs::write(cli.path().join("gema.toml"), TWO_SITES).unwrap();
        let store = opened(&cli.path().join("gema.db"));
        Self::around(cli, store)
    }

    pub(super) fn around(cli: CliHarness, store: Arc<dyn Store>) -> Self {
        Self {
            cli,
            store,
            events: 0,
        }
    }

    pub(super) fn site() -> SiteId {
        SiteId::parse("news").unwrap()
    }

    async fn counts(&mut self, day: Day, hour: u8, changes: Vec<Change>) {
        self.events += 1;
        let changes = Changes {
            site: Self::site(),
            day,
            hour: Hour::new(hour),
            visitor: Some(token(self.events).into()),
            changes,
            admission: None,
        };
        self.store.apply(changes).await.unwrap();
    }

    /// Reads of an article in an hour.
    pub(super) async fn reads(&mut self, key: &str, day: Day, hour: u8, count: u64) {
        let reads = (0..count).map(|_| {
            self.events += 1;
            Change::Read {
                article: article(key),
                dedup_key: DedupKey::Browser(event_key(self.events)),
            }
        });
        let reads = reads.collect();
        self.counts(day, hour, reads).await;
    }

    /// Readers who choose an option.
    async fn reacts(&mut self, key: &str, day: Day, option: &str, count: u64) {
        for _ in 0..count {
            let change = Change::React {
                article: article(key),
                reaction: Some(reaction(option)),
                seq: Seq::parse(1).unwrap(),
            };
            self.counts(day, 9, vec![change]).await;
        }
    }

    /// Shares to a network.
    async fn shares(&mut self, key: &str, day: Day, network: &str, count: u64) {
        let shares = (0..count).map(|_| {
            self.events += 1;
            Change::Share {
                article: article(key),
                network: Network::parse(network).unwrap(),
                dedup_key: DedupKey::Browser(event_key(self.events)),
            }
        });
        let shares = shares.collect();
        self.counts(day, 9, shares).await;
    }

    /// A copy with starting counts.
    pub(super) async fn puts(
        &self,
        key: &str,
        title: &str,
        byline: &str,
        published: Day,
        imported: u64,
    ) {
        let copy = Article {
            title: title.into(),
            byline: Some(byline.into()),
            published: Some(published.to_string()),
            url: Some(format!("https://news.example{key}")),
            html: "<p>Isi</p>".into(),
        };
        let imported = Imported {
            reads: imported,
            ..Imported::default()
        };
        let update = ArticleUpdate {
            article: Some(copy),
            imported: Some(imported),
            poll: None,
        };
        self.store
            .put_article(&Self::site(), published, &article(key), update)
            .await
            .unwrap();
    }

    /// Starts the process.
    pub(super) fn serves(self) -> Endpoint {
        let Self { cli, store, .. } = self;
        drop(store);
        let serving = cli.serves();
        Endpoint { cli, serving }
    }
}

/// The content of a page, as an editor's browser shows it in English.
async fn page(browser: &mut Browser, path: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    let page = browser
        .get(&format!("/redaksi/news/{path}{joint}lang=en"))
        .await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    assert_charts_are_complete(&page.text);
    page.main().to_owned()
}

/// Each drawing has a sentence, and a table of the same numbers. Without counts there is a sentence only.
fn assert_charts_are_complete(html: &str) {
    for figure in html.split("<figure").skip(1) {
        let figure = figure.split("</figure>").next().unwrap();
        let Some(described) = figure.split("aria-labelledby=\"").nth(1) else {
            assert!(
                !figure.contains("<svg") && figure.contains("<p id="),
                "{figure}"
            );
            continue;
        };
        let id = described.split('"').next().unwrap();
        assert!(figure.contains(&format!("<p id=\"{id}\"")), "{figure}");
        assert!(figure.contains("<table"), "{figure}");
    }
}

/// The text between two others.
fn between<'a>(html: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = html
        .split_once(start)
        .unwrap_or_else(|| panic!("{start} is not in {html}"));
    rest.split(end).next().unwrap()
}

/// The text of a piece of HTML: elements become spaces.
fn text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push(' ');
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
