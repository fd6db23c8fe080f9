//! The rules of a site as data, which is also the JSON of the page.

use config::{
    Action, Amount, Articles, Bots, Config, DatedNote, LimitScope, MethodNotes, PollRule, Site,
};
use serde::Serialize;
use store::{REFUSED_KEPT_DAYS, Refused};
use utoipa::ToSchema;
use visitor::Day;
use wire::{Network, Reaction, ReadDedup, SiteId};

/// How a site counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Method {
    /// The site.
    pub site: SiteId,
    /// Version of Gema.
    pub version: &'static str,
    /// The time zone in which days begin and end.
    pub time_zone: String,
    /// How reads count.
    pub reads: ReadRules,
    /// How reactions count.
    pub reactions: ReactionRules,
    /// How shares count.
    pub shares: ShareRules,
    /// Which articles and pages count.
    pub accepted: Accepted,
    /// How robots are treated.
    pub robots: RobotRules,
    /// Limits on what is counted; absent: none are in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Vec<LimitRule>>,
    /// What was counted and refused yesterday.
    pub yesterday: Yesterday,
    /// What is stored of readers.
    pub stored: Stored,
    /// Where starting counts come from, in the newsroom's words.
    pub starting_counts: Vec<Note>,
    /// What was corrected, in the newsroom's words.
    pub corrections: Vec<Note>,
}

/// How reads count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadRules {
    /// What makes two reads the same read; `off`: reads are not counted.
    pub identity: ReadDedup,
    /// How long the text must have been in view, in ms.
    pub after_ms: u32,
    /// The window in which a repeated read does not count.
    pub window: &'static str,
    /// Whether a browser that stores nothing counts once a window, by address and browser version.
    pub stand_in: bool,
}

/// How reactions count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReactionRules {
    /// `open`, `closed`, or `off`: there is no poll.
    pub poll: &'static str,
    /// Days after which an article's poll closes; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_after_days: Option<u32>,
    /// Whether readers may react whose browser runs no script or stores nothing.
    pub stand_in: bool,
    /// The options.
    pub options: Vec<Reaction>,
}

/// How shares count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShareRules {
    /// The buttons.
    pub networks: Vec<Network>,
    /// The window in which a repeated share to a network does not count.
    pub window: &'static str,
}

/// Which articles and pages count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// `open`: any article; `registered`: those of the newsroom.
    pub articles: &'static str,
    /// Patterns of keys that do not count.
    pub ignored: Vec<String>,
    /// The origins whose pages may send events.
    pub origins: Vec<String>,
    /// Whether events without an origin count.
    pub opaque_origins: bool,
    /// Other counters' clients that count too.
    pub clients: Vec<&'static str>,
}

/// How robots are treated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RobotRules {
    /// Whether reads of known robots are refused.
    pub refused: bool,
    /// The lists of robots.
    pub lists: Vec<RobotListFacts>,
    /// Number of words that Gema adds to the lists.
    pub added_words: usize,
    /// Number of words of the lists that Gema leaves out, because programs of readers have them too.
    pub left_out_words: usize,
}

/// A list of robots.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RobotListFacts {
    /// The package that carries it.
    pub name: &'static str,
    /// Version of the package.
    pub version: &'static str,
    /// The day on which that version was published.
    pub published: &'static str,
    /// The day on which Gema took it.
    pub taken: &'static str,
    /// Number of words.
    pub words: usize,
}

/// A limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitRule {
    /// Its name in the configuration: `reads.per_address`.
    pub name: &'static str,
    /// What is counted separately: `address`, `ipv4_network` (a /20), `ipv6_network` (a /48), `visitor`, `article`, `site`.
    pub scope: &'static str,
    /// The largest number at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<u32>,
    /// The number that is added per hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u32>,
    /// The largest number in a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
}

/// What was counted and refused yesterday.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Yesterday {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// What was counted.
    pub counted: Counted,
    /// What was refused, by kind and reason.
    pub refused: Vec<RefusedNumber>,
}

/// What was counted on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counted {
    /// Reads.
    pub reads: i64,
    /// Reactions less those that were taken back.
    pub reactions: i64,
    /// Shares.
    pub shares: i64,
}

/// A number of refused events.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefusedNumber {
    /// The kind, as metrics name it: `read`, `react`, `share`; `unknown`: a whole request.
    pub kind: &'static str,
    /// The reason, as metrics name it: `bot`, `limit`, `origin`.
    pub reason: &'static str,
    /// How many.
    pub count: u64,
}

/// What is stored of readers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stored {
    /// Digests of reads and shares: days until they are deleted.
    pub read_digests_days: u8,
    /// Digests of reactions.
    pub reactions: &'static str,
    /// Counts of each article and day.
    pub days: &'static str,
    /// Counts of each hour.
    pub hours: &'static str,
    /// Numbers of refused events: days until they are deleted.
    pub refused_days: i32,
    /// Whether addresses, user agents or names are stored.
    pub addresses: bool,
}

