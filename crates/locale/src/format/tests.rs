use super::*;

/// The same values as in tests/browser/format.rs, where the browser formats them.
#[test]
fn days_and_numbers_are_written_as_a_browser_writes_them() {
    let id = find("id-u-nu-latn").unwrap();
    assert_eq!(id.date("2015-11-17"), "Selasa, 17 November 2015");
    assert_eq!(id.date("2016-02-29"), "Senin, 29 Februari 2016");
    assert_eq!(id.number(1_234_567), "1.234.567");
    assert_eq!(
        (id.plural(1).as_str(), id.plural(841).as_str()),
        ("other", "other")
    );
    let en = find("en").unwrap();
    assert_eq!(en.date("2015-11-17"), "Tuesday, November 17, 2015");
    assert_eq!(en.number(1_234_567), "1,234,567");
    assert_eq!(
        (en.plural(1).as_str(), en.plural(0).as_str()),
        ("one", "other")
    );
}

#[test]
fn short_dates_have_day_and_month() {
    let short = |locale| find(locale).unwrap().short_date("2015-11-17");
    assert_eq!(short("id-u-nu-latn"), "17 Nov");
    assert_eq!(short("en"), "Nov 17");
}

#[test]
fn months_have_no_day() {
    let month = |locale, is_short| find(locale).unwrap().month("2015-10-17", is_short);
    assert_eq!(month("id-u-nu-latn", false), "Oktober 2015");
    assert_eq!(month("id-u-nu-latn", true), "Okt 2015");
    assert_eq!(month("en", false), "October 2015");
    assert_eq!(month("en", true), "Oct 2015");
}

#[test]
fn an_invalid_day_is_returned_unchanged() {
    for day in ["kemarin", "2015-02-29", ""] {
        assert_eq!(find("id-u-nu-latn").unwrap().date(day), day);
    }
}

#[test]
fn formats_use_own_digits_and_the_gregorian_calendar() {
    let written = |locale| {
        let formats = find(locale).unwrap();
        (formats.number(1_234_567), formats.date("2015-11-17"))
    };
    assert_eq!(
        written("fa-u-ca-gregory-nu-arabext"),
        ("۱٬۲۳۴٬۵۶۷".into(), "سه‌شنبه ۱۷ نوامبر ۲۰۱۵".into())
    );
    assert_eq!(
        written("th-u-ca-gregory-nu-latn"),
        ("1,234,567".into(), "วันอังคารที่ 17 พฤศจิกายน ค.ศ. 2015".into())
    );
    assert_eq!(written("hi-u-nu-latn").0, "12,34,567");
    assert_eq!(written("bn-u-nu-beng").0, "১২,৩৪,৫৬৭");
    assert_eq!(written("ar-EG-u-ca-gregory-nu-arab").0, "١٬٢٣٤٬٥٦٧");
}
