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
mod tests;
