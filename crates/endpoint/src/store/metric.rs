use wire::{Network, Reaction};

/// What is counted of an article. Its name is how engines keep it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Reads.
    Reads,
    /// Readers who chose an option.
    Reaction(Reaction),
    /// Clicks on a button of the share bar.
    Share(Network),
}

impl Metric {
    /// `reads`, `reaction:happy`, `share:whatsapp`.
    pub fn name(&self) -> String {
        match self {
            Self::Reads => "reads".into(),
            Self::Reaction(reaction) => format!("reaction:{reaction}"),
            Self::Share(network) => format!("share:{network}"),
        }
    }

    /// Reads a [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        match name.split_once(':') {
            None if name == "reads" => Some(Self::Reads),
            Some(("reaction", key)) => Reaction::parse(key).ok().map(Self::Reaction),
            Some(("share", key)) => Network::parse(key).ok().map(Self::Share),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in ["reads", "reaction:happy", "share:whatsapp"] {
            assert_eq!(Metric::parse(name).unwrap().name(), name);
        }
        for name in ["read", "reaction:", "share:A", "x:y", ""] {
            assert_eq!(Metric::parse(name), None, "{name}");
        }
    }
}
