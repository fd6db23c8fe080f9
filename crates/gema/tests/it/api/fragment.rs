use std::io::Read;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use store::ArticleUpdate;
use visitor::Day;
use wire::{Article, SiteId, View};

use crate::site::{Reply, TestSite, article};

const FRAGMENT_PATH: &str = "/v1/sites/news/widget.html?article=a";

/// Title and address of the same article, as its page sends them.
const PAGE_PARAMETERS: &str =
    "&title=Banjir%20%26%20kanal&url=https%3A%2F%2Fnews.example%2Fa%3Fb%3D1";

async fn put(site: &TestSite, article_: Article) {
    let publication = ArticleUpdate {
        article: Some(article_),
        imported: None,
        poll: None,
    };
    let id = SiteId::parse("news").unwrap();
    let day = Day::parse("2015-11-17").unwrap();
    site.store
        .put_article(&id, day, &article("a"), publication)
        .await
        .unwrap();
}

async fn publish(site: &TestSite) {
    let article_ = Article {
        title: "Judul".into(),
        byline: Some("Humas".into()),
        published: Some("2015-11-17".into()),
        url: Some("https://news.example/judul".into()),
        html: "<p>Isi</p>".into(),
    };
    put(site, article_).await;
}

fn text(reply: &Reply) -> &str {
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    std::str::from_utf8(&reply.body).unwrap()
}

/// The view in a fragment.
pub(super) fn view(reply: &Reply) -> View {
    let (_, rest) = text(reply)
        .split_once("<script type=\"application/json\">")
        .unwrap();
    serde_json::from_str(rest.split_once("</script></template>").unwrap().0).unwrap()
}

#[tokio::test]
async fn the_fragment_has_the_markup_and_the_view_in_one_answer() {
    let site = TestSite::new();
    site.reader().reacts("a", "sad").await;
    site.reader().reads("a").await;
    let reply = site
        .get(&format!("{FRAGMENT_PATH}&lang=en{PAGE_PARAMETERS}"))
        .await;
    let html = text(&reply);
    assert!(
        html.starts_with("<template shadowrootmode=\"open\">"),
        "{html}"
    );
    for shown in [
        "Read 1 time<",
        "How do you feel about this article?",
        "Sad, 1 response, 100%<",
        "lang=\"en\"",
        "<slot>",
    ] {
        assert!(html.contains(shown), "{shown} in {html}");
    }
    let asked: View = site
        .get("/v1/sites/news/view?article=a&lang=en")
        .await
        .json();
    assert_eq!(view(&reply), asked);
}

