use serde_json::{Value, json};

use crate::{
    newsroom::{Newsroom, SITE},
    page::Draft,
    reader::Reader,
    strict::documented,
};

/// An endpoint with three articles: two reads of the first, one of the second, three of one without a copy.
fn read_newsroom() -> Newsroom {
    let newsroom = Newsroom::open();
    let title = "Satu <b id=bold>tebal</b> & \"kutip\"";
    let address = |path: &str| format!("https://warta.example/{path}?a=1&b=2");
    newsroom.puts(
        "satu",
        "<p>Satu.</p>",
        &["--title", title, "--url", &address("satu")],
    );
    newsroom.puts(
        "/ekonomi/dua",
        "<p>Dua.</p>",
        &["--title", "Dua", "--url", &address("ekonomi/dua")],
    );
    newsroom.puts("tanpa-alamat", "<p>Tiga.</p>", &["--title", "Tiga"]);
    let read = |article: &str, number: u32| json!({ "type": "read", "article": article, "key": format!("{number:016}") });
    let events = [
        read("satu", 1),
        read("satu", 2),
        read("/ekonomi/dua", 3),
        read("tanpa-alamat", 4),
        read("tanpa-alamat", 5),
        read("tanpa-alamat", 6),
        json!({ "type": "react", "article": "/ekonomi/dua", "reaction": "sad", "seq": 1 }),
    ];
    newsroom.takes(&json!({ "visitor": "1234567890123456789012", "events": events }));
    newsroom
}

fn tag(newsroom: &Newsroom) -> String {
    format!(
        "<script async src=\"{}\" data-site={SITE}></script>",
        newsroom.url("/top.js")
    )
}

/// The texts of the entries of a list.
fn entries(id: &str) -> String {
    format!("[...document.querySelectorAll('#{id} li')].map((item) => item.innerText)")
}

#[test]
fn a_list_shows_titles_and_counts_as_the_page_writes() {
    let newsroom = read_newsroom();
    let body = "<main><h1>Warta</h1>\
        <gema-top id=read><h2>Terpopuler</h2></gema-top>\
        <gema-top id=answered by=reactions lang=en></gema-top>\
        <gema-top id=section section=/ekonomi/ counts=off></gema-top>\
        <gema-top id=nothing section=/olahraga/ style='display: block; padding: 40px'><h2>Olahraga</h2></gema-top></main>";
    // The documented policy, and no markup from text.
    let policy = documented(&newsroom)
        + " data:; style-src-attr 'unsafe-inline'; require-trusted-types-for 'script'";
    let page = Draft::default()
        .page("/", &tag(&newsroom), body)
        .policy(&policy)
        .served();
    let reader = Reader::new();
    reader.opens(&page);
    reader.sees(
        &entries("read"),
        json!([
            "Satu <b id=bold>tebal</b> & \"kutip\" Dibaca 2 kali",
            "Dua Dibaca 1 kali"
        ]),
    );
    reader.sees(&entries("answered"), json!(["Dua 1 response"]));
    reader.sees(&entries("section"), json!(["Dua"]));
    reader.sees("document.querySelector('#nothing').offsetHeight", 0);
    assert_eq!(reader.finds("document.querySelector('#bold')"), Value::Null);
    assert_eq!(
        reader.finds("document.querySelector('#read a').href"),
        json!("https://warta.example/satu?a=1&b=2")
    );
    // One small script, and no widget.
    let loaded = "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname) \
                  .filter((path) => /embed|assets|wasm/.test(path))";
    assert_eq!(reader.finds(loaded), json!([]));
    assert_eq!(reader.faults(), [""; 0]);
    reader.console_is_quiet();
}

#[test]
fn a_list_that_comes_into_its_reserved_height_moves_nothing() {
    let newsroom = read_newsroom();
    let head = "<style>gema-top { display: flow-root; min-height: 9em; }</style>".to_owned();
    let body = "<main><gema-top id=read limit=2></gema-top><p id=after>Sesudahnya.</p></main>
        <script>window.first = document.querySelector('#after').getBoundingClientRect().top;</script>";
    let page = Draft::default()
        .page("/", &(head + &tag(&newsroom)), body)
        .served();
    let reader = Reader::new();
    reader.opens(&page);
    reader.sees(&format!("{}.length", entries("read")), 2);
    assert_eq!(
        reader.finds("document.querySelector('#after').getBoundingClientRect().top === first"),
        json!(true)
    );
}

#[test]
fn a_list_without_an_answer_leaves_what_the_page_has_there() {
    let mut newsroom = read_newsroom();
    let body = "<gema-top id=read><p id=own>Pilihan redaksi</p></gema-top>";
    let script = newsroom.get("/top.js");
    newsroom.is_killed();
    let tag = format!(
        "<script async src=/top.js data-site={SITE} data-endpoint='{}'></script>",
        newsroom.url("/")
    );
    let page = Draft::default()
        .file("/top.js", "text/javascript", script)
        .page("/", &tag, body)
        .served();
    let reader = Reader::new();
    reader.opens(&page).says_in_console(&["no answer from"]);
    assert_eq!(
        reader.finds("document.querySelector('#own').offsetHeight > 0"),
        json!(true)
    );
}

#[test]
fn a_list_needs_no_storage() {
    let newsroom = read_newsroom();
    let denied = "<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } });</script>";
    let body = "<main><h1>Warta</h1><gema-top id=read></gema-top></main>";
    let page = Draft::default()
        .page("/", &(denied.to_owned() + &tag(&newsroom)), body)
        .served();
    let reader = Reader::new();
    reader.opens(&page);
    reader.sees(&format!("{}.length", entries("read")), 2);
    reader.console_is_quiet();
}
