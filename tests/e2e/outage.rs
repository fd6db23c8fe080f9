use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page},
    reader::Reader,
};

/// The poll's message while a reaction is unsent.
const WAITING: &str = "Pilihan Anda akan terkirim begitu tersambung kembali.";

#[test]
fn a_page_opened_without_the_endpoint_gets_the_widget_later() {
    let mut newsroom = Newsroom::open();
    let tag = newsroom.tag("async");
    let next = "<gema-article article=lain><p id=own>Lain.</p></gema-article>";
    let page = Draft::article(&tag, "").page("/lain", &tag, next).served();
    let reader = Reader::new();
    // The browser has cached the script and the widget's files on the previous page.
    reader.loads(&page).says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
    newsroom.is_killed();
    reader.console();
    reader.goes_to(&page.url("/lain")).sees(
        "!!customElements.get('gema-article') && performance.now() > 500",
        true,
    );
    reader.widget().is_gone();
    reader.sees("document.querySelector('#own').checkVisibility()", true);
    reader.says_in_console(&["no answer from"]);
    newsroom.restart();
    reader
        .widget()
        .is_there()
        .reacts("sad")
        .counts(&[("sad", 1)]);
    newsroom.has_reactions("lain", &[("sad", 1)]);
    newsroom.has_reads("lain", 1);
}

#[test]
fn a_page_whose_script_does_not_come_stays_as_it_is() {
    let mut newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    newsroom.is_killed();
    let reader = Reader::new();
    reader
        .opens(&page)
        .sees("document.querySelector('#own').innerText", OWN_TEXT);
    reader.console_is_quiet();
}

#[test]
fn a_reaction_during_an_outage_counts_once_afterwards() {
    let mut newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.is_killed();
    widget
        .reacts("sad")
        .counts(&[("sad", 1)])
        .says("[part=poll] [part=notice]", WAITING);
    newsroom.restart();
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    widget.counts(&[("sad", 1)]).sees(
        "root.querySelector('[part=poll] [part=notice]')",
        serde_json::Value::Null,
    );
    reader.console_is_quiet();
}

/// While `window.refuses` is set, the endpoint refuses all reactions, as for a page whose origin the site does not
/// list.
const REFUSING_ENDPOINT: &str = r#"<script>{
    const ask = fetch;
    window.refuses = true;
    window.fetch = async (address, options) =>
        refuses && `${options?.body}`.includes('"react"') ? new Response('{"detail":"no"}', { status: 403 }) : ask(address, options);
}</script>"#;

#[test]
fn a_rejected_reaction_is_refused_at_once_and_can_be_repeated() {
    let newsroom = Newsroom::open();
    let page =
        Draft::article(&(REFUSING_ENDPOINT.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("happy").says(
        "[part=poll] [part=notice]",
        "Maaf, pilihan Anda tidak dapat diterima.",
    );
    widget.counts(&[]).has_chosen(None).says(
        ".said[aria-live]",
        "Maaf, pilihan Anda tidak dapat diterima.",
    );
    reader.runs("window.refuses = false", &[]);
    widget
        .reacts("happy")
        .counts(&[("happy", 1)])
        .has_chosen(Some("happy"));
    widget.sees(
        "root.querySelector('[part=poll] [part=notice]')",
        serde_json::Value::Null,
    );
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
}

#[test]
fn a_reaction_with_a_lost_answer_counts_once() {
    let mut newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
    // The endpoint has received the request, and stops before it answers.
    newsroom.falls_asleep();
    widget.reacts("happy").counts(&[("happy", 1)]);
    newsroom.is_killed();
    newsroom.restart();
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    reader.reloads();
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)])
        .reacts("angry");
    newsroom.has_reactions(ARTICLE, &[("angry", 1)]);
    assert_eq!(newsroom.tally(ARTICLE).reads, 1);
}

#[test]
fn a_reaction_before_leaving_is_sent_from_the_next_page() {
    let mut newsroom = Newsroom::open();
    let tag = newsroom.tag("async");
    let next = "<gema-article article=lain><p>Lain.</p></gema-article>";
    let page = Draft::article(&tag, "").page("/lain", &tag, next).served();
    let reader = Reader::new();
    reader.loads(&page);
    newsroom.is_killed();
    reader.widget().reacts("happy").counts(&[("happy", 1)]);
    reader.goes_to("about:blank");
    newsroom.restart();
    reader
        .goes_to(&page.url("/lain"))
        .widget()
        .is_there()
        .counts(&[]);
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
}

#[test]
fn an_offline_reaction_outlives_the_browser_in_chromium() {
    outlives_the_browser();
}

#[test]
fn an_offline_reaction_outlives_the_browser_in_firefox() {
    outlives_the_browser();
}

/// WebKit's driver gives the browser no profile: stored data ends with the window.
fn outlives_the_browser() {
    let mut newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads(ARTICLE, 1);
    newsroom.is_killed();
    widget.reacts("happy").counts(&[("happy", 1)]);
    widget
        .reacts("sad")
        .counts(&[("sad", 1)])
        .has_chosen(Some("sad"))
        .says("[part=poll] [part=notice]", WAITING);
    reader.console_is_quiet();
    let profile = reader.closes_her_browser();

    let reader = Reader::with_profile(profile);
    reader
        .opens(&page)
        .sees("document.querySelector('#own').innerText", OWN_TEXT);
    newsroom.restart();
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    let nothing = serde_json::Value::Null;
    let widget = reader.widget();
    widget
        .is_there()
        .has_chosen(Some("sad"))
        .counts(&[("sad", 1)]);
    widget
        .sees("root.querySelector('[part=poll] [part=notice]')", nothing)
        .says("[part=reads]", "Dibaca 1 kali");
    // One read and one choice: the first of the two choices was never sent.
    assert_eq!(newsroom.tally(ARTICLE).rev, 2);
    // During the outage, the console has at most this message.
    assert!(
        reader
            .console()
            .iter()
            .all(|line| line.contains("no answer from"))
    );
}
