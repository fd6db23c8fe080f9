use wire::Reaction;

use super::*;

#[test]
fn a_language_falls_back_from_region_to_the_sites_default() {
    let mut site = Site::demo();
    let code = |site: &Site, requested| site.language(requested).code;
    assert_eq!(code(&site, Some("id-ID")), "id");
    assert_eq!(code(&site, Some("in")), "id");
    assert_eq!(code(&site, Some("EN_us")), "en");
    assert_eq!(code(&site, Some("fr")), "id");
    assert_eq!(code(&site, Some("")), "id");
    site.default_language = "en".into();
    assert_eq!(code(&site, None), "en");
    site.languages = vec!["en".into()];
    assert_eq!(code(&site, Some("id")), "en");
}

#[test]
fn the_tag_to_format_by_is_exact() {
    let site = Site::demo();
    assert_eq!(site.language(Some("id-ID")).locale, "id-u-nu-latn");
    assert_eq!(site.language(Some("en-US")).locale, "en");
}

#[test]
fn a_requested_region_decides_the_format() {
    let mut site = Site::demo();
    site.languages = ["id", "ar", "de-CH"].map(str::to_owned).into();
    let locale = |requested| site.language(Some(requested)).locale;
    assert_eq!(
        (locale("ar"), locale("ar-AE")),
        (locale("ar-LY"), "ar-u-ca-gregory-nu-latn".into())
    );
    assert_eq!(locale("ar-SA"), "ar-EG-u-ca-gregory-nu-arab");
    assert_eq!(
        (locale("de"), locale("de-AT")),
        ("de-CH-u-nu-latn".into(), "de-AT-u-nu-latn".into())
    );
    // The region of another language is ignored.
    assert_eq!(locale("fr-MA"), "id-u-nu-latn");
    assert_eq!(
        site.labels_in(&site.language(Some("ar-SA"))).percent,
        "{n}٪\u{61c}"
    );
}

#[test]
fn a_site_may_name_a_region_of_a_language() {
    let mut site = Site::demo();
    site.languages = ["pt-BR", "zh-TW"].map(str::to_owned).into();
    assert_eq!(site.check_labels(), Ok(()));
    assert_eq!(site.labels_in(&site.language(Some("pt"))).close, "Fechar");
    assert_eq!(site.labels_in(&site.language(Some("zh-HK"))).close, "關閉");
}

#[test]
fn the_five_options_are_named_in_every_language() {
    let site = Site::demo();
    let named = |requested| {
        site.choices(&site.language(Some(requested)))
            .into_iter()
            .map(|choice| choice.label)
    };
    assert!(named("id").eq(["Senang", "Terinspirasi", "Terkejut", "Sedih", "Marah"]));
    assert!(named("en").eq(["Happy", "Inspired", "Surprised", "Sad", "Angry"]));
}

#[test]
fn a_sites_own_words_are_shown_in_their_language_only() {
    let mut site = Site::demo();
    site.labels
        .insert("id".into(), "share = 'Sebarkan'".parse().unwrap());
    assert_eq!(site.check_labels(), Ok(()));
    assert_eq!(site.labels_in(&site.language(Some("id"))).share, "Sebarkan");
    assert_eq!(
        site.labels_in(&site.language(Some("en"))).share,
        "Share this story:"
    );
}

#[test]
fn a_site_without_labels_is_refused_with_field_and_remedy() {
    let refused = |change: &dyn Fn(&mut Site), says: &[&str]| {
        let mut site = Site::demo();
        change(&mut site);
        let error = site.check_labels().unwrap_err();
        assert!(says.iter().all(|word| error.contains(word)), "{error}");
    };
    refused(
        &|site| site.languages.push("tlh".into()),
        &["`languages`", "`tlh`", "hi, id, it"],
    );
    refused(
        &|site| {
            drop(
                site.labels
                    .insert("id".into(), "shrae = 'x'".parse().unwrap()),
            )
        },
        &["`labels.id`", "`shrae`", "share"],
    );
    refused(
        &|site| drop(site.labels.insert("ar".into(), toml::Table::new())),
        &["`labels.ar`", "`languages`"],
    );
    refused(
        &|site| site.reactions[0].key = Reaction::parse("proud").unwrap(),
        &["`reactions`", "`proud`", "label = { id = "],
    );
}
