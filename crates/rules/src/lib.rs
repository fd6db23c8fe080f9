//! Validation of events and visibility of counts: pure functions that take the time from their caller and know no
//! store.

/// Detection of bots.
mod bots;

use std::{net::IpAddr, time::Duration};

use config::{Bots, PollRule, ReadDedup, Site};
use metrics::Reason;
use store::{ArticleCounts, ArticlePoll, Change, PollRecord};
use visitor::{Day, DedupKey, fingerprint};
use wire::{Counts, Event, Poll, Reaction, Tally};

pub use bots::{RobotList, is_bot, robot_lists, robot_word_changes, robot_words};

/// Context of an event.
#[derive(Clone, Copy, Debug)]
pub struct EventContext<'a> {
    /// The site.
    pub site: &'a Site,
    /// The current day in the site's time zone.
    pub day: Day,
    /// How to treat reads of known bots.
    pub bots: Bots,
    /// Whether the request identifies a visitor.
    pub visitor: bool,
    /// Whether that identity is only a fingerprint, because the browser runs no script or stores nothing.
    pub noscript: bool,
    /// Whether another counter's client sent the event, which has no idempotency key.
    pub client: bool,
    /// Address of the client.
    pub address: IpAddr,
    /// The `User-Agent`.
    pub agent: &'a str,
    /// Signals from the page: see [`wire::Batch::signals`].
    pub signals: &'a [String],
}

/// Why an event is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The offending field.
    pub field: &'static str,
    /// A sentence for a developer.
    pub reason: String,
    /// The reason, as a label of a metric.
    pub cause: Reason,
    /// The wait until a retry may succeed. `None`: never.
    pub retry_after: Option<Duration>,
}

impl Rejection {
    /// A rejection for a malformed field.
    pub fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field,
            reason: reason.into(),
            cause: Reason::Malformed,
            retry_after: None,
        }
    }

    /// Sets another reason for the metric.
    pub fn with_reason(self, cause: Reason) -> Self {
        Self { cause, ..self }
    }
}

/// What decides about the poll of one article.
#[derive(Clone, Copy, Debug, Default)]
pub struct PollFacts<'a> {
    /// The day on which it opened, if it has.
    pub opened: Option<Day>,
    /// The newsroom's settings for it.
    pub own: Option<&'a ArticlePoll>,
}

impl<'a> From<&'a ArticleCounts> for PollFacts<'a> {
    fn from(counted: &'a ArticleCounts) -> Self {
        Self {
            opened: counted.poll_opened,
            own: counted.poll.as_deref(),
        }
    }
}

impl<'a> From<&'a PollRecord> for PollFacts<'a> {
    fn from(record: &'a PollRecord) -> Self {
        Self {
            opened: record.opened,
            own: record.own.as_deref(),
        }
    }
}

