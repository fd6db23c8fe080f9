use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, Page},
    reader::Reader,
};

/// Compares the fragment with the browser's rendering, as trees: `true`, or both as text.
const SAME: &str = "(async (address) => {
    const element = document.querySelector('gema-article');
    const outer = document.createElement('template');
    outer.innerHTML = await (await fetch(address)).text();
    const drawn = outer.content.querySelector('template').content.querySelector('[part=gema]');
    const shown = element.shadowRoot.querySelector('[part=gema]').cloneNode(true);
    // Only the endpoint's form has an action, and buttons that send it.
    drawn.querySelector('form').removeAttribute('action');
    shown.querySelectorAll('form button').forEach((button) => button.removeAttribute('type'));
    [drawn, shown].forEach((tree) => tree.normalize());
    return drawn.isEqualNode(shown) || [drawn.outerHTML, shown.outerHTML];
})";

fn draws_the_same(newsroom: &Newsroom, reader: &Reader, asked: &[(&str, &str)]) {
    let address = newsroom.url(&format!("/v1/sites/{SITE}/widget.html"));
    let pairs = [("article", ARTICLE)].iter().chain(asked);
    let address = reqwest::Url::parse_with_params(&address, pairs).expect("an address");
    let same = reader.awaits(&format!("{SAME}({})", json!(address.as_str())));
    assert_eq!(same, true, "{same:#}");
}

#[test]
fn the_endpoint_draws_what_the_browser_draws() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let (rini, budi) = (Reader::new(), Reader::new());
    rini.opens(&page).widget().is_there().reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    // This reader has done nothing yet, and their own read does not count either.
    budi.goes_to(&page.url("/"))
        .widget()
        .is_there()
        .counts(&[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 2);
    budi.widget().says("[part=reads]", "Dibaca 2 kali");
    let url = page.url("/");
    let asked = [
        ("lang", "id"),
        ("title", "Banjir & Kanal"),
        ("url", url.as_str()),
    ];
    draws_the_same(&newsroom, &budi, &asked);
}

#[test]
fn endpoint_and_browser_render_the_same_markup() {
    let newsroom = Newsroom::open();
    let details = [
        "--title",
        "Banjir & kanal",
        "--byline",
        "Humas",
        "--published",
        "2015-11-17",
    ];
    newsroom.puts(
        ARTICLE,
        "<p>Isi.</p>",
        &[&details[..], &["--url", "https://warta.example/banjir"]].concat(),
    );
    let page = Draft::default()
        .page(
            "/",
            &newsroom.tag("async"),
            &format!(
                "<gema-article lang=en article='{ARTICLE}' poll=closed reads=off></gema-article>"
            ),
        )
        .served();
    let reader = Reader::new();
    reader.loads(&page);
    draws_the_same(
        &newsroom,
        &reader,
        &[
            ("lang", "en"),
            ("body", "1"),
            ("poll", "closed"),
            ("reads", "off"),
        ],
    );
}
