use wire::{Network, Reaction};

/// A counter of an article. Engines store it under its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Reads.
    Reads,
    /// Readers who chose an option.
    Reaction(Reaction),
    /// Shares to a network: at most one per reader, network and window.
    Share(Network),
    /// Readers who chose without JavaScript, or in a browser that stores nothing: each counted once, and also among
    /// the reactions.
    Noscript,
}

impl Metric {
    /// The stored name: `reads`, `reaction:happy`, `share:whatsapp`, `noscript`.
    pub fn name(&self) -> String {
        match self {
            Self::Reads => "reads".into(),
            Self::Reaction(reaction) => format!("reaction:{reaction}"),
            Self::Share(network) => format!("share:{network}"),
            Self::Noscript => "noscript".into(),
        }
    }

    /// Parses a [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        match name.split_once(':') {
            None if name == "reads" => Some(Self::Reads),
            None if name == "noscript" => Some(Self::Noscript),
            Some(("reaction", key)) => Reaction::parse(key).ok().map(Self::Reaction),
            Some(("share", key)) => Network::parse(key).ok().map(Self::Share),
            _ => None,
        }
    }

    /// Like [`parse`](Self::parse), without `noscript`, which no other counter has.
    pub fn parse_of_others(name: &str) -> Option<Self> {
        Self::parse(name).filter(|metric| *metric != Self::Noscript)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metric_names_survive_encoding() {
        for name in ["reads", "reaction:happy", "share:whatsapp", "noscript"] {
            assert_eq!(Metric::parse(name).unwrap().name(), name);
        }
        for name in ["read", "reaction:", "share:A", "x:y", ""] {
            assert_eq!(Metric::parse(name), None, "{name}");
        }
    }
}
