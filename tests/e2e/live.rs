//! Live counts.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, Page, element},
    reader::Reader,
};

/// How long a refused client waits before it tries again.
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// A reaction of a reader without a browser.
pub(crate) fn reacts(reader: u32, reaction: &str) -> Value {
    let event = json!({ "type": "react", "article": ARTICLE, "reaction": reaction, "seq": 1 });
    json!({ "visitor": format!("{reader:022}"), "events": [event] })
}

/// A page with live counts, and its only reader, whose read is counted and shown.
pub(crate) struct Watching {
    pub(crate) newsroom: Newsroom,
    pub(crate) reader: Reader,
    _page: Page,
}

impl Watching {
    /// A new reader opens the page.
    pub(crate) fn begin() -> Self {
        Self::begin_as(Reader::new())
    }

    /// This reader opens the page.
    pub(crate) fn begin_as(reader: Reader) -> Self {
        let newsroom = Newsroom::with("live = true");
        let page = Page::of(&newsroom);
        Self::opened(reader, newsroom, page)
    }

    /// A new reader opens a page that has this script before the tag.
    fn begin_after(script: &str) -> Self {
        let newsroom = Newsroom::with("live = true");
        let head = script.to_owned() + &newsroom.tag("async");
        let page = Draft::default().page("/", &head, &element("")).served();
        Self::opened(Reader::new(), newsroom, page)
    }

    fn opened(reader: Reader, newsroom: Newsroom, page: Page) -> Self {
        reader.loads(&page).says("[part=reads]", "Dibaca 1 kali");
        newsroom.has_reads(ARTICLE, 1);
        newsroom.has_watchers(1);
        Self {
            newsroom,
            reader,
            _page: page,
        }
    }
}

fn reads(many: u32) -> Value {
    let event =
        |number| json!({ "type": "read", "article": ARTICLE, "key": format!("{number:016}") });
    json!({ "events": (0..many).map(event).collect::<Vec<_>>() })
}

#[test]
fn a_reaction_reaches_another_readers_page_within_two_seconds() {
    let newsroom = Newsroom::with("live = true");
    let page = Page::of(&newsroom);
    let (rini, budi) = (Reader::new(), Reader::new());
    for reader in [&rini, &budi] {
        reader.loads(&page);
    }
    newsroom.has_watchers(2);
    // The second read is the later reader's own.
    rini.widget().says("[part=reads]", "Dibaca 2 kali");
    rini.runs("window.here = true", &[]);
    budi.widget().reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    let counted = Instant::now();
    rini.widget().counts(&[("happy", 1)]);
    assert!(
        counted.elapsed() < Duration::from_secs(2),
        "after {:?}",
        counted.elapsed()
    );
    rini.widget()
        .has_chosen(None)
        .reacts("sad")
        .counts(&[("happy", 1), ("sad", 1)]);
    budi.widget()
        .counts(&[("happy", 1), ("sad", 1)])
        .has_chosen(Some("happy"))
        .reacts("happy")
        .counts(&[("sad", 1)]);
    rini.widget().counts(&[("sad", 1)]).has_chosen(Some("sad"));
    assert_eq!(rini.finds("here"), json!(true));
    for reader in [&rini, &budi] {
        reader.console_is_quiet();
    }
}

#[test]
fn a_hidden_tab_closes_its_live_connection_and_catches_up() {
    let Watching {
        newsroom, reader, ..
    } = &Watching::begin();
    let widget = reader.widget();
    reader
        .looks_away()
        .sees("document.visibilityState", "hidden");
    newsroom.has_watchers(0);
    newsroom.takes(&reacts(1, "angry"));
    widget.counts(&[]);
    reader
        .looks_back()
        .sees("document.visibilityState", "visible");
    newsroom.has_watchers(1);
    widget.counts(&[("angry", 1)]);
    // Nor does a page that was left, or a removed element.
    reader.runs("document.querySelector('gema-article').remove()", &[]);
    newsroom.has_watchers(0);
    reader.reloads().widget().is_there();
    newsroom.has_watchers(1);
    reader.goes_to("about:blank");
    newsroom.has_watchers(0);
}

