use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::tz::TimeZone;
use serde::Deserialize;
use text::key::is_path;
use wire::{ArticleKey, Identity, Network, Reaction, SiteId};

use super::{KeyPattern, Origin, networks};

/// One news site: whose pages, in which languages, with which options.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name in addresses.
    pub id: SiteId,
    /// Pages that may send events.
    pub origins: Vec<Origin>,
    /// Whether events without a page's origin (`null`, or no header) are taken too.
    pub opaque_origins: bool,
    /// Which articles have counts.
    pub articles: Articles,
    /// Which of them are in public lists.
    pub lists: Lists,
    /// Of which of them nothing counts.
    pub ignore: Vec<KeyPattern>,
    /// Languages in which labels are given, by BCP 47 tag.
    pub languages: Vec<String>,
    /// The one of them for pages that name none.
    pub default_language: String,
    /// Where its days begin and end.
    pub time_zone: TimeZone,
    /// The options of the poll, in the order to show.
    pub reactions: Vec<ReactionOption>,
    /// The buttons of the share bar, in the order to show.
    pub networks: Vec<Network>,
    /// Texts that replace those of the language's own file: by language, then by name.
    pub labels: BTreeMap<String, toml::Table>,
    /// How reads are counted.
    pub reads: Reads,
    /// Whether readers may react.
    pub poll: PollRule,
    /// Days from an article's publication (or being put, or its tenth event) until its poll closes.
    pub poll_closes_after_days: Option<u32>,
    /// Whether readers whose browser runs no script, or keeps nothing, may react: address and browser stand for them.
    pub noscript_votes: bool,
    /// Whether readers see the counts change while they look.
    pub live: bool,
    /// What a CMS must show to write articles: `Authorization: Bearer …`. None: nobody may, over HTTP.
    pub key: Option<Secret>,
}

impl Site {
    /// The site of a demonstration on this machine.
    pub fn demo() -> Self {
        let id = SiteId::parse("demo").expect("a slug");
        // Whoever tries it with a program says no origin.
        Self { origins: vec![Origin::Loopback], opaque_origins: true, live: true, ..Self::new(id) }
    }

    /// A site with every option at its default, for pages of nowhere yet.
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
            networks: networks::default_networks(),
            labels: BTreeMap::new(),
            reads: Reads::default(),
            poll: PollRule::default(),
            poll_closes_after_days: None,
            noscript_votes: true,
            live: false,
            key: None,
        }
    }

    /// Whether nothing of this article counts.
    pub fn ignores(&self, article: &ArticleKey) -> bool {
        self.ignore.iter().any(|pattern| pattern.matches(article))
    }

    /// Whether a public list may have this article. `is_known`: the newsroom has said something of it.
    pub fn lists(&self, article: &ArticleKey, is_known: bool) -> bool {
        let is_listed = match self.lists {
            Lists::Known => false,
            Lists::Paths => is_path(article),
            Lists::All => true,
        };
        (is_known || is_listed || self.articles == Articles::Registered) && !self.ignores(article)
    }

    /// Whether its poll has this option now.
    pub fn has_reaction(&self, reaction: &Reaction) -> bool {
        self.reactions.iter().any(|option| option.key == *reaction)
    }

    /// Whether its share bar has this button now.
    pub fn has_network(&self, network: &Network) -> bool {
        self.networks.contains(network)
    }
}

/// One option of a site's poll.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReactionOption {
    /// Its name in counts and events: the same for ever, whatever is shown.
    pub key: Reaction,
    /// Shown before the label.
    #[serde(default)]
    pub emoji: Option<String>,
    /// The address of an image to show instead of the emoji.
    #[serde(default)]
    pub image: Option<String>,
    /// Its label by language; absent, the language's own file gives it, where it knows the key.
    #[serde(default)]
    pub label: BTreeMap<String, String>,
}

/// The five options of a site that names none.
fn default_reactions() -> Vec<ReactionOption> {
    [("happy", "😊"), ("inspired", "💡"), ("surprised", "😮"), ("sad", "😢"), ("angry", "😡")]
        .into_iter()
        .map(|(key, emoji)| ReactionOption {
            // Each is a slug: lower-case letters.
            key: Reaction::parse(key).expect("a slug"),
            emoji: Some(emoji.to_owned()),
            image: None,
            label: BTreeMap::new(),
        })
        .collect()
}

/// How a site counts reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reads {
    /// What makes two reads the same read.
    pub identity: Identity,
    /// How long a page must have been visible for a read to count, in ms.
    pub after_ms: u32,
}

impl Default for Reads {
    fn default() -> Self {
        Self { identity: Identity::default(), after_ms: 5000 }
    }
}

/// Whether a site's readers may react.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PollRule {
    /// They may, until the poll of the article closes.
    #[default]
    Open,
    /// Results are shown, and stand.
    Closed,
    /// There is no poll.
    Off,
}

/// Which articles of a site have counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Articles {
    /// Any: one begins with its first event.
    #[default]
    Open,
    /// Those that are known: the newsroom has put them, or they had counts before.
    Registered,
}

/// Which articles public lists have: most read, most answered. Anybody can begin an article with an event, under any text as its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lists {
    /// Those of which the newsroom has said something: a copy, starting counts or an alias.
    Known,
    /// Those, and articles whose key is a path.
    #[default]
    Paths,
    /// Any.
    All,
}

/// What to do with the reads of known bots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Bots {
    /// Refuse them.
    #[default]
    Ignore,
    /// Count them as anybody's: for tests that drive a headless browser.
    Count,
}

/// A text that is compared and never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether this is it. Takes the same time wherever the first difference is.
    pub fn is(&self, shown: &[u8]) -> bool {
        let secret = self.0.as_bytes();
        let differences = secret.iter().zip(shown).fold(0, |all, (a, b)| all | (a ^ b));
        secret.len() == shown.len() && differences == 0
    }

    /// Whether two sites have the same one.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Why it is no good as a bearer key; nothing, if it is.
    pub(super) fn weakness(&self) -> Option<&'static str> {
        let different: BTreeSet<_> = self.0.bytes().collect();
        match &self.0 {
            key if key.len() < 20 => Some("must have at least 20 characters"),
            key if !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Some("may have no space and nothing beyond ASCII, which no header can show")
            }
            _ if different.len() < 8 => Some("must have at least 8 different characters"),
            _ => None,
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
