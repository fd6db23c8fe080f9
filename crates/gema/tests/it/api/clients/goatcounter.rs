use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ClientReader, all_at_once, site};
use crate::site::TestSite;

/// The query of the client's script.
const QUERY: &str = "p=%2F2015%2F11%2Ffgd.html&r=https%3A%2F%2Fnews.example%2F&t=FGD&s=1920%2C1080%2C1&q=%3Futm_source%3Dx&rnd=a1b2c";

const GOATCOUNTER_ARTICLE: &str = "/2015/11/fgd.html";

async fn counted(reader: ClientReader<'_>, query: &str) -> (StatusCode, String) {
    let reply = reader.gets(&format!("goatcounter/count?{query}")).await;
    (reply.status, reply.header("x-goatcounter").to_owned())
}

#[tokio::test]
async fn a_beacon_and_an_image_count_a_page_view() {
    let site = site();
    let reader = ClientReader::of(&site);
    let path = format!("goatcounter/count?{QUERY}");
    let beacon = reader.sends(Method::POST, &path, &[], "").await;
    assert_eq!(
        (beacon.status.as_u16(), beacon.header("content-type")),
        (200, "image/gif")
    );
    assert_eq!(site.tally(GOATCOUNTER_ARTICLE).await.reads, 1);
    let image = reader.at(2).gets(&path).await;
    assert_eq!(
        (image.status.as_u16(), image.header("cache-control")),
        (200, "no-store")
    );
    assert!(image.body.starts_with(b"GIF89a") && image.body.ends_with(b"\x3b"));
    assert_eq!(site.tally(GOATCOUNTER_ARTICLE).await.reads, 2);
    reader.gets(&path).await;
    assert_eq!(
        site.tally(GOATCOUNTER_ARTICLE).await.reads,
        2,
        "the same reader again"
    );
}

#[tokio::test]
async fn uncounted_page_views_have_the_reason_in_a_header() {
    let site = site();
    let reader = ClientReader::of(&site);
    for (query, status, words) in [
        ("p=klik&e=true", 202, "events"),
        ("p=%2F", 202, "home page"),
        ("p=%2Fa&b=153", 202, "bots"),
        ("p=%2Fa&b=3", 400, "150"),
        ("t=a", 400, "?p="),
    ] {
        let (found, why) = counted(reader, query).await;
        assert_eq!(found.as_u16(), status, "{query}");
        assert!(why.contains(words), "{query}: {why}");
    }
    let prefetch = [("sec-purpose", "prefetch;prerender")];
    let reply = reader.sends(Method::GET, "goatcounter/count?p=%2Fa", &prefetch, "");
    assert_eq!(reply.await.status, 202);
    let head = reader.sends(Method::HEAD, "goatcounter/count?p=%2Fa", &[], "");
    assert_eq!(head.await.status, 202);
    assert_eq!(site.tally("/a").await.rev, 0);
}

#[tokio::test]
async fn the_counter_answers_texts_an_image_and_a_page() {
    let site = site();
    let reader = ClientReader::of(&site);
    reader.gets(&format!("goatcounter/count?{QUERY}")).await;
    // By the script, encoded; by hand, with one slash or two.
    for path in [
        "%2F2015%2F11%2Ffgd.html",
        "/2015/11/fgd.html",
        "2015/11/fgd.html",
    ] {
        let reply = reader
            .gets(&format!("goatcounter/counter/{path}.json?rnd=1"))
            .await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(
            reply.json::<Value>(),
            json!({ "count": "1", "count_unique": "1" }),
            "{path}"
        );
    }
    for (ending, media) in [
        ("svg", "image/svg+xml"),
        ("html", "text/html; charset=utf-8"),
    ] {
        let path = format!("goatcounter/counter/%2F2015%2F11%2Ffgd.html.{ending}?no_branding=1");
        let reply = reader.gets(&path).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, media)
        );
        assert!(
            String::from_utf8_lossy(&reply.body).contains("Dibaca 1 kali"),
            "{ending}"
        );
    }
}

#[tokio::test]
async fn the_counter_says_what_it_does_not_know() {
    let site = site();
    let reader = ClientReader::of(&site);
    reader.gets("goatcounter/count?p=%2Fa").await;
    for (path, status) in [
        ("%2Fb.json", 404),
        ("TOTAL.json", 404),
        ("%2F.json", 404),
        ("%2Fa.png", 400),
        ("%2Fa.json?start=week", 400),
        ("%2Fa.json?end=2015-11-17", 400),
    ] {
        let reply = reader.gets(&format!("goatcounter/counter/{path}")).await;
        assert_eq!(reply.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn a_page_view_by_get_is_refused_while_everything_moves() {
    let site = site();
    let app = site.app();
    let _block = app.write_block.block().await;
    let reply = ClientReader::of(&site)
        .gets("goatcounter/count?p=%2Fa")
        .await;
    assert_eq!(reply.status, 503);
    assert_eq!(site.tally("/a").await.rev, 0);
}

#[tokio::test]
async fn sixty_four_at_once_lose_nothing() {
    let site: TestSite = site();
    all_at_once(&site, |reader| async move {
        for _ in 0..3 {
            assert_eq!(counted(reader, QUERY).await.0, 200);
        }
    })
    .await;
    assert_eq!(site.tally(GOATCOUNTER_ARTICLE).await.reads, 64);
}
