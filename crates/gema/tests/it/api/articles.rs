use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use config::Secret;
use serde_json::{Value, json};
use wire::View;

use crate::site::{Reply, TestSite, chose};

const ARTICLES_KEY: &str = "a-key-that-nobody-guesses";
const SAVED_PAGE: &str = include_str!("../fixtures/saved-news-page.html");

pub(super) fn newsroom() -> TestSite {
    TestSite::with(|site| site.key = Some(Secret::new(ARTICLES_KEY)))
}

fn request(method: Method, query: &str, key: Option<&str>, body: impl ToString) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/v1/sites/news/articles{query}"));
    let request = request.header("content-type", "application/json");
    let request = match key {
        Some(key) => request.header("authorization", format!("Bearer {key}")),
        None => request,
    };
    request.body(Body::from(body.to_string())).unwrap()
}

impl TestSite {
    pub(super) async fn put(&self, article: &str, body: Value) -> Reply {
        self.send(request(
            Method::PUT,
            &format!("?article={article}"),
            Some(ARTICLES_KEY),
            body,
        ))
        .await
    }

    async fn asks(&self, query: &str) -> Reply {
        self.send(request(Method::GET, query, Some(ARTICLES_KEY), ""))
            .await
    }

    async fn removes(&self, query: &str) -> Reply {
        self.send(request(Method::DELETE, query, Some(ARTICLES_KEY), ""))
            .await
    }

    async fn view(&self, article: &str) -> View {
        self.get(&format!(
            "/v1/sites/news/view?article={article}&body=1&lang=id"
        ))
        .await
        .json()
    }
}

fn short() -> Value {
    json!({ "title": "Judul", "html": "<p>Isi</p>" })
}

#[tokio::test]
async fn a_page_saved_from_a_news_site_is_stored_clean_and_shown() {
    let site = newsroom();
    let reply = site
        .put(
            "fgd",
            json!({
                "title": "Belajar e-Government dari Korea Selatan",
                "byline": "Humas",
                "published": "2015-11-17",
                "url": "https://www.warta.example/nasional/2015/11/17/fgd-korea",
                "html": SAVED_PAGE,
                "imported": { "reads": 841 },
            }),
        )
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");

    let view = site.view("fgd").await;
    assert_eq!((view.tally.reads, view.tally.imported.reads), (841, 841));
    let article = view.article.unwrap();
    assert_eq!(article.published.as_deref(), Some("2015-11-17"));
    let html = article.html;
    for gone in [
        "script",
        "iframe",
        "style",
        "onclick",
        "onerror",
        "onload",
        "javascript",
        "alert",
        "tracker",
        "evil",
        "data:",
        "<form",
        "<input",
        "Cari",
        "Baca juga",
        "Teaser",
        "tersembunyi",
        "jangan tampil",
        "Pedoman",
        "klik",
        "movie",
        "class=",
        "base64",
        "bukan berita",
        "Setuju",
        "Share",
        "Belajar e-Government",
    ] {
        assert!(!html.contains(gone), "`{gone}` is still there: {html}");
    }
    for kept in [
        "<strong>JAKARTA, WARTA</strong> – Kementerian Sekretariat Negara",
        "<a href=\"https://www.warta.example/tag/e-government\" rel=\"noopener noreferrer\">e-government</a>",
        "src=\"https://www.warta.example/nasional/2015/foto/fgd.jpg\"",
        "https://www.warta.example/nasional/2015/foto/fgd-740.jpg 740w",
        "width=\"740\"",
        "<figcaption>Peserta diskusi. <i>(Foto: Humas)</i></figcaption>",
        "<a href=\"#gema-hukum\"",
        "<h2 id=\"gema-hukum\">",
        "id=\"gema-lembaga\"",
        "<b>Pertama, <i>aturan yang memberi kepastian</i></b><i>, kata narasumber</i>",
        "<blockquote cite=\"https://www.warta.example/kutipan\">",
        "<th colspan=\"2\">Anggaran",
        "rencana induk yang jelas<br>dan <u>anggaran</u>",
        "https://www.warta.example/unduh/laporan.pdf",
    ] {
        assert!(html.contains(kept), "`{kept}` is lost: {html}");
    }
}

#[tokio::test]
async fn a_put_shows_in_the_next_view_and_is_idempotent() {
    let site = newsroom();
    let first: Value = site.put("a", short()).await.json();
    let rev = site.view("a").await.tally.rev;
    assert_eq!(first["tally"]["rev"], rev);
    site.put("a", short()).await;
    assert_eq!(site.view("a").await.tally.rev, rev);
    site.put("a", json!({ "title": "Judul baru", "markdown": "*Isi*" }))
        .await;
    let view = site.view("a").await;
    assert!(view.tally.rev > rev);
    let article = view.article.unwrap();
    assert_eq!(
        (article.title.as_str(), article.html.as_str()),
        ("Judul baru", "<p><em>Isi</em></p>")
    );
}

