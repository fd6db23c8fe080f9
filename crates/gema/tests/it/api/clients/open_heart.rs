use axum::http::Method;
use serde_json::{Value, json};

use super::{ClientReader, all_at_once, site};
use crate::site::chose;

const HEART: &str = "\u{2764}\u{fe0f}";
const TEAR: &str = "\u{1f622}";

#[tokio::test]
async fn an_emoji_is_the_choice_of_its_reader() {
    let site = site();
    let reader = ClientReader::of(&site);
    // As the element sends it.
    let reply = reader
        .posts_text("open-heart/2015/11/fgd.html", HEART)
        .await;
    assert_eq!(
        (reply.status.as_u16(), reply.json::<Value>()),
        (200, json!({ HEART: 1, TEAR: 0 }))
    );
    reader
        .posts_text("open-heart/2015/11/fgd.html", HEART)
        .await;
    reader
        .at(2)
        .posts_text("open-heart/2015/11/fgd.html", HEART)
        .await;
    let hearts = reader.gets("open-heart/2015/11/fgd.html").await;
    assert_eq!(hearts.json::<Value>(), json!({ HEART: 2, TEAR: 0 }));
    reader.posts_text("open-heart/2015/11/fgd.html", TEAR).await;
    let tally = site.tally("/2015/11/fgd.html").await;
    assert_eq!(
        (chose(&tally, "happy"), chose(&tally, "sad"), tally.reads),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn a_form_without_javascript_sends_an_emoji() {
    let site = site();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let reader = ClientReader::of(&site);
    let reply = reader
        .sends(
            Method::POST,
            "open-heart/a",
            &headers,
            "%E2%9D%A4%EF%B8%8F=",
        )
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(chose(&site.tally("/a").await, "happy"), 1);
}

#[tokio::test]
async fn another_emoji_or_page_is_refused() {
    let site = site();
    let reader = ClientReader::of(&site);
    for body in ["\u{1f968}", "", "heart"] {
        let reply = reader.posts_text("open-heart/a", body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(
            reply.json::<Value>()["detail"]
                .as_str()
                .unwrap()
                .contains(TEAR)
        );
    }
    assert_eq!(
        reader
            .posts_text("open-heart/index.php", HEART)
            .await
            .status,
        404
    );
    let reply = reader.posts_json("open-heart/a", json!(HEART)).await;
    assert_eq!(reply.status, 415);
    assert_eq!(site.tally("/a").await.rev, 0);
}

#[tokio::test]
async fn sixty_four_at_once_lose_nothing() {
    let site = site();
    all_at_once(&site, |reader| async move {
        reader.posts_text("open-heart/a", HEART).await;
        reader.posts_text("open-heart/a", TEAR).await;
        reader.posts_text("open-heart/a", TEAR).await;
    })
    .await;
    let tally = site.tally("/a").await;
    assert_eq!((chose(&tally, "happy"), chose(&tally, "sad")), (0, 64));
}
