//! Targets of the benchmark: a table of ours, and one of the competitors'.

/// The server that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The endpoint.
    Gema,
    /// Another build of the endpoint.
    OtherBuild,
    /// nginx, with a file that has exactly the bytes of the endpoint's response.
    Nginx,
    /// Waline, with SQLite.
    Waline,
    /// Isso, which always uses SQLite.
    Isso,
}

/// Kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BenchRequest {
    /// A GET of this path.
    Get(&'static str),
    /// A POST that is counted, each on one of this many articles.
    Post { what: CountedEvent, articles: u32 },
}

/// The counter that a request increments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CountedEvent {
    /// A read event, each with a new key.
    Read,
    /// A react event, each of a new visitor.
    React,
    /// Waline's reaction: adds one to a number.
    WalineVote,
    /// Isso's closest equivalent: a comment's like, each from another address.
    IssoVote,
}

impl CountedEvent {
    /// Its name in `load.lua`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::React => "react",
            Self::WalineVote => "waline",
            Self::IssoVote => "isso",
        }
    }
}

/// One row of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) host: Host,
    pub(crate) request: BenchRequest,
}

/// Everything that one page needs.
pub(crate) const VIEW: &str = "/v1/sites/demo/view?article=fgd-e-government-korea&lang=id";

/// The counts of ten articles.
pub(crate) const TALLIES: &str = "/v1/sites/demo/tallies?article=spread-0&article=spread-1&article=spread-2&article=spread-3\
&article=spread-4&article=spread-5&article=spread-6&article=spread-7&article=spread-8&article=spread-9";

/// The number of articles over which a target's requests are spread.
pub(crate) const SPREAD_ARTICLES: u32 = 1000;

const fn post(name: &'static str, host: Host, what: CountedEvent, articles: u32) -> Target {
    Target {
        name,
        host,
        request: BenchRequest::Post { what, articles },
    }
}

const fn get(name: &'static str, host: Host, path: &'static str) -> Target {
    Target {
        name,
        host,
        request: BenchRequest::Get(path),
    }
}

/// Our targets, in the order of a round: targets that are compared follow each other.
pub(crate) static TARGETS: [Target; 8] = [
    get("view", Host::Gema, VIEW),
    get("view, nginx", Host::Nginx, VIEW),
    get("tallies of ten", Host::Gema, TALLIES),
    get("tallies of ten, nginx", Host::Nginx, TALLIES),
    post(
        "a read, 1,000 articles",
        Host::Gema,
        CountedEvent::Read,
        SPREAD_ARTICLES,
    ),
    post(
        "a reaction, 1,000 articles",
        Host::Gema,
        CountedEvent::React,
        SPREAD_ARTICLES,
    ),
    post("a read, one hot article", Host::Gema, CountedEvent::Read, 1),
    post(
        "a reaction, one hot article",
        Host::Gema,
        CountedEvent::React,
        1,
    ),
];

/// The targets of another build, in the same order.
pub(crate) static OTHER_BUILD: [Target; 6] = [
    get("view, other build", Host::OtherBuild, VIEW),
    get("tallies of ten, other build", Host::OtherBuild, TALLIES),
    post(
        "a read, 1,000 articles, other build",
        Host::OtherBuild,
        CountedEvent::Read,
        SPREAD_ARTICLES,
    ),
    post(
        "a reaction, 1,000 articles, other build",
        Host::OtherBuild,
        CountedEvent::React,
        SPREAD_ARTICLES,
    ),
    post(
        "a read, one hot article, other build",
        Host::OtherBuild,
        CountedEvent::Read,
        1,
    ),
    post(
        "a reaction, one hot article, other build",
        Host::OtherBuild,
        CountedEvent::React,
        1,
    ),
];

/// The competitors' targets. Isso counts at most 142 likes of a comment, so it has no target with one hot comment.
pub(crate) static COMPETITORS: [Target; 3] = [
    post(
        "Waline, 1,000 articles",
        Host::Waline,
        CountedEvent::WalineVote,
        SPREAD_ARTICLES,
    ),
    post(
        "Waline, one hot article",
        Host::Waline,
        CountedEvent::WalineVote,
        1,
    ),
    post(
        "Isso, 1,000 comments",
        Host::Isso,
        CountedEvent::IssoVote,
        SPREAD_ARTICLES,
    ),
];
