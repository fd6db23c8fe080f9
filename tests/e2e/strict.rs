//! Pages with strict policies.

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, element},
    reader::Reader,
};

/// The documented policy for this endpoint, which allows nothing else.
pub(crate) fn documented(newsroom: &Newsroom) -> String {
    let text = include_str!("../../docs/embedding.md");
    let rules = text
        .split("## Pages with a Content Security Policy")
        .nth(1)
        .and_then(|rest| rest.split("```").nth(1));
    let rules = rules
        .expect("the documents give a policy")
        .trim()
        .replace("https://gema.example", &newsroom.url(""));
    format!("default-src 'none'; {rules}")
}

/// Everything that a reader does.
fn works(newsroom: &Newsroom, reader: &Reader) {
    let widget = reader.widget();
    widget
        .is_there()
        .reacts("happy")
        .counts(&[("happy", 1)])
        .shares("qr");
    widget.sees(
        "root.querySelector('[part=panel] img')?.naturalWidth > 0",
        true,
    );
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    reader.sees("document.querySelector('#own').innerText", OWN_TEXT);
}

#[test]
fn a_policy_as_the_documents_give_it_is_enough() {
    let newsroom = Newsroom::open();
    let policy = documented(&newsroom) + " data:";
    let page = Draft::article(&newsroom.tag("async"), "")
        .policy(&policy)
        .served();
    let reader = Reader::new();
    works(&newsroom, reader.opens(&page));
    assert_eq!(reader.console(), [""; 0]);
}

#[test]
fn the_tags_nonce_is_enough_for_what_the_tag_loads() {
    let newsroom = Newsroom::open();
    let endpoint = newsroom.url("");
    let policy = format!(
        "script-src 'nonce-r4nd0m' 'wasm-unsafe-eval'; connect-src {endpoint}; img-src {endpoint} data:"
    );
    let page = Draft::article(&newsroom.tag("async nonce=r4nd0m"), "")
        .policy(&policy)
        .served();
    let reader = Reader::new();
    works(&newsroom, reader.opens(&page));
    assert_eq!(reader.console(), [""; 0]);
}

#[test]
fn markup_and_code_are_trusted_by_one_policy_of_our_own() {
    let newsroom = Newsroom::open();
    newsroom.puts(ARTICLE, "<p>Isi.</p>", &["--title", "Banjir"]);
    let rules = "; require-trusted-types-for 'script'; trusted-types gema";
    let policy = documented(&newsroom) + " data:" + rules;
    // The endpoint's copy works too, although it is markup.
    let body = format!("<main><gema-article article='{ARTICLE}'></gema-article></main>");
    let page = Draft::default()
        .page("/", &newsroom.tag("async"), &body)
        .policy(&policy)
        .served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").counts(&[("happy", 1)]);
    reader.sees(
        "document.querySelector('gema-article > p').innerText",
        "Isi.",
    );
    reader.runs(
        "document.querySelector('gema-article').setAttribute('article', 'lain')",
        &[],
    );
    widget.is_there().counts(&[]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    // There is no copy of this article.
    reader.says_in_console(&["is empty here"]);
}

#[test]
fn an_isolated_page_without_referrer_has_the_widget() {
    let newsroom = Newsroom::open();
    let head = "<meta name=referrer content=no-referrer>".to_owned() + &newsroom.tag("async");
    let page = Draft::article(&head, "")
        .header("cross-origin-embedder-policy", "require-corp")
        .header("cross-origin-opener-policy", "same-origin")
        .served();
    let reader = Reader::new();
    works(&newsroom, reader.opens(&page));
    reader.console_is_quiet();
}

/// The tag of the frozen loader, with the hash that the documentation names.
pub(crate) fn pinned_tag(newsroom: &Newsroom) -> String {
    let text = include_str!("../../docs/embedding.md");
    let hash = text
        .split("integrity=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a published hash");
    newsroom
        .tag(&format!("async crossorigin integrity={hash}"))
        .replace("/embed.js", "/embed.v1.js")
}

#[test]
fn the_frozen_loader_has_its_published_hash_and_checks_files() {
    let newsroom = Newsroom::open();
    let tag = pinned_tag(&newsroom);
    // The loader removes its script elements after they have run, so record them.
    let noting = "<script>window.vouched = []; new MutationObserver((changes) => changes.forEach(({ addedNodes }) =>
        addedNodes.forEach((node) => node.src?.includes('/assets/') && vouched.push(!!node.integrity))))
        .observe(document, { childList: true, subtree: true })</script>";
    let page = Draft::article(&(noting.to_owned() + &tag), "").served();
    let reader = Reader::new();
    works(&newsroom, reader.opens(&page));
    reader.sees("String(vouched)", "true");
    reader.console_is_quiet();
    // A file that does not match the endpoint's integrity hash is not run.
    let forged = "<script>const ask = fetch; window.fetch = async (address, ...more) => {
        const answer = await ask(address, ...more);
        if (!`${address}`.includes('widget.html')) return answer;
        return new Response((await answer.text()).replaceAll(/sha384-.{8}/g, 'sha384-AAAAAAAA'));
    }</script>";
    let page = Draft::article(&(forged.to_owned() + &tag), "").served();
    let reader = Reader::new();
    reader.opens(&page).sees(
        "document.querySelector('gema-article').getAttribute('data-ready')",
        "no",
    );
    reader.sees("document.querySelector('#own').innerText", OWN_TEXT);
}

