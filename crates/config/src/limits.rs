//! What may be done how often: one table, whose amounts `[limits]` overrides.

use std::{collections::BTreeMap, num::NonZeroU32};

use serde::Deserialize;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A request that would change something.
    Request,
    /// One of those that do not say from which page they come.
    OpaqueRequest,
    /// A page or fragment that shows a reader without a token what she has chosen: made anew for each, but changes nothing.
    Show,
    /// A reader's first choice in an article's poll.
    Reaction,
    /// A choice, the first one or another.
    Choice,
    /// A read of an article, new in the day.
    Read,
    /// A share of an article to a network, new in the day.
    Share,
    /// Any of what is counted: a first choice, a read, a share.
    Event,
    /// An article that comes to be by its first event.
    Article,
}

/// Of whom, or of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// An IPv4 address, or an IPv6 /64: what one line has, in which whoever has it chooses.
    Address,
    /// An IPv4 /20: a part of a carrier.
    Ipv4Network,
    /// An IPv6 /48: what anybody can rent.
    Ipv6Network,
    /// The reader's token.
    Visitor,
    /// The article, whoever it is.
    Article,
    /// The site, whoever it is.
    Site,
}

/// How much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many at once, and so many an hour.
    Rate(Rate),
    /// So many in a day of the site.
    Day(u32),
}

/// A rate with room for a rush.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// So many at once.
    pub burst: NonZeroU32,
    /// So many an hour come back.
    pub per_hour: NonZeroU32,
}

/// One limit.
#[derive(Debug)]
pub struct Limit {
    /// Its place in `[limits]`: `reads`, `per_address`.
    pub name: (&'static str, &'static str),
    /// Its name as a whole: `reads.per_address`.
    pub full_name: &'static str,
    /// What is limited.
    pub action: Action,
    /// Of whom.
    pub key: Key,
    /// How much, where nobody says otherwise.
    pub default: Amount,
}

impl Limit {
    /// Whether all networks share it: friend and foe.
    pub fn is_shared(&self) -> bool {
        matches!(self.key, Key::Article | Key::Site)
    }
}

macro_rules! limits {
    ($($group:ident.$name:ident: $action:ident, $key:ident, $amount:expr;)*) => {
        /// Every limit, the narrowest of each action first.
        pub static LIMITS: [Limit; [$(stringify!($name)),*].len()] = [$(Limit {
            name: (stringify!($group), stringify!($name)),
            full_name: concat!(stringify!($group), ".", stringify!($name)),
            action: Action::$action,
            key: Key::$key,
            default: $amount,
        }),*];

        /// Their full names.
        pub const LIMIT_NAMES: [&str; LIMITS.len()] = [$(concat!(stringify!($group), ".", stringify!($name))),*];
    };
}

