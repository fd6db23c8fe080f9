use serde_json::{Value, json};

use super::{counted, editor, page, signs_in};
use crate::{
    newsroom::{Newsroom, SITE},
    page::{Draft, Page},
    reader::Reader,
    strict::{documented, pinned_tag},
};

const ESCAPE: char = '\u{e00c}';

const MARKS: &str = "[...document.querySelectorAll('gema-mark')].map((one) => [one.previousSibling.innerText, \
    one.shadowRoot.querySelector('.mark').innerText.split(' ')[0]])";

const PANEL: &str =
    "document.querySelector('gema-newsroom')?.shadowRoot.querySelector('p').innerText";

/// Whether the panel leads to the newsroom's pages.
const LEADS: &str = "!!document.querySelector('gema-newsroom')?.shadowRoot.querySelector('a')";

/// The number of panels.
const PANELS: &str = "document.querySelectorAll('gema-newsroom').length";

/// How often the overlay's script was loaded.
const LOADED: &str = "performance.getEntriesByType('resource').filter((one) => new URL(one.name).pathname === '/overlay.js').length";

/// Whether the page's count is shown, which the widget's tag loads.
const COUNTED: &str = "!!document.querySelector('gema-count')?.shadowRoot?.textContent";

/// The marks of the front page.
fn marks() -> Value {
    json!([
        ["Banjir surut di Kampung Melayu", "12"],
        ["Musim kering lebih panjang", "12"]
    ])
}

/// The paper's front page with the script's own line.
fn front_page(newsroom: &Newsroom) -> Page {
    front_page_with(newsroom, &script(newsroom, "/overlay.js"))
}

/// A line that loads a script of the endpoint.
fn script(newsroom: &Newsroom, path: &str) -> String {
    let address = newsroom.url(path);
    format!("<script async src=\"{address}\" data-site={SITE}></script>")
}

/// The paper's front page with these lines in its head, with the strictest policy that the widget documents.
fn front_page_with(newsroom: &Newsroom, tag: &str) -> Page {
    let policy =
        documented(newsroom) + " data:; require-trusted-types-for 'script'; trusted-types gema";
    Draft::default()
        .page(
            "/",
            tag,
            "<main><h1>Warta</h1><gema-count article=\"/banjir\"></gema-count>
             <p><a href=\"/banjir\"><img alt=\"Foto\" src=\"data:,\"></a> <a href=\"/banjir\">Banjir surut di Kampung Melayu</a></p>
             <p><a href=\"/kering\">Musim kering lebih panjang</a></p>
             <p><a href=\"/lama\">Berita dari tahun lalu</a></p>
             <p><a href=\"https://lain.example/banjir\">Situs lain, judul yang sama</a></p></main>",
        )
        .policy(&policy)
        .served()
}

/// The paper's front page with the widget's tag alone.
fn tagged_page(newsroom: &Newsroom) -> Page {
    front_page_with(newsroom, &script(newsroom, "/embed.js"))
}

/// A browser that has opened the front page with a token, and shows the numbers.
fn with_numbers(address: &str) -> Reader {
    let reader = Reader::new();
    reader.goes_to(address);
    reader.sees(MARKS, marks());
    reader
}

/// Who asks for the numbers without a token is told where to get one.
fn is_led_to_the_newsroom(reader: &Reader, paper: &Page) {
    reader.goes_to(&paper.url("/?gema=newsroom"));
    reader.sees(LEADS, true);
    assert_eq!(reader.finds(MARKS), json!([]));
    reader.presses(ESCAPE).sees(PANEL, json!(null));
    reader.console_is_quiet();
}

/// The address of the front page with a token, from the newsroom's pages.
fn opened(newsroom: &mut Newsroom, paper: &Page) -> String {
    newsroom.also_takes(paper.url("").trim_end_matches('/'));
    let editor = editor(newsroom, "reader");
    editor.goes_to(&page(newsroom, "overlay"));
    editor.clicks("main form button");
    editor.sees("document.querySelectorAll('.note a').length", 1);
    let address = editor.finds("document.querySelector('.note a').href");
    assert_eq!(editor.faults(), [""; 0]);
    address.as_str().unwrap().to_owned()
}

#[test]
fn an_editor_sees_numbers_beside_the_papers_headlines() {
    let mut newsroom = counted();
    let paper = front_page(&newsroom);
    let address = opened(&mut newsroom, &paper);
    let reader = with_numbers(&address);
    // The token is neither in the address nor sent to anybody else.
    assert_eq!(reader.finds("location.hash"), json!(""));
    assert_eq!(reader.faults(), [""; 0]);
    // It lasts in this tab.
    reader.goes_to(&paper.url("/")).sees(MARKS, marks());
    reader.presses(ESCAPE).sees(MARKS, json!([]));
    assert_eq!(reader.finds(PANEL), json!(null));
    assert_eq!(reader.finds("sessionStorage.length"), json!(0));
    reader.console_is_quiet();
}

#[test]
fn readers_see_nothing_of_the_newsrooms_numbers() {
    let newsroom = counted();
    let paper = front_page(&newsroom);
    let reader = Reader::new();
    reader.goes_to(&paper.url("/"));
    reader.sees("document.readyState", "complete");
    assert_eq!(reader.finds(MARKS), json!([]));
    assert_eq!(reader.finds(PANEL), json!(null));
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/')).length";
    assert_eq!(reader.finds(asked), json!(0));
    is_led_to_the_newsroom(&reader, &paper);
}

