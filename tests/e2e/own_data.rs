use serde_json::{Value, json};

use crate::{
    newsroom::{ARTICLE, Newsroom, SITE},
    page::{Draft, Page, element},
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