#[tokio::test]
async fn the_fragment_is_cached_like_the_view_and_as_fresh() {
    let site = TestSite::new();
    let first = site.get(FRAGMENT_PATH).await;
    assert_eq!(first.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(
        first.header("cache-control"),
        "public, max-age=10, stale-while-revalidate=60"
    );
    let policy = first.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'"),
        "{policy}"
    );
    let again = || {
        Request::get(FRAGMENT_PATH)
            .header("if-none-match", first.header("etag"))
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(site.send(again()).await.status, StatusCode::NOT_MODIFIED);
    assert!(
        site.metrics()
            .await
            .contains("gema_cache_lookups_total{result=\"hit\"} 1")
    );
    site.reader().reads("a").await;
    assert_eq!(view(&site.send(again()).await).tally.reads, 1);
}

#[tokio::test]
async fn a_fragment_has_the_copy_as_content_and_not_in_its_view() {
    let site = TestSite::new();
    publish(&site).await;
    let reply = site.get(&format!("{FRAGMENT_PATH}&body=1")).await;
    let html = text(&reply);
    assert!(html.ends_with("</script></template><p>Isi</p>"), "{html}");
    assert!(
        html.contains("<h1 part=\"title\">Judul</h1>") && html.contains("Selasa, 17 November 2015"),
        "{html}"
    );
    let article = view(&reply).article.unwrap();
    assert_eq!(
        (article.title.as_str(), article.html.as_str()),
        ("Judul", "")
    );
    // Whether or not the copy's body is requested, its headline and address are the ones to share.
    let link = "https://wa.me/?text=Judul%20https%3A%2F%2Fnews.example%2Fjudul";
    let without = site.get(FRAGMENT_PATH).await;
    assert!(
        html.contains(link) && text(&without).contains(link),
        "{without:?}"
    );
    assert!(view(&without).article.is_none() && text(&without).ends_with("</template>"));
    // The page's own title is shared, unless the copy is shown.
    assert!(
        text(&site.get(&format!("{FRAGMENT_PATH}{PAGE_PARAMETERS}")).await)
            .contains("https://wa.me/?text=Banjir%20%26%20kanal")
    );
    assert!(
        text(
            &site
                .get(&format!("{FRAGMENT_PATH}{PAGE_PARAMETERS}&body=1"))
                .await
        )
        .contains(link)
    );
}

#[tokio::test]
async fn there_is_no_share_bar_without_an_address_to_share() {
    let site = TestSite::new();
    for odd in [
        "",
        "&url=javascript:alert(1)",
        "&url=/a",
        "&url=https://a@news.example/",
        &format!("&url=https://n/{}", "a".repeat(2000)),
    ] {
        let reply = site.get(&format!("{FRAGMENT_PATH}&title=x{odd}")).await;
        assert!(!text(&reply).contains("part=\"share\""), "{odd}");
    }
    assert!(
        text(&site.get(&format!("{FRAGMENT_PATH}{PAGE_PARAMETERS}")).await)
            .contains("part=\"share\"")
    );
}

#[tokio::test]
async fn the_attributes_of_the_element_hold_here_too() {
    let site = TestSite::new();
    let html = site
        .get(&format!(
            "{FRAGMENT_PATH}{PAGE_PARAMETERS}&share=off&reads=off&poll=off"
        ))
        .await;
    for part in ["share", "reads", "poll"] {
        assert!(!text(&html).contains(&format!("part=\"{part}\"")), "{part}");
    }
    let closed = site.get(&format!("{FRAGMENT_PATH}&poll=closed")).await;
    assert!(
        !text(&closed).contains("aria-pressed") && text(&closed).contains("ditutup"),
        "{closed:?}"
    );
}

#[tokio::test]
async fn no_parameter_becomes_markup() {
    let site = TestSite::new();
    let odd = "%22%3E%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let names = ["title", "lang", "share", "poll", "theme", "bar", "body"]
        .map(|name| format!("&{name}={odd}"))
        .concat();
    let addresses = format!("&url=https://news.example/{odd}&endpoint=https://gema.example/{odd}/");
    let reply = site
        .get(&format!(
            "/v1/sites/news/widget.html?article={odd}{names}{addresses}"
        ))
        .await;
    let html = text(&reply);
    assert_eq!(
        (
            html.matches("<script").count(),
            html.matches("</script").count()
        ),
        (1, 1),
        "{html}"
    );
    assert!(!html.contains("\">\"") && view(&reply).tally.article.as_str().contains("<script>"));
}

#[tokio::test]
async fn the_fragment_rejects_a_missing_article_or_site_like_the_view() {
    let site = TestSite::new();
    for (path, status, field) in [
        ("/v1/sites/news/widget.html", 400, "article"),
        ("/v1/sites/other/widget.html?article=a", 404, "site"),
    ] {
        let reply = site.get(path).await;
        let problem: serde_json::Value = reply.json();
        assert_eq!(
            (reply.status.as_u16(), problem["field"].as_str()),
            (status, Some(field))
        );
    }
}

async fn asks(site: &TestSite, path: &str, name: &str, value: &str) -> Reply {
    site.send(
        Request::get(path)
            .header(name, value)
            .body(Body::empty())
            .unwrap(),
    )
    .await
}

/// The decompressed body.
fn unpacked(reply: &Reply) -> String {
    let mut text = String::new();
    match reply.header("content-encoding") {
        "br" => brotli::Decompressor::new(&reply.body[..], 4096)
            .read_to_string(&mut text)
            .unwrap(),
        "gzip" => flate2::read::GzDecoder::new(&reply.body[..])
            .read_to_string(&mut text)
            .unwrap(),
        _ => return String::from_utf8(reply.body.to_vec()).unwrap(),
    };
    text
}

#[tokio::test]
async fn a_fragment_is_sent_in_the_smallest_accepted_coding() {
    let site = TestSite::new();
    let plain = site.get(FRAGMENT_PATH).await;
    assert_eq!(
        (plain.header("content-encoding"), plain.body.is_empty()),
        ("", false)
    );
    let mut sizes = Vec::new();
    for (accepted, coding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
    ] {
        // The route answers the first request, the cache the second.
        site.reader().reads("a").await;
        for _ in 0..2 {
            let packed = asks(&site, FRAGMENT_PATH, "accept-encoding", accepted).await;
            assert_eq!(packed.header("content-encoding"), coding, "{accepted}");
            assert!(
                packed
                    .headers
                    .get_all("vary")
                    .iter()
                    .any(|of| of == "accept-encoding"),
                "{:?}",
                packed.headers
            );
            // The paths of faces and marks, which are half of a view, become a third smaller only.
            assert!(
                packed.body.len() * 3 < plain.body.len() * 2,
                "{} of {} bytes",
                packed.body.len(),
                plain.body.len()
            );
            assert!(
                ["", &packed.body.len().to_string()].contains(&packed.header("content-length"))
            );
            let now = site.get(FRAGMENT_PATH).await;
            assert_eq!(unpacked(&packed), text(&now));
            assert!(
                now.headers
                    .get_all("vary")
                    .iter()
                    .any(|of| of == "accept-encoding"),
                "for every request form"
            );
            let known = asks(&site, FRAGMENT_PATH, "if-none-match", packed.header("etag")).await;
            assert_eq!(
                known.status,
                StatusCode::NOT_MODIFIED,
                "under the tag of the packed one"
            );
            sizes.push((coding, packed.body.len()));
        }
    }
    let of = |coding: &str| {
        sizes
            .iter()
            .filter(|(of, _)| *of == coding)
            .map(|(_, bytes)| *bytes)
            .max()
            .unwrap()
    };
    assert!(of("br") * 10 < of("gzip") * 9, "{sizes:?}");
    for accepted in [
        "",
        "br;q=0",
        "br;q=0, gzip;q=0",
        "identity",
        "gzip;q=0, *;q=0",
        "zstd",
    ] {
        assert_eq!(
            asks(&site, FRAGMENT_PATH, "accept-encoding", accepted)
                .await
                .header("content-encoding"),
            "",
            "{accepted}"
        );
    }
}

#[tokio::test]
async fn a_whole_article_a_view_and_tallies_are_compressed_too() {
    let site = TestSite::new();
    let paragraphs: String = (0..4000)
        .map(|number| format!("<p>Alinea {number} tentang banjir kanal.</p>"))
        .collect();
    let article_ = Article {
        title: "J".into(),
        byline: None,
        published: None,
        url: None,
        html: paragraphs,
    };
    put(&site, article_).await;
    let many: String = (0..100)
        .map(|number| format!("&article={number}"))
        .collect();
    for path in [
        format!("{FRAGMENT_PATH}&body=1"),
        "/v1/sites/news/view?article=a&body=1".into(),
        "/v1/sites/news/view?article=a".into(),
        format!("/v1/sites/news/tallies?lang=id{many}"),
    ] {
        let plain = site.get(&path).await;
        for coding in ["br", "gzip"] {
            let packed = asks(&site, &path, "accept-encoding", coding).await;
            assert_eq!(packed.header("content-encoding"), coding, "{path}");
            assert!(
                packed.body.len() * 5 < plain.body.len() * 3,
                "{path}: {} of {}",
                packed.body.len(),
                plain.body.len()
            );
            assert_eq!(unpacked(&packed), text(&plain));
        }
    }
    // This response is not compressed: it fits in one packet anyway.
    let short = asks(
        &site,
        "/v1/sites/news/tallies?article=a",
        "accept-encoding",
        "br",
    )
    .await;
    assert_eq!(
        (
            short.header("content-encoding"),
            short
                .headers
                .get_all("vary")
                .iter()
                .any(|of| of == "accept-encoding")
        ),
        ("", false)
    );
}

/// The bytes of a language's fragment, compressed with brotli, for an article with that headline.
async fn compressed_size(site: &TestSite, lang: &str, title: &str) -> usize {
    let address =
        "https://news.example/2015/11/17/presiden-resmikan-jembatan-baru-penghubung-dua-kabupaten";
    let page: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("lang", lang), ("title", title), ("url", address)])
        .finish();
    let packed = asks(
        site,
        &format!("{FRAGMENT_PATH}&{page}"),
        "accept-encoding",
        "br",
    )
    .await;
    assert_eq!(
        (packed.status, packed.header("content-encoding")),
        (StatusCode::OK, "br"),
        "{lang}"
    );
    packed.body.len()
}

