use super::{MARK, counted};
use crate::{
    listener::Listener,
    newsroom::{ARTICLE, SITE},
    page::Draft,
};

#[test]
fn a_press_in_the_frame_is_answered_where_it_was_in_firefox() {
    let newsroom = counted("");
    let address = newsroom.url(&format!("/v1/sites/{SITE}/widget.html"));
    let asked = [
        ("article", ARTICLE),
        ("lang", "id"),
        ("share", "off"),
        ("frame", "1"),
    ];
    let source = reqwest::Url::parse_with_params(&address, asked)
        .expect("an address")
        .to_string()
        .replace('&', "&amp;");
    // As in `<noscript>`: no script runs in the frame, whether or not scripts run around it.
    let frame =
        format!("<iframe width=100% height=640 title='Beri tanggapan' src='{source}'></iframe>");
    let body = format!("{MARK}<main><h1>Banjir</h1><p id=own>Isi.</p>{frame}</main>");
    let listener = Listener::opens(&Draft::default().page("/", "", &body).served());
    let arrives = |option: &str| {
        listener
            .reader
            .turns_to_frame()
            .has_attribute("#pressed", "role", Some("alert"))
            .turns_to_page();
        newsroom.has_reactions(
            ARTICLE,
            &[
                ("happy", 3 + u64::from(option == "happy")),
                ("sad", 1 + u64::from(option == "sad")),
            ],
        );
    };
    listener
        .reader
        .turns_to_frame()
        .reads("[part=responses]", "4 tanggapan")
        .turns_to_page();
    listener.listens();
    let lines = listener.reads_until("4 tanggapan");
    assert_eq!(
        lines,
        [
            "Banjir heading level 1",
            "Isi",
            "Dibaca 841 kali",
            "Bagaimana pendapat Anda mengenai artikel ini? heading level 2",
            "Senang, 3 tanggapan, 75% toggle button not pressed",
            "Terinspirasi, 0 tanggapan, 0% toggle button not pressed",
            "Terkejut, 0 tanggapan, 0% toggle button not pressed",
            "Sedih, 1 tanggapan, 25% toggle button not pressed",
            "Marah, 0 tanggapan, 0% toggle button not pressed",
            "4 tanggapan",
        ]
    );
    listener.presses("Up").presses("Up").listens();
    listener.presses("Return");
    arrives("sad");
    listener.hears("Anda memilih Sedih");
    listener
        .presses("Tab")
        .hears("Marah, 0 tanggapan, 0% toggle button not pressed");
    listener
        .presses("shift+Tab")
        .hears("Sedih, 2 tanggapan, 40% toggle button pressed");
    listener.presses("Return");
    arrives("none");
    listener.hears("Pilihan Anda dibatalkan");
}
