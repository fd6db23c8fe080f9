//! The widget before the WebAssembly runs, and without it.

use serde_json::{Value, json};

use crate::{
    engine::Engine,
    looks::take,
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, OWN_TEXT, Page, element},
    patience::until,
    reader::Reader,
};

/// Names of the endpoint's files and routes that the page has requested.
const REQUESTED_FILES: &str =
    "performance.getEntriesByType('resource').map((one) => new URL(one.name))
    .filter((one) => one.host !== location.host).map((one) => one.pathname.replace(/.*[/.]/, ''))";

/// Holds back the WebAssembly module until `release()`.
pub(crate) const HELD: &str = "<script>
    const ask = fetch, held = new Promise((done) => (window.release = done));
    window.fetch = (address, ...more) => `${address}`.includes('.wasm') ? held.then(() => ask(address, ...more)) : ask(address, ...more);
</script>";

/// A page whose policy forbids WebAssembly, and allows everything else that the widget needs.
pub(crate) fn strict(newsroom: &Newsroom, attributes: &str) -> Page {
    let endpoint = newsroom.url("");
    let policy = format!("script-src {endpoint}; connect-src {endpoint}");
    Draft::article(&newsroom.tag("async"), attributes)
        .policy(&policy)
        .served()
}

#[test]
fn one_answer_brings_all_that_is_to_be_seen() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(HELD.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget
        .stands("fragment")
        .says("#question", "Bagaimana pendapat Anda mengenai artikel ini?");
    widget.says("[part=reads]", "Dibaca 0 kali").counts(&[]);
    reader.sees("document.querySelector('#own').checkVisibility()", true);
    let asked = reader.finds(REQUESTED_FILES);
    let asked: Vec<_> = asked
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        asked.contains(&"html") && !asked.contains(&"view"),
        "{asked:?}"
    );
    reader.runs("release()", &[]);
    widget.is_there().says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
    reader.console_is_quiet();
}

#[test]
fn without_wasm_the_poll_works_and_the_console_names_the_policy() {
    let newsroom = Newsroom::open();
    let page = strict(&newsroom, "");
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("plain");
    reader.says_in_console(&["'wasm-unsafe-eval'"]);
    // WebKit compiles a module that the policy forbids to run, and finds out when it is asked to run ours.
    if Engine::current() != Engine::WebKit {
        let asked = reader.finds(REQUESTED_FILES);
        assert!(
            !asked.as_array().unwrap().contains(&json!("wasm")),
            "{asked}"
        );
    }
    reader.runs("window.here = true", &[]);
    for (press, counted, chosen) in [
        ("happy", "happy", Some("happy")),
        ("sad", "sad", Some("sad")),
        ("sad", "", None),
    ] {
        let counted: Vec<_> = [(counted, 1)]
            .into_iter()
            .filter(|(option, _)| !option.is_empty())
            .collect();
        widget
            .reacts(press)
            .counts(&counted)
            .has_chosen(chosen)
            .stands("plain");
        newsroom.has_reactions(ARTICLE, &counted);
    }
    assert_eq!(reader.finds("here"), json!(true));
    newsroom.has_reads(ARTICLE, 1);
    // Only what works without WebAssembly is visible.
    widget.sees(
        "root.querySelector('a[data-part=whatsapp]').checkVisibility()",
        true,
    );
    widget.sees(
        "root.querySelector('[data-part=copy]').checkVisibility()",
        false,
    );
    reader.sees("document.querySelector('#own').innerText", OWN_TEXT);
    take(&reader, "without-wasm");
    // The choice is still known on the next page.
    widget.reacts("angry").counts(&[("angry", 1)]);
    newsroom.has_reactions(ARTICLE, &[("angry", 1)]);
    reader.reloads();
    widget
        .stands("plain")
        .has_chosen(Some("angry"))
        .counts(&[("angry", 1)]);
}

/// Until `sessionStorage.through` is set, a captive portal responds to all that is sent.
const PORTAL: &str = "<script nonce=recorder>{
    const ask = fetch;
    window.fetch = async (address, options) =>
        options?.body && !sessionStorage.through
            ? new Response('<p>Sign in', { status: 200, headers: { 'Retry-After': '1' } })
            : ask(address, options);
}</script>";

#[test]
fn without_wasm_a_choice_outlives_a_captive_portal() {
    let newsroom = Newsroom::open();
    let endpoint = newsroom.url("");
    let policy = format!("script-src {endpoint} 'nonce-recorder'; connect-src {endpoint}");
    let page = Draft::article(&(PORTAL.to_owned() + &newsroom.tag("async")), "")
        .policy(&policy)
        .served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("plain").reacts("happy");
    reader.says_in_console(&["'wasm-unsafe-eval'", "answers 200, not as Gema"]);
    widget
        .has_chosen(Some("happy"))
        .sees("root.querySelector('[part=notice]').textContent", "");
    newsroom.has_reactions(ARTICLE, &[]);
    reader.runs("sessionStorage.through = 1", &[]);
    widget.counts(&[("happy", 1)]).has_chosen(Some("happy"));
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    // The read that the portal has answered is sent from the next page.
    reader.reloads();
    widget.stands("plain");
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn presses_before_the_wasm_are_performed_by_it() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(HELD.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget
        .stands("fragment")
        .reacts("happy")
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    widget.shares("qr").stands("fragment");
    widget.sees("root.activeElement?.dataset.part", "qr");
    reader.runs("release()", &[]);
    widget
        .is_there()
        .sees("!!root.querySelector('[part=panel] img')", true);
    widget
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)])
        .reacts("sad")
        .counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
}