#[test]
fn a_refused_live_connection_waits_ten_minutes() {
    const REFUSED_CONNECTIONS: &str = r#"gema_requests_total{route="live",status="503"}"#;
    let newsroom = Newsroom::with("live = true\n[live]\nmax = 1");
    let page = Page::of(&newsroom);
    let (rini, budi) = (Reader::new(), Reader::new());
    rini.opens(&page).widget().is_there();
    newsroom.has_watchers(1);
    let widget = budi.opens(&page).widget();
    widget.is_there().reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    rini.widget().counts(&[("happy", 1)]);
    crate::patience::until("rejected requests", 1, || {
        newsroom.metric(REFUSED_CONNECTIONS)
    });
    rini.goes_to("about:blank");
    newsroom.has_watchers(0);
    let looks_again = || {
        budi.looks_away().sees("document.visibilityState", "hidden");
        budi.looks_back()
            .sees("document.visibilityState", "visible");
    };
    looks_again();
    widget.reacts("sad").counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    assert_eq!(
        (
            newsroom.metric(REFUSED_CONNECTIONS),
            newsroom.metric("gema_watching")
        ),
        (1, 0)
    );
    budi.console_is_quiet();
    budi.lets_pass(TEN_MINUTES);
    looks_again();
    newsroom.has_watchers(1);
    newsroom.takes(&reacts(1, "sad"));
    widget.counts(&[("sad", 2)]).has_chosen(Some("sad"));
}

#[test]
fn a_site_without_live_counts_loads_and_opens_nothing() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .says("[part=reads]", "Dibaca 1 kali")
        .reacts("happy")
        .counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    assert_eq!(newsroom.assets()["live"], Value::Null);
    assert_eq!(
        reader.finds("performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.live.js')).length"),
        json!(0)
    );
    for status in [200, 404] {
        assert_eq!(
            newsroom.metric(&format!(
                r#"gema_requests_total{{route="live",status="{status}"}}"#
            )),
            0
        );
    }
    reader.console_is_quiet();
}

#[test]
fn many_live_articles_leave_connections_for_the_page() {
    let newsroom = Newsroom::with("live = true");
    let article = |number| {
        format!("<gema-article id=a{number} article=a{number}><p>Berita.</p></gema-article>")
    };
    let page = Page::with(
        &newsroom.tag("async"),
        &(0..8).map(article).collect::<String>(),
    );
    let reader = Reader::with_width(360);
    reader.opens(&page);
    for number in 0..8 {
        let id = format!("#a{number}");
        reader.runs(
            "document.querySelector(arguments[0]).scrollIntoView()",
            &[json!(id)],
        );
        reader
            .widget_at(&id)
            .is_there()
            .reacts("happy")
            .counts(&[("happy", 1)]);
        newsroom.has_reactions(&format!("a{number}"), &[("happy", 1)]);
    }
    newsroom.has_watchers(2);
    reader.runs("document.querySelector('#a7').remove()", &[]);
    newsroom.has_watchers(2);
    reader.runs(
        "document.querySelectorAll('gema-article').forEach((one) => one.remove())",
        &[],
    );
    newsroom.has_watchers(0);
}

/// Records each visible text of the read counter, and each count of an option.
const SEEN_COUNTS_SCRIPT: &str = "window.seen = []; (function look() {
    const root = document.querySelector('gema-article').shadowRoot;
    const now = ['[part=reads]', '[data-part=option-happy] [part=count]']
        .map((part) => Number(root.querySelector(part)?.innerText.replace(/\\D/g, ''))).join();
    if (now !== seen.at(-1)) seen.push(now);
    requestAnimationFrame(look);
})()";

