//! Attacks by a page of another site with its visitors' browsers: on their votes and reads, and to learn what they have
//! chosen. Each is tried twice: where the newsroom allows such pages, which proves that the attack works, and where it
//! does not.

use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::Page,
    patience::until,
    reader::Reader,
};

/// A newsroom with the default configuration: it accepts events from its own pages only.
fn guarded() -> Newsroom {
    Newsroom::for_origins(r#"["https://warta.example"]"#)
}

fn counts_nothing(newsroom: &Newsroom) {
    assert_eq!(newsroom.tally(ARTICLE).rev, 0);
}

/// Opens a page that sets `done` when its requests have been answered.
fn opened(body: &str) -> (Page, Reader) {
    let page = Page::with("", body);
    let reader = Reader::new();
    reader.opens(&page).sees("window.done === true", true);
    (page, reader)
}

#[test]
fn a_sandboxed_frame_of_a_foreign_page_counts_nothing() {
    let attack = |newsroom: &Newsroom| {
        let events = json!({ "events": [
            { "type": "read", "article": ARTICLE, "key": "dibacaDariLuar00" },
            { "type": "share", "article": ARTICLE, "key": "dibagiDariLuar00", "network": "whatsapp" },
        ]});
        let reaction =
            format!("article={ARTICLE}&visitor=0000000000000000000001&reaction=happy&seq=1");
        let base = newsroom.url(&format!("/v1/sites/{SITE}/"));
        let script = format!(
            "const post = (url, type, body) => fetch(url, {{ method: 'POST', mode: 'no-cors', headers: {{ 'content-type': type }}, body }});
            Promise.allSettled([
                post('{base}events', 'text/plain', JSON.stringify({events})),
                post('{base}reaction', 'application/x-www-form-urlencoded', '{reaction}'),
            ]).then(() => parent.postMessage('done', '*'))"
        );
        let inside = format!("<script>{script}</script>")
            .replace('&', "&amp;")
            .replace('"', "&quot;");
        let listens = "<script>onmessage = ({ data }) => (window.done = data === 'done')</script>";
        opened(&format!(
            "{listens}<iframe sandbox=allow-scripts srcdoc=\"{inside}\"></iframe>"
        ));
    };
    let open = Newsroom::with("opaque_origins = true");
    attack(&open);
    open.has_reads(ARTICLE, 1);
    open.has_reactions(ARTICLE, &[("happy", 1)]);
    let guarded = guarded();
    attack(&guarded);
    counts_nothing(&guarded);
}

#[test]
fn a_form_without_a_referrer_on_a_foreign_page_counts_nothing() {
    let attack = |newsroom: &Newsroom| {
        let form = format!(
            "<meta name=referrer content=no-referrer>
            <form method=post action='{}'><input name=reaction value=happy></form>
            <script>document.querySelector('form').submit()</script>",
            frame(newsroom)
        );
        let page = Page::with("", &form);
        let reader = Reader::new();
        reader.goes_to(&page.url("/"));
        (page, reader)
    };
    let open = Newsroom::with("opaque_origins = true");
    let _open = attack(&open);
    open.has_reactions(ARTICLE, &[("happy", 1)]);
    let guarded = guarded();
    let _guarded = attack(&guarded);
    until("refused forms", 1, || {
        guarded.metric(r#"gema_requests_total{route="widget",status="403"}"#)
    });
    counts_nothing(&guarded);
}

#[test]
fn a_frame_overlaid_by_a_foreign_page_is_empty() {
    let attack = |newsroom: &Newsroom| {
        let style = "position: absolute; inset: 0; width: 320px; height: 400px";
        let laid_over = format!(
            "<div style='position: relative; height: 400px'>
                <button style='{style}'>Menang hadiah</button>
                <iframe style='{style}; opacity: 0.01; border: 0' src='{}'></iframe>
            </div>",
            frame(newsroom)
        );
        let page = Page::with("", &laid_over);
        let reader = Reader::new();
        reader.opens(&page);
        until("frames", 1, || {
            newsroom.metric(r#"gema_requests_total{route="widget",status="200"}"#)
        });
        (page, reader)
    };
    let open = Newsroom::open();
    let (_open, reader) = attack(&open);
    reader.turns_to_frame().clicks("[data-part=option-happy]");
    open.has_reactions(ARTICLE, &[("happy", 1)]);
    let guarded = guarded();
    let (_guarded, reader) = attack(&guarded);
    let frame = reader.node("return document.querySelector('iframe')", &[]);
    reader.holds(frame).lets_go().turns_to_frame();
    assert_eq!(
        reader.finds("document.querySelectorAll('button').length"),
        json!(0)
    );
    counts_nothing(&guarded);
}

/// The widget's frame, as an attribute's value.
fn frame(newsroom: &Newsroom) -> String {
    let address = newsroom.url(&format!(
        "/v1/sites/{SITE}/widget.html?frame=1&share=off&reads=off"
    ));
    let address =
        reqwest::Url::parse_with_params(&address, [("article", ARTICLE)]).expect("an address");
    address.as_str().replace('&', "&amp;")
}

#[test]
fn a_foreign_page_cannot_read_what_its_visitor_has_chosen() {
    let newsroom = guarded();
    let frame = newsroom.url(&format!("/v1/sites/{SITE}/widget.html?frame=1&article=a"));
    let fragment = newsroom.url(&format!("/v1/sites/{SITE}/widget.html?article=a"));
    let asks = format!(
        "<script>
            const ask = (url) => fetch(url).then((answer) => answer.text(), () => 'refused');
            Promise.all([ask('{frame}'), ask('{fragment}')]).then((answers) => {{
                window.answers = answers.map((answer) => answer === 'refused');
                window.done = true;
            }});
        </script>"
    );
    let (_page, reader) = opened(&asks);
    // The fragment contains counts only, and anybody may read it.
    assert_eq!(reader.finds("window.answers"), json!([true, false]));
}
