use serde_json::{Value, json};

use crate::contains::assert_contains;

use super::service::{Home, Service};
use crate::site::{PAGE, event_key, read};

const PROXIES_CONFIG: &str = "trusted_proxies = [\"127.0.0.0/8\"]\n[sites.news]\norigins = [\"https://news.example\"]\n\
                      live = true\nkey = \"kunci-redaksi-8c1f0a7be94d5523\"\n";

fn warnings(home: &Home) -> Vec<Value> {
    let warned = home
        .logged()
        .into_iter()
        .filter(|line| line["level"] == "WARN");
    warned
        .filter(|line| {
            line["message"]
                .as_str()
                .is_some_and(|message| message.contains("proxy"))
        })
        .collect()
}

/// Sends a read that a proxy forwards with these headers.
async fn hands_on(service: &Service<'_>, number: u64, headers: &[(&str, &str)]) {
    let events = json!({ "events": [read("a", &event_key(number))] });
    let request = headers.iter().fold(
        service.page_posts("news", PAGE, &events),
        |request, (name, value)| request.header(*name, *value),
    );
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_trusted_proxy_without_headers_is_logged_once_a_minute() {
    let home = Home::with(PROXIES_CONFIG);
    let service = home.serve().await;
    hands_on(&service, 0, &[("x-forwarded-for", "192.0.2.7")]).await;
    let newsroom = service
        .client
        .get(format!("{}/v1/sites/news/live", service.url))
        .bearer_auth("key");
    assert_eq!(newsroom.send().await.unwrap().status(), 400);
    assert_eq!(
        warnings(&home),
        [] as [Value; 0],
        "a proxy that does, and a newsroom that comes past it"
    );
    for number in 1..20 {
        hands_on(&service, number, &[]).await;
    }
    hands_on(
        &service,
        20,
        &[
            ("x-forwarded-for", "192.0.2.7"),
            ("forwarded", "for=192.0.2.8"),
        ],
    )
    .await;
    let warned = warnings(&home);
    assert_eq!(warned.len(), 1, "{warned:?}");
    let message = warned[0]["message"].as_str().unwrap();
    assert_contains(
        &message,
        &[
            "trusted proxy reports no client address",
            "set X-Forwarded-For",
        ],
    );
}

#[tokio::test]
async fn conflicting_proxy_headers_are_logged_with_the_remedy() {
    let home = Home::with(PROXIES_CONFIG);
    let service = home.serve().await;
    hands_on(
        &service,
        1,
        &[
            ("x-forwarded-for", "192.0.2.7"),
            ("forwarded", "for=192.0.2.8"),
        ],
    )
    .await;
    let warned = warnings(&home);
    assert!(
        warned[0]["message"]
            .as_str()
            .unwrap()
            .contains("remove the other"),
        "{warned:?}"
    );
}
