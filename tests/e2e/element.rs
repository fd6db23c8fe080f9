use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page},
    reader::Reader,
};

#[test]
fn a_moved_element_keeps_its_widget() {
    let newsroom = Newsroom::open();
    let page = Draft::default()
        .page(
            "/",
            &newsroom.tag("async"),
            &(crate::page::element("") + "<aside></aside>"),
        )
        .served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.shares("qr").reacts("happy").counts(&[("happy", 1)]);
    widget.finds("root.querySelector('[part=gema]').mark = 'the same'");
    widget.finds("(host.mounts = 0, new MutationObserver(() => host.mounts++).observe(root, { childList: true }))");
    reader.runs(
        "document.querySelector('aside').append(document.querySelector('gema-article'))",
        &[],
    );
    widget
        .sees("host.parentElement.localName", "aside")
        .sees("root.querySelector('[part=gema]').mark", "the same");
    widget
        .sees("!!root.querySelector('[part=panel] img')", true)
        .has_chosen(Some("happy"))
        .reacts("sad")
        .counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    assert_eq!(widget.finds("host.mounts"), json!(0));
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn an_element_can_be_removed_and_added_again() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    reader.runs(
        "(window.kept = document.querySelector('gema-article')).remove()",
        &[],
    );
    reader.sees(
        "kept.shadowRoot.querySelector('[part=gema]')",
        serde_json::Value::Null,
    );
    reader.sees(
        "kept.querySelector('#own') !== null && !kept.hasAttribute('data-ready')",
        true,
    );
    reader.runs("document.querySelector('main').append(kept)", &[]);
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)])
        .reacts("sad")
        .counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    assert_eq!(newsroom.tally(ARTICLE).reads, 1);
}

#[test]
fn an_elements_article_may_change() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .reacts("happy")
        .counts(&[("happy", 1)])
        .says("[part=reads]", "Dibaca 1 kali");
    let change = |article: &str| {
        reader.runs(
            "document.querySelector('gema-article').setAttribute('article', arguments[0])",
            &[json!(article)],
        )
    };
    change("lain");
    widget
        .is_there()
        .has_chosen(None)
        .counts(&[])
        .reacts("angry")
        .counts(&[("angry", 1)]);
    newsroom.has_reads("lain", 1);
    newsroom.has_reactions("lain", &[("angry", 1)]);
    change(ARTICLE);
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    assert_eq!(
        (newsroom.tally(ARTICLE).reads, newsroom.tally("lain").reads),
        (1, 1)
    );
}

#[test]
fn display_attributes_change_without_a_restart() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .reacts("happy")
        .finds("root.querySelector('[part=gema]').mark = 'the same'");
    reader.runs(
        "document.querySelector('gema-article').setAttribute('share', 'off')",
        &[],
    );
    widget.sees("!!root.querySelector('[part=share]')", false);
    reader.runs(
        "document.querySelector('gema-article').setAttribute('poll', 'closed')",
        &[],
    );
    widget
        .says(
            "[part=poll] [part=notice]",
            "Jajak pendapat ini sudah ditutup.",
        )
        .sees("root.querySelectorAll('button').length", 0);
    widget
        .counts(&[("happy", 1)])
        .sees("root.querySelector('[part=gema]').mark", "the same");
}
