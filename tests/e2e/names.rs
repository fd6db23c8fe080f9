//! Pages whose markup and scripts redefine names, and pages where the loader cannot find its own tag. In every case the
//! widget comes from its own endpoint, and nothing is thrown.

use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, Page, element},
    reader::Reader,
};

/// Collects exceptions of the page's scripts.
const COLLECTED_EXCEPTIONS: &str = "<script>window.thrown = [];
    new MutationObserver((changes) => changes.some(({ target }) => target.dataset?.ready === 'wasm') && (window.drawn = true))
        .observe(Reflect.get(Document.prototype, 'documentElement', document), { attributes: true, subtree: true });
    addEventListener('error', (event) => event.error && thrown.push(String(event.error)));
    addEventListener('unhandledrejection', (event) => thrown.push(String(event.reason)));</script>";

/// Presses an option by script: some pages confuse the driver more than the widget.
const PRESSING: &str = "<script>
    const pressing = setInterval(() => {
        if (!window.drawn) return;
        clearInterval(pressing);
        document.querySelector('gema-article').shadowRoot.querySelector('[data-part=option-happy]').click();
    }, 50);</script>";

/// Waits until the read and the press are counted.
fn counts(newsroom: &Newsroom, page: &Page) -> Reader {
    let reader = Reader::new();
    reader.opens(page);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    reader
}

/// As scripts do that stop animations, or that replace the frames of old browsers.
#[test]
fn a_page_without_frames_of_its_own_is_read() {
    for frames in ["() => 0", "undefined"] {
        let newsroom = Newsroom::open();
        let redefined = format!("<script>window.requestAnimationFrame = {frames};</script>");
        let page = Page::with(
            &[
                COLLECTED_EXCEPTIONS,
                PRESSING,
                &redefined,
                &newsroom.tag("async"),
            ]
            .concat(),
            &element(""),
        );
        let reader = counts(&newsroom, &page);
        assert_eq!(reader.finds("thrown"), json!([]), "{frames}");
    }
}

#[test]
fn markup_that_takes_names_of_the_document_is_only_markup() {
    const DOCUMENT_NAMES: [&str; 14] = [
        "currentScript",
        "head",
        "body",
        "title",
        "readyState",
        "querySelector",
        "querySelectorAll",
        "createElement",
        "createElementNS",
        "createTextNode",
        "visibilityState",
        "addEventListener",
        "documentElement",
        "baseURI",
    ];
    let newsroom = Newsroom::open();
    // As a reader's comment may contain them, before and after the article.
    let images: String = DOCUMENT_NAMES
        .iter()
        .map(|name| format!("<img name={name} src=/other/x.png>"))
        .collect();
    let forms: String = DOCUMENT_NAMES
        .iter()
        .map(|name| format!("<form name={name} data-site=other></form>"))
        .collect();
    let tag = newsroom.tag("async");
    for markup in [images, forms] {
        // The driver uses the same names, so the page removes the markup first.
        let cleaning =
            "<script>window.clean = () => Document.prototype.querySelectorAll.call(document, 'img[name], form[name]')
            .forEach((one) => one.remove())</script>";
        let body = format!(
            "<div>{markup}</div>{COLLECTED_EXCEPTIONS}{cleaning}{}{tag}<div>{markup}</div>",
            element("")
        );
        let page = Draft::default().page("/", "", &body).served();
        let reader = Reader::new();
        reader
            .opens(&page)
            .sees("window.drawn", true)
            .runs("clean()", &[]);
        let widget = reader.widget();
        widget.is_there().reacts("happy").has_chosen(Some("happy"));
        assert_eq!(reader.finds("window.thrown"), json!([]));
        // Only the images themselves are loaded from there.
        let others = "performance.getEntriesByType('resource').map((one) => new URL(one.name))
            .filter((one) => one.pathname.startsWith('/other/') && !one.pathname.endsWith('x.png')).length";
        assert_eq!(reader.finds(others), json!(0));
    }
    newsroom.has_reactions(ARTICLE, &[("happy", 2)]);
}

