//! Most read and most answered: the articles of which most was counted in the last days. What the store tells for that is kept for a
//! minute a site, and so is each list that was made of it. Both are made by one at a time, beside the threads that answer, so that it costs as much
//! however often it is asked.

/// The order of the articles, and which of them are listed.
mod ranked;

use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, ToSpan};
use tokio::sync::Mutex;
use wire::{ArticleKey, SiteId};

use self::ranked::Counts;
use crate::{
    config::Site,
    store::{Store, StoreError},
    visitor::{Day, Window},
};

/// The longest time that is looked back, in days.
pub const MAX_DAYS: u16 = 90;

/// The longest list.
pub const MAX_ENTRIES: usize = 50;

/// How long what was gathered is told.
const FRESH_SECONDS: i64 = 60;

/// By what articles are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    until: Timestamp,
    counts: Arc<Counts>,
    /// Those that were asked for, each with [`MAX_ENTRIES`].
    lists: Mutex<Lists>,
}

/// By order and number of days.
type Lists = HashMap<(By, u16), Arc<[Entry]>>;

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
        let entries = gathered.list(store, asked).await?;
        let entries = entries.iter().take(asked.limit).cloned().collect();
        Ok(List { entries, day: gathered.counts.day, until: gathered.until })
    }

    /// Lets go of what is not told any more.
    pub async fn tidy(&self, now: Timestamp) {
        self.sites.lock().await.retain(|_, gathered| now < gathered.until);
    }

    async fn gathered(&self, store: &dyn Store, site: &Arc<Site>, now: Timestamp) -> Result<Arc<Gathered>, StoreError> {
        let mut sites = self.sites.lock().await;
        if let Some(known) = sites.get(&site.id)
            && now < known.until
            && Arc::ptr_eq(&known.counts.site, site)
        {
            return Ok(Arc::clone(known));
        }
        let window = Window::at(now, &site.time_zone);
        let recent = store.recent(&site.id, first(window.day, MAX_DAYS)).await?;
        let (of, day) = (Arc::clone(site), window.day);
        let gathered = Arc::new(Gathered {
            until: window.ends.min(now.saturating_add(FRESH_SECONDS.seconds()).unwrap_or(now)),
            counts: Arc::new(aside(move || Counts::of(recent, of, day)).await?),
            lists: Mutex::default(),
        });
        sites.insert(site.id.clone(), Arc::clone(&gathered));
        Ok(gathered)
    }
}

impl Gathered {
    async fn list(&self, store: &dyn Store, Asked { by, days, .. }: Asked) -> Result<Arc<[Entry]>, StoreError> {
        let mut lists = self.lists.lock().await;
        if let Some(known) = lists.get(&(by, days)) {
            return Ok(Arc::clone(known));
        }
        let counts = Arc::clone(&self.counts);
        let ranked = aside(move || counts.ranked(by, days)).await?;
        let known: HashMap<_, _> =
            lists.values().flat_map(|list| list.iter()).map(|entry| (&entry.article, &entry.about)).collect();
        let mut entries = Vec::with_capacity(ranked.len());
        for (article, count) in ranked {
            let about = match known.get(&article) {
                Some(about) => (*about).clone(),
                None => self.about(store, &article).await?,
            };
            entries.push(Entry { article, count, about });
        }
        let entries = Arc::<[Entry]>::from(entries);
        lists.insert((by, days), Arc::clone(&entries));
        Ok(entries)
    }

    async fn about(&self, store: &dyn Store, article: &ArticleKey) -> Result<About, StoreError> {
        let copy = store.article(&self.counts.site.id, article).await?;
        let about = copy.map(|copy| About { title: Some(copy.title), url: copy.url, published: copy.published });
        Ok(about.unwrap_or_default())
    }
}

/// Of a hundred thousand articles, this takes milliseconds.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    // It fails only where the process ends.
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Unavailable)
}

/// The first of so many days of which that is the last.
fn first(last: Day, days: u16) -> Day {
    Day::new(last.get().saturating_sub(i32::from(days) - 1))
}
