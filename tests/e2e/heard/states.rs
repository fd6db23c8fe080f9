use serde_json::json;

use super::{SLOW, counted, counts, draft, narrow, page};
use crate::{
    listener::Listener,
    newsroom::{ARTICLE, Newsroom},
};

const REFUSED: &str = "Maaf, pilihan Anda tidak dapat diterima.";

#[test]
fn a_closed_poll_is_read_in_words_in_firefox() {
    let newsroom = counted("");
    let listener = Listener::opens(&page(&newsroom, "", "poll=closed share=off"));
    narrow(&listener);
    let lines = listener.reads_until("Akhir");
    assert_eq!(
        lines[3..],
        [
            "Bagaimana pendapat Anda mengenai artikel ini? heading level 2",
            "Senang, 3 tanggapan, 75%",
            "Terinspirasi, 0 tanggapan, 0%",
            "Terkejut, 0 tanggapan, 0%",
            "Sedih, 1 tanggapan, 25%",
            "Marah, 0 tanggapan, 0%",
            "4 tanggapan",
            "Jajak pendapat ini sudah ditutup",
            "Akhir",
        ]
    );
}

#[test]
fn a_delay_and_its_end_are_announced_once_in_firefox() {
    let mut newsroom = counted("");
    let listener = Listener::opens(&page(&newsroom, SLOW, ""));
    narrow(&listener);
    newsroom.is_killed();
    listener.comes_to("option-sad").listens();
    listener
        .presses("Return")
        .hears("pressed | Pilihan Anda akan terkirim begitu tersambung kembali");
    listener.comes_to("more").listens();
    listener.presses("Return").listens();
    listener.comes_to("qr").listens();
    listener
        .presses("Return")
        .hears("expanded | Kode QR gagal dimuat. Silakan coba lagi");
    listener.presses("Return").hears("collapsed");
    newsroom.restart();
    newsroom.has_reactions(ARTICLE, &[("happy", 3), ("sad", 2)]);
    listener.hears("Anda memilih Sedih");
}

#[test]
fn plurals_are_those_of_the_language_in_firefox() {
    let languages = ["id", "ar", "en"].map(str::to_owned);
    let newsroom = Newsroom::in_languages(&languages, "");
    counts(&newsroom);
    for (lang, option) in [
        ("en", "Sad, 1 response, 25% toggle button not pressed"),
        ("ar", "حزن, ردّ واحد, 25% toggle button not pressed"),
    ] {
        let listener = Listener::opens(&page(&newsroom, "", &format!("lang={lang}")));
        listener.widget().is_there();
        listener.listens();
        listener.comes_to("option-sad");
        let said = listener
            .listens()
            .join(" | ")
            .replace(['\u{200e}', '\u{200f}'], "");
        assert!(said.ends_with(option), "{said}");
        listener.widget().sees(
            "[...root.querySelectorAll('[lang]')].map((one) => one.lang)",
            json!([lang, lang]),
        );
    }
}

#[test]
fn without_wasm_choice_and_refusal_are_announced_in_firefox() {
    let mut newsroom = counted("");
    let endpoint = newsroom.url("");
    let policy = format!("script-src {endpoint}; connect-src {endpoint}");
    let listener = Listener::opens(&draft(&newsroom, "", "").policy(&policy).served());
    listener.widget().stands("plain");
    listener.listens();
    listener.comes_to("option-sad").listens();
    listener.presses("Return");
    newsroom.has_reactions(ARTICLE, &[("happy", 3), ("sad", 2)]);
    listener.widget().counts(&[("happy", 3), ("sad", 2)]);
    let said = listener.listens();
    assert_eq!(
        said.last().map(String::as_str),
        Some("Sedih, 2 tanggapan, 40% toggle button pressed"),
        "{said:?}"
    );

    // From now on the endpoint refuses events of this page.
    newsroom.takes_origins(r#"["https://warta.example"]"#);
    listener
        .presses("Return")
        .widget()
        .says("[part=poll] [part=notice]", REFUSED);
    let said = listener.listens();
    assert_eq!(
        said.iter()
            .filter(|words| REFUSED.starts_with(*words))
            .count(),
        1,
        "{said:?}"
    );
}
