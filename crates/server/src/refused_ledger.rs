//! Numbers of refused events by site and day, until they are in the store: written every minute and at the end. Bounded:
//! a few days of each configured site, and for each a fixed set of kinds and reasons, and the articles with the most.

/// The articles with the most.
mod by_article;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use metrics::{Kind, Reason};
use store::{Refused, RefusedByProcess, Store, StoreError};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use self::by_article::RefusedByArticle;

/// How long the numbers of a day are kept in memory if the store takes them. Events of a day may still arrive shortly
/// after its end.
const KEPT_DAYS: i64 = 2;

/// How long they are kept if it does not.
const MAX_UNWRITTEN_DAYS: i64 = 14;

/// The numbers that this process has refused.
pub struct RefusedLedger {
    process: u32,
    days: Mutex<HashMap<(SiteId, Day), DayNumbers>>,
}

#[derive(Default)]
struct DayNumbers {
    refused: Vec<Refused>,
    /// The sum of those that the store has.
    written: u64,
    articles: RefusedByArticle,
}

impl DayNumbers {
    fn sum(&self) -> u64 {
        self.refused.iter().map(|one| one.count).sum()
    }
}

impl Default for RefusedLedger {
    fn default() -> Self {
        let process = getrandom::u32()
            .unwrap_or_else(|_| std::process::id())
            .max(1);
        Self {
            process,
            days: Mutex::default(),
        }
    }
}

impl RefusedLedger {
    /// Counts one refusal. `article`: that of the event; `None`: a whole request was refused.
    pub fn add(
        &self,
        site: &SiteId,
        day: Day,
        article: Option<&ArticleKey>,
        (kind, reason): (Kind, Reason),
    ) {
        let mut days = self.days();
        let numbers = days.entry((site.clone(), day)).or_default();
        add_one(&mut numbers.refused, kind, reason);
        if let Some(article) = article {
            numbers.articles.add(article, kind, reason);
        }
    }

    /// Writes what has changed to the store, and forgets the days before. `today`: of each site, in its time zone.
    pub async fn write(
        &self,
        store: &dyn Store,
        today: impl Fn(&SiteId) -> Day,
    ) -> Result<(), StoreError> {
        let mut result = Ok(());
        for ((site, day), by, sum) in self.unwritten() {
            let articles = by.articles.clone();
            match store.note_refused(&site, day, by).await {
                Ok(()) => {
                    if let Some(numbers) = self.days().get_mut(&(site, day)) {
                        numbers.written = sum;
                        numbers.articles.written(&articles);
                    }
                }
                Err(why) => result = Err(why),
            }
        }
        self.days().retain(|(site, day), numbers| {
            let age = today(site).since(*day);
            age < KEPT_DAYS || age < MAX_UNWRITTEN_DAYS && numbers.sum() > numbers.written
        });
        result
    }

    fn unwritten(&self) -> Vec<((SiteId, Day), RefusedByProcess, u64)> {
        let by = |numbers: &DayNumbers| RefusedByProcess {
            process: self.process,
            refused: numbers.refused.clone(),
            articles: numbers.articles.unwritten(numbers.sum()),
        };
        self.days()
            .iter()
            .filter(|(_, numbers)| numbers.sum() > numbers.written)
            .map(|(of, numbers)| (of.clone(), by(numbers), numbers.sum()))
            .collect()
    }

    fn days(&self) -> MutexGuard<'_, HashMap<(SiteId, Day), DayNumbers>> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add_one(refused: &mut Vec<Refused>, kind: Kind, reason: Reason) {
    let known = refused
        .iter_mut()
        .find(|one| (one.kind, one.reason) == (kind, reason));
    match known {
        Some(one) => one.count += 1,
        None => refused.push(Refused {
            kind,
            reason,
            count: 1,
        }),
    }
}