fn with_all_languages() -> TestSite {
    TestSite::with(|site| site.languages = locale::languages().map(str::to_owned).collect())
}

/// Before there is something to see and press, the browser loads only this and `embed.js`: less than 12 KiB together.
const MAX_FRAGMENT_BYTES: usize = 6 * 1024;

#[tokio::test]
async fn in_no_language_is_it_more_than_six_kib() {
    let site = with_all_languages();
    let title = "Presiden Resmikan Jembatan Baru Penghubung Dua Kabupaten di Jawa Tengah";
    let mut spoken = 0;
    for lang in locale::languages() {
        let bytes = compressed_size(&site, lang, title).await;
        assert!(bytes <= MAX_FRAGMENT_BYTES, "{bytes} bytes in {lang}");
        spoken += 1;
    }
    assert!(spoken > 20, "{spoken} languages");
}

/// Seven of the share addresses contain the headline, percent-encoded: nine characters for each letter of these scripts.
#[tokio::test]
async fn with_a_long_headline_it_is_no_more_than_that() {
    let site = with_all_languages();
    for (lang, title) in [
        (
            "ar",
            "الرئيس يفتتح جسراً جديداً يربط بين مقاطعتين في جاوة الوسطى هذا الصباح",
        ),
        (
            "hi",
            "राष्ट्रपति ने मध्य जावा में दो ज़िलों को जोड़ने वाले नए पुल का उद्घाटन किया",
        ),
        (
            "ja",
            "大統領は中部ジャワ州の二つの県を結ぶ新しい橋の開通式に出席し、地元住民や州知事とともに完成を祝い、今後の整備計画についても発表した",
        ),
        (
            "ta",
            "மத்திய ஜாவாவில் இரண்டு மாவட்டங்களை இணைக்கும் புதிய பாலத்தை ஜனாதிபதி திற",
        ),
        (
            "th",
            "ประธานาธิบดีเปิดสะพานใหม่ที่เชื่อมสองอำเภอในชวากลางเช้าวันนี้ต่อหน้าชาวบ้าน",
        ),
    ] {
        let bytes = compressed_size(&site, lang, title).await;
        assert!(bytes <= MAX_FRAGMENT_BYTES, "{bytes} bytes in {lang}");
    }
}

