//! The key of a page's article, and pages that are not about one article.

use serde_json::json;

use super::{ELEMENT, shares};
use crate::{
    newsroom::Newsroom,
    page::{Draft, Page},
    reader::Reader,
};

#[test]
fn an_empty_canonical_link_is_the_page_without_its_campaign() {
    let newsroom = Newsroom::open();
    let head = format!("<link rel=canonical href=''>{}", newsroom.tag("async"));
    let page = Draft::default().page("/2024/b", &head, ELEMENT).served();
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/2024/b?utm_source=x"))
        .widget()
        .is_there();
    newsroom.has_reads("/2024/b", 1);
}

#[test]
fn a_link_in_a_comment_says_nothing_of_the_page() {
    let newsroom = Newsroom::open();
    let comment = "<div><link rel=canonical href=/lain><meta property=og:title content=Lain></div>";
    let page = Draft::default()
        .page(
            "/a",
            &newsroom.tag("async"),
            &(ELEMENT.to_owned() + comment),
        )
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/a")).widget().is_there();
    newsroom.has_reads("/a", 1);
    shares(&reader.widget(), "/a");
}

#[test]
fn a_key_may_have_white_space_around_it_and_any_length() {
    let newsroom = Newsroom::open();
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../fixtures/keys.json"))
        .expect("the vectors are JSON");
    let reader = Reader::new();
    let page = Page::with(
        &newsroom.tag("async"),
        "<main><gema-article article='\n   fgd-2015 \n'><p>Isi.</p></gema-article></main>",
    );
    reader.loads(&page);
    newsroom.has_reads("fgd-2015", 1);
    let change = "document.querySelector('gema-article').setAttribute('article', arguments[0])";
    for vector in vectors.as_array().expect("a list") {
        reader.runs(change, &[vector["input"].clone()]);
        reader.widget().is_there();
        newsroom.has_reads(vector["key"].as_str().expect("a key"), 1);
    }
    // A key that is derived from the page's path is shortened in the same way.
    let path = format!("/{}", "ภาษาไทย".repeat(12));
    let page = Draft::default()
        .page(
            reqwest::Url::parse("http://a")
                .and_then(|url| url.join(&path))
                .expect("a path")
                .path(),
            &newsroom.tag("async"),
            ELEMENT,
        )
        .served();
    reader
        .goes_to(&page.url(&path))
        .widget()
        .is_there()
        .reacts("happy")
        .counts(&[("happy", 1)]);
}

#[test]
fn articles_side_by_side_are_a_list_and_get_no_widget() {
    let newsroom = Newsroom::open();
    let teaser = |number: u32| {
        format!(
            "<article class=card><h2><a href=/{number}>Judul {number}</a></h2><p>Ringkasan yang pendek.</p></article>"
        )
    };
    let cards: String = (1..6).map(teaser).collect();
    let wrapped: String = (1..6)
        .map(|number| format!("<li>{}</li>", teaser(number)))
        .collect();
    let story = format!(
        "<article id=story><h1>Judul</h1><p>{}</p></article>",
        "Isi berita yang panjang. ".repeat(40)
    );
    let linked: String = (1..6)
        .map(|number| format!("<div><a href=/{number}>{}</a></div>", teaser(number)))
        .collect();
    let columns: String = (1..6)
        .map(|number| format!("<div><div>{}</div></div>", teaser(number)))
        .collect();
    let row: String = (1..6)
        .map(|number| format!("<div>{}</div>", teaser(number)))
        .collect();
    let hero = format!("<div><div>{}</div></div><div>{row}</div>", teaser(0));
    let lists = [
        format!("<main>{linked}</main>"),
        format!("<main>{columns}</main>"),
        format!("<main>{hero}</main>"),
        format!("<main>{cards}</main>"),
        format!("<main><ul>{wrapped}</ul></main>"),
        cards.clone(),
    ];
    let reader = Reader::new();
    for (body, number) in lists.iter().zip(1..) {
        let page = Draft::default()
            .page("/tag/banjir", &newsroom.tag("async"), body)
            .served();
        reader
            .goes_to(&page.url("/tag/banjir"))
            .says_in_console(&["a list of articles here"]);
        assert_eq!(
            reader.finds("document.querySelector('gema-article')"),
            json!(null),
            "{number}"
        );
    }
    assert_eq!(newsroom.tally("/tag/banjir").rev, 0);
    // An article with teasers below it is an article, and so is one with comments.
    let comments: String = (0..9)
        .map(|_| "<li><article class=comment>Setuju sekali dengan berita ini.</article></li>")
        .collect();
    for body in [
        format!("<main>{story}{cards}</main>"),
        format!("<main>{story}<ol>{comments}</ol></main>"),
    ] {
        let page = Draft::default()
            .page("/2024/a", &newsroom.tag("async"), &body)
            .served();
        reader.goes_to(&page.url("/2024/a")).widget().is_there();
        assert_eq!(
            reader.finds("document.querySelector('gema-article').parentNode.id"),
            json!("story")
        );
    }
}
