//! Most read and most answered: the articles of which most was counted in the last days. What the store tells for that is kept for a
//! minute a site, and asked for by one at a time, so that it costs as much however often it is asked.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use jiff::{Timestamp, ToSpan};
use tokio::sync::Mutex;
use wire::{ArticleKey, Poll, SiteId};

use crate::{
    config::Site,
    rules,
    store::{InDay, Metric, Recent, Store, StoreError},
    visitor::{Day, Window},
};

/// The longest time that is looked back, in days.
pub const MAX_DAYS: u16 = 90;

/// The longest list.
pub const MAX_ENTRIES: usize = 50;

/// How long what was gathered is told.
const FRESH_SECONDS: i64 = 60;

/// By what articles are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// How often they were read.
    Reads,
    /// How many readers have chosen an option, less those who took their choice back.
    Reactions,
}

impl By {
    /// As it is called in a query, and in files of languages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Reactions => "reactions",
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The order.
    pub by: By,
    /// Today and so many days before, less one.
    pub days: u16,
    /// At most so many.
    pub limit: usize,
}

/// A list, first the first.
#[derive(Debug)]
pub struct List {
    /// At most [`MAX_ENTRIES`].
    pub entries: Vec<Entry>,
    /// The last of its days.
    pub day: Day,
    /// Until when it is told.
    pub until: Timestamp,
}

/// An article of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub article: ArticleKey,
    /// What was counted of it in these days.
    pub count: u64,
    /// What the endpoint's copy says, if there is one.
    pub about: About,
}

/// Of an article's copy what a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `wire::Article`")]
pub struct About {
    pub title: Option<String>,
    pub url: Option<String>,
    pub published: Option<String>,
}

/// What is kept of each site.
#[derive(Default)]
pub struct Top {
    sites: Mutex<HashMap<SiteId, Arc<Gathered>>>,
}

/// Of one site, as of one moment.
struct Gathered {
    /// As configured then.
    site: Arc<Site>,
    day: Day,
    until: Timestamp,
    /// Each with the day on which its poll opened.
    articles: Vec<(ArticleKey, Day)>,
    counted: Vec<Counted>,
    /// Of the articles that were in a list.
    about: Mutex<HashMap<ArticleKey, About>>,
}

/// What was counted in a day of the article at that place.
struct Counted {
    article: u32,
    day: Day,
    by: By,
    change: i64,
}

impl Top {
    /// The list that is asked for, at most a minute old.
    pub async fn list(
        &self,
        store: &dyn Store,
        site: &Arc<Site>,
        now: Timestamp,
        asked: Asked,
    ) -> Result<List, StoreError> {
        let gathered = self.gathered(store, site, now).await?;
        let mut entries = Vec::new();
        for (article, count) in gathered.ranked(asked) {
            let about = gathered.about(store, article).await?;
            entries.push(Entry { article: article.clone(), count, about });
        }
        Ok(List { entries, day: gathered.day, until: gathered.until })
    }

    /// Lets go of what is not told any more.
    pub async fn tidy(&self, now: Timestamp) {
        self.sites.lock().await.retain(|_, gathered| now < gathered.until);
    }

    async fn gathered(&self, store: &dyn Store, site: &Arc<Site>, now: Timestamp) -> Result<Arc<Gathered>, StoreError> {
        let mut sites = self.sites.lock().await;
        if let Some(known) = sites.get(&site.id)
            && now < known.until
            && Arc::ptr_eq(&known.site, site)
        {
            return Ok(Arc::clone(known));
        }
        let window = Window::at(now, &site.time_zone);
        let recent = store.recent(&site.id, first(window.day, MAX_DAYS)).await?;
        let gathered = Arc::new(Gathered {
            site: Arc::clone(site),
            day: window.day,
            until: window.ends.min(now.saturating_add(FRESH_SECONDS.seconds()).unwrap_or(now)),
            counted: counted(&recent, site),
            articles: recent.articles,
            about: Mutex::default(),
        });
        sites.insert(site.id.clone(), Arc::clone(&gathered));
        Ok(gathered)
    }
}

impl Gathered {
    async fn about(&self, store: &dyn Store, article: &ArticleKey) -> Result<About, StoreError> {
        let mut known = self.about.lock().await;
        if let Some(about) = known.get(article) {
            return Ok(about.clone());
        }
        let copy = store.article(&self.site.id, article).await?;
        let about = copy.map(|copy| About { title: Some(copy.title), url: copy.url, published: copy.published });
        let about = about.unwrap_or_default();
        known.insert(article.clone(), about.clone());
        Ok(about)
    }

