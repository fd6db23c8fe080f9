use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use store::StoreError;
use tokio::sync::OnceCell;
use wire::ArticleKey;

use super::{RankBy, RankedList};

/// Maximum number of lists that are kept: anybody can name any section.
const MAX_SECTION_LISTS: usize = 64;

/// Criterion, number of days, and section.
pub(super) type SectionQuery = (RankBy, u16, ArticleKey);

/// Lists of sections. One caller makes a missing list for all who wait for it; if that fails, the next one tries.
#[derive(Default)]
pub(super) struct SectionLists(Mutex<HashMap<SectionQuery, Arc<OnceCell<RankedList>>>>);

impl SectionLists {
    pub(super) async fn get<F>(
        &self,
        query: SectionQuery,
        make: impl FnOnce() -> F,
    ) -> Result<RankedList, StoreError>
    where
        F: Future<Output = Result<RankedList, StoreError>>,
    {
        let list = self.place(query);
        list.get_or_try_init(make).await.cloned()
    }

    /// Whether the list is made.
    pub(super) fn has(&self, query: &SectionQuery) -> bool {
        self.lists()
            .get(query)
            .is_some_and(|list| list.initialized())
    }

    /// Where the list is or will be. Who waits in a place that is dropped still gets its list.
    fn place(&self, query: SectionQuery) -> Arc<OnceCell<RankedList>> {
        let mut lists = self.lists();
        if lists.len() >= MAX_SECTION_LISTS && !lists.contains_key(&query) {
            lists.clear();
        }
        Arc::clone(lists.entry(query).or_default())
    }

    fn lists(&self) -> MutexGuard<'_, HashMap<SectionQuery, Arc<OnceCell<RankedList>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn query(number: usize) -> SectionQuery {
        let section = ArticleKey::parse(&format!("/{number}/")).unwrap();
        (RankBy::Reads, 7, section)
    }

    #[tokio::test]
    async fn a_section_list_is_made_once_for_all_who_wait() {
        let lists = SectionLists::default();
        let made = AtomicU32::new(0);
        let make = || async {
            made.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(RankedList::default())
        };
        let ask = (0..8).map(|_| lists.get(query(0), make));
        for list in futures_util::future::join_all(ask).await {
            list.unwrap();
        }
        assert_eq!(made.load(Ordering::Relaxed), 1);
        assert!(lists.has(&query(0)) && !lists.has(&query(1)));
    }

    #[tokio::test]
    async fn section_lists_that_fail_are_tried_again() {
        let lists = SectionLists::default();
        let refuse = || async { Err(StoreError::Busy) };
        assert!(lists.get(query(0), refuse).await.is_err());
        assert!(!lists.has(&query(0)));
        let make = || async { Ok(RankedList::default()) };
        assert!(lists.get(query(0), make).await.is_ok());
    }

    #[tokio::test]
    async fn number_of_section_lists_is_bounded() {
        let lists = SectionLists::default();
        for number in 0..10 * MAX_SECTION_LISTS {
            let make = || async { Ok(RankedList::default()) };
            lists.get(query(number), make).await.unwrap();
            assert!(lists.lists().len() <= MAX_SECTION_LISTS);
        }
    }
}
