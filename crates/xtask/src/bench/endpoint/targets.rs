//! What is measured: one table of ours, and one of the peers.

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The endpoint.
    Gema,
    /// Another build of the endpoint.
    OtherBuild,
    /// nginx, with a file of the very bytes that the endpoint answers.
    Nginx,
    /// Waline, with SQLite.
    Waline,
    /// Isso, with SQLite, which it always has.
    Isso,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A GET of this path.
    Get(&'static str),
    /// A POST of one thing each that is to be counted, on an article of so many.
    Post { what: Counted, articles: u32 },
}

/// Something to be counted, by whoever counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// An event, each with another key.
    Read,
    /// An event, each of another reader.
    React,
    /// Waline's reaction: adds one to a number.
    WalineVote,
    /// The nearest that Isso has: a comment's like, each from another address.
    IssoVote,
}

impl Counted {
    /// What `load.lua` calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::React => "react",
            Self::WalineVote => "waline",
            Self::IssoVote => "isso",
        }
    }
}

/// One line of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) host: Host,
    pub(crate) ask: Ask,
}

/// All that one page needs.
pub(crate) const VIEW: &str = "/v1/sites/demo/view?article=fgd-e-government-korea&lang=id";

/// Counts of ten articles.
pub(crate) const TALLIES: &str = "/v1/sites/demo/tallies?article=spread-0&article=spread-1&article=spread-2&article=spread-3\
&article=spread-4&article=spread-5&article=spread-6&article=spread-7&article=spread-8&article=spread-9";

/// The most articles over which a target spreads.
pub(crate) const SPREAD: u32 = 1000;

const fn post(name: &'static str, host: Host, what: Counted, articles: u32) -> Target {
    Target { name, host, ask: Ask::Post { what, articles } }
}

const fn get(name: &'static str, host: Host, path: &'static str) -> Target {
    Target { name, host, ask: Ask::Get(path) }
}

/// Everything that is measured, in the order of a round: what is compared is next to each other.
pub(crate) static TARGETS: [Target; 8] = [
    get("view", Host::Gema, VIEW),
    get("view, nginx", Host::Nginx, VIEW),
    get("tallies of ten", Host::Gema, TALLIES),
    get("tallies of ten, nginx", Host::Nginx, TALLIES),
    post("a read, 1,000 articles", Host::Gema, Counted::Read, SPREAD),
    post("a reaction, 1,000 articles", Host::Gema, Counted::React, SPREAD),
    post("a read, one hot article", Host::Gema, Counted::Read, 1),
    post("a reaction, one hot article", Host::Gema, Counted::React, 1),
];

/// The same of another build, in the same order.
pub(crate) static OTHER_BUILD: [Target; 6] = [
    get("view, other build", Host::OtherBuild, VIEW),
    get("tallies of ten, other build", Host::OtherBuild, TALLIES),
    post("a read, 1,000 articles, other build", Host::OtherBuild, Counted::Read, SPREAD),
    post("a reaction, 1,000 articles, other build", Host::OtherBuild, Counted::React, SPREAD),
    post("a read, one hot article, other build", Host::OtherBuild, Counted::Read, 1),
    post("a reaction, one hot article, other build", Host::OtherBuild, Counted::React, 1),
];

/// What others do of the same. Isso counts no more than 142 likes of a comment, so there is none that is hot.
pub(crate) static PEERS: [Target; 3] = [
    post("Waline, 1,000 articles", Host::Waline, Counted::WalineVote, SPREAD),
    post("Waline, one hot article", Host::Waline, Counted::WalineVote, 1),
    post("Isso, 1,000 comments", Host::Isso, Counted::IssoVote, SPREAD),
];
