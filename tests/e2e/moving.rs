//! Pages that are left, come back, wait in the background, and change their article.

use serde_json::json;

use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::Draft,
    reader::Reader,
};

/// A page that reports how it came to be shown.
const TELLING: &str = "<script>
    addEventListener('pageshow', (event) => (window.persisted = event.persisted));
    window.began = document.prerendering ? 'prerendered' : document.visibilityState;
    if (document.prerendering) localStorage.prerendered = location.pathname;
</script>";

/// Two articles, each named by the path of its page.
fn two_articles(newsroom: &Newsroom, head: &str) -> Draft {
    let head = format!("{TELLING}{head}{}", newsroom.tag("async"));
    let article = |name: &str| {
        format!(
            "<main><a id=next href=/dua>Dua</a><gema-article><p>{name}</p></gema-article></main>"
        )
    };
    Draft::default()
        .page("/satu", &head, &article("Satu."))
        .page("/dua", &head, &article("Dua."))
}

#[test]
fn a_restored_page_shows_new_counts_and_is_no_new_read() {
    let newsroom = Newsroom::open();
    let page = two_articles(&newsroom, "").served();
    let (rini, budi) = (Reader::new(), Reader::new());
    let widget = rini.goes_to(&page.url("/satu")).widget();
    // Pressed by a script: Firefox does not keep a page in its back-forward cache after its driver has clicked.
    let press = "root.querySelector('[data-part=option-happy]').click()";
    widget
        .is_there()
        .says("[part=reads]", "Dibaca 1 kali")
        .finds(press);
    newsroom.has_reactions("/satu", &[("happy", 1)]);
    newsroom.has_reads("/satu", 1);
    // A page with a pending response is not kept in the back-forward cache.
    let sent = "Object.entries(localStorage).some(([name, text]) => name.includes(':mine:') && JSON.parse(text).sent)";
    rini.sees(sent, true);
    rini.runs("document.querySelector('#next').click()", &[]);
    rini.sees("location.pathname", "/dua")
        .widget()
        .is_there()
        .reacts("sad");
    newsroom.has_reactions("/dua", &[("sad", 1)]);
    budi.goes_to(&page.url("/satu"))
        .widget()
        .is_there()
        .reacts("angry");
    newsroom.has_reactions("/satu", &[("happy", 1), ("angry", 1)]);
    newsroom.has_reads("/satu", 2);
    rini.goes_back()
        .sees("location.pathname", "/satu")
        .sees("window.persisted", true);
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .reacts("happy")
        .has_chosen(None);
    newsroom.has_reactions("/satu", &[("angry", 1)]);
    widget
        .counts(&[("angry", 1)])
        .says("[part=reads]", "Dibaca 2 kali");
    assert_eq!(newsroom.tally("/satu").reads, 2);
    rini.console_is_quiet();
}

#[test]
fn a_reaction_during_an_outage_is_sent_when_the_page_returns() {
    let mut newsroom = Newsroom::open();
    let page = two_articles(&newsroom, "").served();
    let reader = Reader::new();
    let widget = reader.goes_to(&page.url("/satu")).widget();
    widget.is_there().says("[part=reads]", "Dibaca 1 kali");
    newsroom.is_killed();
    widget.reacts("happy").counts(&[("happy", 1)]);
    reader.goes_to("about:blank");
    newsroom.restart();
    reader.goes_back();
    widget
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)]);
    newsroom.has_reactions("/satu", &[("happy", 1)]);
}

#[test]
fn a_prerendered_page_is_read_after_activation_in_chromium() {
    let newsroom = Newsroom::open();
    let rules = r#"<script type=speculationrules>{"prerender":[{"source":"list","urls":["/dua"],"eagerness":"immediate"}]}</script>"#;
    let page = two_articles(&newsroom, rules).served();
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/satu"))
        .widget()
        .is_there()
        .says("[part=reads]", "Dibaca 1 kali");
    reader
        .sees("localStorage.prerendered", "/dua")
        .sees("performance.now() > 1500", true);
    assert_eq!(newsroom.tally("/dua").rev, 0);
    reader.runs("document.querySelector('#next').click()", &[]);
    reader
        .sees("location.pathname", "/dua")
        .sees("window.began", "prerendered");
    reader
        .widget()
        .is_there()
        .reacts("sad")
        .counts(&[("sad", 1)])
        .says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads("/dua", 1);
    newsroom.has_reactions("/dua", &[("sad", 1)]);
}

