use serde_json::{Value, json};

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, Page, element},
    patience::until,
    reader::Reader,
    strict::documented,
};

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

/// An article page, and a privacy page with a strict policy.
fn site(newsroom: &Newsroom) -> Page {
    let tag = format!(
        "<script async src=\"{}\" data-site={SITE}></script>",
        newsroom.url("/reader.js")
    );
    let policy =
        documented(newsroom) + " data:; require-trusted-types-for 'script'; trusted-types gema";
    Draft::default()
        .page("/", &newsroom.tag("async"), &element(""))
        .page(
            "/privasi",
            &tag,
            "<main><h1>Privasi</h1><gema-reader></gema-reader></main>",
        )
        .policy(&policy)
        .served()
}

fn text(of: &str) -> String {
    format!("document.querySelector('gema-reader {of}')?.innerText")
}

/// Presses Tab until this button has the focus.
fn tab_to(reader: &Reader, button: &str) {
    for _ in 0..20 {
        if reader.finds("document.activeElement.dataset.gema") == button {
            return;
        }
        reader.presses(TAB);
    }
    panic!("the tab key never reaches {button}");
}

/// Asks to be forgotten, and confirms it, by the keyboard alone.
fn is_forgotten(reader: &Reader) {
    tab_to(reader, "forget");
    reader.presses(ENTER);
    // Nothing is deleted by pressing the same key twice.
    reader.sees("document.activeElement.dataset.gema", "cancel");
    reader.presses_with('\u{e008}', TAB);
    reader.sees("document.activeElement.dataset.gema", "forget-now");
    reader.presses(ENTER);
}

#[test]
fn a_reader_who_never_reacted_sees_that_nothing_is_kept() {
    let newsroom = Newsroom::open();
    let page = site(&newsroom);
    let reader = Reader::new();
    reader.goes_to(&page.url("/privasi"));
    reader.sees(
        &text("p"),
        "Peramban ini tidak menyimpan apa pun dari Gema untuk situs ini.",
    );
    assert_eq!(reader.faults(), [""; 0]);
    is_forgotten(&reader);
    reader.sees(
        &format!("{}.startsWith('Selesai')", text("[data-gema=result]")),
        true,
    );
    reader.console_is_quiet();
}

