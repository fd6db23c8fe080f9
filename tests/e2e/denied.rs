use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::Draft,
    reader::Reader,
};

#[test]
fn without_storage_it_works_for_as_long_as_the_page_lives() {
    let newsroom = Newsroom::open();
    let denied = "<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } });</script>";
    let page = Draft::article(&(denied.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .says("[part=reads]", "Dibaca 1 kali")
        .reacts("happy")
        .counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    widget
        .reacts("sad")
        .counts(&[("sad", 1)])
        .has_chosen(Some("sad"));
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    reader.console_is_quiet();
}

#[test]
fn a_browser_that_cannot_time_a_signal_has_its_widget() {
    let newsroom = Newsroom::open();
    // As in Chromium before 103, Firefox before 100, Safari before 16.
    let older = "<script>delete AbortSignal.timeout; delete AbortSignal.any</script>";
    let page = Draft::article(&(older.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    reader.loads(&page).reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    reader.console_is_quiet();
}
