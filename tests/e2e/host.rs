use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, element},
    reader::Reader,
};

/// A host page that keeps statistics of its own.
const LISTENING: &str = "<script>
    window.told = [];
    for (const name of ['gema-read', 'gema-react', 'gema-share']) {
        addEventListener(name, (event) => told.push([event.type, event.composed, event.target.localName, event.detail]));
    }
</script>";

#[test]
fn it_is_told_of_reads_reactions_and_shares() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(LISTENING.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.is_there().says("[part=reads]", "Di baca 1 kali").reacts("happy").reacts("happy").shares("copy");
    reader.sees(
        "told",
        json!([
            ["gema-read", true, "gema-article", { "article": ARTICLE }],
            ["gema-react", true, "gema-article", { "article": ARTICLE, "reaction": "happy" }],
            ["gema-react", true, "gema-article", { "article": ARTICLE, "reaction": null }],
            ["gema-share", true, "gema-article", { "article": ARTICLE, "network": "copy" }],
        ]),
    );
}

#[test]
fn an_event_crosses_the_shadow_root_that_the_host_may_have_put_it_into() {
    let newsroom = Newsroom::open();
    let body = format!("<div id=app></div><template>{}</template><script>
        document.querySelector('#app').attachShadow({{ mode: 'open' }}).append(document.querySelector('template').content);
    </script>", element(""));
    let page = Draft::default().page("/", &(LISTENING.to_owned() + &newsroom.tag("async")), &body).served();
    let reader = Reader::new();
    reader.opens(&page).sees("told", json!([["gema-read", true, "div", { "article": ARTICLE }]]));
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn a_page_in_english_has_english_texts() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "lang=en").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.is_there().says("#question", "How do you feel about this article?").says("[part=reads]", "Read 1 time");
    widget.says("[part=share-label]", "Share this story :").says("[data-part=option-happy] [part=label]", "Happy");
    widget.reacts("happy").says("[part=responses]", "1 response").sees("root.querySelector('[part=gema]').lang", "en");
    // And back, while it is open.
    reader.runs("document.querySelector('gema-article').lang = 'id'", &[]);
    widget.says("#question", "Bagaimana pendapat anda mengenai artikel ini?").has_chosen(Some("happy"));
}

#[test]
fn nothing_is_stored_or_sent_before_the_reader_consents() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "consent=wait").served();
    let reader = Reader::new();
    reader.opens(&page).sees("!!customElements.get('gema-article') && performance.now() > 900", true);
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/')).length";
    assert_eq!((reader.finds(asked), reader.finds("localStorage.length")), (json!(0), json!(0)));
    reader.runs("document.querySelector('gema-article').consent()", &[]);
    reader.widget().is_there().says("[part=reads]", "Di baca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
}
