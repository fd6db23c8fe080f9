use super::{Thing, chromium, firefox};
use crate::{
    accessibility::article,
    levels::HELD,
    newsroom::{ARTICLE, Newsroom},
    reader::Reader,
};

fn told(thing: Option<&Thing>) -> String {
    let mut text = String::from("\n");
    thing.expect("something of that role").tell(0, &mut text);
    text
}

/// The nodes between the buttons of the share bar and the poll.
fn panel(page: &Thing) -> String {
    let main = page.find("main").expect("the article");
    let mut text = String::from("\n");
    let below = main
        .children
        .iter()
        .skip_while(|child| child.role != "list")
        .skip(1);
    below
        .take_while(|child| child.role != "form")
        .for_each(|child| child.tell(0, &mut text));
    text
}

const CHROMIUM: &str = "
main
  heading “Banjir & kanal” [level: 1]
  paragraph
    StaticText “Air di Banjir Kanal mulai surut pada Selasa pagi.”
  paragraph
    StaticText “Dibaca 841 kali”
  StaticText “Bagikan berita ke:”
  list “Bagikan berita ke:”
    listitem
      link “WhatsApp (terbuka di tab baru)”
    listitem
      link “Telegram (terbuka di tab baru)”
    listitem
      link “Facebook (terbuka di tab baru)”
    listitem
      link “X (terbuka di tab baru)”
    listitem
      link “LINE (terbuka di tab baru)”
    listitem
      button “Salin tautan”
    listitem
      button “Kode QR” [expanded: false]
    listitem
      link “Threads (terbuka di tab baru)”
    listitem
      link “Bluesky (terbuka di tab baru)”
    listitem
      button “Mastodon” [expanded: false]
    listitem
      link “LinkedIn (terbuka di tab baru)”
    listitem
      link “Reddit (terbuka di tab baru)”
    listitem
      link “Surel”
  form
    heading “Bagaimana pendapat Anda mengenai artikel ini?” [level: 2]
    list
      listitem
        button “Senang, 3 tanggapan, 75%” [pressed: false]
      listitem
        button “Terinspirasi, 0 tanggapan, 0%” [pressed: false]
      listitem
        button “Terkejut, 0 tanggapan, 0%” [pressed: false]
      listitem
        button “Sedih, 1 tanggapan, 25%” [pressed: false]
      listitem
        button “Marah, 0 tanggapan, 0%” [pressed: false]
    paragraph
      StaticText “4 tanggapan”
  paragraph [live: polite]
";

const FIREFOX: &str = "
document “Banjir & Kanal”
  landmark
    heading “Banjir & kanal”
    paragraph
      text leaf “Air di Banjir Kanal mulai surut pada Selasa pagi.”
    paragraph
      text leaf “Dibaca 841 kali”
    text leaf “Bagikan berita ke:”
    list “Bagikan berita ke:”
      listitem “WhatsApp (terbuka di tab baru)” [described: WhatsApp]
        link “WhatsApp (terbuka di tab baru)”
      listitem “Telegram (terbuka di tab baru)” [described: Telegram]
        link “Telegram (terbuka di tab baru)”
      listitem “Facebook (terbuka di tab baru)” [described: Facebook]
        link “Facebook (terbuka di tab baru)”
      listitem “X (terbuka di tab baru)” [described: X]
        link “X (terbuka di tab baru)”
      listitem “LINE (terbuka di tab baru)” [described: LINE]
        link “LINE (terbuka di tab baru)”
      listitem “Salin tautan”
        pushbutton “Salin tautan”
      listitem “Kode QR”
        pushbutton “Kode QR” [collapsed]
      listitem “Threads (terbuka di tab baru)” [described: Threads]
        link “Threads (terbuka di tab baru)”
      listitem “Bluesky (terbuka di tab baru)” [described: Bluesky]
        link “Bluesky (terbuka di tab baru)”
      listitem “Mastodon”
        pushbutton “Mastodon” [collapsed]
      listitem “LinkedIn (terbuka di tab baru)” [described: LinkedIn]
        link “LinkedIn (terbuka di tab baru)”
      listitem “Reddit (terbuka di tab baru)” [described: Reddit]
        link “Reddit (terbuka di tab baru)”
      listitem “Surel”
        link “Surel”
    form
      heading “Bagaimana pendapat Anda mengenai artikel ini?”
      list
        listitem “Senang, 3 tanggapan, 75%”
          toggle button “Senang, 3 tanggapan, 75%”
        listitem “Terinspirasi, 0 tanggapan, 0%”
          toggle button “Terinspirasi, 0 tanggapan, 0%”
        listitem “Terkejut, 0 tanggapan, 0%”
          toggle button “Terkejut, 0 tanggapan, 0%”
        listitem “Sedih, 1 tanggapan, 25%”
          toggle button “Sedih, 1 tanggapan, 25%”
        listitem “Marah, 0 tanggapan, 0%”
          toggle button “Marah, 0 tanggapan, 0%”
      paragraph
        text leaf “4 tanggapan”
    paragraph
