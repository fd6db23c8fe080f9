use std::time::Duration;

use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page},
    reader::Reader,
};

/// A saved page of a news site, with everything that such pages contain.
const SAVED: &str = include_str!("../../crates/gema/tests/it/fixtures/saved-news-page.html");

const DETAILS: [&str; 6] = [
    "--title",
    "Banjir mulai surut",
    "--byline",
    "Humas",
    "--published",
    "2015-11-17",
];

fn page(newsroom: &Newsroom) -> Page {
    let element =
        format!("<main><gema-article article='{ARTICLE}'> <!-- nothing --> </gema-article></main>");
    Draft::default()
        .page("/", &newsroom.tag("async"), &element)
        .served()
}

#[test]
fn an_empty_element_shows_it_with_headline_byline_and_day() {
    let newsroom = Newsroom::open();
    newsroom.puts(
        ARTICLE,
        "<p id=awal>Air mulai surut.<script>alert(1)</script></p><h2>Besok</h2>",
        &DETAILS,
    );
    let page = page(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .says("h1", "Banjir mulai surut")
        .says("[part=byline]", "Humas")
        .says("time", "Selasa, 17 November 2015");
    // The copy is in the light DOM, sanitised, with the page's typography and anchors.
    reader.sees(
        "document.querySelector('gema-article > p').innerText",
        "Air mulai surut.",
    );
    reader.sees(
        "document.querySelector('gema-article > #gema-awal').checkVisibility()",
        true,
    );
    reader.sees(
        "document.querySelector('gema-article script')",
        serde_json::Value::Null,
    );
    // The counter and the share bar are above the copy, the poll is below.
    let parts = "[...['h1', '[part=reads]', '[part=share]'].map((part) => root.querySelector(part)), host.querySelector('p'), \
                 root.querySelector('[part=poll]')]";
    let order = format!("{parts}.map((part) => part.getBoundingClientRect().top)");
    widget
        .sees(
            &format!("{order}.every((top, at, tops) => !at || top >= tops[at - 1])"),
            true,
        )
        .reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn an_open_page_shows_a_newly_put_copy() {
    let newsroom = Newsroom::open();
    newsroom.puts(ARTICLE, "<p>Air mulai surut.</p>", &DETAILS);
    let page = page(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).reacts("happy").counts(&[("happy", 1)]);
    let details = [
        "--title",
        "Belajar dari Korea",
        "--published",
        "2015-11-18",
        "--url",
        "https://www.warta.example/8841",
    ];
    newsroom.puts(ARTICLE, SAVED, &details);

    // The reader looks at another tab for more than a minute.
    reader.looks_away().forgets_what_is_cached();
    reader.lets_pass(Duration::from_secs(90)).looks_back();
    reader
        .widget()
        .says("h1", "Belajar dari Korea")
        .says("time", "Rabu, 18 November 2015")
        .has_chosen(Some("happy"));
    let article = "document.querySelector('gema-article')";
    reader.sees(
        &format!("{article}.querySelector('p strong').innerText"),
        "JAKARTA, WARTA",
    );
    assert_eq!(
        reader.finds(&format!("{article}.innerText.includes('Air mulai surut')")),
        json!(false)
    );
    // The elements of an article are displayed correctly, and nothing active is left.
    let parts = "['h2', 'h3', 'ol > li', 'blockquote', 'table td', 'figure img'].filter((part) => !article.querySelector(part)?.checkVisibility())";
    assert_eq!(reader.finds(&parts.replace("article", article)), json!([]));
    let harm = "script, iframe, form, input, style, svg, math, object, video, [style], [onclick], [onerror], [onload], [href^=java], [href^=data]";
    assert_eq!(
        reader.finds(&format!(
            "[...{article}.querySelectorAll('{harm}')].map((part) => part.outerHTML)"
        )),
        json!([])
    );
    assert_eq!(reader.finds("window.dataLayer"), json!(null));
    // Links of its table of contents still work.
    reader.runs(&format!("{article}.querySelector('ol a').click()"), &[]);
    reader.sees(
        &format!("{article}.querySelector(':target')?.innerText"),
        "Kepastian hukum",
    );
    reader.console_is_quiet();
}
