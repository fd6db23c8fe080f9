use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::Page,
    reader::Reader,
};

#[test]
fn a_read_is_counted_once_and_not_again_after_a_reload() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader.opens(&page).widget().is_there().says("[part=reads]", "Di baca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
    // The reaction comes after whatever the reload would have counted.
    reader.reloads().sees("performance.now() > 600", true);
    reader.widget().is_there().reacts("happy").says("[part=reads]", "Di baca 1 kali");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    assert_eq!(newsroom.tally(ARTICLE).reads, 1);
}

#[test]
fn two_readers_are_two_reads() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    for reads in [1, 2] {
        let reader = Reader::new();
        reader.opens(&page).widget().is_there().says("[part=reads]", &format!("Di baca {reads} kali"));
        newsroom.has_reads(ARTICLE, reads);
    }
}

#[test]
fn a_tab_that_nobody_looks_at_reads_nothing_until_somebody_does() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader.looks_away().opens(&page).sees("document.visibilityState", "hidden").sees("performance.now() > 1200", true);
    reader.widget().is_shown();
    assert_eq!(newsroom.tally(ARTICLE).rev, 0);
    reader.looks_back().sees("document.visibilityState", "visible");
    newsroom.has_reads(ARTICLE, 1);
}
