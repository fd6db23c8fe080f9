use serde_json::json;

use crate::{
    levels::HELD,
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, element},
    reader::Reader,
};

/// A host page with its own statistics.
const PAGE_STATISTICS: &str = "<script>
    window.told = [];
    for (const name of ['gema-read', 'gema-react', 'gema-share']) {
        addEventListener(name, (event) => told.push([event.type, event.composed, event.target.localName, event.detail]));
    }
</script>";

#[test]
fn the_host_gets_events_for_reads_reactions_and_shares() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(PAGE_STATISTICS.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .says("[part=reads]", "Dibaca 1 kali")
        .reacts("happy")
        .reacts("happy")
        .shares("copy");
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
fn events_cross_the_hosts_shadow_root() {
    let newsroom = Newsroom::open();
    let body = format!("<div id=app></div><template>{}</template><script>
        document.querySelector('#app').attachShadow({{ mode: 'open' }}).append(document.querySelector('template').content);
    </script>", element(""));
    let page = Draft::default()
        .page(
            "/",
            &(PAGE_STATISTICS.to_owned() + &newsroom.tag("async")),
            &body,
        )
        .served();
    let reader = Reader::new();
    reader.opens(&page).sees(
        "told",
        json!([["gema-read", true, "div", { "article": ARTICLE }]]),
    );
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn a_page_in_english_has_english_texts() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "lang=en").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .says("#question", "How do you feel about this article?")
        .says("[part=reads]", "Read 1 time");
    widget
        .says("[part=share-label]", "Share this story:")
        .says("[data-part=option-happy] [part=label]", "Happy");
    widget
        .reacts("happy")
        .says("[part=responses]", "1 response")
        .sees("root.querySelector('[part=below]').lang", "en");
    // Change the language back while the page is open.
    reader.runs("document.querySelector('gema-article').lang = 'id'", &[]);
    widget
        .says("#question", "Bagaimana pendapat Anda mengenai artikel ini?")
        .has_chosen(Some("happy"));
}

/// The endpoint's responses as if they were in Arabic, except for the words.
const ARABIC: &str = r#"<script>{
    const ask = fetch;
    window.fetch = async (address, ...more) => {
        const answer = await ask(address, ...more);
        if (!`${address}`.includes('widget.html')) return answer;
        const text = (await answer.text()).replaceAll(/(lang="|"locale":")en[^"]*/g, '$1ar');
        return new Response(text.replaceAll(/(dir="|"dir":")ltr/g, '$1rtl'), answer);
    };
}</script>"#;

#[test]
fn an_article_keeps_its_language_and_direction_in_the_widget() {
    let newsroom = Newsroom::open();
    let english = "<script>document.documentElement.lang = 'en'</script>";
    let page = Draft::article(
        &[english, HELD, ARABIC, &newsroom.tag("async")].concat(),
        "bar=top",
    )
    .served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    for level in ["fragment", "wasm"] {
        let parts = "[...root.querySelectorAll('[part=bar], [part=below]')]";
        widget.stands(level).sees(
            &format!("{parts}.map((one) => getComputedStyle(one).direction)"),
            json!(["rtl", "rtl"]),
        );
        widget.sees(
            &format!("{parts}.every((one) => one.matches(':lang(ar)'))"),
            true,
        );
        // The language that selects hyphenation and fonts, if the browser reports it.
        let own = "const { direction, webkitLocale } = getComputedStyle(document.querySelector('#own')); \
                   return [direction, webkitLocale?.replaceAll('\"', '') ?? 'en'];";
        assert_eq!(reader.runs(own, &[]), json!(["ltr", "en"]), "{level}");
        assert_eq!(
            reader.finds("document.querySelector('#own').matches(':lang(en)')"),
            json!(true)
        );
        reader.runs("release()", &[]);
    }
    widget.reacts("happy").has_chosen(Some("happy"));
}

#[test]
fn nothing_is_stored_or_sent_before_the_reader_consents() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "consent=wait").served();
    let reader = Reader::new();
    reader.opens(&page).sees(
        "!!customElements.get('gema-article') && performance.now() > 900",
        true,
    );
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/')).length";
    assert_eq!(
        (reader.finds(asked), reader.finds("localStorage.length")),
        (json!(0), json!(0))
    );
    reader.runs("document.querySelector('gema-article').consent()", &[]);
    reader
        .widget()
        .is_there()
        .says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
}
