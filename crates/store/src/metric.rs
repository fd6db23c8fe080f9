use visitor::{Client, Visitor};
use wire::{Imported, Network, Reaction};

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
    /// Reads that another counter's client reported, also among the reads.
    ClientReads(Client),
    /// Readers who chose in another counter's client: each counted once, and also among the reactions.
    ClientVoters(Client),
}

impl Metric {
    /// The stored name: `reads`, `reaction:happy`, `share:whatsapp`, `noscript`, `reads-by:waline`,
    /// `voters-by:waline`.
    pub fn name(&self) -> String {
        match self {
            Self::Reads => "reads".into(),
            Self::Reaction(reaction) => format!("reaction:{reaction}"),
            Self::Share(network) => format!("share:{network}"),
            Self::Noscript => "noscript".into(),
            Self::ClientReads(client) => format!("reads-by:{}", client.name()),
            Self::ClientVoters(client) => format!("voters-by:{}", client.name()),
        }
    }

    /// Parses a [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        match name.split_once(':') {
            None if name == "reads" => Some(Self::Reads),
            None if name == "noscript" => Some(Self::Noscript),
            Some(("reaction", key)) => Reaction::parse(key).ok().map(Self::Reaction),
            Some(("share", key)) => Network::parse(key).ok().map(Self::Share),
            Some(("reads-by", client)) => Client::parse(client).map(Self::ClientReads),
            Some(("voters-by", client)) => Client::parse(client).map(Self::ClientVoters),
            _ => None,
        }
    }

    /// The metrics of starting counts, with their counts.
    pub fn of_imported(imported: &Imported) -> impl Iterator<Item = (Self, u64)> {
        let reactions = imported.reactions.0.iter();
        let reactions = reactions.map(|(key, count)| (Self::Reaction(key.clone()), *count));
        let shares = imported.shares.0.iter();
        let shares = shares.map(|(key, count)| (Self::Share(key.clone()), *count));
        let reads = std::iter::once((Self::Reads, imported.reads));
        reads.chain(reactions).chain(shares)
    }

    /// Like [`parse`](Self::parse), without those that tell how readers came, which no other counter has.
    pub fn parse_of_others(name: &str) -> Option<Self> {
        Self::parse(name).filter(Self::is_of_events)
    }

    /// Whether it counts events. The others tell how readers came, and count some events a second time.
    pub fn is_of_events(&self) -> bool {
        matches!(self, Self::Reads | Self::Reaction(_) | Self::Share(_))
    }

    /// The metric that a reader's first choice increments besides the option.
    pub fn of_voter(visitor: &Visitor) -> Option<Self> {
        match visitor {
            Visitor::Token(_) => None,
            Visitor::Fingerprint(_) => Some(Self::Noscript),
            Visitor::Client(client, _) => Some(Self::ClientVoters(*client)),
        }
    }

    /// The metric that a read increments besides the reads.
    pub fn of_reader(visitor: Option<&Visitor>) -> Option<Self> {
        visitor.and_then(Visitor::client).map(Self::ClientReads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metric_names_survive_encoding() {
        for name in [
            "reads",
            "reaction:happy",
            "share:whatsapp",
            "noscript",
            "reads-by:goatcounter",
            "voters-by:open-heart",
        ] {
            assert_eq!(Metric::parse(name).unwrap().name(), name);
        }
        for name in ["read", "reaction:", "share:A", "reads-by:", "x:y", ""] {
            assert_eq!(Metric::parse(name), None, "{name}");
        }
    }
}
