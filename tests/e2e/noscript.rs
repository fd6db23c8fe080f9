use serde_json::json;

use crate::{
    looks::take,
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, OWN_TEXT, Page, element},
    reader::Reader,
};

/// The widget's address with its parameters, as a template writes it.
fn address(newsroom: &Newsroom, more: &[(&str, &str)]) -> String {
    let address = newsroom.url(&format!("/v1/sites/{SITE}/widget.html"));
    let pairs = [
        ("article", ARTICLE),
        ("lang", "id"),
        ("title", "Banjir & kanal"),
        ("url", "https://warta.example/banjir"),
    ];
    reqwest::Url::parse_with_params(&address, pairs.iter().chain(more))
        .expect("an address")
        .into()
}

/// The usual article page, with the documented second snippet.
fn page(newsroom: &Newsroom, more: &[(&str, &str)]) -> Page {
    draft(newsroom, more).served()
}

fn draft(newsroom: &Newsroom, more: &[(&str, &str)]) -> Draft {
    let source = address(newsroom, &[&[("frame", "1")], more].concat()).replace('&', "&amp;");
    let snippet = format!(
        "<noscript><iframe loading=lazy width=100% height=640 title='Bagikan dan beri tanggapan' src='{source}'></iframe></noscript>"
    );
    Draft::default().page("/", &newsroom.tag("async"), &(element("") + &snippet))
}

#[test]
fn without_javascript_a_vote_changes_and_ends_in_chromium() {
    let newsroom = Newsroom::open();
    let page = page(&newsroom, &[]);
    let budi = Reader::new();
    budi.opens(&page).widget().is_there().reacts("sad");
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    newsroom.has_reads(ARTICLE, 1);

    let rini = Reader::without_javascript();
    rini.opens(&page).reads("#own", OWN_TEXT).turns_to_frame();
    rini.reads("[part=reads]", "Dibaca 1 kali")
        .reads("[data-part=option-sad] [part=count]", "1");
    let shared = "https://wa.me/?text=Banjir%20%26%20kanal%20https%3A%2F%2Fwarta.example%2Fbanjir";
    rini.has_attribute("[data-part=whatsapp]", "href", Some(shared));
    rini.turns_to_page();
    take(&rini, "noscript-before");

    for (press, chosen, says, counts) in [
        (
            "happy",
            Some("option-happy"),
            "Anda memilih Senang.",
            &[("happy", 1), ("sad", 1)][..],
        ),
        (
            "angry",
            Some("option-angry"),
            "Anda memilih Marah.",
            &[("sad", 1), ("angry", 1)],
        ),
        ("angry", None, "Pilihan Anda dibatalkan.", &[("sad", 1)]),
        (
            "sad",
            Some("option-sad"),
            "Anda memilih Sedih.",
            &[("sad", 2)],
        ),
    ] {
        rini.turns_to_frame()
            .clicks(&format!("[data-part=option-{press}]"));
        newsroom.has_reactions(ARTICLE, counts);
        rini.turns_to_frame()
            .has_attribute("[aria-pressed=true]", "data-part", chosen);
        // The message is beside the pressed option, and has the focus.
        rini.reads(
            &format!("[data-part=option-{press}] + #pressed:focus"),
            says,
        );
    }
    rini.turns_to_page();
    take(&rini, "noscript-after");
    // The page around the frame is still there, and the reader is recognised after a reload.
    rini.reads("#own", OWN_TEXT).reloads();
    rini.turns_to_frame()
        .has_attribute("[aria-pressed=true]", "data-part", Some("option-sad"));
    assert!(
        newsroom
            .shows(ARTICLE)
            .contains("Readers who reacted without JavaScript or storage, among these: 1")
    );
}

#[test]
fn the_frame_fits_a_narrow_dark_page_with_a_copy_in_chromium() {
    let newsroom = Newsroom::open();
    let details = [
        "--title",
        "Banjir mulai surut",
        "--byline",
        "Humas",
        "--published",
        "2015-11-17",
    ];
    newsroom.puts(ARTICLE, "<p id=awal>Air mulai surut.</p>", &details);
    let page = page(&newsroom, &[("body", "1"), ("theme", "dark")]);
    let rini = Reader::without_javascript();
    rini.devtools(
        "Emulation.setDeviceMetricsOverride",
        json!({ "width": 360, "height": 1400, "deviceScaleFactor": 1, "mobile": true }),
    );
    rini.opens(&page).turns_to_frame();
    rini.reads("h1", "Banjir mulai surut")
        .reads("#gema-awal", "Air mulai surut.")
        .clicks("[data-part=option-inspired]");
    newsroom.has_reactions(ARTICLE, &[("inspired", 1)]);
    rini.turns_to_frame().has_attribute(
        "[aria-pressed=true]",
        "data-part",
        Some("option-inspired"),
    );
    rini.turns_to_page();
    take(&rini, "noscript-narrow-dark");
}

#[test]
fn a_page_that_isolates_itself_has_the_frame_too_in_chromium() {
    let newsroom = Newsroom::open();
    newsroom.puts(
        ARTICLE,
        "<p id=awal>Air mulai surut.</p>",
        &["--title", "Banjir mulai surut"],
    );
    let rini = Reader::without_javascript();
    for (more, option) in [(&[][..], "happy"), (&[("body", "1")], "sad")] {
        let isolated = draft(&newsroom, more)
            .header("cross-origin-embedder-policy", "require-corp")
            .header("cross-origin-opener-policy", "same-origin")
            .served();
        rini.opens(&isolated)
            .turns_to_frame()
            .clicks(&format!("[data-part=option-{option}]"));
        newsroom.has_reactions(ARTICLE, &[(option, 1)]);
        rini.turns_to_frame().has_attribute(
            "[aria-pressed=true]",
            "data-part",
            Some(&format!("option-{option}")),
        );
    }
}

#[test]
fn an_included_fragment_shows_before_scripts_in_chromium() {
    let newsroom = Newsroom::open();
    let endpoint = newsroom.url("/");
    let included = newsroom.get(
        address(&newsroom, &[("endpoint", &endpoint)])
            .strip_prefix(endpoint.trim_end_matches('/'))
            .expect("its own"),
    );
    let body = format!(
        "<main><gema-article article='{ARTICLE}'>{included}<p id=own>{OWN_TEXT}</p></gema-article></main>"
    );
    let without = Draft::default().page("/", "", &body).served();
    let reader = Reader::new();
    reader
        .opens(&without)
        .widget()
        .says("[part=reads]", "Dibaca 0 kali")
        .sees(
            "getComputedStyle(root.querySelector('[part=option]')).display",
            "flex",
        );
    take(&reader, "included");
    let with = Draft::default()
        .page("/", &newsroom.tag("async"), &body)
        .served();
    reader
        .loads(&with)
        .reacts("happy")
        .has_chosen(Some("happy"));
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
}