";

const QR: &str = "
figure
  image “Pindai dengan kamera ponsel untuk membuka berita ini.”
button “Tutup”
";

const NO_SERVER: &str = "
LabelText
  StaticText “Alamat server Mastodon Anda”
  textbox “Alamat server Mastodon Anda” [invalid: true] [described: Tulis nama servernya saja, misalnya mastodon.social.]
    StaticText “bukan server”
paragraph
  StaticText “Tulis nama servernya saja, misalnya mastodon.social.”
button “Bagikan”
button “Tutup”
";

const CLOSED: &str = "
form
  heading “Bagaimana pendapat Anda mengenai artikel ini?” [level: 2]
  list
    listitem
      StaticText “Senang, 3 tanggapan, 60%”
    listitem
      StaticText “Terinspirasi, 0 tanggapan, 0%”
    listitem
      StaticText “Terkejut, 0 tanggapan, 0%”
    listitem
      StaticText “Sedih, 2 tanggapan, 40%”
    listitem
      StaticText “Marah, 0 tanggapan, 0%”
  paragraph
    StaticText “5 tanggapan”
    StaticText “ · ”
    StaticText “Anda memilih ”
    StaticText “Sedih”
    StaticText “.”
  paragraph
    StaticText “Jajak pendapat ini sudah ditutup.”
";

/// An article with counts.
fn counted() -> Newsroom {
    let newsroom = Newsroom::open();
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
    newsroom
}

#[test]
fn fragment_and_wasm_have_one_accessibility_tree_in_chromium() {
    let newsroom = counted();
    let page = article(&newsroom, HELD, "");
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("fragment");
    assert_eq!(told(chromium::tree(&reader).find("main")), CHROMIUM);
    reader.runs("release()", &[]);
    widget.is_there().says("[part=reads]", "Dibaca 842 kali");
    assert_eq!(
        told(chromium::tree(&reader).find("main")),
        CHROMIUM.replace("841", "842")
    );
}

#[test]
fn panels_and_their_errors_are_in_the_tree_in_chromium() {
    let newsroom = counted();
    let page = article(&newsroom, "", "");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .shares("qr")
        .sees("!!root.querySelector('[part=panel] img')", true);
    let qr = panel(&chromium::tree(&reader));
    widget
        .shares("mastodon")
        .sees("!!root.querySelector('[part=panel] input')", true);
    reader.types("bukan server\u{e007}");
    widget.sees("!!root.querySelector('[aria-invalid=true]')", true);
    assert_eq!([qr, panel(&chromium::tree(&reader))], [QR, NO_SERVER]);
}

#[test]
fn a_closed_polls_tree_has_choice_and_result_in_chromium() {
    let newsroom = counted();
    let page = article(&newsroom, "", "");
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget.reacts("sad").counts(&[("happy", 3), ("sad", 2)]);
    assert!(
        told(chromium::tree(&reader).find("form"))
            .contains("button “Sedih, 2 tanggapan, 40%” [pressed: true]")
    );
    reader.runs(
        "document.querySelector('gema-article').setAttribute('poll', 'closed')",
        &[],
    );
    widget.says(
        "[part=poll] [part=notice]",
        "Jajak pendapat ini sudah ditutup.",
    );
    assert_eq!(told(chromium::tree(&reader).find("form")), CLOSED);
    // Chromium's tree does not report `aria-current`.
    widget.sees(
        "root.querySelector('[aria-current=true]').dataset.part",
        "option-sad",
    );
}

#[test]
fn fragment_and_wasm_have_one_accessibility_tree_in_firefox() {
    let newsroom = counted();
    let page = article(&newsroom, HELD, "");
    let reader = Reader::new();
    let widget = reader.opens(&page).widget();
    widget.stands("fragment");
    let fragment = told(Some(&firefox::tree(&reader, "841 kali")));
    reader.runs("release()", &[]);
    widget.is_there();
    assert_eq!(
        told(Some(&firefox::tree(&reader, "842 kali"))),
        fragment.replace("841", "842")
    );
    assert_eq!(fragment, FIREFOX);

    widget.reacts("sad").counts(&[("happy", 3), ("sad", 2)]);
    let chosen = told(Some(&firefox::tree(&reader, "Sedih, 2 tanggapan, 40%")));
    assert!(
        chosen.contains("toggle button “Sedih, 2 tanggapan, 40%” [pressed]"),
        "{chosen}"
    );
    reader.runs(
        "document.querySelector('gema-article').setAttribute('poll', 'closed')",
        &[],
    );
    let closed = told(Some(&firefox::tree(&reader, "ditutup")));
    assert!(
        !closed.contains("toggle button") && closed.matches("[current]").count() == 1,
        "{closed}"
    );
}