#[tokio::test]
async fn a_put_title_keeps_character_references_and_warns_of_them() {
    let site = newsroom();
    let put: Value = site
        .put(
            "a",
            json!({ "title": "Gin &amp; Juice", "html": "<p>Isi</p>" }),
        )
        .await
        .json();
    assert_eq!(put["article"]["title"], "Gin &amp; Juice");
    let warnings = put["warnings"].as_array().unwrap();
    assert!(
        warnings.len() == 1 && warnings[0].as_str().unwrap().contains("`&amp;`"),
        "{warnings:?}"
    );
    let plain: Value = site
        .put("a", json!({ "title": "Gin & Juice", "html": "<p>Isi</p>" }))
        .await
        .json();
    assert!(plain["warnings"].is_null(), "{plain}");
    assert_eq!(site.view("a").await.article.unwrap().title, "Gin & Juice");
    let document: Value = site.get("/v1/openapi.json").await.json();
    let title = &document["components"]["schemas"]["Put"]["properties"]["title"]["description"];
    assert!(title.as_str().unwrap().contains("plain text"), "{title}");
}

#[tokio::test]
async fn starting_counts_are_set_and_never_added() {
    let site = newsroom();
    site.reader().reads("a").await;
    site.reader().reacts("a", "happy").await;
    let start = json!({ "imported": { "reads": 841, "reactions": { "happy": 5 }, "shares": { "whatsapp": 2 } } });
    for _ in 0..2 {
        assert_eq!(site.put("a", start.clone()).await.status, StatusCode::OK);
        let tally = site.tally("a").await;
        assert_eq!(
            (tally.reads, tally.imported.reads, chose(&tally, "happy")),
            (842, 841, 6)
        );
    }
    site.put("a", short()).await;
    assert_eq!(
        site.tally("a").await.reads,
        842,
        "a put without starting counts leaves them"
    );
    site.put("a", json!({ "imported": { "reads": 10 } })).await;
    let tally = site.tally("a").await;
    assert_eq!(
        (tally.reads, chose(&tally, "happy")),
        (11, 1),
        "counts that are not submitted again are 0"
    );
}

