/// Texts of the pages of accounts.
mod accounts;

pub use accounts::Texts;

/// A language of the newsroom's pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Indonesian: the default.
    #[default]
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// The language of a BCP 47 tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            // `in` is the deprecated code of Indonesian, which Java and old Android send.
            "id" | "in" => Some(Self::Indonesian),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language that `Accept-Language` prefers. A reader of neither gets English.
    pub fn accepted(header: &str) -> Self {
        let mut best = (None, 0.0);
        for entry in header.split(',') {
            let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let weight = weight.trim().strip_prefix("q=").unwrap_or_default();
            let weight = weight.parse::<f32>().unwrap_or(0.0);
            if let Some(language) = Self::of_tag(tag.trim())
                && weight > best.1
            {
                best = (Some(language), weight);
            }
        }
        let other = match header.trim().is_empty() {
            true => Self::Indonesian,
            false => Self::English,
        };
        best.0.unwrap_or(other)
    }

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Indonesian => "id",
            Self::English => "en",
        }
    }

    /// The texts of the pages of accounts.
    pub fn texts(self) -> &'static Texts {
        Texts::of(self)
    }
}

/// Defines the texts of some pages: names, each with the English and the Indonesian text.
macro_rules! texts {
    ($(#[$doc:meta])* $texts:ident; $($name:ident: $en:literal, $id:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[expect(missing_docs, reason = "each text says itself what it is")]
        pub struct $texts {
            $(pub $name: &'static str,)*
        }

        impl $texts {
            /// The texts in that language.
            pub fn of(language: $crate::Language) -> &'static Self {
                const ENGLISH: $texts = $texts { $($name: $en,)* };
                const INDONESIAN: $texts = $texts { $($name: $id,)* };
                match language {
                    $crate::Language::Indonesian => &INDONESIAN,
                    $crate::Language::English => &ENGLISH,
                }
            }
        }

        #[cfg(test)]
        mod tests {
            #[test]
            fn both_languages_have_the_same_blanks() {
                for (english, indonesian) in [$(($en, $id),)*] {
                    $crate::texts::assert_same_blanks(english, indonesian);
                }
            }
        }
    };
}
pub(crate) use texts;

/// Asserts that two texts have the same blanks, in any order.
#[cfg(test)]
pub(crate) fn assert_same_blanks(english: &str, indonesian: &str) {
    let blanks = |text: &str| {
        let parts = text.split('{').skip(1);
        let mut blanks: Vec<_> = parts
            .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
            .collect();
        blanks.sort_unstable();
        blanks
    };
    assert_eq!(blanks(english), blanks(indonesian), "{english}");
    assert!(!english.is_empty() && !indonesian.is_empty());
}

/// The text with its `{}` replaced.
pub(crate) fn with(text: &str, value: impl std::fmt::Display) -> String {
    text.replacen("{}", &value.to_string(), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_languages_choose_the_nearest_text() {
        for (header, language) in [
            ("id-ID,id;q=0.9,en;q=0.8", Language::Indonesian),
            ("en-GB,en;q=0.9,id;q=0.8", Language::English),
            ("in", Language::Indonesian),
            ("de, fr;q=0.5", Language::English),
            ("de, id;q=0.1", Language::Indonesian),
            ("", Language::Indonesian),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }
}
