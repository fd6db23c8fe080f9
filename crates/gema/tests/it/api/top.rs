use axum::http::StatusCode;
use config::Lists;
use serde_json::{Value, json};
use store::{ArticleUpdate, Removal};
use visitor::Day;
use wire::{Article, SiteId};

use crate::site::{TestSite, article};

const TOP_PATH: &str = "/v1/sites/news/top.json";
const FEED_PATH: &str = "/v1/sites/news/top.atom";

/// A site whose lists include articles with any key.
fn listing_all() -> TestSite {
    TestSite::with(|site| site.lists = Lists::All)
}

fn news() -> SiteId {
    SiteId::parse("news").unwrap()
}

async fn publish(site: &TestSite, key: &str, title: &str) {
    let article_ = Article {
        title: title.into(),
        byline: None,
        published: Some("2015-11-16".into()),
        url: Some(format!("https://news.example/{key}?a=1&b=2")),
        html: "<p>Isi</p>".into(),
    };
    let publication = ArticleUpdate {
        article: Some(article_),
        imported: None,
        poll: None,
    };
    site.store
        .put_article(
            &news(),
            Day::parse("2015-11-17").unwrap(),
            &article(key),
            publication,
        )
        .await
        .unwrap();
}

async fn list(site: &TestSite, asked: &str) -> Value {
    let reply = site.get(&format!("{TOP_PATH}{asked}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    reply.json()
}

#[tokio::test]
async fn a_list_of_a_section_has_its_articles_with_counts_in_words() {
    let site = listing_all();
    publish(&site, "/ekonomi/a", "Satu").await;
    for key in [
        "/ekonomi/a",
        "/ekonomi/b",
        "/ekonomi/b",
        "/olahraga/c",
        "/ekonomix",
    ] {
        site.reader().reads(key).await;
    }
    let keys = async |query: &str| {
        let list = list(&site, query).await;
        let articles = list["articles"].as_array().unwrap().clone();
        let text = |article: &Value| {
            let words = article["text"].as_str().map(|text| format!(": {text}"));
            format!(
                "{}{}",
                article["article"].as_str().unwrap(),
                words.unwrap_or_default()
            )
        };
        articles.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(
        keys("?section=/ekonomi/").await,
        ["/ekonomi/b", "/ekonomi/a"]
    );
    assert_eq!(keys("?section=/politik/").await, [""; 0]);
    assert_eq!(
        keys("?section=/ekonomi/&titled=1&lang=en").await,
        ["/ekonomi/a: Read 1 time"]
    );
    assert_eq!(keys("?section=").await.len(), 4);
    // More sections than the ranking caches are answered too.
    for number in 0..150 {
        assert_eq!(keys(&format!("?section=/{number}/")).await, [""; 0]);
    }
    let feed = site.get(&format!("{FEED_PATH}?section=/ekonomi/")).await;
    let feed = String::from_utf8_lossy(&feed.body).into_owned();
    assert!(
        feed.contains("section=%2Fekonomi%2F") && !feed.contains("olahraga"),
        "{feed}"
    );
}

#[tokio::test]
async fn a_ranking_lists_articles_by_reads_or_reactions() {
    let site = listing_all();
    publish(&site, "b", "Banjir").await;
    for key in ["a", "b", "b", "c"] {
        site.reader().reads(key).await;
    }
    site.reader().reacts("c", "happy").await;
    assert_eq!(
        list(&site, "").await,
        json!({ "by": "reads", "days": 7, "day": "2015-11-17", "articles": [
            { "article": "b", "count": 2, "title": "Banjir", "url": "https://news.example/b?a=1&b=2", "published": "2015-11-16" },
            { "article": "a", "count": 1 },
            { "article": "c", "count": 1 },
        ] })
    );
    assert_eq!(
        list(&site, "?by=reactions&days=1").await["articles"],
        json!([{ "article": "c", "count": 1 }])
    );
    assert_eq!(
        list(&site, "?limit=1").await["articles"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_ranking_is_at_most_a_minute_old_and_omits_removed_articles() {
    let site = listing_all();
    site.reader().reads("a").await;
    site.reader().reads("b").await;
    let first = site.get(TOP_PATH).await;
    assert!(
        first.headers["cache-control"]
            .to_str()
            .unwrap()
            .starts_with("public, max-age=60")
    );
    site.store
        .remove_article(&news(), &article("a"), Removal::Everything)
        .await
        .unwrap();
    site.reader().reads("b").await;
    assert_eq!(
        site.get(TOP_PATH).await.headers["etag"],
        first.headers["etag"]
    );
    site.minutes_pass(1);
    assert_eq!(
        list(&site, "").await["articles"],
        json!([{ "article": "b", "count": 2 }])
    );
    // Two days later, this day is not among the last two days.
    site.days_pass(2);
    assert_eq!(list(&site, "?days=2").await["articles"], json!([]));
    assert_eq!(
        list(&site, "?days=3").await["articles"],
        json!([{ "article": "b", "count": 2 }])
    );
}

#[tokio::test]
async fn the_language_of_a_feed_is_one_that_voices_are_chosen_by() {
    let site = TestSite::with(|site| {
        site.languages = ["id", "ar"].map(str::to_owned).into();
        site.lists = Lists::All;
    });
    for (lang, says) in [("id", "id"), ("ar", "ar"), ("ar-EG", "ar-EG")] {
        let feed = String::from_utf8(
            site.get(&format!("{FEED_PATH}?lang={lang}"))
                .await
                .body
                .to_vec(),
        )
        .unwrap();
        assert!(feed.contains(&format!("xml:lang=\"{says}\"")), "{feed}");
    }
}

#[tokio::test]
async fn a_feed_has_the_list_in_the_requested_language() {
    let site = listing_all();
    publish(&site, "b", "Banjir <di> \"kanal\" & \u{1}kali").await;
    site.reader().reads("b").await;
    site.reader().reads("b").await;
    site.reader().reads("/a b").await;
    let reply = site.get(&format!("{FEED_PATH}?lang=en")).await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (StatusCode::OK, "application/atom+xml")
    );
    let feed = String::from_utf8(reply.body.to_vec()).unwrap();
    let entry = |id: &str, rest: &str| {
        format!("<entry><id>tag:news.example,2015:gema/news/article/{id}</id>{rest}</entry>")
    };
    let b = entry(
        "b",
        "<title>Banjir &lt;di&gt; \"kanal\" &amp; kali</title><link href=\"https://news.example/b?a=1&amp;b=2\"/>\
                    <published>2015-11-15T17:00:00Z</published><updated>2015-11-15T17:00:00Z</updated><content>Read 2 times</content>",
    );
    let a = entry(
        "%2Fa%20b",
        "<title>/a b</title><link href=\"https://news.example/a%20b\"/><updated>2015-11-16T17:00:00Z</updated><content>Read 1 time</content>",
    );
    let own = "<link rel=\"self\" type=\"application/atom+xml\" href=\"top.atom?by=reads&amp;days=7&amp;limit=10&amp;lang=en\"/>";
    assert!(
        feed.contains(&format!(
            "<title>Most read</title>{own}<updated>2015-11-16T17:00:00Z</updated>"
        )),
        "{feed}"
    );
    assert!(
        feed.contains("xml:lang=\"en\"") && feed.ends_with(&format!("{b}{a}</feed>\n")),
        "{feed}"
    );
    let answered = site.get(&format!("{FEED_PATH}?by=reactions&days=90")).await;
    assert!(
        String::from_utf8_lossy(&answered.body).contains("<title>Paling banyak ditanggapi</title>")
    );
}

#[tokio::test]
async fn every_entry_of_a_feed_leads_to_a_page_and_not_to_its_id() {
    let site = listing_all();
    let long = format!("/{}~0123456789abcdef", "a".repeat(179));
    for key in ["fgd", "/caf\u{e9}?id=7", "/c#", &long] {
        site.reader().reads(key).await;
    }
    let feed = String::from_utf8(site.get(FEED_PATH).await.body.to_vec()).unwrap();
    let links: std::collections::BTreeSet<_> = feed
        .split("<link href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(
        links,
        [
            "https://news.example/",
            "https://news.example/c%23",
            "https://news.example/caf%C3%A9?id=7"
        ]
        .into()
    );
    assert_eq!(feed.matches("<link href=").count(), 4);
    assert!(feed.contains(
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"top.atom?by=reads&amp;days=7&amp;limit=10\"/>"
    ));
}

#[tokio::test]
async fn invalid_parameters_of_a_list_are_named() {
    let site = listing_all();
    for (asked, field) in [
        ("?days=0", "days"),
        ("?days=91", "days"),
        ("?days=x", "days"),
        ("?limit=51", "limit"),
        ("?by=shares", "by"),
    ] {
        for noun in [TOP_PATH, FEED_PATH] {
            let reply = site.get(&format!("{noun}{asked}")).await;
            assert_eq!(
                (reply.status, &reply.json::<Value>()["field"]),
                (StatusCode::BAD_REQUEST, &json!(field)),
                "{asked}"
            );
        }
    }
}

#[tokio::test]
async fn keys_made_up_by_strangers_are_in_no_list() {
    let strange = [
        "//other.example/x",
        "Vote for B now",
        "/Vote for B",
        "https://other.example/",
        "/\u{202e}a",
        "/a\u{200b}.html",
        "/a\u{fe0f}.html",
        "/a\u{180e}.html",
        "/a\u{e000}.html",
        "slug",
    ];
    for (lists, listed) in [
        (Lists::Paths, &["put", "/a.html"][..]),
        (Lists::Known, &["put"]),
    ] {
        let site = TestSite::with(|site| site.lists = lists);
        publish(&site, "put", "Banjir").await;
        for key in strange.into_iter().chain(["put", "/a.html"]) {
            for _ in 0..if strange.contains(&key) { 3 } else { 1 } {
                site.reader().reads(key).await;
                site.reader().reacts(key, "happy").await;
            }
        }
        for by in ["reads", "reactions"] {
            let told = list(&site, &format!("?by={by}")).await["articles"]
                .as_array()
                .unwrap()
                .clone();
            let keys: std::collections::BTreeSet<_> = told
                .iter()
                .map(|one| one["article"].as_str().unwrap())
                .collect();
            assert_eq!(keys, listed.iter().copied().collect(), "{lists:?}");
            let feed = String::from_utf8(
                site.get(&format!("{FEED_PATH}?by={by}"))
                    .await
                    .body
                    .to_vec(),
            )
            .unwrap();
            assert_eq!(feed.matches("<entry>").count(), listed.len(), "{feed}");
            assert!(
                !feed.contains("other.example") && !feed.contains("Vote"),
                "{feed}"
            );
        }
    }
}
