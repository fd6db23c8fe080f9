//! Pages that navigate to another article in place, and pages that only change their address.

use serde_json::json;

use super::{CANONICAL, ELEMENT, MAIN, application, shares};
use crate::{
    newsroom::Newsroom,
    page::{Draft, Page},
    reader::Reader,
};

/// Reads, reacts to and shares each of three articles, there and back; each is counted separately.
fn each_is_itself(newsroom: &Newsroom, page: &Page) {
    let reader = Reader::new();
    reader.goes_to(&page.url("/t/satu"));
    let widget = reader.widget();
    for (name, option) in [("satu", "happy"), ("dua", "sad"), ("tiga", "angry")] {
        if name != "satu" {
            reader.runs("window.go(arguments[0])", &[json!(name)]);
        }
        widget
            .is_there()
            .has_chosen(None)
            .says("[part=reads]", "Dibaca 1 kali");
        newsroom.has_reads(&format!("/t/{name}"), 1);
        shares(&widget, &format!("/t/{name}"));
        widget.reacts(option).counts(&[(option, 1)]);
        newsroom.has_reactions(&format!("/t/{name}"), &[(option, 1)]);
    }
    reader.runs("history.back()", &[]);
    reader.sees("location.pathname", "/t/dua");
    widget
        .is_there()
        .has_chosen(Some("sad"))
        .reacts("sad")
        .counts(&[]);
    newsroom.has_reactions("/t/dua", &[]);
    reader.runs("history.back()", &[]);
    reader.sees("location.pathname", "/t/satu");
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)]);
    for name in ["satu", "dua", "tiga"] {
        assert_eq!(newsroom.tally(&format!("/t/{name}")).reads, 1, "{name}");
    }
    assert_eq!(
        reader.finds("document.querySelectorAll('gema-article').length"),
        json!(1)
    );
}

#[test]
fn an_element_follows_navigations_forward_and_back() {
    for head in ["", CANONICAL] {
        let newsroom = Newsroom::open();
        each_is_itself(
            &newsroom,
            &application(&(head.to_owned() + &newsroom.tag("async")), ELEMENT),
        );
    }
}

#[test]
fn a_bare_tag_follows_navigations_forward_and_back() {
    for head in ["", CANONICAL] {
        let newsroom = Newsroom::open();
        each_is_itself(
            &newsroom,
            &application(&(head.to_owned() + &newsroom.tag("async")), MAIN),
        );
    }
}

#[test]
fn without_a_navigation_event_the_title_is_observed() {
    let newsroom = Newsroom::open();
    let head = format!(
        "<script>delete window.Navigation; window.Navigation = undefined</script>{}",
        newsroom.tag("async")
    );
    each_is_itself(&newsroom, &application(&head, ELEMENT));
}

#[test]
fn hash_routes_are_articles_and_anchors_are_not() {
    let newsroom = Newsroom::open();
    let page = Page::with(&newsroom.tag("async"), ELEMENT);
    let reader = Reader::new();
    let widget = reader.widget();
    reader.goes_to(&page.url("/#/berita/satu"));
    widget.is_there().reacts("happy");
    newsroom.has_reactions("/#/berita/satu", &[("happy", 1)]);
    shares(&widget, "/#/berita/satu");
    reader.runs("location.hash = '#!/berita/dua'", &[]);
    widget.is_there().has_chosen(None).reacts("sad");
    newsroom.has_reactions("/#!/berita/dua", &[("sad", 1)]);
    reader.runs("location.hash = '#/berita/satu'", &[]);
    widget.has_chosen(Some("happy"));
    let place = Draft::default()
        .page("/a", &newsroom.tag("async"), ELEMENT)
        .served();
    reader.goes_to(&place.url("/a#text")).widget().is_there();
    newsroom.has_reads("/a", 1);
    shares(&widget, "/a");
}

#[test]
fn pictures_with_their_own_address_keep_the_article() {
    let newsroom = Newsroom::open();
    let page = application(&(CANONICAL.to_owned() + &newsroom.tag("async")), ELEMENT);
    let reader = Reader::new();
    let widget = reader.widget();
    reader.goes_to(&page.url("/t/satu"));
    widget.is_there().reacts("happy").counts(&[("happy", 1)]);
    for address in ["/t/satu?foto=2", "/t/satu/foto/3"] {
        reader.runs(
            "history.pushState(null, '', arguments[0])",
            &[json!(address)],
        );
        widget
            .has_chosen(Some("happy"))
            .reacts("happy")
            .has_chosen(None)
            .reacts("happy")
            .counts(&[("happy", 1)]);
        shares(&widget, "/t/satu");
    }
    newsroom.has_reactions("/t/satu", &[("happy", 1)]);
}
