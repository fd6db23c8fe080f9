use super::{counted, editor, page};
use crate::{page::Draft, reader::Reader};

#[test]
fn an_editor_closes_a_poll_and_readers_see_it() {
    let newsroom = counted();
    let paper = Draft::default()
        .page(
            "/",
            &newsroom.tag("async"),
            "<main><h1>Banjir</h1><gema-article article=\"/banjir\" lang=\"id\"><p>Isi</p></gema-article></main>",
        )
        .served();
    let reader = Reader::new();
    reader.opens(&paper).widget().is_there();
    let closed = "root.querySelector('[part=poll] button[part=option]') === null";
    reader.widget().sees(closed, false);

    let editor = editor(&newsroom, "editor");
    editor.goes_to(&page(&newsroom, "article?article=/banjir"));
    editor.clicks("[name=state][value=closed]");
    editor.clicks("[name=question]").types("Setuju?");
    editor.clicks("[name=on][value=angry]");
    editor
        .clicks("#poll button")
        .has_attribute("#poll .note", "role", Some("status"));
    editor.console_is_quiet();

    // A reader whose tab is older is refused, and told so.
    reader.widget().reacts("happy");
    reader
        .widget()
        .says("[part=notice]", "Maaf, pilihan Anda tidak dapat diterima.");
    let widget = reader.forgets_what_is_cached().reloads().widget();
    widget.is_there();
    widget.sees(closed, true);
    widget.sees("root.querySelector('#question').innerText", "Setuju?");
    widget.sees("root.querySelectorAll('[part=option]').length", 4);
    reader.console_is_quiet();
}
