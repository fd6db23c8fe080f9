use wasm_bindgen_test::wasm_bindgen_test;
use widget::{
    browser::Intl,
    format::{Format, Unit},
};

#[wasm_bindgen_test]
fn days_and_numbers_are_written_as_the_language_has_them() {
    let id = Intl("id-u-nu-latn");
    assert_eq!(id.date("2015-11-17"), "Selasa, 17 November 2015");
    assert_eq!(id.date("2016-02-29"), "Senin, 29 Februari 2016");
    assert_eq!(id.number(1_234_567), "1.234.567");
    assert_eq!(
        (id.plural(1).as_str(), id.plural(841).as_str()),
        ("other", "other")
    );
    let en = Intl("en");
    assert_eq!(en.date("2015-11-17"), "Tuesday, November 17, 2015");
    assert_eq!(en.number(1_234_567), "1,234,567");
    assert_eq!(
        (en.plural(1).as_str(), en.plural(0).as_str()),
        ("one", "other")
    );
    assert_eq!(Intl("ar-u-nu-arab").number(841), "٨٤١");
}

#[wasm_bindgen_test]
fn invalid_days_and_locales_are_shown_unchanged() {
    assert_eq!(Intl("id").date("kemarin"), "kemarin");
    let odd = Intl("no locale");
    assert_eq!(
        (odd.number(1841).as_str(), odd.plural(1).as_str()),
        ("1841", "other")
    );
    assert_eq!(odd.date("2015-11-17"), "2015-11-17");
}

#[wasm_bindgen_test]
fn texts_fall_into_graphemes_and_words_in_their_composed_form() {
    let id = Intl("id-u-nu-latn");
    assert_eq!(
        id.split(Unit::Grapheme, "e\u{301}🇮🇩👨‍👩‍👧‍👦กำ"),
        "é\x1f🇮🇩\x1f👨‍👩‍👧‍👦\x1fกำ"
    );
    assert_eq!(
        id.split(Unit::Word, "Air mulai surut."),
        "Air\x1f \x1fmulai\x1f \x1fsurut\x1f."
    );
    assert_eq!(id.split(Unit::Word, ""), "");
}
