use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use config::{Config, Site};
use jiff::Timestamp;
use store::{Days, Store};
use wire::SiteId;

use super::{
    KEPT_FOR, Readership, Scope, cached::MAX_VALUES, load_index, load_now, load_period,
    load_typical, now::today,
};

/// How long after somebody has looked at a site its pages are gathered again and again.
const WARM_FOR: Duration = Duration::from_secs(12 * 3600);

/// Number of sites that are gathered before anybody has looked.
const FIRST_SITES: usize = 8;

/// Number of articles from which a site's pages are gathered before anybody looks: those of smaller sites are quick.
const MIN_ARTICLES: usize = 5000;

/// How long a site is taken for a small one.
const SMALL_FOR: Duration = Duration::from_secs(600);

/// Age at which a value is gathered again that nobody looks at: a minute or two before it is dropped.
const MAX_AGE_NOW: Duration = Duration::from_secs(55);
const MAX_AGE: Duration = Duration::from_secs(KEPT_FOR.as_secs() - 120);
const MAX_AGE_TYPICAL: Duration = Duration::from_secs(3600);

/// The periods that the pages offer, in days.
const OFFERED_PERIODS: [u16; 5] = [28, 7, 84, 365, 1095];

/// Number of sites that are kept warm at a time: small ones leave their places to others. With more, the periods of one would drop those of another from the cache,
/// and all would be gathered again and again.
const MAX_WARM_SITES: usize = 4;
const _: () = assert!(MAX_WARM_SITES * OFFERED_PERIODS.len() <= MAX_VALUES * 2 / 3);

/// When somebody has looked at each site the last time.
#[derive(Default)]
pub(super) struct LookedAt(Mutex<Looks>);

#[derive(Default)]
struct Looks {
    sites: HashMap<SiteId, Timestamp>,
    /// When a site was found to be small.
    small: HashMap<SiteId, Timestamp>,
    /// When each site's list of articles was gathered here. It may be dropped soon after for those of other sites.
    listed: HashMap<SiteId, Timestamp>,
    /// Whether some sites were gathered before anybody looked.
    has_begun: bool,
}

impl LookedAt {
    pub(super) fn note(&self, site: &SiteId, now: Timestamp) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match looks.sites.get_mut(site) {
            Some(at) => *at = now,
            None => drop(looks.sites.insert(site.clone(), now)),
        }
    }

    fn note_small(&self, site: &SiteId, now: Timestamp) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.small.insert(site.clone(), now);
    }

    /// Whether a site's list of articles has not been gathered lately, also if it was dropped meanwhile.
    fn is_list_due(&self, site: &SiteId, now: Timestamp) -> bool {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.listed.retain(|_, at| age(*at, now) <= MAX_AGE);
        let is_due = !looks.listed.contains_key(site);
        if is_due {
            looks.listed.insert(site.clone(), now);
        }
        is_due
    }

    /// The sites to keep warm: those looked at last come first. The first time, some of all.
    fn sites(&self, config: &Config, now: Timestamp) -> Vec<Arc<Site>> {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut looks.has_begun, true) {
            let first = config.sites.keys().take(FIRST_SITES);
            looks.sites.extend(first.map(|site| (site.clone(), now)));
        }
        looks
            .sites
            .retain(|site, at| age(*at, now) <= WARM_FOR && config.sites.contains_key(site));
        looks.small.retain(|_, at| age(*at, now) <= SMALL_FOR);
        let large = looks.sites.iter();
        let mut large: Vec<_> = large
            .filter(|(site, _)| !looks.small.contains_key(*site))
            .collect();
        large.sort_by_key(|(site, at)| (Reverse(**at), *site));
        let large = large.into_iter();
        large
            .filter_map(|(site, _)| config.sites.get(site).cloned())
            .take(MAX_WARM_SITES)
            .collect()
    }
}

fn age(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(at)).unwrap_or_default()
}

