//! A trap leaves the memory of a WebAssembly module in an undefined state. These tests corrupt the memory first: the
//! module's next operation traps, as it would by a defect of ours.

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page},
    reader::Reader,
};

/// Captures the memory of every module that the page loads.
const RUIN: &str = "<script>
    const start = WebAssembly.instantiate;
    WebAssembly.instantiate = async (...all) => {
        const started = await start.apply(WebAssembly, all);
        const memory = Object.values(started.exports).find((one) => one instanceof WebAssembly.Memory);
        window.ruin = () => new Uint8Array(memory.buffer).fill(0xff);
        return started;
    };
    window.reported = [];
    for (const name of ['error', 'unhandledrejection']) addEventListener(name, (event) => reported.push(event));
</script>";

fn page(newsroom: &Newsroom) -> Page {
    Draft::article(&(RUIN.to_owned() + &newsroom.tag("async")), "").served()
}

/// Checks that no code of the module runs any more, whatever happens to the page, and that the endpoint's markup is
/// shown and works.
fn is_over(newsroom: &Newsroom, reader: &Reader) {
    reader.widget().stands("plain");
    let assets = newsroom.assets();
    let release = assets["wasm"]
        .as_str()
        .expect("a name")
        .trim_start_matches("assets/");
    reader.says_in_console(&[release]);
    reader.sees("document.querySelector('#own').innerText", OWN_TEXT);
    reader.sees("document.querySelector('#own').checkVisibility()", true);
    let life = "for (const name of ['online', 'pagehide', 'pageshow', 'focus']) dispatchEvent(new Event(name)); \
                document.dispatchEvent(new Event('visibilitychange')); \
                const element = document.querySelector('gema-article'); \
                document.body.append(element); element.remove(); \
                document.body.append(element); window.later = performance.now();";
    reader.runs(life, &[]);
    reader.sees("performance.now() - later > 300", true);
    reader
        .widget()
        .stands("plain")
        .reacts("angry")
        .counts(&[("angry", 1)])
        .has_chosen(Some("angry"));
    newsroom.has_reactions(ARTICLE, &[("angry", 1)]);
    reader.console_is_quiet();
    // Errors that the page's own reporting would have sent.
    reader.sees(
        "reported.filter((event) => !event.defaultPrevented).length",
        0,
    );
}

#[test]
fn in_a_listener_it_gives_the_page_back() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
    reader.console();
    reader.runs("ruin()", &[]);
    widget.reacts("happy");
    is_over(&newsroom, &reader);
}

#[test]
fn in_a_timer_it_gives_the_page_back() {
    let mut newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.says("[part=reads]", "Dibaca 1 kali");
    let assets = newsroom.assets();
    assert!(assets["wasm"].is_string());
    newsroom.is_killed();
    // The outbox retries in two or three seconds.
    widget.reacts("happy").says(
        "[part=poll] [part=notice]",
        "Pilihan Anda akan terkirim begitu tersambung kembali.",
    );
    newsroom.restart();
    reader.console();
    reader.runs("ruin()", &[]);
    is_over(&newsroom, &reader);
}

#[test]
fn after_a_trap_the_next_article_has_the_endpoints_markup() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).says("[part=reads]", "Dibaca 1 kali");
    reader.runs(
        "ruin(); document.querySelector('gema-article').setAttribute('share', 'off')",
        &[],
    );
    is_over(&newsroom, &reader);
    let another = "document.querySelector('main').innerHTML = '<gema-article id=another article=lain><p>Lain.</p></gema-article>'";
    reader.runs(another, &[]);
    reader
        .widget_at("#another")
        .stands("plain")
        .reacts("sad")
        .counts(&[("sad", 1)]);
    newsroom.has_reactions("lain", &[("sad", 1)]);
    reader.console_is_quiet();
}

#[test]
fn where_the_host_calls_it_gives_the_page_back() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).says("[part=reads]", "Dibaca 1 kali");
    reader.console();
    reader.runs(
        "ruin(); document.querySelector('gema-article').setAttribute('share', 'off')",
        &[],
    );
    is_over(&newsroom, &reader);
}
