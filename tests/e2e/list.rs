use serde_json::json;

use crate::{newsroom::Newsroom, page::Draft, reader::Reader};

#[test]
fn a_page_of_counts_sends_one_request_and_loads_no_widget() {
    let newsroom = Newsroom::open();
    newsroom.puts(
        "satu",
        "<p>Satu.</p>",
        &["--title", "Satu", "--imported-reads", "1841"],
    );
    newsroom.puts(
        "dua",
        "<p>Dua.</p>",
        &[
            "--title",
            "Dua",
            "--imported-reaction",
            "happy=2",
            "--imported-reaction",
            "sad=1",
        ],
    );
    let body =
        "<main><article><gema-count article=satu></gema-count> <gema-count article=dua show=reactions></gema-count>
        <gema-count article=tiga></gema-count> <gema-count id=again article=satu></gema-count>
        <gema-count id=english lang=en article=satu></gema-count></article></main>";
    let page = Draft::default()
        .page("/", &newsroom.tag("async"), body)
        .served();
    let reader = Reader::new();
    let texts =
        "[...document.querySelectorAll('gema-count')].map((one) => one.shadowRoot?.textContent)";
    reader.opens(&page);
    reader.sees(
        texts,
        json!([
            "Dibaca 1.841 kali",
            "3 tanggapan",
            "Dibaca 0 kali",
            "Dibaca 1.841 kali",
            "Read 1,841 times"
        ]),
    );
    let asked = "performance.getEntriesByType('resource').map((one) => new URL(one.name)) \
                 .filter((one) => one.host !== location.host).map((one) => one.pathname + '?' + one.searchParams.get('lang'))";
    let of = |name: &str| {
        let found = format!("{asked}.filter((one) => one.includes('{name}')).sort()");
        reader.finds(&found)
    };
    // One request for each language of the page, which run side by side.
    assert_eq!(
        of("/v1/"),
        json!(["/v1/sites/warta/tallies?en", "/v1/sites/warta/tallies?id"])
    );
    assert_eq!(of("wasm"), json!([]));
    assert_eq!(
        reader.finds("document.querySelector('gema-article')"),
        json!(null)
    );
    // Showing a list does not count a read.
    reader.sees("performance.now() > 900", true);
    assert_eq!(newsroom.tally("satu").reads, 1841);

    reader.runs(
        "document.querySelector('#again').setAttribute('article', 'dua')",
        &[],
    );
    reader.sees(
        "document.querySelector('#again').shadowRoot?.textContent",
        "Dibaca 0 kali",
    );
}

#[test]
fn a_list_shows_what_its_reader_has_just_counted() {
    let newsroom = Newsroom::open();
    let tag = newsroom.tag("async");
    let article = "<gema-article article=satu><p>Satu.</p></gema-article>";
    let list = "<gema-count article=satu></gema-count>";
    let page = Draft::default()
        .page("/satu", &tag, article)
        .page("/", &tag, list)
        .served();
    let reader = Reader::new();
    reader.opens(&page).sees(
        "document.querySelector('gema-count').shadowRoot?.textContent",
        "Dibaca 0 kali",
    );
    reader
        .goes_to(&page.url("/satu"))
        .widget()
        .is_there()
        .says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reads("satu", 1);
    // The response for the list is still the cached one.
    reader.opens(&page).sees(
        "document.querySelector('gema-count').shadowRoot?.textContent",
        "Dibaca 1 kali",
    );
}

#[test]
fn a_badge_is_an_image_wherever_an_image_goes() {
    let newsroom = Newsroom::open();
    newsroom.puts(
        "satu",
        "<p>Satu.</p>",
        &["--title", "Satu", "--imported-reads", "1841"],
    );
    let badge = newsroom.url("/v1/sites/warta/badge.svg?article=satu&amp;lang=en");
    // A badge as in an email: without our script, and without a size.
    let page = Draft::default()
        .page("/", "", &format!("<img alt='Reads' src=\"{badge}\">"))
        .served();
    let reader = Reader::new();
    reader.opens(&page).sees(
        "document.images[0].complete && document.images[0].naturalWidth > 80",
        true,
    );
    assert_eq!(newsroom.tally("satu").reads, 1841);
}

#[test]
fn counts_without_a_site_log_a_line_and_request_nothing() {
    let newsroom = Newsroom::open();
    let tag = format!("<script async src={}></script>", newsroom.url("/embed.js"));
    let page = Draft::default()
        .page(
            "/",
            &tag,
            "<main><gema-count article=satu></gema-count></main>",
        )
        .served();
    let reader = Reader::new();
    reader.opens(&page).says_in_console(&["name the site"]);
    let asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/')).length";
    assert_eq!(reader.finds(asked), json!(0));
}