/// Validates an event: the change that it makes, if it is new.
///
/// # Errors
/// [`Rejection`] if it does not count.
pub fn validate(
    event: Event,
    poll: PollFacts<'_>,
    context: EventContext<'_>,
) -> Result<Change, Rejection> {
    let site = context.site;
    if site.ignores(event.article()) {
        let reason = "is one that this site ignores, so that nothing of it counts: see `ignore` in gema.toml";
        return Err(Rejection::new("article", reason).with_reason(Reason::Ignored));
    }
    // A browser without storage makes a new key each time.
    let stands_in = site.reads.identity == ReadDedup::Hash
        || context.noscript && (site.noscript_votes || context.client);
    let once = |key| match stands_in {
        true => DedupKey::Fingerprint(fingerprint(context.address, context.agent)),
        false => DedupKey::Browser(key),
    };
    match event {
        Event::Read { article, key } => {
            if context.bots == Bots::Ignore
                && (bots::is_bot(context.agent) || bots::indicate_bot(context.signals))
            {
                return Err(Rejection::new("type", "reads of known bots do not count")
                    .with_reason(Reason::Bot));
            }
            if site.reads.identity == ReadDedup::Off {
                return Err(Rejection::new("type", "this site does not count reads")
                    .with_reason(Reason::Off));
            }
            Ok(Change::Read {
                article,
                dedup_key: once(key),
            })
        }
        Event::Share {
            article,
            network,
            key,
        } => {
            if !site.has_network(&network) {
                let reason = format!("`{network}` is not in this site's share bar");
                return Err(Rejection::new("network", reason).with_reason(Reason::Network));
            }
            Ok(Change::Share {
                article,
                network,
                dedup_key: once(key),
            })
        }
        Event::React {
            article,
            reaction,
            seq,
        } => {
            if !context.visitor {
                let reason = "is missing: a reaction needs a visitor";
                return Err(Rejection::new("visitor", reason).with_reason(Reason::Visitor));
            }
            if context.noscript && !site.noscript_votes {
                let reason = "this site takes no reactions of browsers that keep nothing: see `noscript_votes` in gema.toml";
                return Err(Rejection::new("type", reason).with_reason(Reason::Off));
            }
            match poll_state(site, context.day, poll) {
                Poll::Open => {}
                Poll::Closed => {
                    return Err(Rejection::new("type", "the poll of this article is closed")
                        .with_reason(Reason::Closed));
                }
                Poll::Off => {
                    return Err(
                        Rejection::new("type", "this article has no poll").with_reason(Reason::Off)
                    );
                }
            }
            if let Some(reaction) = &reaction
                && !has_option(site, poll.own, reaction)
            {
                let reason = format!("`{reaction}` is not an option of this article's poll");
                return Err(Rejection::new("reaction", reason).with_reason(Reason::Option));
            }
            Ok(Change::React {
                article,
                reaction,
                seq,
            })
        }
    }
}

/// Whether readers may react on that day. The newsroom's choice for the article precedes the poll's age, but opens no poll
/// of a site whose polls are all closed or off.
pub fn poll_state(site: &Site, day: Day, poll: PollFacts<'_>) -> Poll {
    let own = poll.own.and_then(|own| own.state);
    match (site.poll, own) {
        (PollRule::Off, _) | (_, Some(Poll::Off)) => return Poll::Off,
        (PollRule::Closed, _) | (_, Some(Poll::Closed)) => return Poll::Closed,
        (PollRule::Open, Some(Poll::Open)) => return Poll::Open,
        (PollRule::Open, None) => {}
    }
    match (site.poll_closes_after_days, poll.opened) {
        (Some(days), Some(since)) if day.since(since) >= i64::from(days) => Poll::Closed,
        _ => Poll::Open,
    }
}

/// Whether readers of the article get the option. If the newsroom has left fewer than two of the options that the site
/// has by now (they were changed since, or an export comes from another endpoint), readers get all.
pub fn has_option(site: &Site, own: Option<&ArticlePoll>, option: &Reaction) -> bool {
    let options = || site.reactions.iter().map(|option| &option.key);
    let own = own.filter(|own| own.leaves_enough(options()));
    site.has_reaction(option) && own.is_none_or(|own| own.has(option))
}

/// A tally as the site displays it: the article's current options and buttons, in the site's order, including zeros. Counts
/// of others stay stored, but are hidden.
pub fn displayed(tally: Tally, site: &Site, own: Option<&ArticlePoll>) -> Tally {
    let options = || {
        let keys = site.reactions.iter().map(|option| &option.key);
        keys.filter(|key| has_option(site, own, key))
    };
    let mut imported = tally.imported;
    imported
        .reactions
        .0
        .retain(|(key, _)| has_option(site, own, key));
    imported.shares.0.retain(|(key, _)| site.has_network(key));
    Tally {
        reactions: select(options(), &tally.reactions),
        shares: select(site.networks.iter(), &tally.shares),
        imported,
        ..tally
    }
}

fn select<'a, K: Clone + PartialEq + 'a>(
    keys: impl Iterator<Item = &'a K>,
    counts: &Counts<K>,
) -> Counts<K> {
    keys.map(|key| (key.clone(), counts.get(key))).collect()
}

#[cfg(test)]
mod tests;
