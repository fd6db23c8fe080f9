//! The real clients of other counters, from npm, with the endpoint as their server: a page that has changed one address.
//! The browser's clients and 64 others, which are told apart by their `User-Agent`, count at the same time.

use std::fs;

use reqwest::{Client, Method};
use serde_json::json;

use crate::{
    engine::named,
    newsroom::{Newsroom, SITE},
    page::{Draft, Page},
    patience::{RUNTIME, until, wait},
    reader::Reader,
};

/// Options of the site: Waline's third reaction and Open Heart's second emoji are one option.
const CLIENTS_CONFIG: &str = "
    [sites.warta.clients]
    waline = [\"happy\", \"inspired\", \"sad\"]
    goatcounter = true
    open_heart = { \"\u{2764}\u{fe0f}\" = \"happy\", \"\u{1f622}\" = \"sad\" }
";

/// The page's path, which is the article's key.
const PATH: &str = "/2015/11/fgd.html";

/// Readers beside the browser's.
const CROWD: u64 = 64;

/// A file of a package of npm.
fn module(file: &str) -> String {
    let path = named("GEMA_CLIENTS").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The address that a page gives to a client in place of its own server's.
fn address(newsroom: &Newsroom, client: &str) -> String {
    newsroom.url(&format!("/v1/sites/{SITE}/{client}"))
}

/// A page with one client: its script, under a name, and its markup.
fn page(script: (&str, &str), body: &str) -> Page {
    let (name, file) = script;
    Draft::default()
        .file(name, "text/javascript", module(file))
        .page(PATH, "", body)
        .served()
}

fn opened(page: &Page) -> Reader {
    let reader = Reader::new();
    reader.goes_to(&page.url(PATH));
    reader
}

/// 64 readers send the same requests, one after another each, all readers at once.
fn crowd_sends(requests: &[(Method, String, &'static str, String)]) {
    let client = Client::new();
    let reader = |number: u64| {
        let (client, requests) = (client.clone(), requests.to_vec());
        RUNTIME.spawn(async move {
            for (method, url, media, body) in requests {
                let request = client
                    .request(method, url)
                    .header("origin", "http://localhost")
                    .header("content-type", media)
                    .header("user-agent", format!("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/{number}.0"));
                let answer = request.body(body).send().await.expect("an answer");
                assert_eq!(answer.status(), 200);
            }
        })
    };
    let readers: Vec<_> = (100..100 + CROWD).map(reader).collect();
    for reader in readers {
        wait(reader).expect("a reader");
    }
}

/// A page with Waline, whose two major versions have the same options.
fn waline(newsroom: &Newsroom, file: &str) -> Page {
    let server = address(newsroom, "waline");
    let icon = "data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>";
    let body = format!(
        "<p><span class=waline-pageview-count></span></p><div id=waline></div>
        <script type=module>
            import {{ init }} from '/waline.js';
            init({{
                el: '#waline', serverURL: '{server}', lang: 'en', pageview: true, comment: true, login: 'disable',
                reaction: ['{icon}', '{icon}', '{icon}'], emoji: [], search: false, imageUploader: false,
            }});
        </script>"
    );
    page(("/waline.js", file), &body)
}

/// Waline's options: votes, and which is chosen.
fn waline_shows(reader: &Reader, votes: [u64; 3], chosen: i32) {
    let items = "[...document.querySelectorAll('.wl-reaction-item')]";
    let shown = format!(
        "[{items}.map((one) => Number(one.querySelector('.wl-reaction-votes')?.textContent ?? NaN)), \
         {items}.findIndex((one) => one.classList.contains('active'))]"
    );
    reader.sees(&shown, json!([votes, chosen]));
}

fn clicks(reader: &Reader, option: usize, times: usize) {
    let script = "for (let i = 0; i < arguments[1]; i++) document.querySelectorAll('.wl-reaction-item')[arguments[0]].click()";
    reader.runs(script, &[option.into(), times.into()]);
}

/// The path of the client's requests below its address, and the script in its package.
fn waline_counts(path: &str, file: &str) {
    let newsroom = Newsroom::with(CLIENTS_CONFIG);
    let page = waline(&newsroom, file);
    let reader = opened(&page);
    reader.sees(
        "document.querySelector('.waline-pageview-count').textContent",
        "1",
    );
    newsroom.has_reads(PATH, 1);
    waline_shows(&reader, [0, 0, 0], -1);
    clicks(&reader, 0, 1);
    newsroom.has_reactions(PATH, &[("happy", 1)]);
    waline_shows(&reader, [1, 0, 0], 0);
    clicks(&reader, 2, 2);
    newsroom.has_reactions(PATH, &[("sad", 1)]);
    waline_shows(&reader, [0, 0, 1], 2);
    let update = |body: serde_json::Value| {
        let url = address(&newsroom, path);
        (Method::POST, url, "application/json", body.to_string())
    };
    crowd_sends(&[
        update(json!({ "path": PATH, "type": "time", "action": "inc" })),
        update(json!({ "path": PATH, "type": "reaction0" })),
        update(json!({ "path": PATH, "type": "reaction0", "action": "desc" })),
        update(json!({ "path": PATH, "type": "reaction2" })),
    ]);
    reader.reloads();
    reader.sees(
        "document.querySelector('.waline-pageview-count').textContent",
        "65",
    );
    waline_shows(&reader, [0, 0, CROWD + 1], 2);
    newsroom.has_reads(PATH, CROWD + 1);
    newsroom.has_reactions(PATH, &[("sad", CROWD + 1)]);
    clicks(&reader, 2, 1);
    newsroom.has_reactions(PATH, &[("sad", CROWD)]);
    waline_shows(&reader, [0, 0, CROWD], -1);
    reader.console_is_quiet();
    assert!(
        newsroom
            .shows(PATH)
            .contains("By the client of waline, among these: reads 65, readers who reacted 65"),
        "{}",
        newsroom.shows(PATH)
    );
    assert_eq!(
        newsroom.metric("gema_events_total{kind=\"read\",result=\"counted\"}"),
        0
    );
}

#[test]
fn waline_3_counts_views_and_reactions() {
    waline_counts("waline/api/article", "@waline/client/dist/waline.js");
}

#[test]
fn waline_2_counts_views_and_reactions() {
    waline_counts("waline/article", "waline2/dist/waline.mjs");
}

#[test]
fn open_heart_counts_one_heart_of_each_reader() {
    let newsroom = Newsroom::with(CLIENTS_CONFIG);
    let href = address(&newsroom, &format!("open-heart{PATH}"));
    let body = format!(
        "<script type=module src=/open-heart.js></script>
        <open-heart href='{href}' emoji='\u{2764}\u{fe0f}'>\u{2665}</open-heart>"
    );
    let page = page(
        ("/open-heart.js", "open-heart-element/dist/index.js"),
        &body,
    );
    let reader = opened(&page);
    let element = "document.querySelector('open-heart')";
    reader.sees(&format!("!!{element}.getCount"), true);
    reader.runs(
        &format!("for (let i = 0; i < 2; i++) {element}.click()"),
        &[],
    );
    reader.sees(&format!("{element}.getAttribute('aria-pressed')"), "true");
    newsroom.has_reactions(PATH, &[("happy", 1)]);
    let text = "text/plain;charset=UTF-8";
    crowd_sends(&[
        (Method::POST, href.clone(), text, "\u{1f622}".into()),
        (Method::POST, href.clone(), text, "\u{2764}\u{fe0f}".into()),
    ]);
    reader.reloads();
    reader.sees(&format!("{element}.hasAttribute('disabled')"), true);
    let count = format!("{element}.getCount().then(() => {element}.getAttribute('count'))");
    assert_eq!(reader.awaits(&count), "65");
    newsroom.has_reactions(PATH, &[("happy", CROWD + 1)]);
    reader.console_is_quiet();
    let shown = newsroom.shows(PATH);
    assert!(
        shown.contains("By the client of open-heart, among these: reads 0, readers who reacted 65"),
        "{shown}"
    );
}

#[test]
fn diet_goat_counts_page_views_in_chromium() {
    diet_goat_counts_page_views();
}

#[test]
fn diet_goat_counts_page_views_in_firefox() {
    diet_goat_counts_page_views();
}

/// diet-goat counts nothing on loopback addresses, so the page gets a host name. WebKit cannot resolve that, and is left out.
fn diet_goat_counts_page_views() {
    let mut newsroom = Newsroom::with(CLIENTS_CONFIG);
    let count = address(&newsroom, "goatcounter/count");
    let body = format!(
        "<script type=module>
            import {{ count }} from '/goat.js';
            count('{count}');
        </script>
        <script>
            // As GoatCounter's documents give it.
            window.shown = (path) => fetch(`{count}er/${{encodeURIComponent(path)}}.json`).then((answer) => answer.json());
        </script>"
    );
    let page = page(("/goat.js", "diet-goat/index.js"), &body);
    let named = page.url("").replace("localhost", "berita.example");
    newsroom.also_takes(&named);
    let reader = Reader::new();
    reader.goes_to(&format!("{named}{PATH}"));
    newsroom.has_reads(PATH, 1);
    let beacon = |path: &str| format!("{count}?p={path}&s=1920%2C1080%2C1&rnd=a1b2c");
    crowd_sends(&[
        (
            Method::POST,
            beacon("%2F2015%2F11%2Ffgd.html"),
            "text/plain",
            String::new(),
        ),
        (
            Method::GET,
            beacon("%2F2015%2F11%2Ffgd.html"),
            "text/plain",
            String::new(),
        ),
    ]);
    reader.reloads();
    assert_eq!(
        reader.awaits("shown(location.pathname)"),
        json!({ "count": "65", "count_unique": "65" })
    );
    newsroom.has_reads(PATH, CROWD + 1);
    until("requests of the client", 2 + 2 * CROWD, || {
        newsroom.metric("gema_requests_total{route=\"goatcounter\",status=\"200\"}") - 1
    });
    assert_eq!(
        newsroom.tally(PATH).reads,
        CROWD + 1,
        "a reload counts nothing"
    );
    let shown = newsroom.shows(PATH);
    assert!(
        shown
            .contains("By the client of goatcounter, among these: reads 65, readers who reacted 0"),
        "{shown}"
    );
}

/// The image with which GoatCounter's script counts where a policy forbids beacons, and its visitor counter.
#[test]
fn goatcounters_images_count_and_show() {
    let newsroom = Newsroom::with(CLIENTS_CONFIG);
    let count = address(&newsroom, "goatcounter/count");
    let body =
        format!("<img id=count src='{count}?p=%2F2015%2F11%2Ffgd.html&amp;t=FGD&amp;rnd=a1b2c'>");
    let page = Draft::default().page(PATH, "", &body).served();
    let reader = opened(&page);
    reader.sees("document.querySelector('#count').naturalWidth", 1);
    newsroom.has_reads(PATH, 1);
    let shows = "const image = new Image(200, 80);
        image.src = arguments[0];
        document.body.append(image);
        const frame = document.createElement('iframe');
        frame.src = arguments[1];
        document.body.append(frame);";
    let counter = |ending: &str| {
        json!(format!(
            "{count}er/%2F2015%2F11%2Ffgd.html.{ending}?&no_branding=1"
        ))
    };
    reader.runs(shows, &[counter("svg"), counter("html")]);
    reader.sees(
        "document.images[1].complete && document.images[1].naturalHeight > 0",
        true,
    );
    reader
        .turns_to_frame()
        .has_attribute("svg", "aria-label", Some("Dibaca 1 kali"));
}
