use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, OWN_TEXT, Page, element},
    reader::Reader,
};

const QUESTION: &str = "Bagaimana pendapat Anda mengenai artikel ini?";

#[test]
fn a_tag_in_the_head_fills_the_element_and_keeps_the_article() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).says("#question", QUESTION);
    reader.sees(
        "document.querySelector('gema-article > #own').innerText",
        OWN_TEXT,
    );
    reader.sees("document.querySelector('#own').checkVisibility()", true);
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn a_tag_in_the_body_adds_the_element_after_itself() {
    let newsroom = Newsroom::open();
    let body = format!(
        "<main><article><p>Isi.</p>{}<p id=after>Lagi.</p></article></main>",
        newsroom.tag("async")
    );
    let page = Draft::default()
        .page("/berita/caf%C3%A9", "", &body)
        .served();
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/berita/caf%C3%A9"))
        .widget()
        .is_there()
        .says("#question", QUESTION);
    reader.sees(
        "document.querySelector('script[data-site]').nextElementSibling.localName",
        "gema-article",
    );
    newsroom.has_reads("/berita/café", 1);
}

#[test]
fn a_tag_in_the_head_adds_the_element_at_the_articles_end() {
    let newsroom = Newsroom::open();
    let head =
        newsroom.tag("async data-poll=off") + "<link rel=canonical href='/index.php?id=123'>";
    let body = "<article id=teaser></article><main><article id=story><p>Isi.</p></article></main>";
    let page = Page::with(&head, body);
    let reader = Reader::new();
    reader
        .loads(&page)
        .says("[part=reads]", "Dibaca 1 kali")
        .sees("!root.querySelector('[part=poll]')", true);
    reader.sees(
        "document.querySelector('#story').lastElementChild.localName",
        "gema-article",
    );
    newsroom.has_reads("/index.php?id=123", 1);
}

#[test]
fn a_page_without_an_article_gets_no_widget_but_a_console_line() {
    let newsroom = Newsroom::open();
    let nowhere = "<p>Kontak</p>";
    let front = "<main><article>Hari ini</article></main>";
    let tag = newsroom.tag("async");
    let page = Draft::default()
        .page("/kontak", &tag, nowhere)
        .page("/", &tag, front)
        .served();
    let reader = Reader::new();
    for (path, advice) in [("/kontak", "here: place"), ("/", "name the article")] {
        reader
            .goes_to(&page.url(path))
            .sees("!!customElements.get('gema-article')", true);
        reader.says_in_console(&[advice]);
    }
    assert_eq!(newsroom.tally("/").rev, 0);
}

#[test]
fn an_older_loader_uses_the_files_of_the_serving_release() {
    let newsroom = Newsroom::open();
    let loader = newsroom.get("/embed.js");
    let name = loader
        .split_once("assets/widget-")
        .expect("the release's name")
        .1
        .split_once('.')
        .expect("its end")
        .0;
    let older = loader.replace(name, "000000000000");
    let tag = format!(
        "<script src=/old/embed.js async data-site={SITE} data-endpoint={}></script>",
        newsroom.url("")
    );
    let page = Draft::article(&tag, "")
        .file("/old/embed.js", "text/javascript", older)
        .served();
    let reader = Reader::new();
    reader.loads(&page).reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    reader
        .sees("performance.getEntriesByType('resource').filter((one) => one.name.includes('000000000000')).length", 4);
}

#[test]
fn a_second_tag_is_harmless() {
    let newsroom = Newsroom::open();
    let tag = newsroom.tag("async");
    let page = Page::with(&tag, &(element("") + &tag + &newsroom.tag("defer")));
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .sees("root.querySelectorAll('[part=gema]').length", 1)
        .reacts("happy")
        .counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    reader.sees("document.querySelectorAll('gema-article').length", 1);
    assert_eq!(
        reader.finds(
            "performance.getEntriesByType('resource').filter((one) => one.name.includes('/widget.html?')).length"
        ),
        json!(1)
    );
}
