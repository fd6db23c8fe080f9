use serde_json::{Value, json};

use super::service::Home;
use crate::site::{event_key, read};

const ORIGINS_CONFIG: &str = "[sites.news]\norigins = [\"https://news.example\"]\n";

#[tokio::test]
async fn the_log_names_a_page_that_is_refused_in_one_line_a_minute() {
    let home = Home::with(ORIGINS_CONFIG);
    let service = home.serve().await;
    let events = json!({ "events": [read("a", &event_key(1))] });
    for number in 0..20 {
        let origin = if number == 0 {
            "https://www.news.example"
        } else {
            "https://evil.example"
        };
        assert_eq!(
            service
                .page_posts("news", origin, &events)
                .send()
                .await
                .unwrap()
                .status(),
            403
        );
    }
    assert_eq!(
        service
            .get("/v1/sites/news/widget.html?article=a&origin=https://evil.example")
            .await,
        200
    );
    let lines: Vec<Value> = home
        .logged()
        .into_iter()
        .filter(|line| line["level"] == "WARN")
        .collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(
        (&lines[0]["site"], &lines[0]["origin"]),
        (&json!("news"), &json!("https://www.news.example"))
    );
    assert!(
        lines[0]["message"]
            .as_str()
            .unwrap()
            .contains("`origins` in gema.toml"),
        "{lines:?}"
    );
    assert!(
        service
            .metrics()
            .await
            .contains("gema_refused_total{reason=\"origin\"} 20")
    );
}
