use serde_json::json;

use super::{counted, editor, page};
use crate::{
    newsroom::{Newsroom, SITE},
    page::{Draft, Page},
    reader::Reader,
    strict::documented,
};

const ESCAPE: char = '\u{e00c}';

const MARKS: &str = "[...document.querySelectorAll('gema-mark')].map((one) => [one.previousSibling.innerText, \
    one.shadowRoot.querySelector('.mark').innerText.split(' ')[0]])";

const PANEL: &str =
    "document.querySelector('gema-newsroom')?.shadowRoot.querySelector('p').innerText";

/// Whether the panel leads to the newsroom's pages.
const LEADS: &str = "!!document.querySelector('gema-newsroom')?.shadowRoot.querySelector('a')";

/// The paper's front page, with the strictest policy that the widget documents.
fn front_page(newsroom: &Newsroom) -> Page {
    let tag = format!(
        "<script async src=\"{}\" data-site={SITE}></script>",
        newsroom.url("/overlay.js")
    );
    let policy =
        documented(newsroom) + " data:; require-trusted-types-for 'script'; trusted-types gema";
    Draft::default()
        .page(
            "/",
            &tag,
            "<main><h1>Warta</h1>
             <p><a href=\"/banjir\"><img alt=\"Foto\" src=\"data:,\"></a> <a href=\"/banjir\">Banjir surut di Kampung Melayu</a></p>
             <p><a href=\"/kering\">Musim kering lebih panjang</a></p>
             <p><a href=\"/lama\">Berita dari tahun lalu</a></p>
             <p><a href=\"https://lain.example/banjir\">Situs lain, judul yang sama</a></p></main>",
        )
        .policy(&policy)
        .served()
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
    let reader = Reader::new();
    reader.goes_to(&address);
    let marks = json!([
        ["Banjir surut di Kampung Melayu", "12"],
        ["Musim kering lebih panjang", "12"]
    ]);
    reader.sees(MARKS, marks.clone());
    // The token is neither in the address nor sent to anybody else.
    assert_eq!(reader.finds("location.hash"), json!(""));
    assert_eq!(reader.faults(), [""; 0]);
    // It lasts in this tab.
    reader.goes_to(&paper.url("/")).sees(MARKS, marks);
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
    // Who asks for it is told where to get it.
    reader.goes_to(&paper.url("/?gema=newsroom"));
    reader.sees(LEADS, true);
    reader.presses(ESCAPE).sees(PANEL, json!(null));
    reader.console_is_quiet();
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