/// A note of the newsroom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Note {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// The text.
    pub text: String,
}

/// The name of the deduplication window.
const WINDOW: &str = "day";

impl Method {
    /// The rules of a site, and what they did yesterday.
    pub fn new(config: &Config, site: &Site, version: &'static str, yesterday: Yesterday) -> Self {
        let MethodNotes {
            starting_counts,
            corrections,
            ..
        } = &site.method;
        Self {
            site: site.id.clone(),
            version,
            time_zone: site.time_zone.iana_name().unwrap_or("UTC").to_owned(),
            reads: ReadRules {
                identity: site.reads.identity,
                after_ms: site.reads.after_ms,
                window: WINDOW,
                stand_in: site.noscript_votes,
            },
            reactions: ReactionRules {
                poll: match site.poll {
                    PollRule::Open => "open",
                    PollRule::Closed => "closed",
                    PollRule::Off => "off",
                },
                closes_after_days: site.poll_closes_after_days,
                stand_in: site.noscript_votes,
                options: site
                    .reactions
                    .iter()
                    .map(|option| option.key.clone())
                    .collect(),
            },
            shares: ShareRules {
                networks: site.networks.clone(),
                window: WINDOW,
            },
            accepted: Accepted::of(site),
            robots: RobotRules::of(config.bots),
            limits: config.limits.as_ref().map(|amounts| {
                let is_of_events =
                    |action| !matches!(action, Action::Show | Action::CacheMiss | Action::SignIn);
                amounts
                    .iter()
                    .filter(|(_, limit, _)| is_of_events(limit.action))
                    .map(|(_, limit, amount)| LimitRule::new(limit.full_name, limit.key, amount))
                    .collect()
            }),
            yesterday,
            stored: Stored {
                read_digests_days: 2,
                reactions: "until the reader deletes it, or the article is removed",
                days: "until the article is removed",
                hours: "of the site always; of an article those of its first eight days until it is removed, others for nine days",
                refused_days: REFUSED_KEPT_DAYS,
                addresses: false,
            },
            starting_counts: starting_counts.iter().map(Note::from).collect(),
            corrections: corrections.iter().map(Note::from).collect(),
        }
    }
}

impl Accepted {
    fn of(site: &Site) -> Self {
        let clients = &site.clients;
        let known = [
            ("Waline", clients.waline.is_some()),
            ("GoatCounter", clients.goatcounter),
            ("Open Heart", clients.open_heart.is_some()),
        ];
        Self {
            articles: match site.articles {
                Articles::Open => "open",
                Articles::Registered => "registered",
            },
            ignored: site.ignore.iter().map(ToString::to_string).collect(),
            origins: site.origins.iter().map(ToString::to_string).collect(),
            opaque_origins: site.opaque_origins,
            clients: known
                .into_iter()
                .filter_map(|(name, is_on)| is_on.then_some(name))
                .collect(),
        }
    }
}

impl RobotRules {
    fn of(bots: Bots) -> Self {
        let (added_words, left_out_words) = rules::robot_word_changes();
        Self {
            refused: bots == Bots::Ignore,
            lists: rules::robot_lists()
                .map(|list| RobotListFacts {
                    name: list.name,
                    version: list.version,
                    published: list.built,
                    taken: list.taken,
                    words: list.words,
                })
                .collect(),
            added_words,
            left_out_words,
        }
    }
}

impl LimitRule {
    fn new(name: &'static str, scope: LimitScope, amount: Amount) -> Self {
        let scope = match scope {
            LimitScope::Address => "address",
            LimitScope::Ipv4Network => "ipv4_network",
            LimitScope::Ipv6Network => "ipv6_network",
            LimitScope::Visitor => "visitor",
            LimitScope::Article => "article",
            LimitScope::Site => "site",
        };
        let (burst, per_hour, per_day) = match amount {
            Amount::Rate(rate) => (Some(rate.burst.get()), Some(rate.per_hour.get()), None),
            Amount::Day(most) => (None, None, Some(most)),
        };
        Self {
            name,
            scope,
            burst,
            per_hour,
            per_day,
        }
    }
}

impl Yesterday {
    /// The numbers of that day.
    pub fn new(day: Day, counted: Counted, refused: &[Refused]) -> Self {
        let number = |one: &Refused| RefusedNumber {
            kind: one.kind.name(),
            reason: one.reason.name(),
            count: one.count,
        };
        Self {
            day: day.to_string(),
            counted,
            refused: refused.iter().map(number).collect(),
        }
    }
}

impl From<&DatedNote> for Note {
    fn from(note: &DatedNote) -> Self {
        Self {
            date: note.date.to_string(),
            text: note.text.clone(),
        }
    }
}
