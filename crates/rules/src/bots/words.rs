use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match};

use super::left_out::LEFT_OUT;

/// Lower-case substrings of the `User-Agent` of known programs, besides the lists: crawlers, previews, monitoring with a
/// real browser, assistants, libraries. A program that poses as a browser is not detected; limits handle those.
const NAMES: &[&str] = &[
    // Generic names, of any operator. `bot` is matched separately, at the end of a word.
    "crawl",
    "spider",
    "slurp",
    "scrap",
    "archiver",
    "fetcher",
    "scan",
    "check",
    "validat",
    "verif",
    "inspect",
    "analyz",
    "monitor",
    "uptim",
    "synthetic",
    "research",
    "preview",
    "thumbnail",
    "favicon",
    "expander",
    "extractor",
    "exporter",
    "collector",
    "indexer",
    "lookup",
    "measurement",
    "parser",
    "probe",
    "recon-",
    "searcher",
    "internetsearch",
    "subscriber",
    "survey",
    "audit",
    "transcoder",
    "useragent",
    "user agent",
    "user-agent",
    "headless",
    "prerender",
    "-agent",
    "-user/",
    // Google, besides its bots: those that run scripts are named GoogleOther, GoogleAgent-Mariner, Google-….
    "google-",
    "-google",
    "googleother",
    "googleagent",
    "googleadsense",
    "googleweblight",
    "google page speed",
    "google search console",
    "feedfetcher",
    // Other search engines, social networks and assistants.
    "facebookexternalhit",
    "facebookcatalog",
    "meta-external",
    "whatsapp/",
    "skypeuripreview",
    "bingpreview",
    "botify",
    "anthropic",
    "chatgpt",
    "claude",
    "cohere",
    "deepseek",
    "devin/",
    "gemini-deep",
    "mistralai",
    "openai",
    "perplexity",
    // Monitoring and measuring with a real browser.
    "alertsite",
    "apica",
    "brandverity",
    "catchpoint",
    "cloudflare",
    "dareboost",
    "datadog",
    "debugbear",
    "dynatrace",
    "functionize",
    "ghost inspector",
    "gomez",
    "gtmetrix",
    "hotjar",
    "iplabel",
    "lighthouse",
    "newrelic",
    "pagespeed",
    "pingdom",
    "ptst/",
    "rigor)",
    "ruxit",
    "screaming frog",
    "securityheaders",
    "silktide",
    "site24x7",
    "sitebulb",
    "siteimprove",
    "splunk",
    "statuscake",
    "thousandeyes",
    // Browser automation, and HTTP libraries.
    "htmlunit",
    "jsdom",
    "phantomjs",
    "playwright",
    "puppeteer",
    "rendertron",
    "selenium",
    "webdriver",
    "http-client",
    "httpclient",
    "python-",
    "aiohttp",
    "go-http",
    "okhttp",
    "java/1",
    "curl/",
    "wget/",
    "libwww-perl",
    "axios/",
    "node-fetch",
    "undici",
    "heritrix",
    "httrack",
    "nutch",
    // Proxies that fetch what mails link to, and converters of pages.
    "emailproxy",
    "convertify",
    // Certificate authorities that validate a domain, and attacks on loggers.
    "dcv",
    "jndi:",
];

/// Device names that contain one of the names above by coincidence.
const READERS: &[&str] = &["cubot"];

/// Signs that occur in robots only, each with texts that make an exception.
const SIGNS: &[(&str, Unless)] = &[
    // Only robots include the address of an explanation; browsers do not, except add-ons of Internet Explorer.
    ("+http", &[]),
    ("://", &["msie"]),
    ("www.", &["msie"]),
    ("[at]", &[]),
    ("(at)", &[]),
    // Browsers never contain this combination.
    ("gecko; compatible;", &[]),
    ("gecko); compatible;", &[]),
];

/// The prefix of former browsers, which robots still use.
const COMPATIBLE: (&str, Unless) = (
    "mozilla/5.0 (compatible;",
    &["msie", "konqueror", "compatible; u;"],
);

/// Texts that make an exception: an agent that contains one of them is not matched.
type Unless = &'static [&'static str];

/// COUNTER's list, and the one of crawler-user-agents; `cargo xtask robots` refreshes them.
pub(super) const LISTS: [&str; 2] = [
    include_str!("../../robots/counter-robots.txt"),
    include_str!("../../robots/crawler-user-agents.txt"),
];

/// Number of words that are in none of the lists.
pub(super) const fn own() -> usize {
    NAMES.len() + SIGNS.len()
}

/// Maximum length of a short word: a listed word that is not longer must match a whole word (`grub`, but not
/// `Grubhub`).
const MAX_SHORT_WORD: usize = 6;

/// All words in one automaton, so that matching takes linear time.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(Words::new);

