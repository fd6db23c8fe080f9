use super::{Filling, between, days_ago, page, text};

async fn filled() -> Filling {
    let mut site = Filling::new();
    for (key, title, byline, ago, reads) in [
        ("/sport/a", "Timnas menang", "Ani", 3, 5),
        ("/sport/b", "=HYPERLINK(\"x\")", "Budi", 1, 9),
        ("/world/c", "Pemilu", "Ani", 2, 7),
    ] {
        site.puts(key, title, byline, days_ago(ago), 0).await;
        site.reads(key, days_ago(ago), 9, reads).await;
    }
    site.reacts("/world/c", days_ago(1), "happy", 2).await;
    site
}

/// Keys of the list, in order.
fn keys(html: &str) -> Vec<&str> {
    let links = html.split("href=\"article?article=").skip(1);
    links.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn articles_are_searched_filtered_and_sorted() {
    let endpoint = filled().await.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    for (query, found) in [
        ("", &["/sport/b", "/world/c", "/sport/a"][..]),
        ("?sort=reads", &["/sport/b", "/world/c", "/sport/a"]),
        ("?sort=least", &["/sport/a", "/world/c", "/sport/b"]),
        ("?sort=reactions", &["/world/c", "/sport/a", "/sport/b"]),
        ("?q=TIMNAS", &["/sport/a"]),
        ("?section=/sport/", &["/sport/b", "/sport/a"]),
        ("?byline=ani&sort=old", &["/sport/a", "/world/c"]),
        ("?q=nothing", &[]),
        ("?skip=2", &["/sport/a"]),
    ] {
        let html = page(&mut editor, &format!("articles{query}")).await;
        assert_eq!(keys(&html), found, "{query}");
    }
    let html = page(&mut editor, "articles?q=pemilu").await;
    let row = text(between(&html, "<tbody>", "</tbody>"));
    assert!(
        row.starts_with("Pemilu Ani ·") && row.ends_with("7 2 0"),
        "{row}"
    );
}

#[tokio::test]
async fn csv_has_what_is_seen_and_no_formula() {
    let endpoint = filled().await.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    let csv = editor
        .get("/redaksi/news/articles.csv?section=/sport/&sort=old&lang=en")
        .await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        csv.headers["content-disposition"],
        "attachment; filename=\"news.csv\""
    );
    let lines: Vec<_> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    let days = [3, 1].map(|ago| days_ago(ago).to_string());
    assert_eq!(lines.len(), 3, "{}", csv.text);
    assert!(lines[0].starts_with("Key,Headline,Byline,Published,Reads,"));
    assert!(lines[1].starts_with(&format!("/sport/a,Timnas menang,Ani,{},5,", days[0])));
    let formula = format!("/sport/b,\"'=HYPERLINK(\"\"x\"\")\",Budi,{},9,", days[1]);
    assert!(lines[2].starts_with(&formula), "{}", lines[2]);
}