#[tokio::test]
async fn articles_are_listed_and_shown_with_imported_counts_apart() {
    let site = newsroom();
    site.put("b", short()).await;
    site.put("a", json!({ "title": "A", "html": "<p>a</p>", "published": "2015-11-17", "imported": { "reads": 7 } }))
        .await;
    site.reader().reads("a").await;
    let list: Value = site.asks("").await.json();
    let keys: Vec<_> = list["articles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["tally"]["article"])
        .collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!(list["articles"][0]["published"], "2015-11-17");
    let rest: Value = site.asks("?after=a").await.json();
    assert_eq!(rest["articles"].as_array().unwrap().len(), 1);
    let known: Value = site.asks("?article=a").await.json();
    assert_eq!(
        (
            &known["tally"]["reads"],
            &known["tally"]["imported"]["reads"]
        ),
        (&json!(8), &json!(7))
    );
    assert_eq!(known["article"]["html"], "<p>a</p>");
    assert_eq!(site.asks("?article=c").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_article_has_its_counts_of_each_of_the_last_days() {
    let site = newsroom();
    site.put("a", json!({ "imported": { "reads": 841 } })).await;
    let reader = site.reader();
    reader.reads("a").await;
    reader.reacts("a", "happy").await;
    site.reader().reads("a").await;
    site.days_pass(2);
    site.reader().reads("a").await;
    reader.takes_back("a").await;
    site.reader().reads("other").await;

    let reply = site.asks("/days?article=a&days=3").await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store");
    let answer: Value = reply.json();
    assert_eq!(answer["article"], "a");
    let days = answer["days"].as_array().unwrap();
    let counts = |day: &Value| [&day["reads"], &day["reactions"], &day["shares"]].map(Value::clone);
    assert_eq!(
        days.iter().map(counts).collect::<Vec<_>>(),
        [[2, 1, 0], [0, 0, 0], [1, -1, 0]].map(|day| day.map(Value::from)),
        "starting counts are of no day"
    );
    let names: Vec<_> = days
        .iter()
        .map(|day| day["day"].as_str().unwrap())
        .collect();
    assert!(
        names.is_sorted() && names[0].len() == "2015-11-17".len(),
        "{names:?}"
    );

    let month: Value = site.asks("/days?article=a").await.json();
    let month = month["days"].as_array().unwrap();
    assert_eq!((month.len(), &month[27..]), (30, &days[..]));
    let only: Value = site.asks("/days?article=a&days=1").await.json();
    assert_eq!(only["days"].as_array().unwrap()[..], days[2..]);
}

#[tokio::test]
async fn days_are_given_for_a_key_and_a_known_article_only() {
    let site = newsroom();
    site.put("a", short()).await;
    for (query, key, status) in [
        ("/days?article=a", Some(ARTICLES_KEY), StatusCode::OK),
        ("/days?article=a", None, StatusCode::UNAUTHORIZED),
        ("/days?article=a", Some("wrong"), StatusCode::UNAUTHORIZED),
        ("/days?article=b", Some(ARTICLES_KEY), StatusCode::NOT_FOUND),
        ("/days", Some(ARTICLES_KEY), StatusCode::BAD_REQUEST),
        (
            "/days?article=a&days=0",
            Some(ARTICLES_KEY),
            StatusCode::BAD_REQUEST,
        ),
        (
            "/days?article=a&days=367",
            Some(ARTICLES_KEY),
            StatusCode::BAD_REQUEST,
        ),
        (
            "/days?article=a&days=x",
            Some(ARTICLES_KEY),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let reply = site.send(request(Method::GET, query, key, "")).await;
        assert_eq!(reply.status, status, "{query} {key:?}: {reply:?}");
    }
    let document: Value = site.get("/v1/openapi.json").await.json();
    let described = &document["paths"]["/v1/sites/{site}/articles/days"]["get"];
    assert_eq!(described["security"], json!([{ "key": [] }]));
}

#[tokio::test]
async fn a_removed_copy_leaves_the_counts_until_they_are_removed_too() {
    let site = newsroom();
    site.put("a", short()).await;
    site.reader().reads("a").await;
    let before = site.view("a").await.tally.rev;
    assert_eq!(
        site.removes("?article=a").await.status,
        StatusCode::NO_CONTENT
    );
    let view = site.view("a").await;
    assert!(view.article.is_none() && view.tally.rev > before);
    assert_eq!(view.tally.reads, 1);
    assert_eq!(
        site.removes("?article=a").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        site.removes("?article=a&counts=1").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(site.tally("a").await.reads, 0);
    assert_eq!(
        site.removes("?article=a&counts=1").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn writing_articles_needs_the_key() {
    let site = newsroom();
    for key in [
        None,
        Some(""),
        Some("wrong"),
        Some("a-key-that-nobody-guesseS"),
        Some("a-key-that-nobody-guesses2"),
    ] {
        for method in [Method::PUT, Method::GET, Method::DELETE] {
            let reply = site.send(request(method, "?article=a", key, short())).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{key:?}");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
            assert!(
                reply.json::<Value>()["detail"]
                    .as_str()
                    .unwrap()
                    .contains("Bearer KEY")
            );
        }
    }
    assert_eq!(site.tally("a").await.rev, 0);
}

#[tokio::test]
async fn writing_to_a_site_without_a_key_names_the_option() {
    let reply = TestSite::new()
        .send(request(
            Method::PUT,
            "?article=a",
            Some(ARTICLES_KEY),
            short(),
        ))
        .await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let detail = reply.json::<Value>()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("`key`") && detail.contains("[sites.news]"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_cms_writes_where_pages_without_an_origin_may_not() {
    let site = TestSite::with(|site| {
        site.key = Some(Secret::new(ARTICLES_KEY));
        site.opaque_origins = false;
    });
    assert_eq!(site.put("a", short()).await.status, StatusCode::OK);
    assert_eq!(
        site.removes("?article=a").await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn each_wrong_field_is_named_and_nothing_is_stored() {
    let site = newsroom();
    for (body, field) in [
        (json!({ "html": "<p>a</p>" }), "title"),
        (json!({ "title": "a" }), "html"),
        (json!({ "title": "", "html": "<p>a</p>" }), "title"),
        (
            json!({ "title": "a", "html": "<script>x</script>" }),
            "html",
        ),
        (
            json!({ "title": "a", "html": "<p>a", "markdown": "a" }),
            "markdown",
        ),
        (
            json!({ "title": "a", "html": "<p>a", "published": "2015-02-30" }),
            "published",
        ),
        (
            json!({ "title": "a", "html": "<p>a", "url": "javascript:x" }),
            "url",
        ),
        (
            json!({ "title": "a", "html": "<p>a", "imported": { "reactions": { "hapy": 1 } } }),
            "imported",
        ),
        (json!({ "poll": [null, null] }), "body"),
        (json!({ "poll": { "stat": "closed" } }), "body"),
        (
            json!({ "title": "a", "html": "<p>a", "imported": { "reads": -1 } }),
            "body",
        ),
        (json!({ "title": "a", "htm": "<p>a" }), "body"),
        (json!({}), "title"),
    ] {
        let reply = site.put("a", body.clone()).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(reply.json::<Value>()["field"], field, "{body}: {reply:?}");
    }
    let long = site
        .put(
            "a",
            json!({ "title": "a", "html": "x".repeat(1024 * 1024 + 1) }),
        )
        .await;
    assert!(
        long.json::<Value>()["detail"]
            .as_str()
            .unwrap()
            .contains("1048576 are allowed")
    );
    assert_eq!(
        site.put("a", json!("x".repeat(5 * 1024 * 1024)))
            .await
            .status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        site.put("%0a", short()).await.json::<Value>()["field"],
        "article"
    );
    assert_eq!(site.tally("a").await.rev, 0);
}
