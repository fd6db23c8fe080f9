use proptest::prelude::*;

use super::*;

const OFFERED: [&str; 8] = [
    "id", "en", "pt", "zh-Hans", "zh-Hant", "fil", "sr-Latn", "en-GB",
];

fn of(wanted: &str) -> Option<&'static str> {
    negotiate(OFFERED.into_iter(), wanted)
}

#[test]
fn a_region_or_script_falls_back_to_its_language() {
    for (wanted, serves) in [
        ("id-ID", "id"),
        ("en-Latn-US", "en"),
        ("EN_us", "en"),
        ("en-gb", "en-GB"),
        ("en-AU", "en"),
        ("pt-BR", "pt"),
        ("pt-PT", "pt"),
        ("sr", "sr-Latn"),
        ("id-x-private", "id"),
        ("en-", "en"),
    ] {
        assert_eq!(of(wanted), Some(serves), "{wanted}");
    }
}

#[test]
fn chinese_is_written_as_its_region_writes_it() {
    for hans in ["zh", "zh-CN", "zh-SG", "zh-Hans-TW", "zh-hans"] {
        assert_eq!(of(hans), Some("zh-Hans"), "{hans}");
    }
    for hant in ["zh-TW", "zh-HK", "zh-MO", "zh_Hant_HK"] {
        assert_eq!(of(hant), Some("zh-Hant"), "{hant}");
    }
    assert_eq!(
        negotiate(["id", "zh-Hans"].into_iter(), "zh-TW"),
        Some("zh-Hans"),
        "rather than another language"
    );
}

#[test]
fn old_names_of_languages_are_known() {
    assert_eq!(
        (of("tl"), of("tl-PH"), of("in"), of("in-ID")),
        (Some("fil"), Some("fil"), Some("id"), Some("id"))
    );
}

#[test]
fn an_invalid_tag_matches_no_language() {
    for strange in ["", "-", "x", "und", "de", "123", "no language at all"] {
        assert_eq!(of(strange), None, "{strange}");
    }
}

proptest! {
    #[test]
    fn negotiate_accepts_any_text(wanted in "\\PC{0,40}|([a-zA-Z0-9]{0,9}[-_]){0,6}[a-z]{0,8}") {
        prop_assert!(of(&wanted).is_none_or(|tag| OFFERED.contains(&tag)));
    }
}
