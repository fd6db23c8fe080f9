use std::collections::BTreeSet;

use serde_json::json;

use super::service::Home;
use crate::site::{PAGE, TestSite, event_key, react, read, share, token};

const METRICS_CONFIG: &str = "[sites.news]\norigins = [\"https://news.example\"]\n";

/// The value of a series in the metrics; `None`: the series is missing.
fn value(text: &str, series: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(line.parse().unwrap())
}

#[tokio::test]
async fn each_event_increments_one_metric_once() {
    let home = Home::with(METRICS_CONFIG);
    let service = home.serve().await;
    let events = json!({ "visitor": token(1), "events": [
        read("a", &event_key(1)), read("a", &event_key(1)), read("b", &event_key(2)),
        react("a", Some("happy"), 7), react("a", Some("sad"), 6), share("a", "whatsapp", &event_key(3)),
        share("a", "orkut", &event_key(4)), { "type": "like" }, react("a", Some("bored"), 8),
    ]});
    assert_eq!(service.post("news", &events).await.status(), 200);
    let bot = service.page_posts(
        "news",
        PAGE,
        &json!({ "events": [read("a", &event_key(5))] }),
    );
    assert_eq!(
        bot.header("user-agent", "Googlebot/2.1")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let foreign = service
        .page_posts("news", "https://evil.example", &events)
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    for (path, status) in [
        ("/v1/sites/news/view?article=a", 200),
        ("/v1/sites/news/view", 400),
        ("/nothing", 404),
    ] {
        assert_eq!(service.get(path).await, status);
    }
    let text = service.metrics().await;
    for (series, expected) in [
        ("gema_requests_total{route=\"events\",status=\"200\"}", 2.),
        ("gema_requests_total{route=\"events\",status=\"403\"}", 1.),
        ("gema_requests_total{route=\"view\",status=\"200\"}", 1.),
        ("gema_requests_total{route=\"view\",status=\"400\"}", 1.),
        ("gema_requests_total{route=\"page\",status=\"404\"}", 1.),
        ("gema_events_total{kind=\"read\",result=\"counted\"}", 2.),
        ("gema_events_total{kind=\"read\",result=\"repeated\"}", 1.),
        ("gema_events_total{kind=\"read\",result=\"refused\"}", 1.),
        ("gema_events_total{kind=\"react\",result=\"counted\"}", 1.),
        ("gema_events_total{kind=\"react\",result=\"repeated\"}", 1.),
        ("gema_events_total{kind=\"react\",result=\"refused\"}", 1.),
        ("gema_events_total{kind=\"share\",result=\"counted\"}", 1.),
        ("gema_events_total{kind=\"share\",result=\"refused\"}", 1.),
        ("gema_events_total{kind=\"unknown\",result=\"refused\"}", 1.),
        ("gema_refused_total{reason=\"malformed\"}", 1.),
        ("gema_refused_total{reason=\"network\"}", 1.),
        ("gema_refused_total{reason=\"option\"}", 1.),
        ("gema_refused_total{reason=\"bot\"}", 1.),
        ("gema_refused_total{reason=\"origin\"}", 1.),
        ("gema_refused_total{reason=\"closed\"}", 0.),
        ("gema_store_errors_total{cause=\"full\"}", 0.),
        ("gema_queue_depth", 0.),
        ("gema_build_info{version=\"0.1.0\"}", 1.),
    ] {
        assert_eq!(value(&text, series), Some(expected), "{series}\n{text}");
    }
    let commits = value(&text, "gema_commit_seconds_count");
    let batches = value(&text, "gema_batch_size_count");
    assert!(commits >= Some(1.) && commits == batches, "{text}");
    assert!(value(&text, "gema_commit_seconds_sum") > Some(0.));
    assert!(value(&text, "process_start_time_seconds") > Some(1.7e9));
    assert!(text.ends_with("# EOF\n"));
    assert_eq!(
        service.get("/metrics").await,
        404,
        "the public listener does not serve metrics"
    );
    service.stops().await;
}

#[tokio::test]
async fn clients_cannot_add_metric_series() {
    let site = TestSite::new();
    let mut series = Vec::new();
    for round in 0..2 {
        for number in 0..50 {
            for path in [
                format!("/{number}"),
                format!("/v1/{number}/{round}"),
                format!("/v1/sites/s{number}/view"),
            ] {
                site.get(&path).await;
            }
            let events = json!({ "events": [{ "type": format!("kind-{number}-{round}") }, share("a", &format!("n{number}"), &event_key(1))] });
            site.post(events).await;
        }
        series.push(site.metrics().await.lines().count());
    }
    assert_eq!(series[0], series[1]);
}

#[tokio::test]
async fn every_metric_is_explained() {
    let documented = include_str!("../../../../../docs/operating.md");
    let text = TestSite::new().metrics().await;
    let names: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        assert!(
            documented.contains(&format!("`{name}")),
            "docs/operating.md lacks {name}"
        );
    }
}

#[tokio::test]
async fn ready_fails_while_the_store_fails() {
    let site = TestSite::new();
    assert_eq!(site.get("/health/ready").await.status, 200);
    // A directory in the place of the new salts file makes writing it fail.
    let in_the_way = site.dir().join("gema.db.salts.new");
    std::fs::create_dir(&in_the_way).unwrap();
    let events = json!({ "events": [read("a", &event_key(1))] });
    assert_eq!(site.post(&events).await.status, 503);
    for _ in 0..2 {
        let reply = site.get("/health/ready").await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("retry-after")),
            (503, "30")
        );
    }
    assert!(
        value(
            &site.metrics().await,
            "gema_store_errors_total{cause=\"denied\"}"
        ) >= Some(2.)
    );
    assert_eq!(
        site.get("/health/live").await.status,
        200,
        "a restart would not help"
    );
    std::fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(site.get("/health/ready").await.status, 200);
    assert_eq!(site.post(&events).await.status, 200);
}

#[tokio::test]
async fn a_json_log_is_an_object_a_line_and_shutdown_is_prompt() {
    let home = Home::with(METRICS_CONFIG);
    let service = home.serve().await;
    service.get("/v1/sites/news/view?article=a").await;
    // A collector's keep-alive connection does not delay shutdown.
    service.metrics().await;
    service.stops().await;
    let logged = home.logged();
    let says = |text: &str| {
        logged.iter().any(|line| {
            line["message"]
                .as_str()
                .is_some_and(|says| says.contains(text))
        })
    };
    assert!(says("serving") && says("everything is on disk"));
    assert!(
        logged
            .iter()
            .all(|line| line["level"].is_string() && line["timestamp"].is_string())
    );
}
