use reqwest::StatusCode;

use super::{Filling, between, days_ago, page, text, today};

#[tokio::test]
async fn viewers_of_a_section_see_nothing_of_others() {
    let mut site = Filling::new();
    let (day, hour) = today();
    for (key, title, reads) in [("/sport/a", "Timnas", 5), ("/world/c", "Pemilu", 70)] {
        site.puts(key, title, "Ani", days_ago(1), 0).await;
        site.reads(key, day, hour.get(), reads).await;
        site.reads(key, days_ago(1), 9, reads).await;
    }
    let endpoint = site.serves();
    let mut viewer = endpoint
        .signed_in("ani", "news", "editor", Some("/sport/"))
        .await;
    for path in ["now", "site?days=7", "site?days=365", "articles"] {
        let html = page(&mut viewer, path).await;
        assert!(html.contains("Timnas") || path == "now", "{path}: {html}");
        assert!(
            !html.contains("Pemilu") && !html.contains("/world/"),
            "{path}"
        );
        assert!(!text(&html).contains("75"), "the site's sum: {path}");
    }
    let html = page(&mut viewer, "site?days=7").await;
    let totals = text(between(
        &html,
        "aria-labelledby=\"totals-head\"",
        "</section>",
    ));
    assert!(totals.contains("Reads 10 0"), "{totals}");
    let csv = viewer.get("/redaksi/news/articles.csv").await;
    assert!(csv.text.contains("/sport/a") && !csv.text.contains("/world/c"));
    for path in [
        "/redaksi/news/article?article=/world/c",
        "/redaksi/daily/now",
        "/redaksi/unknown/now",
    ] {
        let refused = viewer.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!refused.text.contains("Pemilu"));
    }
}