#[test]
fn teasers_are_no_article_however_few_or_long_they_are() {
    let newsroom = Newsroom::open();
    let teaser = |number: u32, text: &str| {
        format!("<article><h2><a href=/{number}>Judul {number}</a></h2><p>{text}</p></article>")
    };
    let short = "Ringkasan yang pendek.";
    let long = short.repeat(20);
    let lists = [
        format!("<main>{}</main>", teaser(1, short)),
        format!(
            "<main>{}{}{}</main>",
            teaser(1, &long),
            teaser(2, short),
            teaser(3, short)
        ),
        format!("<main><a href=/1><article><h2>Judul</h2><p>{short}</p></article></a></main>"),
    ];
    let reader = Reader::new();
    for body in lists {
        let page = Draft::default()
            .page("/tag/banjir", &newsroom.tag("async"), &body)
            .served();
        reader
            .goes_to(&page.url("/tag/banjir"))
            .says_in_console(&["a list of articles here"]);
        assert_eq!(
            reader.finds("document.querySelector('gema-article')"),
            json!(null),
            "{body}"
        );
    }
    assert_eq!(newsroom.tally("/tag/banjir").rev, 0);
    // A link above the headline, or a "more" link in the text, does not make an article a teaser.
    let text = "Isi berita yang panjang. ".repeat(80);
    for own in [
        "<h4><a href=/kategori>Nasional</a></h4><h1>Judul</h1>".to_owned(),
        format!("<p>{text}</p><h3><a href=/lain>Baca juga: berita lain</a></h3>"),
        "<h1><a href='/2024/b/'>Judul</a></h1>".to_owned(),
        "<h1>Judul <a href='javascript:void(0)'>Bagikan</a></h1>".to_owned(),
    ] {
        let body = format!("<main><article>{own}<p>Isi.</p></article></main>");
        let page = Draft::default()
            .page("/2024/b", &newsroom.tag("async"), &body)
            .served();
        reader
            .goes_to(&page.url("/2024/b?utm_source=x"))
            .widget()
            .is_there();
    }
    // An article whose headline links to itself is not a teaser; a longer teaser follows it.
    let own = "<article id=story><h1><a href='/2024/a#top'>Judul</a></h1><p>Isi.</p></article>";
    let page = Draft::default()
        .page(
            "/2024/a",
            &newsroom.tag("async"),
            &format!("<main>{own}{}</main>", teaser(1, &long)),
        )
        .served();
    reader.goes_to(&page.url("/2024/a")).widget().is_there();
    assert_eq!(
        reader.finds("document.querySelector('gema-article').parentNode.id"),
        json!("story")
    );
}

#[test]
fn a_late_answer_is_not_shown_for_another_article() {
    let newsroom = Newsroom::open();
    for (article, reads) in [("satu", "11"), ("dua", "22")] {
        newsroom.puts(
            article,
            "<p>Isi.</p>",
            &["--title", article, "--imported-reads", reads],
        );
    }
    let late = "<script>const ask = fetch, held = new Promise((done) => (window.release = done));
        window.fetch = async (address, ...more) => {
            if (!`${address}`.includes('article=satu')) return ask(address, ...more);
            await held;
            const answer = await ask(address, ...more);
            setTimeout(() => (window.isLate = true), 100);
            return answer;
        };</script>";
    let body = "<main><gema-count article=satu></gema-count></main>";
    let page = Draft::default()
        .page("/", &(late.to_owned() + &newsroom.tag("async")), body)
        .served();
    let reader = Reader::new();
    let text = "document.querySelector('gema-count').shadowRoot?.textContent ?? null";
    reader
        .opens(&page)
        .sees("!!customElements.get('gema-count')", true);
    reader.runs("setTimeout(() => document.querySelector('gema-count').setAttribute('article', 'dua'), 100)", &[]);
    reader.sees(text, "Dibaca 22 kali").runs("release()", &[]);
    reader.sees("!!window.isLate", true);
    assert_eq!(reader.finds(text), json!("Dibaca 22 kali"));
}

#[test]
fn a_hidden_count_requests_nothing_until_it_is_shown() {
    let newsroom = Newsroom::open();
    newsroom.puts(
        "satu",
        "<p>Satu.</p>",
        &["--title", "Satu", "--imported-reads", "1841"],
    );
    let page = Draft::default()
        .page(
            "/",
            &newsroom.tag("async"),
            "<main><article><p>Galat.</p></article><gema-count hidden article=satu></gema-count>\
             <gema-count id=shown article=satu></gema-count></main>",
        )
        .served();
    let bare = Draft::default()
        .page(
            "/galat",
            &newsroom.tag("async"),
            "<main><article><p>Galat.</p></article><gema-count hidden></gema-count></main>",
        )
        .served();
    let reader = Reader::new();
    let hidden = "document.querySelector('[article=satu]').shadowRoot?.textContent";
    let requests = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/v1/')).length";
    // The one that is shown proves that the request of the page was sent.
    reader.opens(&page).sees(
        "document.querySelector('#shown').shadowRoot?.textContent",
        "Dibaca 1.841 kali",
    );
    assert_eq!(reader.finds(hidden), json!(null));
    reader.runs("document.querySelector('[hidden]').hidden = false", &[]);
    reader.sees(hidden, "Dibaca 1.841 kali");

    reader.opens(&bare).sees("performance.now() > 900", true);
    assert_eq!(reader.finds(requests), json!(0));
    assert_eq!(
        reader.finds("document.querySelector('gema-article')"),
        json!(null)
    );
}