#[test]
fn numbers_come_to_what_they_are_in_steps() {
    let Watching {
        newsroom, reader, ..
    } = &Watching::begin();
    let widget = reader.widget();
    reader.runs(SEEN_COUNTS_SCRIPT, &[]);
    newsroom.takes(&reads(48));
    widget.says("[part=reads]", "Dibaca 49 kali");
    reader.sees("parseInt(seen.at(-1))", 49);
    let seen = reader.finds("seen.map((now) => parseInt(now))");
    let seen: Vec<_> = seen
        .as_array()
        .expect("numbers")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    assert!(
        seen.len() > 3 && seen.is_sorted() && seen.first() == Some(&1),
        "{seen:?}"
    );
    // No intermediate number is stored.
    reader.sees(
        &format!("JSON.parse(localStorage.getItem('gema:1:{SITE}:tally:{ARTICLE}')).tally.reads"),
        49,
    );
}

#[test]
fn reduced_motion_shows_new_numbers_at_once_in_chromium() {
    let reader = Reader::new();
    let reduced = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    reader.devtools("Emulation.setEmulatedMedia", reduced);
    let Watching {
        newsroom, reader, ..
    } = &Watching::begin_as(reader);
    let widget = reader.widget();
    reader.runs(SEEN_COUNTS_SCRIPT, &[]);
    newsroom.takes(&reads(48));
    widget.says("[part=reads]", "Dibaca 49 kali");
    reader.sees("seen", json!(["1,0", "49,0"]));
}

/// Holds back the response to a reaction until `release()`.
const HELD_REACTIONS: &str = "<script>
    const ask = fetch, held = new Promise((done) => (window.release = done));
    window.fetch = async (address, options) => {
        const answer = await ask(address, options);
        if (`${options?.body}`.includes('\"react\"')) await held;
        return answer;
    };
</script>";

/// Loads the WebAssembly only after the loader has sent the read, whose response is held back until `release()`. The
/// widget's own requests have no response.
const HELD_READ: &str = "<script>
    const ask = fetch, held = new Promise((done) => (window.release = done));
    const sent = new Promise((done) => (window.send = done));
    window.posts = 0;
    window.fetch = async (address, options) => {
        const { pathname } = new URL(address);
        if (pathname.endsWith('.wasm')) await sent;
        if (!pathname.endsWith('/events')) return ask(address, options);
        if (posts++) return new Promise(() => {});
        const answer = await ask(address, options);
        send();
        await held;
        return answer;
    };
</script>";

#[test]
fn a_read_sent_by_the_loader_is_not_counted_twice() {
    let Watching {
        newsroom, reader, ..
    } = &Watching::begin_after(HELD_READ);
    let widget = reader.widget();
    // The widget has found the read unsent, and sends it too.
    reader.sees("posts", 2);
    reader.runs(SEEN_COUNTS_SCRIPT, &[]);
    reader.runs("release()", &[]);
    newsroom.takes(&reads(48));
    widget.says("[part=reads]", "Dibaca 49 kali");
    // A count too many would stay the largest.
    reader.sees("Math.max(...seen.map((now) => parseInt(now)))", 49);
    assert_eq!(newsroom.tally(ARTICLE).reads, 49);
}

#[test]
fn an_unacknowledged_choice_is_not_counted_twice() {
    let Watching {
        newsroom, reader, ..
    } = &Watching::begin_after(HELD_REACTIONS);
    let widget = reader.widget();
    reader.runs(SEEN_COUNTS_SCRIPT, &[]);
    widget.reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.takes(&reacts(1, "sad"));
    // Listeners on the page have received both events.
    let query = reqwest::Url::parse_with_params(
        &newsroom.url(&format!("/v1/sites/{SITE}/live")),
        [("article", ARTICLE)],
    );
    let heard = format!(
        "new Promise((done) => {{
            const source = new EventSource('{}');
            source.onmessage = ({{ data }}) => JSON.parse(data).reactions.sad && (source.close(), setTimeout(done, 50));
        }})",
        query.expect("an address")
    );
    reader.awaits(&heard);
    widget.counts(&[("happy", 1)]).has_chosen(Some("happy"));
    reader.runs("release()", &[]);
    widget
        .counts(&[("happy", 1), ("sad", 1)])
        .has_chosen(Some("happy"));
    reader.sees("seen", json!(["1,0", "1,1"]));
}
