use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page},
    reader::Reader,
};

#[test]
fn without_storage_it_works_for_as_long_as_the_page_lives() {
    let newsroom = Newsroom::open();
    let denied =
        "<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } });</script>";
    let page = Draft::article(&(denied.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.is_there().says("[part=reads]", "Di baca 1 kali").reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    widget.reacts("sad").counts(&[("sad", 1)]).has_chosen(Some("sad"));
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    reader.console_is_quiet();
}

#[test]
fn a_policy_as_the_documents_give_it_is_enough() {
    let newsroom = Newsroom::open();
    let endpoint = newsroom.url("");
    let policy = format!(
        "default-src 'none'; script-src {endpoint} 'wasm-unsafe-eval'; connect-src {endpoint}; img-src data: {endpoint}"
    );
    let page = Draft::article(&newsroom.tag("async"), "").policy(&policy).served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget
        .is_there()
        .reacts("happy")
        .counts(&[("happy", 1)])
        .shares("qr")
        .sees("root.querySelector('[part=panel] img')?.naturalWidth > 0", true);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    assert_eq!(reader.console(), [""; 0]);
}

/// The page as it was, its read counted, and one line.
fn is_as_it_was(newsroom: &Newsroom, page: &Page, reason: &str) {
    let reader = Reader::new();
    reader.opens(page);
    reader.says_in_console(&[reason]);
    newsroom.has_reads(ARTICLE, 1);
    reader.widget().is_gone();
    reader.sees("document.querySelector('#own').innerText", OWN_TEXT);
    reader.sees("document.querySelector('#own').checkVisibility()", true);
    reader.console_is_quiet();
}

#[test]
fn where_the_page_forbids_webassembly_it_stays_as_it_is_and_the_read_counts() {
    let newsroom = Newsroom::open();
    let policy = format!("script-src {}", newsroom.url(""));
    let page = Draft::article(&newsroom.tag("async"), "").policy(&policy).served();
    is_as_it_was(&newsroom, &page, "no widget here, and the page stays as it is");
}

#[test]
fn where_the_webassembly_is_not_found_it_stays_as_it_is_and_the_read_counts() {
    let newsroom = Newsroom::open();
    let lost = "<script>const ask = fetch; window.fetch = (address, ...more) => ask(`${address}`.replace('.wasm', '.gone'), ...more)</script>";
    let page = Draft::article(&(lost.to_owned() + &newsroom.tag("async")), "").served();
    is_as_it_was(&newsroom, &page, "no widget here, and the page stays as it is");
}
