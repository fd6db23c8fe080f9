use std::collections::BTreeMap;

use serde::Deserialize;
use wire::Reaction;

/// Number of Waline's reactions.
const WALINE_REACTIONS: usize = 9;

/// The clients of other counters that a site answers; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clients {
    /// Waline: the option of each of its reactions, in its order.
    pub waline: Option<Vec<WalineReaction>>,
    /// GoatCounter.
    pub goatcounter: bool,
    /// Open Heart: the option of each emoji.
    pub open_heart: Option<BTreeMap<String, Reaction>>,
}

/// The option of one of Waline's numbered reactions; `-`: it does not count.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WalineReaction(pub Option<Reaction>);

impl TryFrom<String> for WalineReaction {
    type Error = wire::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match &*text {
            "-" => Ok(Self(None)),
            option => Reaction::parse(option).map(|option| Self(Some(option))),
        }
    }
}

impl Clients {
    /// The option of Waline's reaction, by its name: `reaction0`.
    pub fn waline_option(&self, name: &str) -> Option<&Reaction> {
        let number = name.strip_prefix("reaction")?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let at: usize = number.parse().ok().filter(|_| is_number)?;
        self.waline.as_ref()?.get(at)?.0.as_ref()
    }

    /// Whether readers can react by one of them.
    pub(super) fn take_reactions(&self) -> bool {
        self.options().next().is_some()
    }

    /// What is wrong, as the end of a sentence that begins with the option's name. `has`: whether the poll has the option.
    pub(super) fn faults(&self, has: impl Fn(&Reaction) -> bool) -> Vec<(&'static str, String)> {
        let unknown = |option: &Reaction| {
            format!("names `{option}`, which is no option of the poll: see `reactions`")
        };
        let mut all = Vec::new();
        if let Some(option) = self.waline_options().find(|option| !has(option)) {
            all.push(("clients.waline", unknown(option)));
        }
        if self
            .waline
            .as_ref()
            .is_some_and(|map| map.len() > WALINE_REACTIONS)
        {
            all.push((
                "clients.waline",
                format!("has more than the {WALINE_REACTIONS} reactions of Waline: remove some"),
            ));
        }
        if let Some(option) = self
            .emojis()
            .map(|(_, option)| option)
            .find(|option| !has(option))
        {
            all.push(("clients.open_heart", unknown(option)));
        }
        if self.emojis().any(|(emoji, _)| emoji.trim().is_empty()) {
            all.push(("clients.open_heart", "has an empty emoji: remove it".into()));
        }
        all
    }

    /// The emojis of Open Heart with their options.
    pub fn emojis(&self) -> impl Iterator<Item = (&str, &Reaction)> {
        let all = self.open_heart.iter().flatten();
        all.map(|(emoji, option)| (emoji.as_str(), option))
    }

    fn waline_options(&self) -> impl Iterator<Item = &Reaction> {
        let all = self.waline.iter().flatten();
        all.filter_map(|reaction| reaction.0.as_ref())
    }

    fn options(&self) -> impl Iterator<Item = &Reaction> {
        self.waline_options()
            .chain(self.emojis().map(|(_, option)| option))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients(text: &str) -> Clients {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn waline_option_is_by_number_and_a_dash_is_none() {
        let clients = clients(r#"waline = ["happy", "-", "sad"]"#);
        let option = |name: &str| clients.waline_option(name).map(Reaction::as_str);
        assert_eq!(option("reaction0"), Some("happy"));
        assert_eq!(option("reaction2"), Some("sad"));
        for name in [
            "reaction1",
            "reaction3",
            "reaction",
            "reaction+0",
            "time",
            "",
        ] {
            assert_eq!(option(name), None, "{name}");
        }
    }

    #[test]
    fn an_option_that_the_poll_lacks_is_a_fault() {
        let has = |option: &Reaction| option.as_str() == "happy";
        let fine = clients(
            "waline = [\"happy\", \"-\"]\ngoatcounter = true\nopen_heart = { \"❤️\" = \"happy\" }",
        );
        assert_eq!(fine.faults(has), []);
        for (text, field) in [
            ("waline = [\"bored\"]", "clients.waline"),
            (
                "waline = [\"-\",\"-\",\"-\",\"-\",\"-\",\"-\",\"-\",\"-\",\"-\",\"-\"]",
                "clients.waline",
            ),
            ("open_heart = { \"❤️\" = \"bored\" }", "clients.open_heart"),
            ("open_heart = { \" \" = \"happy\" }", "clients.open_heart"),
        ] {
            let faults = clients(text).faults(has);
            assert_eq!(
                faults.iter().map(|(field, _)| *field).collect::<Vec<_>>(),
                [field],
                "{text}"
            );
        }
    }
}