#[test]
fn a_single_page_application_counts_each_path_apart() {
    let newsroom = Newsroom::open();
    let page = two_articles(&newsroom, "").served();
    let reader = Reader::new();
    reader
        .goes_to(&page.url("/satu"))
        .widget()
        .is_there()
        .reacts("happy");
    newsroom.has_reads("/satu", 1);
    newsroom.has_reactions("/satu", &[("happy", 1)]);
    reader.runs(
        "history.pushState(null, '', '/dua'); document.querySelector('main').innerHTML = '<gema-article><p>Dua.</p></gema-article>'",
        &[],
    );
    reader
        .widget()
        .is_there()
        .has_chosen(None)
        .counts(&[])
        .reacts("sad")
        .counts(&[("sad", 1)]);
    newsroom.has_reads("/dua", 1);
    newsroom.has_reactions("/dua", &[("sad", 1)]);
    newsroom.has_reactions("/satu", &[("happy", 1)]);
    assert_eq!(
        (newsroom.tally("/satu").reads, newsroom.tally("/dua").reads),
        (1, 1)
    );
}

#[test]
fn articles_that_change_faster_than_answers_are_counted_apart() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&newsroom.tag("async"), "").served();
    let reader = Reader::new();
    let widget = reader.loads(&page);
    reader.runs(
        "for (const name of ['a', 'b', 'c', 'a', 'lain']) document.querySelector('gema-article').setAttribute('article', name)",
        &[],
    );
    widget.is_there().reacts("sad").counts(&[("sad", 1)]);
    newsroom.has_reads("lain", 1);
    newsroom.has_reactions("lain", &[("sad", 1)]);
    for name in ["a", "b", "c"] {
        assert_eq!(newsroom.tally(name).rev, 0, "{name}");
    }
}

#[test]
fn a_right_to_left_page_keeps_the_widgets_direction() {
    let newsroom = Newsroom::open();
    let turned = "<script>document.documentElement.dir = 'rtl'</script>";
    let page = Draft::article(&(turned.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::with_width(480);
    let widget = reader.loads(&page);
    widget
        .sees(
            "getComputedStyle(root.querySelector('[part=below]')).direction",
            "ltr",
        )
        .reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    assert_eq!(
        reader.finds("getComputedStyle(document.querySelector('#own')).direction"),
        json!("rtl")
    );
    assert_eq!(
        reader.finds("document.documentElement.scrollWidth <= innerWidth"),
        json!(true)
    );
    let inside = "[...root.querySelectorAll('button, a')].filter((one) => one.checkVisibility()).every((one) => {
        const { left, right } = one.getBoundingClientRect();
        return left >= 0 && right <= innerWidth;
    })";
    assert_eq!(widget.finds(inside), json!(true));
}

#[test]
fn two_hundred_counts_take_two_requests_and_later_ones_one() {
    let newsroom = Newsroom::open();
    newsroom.puts(
        "ada",
        "<p>Ada.</p>",
        &["--title", "Ada", "--imported-reads", "7"],
    );
    let counts: String = (0..199)
        .map(|number| format!("<gema-count article=a{number}></gema-count> "))
        .collect();
    let body = format!("<main>{counts}<gema-count article=ada></gema-count></main>");
    let page = Draft::default()
        .page("/", &newsroom.tag("async"), &body)
        .served();
    let reader = Reader::new();
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/tallies?')).length";
    let filled =
        "[...document.querySelectorAll('gema-count')].filter((one) => one.shadowRoot).length";
    reader.opens(&page).sees(filled, 200).sees(
        "document.querySelector('[article=ada]').shadowRoot?.textContent",
        "Dibaca 7 kali",
    );
    assert_eq!(reader.finds(asked), json!(2));
    reader.runs(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<gema-count article=b1></gema-count><gema-count article=b2></gema-count>')",
        &[],
    );
    reader.sees(filled, 202);
    assert_eq!(reader.finds(asked), json!(3));
}
