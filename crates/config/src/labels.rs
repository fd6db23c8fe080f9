//! A site's texts in each of its languages: those of the language, with the site's overrides.

use locale::{InvalidLanguage, Language};
use wire::{Choice, Face, Labels};

use super::{ReactionOption, Site};

impl Site {
    /// The site's language that is nearest to the requested one, else the default.
    pub fn language(&self, requested: Option<&str>) -> Language {
        locale::resolve(&self.languages, &self.default_language, requested)
    }

    /// All labels of the widget, with the site's overrides.
    pub fn labels_in(&self, language: &Language) -> Labels {
        locale::labels(language, self.labels.get(&language.code))
    }

    /// The options of the site's poll with their labels, in display order.
    pub fn choices(&self, language: &Language) -> Vec<Choice> {
        let choice = |option: &ReactionOption| Choice {
            key: option.key.clone(),
            emoji: option.emoji.clone(),
            image: option.image.clone(),
            face: self.face(option),
            label: label(option, &language.code)
                .unwrap_or(option.key.as_str())
                .to_owned(),
        };
        self.reactions.iter().map(choice).collect()
    }

    fn face(&self, option: &ReactionOption) -> Option<Face> {
        let ReactionOption {
            key, emoji, face, ..
        } = option;
        let face = self.faces.of(key, emoji.as_deref(), face.as_deref());
        face.filter(|_| option.image.is_none())
    }

    /// Validates the site's languages, overrides and labels of options.
    ///
    /// # Errors
    /// A sentence that names the field and the remedy.
    pub(super) fn check_labels(&self) -> Result<(), String> {
        for code in &self.languages {
            locale::check(code, self.labels.get(code)).map_err(|invalid| match invalid {
                InvalidLanguage::Language { known } => {
                    format!("`languages` has `{code}`, which there is no file for. Known: {known}")
                }
                InvalidLanguage::Labels(what) => format!("`labels.{code}`: {what}"),
            })?;
            if let Some(mute) = self
                .reactions
                .iter()
                .find(|option| label(option, code).is_none())
            {
                let key = &mute.key;
                return Err(format!(
                    "`reactions`: `{key}` has no label in `{code}`: add label = {{ {code} = \"…\" }}"
                ));
            }
        }
        match self
            .labels
            .keys()
            .find(|code| !self.languages.contains(code))
        {
            Some(code) => Err(format!(
                "`labels.{code}` is for a language that the site does not have: add it to `languages`"
            )),
            None => Ok(()),
        }
    }
}

fn label<'a>(option: &'a ReactionOption, code: &str) -> Option<&'a str> {
    option
        .label
        .get(code)
        .map(String::as_str)
        .or_else(|| locale::reaction(code, &option.key))
}

#[cfg(test)]
mod tests {
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
}
