use rusqlite::params;
use store::{PRUNE_PAGE_ARTICLES, PruneFilter, PrunePage, Removal};
use wire::{ArticleKey, SiteId};

use super::{super::read_model::Entry, Failure, Transaction};

impl Transaction<'_> {
    /// Deletes matching articles of one page of the list.
    pub(in super::super) fn prune(
        &mut self,
        site: &SiteId,
        filter: PruneFilter,
        after: Option<&ArticleKey>,
    ) -> Result<PrunePage, Failure> {
        let mut list = self.conn.prepare_cached(
            "select a.key, exists (select 1 from copy where article = a.id) \
             or exists (select 1 from alias where article = a.id) \
             from article a join site s on s.id = a.site where s.name = ?1 and a.key > ?2 order by a.key limit ?3",
        )?;
        // No key is empty, so all keys sort after the empty string.
        let after = after.map_or("", ArticleKey::as_str);
        let rows = list.query_map(
            params![site.as_str(), after, PRUNE_PAGE_ARTICLES as i64],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)),
        )?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let is_more = rows.len() == PRUNE_PAGE_ARTICLES;
        let mut pruned = PrunePage::default();
        for (key, is_newsrooms) in rows {
            let Ok(key) = ArticleKey::try_from(key) else {
                continue;
            };
            let index = self.article_index(site, &key);
            let goes = |entry: &Entry| !is_newsrooms && entry.is_prunable(filter);
            if self.articles[index].entry.as_ref().is_some_and(goes) {
                if !filter.dry_run {
                    self.remove_article(site, &key, Removal::Everything)?;
                }
                pruned.articles.push(key.clone());
            }
            pruned.next = Some(key).filter(|_| is_more);
        }
        Ok(pruned)
    }
}

impl Entry {
    /// Whether only readers created the article, with few counts and before the cutoff.
    fn is_prunable(&self, filter: PruneFilter) -> bool {
        let is_strangers = !self.put && self.published.is_none() && self.sources.is_empty();
        let is_little = |counted: i64, imported: i64| {
            imported == 0 && counted.unsigned_abs() < filter.fewer_than
        };
        is_strangers
            && self.created < filter.before
            && self
                .counts
                .iter()
                .all(|count| is_little(count.counted, count.imported))
    }
}
