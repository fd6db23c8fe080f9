use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::Page,
    reader::Reader,
};

/// The newsroom names an origin of its starting counts, and lets the counter link to the page.
const NOTES: &str = "\n[sites.warta.method]\nlink = true\n\
    starting_counts = [{ date = \"2015-11-01\", text = \"Log peladen\" }]\n";

#[test]
fn a_reader_gets_from_the_counter_to_how_it_counts() {
    let newsroom = Newsroom::with(NOTES);
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.stands("wasm");
    widget.sees(
        "root.querySelector('[part=method]')?.ariaLabel",
        "Cara kami menghitung",
    );
    newsroom.has_reads(ARTICLE, 1);
    let address = widget.finds("root.querySelector('[part=method]').href");
    reader.goes_to(address.as_str().unwrap());
    reader.sees(
        "document.querySelector('h1').innerText",
        "Cara warta menghitung",
    );
    reader.sees(
        "document.querySelector('#starting-counts li').innerText",
        "Minggu, 1 November 2015: Log peladen",
    );
    assert_eq!(reader.faults(), [""; 0]);
    reader.console_is_quiet();
}

#[test]
fn the_page_about_counting_fits_a_narrow_phone() {
    let newsroom = Newsroom::with(NOTES);
    let reader = Reader::with_width(320);
    reader.goes_to(&newsroom.url("/v1/sites/warta/method.html?lang=en"));
    reader.sees("document.querySelector('h1').innerText", "How warta counts");
    // Tables scroll by themselves.
    assert_eq!(
        reader.finds("document.documentElement.scrollWidth <= innerWidth"),
        json!(true)
    );
    assert_eq!(reader.faults(), [""; 0]);
}
