use serde_json::json;

use super::{ACCOUNT_PAGES, SITE_PAGES, account_page, counted, page, signs_in};
use crate::reader::Reader;

#[test]
fn no_page_of_the_newsroom_is_wider_than_a_phone() {
    let newsroom = counted();
    let reads = [
        "--imported-reads",
        "4484548",
        "--imported-reaction",
        "angry=123456",
    ];
    let title = "Pertanggungjawaban pengadaan barang";
    let options = [&["--title", title, "--byline", "Redaksi"][..], &reads].concat();
    newsroom.puts("/banjir", "<p>Isi</p>", &options);
    let reader = Reader::with_width(320);
    reader.goes_to(&account_page(&newsroom, "sign-in"));
    signs_in(&reader, &newsroom, "budi", "operator");
    let site = SITE_PAGES.map(|path| page(&newsroom, path));
    let accounts = ACCOUNT_PAGES.map(|path| account_page(&newsroom, path));
    let english = site.into_iter().chain(accounts);
    for address in english.flat_map(|address| [address.replace("lang=en", "lang=id"), address]) {
        reader.goes_to(&address);
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
        let shown = "[...document.querySelectorAll('form, header nav, .tabs ul, .tabs button, dialog')].filter((one) => one.checkVisibility()).length";
        assert_eq!(reader.finds(shown), json!(0), "{path}");
        let printed = reader.finds("document.querySelector('main').innerText.length > 60");
        assert_eq!(printed, json!(true), "{path}");
        let ink = "getComputedStyle(document.body).color";
        assert_eq!(reader.finds(ink), json!("rgb(0, 0, 0)"), "{path}");
    }
    reader.devtools("Emulation.setEmulatedMedia", json!({ "media": "" }));
}
