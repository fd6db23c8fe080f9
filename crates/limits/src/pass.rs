use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use config::{Action, Articles, Config, Site};
use metrics::Reason;
use rules::Refused;
use store::{Admission, NewEvent, NewEventKind};
use visitor::{Day, Visitor};
use wire::ArticleKey;

use super::{Limits, locked, meters::Charge, who::Who};

/// Admission of the events of one request: the store calls it for every new event.
#[derive(Debug)]
pub struct Pass {
    limits: Arc<Limits>,
    config: Arc<Config>,
    site: Arc<Site>,
    day: Day,
    now: Duration,
    who: Who,
    refused: Mutex<Vec<(usize, Refused)>>,
}

impl Pass {
    /// For events of this visitor that arrive now.
    pub fn new(
        limits: Arc<Limits>,
        config: Arc<Config>,
        site: Arc<Site>,
        day: Day,
        address: IpAddr,
        visitor: Option<&Visitor>,
    ) -> Self {
        let who = Who::new(address, visitor.map(Visitor::bytes), |part| limits.hash(part));
        let now = (limits.clock)();
        Self { limits, config, site, day, now, who, refused: Mutex::default() }
    }

    /// Takes the refusals: the index of each change, and the reason.
    pub fn refused(&self) -> Vec<(usize, Refused)> {
        std::mem::take(&mut *self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn judge(&self, new: &NewEvent<'_>) -> Result<(), Refused> {
        if new.is_first && self.site.articles == Articles::Registered {
            let reason = "is of no article that the newsroom has put: see `articles` in gema.toml";
            return Err(Refused::new("article", reason).because(Reason::Unregistered));
        }
        let Some(amounts) = &self.config.limits else { return Ok(()) };
        let (site, article) = (self.limits.hash(self.site.id.as_str()), self.article(new.article));
        let actions: &[Action] = match new.kind {
            NewEventKind::Read => &[Action::Read, Action::Event],
            NewEventKind::Share(_) => &[Action::Share, Action::Event],
            NewEventKind::Voter => &[Action::Choice, Action::Reaction, Action::Event],
            NewEventKind::Choice => &[Action::Choice],
        };
        let is_asked = |action| actions.contains(&action) || new.is_first && action == Action::Article;
        let charges =
            amounts.iter().filter(|(_, limit, _)| is_asked(limit.action)).filter_map(|(limit, of, amount)| {
                let what = match (of.action, new.kind) {
                    (Action::Reaction | Action::Read, _) => article,
                    (Action::Share, NewEventKind::Share(network)) => self.limits.hash((article, network.as_str())),
                    _ => site,
                };
                let key = self.limits.hash((self.who.part(of.key)?, what));
                Some(Charge { limit, amount, many: NonZeroU32::MIN, key, site })
            });
        let charges: Vec<_> = charges.collect();
        let mut book = locked(&self.limits.book);
        book.days().share_among(self.config.sites.len());
        let charged = book.charge(&charges, self.day.get(), self.now);
        drop(book);
        charged.map_err(|over| self.limits.refuse(over))
    }

    fn article(&self, article: &ArticleKey) -> u64 {
        self.limits.hash((self.site.id.as_str(), article.as_str()))
    }
}

impl Admission for Pass {
    fn admits(&self, change: usize, new: &NewEvent<'_>) -> bool {
        let judged = self.judge(new);
        if let Err(refused) = judged {
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).push((change, refused));
            return false;
        }
        true
    }

    fn commit(&self) {
        locked(&self.limits.book).settle(true);
    }

    fn rollback(&self) {
        locked(&self.limits.book).settle(false);
    }
}
