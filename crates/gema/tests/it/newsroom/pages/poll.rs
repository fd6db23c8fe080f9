use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Filling, between, days_ago, page, text, today};
use crate::newsroom::{Browser, Endpoint};

const POLL_PATH: &str = "/redaksi/news/poll?article=/a";

const DEFAULT_OPTIONS: [&str; 5] = ["happy", "inspired", "surprised", "sad", "angry"];

/// The fields of the form, with these options on.
fn form<'a>(state: &'a str, question: &'a str, on: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let fields = [("state", state), ("question", question)].into_iter();
    fields.chain(on.iter().map(|on| ("on", *on))).collect()
}

/// What a reader's page gets.
async fn view(endpoint: &Endpoint) -> Value {
    let url = format!(
        "{}/v1/sites/news/view?article=/a&lang=id&body=1",
        endpoint.browser().url
    );
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Sends a reader's choice. Returns the response.
async fn reacts(endpoint: &Endpoint, reader: u64, option: &str) -> Value {
    let event = json!({ "type": "react", "article": "/a", "reaction": option, "seq": 1 });
    sends(endpoint, reader, event).await
}

/// Sends an event. Returns the response.
async fn sends(endpoint: &Endpoint, reader: u64, event: Value) -> Value {
    let url = format!("{}/v1/sites/news/events", endpoint.browser().url);
    let batch = json!({ "visitor": format!("{reader:022}"), "events": [event] });
    let request = reqwest::Client::new()
        .post(url)
        .header("origin", "https://news.example")
        .header("user-agent", crate::site::FIREFOX)
        .header("content-type", "application/json")
        .body(batch.to_string());
    let text = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn editors_close_a_poll_and_reopen_it() {
    let mut site = Filling::new();
    site.puts("/a", "Banjir", "Ani", days_ago(3), 0).await;
    site.reacts("/a", days_ago(1), "angry", 3).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let closed = editor
        .submits(POLL_PATH, &form("closed", "", &DEFAULT_OPTIONS))
        .await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
    assert_eq!(closed.location(), "article?article=/a&saved=poll#poll");
    let html = page(&mut editor, "article?article=/a&saved=poll").await;
    let about = text(between(&html, "<dl class=\"about\">", "</dl>"));
    assert!(
        about.contains("Poll Closed (set for this article)"),
        "{about}"
    );
    assert!(between(&html, "id=\"poll\"", "<form").contains("Saved."));
    assert_eq!(view(&endpoint).await["poll"], "closed");
    let refused = reacts(&endpoint, 1, "happy").await;
    assert!(
        refused["refused"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("closed"),
        "{refused}"
    );
    editor
        .submits(POLL_PATH, &form("open", "", &DEFAULT_OPTIONS))
        .await;
    assert_eq!(view(&endpoint).await["poll"], "open");
    assert_eq!(reacts(&endpoint, 1, "happy").await["refused"], json!([]));
    let mut operator = endpoint.signed_in("ani", "news", "operator", None).await;
    let log = text(operator.get("/redaksi/log?lang=en").await.main());
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    assert!(
        log.contains("/a (closed)") && log.contains("/a (open)"),
        "{log}"
    );
    assert!(log.contains("budi") && log.contains(&day), "{log}");
}

#[tokio::test]
async fn of_two_editors_the_later_sees_what_the_other_set() {
    let site = Filling::new();
    site.puts("/a", "Banjir", "Ani", days_ago(3), 0).await;
    let endpoint = site.serves();
    let mut budi = endpoint.signed_in("budi", "news", "editor", None).await;
    let mut ani = endpoint.signed_in("ani", "news", "editor", None).await;
    let html = page(&mut ani, "article?article=/a").await;
    let marks = |html: &str| -> Vec<String> {
        let ends = html.match_indices("\" type=\"hidden\" name=\"mark\"");
        ends.map(|(end, _)| html[end - 16..end].to_owned())
            .collect()
    };
    let shown = marks(&html);
    let [poll, copy] = &shown[..] else {
        panic!("{html}")
    };
    let set = form("closed", "Setuju?", &DEFAULT_OPTIONS);
    assert_eq!(
        budi.submits(POLL_PATH, &set).await.status,
        StatusCode::SEE_OTHER
    );
    // A double press says the same again: that is no conflict.
    let twice = [&set[..], &[("mark", &**poll)]].concat();
    assert_eq!(
        budi.submits(POLL_PATH, &twice).await.status,
        StatusCode::SEE_OTHER
    );
    let mine = [
        &form("open", "", &["happy", "sad"])[..],
        &[("mark", &**poll)],
    ]
    .concat();
    let stale = ani.submits(POLL_PATH, &mine).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        stale.text.contains("Somebody else has changed this"),
        "{}",
        stale.text
    );
    assert_eq!(view(&endpoint).await["poll"], "closed");
    // What was sent is in the form, with the mark of what is stored now.
    let new = marks(&stale.text)[0].clone();
    assert_ne!(new, *poll);
    let again = [&mine[..mine.len() - 1], &[("mark", &*new)]].concat();
    assert_eq!(
        ani.submits(POLL_PATH, &again).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(view(&endpoint).await["poll"], "open");
    let bad = ani
        .submits(POLL_PATH, &form("ope", "", &DEFAULT_OPTIONS))
        .await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST, "{}", bad.text);
    // The same holds for the form of the copy.
    let path = "/redaksi/news/article?article=/a";
    let text = |title| [("title", title), ("html", "<p>Baru</p>"), ("mark", &**copy)];
    let saved = budi.submits(path, &text("Baru")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(
        budi.submits(path, &text("Baru")).await.status,
        StatusCode::SEE_OTHER
    );
    let stale = ani.submits(path, &text("Lain")).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text.contains("value=\"Lain\""), "{}", stale.text);
    assert_eq!(view(&endpoint).await["article"]["title"], "Baru");
}

#[tokio::test]
async fn an_article_asks_its_own_question_with_fewer_options() {
    let mut site = Filling::new();
    site.puts("/a", "Banjir", "Ani", days_ago(3), 0).await;
    site.reacts("/a", today().0, "angry", 3).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let set = form("site", "Setuju tanggul dibangun?", &["happy", "sad"]);
    assert_eq!(
        editor.submits(POLL_PATH, &set).await.status,
        StatusCode::SEE_OTHER
    );
    let shown = view(&endpoint).await;
    assert_eq!(shown["labels"]["question"], "Setuju tanggul dibangun?");
    let keys = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|option| option["key"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(keys(&shown["reactions"]), ["happy", "sad"]);
    assert_eq!(shown["tally"]["reactions"], json!({ "happy": 0, "sad": 0 }));
    let url = format!(
        "{}/v1/sites/news/widget.html?article=/a",
        endpoint.browser().url
    );
    let fragment = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert!(fragment.contains("Setuju tanggul dibangun?") && !fragment.contains("option-angry"));
    let url = format!(
        "{}/v1/sites/news/tallies?article=/a",
        endpoint.browser().url
    );
    let tallies = reqwest::get(url).await.unwrap().text().await.unwrap();
    let tallies: Value = serde_json::from_str(&tallies).unwrap();
    assert_eq!(tallies["tallies"][0]["reactions"]["angry"], Value::Null);
    let refused = reacts(&endpoint, 9, "angry").await;
    assert_eq!(refused["refused"][0]["field"], "reaction", "{refused}");
    let counted = reacts(&endpoint, 9, "sad").await;
    assert_eq!(
        counted["tallies"][0]["reactions"],
        json!({ "happy": 0, "sad": 1 })
    );
    let read = json!({ "type": "read", "article": "/a", "key": format!("{:016}", 9) });
    let counted = sends(&endpoint, 9, read).await;
    assert_eq!(
        counted["tallies"][0]["reactions"],
        json!({ "happy": 0, "sad": 1 })
    );
    // The votes of the option that is off are kept, and shown as such.
    let html = page(&mut editor, "article?article=/a").await;
    let poll = between(&html, "id=\"poll\"", "</section>");
    assert!(text(poll).contains("Angry: 3"), "{poll}");
    let angry = between(poll, "value=\"angry\"", ">");
    assert!(!angry.contains("checked"), "{angry}");
    let mut reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let html = page(&mut reader, "article?article=/a").await;
    let poll = text(between(&html, "id=\"poll\"", "</section>"));
    assert!(
        poll.contains("Angry: 3 off") && poll.contains("Setuju tanggul"),
        "{poll}"
    );
    assert!(!html.contains("Save the poll"), "a reader may not");
}

#[tokio::test]
async fn only_editors_of_the_section_change_a_poll() {
    let site = Filling::new();
    site.puts("/a", "Banjir", "Ani", days_ago(3), 0).await;
    let endpoint = site.serves();
    let closed = form("closed", "", &DEFAULT_OPTIONS);
    let mut reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let mut sport = endpoint
        .signed_in("dewi", "news", "editor", Some("/sport/"))
        .await;
    let mut other = endpoint.signed_in("eko", "daily", "operator", None).await;
    for viewer in [&mut reader, &mut sport, &mut other] {
        let refused = viewer.submits(POLL_PATH, &closed).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let foreign = [("sec-fetch-site", "cross-site")];
    let method = reqwest::Method::POST;
    let refused = editor.sends(method, POLL_PATH, &foreign, &closed).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(view(&endpoint).await["poll"], "open");
    // One option is no poll; what was written stays.
    let refused = editor
        .submits(POLL_PATH, &form("closed", "Setuju?", &["sad"]))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.main().contains("Setuju?") && refused.main().contains("role=\"alert\""));
    assert_eq!(view(&endpoint).await["poll"], "open");
}

#[tokio::test]
async fn refused_events_are_told_by_cause_on_the_articles_page() {
    let site = Filling::new();
    site.puts("/a", "Banjir", "Ani", days_ago(3), 0).await;
    site.puts("/b", "Kering", "Ani", days_ago(3), 0).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    editor
        .submits(POLL_PATH, &form("closed", "", &DEFAULT_OPTIONS))
        .await;
    for reader in 1..=3 {
        reacts(&endpoint, reader, "happy").await;
    }
    // A restart writes the numbers, which are otherwise written every minute.
    let endpoint = endpoint.restarted();
    let mut editor = Browser {
        url: endpoint.browser().url,
        ..editor
    };
    let html = page(&mut editor, "article?article=/a").await;
    let refused = text(between(&html, "id=\"refused\"", "</section>"));
    assert!(
        refused.contains("Refused events of this article in the last 31 days: 3."),
        "{refused}"
    );
    assert!(refused.contains("The poll was closed 3"), "{refused}");
    let html = page(&mut editor, "article?article=/b").await;
    let refused = text(between(&html, "id=\"refused\"", "</section>"));
    assert!(
        refused.contains("No event of this article was refused"),
        "{refused}"
    );
}
