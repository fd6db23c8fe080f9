use reqwest::StatusCode;

use super::{Filling, between, days_ago, page, text};

const CORRECTION_PATH: &str = "/redaksi/news/correct?article=/baru";

#[tokio::test]
async fn operators_join_an_earlier_address_after_a_question() {
    let mut site = Filling::new();
    site.puts("/baru", "Banjir", "Ani", days_ago(2), 0).await;
    site.reads("/baru", days_ago(1), 9, 5).await;
    site.reads("/lama", days_ago(2), 9, 7).await;
    let endpoint = site.serves();
    let mut operator = endpoint.signed_in("ani", "news", "operator", None).await;
    let earlier = "https://news.example/lama";
    let asked = operator
        .submits(CORRECTION_PATH, &[("earlier", earlier)])
        .await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    assert!(
        asked.main().contains("name=\"confirmed\""),
        "{}",
        asked.text
    );
    let html = page(&mut operator, "article?article=/lama").await;
    assert!(html.contains("<code>/lama</code>"), "nothing has changed");
    let fields = [("earlier", "/lama"), ("confirmed", "1")];
    let joined = operator.submits(CORRECTION_PATH, &fields).await;
    assert_eq!(
        joined.location(),
        "article?article=/baru&saved=correct#correct"
    );
    let html = page(&mut operator, "article?article=/lama").await;
    let totals = text(between(
        &html,
        "aria-labelledby=\"totals-head\"",
        "</section>",
    ));
    assert!(totals.contains("Reads 12"), "{totals}");
    let log = text(operator.get("/redaksi/log?lang=en").await.main());
    assert!(log.contains("/lama → /baru"), "{log}");
    for nothing in ["https://news.example/", ""] {
        let refused = operator
            .submits(CORRECTION_PATH, &[("earlier", nothing)])
            .await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn operators_replace_a_starting_count_and_editors_do_not() {
    let mut site = Filling::new();
    site.puts("/baru", "Banjir", "Ani", days_ago(2), 841).await;
    site.reads("/baru", days_ago(1), 9, 5).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let refused = editor.submits(CORRECTION_PATH, &[("starting", "9")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let html = page(&mut editor, "article?article=/baru").await;
    assert!(!html.contains("id=\"correct\""));
    let mut operator = endpoint.signed_in("ani", "news", "operator", None).await;
    let set = operator
        .submits(CORRECTION_PATH, &[("starting", "800")])
        .await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
    let html = page(&mut operator, "article?article=/baru").await;
    let totals = text(between(
        &html,
        "aria-labelledby=\"totals-head\"",
        "</section>",
    ));
    assert!(totals.contains("Reads 805 5 800"), "{totals}");
    let log = text(operator.get("/redaksi/log?lang=en").await.main());
    assert!(log.contains("/baru: 841 → 800"), "{log}");
    let refused = operator
        .submits(CORRECTION_PATH, &[("starting", "-1")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}
