//! What is measured: one table.

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The endpoint.
    Gema,
    /// nginx, with a file of the very bytes that the endpoint answers.
    Nginx,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A GET of this path.
    Get(&'static str),
    /// A POST of one event each, of this kind, on an article of so many.
    Event { kind: &'static str, articles: u32 },
}

/// One line of the measurement.
#[derive(Debug, PartialEq, Eq)]
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

/// An article of the name, whose counts are as they were made by the first round of events and are asked for meanwhile.
const fn events(name: &'static str, kind: &'static str, articles: u32) -> Target {
    Target { name, host: Host::Gema, ask: Ask::Event { kind, articles } }
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
    events("a read, 1,000 articles", "read", 1000),
    events("a reaction, 1,000 articles", "react", 1000),
    events("a read, one hot article", "read", 1),
    events("a reaction, one hot article", "react", 1),
];
