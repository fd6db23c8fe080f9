use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Page, element},
    reader::Reader,
};

#[test]
fn two_articles_on_a_page_count_apart_when_seen() {
    let newsroom = Newsroom::open();
    let other = "<div style='height: 5000px'></div><gema-article id=other article=lain><p>Lain.</p></gema-article>";
    let page = Page::with(&newsroom.tag("async"), &(element("id=first") + other));
    let reader = Reader::new();
    let (first, second) = (reader.widget_at("#first"), reader.widget_at("#other"));
    reader.opens(&page);
    second.is_shown();
    first.is_there().reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    assert_eq!(newsroom.tally("lain").rev, 0);
    second.counts(&[]);
    // Scroll first: WebKit's driver may click at the position before scrolling.
    reader.runs(
        "document.querySelector('#other').scrollIntoView({ behavior: 'instant' })",
        &[],
    );
    second.is_there().reacts("sad").counts(&[("sad", 1)]);
    newsroom.has_reads("lain", 1);
    newsroom.has_reactions("lain", &[("sad", 1)]);
    first.counts(&[("happy", 1)]);
}

#[test]
fn the_same_article_twice_on_a_page_is_one_article() {
    let newsroom = Newsroom::open();
    let page = Page::with(
        &newsroom.tag("async"),
        &(element("id=first share=off") + &element("id=second share=off")),
    );
    let reader = Reader::new();
    let (first, second) = (reader.widget_at("#first"), reader.widget_at("#second"));
    reader.opens(&page);
    first.is_there();
    second.is_there();
    first.reacts("happy").counts(&[("happy", 1)]);
    second
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)])
        .reacts("sad")
        .counts(&[("sad", 1)]);
    first.has_chosen(Some("sad")).counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    second.reacts("sad").counts(&[]);
    first
        .has_chosen(None)
        .counts(&[])
        .says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reactions(ARTICLE, &[]);
}

/// Counts writes to storage.
const COUNTING: &str = "<script>
    window.kept = 0;
    const set = Storage.prototype.setItem;
    Storage.prototype.setItem = function (...words) { window.kept++; set.apply(this, words); };
</script>";

/// A second in which nobody does anything.
const A_SECOND: &str = "new Promise((done) => setTimeout(done, 1000))";

#[test]
fn widgets_of_one_article_synchronise_and_then_stop() {
    let newsroom = Newsroom::open();
    let elements: String = (0..12)
        .map(|number| element(&format!("id=widget-{number} share=off")))
        .collect();
    let page = Page::with(&(COUNTING.to_owned() + &newsroom.tag("async")), &elements);
    let reader = Reader::new();
    reader.opens(&page);
    for number in 0..12 {
        let id = format!("#widget-{number}");
        reader.runs(
            "document.querySelector(arguments[0]).scrollIntoView({ behavior: 'instant' })",
            &[id.as_str().into()],
        );
        reader
            .widget_at(&id)
            .is_there()
            .says("[part=reads]", "Dibaca 1 kali");
    }
    newsroom.has_reads(ARTICLE, 1);
    reader
        .widget_at("#widget-11")
        .reacts("happy")
        .has_chosen(Some("happy"));
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    reader.awaits(A_SECOND);
    let kept = reader.finds("kept");
    reader.awaits(A_SECOND);
    assert_eq!(reader.finds("kept"), kept);
    // Each widget receives each change, and writes it once.
    assert!(kept.as_u64().is_some_and(|kept| kept < 500), "{kept}");
}

#[test]
fn another_tab_shows_the_reaction_without_a_reload() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    let first = reader.tab();
    reader.opens_tab().opens(&page);
    let second = reader.tab();
    widget.is_there().reacts("happy").counts(&[("happy", 1)]);
    reader.turns_to(&first);
    widget
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)])
        .reacts("sad")
        .counts(&[("sad", 1)]);
    reader.turns_to(&second);
    widget
        .has_chosen(Some("sad"))
        .counts(&[("sad", 1)])
        .reacts("sad")
        .counts(&[]);
    reader.turns_to(&first);
    widget
        .has_chosen(None)
        .counts(&[])
        .says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reactions(ARTICLE, &[]);
    newsroom.has_reads(ARTICLE, 1);
}
