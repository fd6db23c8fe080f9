use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::tz::TimeZone;
use serde::Deserialize;
use text::key::is_path;
use wire::{ArticleKey, Network, Reaction, ReadDedup, ShareStyle, SiteId};

use super::{Clients, Faces, KeyPattern, MethodNotes, Origin, networks};

/// The configuration of one site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id in addresses.
    pub id: SiteId,
    /// Origins whose pages may send events.
    pub origins: Vec<Origin>,
    /// Whether events with an opaque origin (`null`, or no header) are accepted.
    pub opaque_origins: bool,
    /// Which articles are counted.
    pub articles: Articles,
    /// Which articles may be in public lists.
    pub lists: Lists,
    /// Articles that are not counted.
    pub ignore: Vec<KeyPattern>,
    /// Languages of the labels, by BCP 47 tag.
    pub languages: Vec<String>,
    /// The language for pages that name none.
    pub default_language: String,
    /// The time zone of its days.
    pub time_zone: TimeZone,
    /// The options of the poll, in display order.
    pub reactions: Vec<ReactionOption>,
    /// What the options show.
    pub faces: Faces,
    /// The least number of votes with which the poll shows numbers.
    pub show_from: u32,
    /// The buttons of the share bar, in display order.
    pub networks: Vec<Network>,
    /// What these buttons show.
    pub share_style: ShareStyle,
    /// Overrides of labels: by language, then by name.
    pub labels: BTreeMap<String, toml::Table>,
    /// How reads are counted.
    pub reads: Reads,
    /// Whether readers may react.
    pub poll: PollRule,
    /// Days after which an article's poll closes, counted from its publication (or the newsroom's first update, or its
    /// tenth event).
    pub poll_closes_after_days: Option<u32>,
    /// Whether readers without JavaScript or storage may react, identified by address and browser.
    pub noscript_votes: bool,
    /// Clients of other counters that may count.
    pub clients: Clients,
    /// Whether pages update the counts live.
    pub live: bool,
    /// What the newsroom says about its counts.
    pub method: MethodNotes,
    /// The bearer key with which a CMS writes articles; `None`: not over HTTP.
    pub key: Option<Secret>,
}

impl Site {
    /// The demo's site.
    pub fn demo() -> Self {
        let id = SiteId::parse("demo").expect("a slug");
        // Accept events without an origin, for trying it with command-line tools.
        Self {
            origins: vec![Origin::Loopback],
            opaque_origins: true,
            live: true,
            ..Self::new(id)
        }
    }

    /// A site with defaults, and without origins.
    pub fn new(id: SiteId) -> Self {
        Self {
            id,
            origins: Vec::new(),
            opaque_origins: false,
            articles: Articles::default(),
            lists: Lists::default(),
            ignore: Vec::new(),
            languages: vec!["id".into(), "en".into()],
            default_language: "id".into(),
            time_zone: TimeZone::get("Asia/Jakarta").unwrap_or(TimeZone::UTC),
            reactions: default_reactions(),
            faces: Faces::default(),
            show_from: 1,
            networks: networks::default_networks(),
            share_style: ShareStyle::default(),
            labels: BTreeMap::new(),
            reads: Reads::default(),
            poll: PollRule::default(),
            poll_closes_after_days: None,
            noscript_votes: true,
            clients: Clients::default(),
            live: false,
            method: MethodNotes::default(),
            key: None,
        }
    }

    /// Whether the article is not counted.
    pub fn ignores(&self, article: &ArticleKey) -> bool {
        self.ignore.iter().any(|pattern| pattern.matches(article))
    }

    /// Whether the article may be in public lists. `is_known`: the newsroom has submitted something.
    pub fn lists(&self, article: &ArticleKey, is_known: bool) -> bool {
        let is_listed = match self.lists {
            Lists::Known => false,
            Lists::Paths => is_path(article),
            Lists::All => true,
        };
        (is_known || is_listed || self.articles == Articles::Registered) && !self.ignores(article)
    }

    /// Whether the poll currently has this option.
    pub fn has_reaction(&self, reaction: &Reaction) -> bool {
        self.reactions.iter().any(|option| option.key == *reaction)
    }

    /// Whether the share bar currently has this button.
    pub fn has_network(&self, network: &Network) -> bool {
        self.networks.contains(network)
    }
}

/// An option of a site's poll.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReactionOption {
    /// Its permanent name in counts and events.
    pub key: Reaction,
    /// Displayed with the label.
    #[serde(default)]
    pub emoji: Option<String>,
    /// Name of a drawn face to display instead; by default the one that is named as the option.
    #[serde(default)]
    pub face: Option<String>,
    /// Address of an image to display instead of the emoji.
    #[serde(default)]
    pub image: Option<String>,
    /// Its label by language; by default from the language's file, if it has the key.
    #[serde(default)]
    pub label: BTreeMap<String, String>,
}

