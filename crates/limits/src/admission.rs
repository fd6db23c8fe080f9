use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use config::{Action, Articles, Config, Site};
use metrics::Reason;
use rules::Rejection;
use store::{Admission, NewEvent, NewEventKind};
use visitor::{Day, Visitor};
use wire::ArticleKey;

use super::{Limits, client_id::ClientId, counters::Charge, locked};

/// Admission of the events of one request: the store calls it for every new event.
#[derive(Debug)]
pub struct RequestLimiter {
    limits: Arc<Limits>,
    config: Arc<Config>,
    site: Arc<Site>,
    day: Day,
    now: Duration,
    client: ClientId,
    refused: Mutex<Vec<(usize, Rejection)>>,
}

impl RequestLimiter {
    /// A limiter for one request of this visitor. Rates are charged at the time of this call.
    pub fn new(
        limits: Arc<Limits>,
        config: Arc<Config>,
        site: Arc<Site>,
        day: Day,
        address: IpAddr,
        visitor: Option<&Visitor>,
    ) -> Self {
        let client = ClientId::new(address, visitor.map(Visitor::bytes), |part| {
            limits.hash(part)
        });
        let now = (limits.clock)();
        Self {
            limits,
            config,
            site,
            day,
            now,
            client,
            refused: Mutex::default(),
        }
    }

    /// Takes the rejections, each with the index of its change.
    pub fn refused(&self) -> Vec<(usize, Rejection)> {
        std::mem::take(&mut *self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn check(&self, new: &NewEvent<'_>) -> Result<(), Rejection> {
        if new.is_first && self.site.articles == Articles::Registered {
            let reason = "is of no article that the newsroom has put: see `articles` in gema.toml";
            return Err(Rejection::new("article", reason).with_reason(Reason::Unregistered));
        }
        let Some(amounts) = &self.config.limits else {
            return Ok(());
        };
        let site = self.limits.hash(self.site.id.as_str());
        let article = self.article(new.article);
        let actions: &[Action] = match new.kind {
            NewEventKind::Read => &[Action::Read, Action::Event],
            NewEventKind::Share(_) => &[Action::Share, Action::Event],
            NewEventKind::Voter => &[Action::Choice, Action::Reaction, Action::Event],
            NewEventKind::Choice => &[Action::Choice],
        };
        let applies =
            |action| actions.contains(&action) || new.is_first && action == Action::Article;
        let charges = amounts
            .iter()
            .filter(|(_, limit, _)| applies(limit.action))
            .filter_map(|(limit, of, amount)| {
                let what = match (of.action, new.kind) {
                    (Action::Reaction | Action::Read, _) => article,
                    (Action::Share, NewEventKind::Share(network)) => {
                        self.limits.hash((article, network.as_str()))
                    }
                    _ => site,
                };
                let key = self.limits.hash((self.client.key(of.key)?, what));
                Some(Charge {
                    limit,
                    amount,
                    many: NonZeroU32::MIN,
                    key,
                    site,
                })
            });
        let charges: Vec<_> = charges.collect();
        let mut event_limits = locked(&self.limits.event_limits);
        event_limits.days().share_among(self.config.sites.len());
        let charged = event_limits.charge(&charges, self.day.get(), self.now);
        drop(event_limits);
        charged.map_err(|over| self.limits.refuse(over))
    }

    fn article(&self, article: &ArticleKey) -> u64 {
        self.limits.hash((self.site.id.as_str(), article.as_str()))
    }
}

impl Admission for RequestLimiter {
    fn admits(&self, change: usize, new: &NewEvent<'_>) -> bool {
        let checked = self.check(new);
        if let Err(rejection) = checked {
            self.refused
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((change, rejection));
            return false;
        }
        true
    }

    fn commit(&self) {
        locked(&self.limits.event_limits).settle(true);
    }

    fn rollback(&self) {
        locked(&self.limits.event_limits).settle(false);
    }
}
