use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use std::net::SocketAddr;

use crate::site::{FIREFOX, PAGE, Reply, TestSite, chose};

const FRAME_PATH: &str =
    "/v1/sites/news/widget.html?article=a&frame=1&url=https%3A%2F%2Fnews.example%2Fa";

/// The origin of the frame's page: the endpoint itself.
const ENDPOINT_ORIGIN: &str = "https://gema.example";

/// A reader whose browser runs no script.
struct FrameReader<'s> {
    site: &'s TestSite,
    address: [u8; 4],
    agent: &'static str,
}

impl FrameReader<'_> {
    fn rini(site: &TestSite) -> FrameReader<'_> {
        FrameReader {
            site,
            address: [192, 0, 2, 1],
            agent: FIREFOX,
        }
    }

    async fn sends(&self, request: axum::http::request::Builder, body: &str) -> Reply {
        let mut request = request
            .header("user-agent", self.agent)
            .header("host", "gema.example");
        if request
            .headers_ref()
            .and_then(|headers| headers.get("origin"))
            .is_some_and(|origin| origin == ENDPOINT_ORIGIN)
        {
            request = request.header("sec-fetch-site", "same-origin");
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((self.address, 50_000))));
        self.site.send(request).await
    }

    /// Loads the frame; returns its HTML.
    async fn looks(&self) -> String {
        let reply = self.sends(Request::get(FRAME_PATH), "").await;
        assert_eq!(
            (reply.status, reply.header("cache-control")),
            (StatusCode::OK, "no-store"),
            "{reply:?}"
        );
        String::from_utf8(reply.body.to_vec()).unwrap()
    }

    /// Presses a button, which sends its value.
    async fn presses(&self, value: &str) -> Reply {
        self.sends(
            Request::post(FRAME_PATH).header("origin", ENDPOINT_ORIGIN),
            &format!("reaction={value}"),
        )
        .await
    }

    async fn chooses(&self, option: &str) {
        let reply = self.presses(option).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
        // The form's action is the frame's own address.
        assert_eq!(
            format!("/v1/sites/news/{}", reply.header("location")),
            FRAME_PATH
        );
    }
}

/// The key of the pressed option.
fn pressed(html: &str) -> Option<&str> {
    let button = html
        .split("<button")
        .find(|button| button.contains("aria-pressed=\"true\""))?;
    assert!(
        button.contains(" value=\"\""),
        "another press takes it back: {button}"
    );
    Some(
        button
            .split_once("data-part=\"option-")?
            .1
            .split_once('"')?
            .0,
    )
}

#[tokio::test]
async fn a_frame_vote_is_counted_changed_and_withdrawn() {
    let site = TestSite::new();
    let rini = FrameReader::rini(&site);
    assert_eq!(pressed(&rini.looks().await), None);
    for option in ["happy", "sad"] {
        rini.chooses(option).await;
        assert_eq!(pressed(&rini.looks().await), Some(option));
        site.hours_pass(1);
    }
    let tally = site.tally("a").await;
    assert_eq!((chose(&tally, "happy"), chose(&tally, "sad")), (0, 1));
    rini.chooses("").await;
    assert_eq!(pressed(&rini.looks().await), None);
    assert_eq!(site.tally("a").await.reactions.total(), 0);
}

#[tokio::test]
async fn fingerprints_differ_by_address_browser_and_day() {
    let site = TestSite::new();
    let rini = FrameReader::rini(&site);
    rini.chooses("happy").await;
    for other in [
        FrameReader {
            address: [192, 0, 2, 2],
            ..FrameReader::rini(&site)
        },
        FrameReader {
            agent: "Dillo/3.1",
            ..FrameReader::rini(&site)
        },
    ] {
        assert_eq!(pressed(&other.looks().await), None);
        other.chooses("happy").await;
    }
    assert_eq!(chose(&site.tally("a").await, "happy"), 3);
    site.days_pass(1);
    assert_eq!(pressed(&rini.looks().await), None);
    rini.chooses("happy").await;
    assert_eq!(chose(&site.tally("a").await, "happy"), 4);
}

#[tokio::test]
async fn the_page_has_only_what_works_without_javascript() {
    let site = TestSite::new();
    let html = FrameReader::rini(&site).looks().await;
    assert!(
        html.starts_with("<!doctype html><html lang=\"id\" dir=\"ltr\" data-theme=\"auto\">"),
        "{html}"
    );
    assert!(!html.contains("<script") && !html.contains("<template"));
    for there in [
        "href=\"https://wa.me/",
        "href=\"../../../v1/sites/news/qr.svg?article=a",
        "data-part=\"option-happy\"",
    ] {
        assert!(html.contains(there), "{there} in {html}");
    }
    for part in ["copy", "native", "mastodon"] {
        assert!(!html.contains(&format!("data-part=\"{part}\"")), "{part}");
    }
    let reply = site.get(FRAME_PATH).await;
    assert!(
        reply
            .header("content-security-policy")
            .contains("form-action 'self'")
    );
    assert_eq!(reply.header("etag"), "");
}

