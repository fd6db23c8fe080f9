use super::{Filling, between, days_ago, page, text, today};

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

/// Markup, quotes, an address that runs a script, and a formula.
const HOSTILE: &str =
    "</title></textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>;=1+1";

#[tokio::test]
async fn hostile_texts_are_text_on_every_page() {
    let mut site = Filling::new();
    let (day, hour) = today();
    // A key of a made-up article is anybody's text.
    let keys = ["/a", "/<script>alert(1)</script>;=1+1;", "\"><img>&quot;"];
    for key in keys {
        site.reads(key, day, hour.get(), 9).await;
        site.puts(key, HOSTILE, HOSTILE, days_ago(1), 3).await;
    }
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("ani", "news", "operator", None).await;
    let fields = [("label", HOSTILE), ("site", "news"), ("days", "7")];
    let mut pages = vec![editor.submits("/redaksi/links", &fields).await.text];
    let refused = [("title", ""), ("byline", HOSTILE), ("html", HOSTILE)];
    let form = "/redaksi/news/article?article=/a";
    pages.push(editor.submits(form, &refused).await.text);
    for (name, value) in [("name", HOSTILE), ("site", HOSTILE), ("role", HOSTILE)] {
        let mut fields = vec![("name", "siti"), ("site", "news"), ("role", "reader")];
        fields.retain(|(other, _)| *other != name);
        fields.push((name, value));
        pages.push(editor.submits("/redaksi/people", &fields).await.text);
    }
    let query: String = url::form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    for path in [
        "links".to_owned(),
        "log".into(),
        "people".into(),
        format!("sign-in?next={query}"),
        "news/now".into(),
        "news/site?days=7".into(),
        format!("news/articles?q={query}&section={query}&byline={query}&sort={query}"),
        "news/articles".into(),
        "news/article?article=/a".into(),
        "news/article?article=%22%3E%3Cimg%3E%26quot;".into(),
    ] {
        pages.push(editor.get(&format!("/redaksi/{path}")).await.text);
    }
    let selector = |text| scraper::Selector::parse(text).unwrap();
    let foreign = selector("script:not([src='../newsroom.js']), img, iframe, [onerror], [onload]");
    let links = selector("a[href], form[action]");
    for html in &pages {
        let document = scraper::Html::parse_document(html);
        assert_eq!(document.select(&foreign).count(), 0, "{html}");
        for link in document.select(&links) {
            let to = link.attr("href").or(link.attr("action")).unwrap();
            assert!(!to.trim().to_lowercase().starts_with("javascript"), "{to}");
        }
    }
    let shown = pages.iter().filter(|html| html.contains("alert(1)"));
    assert!(shown.count() > 6, "the texts themselves are shown");
    let csv = editor.get("/redaksi/news/articles.csv").await.text;
    assert!(csv.contains(";'=1+1") && !csv.contains(";=1+1"), "{csv}");
    // An address that is none of the web is refused.
    let script = [
        ("title", "Judul"),
        ("html", "<p>Isi</p>"),
        ("url", "javascript:alert(1)"),
    ];
    assert_eq!(editor.submits(form, &script).await.status, 422);
}