#[test]
fn pages_made_with_yew_and_the_widget_mark_nodes_differently() {
    let newsroom = Newsroom::open();
    let reader = Reader::new();
    let page = Page::of(&newsroom);
    let widget = reader.loads(&page);
    widget.reacts("happy").has_chosen(Some("happy"));
    // Yew finds listeners by these properties; with the names of another module, it would call the other one's.
    let marks = "[...new Set([...root.querySelectorAll('*')].flatMap(Object.keys))].filter((name) => name.startsWith('__')).sort()";
    assert_eq!(
        widget.finds(marks),
        json!(["__gema_listener_id", "__gema_subtree_id"])
    );
}

#[test]
fn fields_of_a_form_around_the_article_take_none_of_its_names() {
    let newsroom = Newsroom::open();
    let fields = [
        "textContent",
        "getAttribute",
        "closest",
        "append",
        "children",
        "parentNode",
        "lang",
    ];
    let fields: String = fields
        .iter()
        .map(|name| format!("<input name={name} hidden>"))
        .collect();
    let body = format!("<form lang=en>{fields}{}</form>", element(""));
    let page = Page::with(
        &format!("{COLLECTED_EXCEPTIONS}{PRESSING}{}", newsroom.tag("async")),
        &body,
    );
    assert_eq!(counts(&newsroom, &page).finds("window.thrown"), json!([]));
}

#[test]
fn properties_on_object_prototype_are_ignored() {
    let newsroom = Newsroom::open();
    let polluted = "<script>
        Object.prototype['my helper'] = () => {};
        for (const [name, value] of Object.entries({ endpoint: 'https://other.example/', site: 'other', article: 'other',
            method: 'PUT', refusal: 'no', counts: false, sent: true, until: 9e15, retry_after: 1, mode: 'closed', title: 'other' }))
            Object.defineProperty(Object.prototype, name, { value, enumerable: true, writable: true, configurable: true });
    </script>";
    let page = Page::with(
        &format!(
            "{COLLECTED_EXCEPTIONS}{polluted}{PRESSING}{}",
            newsroom.tag("async")
        ),
        &element(""),
    );
    assert_eq!(counts(&newsroom, &page).finds("window.thrown"), json!([]));
}

#[test]
fn global_names_of_the_page_do_not_break_the_widget() {
    for script in [
        "const navigation = { items: [] }, URL = 'https://other.example/', crypto = {}, performance = 1",
        "const fetch = 'later', history = [], navigator = { next: 1 }, localStorage = {}",
        "var navigation = { items: [] }, performance = {}",
        "Object.keys = (value) => { const names = []; for (const name in value) names.push(name); return names; };
         Function.prototype.argumentNames = function () { return []; }; [].constructor.prototype.argumentNames = 1",
        "Storage.prototype.getItem = () => { throw new Error('no'); }",
        "Element.prototype.remove = function () { this.parentNode.removeChild(this); return this; }",
    ] {
        let newsroom = Newsroom::open();
        let script = format!("{COLLECTED_EXCEPTIONS}<script>{script}</script>{PRESSING}{}", newsroom.tag("async"));
        assert_eq!(counts(&newsroom, &Page::with(&script, &element(""))).finds("window.thrown"), json!([]), "{script}");
    }
}

#[test]
fn a_library_that_changes_json_does_not_affect_requests() {
    let newsroom = Newsroom::open();
    // As Prototype.js did before 1.7.
    let library = "<script>for (const kind of [Array, Object, String])
        kind.prototype.toJSON = function () { return String(this); };</script>";
    counts(
        &newsroom,
        &Page::with(
            &format!(
                "{COLLECTED_EXCEPTIONS}{library}{PRESSING}{}",
                newsroom.tag("async")
            ),
            &element(""),
        ),
    );
}

