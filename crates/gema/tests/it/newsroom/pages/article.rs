use reqwest::StatusCode;

use super::{Filling, between, days_ago, page, text, today};

#[tokio::test]
async fn article_shows_days_first_hours_options_and_starting_counts() {
    let mut site = Filling::new();
    site.puts("/a", "Banjir surut", "Ani", days_ago(3), 841)
        .await;
    site.reads("/a", days_ago(3), 9, 5).await;
    site.reads("/a", days_ago(3), 11, 7).await;
    site.reads("/a", days_ago(1), 9, 2).await;
    site.reacts("/a", days_ago(3), "happy", 2).await;
    site.reacts("/a", days_ago(1), "sad", 3).await;
    for (key, reads) in [("/x", 4), ("/y", 6), ("/z", 8)] {
        site.reads(key, days_ago(5), 9, reads).await;
    }
    let old = crate::site::article("/old");
    let own = crate::site::article("/a");
    site.store
        .alias(&Filling::site(), today().0, &old, &own, false)
        .await
        .unwrap()
        .unwrap();
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    // An alias leads to its article.
    let html = page(&mut editor, "article?article=/old").await;
    let about = text(between(&html, "<dl class=\"about\">", "</dl>"));
    assert!(about.starts_with("Key /a Published"), "{about}");
    assert!(
        about.contains("Byline Ani") && about.contains("Poll Open"),
        "{about}"
    );
    assert!(about.ends_with("Also counted as /old"), "{about}");
    let totals = text(between(
        &html,
        "aria-labelledby=\"totals-head\"",
        "</section>",
    ));
    assert!(totals.contains("Reads 855 14 841"), "{totals}");
    assert!(
        totals.contains("Starting counts come from an earlier counter"),
        "{totals}"
    );
    let hours = text(between(&html, "id=\"first-hours\"", "</figure>"));
    assert!(hours.contains("Reads up to hour 48: 12."), "{hours}");
    assert!(hours.contains("typical article had 8 by then"), "{hours}");
    let options = text(between(&html, "id=\"options\"", "<svg"));
    assert!(
        options.contains("Sad leads with 3 of 5 reactions"),
        "{options}"
    );
    assert!(!html.contains("Edit the copy"), "a reader may not");
    let unknown = editor.get("/redaksi/news/article?article=/none").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn editors_change_a_copy_and_the_log_names_them() {
    let site = Filling::new();
    site.puts("/a", "Banjir", "Ani", days_ago(3), 0).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    let html = page(&mut editor, "article?article=/a").await;
    assert!(html.contains("&lt;p&gt;Isi&lt;/p&gt;") && html.contains("Edit the copy"));
    let fields = |title| {
        [
            ("title", title),
            ("byline", "Budi"),
            ("published", "2015-11-17"),
            ("url", "https://news.example/a"),
            ("html", "<p>Baru</p><script>x()</script>"),
        ]
    };
    let path = "/redaksi/news/article?article=/a";
    let saved = editor.submits(path, &fields("Banjir surut")).await;
    assert_eq!(saved.location(), "article?article=/a&saved=1#copy");
    let html = page(&mut editor, "article?article=/a&saved=1").await;
    assert!(html.contains("Saved.") && html.contains("Banjir surut"));
    assert!(html.contains("&lt;p&gt;Baru&lt;/p&gt;") && !html.contains("script&gt;x"));
    let refused = editor.submits(path, &fields("")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.main().contains("Baru"), "what was written stays");
    let mut operator = endpoint.signed_in("ani", "news", "operator", None).await;
    let log = operator.get("/redaksi/log?lang=en").await;
    assert!(text(log.main()).contains("budi"), "{}", log.text);
    assert!(log.main().contains("/a"), "{}", log.text);
    // Without the right, or from another page, nothing changes.
    let mut reader = endpoint.signed_in("citra", "news", "reader", None).await;
    let refused = reader.submits(path, &fields("Lain")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let foreign = [("sec-fetch-site", "cross-site")];
    let refused = editor
        .sends(reqwest::Method::POST, path, &foreign, &fields("Lain"))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        !page(&mut editor, "article?article=/a")
            .await
            .contains("Lain")
    );
}
