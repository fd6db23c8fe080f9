/// English.
mod en;
/// Indonesian.
mod id;

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

    /// The texts.
    pub fn texts(self) -> &'static Texts {
        match self {
            Self::Indonesian => &id::INDONESIAN,
            Self::English => &en::ENGLISH,
        }
    }
}

macro_rules! texts {
    ($($name:ident,)*) => {
        /// The texts of the pages of accounts. `{}` is replaced by a name, number or time.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "the texts themselves are in the modules of the languages")]
        pub struct Texts {
            $(pub $name: &'static str,)*
        }

        impl Texts {
            /// All texts, for tests.
            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

texts! {
    newsroom, skip, navigation, home, people, links, log, account, sign_out, signed_in_as, viewing_by_link,
    sites_heading, no_sites, whole_site, section, role, reader, editor, operator, site,
    sign_in, name, password, wrong_sign_in, too_many_tries, busy, needs_https, sign_in_hint,
    set_password, set_password_for, new_password, repeat_password, password_rule, too_short, too_long, guessable,
    differ, invitation_over, save,
    forbidden, forbidden_hint, foreign_form, continue_heading, continue_link, failed,
    add_person, add_person_hint, section_hint, add, people_none, last_seen, never, password_missing, invite,
    invited_heading, invited_hint, more, remove_role, remove_user, sign_out_user, actions, not_all_yours, invalid_name,
    invalid_section, operator_section, last_operator, changed_meanwhile,
    links_hint, make_link, label, label_hint, days_valid, revoke, link_made, link_made_hint, links_none, made_by, expires,
    link_over, invalid_label, too_many_links,
    log_hint, log_none, when, who, what, whom,
    sessions, sessions_hint, this_session, session_begun, sign_out_everywhere, sign_out_everywhere_hint, by_proxy,
    did_signed_in, did_signed_out_everywhere, did_password_set, did_invited, did_role_set, did_role_removed,
    did_user_removed, did_link_made, did_link_revoked, did_copy_changed, did_poll_changed, did_address_joined, did_starting_count_set,
    one_day, n_days,
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

    #[test]
    fn both_languages_have_the_same_placeholders() {
        let english = Language::English.texts().all();
        for ((name, id), (_, en)) in Language::Indonesian.texts().all().iter().zip(english) {
            assert!(!id.is_empty() && !en.is_empty(), "{name}");
            assert_eq!(id.matches("{}").count(), en.matches("{}").count(), "{name}");
        }
    }
}
