use axum::{body::Body, http::Request};
use config::networks;
use serde_json::Value;
use store::ArticleUpdate;
use visitor::Day;
use wire::{Article, Imported, Poll, SiteId, View};

use crate::site::{TestSite, article};

const VIEW_PATH: &str = "/v1/sites/news/view?article=a";

fn publication(published: &str) -> ArticleUpdate {
    let article = Article {
        title: "Judul".into(),
        byline: None,
        published: Some(published.into()),
        url: None,
        html: "<p>Isi</p>".into(),
    };
    let imported = Imported {
        reads: 841,
        ..Imported::default()
    };
    ArticleUpdate {
        article: Some(article),
        imported: Some(imported),
        poll: None,
    }
}

async fn publish(site: &TestSite, published: &str) {
    let id = SiteId::parse("news").unwrap();
    let day = Day::parse("2015-11-17").unwrap();
    site.store
        .put_article(&id, day, &article("a"), publication(published))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_view_of_an_unknown_article_is_complete_and_creates_none() {
    let site = TestSite::new();
    let reply = site.get(VIEW_PATH).await;
    let view: View = reply.json();
    assert_eq!(
        (
            view.tally.rev,
            view.tally.reads,
            view.tally.reactions.0.len()
        ),
        (0, 0, 5)
    );
    assert_eq!(
        (view.reactions.len(), view.poll, view.article),
        (5, Poll::Open, None)
    );
    assert_eq!(view.locale, "id-u-nu-latn");
    assert_eq!(
        view.window_ends,
        site.now_ms() + 12 * 3600 * 1000,
        "midnight in Jakarta"
    );
    let names: Vec<_> = view.tally.reactions.0.iter().map(|(key, _)| key).collect();
    assert_eq!(
        names,
        view.reactions
            .iter()
            .map(|choice| &choice.key)
            .collect::<Vec<_>>()
    );

    let listed = site
        .store
        .articles(&SiteId::parse("news").unwrap(), None, 10)
        .await
        .unwrap();
    assert!(listed.is_empty());
}

#[tokio::test]
async fn the_view_has_the_copy_on_request() {
    let site = TestSite::new();
    publish(&site, "2015-11-17").await;
    let without: View = site.get(VIEW_PATH).await.json();
    assert_eq!(
        (
            without.article,
            without.tally.reads,
            without.tally.imported.reads
        ),
        (None, 841, 841)
    );
    let with: View = site.get(&format!("{VIEW_PATH}&body=1")).await.json();
    assert_eq!(with.article, publication("2015-11-17").article);
}

#[tokio::test]
async fn a_view_is_cached_until_something_changes() {
    let site = TestSite::new();
    let first = site.get(VIEW_PATH).await;
    assert_eq!(
        first.header("cache-control"),
        "public, max-age=10, stale-while-revalidate=60"
    );
    let tag = first.header("etag").to_owned();
    let ask = |tags: String| {
        Request::get(VIEW_PATH)
            .header("if-none-match", tags)
            .body(Body::empty())
            .unwrap()
    };

    for tags in [tag.clone(), format!("\"other\", W/{tag}"), "*".into()] {
        let again = site.send(ask(tags)).await;
        assert_eq!(
            (
                again.status.as_u16(),
                again.body.len(),
                again.header("etag")
            ),
            (304, 0, &*tag)
        );
        assert!(again.header("cache-control").contains("max-age=10"));
    }
    site.reader().reads("a").await;
    assert_eq!(site.send(ask(tag)).await.status, 200);
}

#[tokio::test]
async fn a_poll_closes_by_the_day_of_publication() {
    let site = TestSite::with(|site| site.poll_closes_after_days = Some(30));
    publish(&site, "2015-10-19").await;
    assert_eq!(site.get(VIEW_PATH).await.json::<View>().poll, Poll::Open);
    site.days_pass(1);
    assert_eq!(site.get(VIEW_PATH).await.json::<View>().poll, Poll::Closed);
}

#[tokio::test]
async fn many_articles_are_one_request_in_the_order_of_the_question() {
    let site = TestSite::new();
    site.reader().reads("b").await;
    let reply = site
        .get("/v1/sites/news/tallies?article=c&article=b&article=a&article=b")
        .await;
    let tallies: wire::Tallies = reply.json();
    let found: Vec<_> = tallies
        .tallies
        .iter()
        .map(|tally| (tally.article.as_str(), tally.reads))
        .collect();
    assert_eq!(found, [("c", 0), ("b", 1), ("a", 0), ("b", 1)]);
    assert_eq!(tallies.texts, None);

    let with: wire::Tallies = site
        .get("/v1/sites/news/tallies?article=a&lang=id")
        .await
        .json();
    let texts = wire::Texts {
        reads: "Dibaca 0 kali".into(),
        reactions: "0 tanggapan".into(),
    };
    assert_eq!(with.texts, Some(vec![texts]));
}

#[tokio::test]
async fn keys_are_whatever_addresses_are() {
    let site = TestSite::new();
    site.reader().reads("/index.php?id=123&x=é").await;
    assert_eq!(site.tally("/index.php?id=123%26x=%C3%A9").await.reads, 1);
}

#[tokio::test]
async fn health_and_version_answer() {
    let site = TestSite::new();
    assert_eq!(site.get("/health/live").await.status, 200);
    assert_eq!(site.get("/health/ready").await.status, 200);
    let version: Value = site.get("/v1/version").await.json();
    assert_eq!(version["name"], "gema");
}

#[tokio::test]
async fn labels_buttons_and_tag_have_the_requested_language() {
    let site = TestSite::new();
    let view = |lang| {
        let path = format!("/v1/sites/news/view?article=a&lang={lang}");
        let site = &site;
        async move { site.get(&path).await.json::<View>() }
    };
    let id = view("id-ID").await;
    let en = view("en-US").await;
    assert_eq!(
        (id.locale.as_str(), en.locale.as_str()),
        ("id-u-nu-latn", "en")
    );
    assert_eq!(
        (
            id.reactions[0].label.as_str(),
            en.reactions[0].label.as_str()
        ),
        ("Senang", "Happy")
    );
    let copy = |view: &View| {
        view.networks
            .iter()
            .find(|button| button.key.as_str() == "copy")
            .unwrap()
            .label
            .clone()
    };
    assert_eq!(
        (copy(&id).as_str(), copy(&en).as_str()),
        ("Salin tautan", "Copy link")
    );
    assert_eq!(id.networks.len(), networks::default_networks().len());
}