// What a line is by: an office or school of 2,000 behind one address, who all do it in the same minute, counts whole. What a /48 is by:
// ten lines, since anybody can rent one, and no two lines silence the others. What a /20 is by: its 4,096 addresses with 50 readers each,
// a carrier's share of an evening when everybody reads. What is done once in a day (a read, a first reaction, a new article) has a limit
// for the day besides that for the hour. The amounts are explained in docs/capacity.md.
limits! {
    requests.per_address: Request, Address, rate(6_000, 120_000);
    requests.per_ipv4_network: Request, Ipv4Network, rate(60_000, 1_200_000);
    requests.per_ipv6_network: Request, Ipv6Network, rate(60_000, 1_200_000);
    opaque_requests.per_address: OpaqueRequest, Address, rate(600, 3_600);
    opaque_requests.per_ipv4_network: OpaqueRequest, Ipv4Network, rate(6_000, 36_000);
    opaque_requests.per_ipv6_network: OpaqueRequest, Ipv6Network, rate(6_000, 36_000);
    showings.per_address: Show, Address, rate(6_000, 120_000);
    showings.per_ipv4_network: Show, Ipv4Network, rate(60_000, 1_200_000);
    showings.per_ipv6_network: Show, Ipv6Network, rate(60_000, 1_200_000);
    reactions.per_address: Reaction, Address, rate(2_000, 2_000);
    reactions.per_ipv4_network: Reaction, Ipv4Network, rate(20_000, 20_000);
    reactions.per_ipv6_network: Reaction, Ipv6Network, rate(20_000, 20_000);
    reactions.per_article: Reaction, Article, rate(200_000, 400_000);
    daily_reactions.per_address: Reaction, Address, Amount::Day(3_000);
    daily_reactions.per_ipv4_network: Reaction, Ipv4Network, Amount::Day(50_000);
    daily_reactions.per_ipv6_network: Reaction, Ipv6Network, Amount::Day(30_000);
    daily_reactions.per_article: Reaction, Article, Amount::Day(2_000_000);
    choices.per_visitor: Choice, Visitor, rate(120, 600);
    reads.per_address: Read, Address, Amount::Day(2_500);
    reads.per_ipv4_network: Read, Ipv4Network, Amount::Day(200_000);
    reads.per_ipv6_network: Read, Ipv6Network, Amount::Day(25_000);
    shares.per_address: Share, Address, Amount::Day(500);
    shares.per_ipv4_network: Share, Ipv4Network, Amount::Day(50_000);
    shares.per_ipv6_network: Share, Ipv6Network, Amount::Day(5_000);
    events.per_address: Event, Address, rate(20_000, 20_000);
    events.per_ipv4_network: Event, Ipv4Network, rate(500_000, 1_000_000);
    events.per_ipv6_network: Event, Ipv6Network, rate(200_000, 200_000);
    daily_events.per_address: Event, Address, Amount::Day(100_000);
    daily_events.per_ipv4_network: Event, Ipv4Network, Amount::Day(10_000_000);
    daily_events.per_ipv6_network: Event, Ipv6Network, Amount::Day(1_000_000);
    articles.per_address: Article, Address, rate(300, 300);
    articles.per_ipv4_network: Article, Ipv4Network, rate(3_000, 3_000);
    articles.per_ipv6_network: Article, Ipv6Network, rate(3_000, 3_000);
    articles.per_site: Article, Site, rate(20_000, 20_000);
    daily_articles.per_address: Article, Address, Amount::Day(1_000);
    daily_articles.per_ipv4_network: Article, Ipv4Network, Amount::Day(10_000);
    daily_articles.per_ipv6_network: Article, Ipv6Network, Amount::Day(10_000);
}

const fn rate(burst: u32, per_hour: u32) -> Amount {
    match (NonZeroU32::new(burst), NonZeroU32::new(per_hour)) {
        (Some(burst), Some(per_hour)) => Amount::Rate(Rate { burst, per_hour }),
        _ => panic!("a rate of nothing"),
    }
}

/// The amounts that are in force, in the order of [`LIMITS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amounts(pub(super) [Amount; LIMITS.len()]);

impl Default for Amounts {
    fn default() -> Self {
        Self(std::array::from_fn(|place| LIMITS[place].default))
    }
}

impl Amounts {
    /// Each limit with its place in the table, and what it is now.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &'static Limit, Amount)> {
        LIMITS.iter().zip(self.0).enumerate().map(|(place, (limit, amount))| (place, limit, amount))
    }

    /// The defaults, with what `[limits]` says in their place.
    pub(super) fn parse(said: BTreeMap<String, BTreeMap<String, toml::Value>>) -> Result<Self, String> {
        let mut amounts = Self::default();
        for (group, limits) in said {
            for (name, value) in limits {
                let place = LIMITS.iter().position(|limit| limit.name == (&group, &name)).ok_or_else(|| {
                    let known: Vec<_> = LIMITS.iter().map(|limit| limit.full_name).collect();
                    format!("[limits.{group}] `{name}` is no limit. There are: {}", known.join(", "))
                })?;
                amounts.0[place] =
                    amounts.0[place].parsed(value).map_err(|what| format!("[limits.{group}] `{name}` {what}"))?;
            }
        }
        Ok(amounts)
    }
}