/// Waits 1.5 seconds, drawing frames, so that anything that has arrived is shown.
const SOON: &str = "(async () => { const end = performance.now() + 1500; while (performance.now() < end) await new Promise(requestAnimationFrame); })()";

#[test]
fn a_press_during_which_the_code_comes_is_a_click_still() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(HELD.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("fragment").is_held_at("happy");
    reader.runs("release()", &[]);
    reader.awaits(SOON);
    widget.stands("fragment");
    reader.lets_go();
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
}

#[test]
fn a_press_during_which_an_answer_comes_is_a_click_still() {
    let newsroom = Newsroom::open();
    let page = strict(&newsroom, "");
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("plain");
    newsroom.falls_asleep();
    widget.reacts("happy").is_held_at("sad");
    newsroom.wakes_up();
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    reader.awaits(SOON);
    reader.lets_go();
    widget.has_chosen(Some("sad")).counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
}

#[test]
fn the_wasm_keeps_the_focus_when_it_takes_over() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(HELD.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget
        .stands("fragment")
        .finds("root.querySelector('[data-part=option-sad]').focus()");
    reader.runs("release()", &[]);
    widget
        .is_there()
        .sees("root.activeElement?.dataset.part", "option-sad");
}

#[test]
fn the_code_comes_only_when_its_reader_comes_near() {
    let newsroom = Newsroom::open();
    let body = format!("<div style='height: 9000px'></div>{}", element(""));
    let page = Page::with(&newsroom.tag("async"), &body);
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("fragment");
    reader.sees("performance.now() > 900", true);
    let asked = reader.finds(REQUESTED_FILES);
    assert!(
        !asked.as_array().unwrap().contains(&json!("wasm")),
        "{asked}"
    );
    reader.runs("scrollTo({ top: 8000, behavior: 'instant' })", &[]);
    widget.is_there();
}

/// Holds back the script that follows the page until `release()`.
const FOLLOWER_HELD: &str = "<script>
    const { append } = Element.prototype;
    Element.prototype.append = function (...nodes) {
        const insert = () => append.apply(this, nodes);
        if (`${nodes[0]?.src}`.endsWith('.follow.js')) window.release = insert;
        else insert();
    };
</script>";

#[test]
fn the_code_is_requested_without_waiting_for_follow_js() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(FOLLOWER_HELD.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    reader.sees(&format!("{REQUESTED_FILES}.includes('wasm')"), true);
    widget.stands("fragment");
    reader.runs("release()", &[]);
    widget.is_there();
    let asked = reader.finds(REQUESTED_FILES);
    let asked = asked.as_array().unwrap();
    assert_eq!(
        asked.iter().filter(|name| **name == json!("wasm")).count(),
        1,
        "{asked:?}"
    );
}

#[test]
fn an_included_fragment_is_not_requested_again() {
    let newsroom = Newsroom::open();
    let address = newsroom.url(&format!("/v1/sites/{SITE}/widget.html"));
    let pairs = [
        ("article", ARTICLE),
        ("lang", "id"),
        ("url", "https://warta.example/"),
        ("endpoint", &newsroom.url("/")),
    ];
    let address = reqwest::Url::parse_with_params(&address, pairs).expect("an address");
    let fragment = newsroom.get(
        address
            .as_str()
            .strip_prefix(&newsroom.url(""))
            .expect("its own"),
    );
    let body = element("").replace("<p id=own>", &format!("{fragment}<p id=own>"));
    let page = Page::with(&newsroom.tag("async"), &body);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
    let asked = reader.finds(REQUESTED_FILES);
    assert!(
        !asked.as_array().unwrap().contains(&json!("html")),
        "{asked}"
    );
}

#[test]
fn files_of_another_release_leave_the_page_with_what_it_has() {
    let newsroom = Newsroom::open();
    let lost = "<script>const ask = fetch; window.fetch = async (address, ...more) => {
        const answer = await ask(address, ...more);
        if (!`${address}`.includes('widget.html')) return answer;
        return new Response((await answer.text()).replaceAll(/widget-\\w+\\.(js|wasm)/g, 'widget-000000000000.$1'));
    }</script>";
    // The frozen loader, which knows only the names in the markup.
    let tag = newsroom.tag("async").replace("/embed.js", "/embed.v1.js");
    let page = Draft::article(&(lost.to_owned() + &tag), "").served();
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget
        .stands("plain")
        .reacts("happy")
        .counts(&[("happy", 1)]);
    // The browser may log its own messages about the missing file, so count only our lines.
    let mut lines = Vec::new();
    until("one line of ours", true, || {
        lines.extend(reader.console());
        lines.iter().filter(|line| line.contains("Gema: ")).count() == 1
    });
    assert!(
        lines.iter().any(|line| line.contains("no wasm: ")),
        "{lines:?}"
    );
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn an_element_without_a_box_of_its_own_is_taken_charge_of() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "style='display:contents'").served();
    let reader = Reader::new();
    reader.loads(&page).reacts("happy").counts(&[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);
}

