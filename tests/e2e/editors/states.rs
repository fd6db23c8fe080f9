use serde_json::json;

use super::{ACCOUNT_PAGES, SITE_PAGES, account_page, counted, editor, page};
use crate::reader::Reader;

/// axe's faults, in light and in dark.
fn judged(reader: &Reader, state: &str) -> Vec<String> {
    let mut faults = vec![];
    for scheme in ["light", "dark"] {
        let dress = "document.documentElement.style.colorScheme = arguments[0]";
        reader.runs(dress, &[json!(scheme)]);
        let found = reader.faults().into_iter();
        faults.extend(found.map(|fault| format!("{state}, {scheme}: {fault}")));
    }
    faults
}

/// Opens all details of the page, with all rows in view: axe cannot judge those that are scrolled away.
const OPENS_ALL: &str = "for (const one of document.querySelectorAll('details')) one.open = true; \
    for (const one of document.querySelectorAll('.scroll')) one.style.maxHeight = 'none';";

#[test]
fn axe_finds_nothing_on_any_page_of_the_newsroom() {
    let newsroom = counted();
    let reader = Reader::new();
    let mut faults = vec![];
    // Without a user there are no pages.
    reader.goes_to(&newsroom.invites("citra", "reader"));
    faults.extend(judged(&reader, "one-time link"));
    reader.goes_to(&account_page(&newsroom, "sign-in"));
    faults.extend(judged(&reader, "signed out"));
    let reader = editor(&newsroom, "operator");
    let site = SITE_PAGES.map(|path| page(&newsroom, path));
    let accounts = ACCOUNT_PAGES.map(|path| account_page(&newsroom, path));
    for address in site.iter().chain(&accounts) {
        reader.goes_to(address);
        reader.runs(OPENS_ALL, &[]);
        faults.extend(judged(&reader, address));
    }
    assert_eq!(faults, [""; 0], "{faults:#?}");
}

#[test]
fn axe_finds_nothing_in_dialogs_refusals_and_empty_pages() {
    let newsroom = counted();
    let reader = editor(&newsroom, "operator");
    let mut faults = vec![];
    reader
        .goes_to(&page(&newsroom, "now"))
        .clicks("[data-keys]");
    faults.extend(judged(&reader, "keys"));
    for path in [
        "articles?q=tidak-ada",
        "site?from=2001-01-01&to=2001-01-07",
        "article?article=/tidak-ada",
        "article?article=/kering",
    ] {
        reader.goes_to(&page(&newsroom, path));
        faults.extend(judged(&reader, path));
    }
    reader.goes_to(&page(&newsroom, "article?article=/banjir"));
    for option in ["inspired", "surprised", "sad", "angry"] {
        reader.clicks(&format!("[name=on][value={option}]"));
    }
    reader.clicks("#poll button");
    reader.has_attribute("#poll .error", "role", Some("alert"));
    faults.extend(judged(&reader, "refused poll"));
    reader.goes_to(&page(&newsroom, "overlay"));
    assert_eq!(faults, [""; 0], "{faults:#?}");
}