    /// Where equally much was counted, by key. A poll that is closed is nobody's to answer any more.
    fn ranked(&self, Asked { by, days, limit }: Asked) -> Vec<(&ArticleKey, u64)> {
        let days = first(self.day, days)..=self.day;
        let mut sums = vec![0_i64; self.articles.len()];
        for counted in self.counted.iter().filter(|counted| counted.by == by && days.contains(&counted.day)) {
            if let Some(sum) = sums.get_mut(counted.article as usize) {
                *sum += counted.change;
            }
        }
        let is_open = |since| by == By::Reads || rules::poll(&self.site, self.day, Some(since)) == Poll::Open;
        let ranked = self.articles.iter().zip(sums);
        let ranked = ranked.filter(|((key, since), sum)| *sum > 0 && is_open(*since) && !self.site.ignores(key));
        let mut ranked: Vec<_> = ranked.map(|((key, _), sum)| (key, sum.unsigned_abs())).collect();
        ranked.sort_unstable_by_key(|(key, count)| (Reverse(*count), key.as_str()));
        ranked.truncate(limit.min(MAX_ENTRIES));
        ranked
    }
}

/// The first of so many days of which that is the last.
fn first(last: Day, days: u16) -> Day {
    Day::new(last.get().saturating_sub(i32::from(days) - 1))
}

/// Options that the site has retired are not told.
fn counted(recent: &Recent, site: &Site) -> Vec<Counted> {
    let by = |metric: &Metric| match metric {
        Metric::Reads => Some(By::Reads),
        Metric::Reaction(reaction) if site.has_reaction(reaction) => Some(By::Reactions),
        _ => None,
    };
    let by: Vec<_> = recent.metrics.iter().map(by).collect();
    let counted = recent.changes.iter().filter_map(|&InDay { article, metric, day, change }| {
        Some(Counted { article, day, by: (*by.get(usize::from(metric))?)?, change })
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use wire::Reaction;

    use super::*;

    const TODAY: Day = Day::new(16_756);

    /// An article: its key, when its poll opened, and what was counted how many days ago.
    type Told<'a> = (&'a str, i32, &'a [(i32, Metric, i64)]);

    fn happy() -> Metric {
        Metric::Reaction(Reaction::parse("happy").unwrap())
    }

    fn list(articles: &[Told<'_>], site: Site, by: By, days: u16) -> Vec<(String, u64)> {
        let mut recent = Recent::default();
        for (place, (key, since, changes)) in (0..).zip(articles) {
            recent.articles.push((ArticleKey::parse(key).unwrap(), Day::new(*since)));
            for (ago, metric, change) in *changes {
                recent.metrics.push(metric.clone());
                let metric = u16::try_from(recent.metrics.len() - 1).unwrap();
                let day = Day::new(TODAY.get() - ago);
                recent.changes.push(InDay { article: place, metric, day, change: *change });
            }
        }
        let counted = counted(&recent, &site);
        let (articles, about, until) = (recent.articles, Mutex::default(), Timestamp::MAX);
        let gathered = Gathered { site: Arc::new(site), day: TODAY, until, articles, counted, about };
        let ranked = gathered.ranked(Asked { by, days, limit: 10 });
        ranked.into_iter().map(|(key, count)| (key.to_string(), count)).collect()
    }

    fn expected(list: &[(&str, u64)]) -> Vec<(String, u64)> {
        list.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect()
    }

    #[test]
    fn what_was_counted_in_these_days_decides() {
        let articles: [Told<'_>; 3] = [
            ("b", 1, &[(0, Metric::Reads, 2), (6, Metric::Reads, 1)]),
            ("a", 1, &[(0, Metric::Reads, 1), (0, Metric::Reads, 1), (7, Metric::Reads, 100)]),
            ("c", 1, &[(1, Metric::Reads, 9), (0, happy(), 1)]),
        ];
        let list = |days| list(&articles, Site::demo(), By::Reads, days);
        assert_eq!(list(1), expected(&[("a", 2), ("b", 2)]));
        assert_eq!(list(7), expected(&[("c", 9), ("b", 3), ("a", 2)]));
        assert_eq!(list(8), expected(&[("a", 102), ("c", 9), ("b", 3)]));
    }

    #[test]
    fn neither_a_closed_poll_nor_a_retired_option_nor_what_was_taken_back_is_in_the_list() {
        let proud = Metric::Reaction(Reaction::parse("proud").unwrap());
        let articles: [Told<'_>; 4] = [
            ("closed", TODAY.get() - 30, &[(0, happy(), 5)]),
            ("open", TODAY.get() - 29, &[(0, happy(), 2)]),
            ("back", TODAY.get(), &[(1, happy(), 1), (0, happy(), -1)]),
            ("retired", TODAY.get(), &[(0, proud, 9)]),
        ];
        let closing = Site { poll_closes_after_days: Some(30), ..Site::demo() };
        assert_eq!(list(&articles, closing, By::Reactions, 7), expected(&[("open", 2)]));
        assert_eq!(list(&articles, Site::demo(), By::Reactions, 7), expected(&[("closed", 5), ("open", 2)]));
    }
}