#[test]
fn browsers_without_reference_types_download_no_wasm() {
    let newsroom = Newsroom::open();
    // As in a browser without reference types, and in one without WebAssembly.
    for (reads, older) in [
        (
            1,
            "WebAssembly.validate = () => false; WebAssembly.Module = function () { throw new WebAssembly.CompileError(); }",
        ),
        (2, "delete window.WebAssembly"),
    ] {
        let page = Draft::article(
            &format!("<script>{older}</script>{}", newsroom.tag("async")),
            "",
        )
        .served();
        let reader = Reader::new();
        let widget = reader.opens(&page).widget();
        widget
            .stands("plain")
            .reacts("happy")
            .counts(&[("happy", 1)]);
        let asked = reader.finds(REQUESTED_FILES);
        let asked: Vec<_> = asked
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(!asked.contains(&"wasm"), "{asked:?}");
        assert_eq!(
            asked.iter().filter(|name| **name == "js").count(),
            2,
            "{asked:?}"
        );
        reader.console_is_quiet();
        widget.reacts("happy").counts(&[]);
        newsroom.has_reads(ARTICLE, reads);
    }
}

/// A policy that allows the loader, and none of the files that it loads.
fn alone(newsroom: &Newsroom) -> String {
    let endpoint = newsroom.url("");
    format!(
        "script-src {}embed.js 'unsafe-inline'; connect-src {endpoint}",
        newsroom.url("/")
    )
}

#[test]
fn without_follow_js_old_shadow_roots_keep_the_page() {
    let newsroom = Newsroom::open();
    for (older, ready) in [
        ("", "plain"),
        (
            "<script>delete Document.prototype.adoptedStyleSheets</script>",
            "no",
        ),
    ] {
        // WebKit does not allow deleting it.
        if Engine::current() == Engine::WebKit && ready == "no" {
            continue;
        }
        let page = Draft::article(&(older.to_owned() + &newsroom.tag("async")), "")
            .policy(&alone(&newsroom))
            .served();
        let reader = Reader::new();
        reader.opens(&page).sees(
            "document.querySelector('gema-article').getAttribute('data-ready')",
            ready,
        );
        assert_eq!(
            reader.finds("document.querySelector('#own').innerText"),
            json!(OWN_TEXT)
        );
        assert_eq!(
            reader.finds("document.querySelector('#own').offsetHeight > 0"),
            json!(true)
        );
        reader.says_in_console(&["follow.js fails"]);
        reader.runs(
            "document.querySelector('gema-article').setAttribute('article', 'lain')",
            &[],
        );
        reader.sees(
            "document.querySelector('gema-article').getAttribute('data-ready')",
            ready,
        );
        assert_eq!(
            reader.finds("document.querySelector('#own').offsetHeight > 0"),
            json!(true)
        );
    }
}

#[test]
fn an_early_press_is_not_counted_for_a_previous_article() {
    let newsroom = Newsroom::open();
    let body = "<main><gema-article><p>Isi.</p></gema-article></main>";
    let page = Draft::default()
        .page("/satu", &newsroom.tag("async"), body)
        .policy(&alone(&newsroom))
        .served();
    let reader = Reader::new();
    reader.goes_to(&page.url("/satu")).widget().stands("plain");
    reader.runs(
        "history.pushState(null, '', '/dua'); document.title = 'Dua'",
        &[],
    );
    let press = "document.querySelector('gema-article').shadowRoot.querySelector('[data-part=option-happy]').click()";
    reader.runs(press, &[]);
    assert_eq!(
        reader.finds("Object.keys(localStorage).filter((name) => name.includes('mine:'))"),
        json!([])
    );
}

#[test]
fn a_saved_page_with_the_loaders_scripts_throws_nothing() {
    let newsroom = Newsroom::open();
    let assets = newsroom.assets();
    let kept: String = ["follow", "js"]
        .iter()
        .map(|kind| {
            format!(
                "<script src={}></script>",
                newsroom.url(&format!("/{}", assets[*kind].as_str().unwrap()))
            )
        })
        .collect();
    let page = Draft::article(&(kept + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    reader.loads(&page).reacts("happy").counts(&[("happy", 1)]);
    reader.console_is_quiet();
    assert_eq!(
        reader.finds("document.querySelectorAll('script[integrity]').length"),
        json!(0)
    );
}
