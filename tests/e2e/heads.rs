//! Unusual heads of pages: left behind by an application, too long, or not text.

use serde_json::json;

use crate::{newsroom::Newsroom, page::Draft, reader::Reader};

const MAIN_WITH_ELEMENT: &str = "<main><gema-article><p>Isi.</p></gema-article></main>";
const SHARED_TITLE: &str =
    "decodeURIComponent(root.querySelector('[data-part=whatsapp]')?.href.split('text=')[1])";

#[test]
fn a_stale_og_title_is_not_shared_with_the_next_article() {
    let newsroom = Newsroom::open();
    let head = format!(
        "<meta property=og:title content='Judul satu'>{}",
        newsroom.tag("async")
    );
    let page = Draft::default()
        .page("/satu", &head, MAIN_WITH_ELEMENT)
        .served();
    let reader = Reader::new();
    let widget = reader.goes_to(&page.url("/satu")).widget();
    widget
        .is_there()
        .sees(SHARED_TITLE, format!("Judul satu {}", page.url("/satu")));
    reader.runs(
        "history.pushState(null, '', '/dua'); document.title = 'Judul dua'",
        &[],
    );
    widget.sees(SHARED_TITLE, format!("Judul dua {}", page.url("/dua")));
    newsroom.has_reads("/dua", 1);
    // A title that changes with the page belongs to the new page.
    let change = "history.pushState(null, '', '/tiga'); document.title = 'Tiga | Warta';
        document.querySelector('meta[property]').content = 'Judul tiga'";
    reader.runs(change, &[]);
    widget.sees(SHARED_TITLE, format!("Judul tiga {}", page.url("/tiga")));
}

#[test]
fn the_first_pages_headline_is_not_shared_later() {
    let newsroom = Newsroom::open();
    let head = format!(
        "<title>Warta</title><meta property=og:title content=Warta>{}",
        newsroom.tag("async")
    );
    let page = Draft::default()
        .page("/", &head, "<main><div id=app></div></main>")
        .served();
    let reader = Reader::new();
    reader.opens(&page);
    let change = "history.pushState(null, '', '/satu'); document.title = 'Judul satu';
        document.querySelector('#app').innerHTML = '<gema-article><p>Isi.</p></gema-article>'";
    reader
        .sees(
            "!!customElements.get('gema-article') && document.readyState",
            "complete",
        )
        .runs(change, &[]);
    reader
        .widget()
        .is_there()
        .sees(SHARED_TITLE, format!("Judul satu {}", page.url("/satu")));
}

#[test]
fn a_canonical_link_with_a_control_character_names_an_article() {
    let newsroom = Newsroom::open();
    for (number, code) in (0..).zip(["%0A", "%00", "%C2%85"]) {
        let link = format!("/berita/{number}{code}");
        let head = format!(
            "<link rel=canonical href='{link}'>{}",
            newsroom.tag("async")
        );
        let page = Draft::default()
            .page("/a", &head, MAIN_WITH_ELEMENT)
            .served();
        let reader = Reader::new();
        reader.goes_to(&page.url("/a")).widget().is_there();
        newsroom.has_reads(&link, 1);
    }
}

#[test]
fn a_too_long_address_is_not_shared_and_the_rest_works() {
    let newsroom = Newsroom::open();
    let link = format!("/berita?{}", "halaman=satu&".repeat(1_600));
    let head = format!(
        "<link rel=canonical href='{link}'>{}",
        newsroom.tag("async")
    );
    let page = Draft::default()
        .page("/a", &head, MAIN_WITH_ELEMENT)
        .served();
    let reader = Reader::new();
    let widget = reader.goes_to(&page.url("/a")).widget();
    widget.is_there().reacts("happy").counts(&[("happy", 1)]);
    assert_eq!(
        widget.finds("root.querySelector('[data-part=whatsapp]')"),
        json!(null)
    );
    reader.console_is_quiet();
}
