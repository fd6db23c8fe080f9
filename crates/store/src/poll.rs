use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::{Poll, Reaction};

/// Maximum length of an article's own question, in characters.
pub const MAX_QUESTION_CHARS: usize = 300;

/// Maximum number of options that are off for one article.
pub const MAX_OPTIONS_OFF: usize = 32;

/// Least number of options of an article's poll.
pub const MIN_POLL_OPTIONS: usize = 2;

/// The newsroom's settings for the poll of one article. By default everything is as the site has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticlePoll {
    /// Whether readers may react. `Open` also reopens a poll that has closed by its age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Poll>,
    /// Its own question, in the article's language: 1 to 300 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Options of the site that readers do not get here. Their votes are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub off: Vec<Reaction>,
}

impl ArticlePoll {
    /// Whether the article has no poll settings of its own.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether readers get the option, if the site has it.
    pub fn has(&self, option: &Reaction) -> bool {
        !self.off.contains(option)
    }

    /// Whether enough of the site's options are left.
    pub fn leaves_enough<'o>(&self, options: impl Iterator<Item = &'o Reaction>) -> bool {
        self.off.is_empty() || options.filter(|option| self.has(option)).count() >= MIN_POLL_OPTIONS
    }

    /// Checks the bounds of its texts and lists.
    ///
    /// # Errors
    /// Why it cannot be stored, as a sentence.
    pub fn check(&self) -> Result<(), String> {
        if let Some(question) = &self.question {
            let length = question.chars().count();
            if length == 0 || length > MAX_QUESTION_CHARS || question.trim() != question {
                return Err(format!(
                    "A question must have 1 to {MAX_QUESTION_CHARS} characters, without spaces around them."
                ));
            }
            if question.chars().any(char::is_control) {
                return Err("A question must be one line, without control characters.".into());
            }
        }
        if self.off.len() > MAX_OPTIONS_OFF {
            return Err(format!("At most {MAX_OPTIONS_OFF} options may be off."));
        }
        let repeats = |(at, option)| self.off[..at].contains(option);
        if self.off.iter().enumerate().any(repeats) {
            return Err("An option that is off must be named once.".into());
        }
        Ok(())
    }

    /// The stored form; `None` if everything is as the site has it.
    pub fn to_json(&self) -> Option<String> {
        // Texts and lists of texts can always be serialised.
        (!self.is_default()).then(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Parses the stored form. `None` if another program has written something else.
    pub fn parse(json: &str) -> Option<Self> {
        let poll: Self = serde_json::from_str(json).ok()?;
        (poll.check().is_ok() && !poll.is_default()).then_some(poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(key: &str) -> Reaction {
        Reaction::parse(key).unwrap()
    }

    #[test]
    fn an_article_poll_survives_its_stored_form() {
        let poll = ArticlePoll {
            state: Some(Poll::Closed),
            question: Some("Setuju?".into()),
            off: vec![option("angry")],
        };
        let json = poll.to_json().unwrap();
        assert_eq!(
            json,
            r#"{"state":"closed","question":"Setuju?","off":["angry"]}"#
        );
        assert_eq!(ArticlePoll::parse(&json), Some(poll));
        assert_eq!(ArticlePoll::default().to_json(), None);
        for foreign in [
            "",
            "{}",
            "[]",
            r#"{"state":"x"}"#,
            r#"{"question":""}"#,
            r#"{"later":1}"#,
        ] {
            assert_eq!(ArticlePoll::parse(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn an_article_poll_bounds_question_and_options() {
        let asks = |question: &str| ArticlePoll {
            question: Some(question.into()),
            ..ArticlePoll::default()
        };
        assert_eq!(asks(&"é".repeat(MAX_QUESTION_CHARS)).check(), Ok(()));
        for question in ["", " a", "a\nb", &"x".repeat(MAX_QUESTION_CHARS + 1)] {
            assert!(asks(question).check().is_err(), "{question:?}");
        }
        let off = |off| ArticlePoll {
            off,
            ..ArticlePoll::default()
        };
        assert_eq!(off(vec![option("sad"), option("angry")]).check(), Ok(()));
        assert!(off(vec![option("sad"), option("sad")]).check().is_err());
        let many = (0..=MAX_OPTIONS_OFF).map(|at| option(&format!("o{at}")));
        assert!(off(many.collect()).check().is_err());
    }
}