impl Amount {
    /// So many quarters of it: less at once, or less in a day.
    pub fn quarters(self, quarters: u32) -> Self {
        let part = |whole: u32| u32::try_from(u64::from(whole) * u64::from(quarters) / 4).unwrap_or(u32::MAX);
        match self {
            Self::Rate(Rate { burst, per_hour }) => {
                Self::Rate(Rate { burst: NonZeroU32::new(part(burst.get())).unwrap_or(NonZeroU32::MIN), per_hour })
            }
            Self::Day(most) => Self::Day(part(most)),
        }
    }

    /// Another amount of the same kind.
    fn parsed(self, value: toml::Value) -> Result<Self, String> {
        let parsed = match self {
            Self::Rate(_) => value.try_into().map(Self::Rate),
            Self::Day(_) => value.try_into().map(Self::Day),
        };
        parsed.map_err(|error| {
            let form = match self {
                Self::Rate(_) => "{ burst = 100, per_hour = 50 }, neither of them 0",
                Self::Day(_) => "a number, for each day",
            };
            format!("must be {form} ({})", error.message())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lines_silence_the_network_around_them() {
        let most = |amount| match amount {
            Amount::Rate(rate) => rate.burst.get(),
            Amount::Day(most) => most,
        };
        for limit in LIMITS.iter().filter(|limit| matches!(limit.key, Key::Ipv4Network | Key::Ipv6Network)) {
            let line = LIMITS.iter().find(|one| one.name == (limit.name.0, "per_address")).unwrap();
            assert!(most(limit.default) >= 10 * most(line.default), "{}", limit.full_name);
            if let (Amount::Rate(network), Amount::Rate(line)) = (limit.default, line.default) {
                assert!(network.per_hour.get() >= 10 * line.per_hour.get(), "{}", limit.full_name);
            }
        }
    }

    #[test]
    fn the_documentation_explains_every_amount() {
        let document = include_str!("../../../docs/capacity.md");
        let written = |number: u32| {
            let digits = number.to_string();
            let groups: Vec<_> =
                digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).unwrap()).collect();
            groups.join(",")
        };
        for limit in &LIMITS {
            let name = format!("`{}`", limit.full_name);
            let row = document.lines().find(|line| line.starts_with("| `") && line.contains(&name)).unwrap_or_default();
            let amounts = match limit.default {
                Amount::Rate(rate) => format!(" {} | {} | | ", written(rate.burst.get()), written(rate.per_hour.get())),
                Amount::Day(most) => format!(" | | {} | ", written(most)),
            };
            assert!(row.contains(&amounts), "{name}: {row}");
        }
    }

    /// Reads, shares, first reactions and new articles are done once: a rate alone would add up to much in a day.
    #[test]
    fn what_is_done_once_has_a_limit_for_the_day_by_every_width() {
        for action in [Action::Read, Action::Share, Action::Reaction, Action::Article, Action::Event] {
            for key in [Key::Address, Key::Ipv4Network, Key::Ipv6Network] {
                let is_daily = |limit: &&Limit| limit.action == action && limit.key == key;
                let daily = LIMITS.iter().filter(is_daily).any(|limit| matches!(limit.default, Amount::Day(_)));
                assert!(daily, "{action:?} {key:?}");
            }
        }
    }

    #[test]
    fn quarters_of_an_amount_are_never_nothing_at_once() {
        assert_eq!(rate(20_000, 7).quarters(2), rate(10_000, 7));
        assert_eq!(rate(1, 7).quarters(2), rate(1, 7));
        assert_eq!(Amount::Day(10).quarters(3), Amount::Day(7));
    }
}
