//! What Orca says in Firefox, utterance by utterance: while a page is read line by line, and after each key. The
//! reader's own actions are announced once, in words; those of others are not announced.

/// The frame for readers without JavaScript.
mod frame;
/// Other states, and other pages.
mod states;

use serde_json::json;

use crate::{
    listener::{Listener, MARK},
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, OWN_TEXT, Page},
};

/// An article that was read and reacted to.
fn counted(more: &str) -> Newsroom {
    let newsroom = Newsroom::with(more);
    counts(&newsroom);
    newsroom
}

fn counts(newsroom: &Newsroom) {
    let counts = [
        "--imported-reads",
        "841",
        "--imported-reaction",
        "happy=3",
        "--imported-reaction",
        "sad=1",
    ];
    newsroom.puts(
        ARTICLE,
        "<p>Isi.</p>",
        &[&["--title", "Banjir"], &counts[..]].concat(),
    );
}

/// The article's page, with a text before the widget and one after it.
fn page(newsroom: &Newsroom, head: &str, attributes: &str) -> Page {
    draft(newsroom, head, attributes).served()
}

fn draft(newsroom: &Newsroom, head: &str, attributes: &str) -> Draft {
    let body = format!(
        "{MARK}<main><h1>Banjir</h1><gema-article article='{ARTICLE}' {attributes}><p>{OWN_TEXT}</p></gema-article></main><p>Akhir.</p>"
    );
    Draft::default().page("/", &(head.to_owned() + &newsroom.tag("async")), &body)
}

/// Responses to choices wait for `answer(takes)`; `answer(false)` refuses them.
const SLOW: &str = "<script>{
    const ask = fetch;
    let answers = Promise.resolve(true);
    window.answer = () => {};
    window.waits = () => (answers = new Promise((done) => (window.answer = done)));
    window.fetch = async (address, options) => {
        if (!options?.body?.includes?.('\"react\"')) return ask(address, options);
        const refused = [{ index: 0, field: 'article', reason: 'no' }];
        return (await answers) ? ask(address, options) : Response.json({ tallies: [], refused });
    };
}</script>";

/// Puts the widget into a column so narrow that it first shows few buttons, and the question takes one line.
fn narrow(listener: &Listener) {
    listener
        .reader
        .runs("document.querySelector('main').style.width = '500px'", &[]);
    listener
        .widget()
        .is_there()
        .says("[part=reads]", "Dibaca 842 kali");
    listener.listens();
}

#[test]
fn a_reader_hears_all_of_it_and_each_change_once_in_firefox() {
    let newsroom = counted("live = true");
    let listener = Listener::opens(&page(&newsroom, SLOW, ""));
    narrow(&listener);
    let lines = listener.reads_until("Akhir");
    assert_eq!(
        lines,
        [
            "Banjir heading level 1",
            OWN_TEXT.trim_end_matches('.'),
            "Dibaca 842 kali",
            "Bagikan berita ke:",
            "WhatsApp (terbuka di tab baru) link",
            "Telegram (terbuka di tab baru) link",
            "Facebook (terbuka di tab baru) link",
            "X (terbuka di tab baru) link",
            "Lainnya button collapsed",
            "Bagaimana pendapat Anda mengenai artikel ini? heading level 2",
            "Senang, 3 tanggapan, 75% toggle button not pressed",
            "Terinspirasi, 0 tanggapan, 0% toggle button not pressed",
            "Terkejut, 0 tanggapan, 0% toggle button not pressed",
            "Sedih, 1 tanggapan, 25% toggle button not pressed",
            "Marah, 0 tanggapan, 0% toggle button not pressed",
            "4 tanggapan",
            "Akhir",
        ]
    );

    listener
        .presses("shift+Tab")
        .hears("Marah, 0 tanggapan, 0% toggle button not pressed");
    listener
        .presses("shift+Tab")
        .hears("Sedih, 1 tanggapan, 25% toggle button not pressed");
    listener
        .presses("Return")
        .hears("pressed | Anda memilih Sedih");
    newsroom.has_reactions(ARTICLE, &[("happy", 3), ("sad", 2)]);
    for visitor in 1..=3 {
        let event = json!({ "type": "react", "article": ARTICLE, "reaction": "sad", "seq": 1 });
        newsroom.takes(
            &json!({ "visitor": format!("000000000000000000000{visitor}"), "events": [event] }),
        );
    }
    listener.widget().counts(&[("happy", 3), ("sad", 5)]);
    listener.hears("");
    listener
        .presses("Return")
        .hears("not pressed | Pilihan Anda dibatalkan");
    listener.reader.runs("waits()", &[]);
    listener
        .presses("Return")
        .hears("pressed | Anda memilih Sedih");
    listener.reader.runs("answer(false)", &[]);
    listener.hears("not pressed | Maaf, pilihan Anda tidak dapat diterima");

    listener.comes_to("more").hears("Lainnya button collapsed");
    listener
        .presses("Return")
        .hears("expanded | LINE (terbuka di tab baru) link");
    listener.comes_to("copy").hears("Salin tautan button");
    listener.presses("Return").hears("Tautan sudah disalin");
    listener.presses("Return").hears("Tautan sudah disalin");
    listener.comes_to("qr").hears("Kode QR button collapsed");
    listener
        .presses("Return")
        .hears("expanded | Pindai dengan kamera ponsel untuk membuka berita ini");
    listener.presses("Return").hears("collapsed");
    listener
        .comes_to("mastodon")
        .hears("Mastodon button collapsed");
    listener.presses("Return").hears_both([
        "Alamat server Mastodon Anda entry mastodon.social",
        "expanded",
    ]);
    listener.types("bukan server").hears("");
    const WRONG: &str = "Tulis nama servernya saja, misalnya mastodon.social";
    listener
        .presses("Return")
        .hears(&format!("bukan server | {WRONG}"));
    listener.presses("Return").hears(WRONG);
    listener.presses("Tab").hears("Bagikan button");
    listener.presses("Return").hears(&format!(
        "Alamat server Mastodon Anda entry bukan server selected | {WRONG}"
    ));
    listener
        .presses("Escape")
        .hears("Mastodon button collapsed");
    listener.comes_to("mail").hears("Surel link");
}