impl Readership {
    /// Gathers what the pages of a site show first, so that nobody waits for it: after the start, and as long as somebody
    /// has looked in the last hours. Call it every few seconds.
    pub(crate) async fn warm(&self, store: &Arc<dyn Store>, config: &Config, now: Timestamp) {
        for site in self.looked_at.sites(config, now) {
            let scope = Scope {
                site: site.id.clone(),
                section: None,
            };
            let (today, _) = today(now, &site.time_zone);
            let key = (scope.clone(), today);
            let make = load_now(store, &scope, now, &site.time_zone);
            self.now.refresh(key.clone(), now, MAX_AGE_NOW, make).await;
            for days in OFFERED_PERIODS {
                let days = Days::until(today, days);
                let make = load_period(store, &scope, days);
                self.periods
                    .refresh((scope.clone(), days), now, MAX_AGE, make)
                    .await;
            }
            let make = load_typical(store, &scope, today);
            self.typical.refresh(key, now, MAX_AGE_TYPICAL, make).await;
            self.warm_index(store, &site.id, now).await;
        }
    }

    /// Gathers the list of articles, last, because with Redis that takes longest. If it is short, nobody waits for a page.
    async fn warm_index(&self, store: &Arc<dyn Store>, site: &SiteId, now: Timestamp) {
        if !self.looked_at.is_list_due(site, now) {
            return;
        }
        let make = load_index(store, site);
        self.indexes.refresh(site.clone(), now, MAX_AGE, make).await;
        let index = self.indexes.peek(site);
        if index.is_some_and(|index| index.len() < MIN_ARTICLES) {
            self.looked_at.note_small(site, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{super::cached::Cached, *};

    #[test]
    fn a_site_is_warm_for_hours_after_somebody_has_looked() {
        let demo = Config::demo();
        let site = demo.sites.values().next().unwrap();
        let named = |id: &str| {
            let id = SiteId::parse(id).unwrap();
            let site = Site {
                id: id.clone(),
                ..(**site).clone()
            };
            (id, Arc::new(site))
        };
        let config = Config {
            sites: ["one", "two"].map(named).into(),
            ..Config::demo()
        };
        let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        let looked_at = LookedAt::default();
        let warm = |hour| {
            let sites = looked_at.sites(&config, at(hour)).into_iter();
            sites.map(|site| site.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(warm(100), ["one", "two"]);
        looked_at.note(&SiteId::parse("two").unwrap(), at(110));
        looked_at.note(&SiteId::parse("gone").unwrap(), at(110));
        assert_eq!(warm(112), ["two", "one"], "the last one comes first");
        assert_eq!(warm(113), ["two"]);
        let two = SiteId::parse("two").unwrap();
        assert!(looked_at.is_list_due(&two, at(114)) && !looked_at.is_list_due(&two, at(114)));
        assert!(looked_at.is_list_due(&two, at(115)), "an hour later");
        looked_at.note_small(&SiteId::parse("two").unwrap(), at(114));
        assert!(warm(114).is_empty());
        assert_eq!(warm(115), ["two"]);
        assert!(warm(123).is_empty() && warm(124).is_empty());
    }

    #[tokio::test]
    async fn what_is_warm_is_not_gathered_again_at_once() {
        let cache = Arc::new(Cached::new(usize::MAX));
        let gathered = Arc::new(AtomicUsize::new(0));
        let now = Timestamp::from_second(1000).unwrap();
        let all = || {
            let periods = |site| OFFERED_PERIODS.map(|days| (site, days));
            (0..MAX_WARM_SITES).flat_map(periods)
        };
        for key in all().chain(all()) {
            let gathered = Arc::clone(&gathered);
            let make = move || async move {
                gathered.fetch_add(1, Ordering::Relaxed);
                Ok(0_i64)
            };
            cache.refresh(key, now, MAX_AGE, make).await;
        }
        assert_eq!(gathered.load(Ordering::Relaxed), all().count());
    }
}
