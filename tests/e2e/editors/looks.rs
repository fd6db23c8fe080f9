use serde_json::json;

use super::{ACCOUNT_PAGES, SITE_PAGES, account_page, counted, page, signs_in};
use crate::reader::Reader;

#[test]
fn no_page_of_the_newsroom_is_wider_than_a_phone() {
    let newsroom = counted();
    let reader = Reader::with_width(320);
    reader.goes_to(&account_page(&newsroom, "sign-in"));
    signs_in(&reader, &newsroom, "budi", "operator");
    let site = SITE_PAGES.map(|path| page(&newsroom, path));
    let accounts = ACCOUNT_PAGES.map(|path| account_page(&newsroom, path));
    for address in site.iter().chain(&accounts) {
        reader.goes_to(address);
        let wide = "[...document.querySelectorAll('body *')].filter((one) => !one.closest('.wide, .scroll, .skip, dialog') &&
            one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80))";
        assert_eq!(reader.finds(wide), json!([]), "{address}");
    }
}

#[test]
fn a_printed_page_has_numbers_and_no_forms_in_chromium() {
    let newsroom = counted();
    let reader = Reader::new();
    signs_in(&reader, &newsroom, "budi", "operator");
    reader.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    for path in SITE_PAGES {
        reader.goes_to(&page(&newsroom, path));
        let shown = "[...document.querySelectorAll('form, header nav, .tabs, dialog')].filter((one) => one.checkVisibility()).length";
        assert_eq!(reader.finds(shown), json!(0), "{path}");
        let printed = reader.finds("document.querySelector('main').innerText.length > 60");
        assert_eq!(printed, json!(true), "{path}");
        let ink = "getComputedStyle(document.body).color";
        assert_eq!(reader.finds(ink), json!("rgb(0, 0, 0)"), "{path}");
    }
    reader.devtools("Emulation.setEmulatedMedia", json!({ "media": "" }));
}
