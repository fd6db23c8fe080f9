//! Articles that arrive late, are rendered again, or are removed.

use serde_json::json;

use super::{CANONICAL, MAIN, application};
use crate::{newsroom::Newsroom, reader::Reader};

#[test]
fn a_late_script_and_a_new_body_are_the_same_page() {
    let newsroom = Newsroom::open();
    let drawn_anew = "<script>window.draw = (name) => (document.querySelector('main').innerHTML = '<p id=text>Isi ' + name + '</p>')</script>";
    let late = format!(
        "<script>addEventListener('load', () => setTimeout(() => document.body.append(
            document.createRange().createContextualFragment(`{}`).firstChild), 300))</script>",
        newsroom.tag("async").replace("</script>", "<\\/script>")
    );
    // The element is at the end of the body, after the tag.
    let reader = Reader::new();
    let page = application(&format!("{CANONICAL}{drawn_anew}{late}"), MAIN);
    reader
        .goes_to(&page.url("/t/satu"))
        .widget()
        .is_there()
        .reacts("happy");
    newsroom.has_reactions("/t/satu", &[("happy", 1)]);
    reader.runs("window.go('dua')", &[]);
    reader.widget().is_there().has_chosen(None).reacts("sad");
    newsroom.has_reactions("/t/dua", &[("sad", 1)]);
    newsroom.has_reactions("/t/satu", &[("happy", 1)]);
}

#[test]
fn a_bare_tags_element_survives_a_hydration() {
    let newsroom = Newsroom::open();
    let hydration = "<script>addEventListener('load', () => setTimeout(() => {
        document.querySelector('main').innerHTML = '<h1>Berita</h1><p id=text>Isi satu</p>'; window.hydrated = true }, 200))</script>";
    let page = application(&(hydration.to_owned() + &newsroom.tag("async")), MAIN);
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/t/satu"))
        .sees("window.hydrated", true);
    reader
        .widget()
        .is_there()
        .reacts("happy")
        .counts(&[("happy", 1)]);
    newsroom.has_reads("/t/satu", 1);
    assert_eq!(
        reader.finds("document.querySelectorAll('gema-article').length"),
        json!(1)
    );
}

#[test]
fn an_article_rendered_again_before_its_read_is_read_when_seen() {
    let newsroom = Newsroom::open();
    let anew = "<script>window.anew = () => {
        const old = document.querySelector('article'), next = document.createElement('article');
        next.innerHTML = '<p>Isi satu</p>';
        old.replaceWith(next); }</script>";
    let far = "<div style='height: 3000px'></div>";
    let body = &format!("<main>{far}<article><p>Isi satu</p></article>{far}</main>");
    let page = application(&(anew.to_owned() + &newsroom.tag("async")), body);
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu")).widget().is_shown();
    reader.runs("anew()", &[]);
    reader.sees(
        "document.querySelector('article > gema-article') !== null",
        true,
    );
    assert_eq!(newsroom.tally("/t/satu").reads, 0);
    reader.runs("document.querySelector('article').scrollIntoView()", &[]);
    newsroom.has_reads("/t/satu", 1);
}

#[test]
fn a_repeatedly_removed_element_stays_away_and_is_reported() {
    let newsroom = Newsroom::open();
    let removing =
        "<script>new MutationObserver(() => document.querySelector('main gema-article')?.remove())
        .observe(document, { childList: true, subtree: true })</script>";
    let page = application(&(removing.to_owned() + &newsroom.tag("async")), MAIN);
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/t/satu"))
        .says_in_console(&["this page removes the widget"]);
    assert_eq!(
        reader.finds("document.querySelector('gema-article')"),
        json!(null)
    );
}

#[test]
fn an_article_that_is_drawn_after_the_tag_gets_its_widget() {
    let newsroom = Newsroom::open();
    let drawing = "<script>setTimeout(() => (document.querySelector('#app').innerHTML = '<main><p>Isi satu</p></main>'), 700)</script>";
    let page = application(
        &(drawing.to_owned() + &newsroom.tag("async")),
        "<div id=app></div>",
    );
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu")).widget().is_there();
    reader.sees(
        "document.querySelector('gema-article').parentNode.localName",
        "main",
    );
    newsroom.has_reads("/t/satu", 1);
}