/// Where a word must occur to match.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Anywhere.
    Anywhere,
    /// Anywhere, unless the agent has one of these texts.
    Unless(Unless),
    /// At the beginning of the agent, unless it has one of these texts.
    Beginning(Unless),
    /// At the end of a word or its plural: `Googlebot/2.1`, not `Banca Caboto`.
    WordEnd,
    /// Between the parts of an e-mail address; `Ecosia android@143.0` is not one.
    Address,
    /// At the beginning of a word, as the lists specify. `first`: at the beginning of the whole agent; `last`: at its
    /// end.
    Listed { first: bool, last: bool },
}

/// The words, and where each must be found.
pub(super) struct Words {
    automaton: AhoCorasick,
    places: Vec<Place>,
}

impl Words {
    fn new() -> Self {
        let own = NAMES.iter().map(|name| (*name, Place::Anywhere));
        let signs = SIGNS
            .iter()
            .map(|(sign, unless)| (*sign, Place::Unless(unless)));
        let others = [
            ("bot", Place::WordEnd),
            ("agent", Place::WordEnd),
            ("@", Place::Address),
            (COMPATIBLE.0, Place::Beginning(COMPATIBLE.1)),
        ];
        let words: Vec<_> = own.chain(signs).chain(others).chain(listed()).collect();
        let automaton = AhoCorasick::builder()
            // A DFA would take megabytes.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(words.iter().map(|(word, _)| word))
            .expect("a few thousand short words fit");
        Self {
            automaton,
            places: words.into_iter().map(|(_, place)| place).collect(),
        }
    }

    /// Whether the agent, in lower case, contains one of the words in the required place.
    pub(super) fn are_in(&self, agent: &str) -> bool {
        // Look up each exception only once, so that an agent with many signs does not take quadratic time.
        let mut excused = Vec::new();
        let mut has_none_of = |unless: Unless| {
            let known = excused
                .iter()
                .find(|(texts, _)| std::ptr::eq(*texts, unless))
                .map(|(_, has)| *has);
            known.unwrap_or_else(|| {
                let has = !unless.iter().any(|text| agent.contains(text));
                excused.push((unless, has));
                has
            })
        };
        self.automaton
            .find_overlapping_iter(agent)
            .any(|found: Match| {
                let at = found.range();
                let before = agent[..at.start].bytes().next_back();
                let after = agent[at.end..].bytes();
                let is_there = match self.places[found.pattern()] {
                    Place::Anywhere => true,
                    Place::Unless(texts) => has_none_of(texts),
                    Place::Beginning(texts) => at.start == 0 && has_none_of(texts),
                    Place::WordEnd => ends_word(after),
                    Place::Address => is_in_address(before, after),
                    Place::Listed { first, last } => {
                        (at.start == 0 || !first)
                            && (at.end == agent.len() || !last)
                            && is_word(before, &agent[at.clone()], after)
                    }
                };
                is_there && !is_of_a_reader(agent, at)
            })
    }
}

/// The words of the lists, without the exceptions.
fn listed() -> impl Iterator<Item = (&'static str, Place)> {
    let lines = LISTS
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| !line.starts_with('#'));
    lines.filter(|line| !LEFT_OUT.contains(line)).map(|line| {
        let (first, last) = (line.starts_with('^'), line.ends_with('$'));
        (
            &line[usize::from(first)..line.len() - usize::from(last)],
            Place::Listed { first, last },
        )
    })
}

/// Whether a listed word begins a word of the agent, and is whole if it is short.
fn is_word(before: Option<u8>, word: &str, mut after: impl Iterator<Item = u8>) -> bool {
    let begins = !word.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        || !before.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let is_short =
        word.len() <= MAX_SHORT_WORD && word.bytes().all(|letter| letter.is_ascii_alphabetic());
    begins
        && !(is_short
            && after
                .next()
                .is_some_and(|letter| letter.is_ascii_alphabetic()))
}

fn ends_word(mut after: impl Iterator<Item = u8>) -> bool {
    let is_letter = |letter: Option<u8>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
    match after.next() {
        Some(b's') => !is_letter(after.next()),
        next => !is_letter(next),
    }
}

fn is_in_address(before: Option<u8>, mut after: impl Iterator<Item = u8>) -> bool {
    before.is_some_and(|letter| letter.is_ascii_alphanumeric())
        && after
            .next()
            .is_some_and(|letter| letter.is_ascii_alphabetic())
}

/// Whether the match is part of a device's name.
fn is_of_a_reader(agent: &str, found: Range<usize>) -> bool {
    let word = &agent.as_bytes()[found.clone()];
    READERS.iter().any(|reader| {
        // Try each occurrence of the word within the name.
        (0..=reader.len().saturating_sub(word.len()))
            .filter(|at| reader.as_bytes()[*at..].starts_with(word))
            .any(|at| {
                found
                    .start
                    .checked_sub(at)
                    .is_some_and(|start| agent.as_bytes()[start..].starts_with(reader.as_bytes()))
            })
    })
}