#[tokio::test]
async fn a_site_may_have_none_of_it_and_then_the_result_is_shown() {
    let site = TestSite::with(|site| site.noscript_votes = false);
    site.reader().reacts("a", "happy").await;
    let rini = FrameReader::rini(&site);
    let html = rini.looks().await;
    assert!(
        !html.contains("<button part=\"option\"")
            && html.contains("100%")
            && !html.contains("ditutup"),
        "{html}"
    );
    let reply = rini.presses("sad").await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(site.tally("a").await.reactions.total(), 1);
}

#[tokio::test]
async fn a_refused_frame_vote_gets_the_page_with_a_notice() {
    let site = TestSite::new();
    let rini = FrameReader::rini(&site);
    for (value, status) in [
        ("bored", StatusCode::FORBIDDEN),
        ("%20", StatusCode::BAD_REQUEST),
    ] {
        let reply = rini.presses(value).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (status, "text/html; charset=utf-8")
        );
        assert!(
            String::from_utf8_lossy(&reply.body).contains("tidak dapat diterima"),
            "{reply:?}"
        );
    }
    assert_eq!(site.tally("a").await.rev, 0);
}

/// The sentence at the beginning of the page, and the option that it is beside.
fn sentence(html: &str) -> Option<(&str, &str)> {
    let (before, after) = html.split_once(
        "<p id=\"pressed\" part=\"notice\" role=\"alert\" tabindex=\"-1\" autofocus>",
    )?;
    let option = before
        .rsplit_once("data-part=\"option-")?
        .1
        .split_once('"')?
        .0;
    Some((option, after.split_once('<')?.0))
}

#[tokio::test]
async fn a_frame_focuses_a_sentence_beside_the_pressed_option() {
    let site = TestSite::new();
    let rini = FrameReader::rini(&site);
    let before = rini.looks().await;
    assert_eq!(sentence(&before), None);
    for option in ["happy", "sad"] {
        // The button carries the values; the form's other fields are the same for everybody.
        let button = before
            .split("<button")
            .find(|button| button.contains(&format!("data-part=\"option-{option}\"")))
            .unwrap();
        let address = button
            .split_once("formaction=\"")
            .unwrap()
            .1
            .split_once('"')
            .unwrap()
            .0
            .replace("&amp;", "&");
        assert!(
            address.ends_with(&format!("&pressed={option}#pressed")),
            "{address}"
        );
    }
    let page = format!("{FRAME_PATH}&pressed=happy");
    for (value, says) in [
        ("happy", "Anda memilih Senang."),
        ("", "Pilihan Anda dibatalkan."),
    ] {
        let request = Request::post(&page).header("origin", ENDPOINT_ORIGIN);
        let reply = rini.sends(request, &format!("reaction={value}")).await;
        // The browser adds the fragment of the form's address (after `#`).
        assert_eq!(format!("/v1/sites/news/{}", reply.header("location")), page);
        let reply = rini.sends(Request::get(&page), "").await;
        assert_eq!(
            sentence(&String::from_utf8_lossy(&reply.body)),
            Some(("happy", says))
        );
        site.hours_pass(1);
    }
    let reply = rini
        .sends(
            Request::post(&page).header("origin", ENDPOINT_ORIGIN),
            "reaction=%20",
        )
        .await;
    let refused = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(
        sentence(&refused),
        Some(("happy", "Maaf, pilihan Anda tidak dapat diterima."))
    );
    assert_eq!(
        refused.matches("tidak dapat diterima").count(),
        1,
        "{refused}"
    );
    // An unknown option has no sentence.
    let reply = rini
        .sends(Request::get(format!("{FRAME_PATH}&pressed=bored")), "")
        .await;
    assert_eq!(sentence(&String::from_utf8_lossy(&reply.body)), None);
}

#[tokio::test]
async fn pages_of_others_cannot_send_its_form() {
    let site = TestSite::new();
    let rini = FrameReader::rini(&site);
    let send = |origin: &'static str, fetched: &'static str| {
        let request = Request::post(FRAME_PATH)
            .header("origin", origin)
            .header("sec-fetch-site", fetched);
        rini.sends(request, "reaction=happy")
    };
    assert_eq!(
        send("https://evil.example", "cross-site").await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        send(PAGE, "cross-site").await.status,
        StatusCode::SEE_OTHER,
        "a page that has included it"
    );
    assert_eq!(
        send("null", "same-origin").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn noscript_choices_count_with_others_and_as_a_metric() {
    let site = TestSite::new();
    site.reader().reacts("a", "happy").await;
    let rini = FrameReader::rini(&site);
    rini.chooses("happy").await;
    site.hours_pass(1);
    rini.chooses("sad").await;
    let id = wire::SiteId::parse("news").unwrap();
    let key = [crate::site::article("a")];
    let counted = site.store.tallies(&id, &key).await.unwrap().remove(0);
    assert_eq!((counted.tally.reactions.total(), counted.noscript), (2, 1));
    let metrics = site.metrics().await;
    assert!(
        metrics.contains("gema_events_total{kind=\"noscript\",result=\"counted\"} 2"),
        "{metrics}"
    );
    assert!(
        metrics.contains("gema_events_total{kind=\"react\",result=\"counted\"} 1"),
        "{metrics}"
    );
    let check = site.store.check().await.unwrap();
    assert!(check.findings.is_empty(), "{check:?}");
    // The choices survive a restart.
    let site = site.restarted();
    assert_eq!(
        site.store
            .tallies(&id, &key)
            .await
            .unwrap()
            .remove(0)
            .noscript,
        1
    );
}
