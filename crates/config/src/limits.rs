//! Rate and daily limits: a table of defaults, which `[limits]` overrides.

use std::{collections::BTreeMap, num::NonZeroU32};

use serde::Deserialize;

use crate::value::without_value;

/// An action that a limit restricts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A request that writes.
    Request,
    /// A request that writes, without an origin or with an opaque one.
    OpaqueRequest,
    /// A page or fragment with a reader's own choice: rendered per request, but without effect.
    Show,
    /// A public response that the cache does not have: rendered, and then cached for every reader.
    CacheMiss,
    /// An attempt to sign in to the newsroom's pages.
    SignIn,
    /// A reader's first vote in an article.
    Reaction,
    /// Any vote: a first or a changed one.
    Choice,
    /// A read that is new today.
    Read,
    /// A share that is new today.
    Share,
    /// Any new event: first vote, read or share.
    Event,
    /// An article that is created by its first event.
    Article,
}

/// The clients or objects that a limit counts separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// An IPv4 address, or an IPv6 /64, within which a subscriber can choose any address.
    Address,
    /// An IPv4 /20: part of a carrier.
    Ipv4Network,
    /// An IPv6 /48, which anybody can rent.
    Ipv6Network,
    /// The visitor's token.
    Visitor,
    /// The article, for all clients together.
    Article,
    /// The site, for all clients together.
    Site,
}

/// Amount of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A burst and an hourly rate.
    Rate(Rate),
    /// Number per day in the site's time zone.
    Day(u32),
}

/// A rate with a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Maximum number at once.
    pub burst: NonZeroU32,
    /// Number regained per hour.
    pub per_hour: NonZeroU32,
}

/// One limit.
#[derive(Debug)]
pub struct Limit {
    /// Group and name in `[limits]`: `reads`, `per_address`.
    pub name: (&'static str, &'static str),
    /// The full name: `reads.per_address`.
    pub full_name: &'static str,
    /// The limited action.
    pub action: Action,
    /// Scope of the count.
    pub key: LimitScope,
    /// Default amount.
    pub default: Amount,
}

impl Limit {
    /// Whether all clients share it, abusive or not.
    pub fn is_shared(&self) -> bool {
        matches!(self.key, LimitScope::Article | LimitScope::Site)
    }
}

macro_rules! limits {
    ($($group:ident.$name:ident: $action:ident, $key:ident, $amount:expr;)*) => {
        /// All limits; for each action, the narrowest first.
        pub static LIMITS: [Limit; [$(stringify!($name)),*].len()] = [$(Limit {
            name: (stringify!($group), stringify!($name)),
            full_name: concat!(stringify!($group), ".", stringify!($name)),
            action: Action::$action,
            key: LimitScope::$key,
            default: $amount,
        }),*];

        /// The limits' full names.
        pub const LIMIT_NAMES: [&str; LIMITS.len()] = [$(concat!(stringify!($group), ".", stringify!($name))),*];
    };
}

// Rationale of the defaults. Address: an office or school of 2,000 people behind one address who act in the same
// minute must all count. IPv6 /48: ten times an address, because anybody can rent one, but no two subscribers should
// block the others. IPv4 /20: its 4,096 addresses with 50 readers each, a carrier's share of a busy evening. Actions
// that count once a day (reads, first votes, new articles) have a daily limit besides the hourly one. The amounts are
// explained in docs/capacity.md.
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
    cache_misses.per_address: CacheMiss, Address, rate(6_000, 240_000);
    cache_misses.per_ipv4_network: CacheMiss, Ipv4Network, rate(60_000, 2_400_000);
    cache_misses.per_ipv6_network: CacheMiss, Ipv6Network, rate(60_000, 2_400_000);
    sign_ins.per_address: SignIn, Address, rate(20, 60);
    sign_ins.per_ipv4_network: SignIn, Ipv4Network, rate(200, 600);
    sign_ins.per_ipv6_network: SignIn, Ipv6Network, rate(200, 600);
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

/// The current amounts, in the order of [`LIMITS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amounts(pub(super) [Amount; LIMITS.len()]);

impl Default for Amounts {
    fn default() -> Self {
        Self(std::array::from_fn(|index| LIMITS[index].default))
    }
}

impl Amounts {
    /// Each limit with its index in the table and its current amount.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &'static Limit, Amount)> {
        LIMITS
            .iter()
            .zip(self.0)
            .enumerate()
            .map(|(index, (limit, amount))| (index, limit, amount))
    }

    /// The defaults, with the overrides of `[limits]`.
    pub(super) fn parse(
        given: BTreeMap<String, BTreeMap<String, toml::Value>>,
    ) -> Result<Self, String> {
        let mut amounts = Self::default();
        for (group, limits) in given {
            for (name, value) in limits {
                let index = LIMITS
                    .iter()
                    .position(|limit| limit.name == (&group, &name))
                    .ok_or_else(|| {
                        let known: Vec<_> = LIMITS.iter().map(|limit| limit.full_name).collect();
                        format!(
                            "[limits.{group}] `{name}` is not a limit. There are: {}",
                            known.join(", ")
                        )
                    })?;
                amounts.0[index] = amounts.0[index]
                    .parsed(value)
                    .map_err(|what| format!("[limits.{group}] `{name}` {what}"))?;
            }
        }
        Ok(amounts)
    }
}

impl Amount {
    /// Scales the amount to this number of quarters: the burst of a rate, or the daily amount.
    pub fn quarters(self, quarters: u32) -> Self {
        let part = |whole: u32| {
            u32::try_from(u64::from(whole) * u64::from(quarters) / 4).unwrap_or(u32::MAX)
        };
        match self {
            Self::Rate(Rate { burst, per_hour }) => Self::Rate(Rate {
                burst: NonZeroU32::new(part(burst.get())).unwrap_or(NonZeroU32::MIN),
                per_hour,
            }),
            Self::Day(most) => Self::Day(part(most)),
        }
    }

    /// Parses an amount of the same kind: a rate, or a daily amount.
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
            format!("must be {form} ({})", without_value(error.message()))
        })
    }
}

#[cfg(test)]
mod tests;