#[test]
fn an_inlined_or_bundled_loader_works_and_later_code_runs() {
    let newsroom = Newsroom::open();
    let script = newsroom.get("/embed.js");
    let endpoint = newsroom.url("/");
    let tag = format!("data-site={SITE} data-endpoint={endpoint}");
    let inline = format!("<script {tag}>{script}; window.behind = true</script>");
    let bundle = format!("<script {tag} type=text/plain></script><script src=/bundle.js></script>");
    let module = format!(
        "<script type=module src={endpoint}embed.js data-site={SITE}></script><script>behind = true</script>"
    );
    let named = format!(
        "<script async src='{endpoint}embed.js?site={SITE}'></script><script>behind = true</script>"
    );
    let managed = format!(
        "<script>document.head.append(Object.assign(document.createElement('script'),
            {{ src: '{endpoint}embed.js?site={SITE}', async: true }})); behind = true</script>"
    );
    for (head, reads) in [inline, bundle, module, named, managed]
        .into_iter()
        .zip(1..)
    {
        let page = Draft::article(&format!("{COLLECTED_EXCEPTIONS}{head}"), "")
            .file(
                "/bundle.js",
                "text/javascript",
                format!("{script}; window.behind = true"),
            )
            .served();
        let reader = Reader::new();
        reader.loads(&page);
        assert_eq!(
            (reader.finds("window.thrown"), reader.finds("window.behind")),
            (json!([]), json!(true)),
            "{head:.80}"
        );
        newsroom.has_reads(ARTICLE, reads);
    }
}

#[test]
fn a_tag_without_a_site_logs_a_line_and_requests_nothing() {
    let newsroom = Newsroom::open();
    let tag = format!("<script async src={}></script>", newsroom.url("/embed.js"));
    let page = Draft::article(&tag, "").served();
    let reader = Reader::new();
    reader.opens(&page).says_in_console(&["name the site"]);
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/')).length";
    assert_eq!(reader.finds(asked), json!(0));
}

#[test]
fn an_address_that_is_none_is_as_if_it_were_not_there() {
    let newsroom = Newsroom::open();
    let wrong = "<link rel=canonical href='https://:bad:/'><base href='https://[/'>";
    let page = Draft::default()
        .page(
            "/berita/a",
            &format!("{COLLECTED_EXCEPTIONS}{wrong}{}", newsroom.tag("async")),
            "<main><p>Isi.</p></main>",
        )
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/berita/a")).widget().is_there();
    newsroom.has_reads("/berita/a", 1);
    assert_eq!(reader.finds("window.thrown"), json!([]));
}

#[test]
fn attributes_that_others_put_on_the_tag_stay_there() {
    let newsroom = Newsroom::open();
    let tag = newsroom.tag("async data-wp-strategy=async data-astro-exec data-poll=off");
    let page = Draft::default()
        .page("/a", &tag, "<main><p>Isi.</p></main>")
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/a")).widget().is_there();
    let attributes = "document.querySelector('gema-article').getAttributeNames().sort()";
    assert_eq!(
        reader.finds(attributes),
        json!(["body", "data-bare", "data-ready", "poll"])
    );
}

#[test]
fn a_page_made_of_text_has_what_it_can_and_shares_nothing() {
    let newsroom = Newsroom::open();
    let inner = format!(
        "{}<gema-article article=dalam><p>Isi.</p></gema-article>",
        newsroom.tag("async")
    )
    .replace('"', "'");
    let page = Page::with(
        "",
        &format!("<iframe id=inner width=600 height=900 srcdoc=\"{inner}\"></iframe>"),
    );
    let reader = Reader::new();
    reader.opens(&page);
    let parts = "document.querySelector('#inner').contentDocument?.querySelector('gema-article')?.shadowRoot";
    reader.sees(&format!("!!{parts}?.querySelector('[part=poll]')"), true);
    reader.sees(&format!("!!{parts}?.querySelector('[part=share]')"), false);
    newsroom.has_reads("dalam", 1);
}