#[test]
fn in_a_sandbox_without_storage_or_origin_it_works() {
    let newsroom = Newsroom::with("opaque_origins = true");
    let inside = element("")
        + "<script>
        const press = () => {
            const element = document.querySelector('gema-article');
            if (element.getAttribute('data-ready') !== 'wasm') return setTimeout(press, 20);
            element.shadowRoot.querySelector('[data-part=option-happy]').click();
            parent.postMessage(`${origin} ${element.shadowRoot.querySelector('#question').innerText}`, '*');
        };
        press();
    </script>";
    let outside = "<script>onmessage = ({ data }) => (window.said = data)</script><iframe sandbox=allow-scripts src=/inside></iframe>";
    let page = Draft::default()
        .page("/", "", outside)
        .page("/inside", &newsroom.tag("async"), &inside)
        .served();
    let reader = Reader::new();
    reader.opens(&page).sees(
        "window.said ?? ''",
        "null Bagaimana pendapat Anda mengenai artikel ini?",
    );
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn a_share_that_a_sandbox_does_not_open_is_not_counted() {
    let shares_in = |sandbox: &str| {
        let newsroom = Newsroom::with("opaque_origins = true\nnetworks = [\"whatsapp\", \"copy\"]");
        let frame =
            format!("<iframe sandbox='{sandbox}' src=/inside width=600 height=600></iframe>");
        let page = Draft::default()
            .page("/", "", &frame)
            .page("/inside", &newsroom.tag("async"), &element(""))
            .served();
        let reader = Reader::new();
        reader.opens(&page).turns_to_frame();
        reader.widget().is_there().shares("whatsapp");
        reader.widget().reacts("happy");
        newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
        newsroom
    };
    // The reaction, which was sent after the share, is counted.
    let closed = shares_in("allow-scripts");
    assert_eq!(closed.tally(ARTICLE).shares.total(), 0);
    shares_in("allow-scripts allow-popups").has_shares(ARTICLE, "whatsapp", 1);
}

/// The computed style of every part of the widget.
const PART_STYLES: &str = "[...root.querySelectorAll('[part]')].map((one) => {
    const { display, color, backgroundColor, font, padding, border, cursor } = getComputedStyle(one);
    return [one.getAttribute('part'), display, color, backgroundColor, font, padding, border, cursor].join();
})";

/// The computed style of the page around it, except its size and custom properties without effect there.
const HOST: &str = "['#own', 'main', 'body'].flatMap((one) => {
    const style = getComputedStyle(document.querySelector(one));
    const names = [...style].filter((name) => !/size|height|width|origin|^--_/.test(name));
    return names.map((name) => `${one} ${name} ${style.getPropertyValue(name)}`);
})";

#[test]
fn style_sheets_of_host_and_widget_do_not_mix() {
    let newsroom = Newsroom::open();
    let hostile = "<style>
        * { all: unset !important }
        button, ul, li, a, form, h2, [part], [data-part] { display: none !important; color: red !important; position: fixed !important }
        :is(#question, .said, [hidden]) { display: block !important }
    </style>";
    let looks = |head: &str| {
        let reader = Reader::new();
        let page = Draft::article(
            &(head.to_owned() + &newsroom.tag("async")),
            "reads=off share=off",
        )
        .served();
        let widget = reader.loads(&page);
        widget.reacts("happy").has_chosen(Some("happy"));
        (widget.finds(PART_STYLES), reader.finds(HOST))
    };
    let (plain, _) = looks("");
    let (besieged, host) = looks(hostile);
    let lines = |looks: &serde_json::Value| looks.as_array().expect("a list").len();
    assert_eq!(lines(&plain), lines(&besieged));
    for (plain, besieged) in plain
        .as_array()
        .unwrap()
        .iter()
        .zip(besieged.as_array().unwrap())
    {
        assert_eq!(plain, besieged);
    }
    // The host page looks the same without the widget.
    let reader = Reader::new();
    let page = Draft::default().page("/", hostile, &element("")).served();
    assert_eq!(reader.opens(&page).finds(HOST), host);
    assert!(host.as_array().is_some_and(|all| all.len() > 100), "{host}");
}
