use rusqlite::{OptionalExtension, params};
use store::{
    Alias, AliasEffect, AliasError, AliasOutcome, AliasVerdict, MAX_COUNT, MAX_VOTE_IDS,
    sum_of_starting_counts,
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{
    super::{
        read_model::{Entry, load_sources},
        secrets::OWN_VOTE_KEY,
    },
    Failure, Transaction,
};

impl Transaction<'_> {
    /// Makes the old key an alias of the new one. With `dry_run`, only reports what that would do.
    pub(in super::super) fn alias(
        &mut self,
        site: &SiteId,
        day: Day,
        (old, new): (&ArticleKey, &ArticleKey),
        dry_run: bool,
    ) -> Result<AliasVerdict<AliasOutcome>, Failure> {
        if old == new {
            return Ok(Err(AliasError::Same));
        }
        // Votes are counted and moved in their table.
        self.fold_votes()?;
        let from = self.article_index(site, old);
        let to = self.article_index(site, new);
        let answers = self.articles[to].key.clone();
        let effect = match (&self.articles[from], &self.articles[to]) {
            (of_old, _) if from == to && of_old.key == *old => AliasEffect::Swapped,
            _ if from == to => AliasEffect::Existing,
            (of_old, _) if of_old.key != *old => {
                return Ok(Err(AliasError::Elsewhere(of_old.key.clone())));
            }
            (of_old, of_new) => match (&of_old.entry, &of_new.entry) {
                (None, _) => AliasEffect::Added,
                (Some(_), None) => AliasEffect::Renamed,
                (Some(a), Some(b)) if a.ids_with_votes() + b.ids_with_votes() > MAX_VOTE_IDS => {
                    return Ok(Err(AliasError::TooManyIds));
                }
                (Some(a), Some(b))
                    if a.counts.total().saturating_add(b.counts.total()) > MAX_COUNT =>
                {
                    return Ok(Err(AliasError::TooManyCounts));
                }
                (Some(a), Some(b)) => AliasEffect::Merged {
                    at_most_twice: self.voters(a)?.min(self.voters(b)?),
                },
            },
        };
        // When swapping, the article takes the new key.
        let answers = if effect == AliasEffect::Swapped {
            new.clone()
        } else {
            answers
        };
        if !dry_run {
            match effect {
                AliasEffect::Existing => {}
                AliasEffect::Added => {
                    let id = self.create(to, day)?.id;
                    self.insert_alias(site, old, id, false)?;
                    self.articles[to].bump_revision();
                    self.redirect_alias(site, old.clone(), to);
                }
                AliasEffect::Renamed => self.rename(site, from, to)?,
                AliasEffect::Swapped => {
                    self.delete_alias(site, new)?;
                    let to = self.article_index(site, new);
                    self.rename(site, from, to)?;
                }
                AliasEffect::Merged { .. } => self.merge(site, day, from, to)?,
            }
        }
        Ok(Ok(AliasOutcome {
            new: answers,
            effect,
        }))
    }

    /// Removes an alias, unless counts moved with it, by a rename or a merge.
    pub(in super::super) fn remove_alias(
        &mut self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Result<AliasVerdict<()>, Failure> {
        let index = self.article_index(site, key);
        let id = self.interner.site(self.conn, site)?;
        let mut find = self
            .conn
            .prepare_cached("select carried from alias where site = ?1 and key = ?2")?;
        match find
            .query_row(params![id, key.as_str()], |row| row.get(0))
            .optional()?
        {
            None => Ok(Err(AliasError::Unknown)),
            Some(true) => Ok(Err(AliasError::HasCounts(self.articles[index].key.clone()))),
            Some(false) => {
                self.delete_alias(site, key)?;
                Ok(Ok(()))
            }
        }
    }

    /// Aliases in the order of their keys, at most `limit`.
    pub(in super::super) fn aliases(
        &mut self,
        site: &SiteId,
        after: Option<&ArticleKey>,
        limit: usize,
    ) -> Result<Vec<Alias>, Failure> {
        let mut list = self.conn.prepare_cached(
            "select l.key, a.key from alias l join article a on a.id = l.article join site s on s.id = l.site \
             where s.name = ?1 and l.key > ?2 order by l.key limit ?3",
        )?;
        let after = after.map_or("", ArticleKey::as_str);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = list.query_map(params![site.as_str(), after, limit], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        let mut aliases = Vec::new();
        for row in rows {
            let (old, new): (String, String) = row?;
            if let (Ok(old), Ok(new)) = (ArticleKey::try_from(old), ArticleKey::try_from(new)) {
                aliases.push(Alias { old, new });
            }
        }
        Ok(aliases)
    }

    /// Renames the article at `from` to the key at `to`, where no article exists.
    fn rename(&mut self, site: &SiteId, from: usize, to: usize) -> Result<(), Failure> {
        let Some(entry) = self.articles[from].entry.take() else {
            return Ok(());
        };
        let old = self.articles[from].key.clone();
        let new = self.articles[to].key.clone();
        let id = entry.id;
        self.conn
            .prepare_cached("update article set key = ?2 where id = ?1")?
            .execute(params![id, new.as_str()])?;
        let days = std::mem::take(&mut self.articles[from].days);
        self.articles[from].changed = true;
        self.articles[to].entry = Some(entry);
        self.articles[to].days = days;
        self.articles[to].bump_revision();
        self.insert_alias(site, &old, id, true)?;
        self.redirect_aliases(site, to)
    }

    /// Merges the article at `from` into the one at `to`.
    fn merge(&mut self, site: &SiteId, day: Day, from: usize, to: usize) -> Result<(), Failure> {
        // The statements below move rows, so pending counts must be in the tables.
        self.write_counts()?;
        let (Some(old), Some(new)) = (
            self.articles[from].entry.take(),
            self.articles[to].entry.take(),
        ) else {
            return Ok(());
        };
        self.vote_log.forget_voters(new.id);
        self.vote_log.forget_voters(old.id);
        let moved = self.aliases_of(old.id)?;
        self.merge_article_hours(site, old.id, new.id)?;
        self.merge_refused(old.id, new.id)?;
        let ids = params![new.id, old.id];
        // An import also balances votes and days in rows of the own id, as if they had been counted here.
        let has_own_days = self
            .conn
            .prepare_cached("select 1 from day where article = ?1 and source = 0")?
            .exists([old.id])?;
        if old.own || has_own_days {
            // A live window may be later than `day` if the clock was ahead.
            let until = self
                .salts
                .live(site)
                .iter()
                .map(|salt| salt.day)
                .fold(day, Day::max);
            let joined: i64 = self
                .conn
                .prepare_cached(
                    "insert into source (article, secret, number, rev, until, voted, home) \
                     values (?1, ?2, ?3, ?4, ?5, ?6, 0) \
                     returning id",
                )?
                .query_row(
                    params![
                        new.id,
                        self.secrets.name(OWN_VOTE_KEY),
                        old.id,
                        old.rev,
                        until.get(),
                        old.voted
                    ],
                    |row| row.get(0),
                )?;
            let mut set = self
                .conn
                .prepare_cached("update day set source = ?2 where article = ?1 and source = 0")?;
            set.execute(params![old.id, joined])?;
        }
        for sql in [
            "update source set article = ?1, home = 0 where article = ?2",
            "update day set article = ?1 where article = ?2",
            "update vote set article = ?1 where article = ?2",
            "update alias set article = ?1 where article = ?2",
        ] {
            self.conn.prepare_cached(sql)?.execute(ids)?;
        }
        // `or ignore`: a copy under the new key wins.
        let copied = self
            .conn
            .prepare_cached("update or ignore copy set article = ?1 where article = ?2")?
            .execute(ids)?;
        let created = new.created.min(old.created);
        let published = if copied > 0 {
            old.published
        } else {
            new.published
        };
        self.conn
            .prepare_cached("delete from article where id = ?1")?
            .execute([old.id])?;
        self.conn
            .prepare_cached("update article set created = ?2, published = ?3 where id = ?1")?
            .execute(params![new.id, created.get(), published.map(Day::get)])?;

        let sources = load_sources(self.conn, self.secrets, new.id)?;
        let put = new.put || old.put;
        let mut entry = Entry {
            rev: new.rev.max(old.rev),
            created,
            published,
            put,
            sources,
            poll: new.poll.or(old.poll),
            ..new
        };
        for count in old.counts.iter() {
            entry.counts.change(count.metric, |sum| {
                sum.counted += count.counted;
                sum.imported = sum_of_starting_counts(sum.imported, count.imported);
            });
        }
        let id = entry.id;
        let key = self.articles[from].key.clone();
        self.articles[from].changed = true;
        self.articles[to].entry = Some(entry);
        self.articles[to].bump_revision();
        self.insert_alias(site, &key, id, true)?;
        for alias in moved.into_iter().chain([key]) {
            self.redirect_alias(site, alias, to);
        }
        Ok(())
    }

    pub(super) fn insert_alias(
        &mut self,
        site: &SiteId,
        key: &ArticleKey,
        article: i64,
        carried: bool,
    ) -> Result<(), Failure> {
        let site = self.interner.site(self.conn, site)?;
        let mut insert = self.conn.prepare_cached(
            "insert into alias (site, key, article, carried) values (?1, ?2, ?3, ?4)",
        )?;
        insert.execute(params![site, key.as_str(), article, carried])?;
        Ok(())
    }

    fn delete_alias(&mut self, site: &SiteId, key: &ArticleKey) -> Result<(), Failure> {
        let id = self.interner.site(self.conn, site)?;
        let mut delete = self
            .conn
            .prepare_cached("delete from alias where site = ?1 and key = ?2")?;
        delete.execute(params![id, key.as_str()])?;
        self.remove_redirect(site, key);
        Ok(())
    }

    /// Maps all aliases of the article to it, now and after the commit.
    pub(super) fn redirect_aliases(&mut self, site: &SiteId, index: usize) -> Result<(), Failure> {
        let article = &self.articles[index];
        let Some(entry) = &article.entry else {
            return Ok(());
        };
        for alias in self.aliases_of(entry.id)? {
            self.redirect_alias(site, alias, index);
        }
        Ok(())
    }

    /// Maps one alias to the article at that index, now and after the commit.
    pub(super) fn redirect_alias(&mut self, site: &SiteId, alias: ArticleKey, index: usize) {
        let key = self.articles[index].key.clone();
        self.index_key(site, &alias, index);
        self.aliases.push((site.clone(), alias, Some(key)));
    }

    /// The key is no longer an alias.
    pub(super) fn remove_redirect(&mut self, site: &SiteId, key: &ArticleKey) {
        let index = self.add_article(site, key, None);
        self.index_key(site, key, index);
        self.aliases.push((site.clone(), key.clone(), None));
    }

    /// The article's aliases.
    pub(super) fn aliases_of(&self, article: i64) -> Result<Vec<ArticleKey>, Failure> {
        let mut list = self
            .conn
            .prepare_cached("select key from alias where article = ?1")?;
        let keys = list
            .query_map([article], |row| row.get(0))?
            .collect::<Result<Vec<String>, _>>()?;
        Ok(keys
            .into_iter()
            .filter_map(|key| ArticleKey::try_from(key).ok())
            .collect())
    }

    /// Number of readers with a current choice.
    fn voters(&self, entry: &Entry) -> Result<u64, Failure> {
        let mut count = self.conn.prepare_cached(
            "select count(*) from vote where article = ?1 and reaction is not null",
        )?;
        Ok(count
            .query_row([entry.id], |row| row.get::<_, i64>(0))?
            .unsigned_abs())
    }
}
