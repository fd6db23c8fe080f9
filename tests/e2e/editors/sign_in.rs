use super::{PASSWORD, account_page, counted, editor, page, signs_in};
use crate::reader::Reader;

const ENTER: char = '\u{e007}';

/// Fills the form to sign in, and sends it by Enter.
fn fills(reader: &Reader, password: &str) {
    reader.clicks("[name=name]").types("budi");
    reader.clicks("[name=password]").types(password);
    reader.presses(ENTER);
}

#[test]
fn an_editor_signs_in_by_link_and_then_by_password() {
    let newsroom = counted();
    let reader = editor(&newsroom, "editor");
    reader.goes_to(&page(&newsroom, "now"));
    reader.reads("h1", "Now");
    reader.clicks(".viewer button");
    reader.has_attribute("[name=password]", "type", Some("password"));
    // The page that was asked for comes after signing in.
    reader.goes_to(&page(&newsroom, "articles"));
    fills(&reader, "wrong horse battery");
    reader.has_attribute(".note.error", "role", Some("alert"));
    fills(&reader, PASSWORD);
    reader.reads("h1", "Articles");
}

#[test]
fn every_page_works_without_javascript_in_chromium() {
    let newsroom = counted();
    let reader = Reader::without_javascript();
    signs_in(&reader, &newsroom, "budi", "operator");
    for (path, heading) in [
        ("now", "Now"),
        ("site", "Site"),
        ("articles", "Articles"),
        ("article?article=/banjir", "Banjir surut di Kampung Melayu"),
        ("overlay", "On your pages"),
        ("settings", "Settings in force"),
    ] {
        reader.goes_to(&page(&newsroom, path)).reads("h1", heading);
        // The button that the script shows stays hidden.
        reader.has_attribute("[data-keys]", "hidden", Some("true"));
    }
    for (path, heading) in [
        ("links", "Links"),
        ("people", "People"),
        ("log", "Log"),
        ("account", "Account"),
    ] {
        reader
            .goes_to(&account_page(&newsroom, path))
            .reads("h1", heading);
    }
    // A form, and what came of it.
    reader.goes_to(&page(&newsroom, "article?article=/banjir"));
    reader
        .clicks("[name=state][value=closed]")
        .clicks("#poll button");
    reader.has_attribute("#poll .note", "role", Some("status"));
}