#[test]
fn the_widgets_tag_shows_numbers_where_the_address_asks() {
    let mut newsroom = counted();
    let paper = tagged_page(&newsroom);
    let address = opened(&mut newsroom, &paper);
    let reader = with_numbers(&address);
    assert_eq!(reader.finds("location.hash"), json!(""));
    assert_eq!(reader.faults(), [""; 0]);
    // Without the parameter nothing is loaded, whatever the tab keeps.
    reader.goes_to(&paper.url("/"));
    reader.sees(COUNTED, true);
    assert_eq!(reader.finds(LOADED), json!(0));
    assert_eq!(reader.finds(MARKS), json!([]));
    reader.goes_to(&paper.url("/?x=1&gema=newsroom"));
    reader.sees(MARKS, marks());
    assert_eq!(reader.finds(LOADED), json!(1));
    reader.presses(ESCAPE).sees(MARKS, json!([]));
    reader.console_is_quiet();
}

#[test]
fn the_widgets_tag_leads_to_the_newsroom_without_token() {
    let newsroom = counted();
    let paper = tagged_page(&newsroom);
    let reader = Reader::new();
    for other in ["/?gema=newsrooms", "/?ogema=newsroom", "/#?gema=newsroom"] {
        reader.goes_to(&paper.url(other));
        reader.sees(COUNTED, true);
        assert_eq!(reader.finds(LOADED), json!(0), "{other}");
    }
    is_led_to_the_newsroom(&reader, &paper);
}

#[test]
fn a_pinned_tag_loads_no_script_because_of_an_address() {
    let newsroom = counted();
    let paper = front_page_with(&newsroom, &pinned_tag(&newsroom));
    let reader = Reader::new();
    reader.goes_to(&paper.url("/?gema=newsroom"));
    reader.sees(COUNTED, true);
    assert_eq!(reader.finds(LOADED), json!(0));
    reader.console_is_quiet();
}

#[test]
fn overlay_and_tag_on_one_page_show_one_panel() {
    let mut newsroom = counted();
    let both = script(&newsroom, "/embed.js") + &script(&newsroom, "/overlay.js");
    let paper = front_page_with(&newsroom, &both);
    let address = opened(&mut newsroom, &paper);
    let reader = with_numbers(&address);
    reader.sees(LOADED, 2);
    assert_eq!(reader.finds(PANELS), json!(1));
    reader.console_is_quiet();
}

#[test]
fn the_bookmark_shows_numbers_on_a_page_without_tag() {
    let mut newsroom = counted();
    let paper = Draft::default()
        .page(
            "/",
            "",
            "<main><a href=\"/banjir\">Banjir surut di Kampung Melayu</a></main>",
        )
        .served();
    let address = opened(&mut newsroom, &paper);
    let editor = Reader::new();
    signs_in(&editor, &newsroom, "ani", "reader");
    editor.goes_to(&page(&newsroom, "overlay"));
    let bookmark = editor.finds("document.querySelector('.bookmark').getAttribute('href')");
    let bookmark = bookmark
        .as_str()
        .unwrap()
        .strip_prefix("javascript:")
        .unwrap();
    let reader = Reader::new();
    reader.goes_to(&address);
    assert_eq!(reader.finds(MARKS), json!([]));
    reader.finds(bookmark);
    let mark = json!([["Banjir surut di Kampung Melayu", "12"]]);
    reader.sees(MARKS, mark.clone());
    // Pressed again, nothing is shown twice; and it works after the numbers were closed.
    reader.finds(bookmark);
    reader.awaits("new Promise((done) => setTimeout(done, 500))");
    assert_eq!(
        (reader.finds(MARKS), reader.finds(PANELS)),
        (mark, json!(1))
    );
    reader.presses(ESCAPE).sees(PANEL, json!(null));
    reader.finds(bookmark);
    reader.sees(LEADS, true);
    reader.console_is_quiet();
}

#[test]
fn an_endpoint_that_is_down_leaves_the_front_page_alone() {
    let mut newsroom = counted();
    let paper = tagged_page(&newsroom);
    let address = opened(&mut newsroom, &paper);
    let early = with_numbers(&address);
    newsroom.is_killed();
    // With the script in the browser's cache or without it.
    early.goes_to(&paper.url("/?gema=newsroom"));
    let links = "document.querySelectorAll('main a').length";
    early.sees(links, 5);
    let late = Reader::new();
    late.goes_to(&paper.url("/?gema=newsroom"));
    late.sees(links, 5);
    assert_eq!(late.finds(PANEL), json!(null));
}

#[test]
fn an_overlay_that_has_ended_says_so() {
    let mut newsroom = counted();
    let paper = front_page(&newsroom);
    let address = opened(&mut newsroom, &paper);
    newsroom.removes("budi");
    let reader = Reader::new();
    reader.goes_to(&address);
    reader.sees(LEADS, true);
    assert_eq!(reader.finds(MARKS), json!([]));
    assert_eq!(reader.finds("sessionStorage.length"), json!(0));
}
