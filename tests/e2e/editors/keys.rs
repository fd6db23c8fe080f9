use super::{counted, editor, page};

const ESCAPE: char = '\u{e00c}';
const ENTER: char = '\u{e007}';

const FOCUSED: &str = "document.activeElement.innerText";

#[test]
fn an_editor_works_by_the_keyboard_alone() {
    let newsroom = counted();
    let reader = editor(&newsroom, "editor");
    reader.goes_to(&page(&newsroom, "now"));
    reader.sees("document.querySelector('[data-keys]').hidden", false);
    reader
        .presses('?')
        .sees("document.querySelector('#keys').open", true);
    reader
        .presses(ESCAPE)
        .sees("document.querySelector('#keys').open", false);
    // g and a letter.
    reader
        .types("ga")
        .sees("location.pathname", "/redaksi/warta/articles");
    reader.goes_to(&page(&newsroom, "articles"));
    // Rows.
    reader
        .presses('j')
        .sees(&format!("{FOCUSED}.length > 0"), true);
    let first = reader.finds(FOCUSED);
    reader.presses('j');
    assert_ne!(reader.finds(FOCUSED), first);
    reader.presses('k').sees(FOCUSED, first);
    // The search; keys are letters in a field, and Escape leaves it.
    reader
        .presses('/')
        .sees("document.activeElement.type", "search");
    reader
        .types("gj")
        .sees("document.activeElement.value", "gj");
    reader
        .presses(ESCAPE)
        .sees("document.activeElement === document.body", true);
    reader.goes_to(&page(&newsroom, "articles?q=banjir"));
    reader.presses('j').presses(ENTER);
    reader.sees(
        "document.querySelector('h1').innerText",
        "Banjir surut di Kampung Melayu",
    );
    reader.console_is_quiet();
}

#[test]
fn keys_that_are_switched_off_do_nothing() {
    let newsroom = counted();
    let reader = editor(&newsroom, "editor");
    reader.goes_to(&page(&newsroom, "now"));
    reader
        .presses('?')
        .clicks("#keys input")
        .clicks("#keys button");
    reader.presses('?').types("ga");
    reader.sees("document.querySelector('#keys').open", false);
    reader.goes_to(&page(&newsroom, "articles")).presses('/');
    reader.sees("document.activeElement === document.body", true);
}