/// The structured data (JSON-LD) in a fragment.
fn statistic(html: &str) -> serde_json::Value {
    let (_, rest) = html
        .split_once("</template><script type=\"application/ld+json\">")
        .unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[tokio::test]
async fn a_fragment_has_json_ld_only_on_request() {
    let site = TestSite::new();
    site.reader().reacts("a", "sad").await;
    site.reader().reads("a").await;
    let asked = format!("{FRAGMENT_PATH}{PAGE_PARAMETERS}");
    let without = site.get(&asked).await;
    assert!(
        !text(&without).contains("ld+json"),
        "the loader asks for none"
    );
    let with = site.get(&format!("{asked}&jsonld=1")).await;
    let counter = |action: &str, count: u32| {
        serde_json::json!({
            "@type": "InteractionCounter",
            "interactionType": format!("https://schema.org/{action}"),
            "userInteractionCount": count,
        })
    };
    assert_eq!(
        statistic(text(&with)),
        serde_json::json!({
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": "Banjir & kanal",
            "url": "https://news.example/a?b=1",
            "interactionStatistic": [counter("ReadAction", 1), counter("ReactAction", 1), counter("ShareAction", 0)],
        })
    );
    // The structured data contains only the counts that are shown, and cannot end the script element.
    let few = site
        .get(&format!(
            "{FRAGMENT_PATH}&title=%3C/script%3E&jsonld=1&poll=off&reads=off&body=1"
        ))
        .await;
    let few = statistic(text(&few));
    assert_eq!(
        (&few["headline"], &few["interactionStatistic"]),
        (&"</script>".into(), &serde_json::json!([]))
    );
}
