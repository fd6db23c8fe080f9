use axum::http::Method;
use serde_json::{Value, json};

use super::{ClientReader, all_at_once, site};
use crate::site::{TestSite, chose};

/// The major version of Waline's client.
#[derive(Clone, Copy)]
struct Client<'s> {
    reader: ClientReader<'s>,
    path: &'static str,
}

impl<'s> Client<'s> {
    fn three(reader: ClientReader<'s>) -> Self {
        let path = "waline/api/article";
        Self { reader, path }
    }

    fn two(reader: ClientReader<'s>) -> Self {
        let path = "waline/article";
        Self { reader, path }
    }

    async fn gets(self, pages: &str, types: &str) -> Value {
        let path = format!("{}?path={pages}&type={types}&lang=id", self.path);
        let reply = self.reader.gets(&path).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    async fn sends(self, update: Value) -> Value {
        let path = format!("{}?lang=id", self.path);
        let reply = self.reader.posts_json(&path, update).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    async fn views(self, page: &str) -> Value {
        self.sends(json!({ "path": page, "type": "time", "action": "inc" }))
            .await
    }

    /// A click on an option: the old one is taken back first.
    async fn votes(self, old: Option<u8>, new: Option<u8>) {
        if let Some(old) = old {
            let kind = format!("reaction{old}");
            self.sends(json!({ "path": "/a", "type": kind, "action": "desc" }))
                .await;
        }
        if let Some(new) = new {
            self.sends(json!({ "path": "/a", "type": format!("reaction{new}") }))
                .await;
        }
    }
}

async fn reactions(site: &TestSite) -> (u64, u64) {
    let tally = site.tally("/a").await;
    (chose(&tally, "happy"), chose(&tally, "sad"))
}

#[tokio::test]
async fn version_3_gets_objects_in_an_envelope() {
    let site = site();
    let client = Client::three(ClientReader::of(&site));
    let data = |data: Value| json!({ "errno": 0, "errmsg": "", "data": data });
    assert_eq!(client.views("/a").await, data(json!([{ "time": 1 }])));
    client.votes(None, Some(0)).await;
    assert_eq!(
        client.gets("%2Fa%2C%2Fb", "time").await,
        data(json!([{ "time": 1 }, { "time": 0 }]))
    );
    assert_eq!(
        client
            .gets("%2Fa", "reaction0%2Creaction1%2Creaction2")
            .await,
        data(json!([{ "reaction0": 1, "reaction1": 0, "reaction2": 0 }]))
    );
}

#[tokio::test]
async fn version_2_gets_bare_numbers() {
    let site = site();
    let client = Client::two(ClientReader::of(&site));
    assert_eq!(client.views("/a").await, json!(1));
    client.votes(None, Some(2)).await;
    assert_eq!(client.gets("%2Fa", "time").await, json!(1));
    assert_eq!(client.gets("%2Fa%2C%2Fb", "time").await, json!([1, 0]));
    assert_eq!(
        client.gets("%2Fa", "reaction0%2Creaction2").await,
        json!({ "reaction0": 0, "reaction2": 1 })
    );
    assert_eq!(
        client.gets("%2Fa%2C%2Fb", "time%2Creaction2").await,
        json!([{ "time": 1, "reaction2": 1 }, { "time": 0, "reaction2": 0 }])
    );
}

#[tokio::test]
async fn a_view_counts_once_while_its_window_is_known() {
    let site = site();
    let client = Client::three(ClientReader::of(&site));
    for _ in 0..3 {
        client.views("/a").await;
    }
    assert_eq!(site.tally("/a").await.reads, 1);
    site.days_pass(1);
    client.views("/a").await;
    assert_eq!(
        site.tally("/a").await.reads,
        1,
        "the last day's is known still"
    );
    site.days_pass(2);
    client.views("/a").await;
    assert_eq!(site.tally("/a").await.reads, 2);
}

#[tokio::test]
async fn a_choice_is_made_changed_and_taken_back() {
    let site = site();
    for client in [Client::two, Client::three] {
        let client = client(ClientReader::of(&site));
        client.votes(None, Some(0)).await;
        assert_eq!(reactions(&site).await, (1, 0));
        client.votes(None, Some(0)).await;
        assert_eq!(reactions(&site).await, (1, 0), "again");
        client.votes(Some(0), Some(2)).await;
        assert_eq!(reactions(&site).await, (0, 1), "changed");
        client.votes(Some(2), None).await;
        assert_eq!(reactions(&site).await, (0, 0), "taken back");
    }
}

#[tokio::test]
async fn taking_back_what_is_not_ones_choice_changes_nothing() {
    let site = site();
    let client = Client::three(ClientReader::of(&site));
    client.votes(None, Some(2)).await;
    let other = Client::three(client.reader.at(2));
    for _ in 0..5 {
        other.votes(Some(2), None).await;
        client.votes(Some(0), None).await;
    }
    assert_eq!(reactions(&site).await, (0, 1));
}

#[tokio::test]
async fn an_uncounted_reaction_is_an_error_for_the_client() {
    let site = site();
    let reader = ClientReader::of(&site);
    for kind in ["reaction1", "reaction7", "likes"] {
        let vote = json!({ "path": "/a", "type": kind });
        let reply = reader.posts_json("waline/api/article", vote).await;
        let answer: Value = reply.json();
        assert_eq!(
            (reply.status.as_u16(), &answer["errno"]),
            (400, &json!(400)),
            "{kind}"
        );
        assert!(
            answer["errmsg"].as_str().unwrap().contains("gema.toml"),
            "{kind}"
        );
    }
    assert_eq!(site.tally("/a").await.rev, 0);
}

#[tokio::test]
async fn a_refused_reaction_is_an_error_to_the_client() {
    let site = TestSite::with(|site| {
        site.clients = super::all_clients();
        site.poll = config::PollRule::Closed;
    });
    let vote = json!({ "path": "/a", "type": "reaction0" });
    let reply = ClientReader::of(&site)
        .posts_json("waline/api/article", vote)
        .await;
    let answer: Value = reply.json();
    assert_eq!(
        (reply.status.as_u16(), &answer["errno"]),
        (403, &json!(403))
    );
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reactions(&site).await, (0, 0));
}

#[tokio::test]
async fn a_path_is_one_article_with_and_without_escapes() {
    let site = site();
    let client = Client::three(ClientReader::of(&site));
    client.views("/berita/caf%C3%A9").await;
    client
        .sends(json!({ "path": "/berita/caf\u{e9}", "type": "reaction0" }))
        .await;
    let tally = site.tally("/berita/caf%C3%A9").await;
    assert_eq!((tally.reads, chose(&tally, "happy")), (1, 1));
}

#[tokio::test]
async fn the_home_page_is_no_article() {
    let site = site();
    let client = Client::three(ClientReader::of(&site));
    for page in ["/", "/index.html"] {
        assert_eq!(
            client.views(page).await["data"],
            json!([{ "time": 0 }]),
            "{page}"
        );
        assert_eq!(
            client.gets(page, "time").await["data"],
            json!([{ "time": 0 }]),
            "{page}"
        );
        assert_eq!(site.tally(page).await.rev, 0, "{page}");
    }
}

#[tokio::test]
async fn there_are_no_comments() {
    let site = site();
    let reader = ClientReader::of(&site);
    let list = json!({ "page": 1, "pageSize": 10, "totalPages": 0, "count": 0, "data": [] });
    for (path, answer) in [
        ("comment?type=count&url=%2Fa%2C%2Fb&lang=id", json!([0, 0])),
        (
            "comment?path=%2Fa&pageSize=10&page=1&lang=id&sortBy=insertedAt_desc",
            list,
        ),
        ("comment?type=recent&count=5", json!([])),
    ] {
        let two = reader.gets(&format!("waline/{path}")).await;
        assert_eq!(two.json::<Value>(), answer, "{path}");
        let three: Value = reader.gets(&format!("waline/api/{path}")).await.json();
        assert_eq!(
            (&three["errno"], &three["data"]),
            (&json!(0), &answer),
            "{path}"
        );
    }
    let comment = json!({ "comment": "Bagus", "url": "/a" });
    for path in ["waline/comment", "waline/api/comment"] {
        let answer: Value = reader.posts_json(path, comment.clone()).await.json();
        assert_eq!(
            (&answer["errno"], &answer["errmsg"]),
            (&json!(403), &json!("There are no comments here."))
        );
    }
}

#[tokio::test]
async fn a_browser_may_send_json_from_any_page() {
    let site = site();
    let headers = [
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let reader = ClientReader::of(&site);
    let reply = reader
        .sends(Method::OPTIONS, "waline/api/article", &headers, "")
        .await;
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert!(
        reply
            .header("access-control-allow-headers")
            .contains("content-type")
    );
}

#[tokio::test]
async fn sixty_four_at_once_lose_nothing() {
    let site = site();
    all_at_once(&site, |reader| async move {
        let client = Client::three(reader);
        client.views("/a").await;
        client.votes(None, Some(0)).await;
        client.views("/a").await;
        client.votes(Some(0), Some(2)).await;
    })
    .await;
    assert_eq!(site.tally("/a").await.reads, 64);
    assert_eq!(reactions(&site).await, (0, 64));
    all_at_once(&site, |reader| Client::two(reader).votes(Some(2), None)).await;
    assert_eq!(reactions(&site).await, (0, 0));
}