/// The default options of a poll.
fn default_reactions() -> Vec<ReactionOption> {
    [
        ("happy", "😊"),
        ("inspired", "💡"),
        ("surprised", "😮"),
        ("sad", "😢"),
        ("angry", "😡"),
    ]
    .into_iter()
    .map(|(key, emoji)| ReactionOption {
        // Each key is a valid slug.
        key: Reaction::parse(key).expect("a slug"),
        emoji: Some(emoji.to_owned()),
        face: None,
        image: None,
        label: BTreeMap::new(),
    })
    .collect()
}

/// How a site counts reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reads {
    /// Criterion by which a repeated read is recognised.
    pub identity: ReadDedup,
    /// How long a page must be visible for a read to count, in ms.
    pub after_ms: u32,
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            identity: ReadDedup::default(),
            after_ms: 5000,
        }
    }
}

/// Whether a site's readers may react.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PollRule {
    /// Yes, until the article's poll closes.
    #[default]
    Open,
    /// No; results are displayed.
    Closed,
    /// There is no poll.
    Off,
}

/// Which articles of a site are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Articles {
    /// Any: an article is created by its first event.
    #[default]
    Open,
    /// Existing articles only: those that the newsroom has submitted, or that had counts before.
    Registered,
}

/// Which articles may be in public lists (most read, most reactions). Anybody can create an article with any text as
/// its key by sending an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lists {
    /// Articles for which the newsroom has submitted a copy, starting counts or an alias.
    Known,
    /// Articles of the newsroom, as above, and articles whose key is a path.
    #[default]
    Paths,
    /// Any.
    All,
}

/// How to treat reads of known bots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Bots {
    /// Reject them.
    #[default]
    Ignore,
    /// Count them like any other: for tests with a headless browser.
    Count,
}

/// A secret text, which is never displayed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Compares in constant time.
    pub fn is(&self, shown: &[u8]) -> bool {
        let secret = self.0.as_bytes();
        let differences = secret
            .iter()
            .zip(shown)
            .fold(0, |all, (a, b)| all | (a ^ b));
        secret.len() == shown.len() && differences == 0
    }

    /// Whether two secrets are equal.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Why it is unsuitable as a bearer key; `None` if it is suitable.
    pub(super) fn weakness(&self) -> Option<&'static str> {
        let different: BTreeSet<_> = self.0.bytes().collect();
        match &self.0 {
            key if key.len() < 20 => Some("must have at least 20 characters"),
            key if !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Some("must be ASCII without spaces, since it is sent in a header")
            }
            _ if different.len() < 8 => Some("must have at least 8 different characters"),
            _ => None,
        }
    }

    /// Whether it is a sequence, or made of words that examples of keys have.
    pub(super) fn is_guessable(&self) -> bool {
        unpredictable(&self.0) < MIN_UNPREDICTABLE
    }
}

/// The command that makes a key, in messages and documents.
pub(super) const KEY_COMMAND: &str = "openssl rand -hex 32";

/// Minimum number of characters that do not follow from those before.
const MIN_UNPREDICTABLE: usize = 10;

/// Words in examples of keys.
const EXAMPLE_WORDS: [&str; 22] = [
    "password", "replace", "example", "changeme", "change", "default", "sample", "random",
    "secret", "insert", "token", "value", "your", "with", "here", "this", "test", "gema", "demo",
    "site", "key", "sandi",
];

/// Neighbours on keyboards: rows of English, German and French ones, and columns.
const KEYBOARD_LINES: [&[u8]; 5] = [
    b"qwertyuiopasdfghjklzxcvbnm",
    b"qwertzuiopasdfghjklyxcvbnm",
    b"azertyuiopqsdfghjklmwxcvbn",
    b"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    b"1q2w3e4r5t6y7u8i9o0p",
];

/// Whether two characters are neighbours on a keyboard, in either direction.
fn are_neighbours(one: u8, next: u8) -> bool {
    let mut pairs = KEYBOARD_LINES.iter().flat_map(|line| line.windows(2));
    pairs.any(|pair| pair == [one, next] || pair == [next, one])
}

/// The number of characters that neither continue a sequence nor belong to a word of examples.
fn unpredictable(key: &str) -> usize {
    let mut rest = key.to_ascii_lowercase();
    for word in EXAMPLE_WORDS {
        rest = rest.replace(word, " ");
    }
    let bytes = rest.as_bytes();
    let continues = |at: usize| {
        at >= 2 && {
            let step = |at: usize| i16::from(bytes[at]) - i16::from(bytes[at - 1]);
            // 9 is followed by 0, and in hexadecimal digits by a.
            let next = |at: usize| {
                matches!(step(at), -1..=1)
                    || matches!(&bytes[at - 1..=at], b"90" | b"9a" | b"f0" | b"za" | b"09")
                    || are_neighbours(bytes[at - 1], bytes[at])
            };
            next(at) && next(at - 1)
        }
    };
    (0..bytes.len())
        .filter(|at| bytes[*at].is_ascii_alphanumeric() && !continues(*at))
        .count()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
