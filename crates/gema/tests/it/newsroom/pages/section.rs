use reqwest::StatusCode;

use super::{
    super::links::{listed, makes_link},
    Filling, between, days_ago, page, text, today,
};

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

#[tokio::test]
async fn no_parameter_widens_a_section() {
    let mut site = Filling::new();
    let (day, hour) = today();
    for (key, title, reads) in [
        ("/sport/a", "Timnas", 5),
        ("/Sport/b", "Pemilu satu", 70),
        ("/sports/c", "Pemilu dua", 70),
        ("/world/sport/d", "Pemilu tiga", 70),
    ] {
        site.puts(key, title, "Ani", days_ago(5), 0).await;
        site.reads(key, day, hour.get(), reads).await;
        site.reads(key, days_ago(5), 9, reads).await;
    }
    // A key of another section counts in an article of the own one, and the other way round.
    for (old, own) in [("/world/old", "/sport/a"), ("/sport/old", "/world/sport/d")] {
        let [old, own] = [old, own].map(crate::site::article);
        site.store
            .alias(&Filling::site(), day, &old, &own, false)
            .await
            .unwrap()
            .unwrap();
    }
    let endpoint = site.serves();
    let mut reader = endpoint
        .signed_in("ani", "news", "reader", Some("/sport/"))
        .await;
    for path in [
        "articles?q=pemilu",
        "articles?q=%25",
        "articles?section=/world/",
        "articles?section=",
        "articles?section=/sport/../world/",
        "articles?section=/sport/&section=/world/",
        "articles?byline=ani&sort=reads",
        "articles?sort=least&skip=1",
        "articles?from=1970-01-01&until=9999-12-31",
        "articles?site=daily",
        "articles.csv?section=/world/",
        "articles.csv?site=daily&q=pemilu",
        "site?days=365&section=/world/",
        "site?from=1970-01-01&site=daily",
        "now?section=/world/",
        "now.json?section=/world/",
        "article?article=/sport/a",
        "article?article=/world/old",
        "settings?section=/world/",
    ] {
        let joint = if path.contains('?') { "&" } else { "?" };
        let shown = reader
            .get(&format!("/redaksi/news/{path}{joint}lang=en"))
            .await;
        assert_eq!(shown.status, StatusCode::OK, "{path}");
        let whole = shown.text.as_str();
        let content = whole.split_once("<main").map_or(whole, |(_, main)| main);
        for other in ["Pemilu", "/sports/", "/world/sport/"] {
            assert!(!content.contains(other), "{path}: {content}");
        }
        assert!(!text(content).contains("70"), "{path}: {content}");
    }
    for article in [
        "/world/sport/d",
        "/sport/old",
        "/Sport/b",
        "/sports/c",
        "/sport/../world/sport/d",
        "",
    ] {
        let path = format!("/redaksi/news/article?article={article}");
        let refused = reader.get(&path).await;
        let status = refused.status.as_u16();
        assert!(matches!(status, 400 | 403 | 404), "{path}: {status}");
        // Named twice, one of them counts for both the permission and the page.
        for twice in [
            format!("{path}&article=/sport/a"),
            format!("/redaksi/news/article?article=/sport/a&article={article}"),
        ] {
            let shown = reader.get(&twice).await;
            assert!(!shown.text.contains("Pemilu"), "{twice}");
        }
    }
    // The typical article is one of the section, which has a single one.
    let html = page(&mut reader, "article?article=/sport/a").await;
    let hours = text(between(&html, "id=\"first-hours\"", "</figure>"));
    assert!(hours.contains("typical article had 5 by then"), "{hours}");
}

/// A viewer of the whole site, of each section, and a guest with a link: each page is shown to all of them within the time
/// for which its numbers are cached.
#[tokio::test]
async fn viewers_of_sections_share_no_cached_page() {
    let mut site = Filling::new();
    let (day, hour) = today();
    for (key, title, reads) in [("/sport/a", "Timnas", 11), ("/world/c", "Pemilu", 70)] {
        site.puts(key, title, "Ani", days_ago(1), 0).await;
        site.reads(key, day, hour.get(), reads).await;
        site.reads(key, days_ago(1), 9, reads).await;
    }
    let endpoint = site.serves();
    let mut whole = endpoint.signed_in("ani", "news", "editor", None).await;
    let mut sport = endpoint
        .signed_in("budi", "news", "reader", Some("/sport/"))
        .await;
    let mut world = endpoint.signed_in("citra", "news", "operator", None).await;
    endpoint.cli.says(&[
        "user",
        "add",
        "citra",
        "--site",
        "news",
        "--role",
        "reader",
        "--section",
        "/world/",
    ]);
    let mut guest = endpoint.browser();
    let link = makes_link(&mut whole, "Rapat", "/sport/").await;
    guest.get(&link).await;
    let mut again = whole.clone();
    let paths = [
        "now",
        "now.json",
        "site?days=7",
        "site?days=365",
        "site.csv?days=7",
        "articles",
        "articles.csv",
    ];
    for path in paths {
        for (viewer, sees_sport, sees_world) in [
            (&mut whole, true, true),
            (&mut sport, true, false),
            (&mut world, false, true),
            (&mut guest, true, false),
            (&mut again, true, true),
        ] {
            let shown = viewer.get(&format!("/redaksi/news/{path}")).await;
            assert_eq!(shown.status, StatusCode::OK, "{path}");
            assert_eq!(shown.headers["cache-control"], "no-store", "{path}");
            let sees = (sees_sport, sees_world);
            if path == "now.json" {
                let reads = match sees {
                    (true, true) => "\"81\"",
                    (true, false) => "\"11\"",
                    (false, _) => "\"70\"",
                };
                assert!(shown.text.contains(reads), "{sees:?}: {}", shown.text);
                continue;
            }
            let content = shown.text.split_once("<main").map(|(_, main)| main);
            let content = content.unwrap_or(&shown.text);
            let found = (content.contains("Timnas"), content.contains("Pemilu"));
            assert_eq!(found, sees, "{path}: {content}");
            let has_sum = ["81", "162"].iter().any(|sum| text(content).contains(sum));
            assert!(!has_sum || sees == (true, true), "{path}: {content}");
        }
    }
    // What is cached is of nobody who may not see it any more.
    endpoint.cli.says(&["user", "rm", "budi", "--site", "news"]);
    endpoint.cli.says(&["user", "sign-out", "citra"]);
    let hash = listed(&mut whole).await;
    let fields = [("link", hash.as_str())];
    let revoked = whole.submits("/redaksi/links/revoke", &fields).await;
    assert_eq!(revoked.status, 303);
    for path in paths {
        for viewer in [&mut sport, &mut world, &mut guest] {
            let refused = viewer.get(&format!("/redaksi/news/{path}")).await;
            let status = refused.status.as_u16();
            assert!(matches!(status, 303 | 403), "{path}: {status}");
            assert!(!refused.text.contains("Timnas") && !refused.text.contains("Pemilu"));
        }
    }
}
