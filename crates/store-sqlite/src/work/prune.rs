use rusqlite::params;
use store::{PRUNED_AT_ONCE, Prune, Pruned, Removal};
use wire::{ArticleKey, SiteId};

use super::{super::memory::Entry, Failure, Work};

impl Work<'_> {
    /// Deletes matching articles of one page of the list.
    pub(in super::super) fn prune(
        &mut self,
        site: &SiteId,
        prune: Prune,
        after: Option<&ArticleKey>,
    ) -> Result<Pruned, Failure> {
        let mut list = self.conn.prepare_cached(
            "select a.key, exists (select 1 from copy where article = a.id) \
             or exists (select 1 from alias where article = a.id) \
             from article a join site s on s.id = a.site where s.name = ?1 and a.key > ?2 order by a.key limit ?3",
        )?;
        // No key is empty, so all keys sort after the empty string.
        let after = after.map_or("", ArticleKey::as_str);
        let rows = list.query_map(params![site.as_str(), after, PRUNED_AT_ONCE as i64], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
        })?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let is_more = rows.len() == PRUNED_AT_ONCE;
        let mut pruned = Pruned::default();
        for (key, is_newsrooms) in rows {
            let Ok(key) = ArticleKey::try_from(key) else { continue };
            let place = self.touch(site, &key);
            let goes = |entry: &Entry| !is_newsrooms && entry.goes(prune);
            if self.touched[place].entry.as_ref().is_some_and(goes) {
                if !prune.dry_run {
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
    fn goes(&self, prune: Prune) -> bool {
        let is_strangers = !self.put && self.published.is_none() && self.sources.is_empty();
        let is_little = |counted: i64, imported: i64| imported == 0 && counted.unsigned_abs() < prune.fewer_than;
        is_strangers
            && self.created < prune.before
            && self.counts.iter().all(|count| is_little(count.counted, count.imported))
    }
}
