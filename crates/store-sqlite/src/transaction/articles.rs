use std::sync::Arc;

use rusqlite::{OptionalExtension, Row, params};
use store::{ArticleMetadata, ArticlePoll, ArticleUpdate, MAX_COUNT, Metric, Removal};
use visitor::Day;
use wire::{Article, ArticleKey, Imported, SiteId};

use super::{
    super::{
        failure::Failure,
        read_model::{Count, MetricId},
    },
    ArticleState, Transaction,
};

/// An entry of the article list: headline and day of publication if there is a copy, and counts.
pub(in super::super) struct ListedArticle {
    pub(in super::super) title: Option<String>,
    pub(in super::super) published: Option<String>,
    pub(in super::super) state: ArticleState,
}

impl Transaction<'_> {
    /// The stored copy.
    pub(in super::super) fn article(
        &mut self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<Article>, Failure> {
        let index = self.article_index(site, key);
        match &self.articles[index].entry {
            Some(entry) => self.copy(entry.id),
            None => Ok(None),
        }
    }

    /// The stored copy without its body, whose pages are not read: it is the last column.
    pub(in super::super) fn article_metadata(
        &mut self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<Option<ArticleMetadata>, Failure> {
        let index = self.article_index(site, key);
        let Some(entry) = &self.articles[index].entry else {
            return Ok(None);
        };
        let mut select = self
            .conn
            .prepare_cached("select title, byline, published, url from copy where article = ?1")?;
        let metadata = select.query_row([entry.id], |row| {
            Ok(ArticleMetadata {
                title: row.get(0)?,
                byline: row.get(1)?,
                published: row.get(2)?,
                url: row.get(3)?,
            })
        });
        Ok(metadata.optional()?)
    }

    /// Stores a copy, or starting counts, or both. Identical data changes nothing.
    pub(in super::super) fn put_article(
        &mut self,
        site: &SiteId,
        day: Day,
        key: &ArticleKey,
        update: &ArticleUpdate,
    ) -> Result<ArticleState, Failure> {
        let index = self.article_index(site, key);
        let id = self.create(index, day)?.id;
        let mut changed = false;
        if let Some(article) = &update.article
            && self.copy(id)?.as_ref() != Some(article)
        {
            self.set_copy(id, article)?;
            self.create(index, day)?.published = article.published.as_deref().and_then(Day::parse);
            changed = true;
        }
        if let Some(imported) = &update.imported {
            changed |= self.set_imported(index, day, imported)?;
        }
        let has_poll_changed = self.set_poll(index, day, update.poll.as_ref())?;
        let interner = &*self.interner;
        let article = &mut self.articles[index];
        if let Some(entry) = article.entry.as_mut().filter(|entry| !entry.put) {
            let opened = entry.poll_opened(|id| interner.is_of_events(id));
            // The newsroom's first submission determines the creation day, rather than earlier reads by strangers.
            if changed || opened.is_none() {
                entry.created = day;
            }
            entry.put = true;
            article.changed = true;
        }
        if changed || has_poll_changed {
            self.articles[index].bump_revision();
        }
        self.article_state(index, key, None)
    }

    /// Articles in the order of their keys, at most `limit`.
    pub(in super::super) fn articles(
        &mut self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ListedArticle>, Failure> {
        let mut list = self.conn.prepare_cached(
            "select a.key, c.title, c.published from article a join site s on s.id = a.site \
             left join copy c on c.article = a.id where s.name = ?1 and a.key > ?2 order by a.key limit ?3",
        )?;
        // No key is empty, so all keys sort after the empty string.
        let after = after.map_or("", ArticleKey::as_str);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = list.query_map(params![site.as_str(), after, limit], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
        })?;
        let mut listed = Vec::new();
        for row in rows {
            let (key, title, published) = row?;
            let Ok(key) = ArticleKey::try_from(key) else {
                continue;
            };
            let index = self.article_index(site, &key);
            listed.push(ListedArticle {
                title,
                published,
                state: self.article_state(index, &key, None)?,
            });
        }
        Ok(listed)
    }

    /// Removes the copy, or everything. Returns whether there was anything to remove.
    pub(in super::super) fn remove_article(
        &mut self,
        site: &SiteId,
        key: &ArticleKey,
        removal: Removal,
    ) -> Result<bool, Failure> {
        let index = self.article_index(site, key);
        let Some(id) = self.articles[index].entry.as_ref().map(|entry| entry.id) else {
            return Ok(false);
        };
        let aliases = self.aliases_of(id)?;
        if removal == Removal::Everything {
            // Days and hours are subtracted as stored, so pending ones must be in the tables.
            self.write_counts()?;
            self.fold_votes()?;
            self.remove_hours(site, id)?;
        }
        let article = &mut self.articles[index];
        match removal {
            Removal::Everything => {
                self.conn
                    .prepare_cached("delete from article where id = ?1")?
                    .execute([id])?;
                article.entry = None;
                article.days.clear();
                article.changed = true;
                self.vote_log.forget_voters(id);
                aliases
                    .iter()
                    .for_each(|alias| self.remove_redirect(site, alias));
                self.erased = true;
                Ok(true)
            }
            Removal::Copy => {
                let removed = self
                    .conn
                    .prepare_cached("delete from copy where article = ?1")?
                    .execute([id])?
                    > 0;
                self.conn
                    .prepare_cached("update article set published = null where id = ?1")?
                    .execute([id])?;
                if removed {
                    if let Some(entry) = &mut article.entry {
                        entry.published = None;
                        entry.put = entry.poll.is_some()
                            || entry.counts.iter().any(|count| count.imported > 0);
                    }
                    article.bump_revision();
                }
                self.erased |= removed;
                Ok(removed)
            }
        }
    }

    pub(super) fn copy(&self, id: i64) -> Result<Option<Article>, Failure> {
        let mut select = self.conn.prepare_cached(
            "select title, byline, published, url, html from copy where article = ?1",
        )?;
        Ok(select.query_row([id], read_article).optional()?)
    }

    pub(super) fn set_copy(&self, id: i64, article: &Article) -> Result<(), Failure> {
        let mut set = self.conn.prepare_cached(
            "insert or replace into copy (article, title, byline, published, url, html) values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let Article {
            title,
            byline,
            published,
            url,
            html,
        } = article;
        set.execute(params![id, title, byline, published, url, html])?;
        let published = published.as_deref().and_then(Day::parse).map(Day::get);
        self.conn
            .prepare_cached("update article set published = ?2 where id = ?1")?
            .execute(params![id, published])?;
        Ok(())
    }

    /// Sets what applies to the article's poll. Returns whether anything changed.
    fn set_poll(
        &mut self,
        index: usize,
        day: Day,
        poll: Option<&ArticlePoll>,
    ) -> Result<bool, Failure> {
        let entry = self.create(index, day)?;
        let Some(poll) = poll else { return Ok(false) };
        let new = Some(poll).filter(|poll| !poll.is_default());
        if entry.poll.as_deref() == new {
            return Ok(false);
        }
        entry.poll = new.cloned().map(Arc::new);
        Ok(true)
    }

    /// Replaces all starting counts. Returns whether anything changed.
    fn set_imported(
        &mut self,
        index: usize,
        day: Day,
        imported: &Imported,
    ) -> Result<bool, Failure> {
        let mut new: Vec<(MetricId, i64)> = Vec::new();
        for (metric, count) in Metric::of_imported(imported) {
            let metric = self.interner.metric(self.conn, &metric)?;
            new.push((metric, count.min(MAX_COUNT).cast_signed()));
        }
        let entry = self.create(index, day)?;
        let mut changed = false;
        new.retain(|(_, to)| *to != 0);
        let is_set = |count: &Count| new.iter().any(|(metric, _)| *metric == count.metric);
        let others: Vec<_> = entry
            .counts
            .iter()
            .filter(|count| !is_set(count))
            .map(|count| (count.metric, 0))
            .collect();
        for (metric, to) in new.into_iter().chain(others) {
            changed |= entry
                .counts
                .change(metric, |count| std::mem::replace(&mut count.imported, to))
                != to;
        }
        Ok(changed)
    }
}

/// Reads a copy from the first five columns.
pub(in super::super) fn read_article(row: &Row<'_>) -> rusqlite::Result<Article> {
    Ok(Article {
        title: row.get(0)?,
        byline: row.get(1)?,
        published: row.get(2)?,
        url: row.get(3)?,
        html: row.get(4)?,
    })
}
