//! Article keys of any length, at every route that takes one.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use config::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use text::key::article_key;
use wire::{Answer, Tallies, View};

use super::fragment::view;
use crate::{
    cli_harness::CliHarness,
    site::{PAGE, TestSite, event_key, react, read, token},
};

const NEWSROOM_KEY: &str = "a-key-that-nobody-guesses";

/// The vectors that the loader's tests read too: texts that name an article, and their keys.
fn vectors() -> Vec<(String, String)> {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/keys.json")).unwrap();
    let text = |vector: &Value, name: &str| vector[name].as_str().unwrap().to_owned();
    vectors
        .iter()
        .map(|vector| (text(vector, "input"), text(vector, "key")))
        .collect()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn articles_of_any_key_length_are_shown_counted_and_put() {
    let vectors = vectors();
    assert!(vectors.iter().any(|(input, _)| input.len() > 1000));
    for (input, key) in vectors {
        let site = TestSite::with(|site| site.key = Some(Secret::new(NEWSROOM_KEY)));
        let events = json!({ "visitor": token(1), "events": [read(&input, &event_key(1)), react(&input, Some("happy"), 1)] });
        let answer: Answer = site.post(events).await.json();
        assert_eq!(
            (answer.refused.len(), answer.tallies[0].article.as_str()),
            (0, &*key)
        );

        let other = token(2);
        let form = [
            ("article", &*input),
            ("reaction", "sad"),
            ("visitor", other.as_str()),
            ("seq", "1"),
        ];
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = Request::post("/v1/sites/news/reaction").header("origin", PAGE);
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form));
        assert_eq!(site.send(request.unwrap()).await.status, StatusCode::OK);

        let put = Request::put(format!(
            "/v1/sites/news/articles?article={}",
            encoded(&input)
        ));
        let put = put
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {NEWSROOM_KEY}"));
        let put = put
            .body(Body::from(
                json!({ "title": "Judul", "html": "<p>Isi</p>" }).to_string(),
            ))
            .unwrap();
        assert_eq!(site.send(put).await.status, StatusCode::OK);

        for asked in [&input, &key] {
            let shown: View = site
                .get(&format!(
                    "/v1/sites/news/view?article={}&body=1",
                    encoded(asked)
                ))
                .await
                .json();
            assert_eq!(
                (
                    shown.tally.reads,
                    shown.tally.reactions.total(),
                    &*shown.article.unwrap().title
                ),
                (1, 2, "Judul")
            );
            let drawn = view(
                &site
                    .get(&format!(
                        "/v1/sites/news/widget.html?article={}",
                        encoded(asked)
                    ))
                    .await,
            );
            assert_eq!(drawn.tally, shown.tally);
        }
        let forget = json!({ "visitor": token(1), "articles": [input] }).to_string();
        let forget = Request::delete("/v1/sites/news/visitor")
            .header("content-type", "text/plain")
            .body(Body::from(forget));
        let forgotten: Answer = site.send(forget.unwrap()).await.json();
        assert_eq!(
            (
                forgotten.tallies[0].article.as_str(),
                forgotten.tallies[0].reactions.total()
            ),
            (&*key, 1)
        );
    }
}

#[tokio::test]
async fn tallies_of_long_keys_are_answered_position_by_position() {
    let site = TestSite::new();
    let asked: Vec<_> = vectors()
        .into_iter()
        .filter(|(input, _)| input.len() <= 300)
        .collect();
    for (input, _) in &asked {
        site.post(json!({ "events": [read(input, &event_key(1))] }))
            .await;
    }
    let places = [0, 4, 9, 4, asked.len() - 1];
    let query: String = places
        .iter()
        .map(|place| format!("article={}&", encoded(&asked[*place].0)))
        .collect();
    let answer: Tallies = site
        .get(&format!("/v1/sites/news/tallies?{query}lang=id"))
        .await
        .json();
    assert_eq!(answer.texts.unwrap().len(), places.len());
    let answered: Vec<_> = answer
        .tallies
        .iter()
        .map(|tally| (tally.article.as_str(), tally.reads))
        .collect();
    let expected: Vec<_> = places.iter().map(|place| (&*asked[*place].1, 1)).collect();
    assert_eq!(answered, expected);
}

#[test]
fn the_command_line_takes_the_same_keys() {
    let (input, key) = vectors()
        .into_iter()
        .find(|(input, _)| input.len() > 1000)
        .unwrap();
    let cli = CliHarness::new();
    cli.article(&["put", "short.md", "--article", &input, "--title", "Judul"]);
    assert!(cli.article(&["list"]).contains(&key));
    for named in [&*input, &*key, &format!(" {key}\n")] {
        assert!(
            cli.article(&["show", "--article", named]).contains("Judul"),
            "{named:?}"
        );
    }
}

#[tokio::test]
async fn an_invalid_key_is_answered_with_the_field() {
    let site = TestSite::new();
    for text in ["%20%0A", "a%0Ab", "a%00", "%C2%85a"] {
        let reply = site
            .get(&format!("/v1/sites/news/view?article={text}"))
            .await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json::<Value>()["field"]),
            (400, &json!("article")),
            "{text}"
        );
    }
    let long = "a".repeat(8 * 1024 + 1);
    assert!(article_key(&long).is_err());
    let answer: Answer = site
        .post(json!({ "events": [read(&long, &event_key(1))] }))
        .await
        .json();
    assert!(
        answer.refused[0].reason.contains("8192 bytes"),
        "{answer:?}"
    );
}