#[test]
fn a_reader_sees_takes_along_and_deletes_what_is_kept() {
    let newsroom = Newsroom::open();
    let page = site(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    newsroom.has_reads(ARTICLE, 1);

    reader.goes_to(&page.url("/privasi"));
    reader.sees(
        "[...document.querySelectorAll('gema-reader td')].map((cell) => cell.innerText)",
        json!([ARTICLE, "Senang", "ya"]),
    );
    assert_eq!(reader.faults(), [""; 0]);

    // The file, as the page makes it. It is not saved: Firefox's list of downloads would take the focus.
    reader.runs(
        "const make = URL.createObjectURL; URL.createObjectURL = (blob) => ((window.file = blob), make.call(URL, blob)); \
         HTMLAnchorElement.prototype.click = function () { window.fileName = this.download; };",
        &[],
    );
    tab_to(&reader, "download");
    reader.presses(ENTER);
    reader.sees("window.fileName", format!("gema-{SITE}.json"));
    let file: Value =
        serde_json::from_str(reader.awaits("window.file.text()").as_str().unwrap()).unwrap();
    assert_eq!(
        file["at_endpoint"],
        json!([{ "article": ARTICLE, "reaction": "happy" }])
    );
    assert_eq!(
        file["browser"][format!("mine:{ARTICLE}")]["reaction"],
        json!("happy")
    );
    assert_eq!(file["browser"]["visitor"].as_str().unwrap().len(), 22);

    is_forgotten(&reader);
    reader.sees(
        &format!("{}.startsWith('Selesai')", text("[data-gema=result]")),
        true,
    );
    // A screen reader that was at the button is at the result.
    reader.sees("document.activeElement.dataset.gema", "result");
    newsroom.has_reactions(ARTICLE, &[]);
    let kept = "Object.keys(localStorage).filter((name) => name.startsWith('gema:'))";
    assert_eq!(reader.finds(kept), json!([]));
    assert_eq!(reader.faults(), [""; 0]);
    reader.console_is_quiet();
}

#[test]
fn nothing_is_forgotten_here_while_the_endpoint_is_away() {
    let mut newsroom = Newsroom::open();
    let page = site(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).reacts("sad");
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    reader.goes_to(&page.url("/privasi"));
    reader.sees(&format!("{}.length > 0", text("table")), true);
    newsroom.is_killed();
    is_forgotten(&reader);
    reader.sees(
        &format!(
            "{}.includes('tidak ada yang dihapus')",
            text("[data-gema=result]")
        ),
        true,
    );
    let token = format!("localStorage.getItem('gema:1:{SITE}:visitor')?.length");
    assert_eq!(reader.finds(&token), json!(22));

    newsroom.restart();
    is_forgotten(&reader);
    reader.sees(&token, Value::Null);
    newsroom.has_reactions(ARTICLE, &[]);
}

#[test]
fn a_reader_who_only_read_sees_and_deletes_the_key() {
    let newsroom = Newsroom::open();
    let page = site(&newsroom);
    let reader = Reader::new();
    reader.opens(&page).widget().is_there();
    newsroom.has_reads(ARTICLE, 1);
    reader.goes_to(&page.url("/privasi"));
    reader.sees(
        &format!("{}.includes('Artikel yang Anda baca')", text("ul")),
        true,
    );
    assert_eq!(
        reader.finds("document.querySelectorAll('gema-reader table').length"),
        json!(0)
    );
    is_forgotten(&reader);
    reader.sees(
        &text("p"),
        "Peramban ini tidak menyimpan apa pun dari Gema untuk situs ini.",
    );
    newsroom.has_reads(ARTICLE, 1);
    assert_eq!(reader.faults(), [""; 0]);
    reader.console_is_quiet();
}

#[test]
fn a_reader_whose_browser_stores_nothing_is_told_so() {
    let newsroom = Newsroom::open();
    let denied = "<script>Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } });</script>";
    let tag = format!(
        "{denied}<script async src=\"{}\" data-site={SITE}></script>",
        newsroom.url("/reader.js")
    );
    let page = Draft::default()
        .page("/", &tag, "<main><gema-reader></gema-reader></main>")
        .served();
    let reader = Reader::new();
    reader.opens(&page);
    reader.sees(
        &format!("{}.startsWith('Peramban ini tidak mengizinkan')", text("p")),
        true,
    );
    is_forgotten(&reader);
    reader.sees(
        &format!("{}.startsWith('Selesai')", text("[data-gema=result]")),
        true,
    );
    reader.console_is_quiet();
}

/// The bytes of the digest of the only vote.
fn digest(newsroom: &Newsroom) -> Option<Vec<u8>> {
    let export = newsroom.says(&["export"]);
    let (_, vote) = export.split_once("{\"vote\":{\"mark\":\"")?;
    let hex = vote.split('"').next()?;
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn forgetting_leaves_no_digest_in_the_endpoints_files() {
    let mut newsroom = Newsroom::open();
    let page = site(&newsroom);
    let reader = Reader::new();
    reader.opens(&page).widget().is_there().reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    let digest = digest(&newsroom).expect("a vote");
    assert!(
        newsroom.files_have(&digest),
        "the search finds what is there"
    );
    reader.goes_to(&page.url("/privasi"));
    reader.sees(&format!("{}.length > 0", text("table")), true);
    is_forgotten(&reader);
    newsroom.has_reactions(ARTICLE, &[]);
    // The next start empties the log of what was written before.
    newsroom.is_killed();
    newsroom.restart();
    until("bytes of the digest", false, || {
        newsroom.files_have(&digest)
    });
    assert_eq!(self::digest(&newsroom), None);
}
