use rusqlite::{OptionalExtension, params};
use store::{
    AliasError, ImportBatch, ImportReport, MAX_COUNT, MAX_VOTE_IDS, Metric, Skipped,
    export_format::{ArticleLine, ArticlePart, SourceLine},
};
use visitor::{Day, Hour};
use wire::{ArticleKey, SiteId};

use super::{super::super::MAX_SITE_SUM, Failure, Transaction};

/// Counts of one article that fit into every sum of a site, of hundreds of millions of such articles.
const ALWAYS_FITS: u64 = 1 << 32;

/// Destination of a line's counts.
pub(super) enum LineTarget {
    /// The article at this index. `is_new`: it was created for the line.
    Article { index: usize, is_new: bool },
    /// None: the line is skipped for this reason.
    Skipped(String),
}

impl Transaction<'_> {
    /// The article for this line, created if necessary; adds the line's aliases.
    pub(super) fn resolve_article(
        &mut self,
        batch: &ImportBatch,
        part: &ArticlePart,
        report: &mut ImportReport,
    ) -> Result<LineTarget, Failure> {
        let line = &part.article;
        for source in &line.sources {
            if let Some((site, here)) = self.article_of_source(source)?
                && let Some(why) = self.merge_known(batch.day, line, &site, &here)?
            {
                return Ok(LineTarget::Skipped(why));
            }
        }
        let index = self.article_index(&line.site, &line.key);
        if self.ids_with_votes_after(index, line) > MAX_VOTE_IDS {
            let why =
                format!("readers would have to be looked for under more than {MAX_VOTE_IDS} ids");
            return Ok(LineTarget::Skipped(why));
        }
        let here = self.articles[index].entry.as_ref();
        if here
            .map_or(0, |entry| entry.counts.total())
            .saturating_add(part.counted)
            > MAX_COUNT
        {
            let why = AliasError::TooManyCounts.import_reason();
            return Ok(LineTarget::Skipped(why));
        }
        if let Some(day) = self.overfull_day(part)? {
            let why = format!("its site would have more than {MAX_SITE_SUM} counts on {day}");
            return Ok(LineTarget::Skipped(why));
        }
        let is_new = self.articles[index].entry.is_none();
        let created = Day::parse(&line.created).unwrap_or(batch.day);
        let entry = self.create(index, created)?;
        if is_new {
            entry.own = false;
        }
        self.import_aliases(batch.day, index, line, report)?;
        Ok(LineTarget::Article { index, is_new })
    }

    /// A day on which the article's counts, added to those of the site's other articles, exceed [`MAX_SITE_SUM`].
    fn overfull_day(&mut self, part: &ArticlePart) -> Result<Option<Day>, Failure> {
        if part.counted <= ALWAYS_FITS {
            return Ok(None);
        }
        let site = self.interner.site(self.conn, &part.article.site)?;
        let mut find = self.conn.prepare_cached(
            "select change from hour where site = ?1 and day = ?2 and hour = ?3 and metric = ?4",
        )?;
        let hour = Hour::UNKNOWN.get();
        for line in &part.days {
            let Some(day) = Day::parse(&line.day) else {
                continue;
            };
            for (name, change) in &line.counts {
                let Some(metric) = Metric::parse(name) else {
                    continue;
                };
                let metric = self.interner.metric(self.conn, &metric)?;
                let sum: Option<i64> = find
                    .query_row(params![site, day.get(), hour, metric], |row| row.get(0))
                    .optional()?;
                let sum = sum.unwrap_or(0).saturating_add(*change);
                if sum.unsigned_abs() > MAX_SITE_SUM.unsigned_abs() {
                    return Ok(Some(day));
                }
            }
        }
        Ok(None)
    }

    /// Site and key of the article that has this source, if there is one.
    fn article_of_source(
        &self,
        source: &SourceLine,
    ) -> Result<Option<(SiteId, ArticleKey)>, Failure> {
        let Some(secret) = self.secret_of(&source.of) else {
            return Ok(None);
        };
        let mut find = self.conn.prepare_cached(
            "select s.name, a.key from article a join site s on s.id = a.site \
             where a.id = (select article from source where secret = ?1 and number = ?2) or (a.id = ?2 and ?3)",
        )?;
        let values = params![
            self.secrets.name(secret),
            source.id,
            secret == super::OWN_VOTE_KEY
        ];
        let found = find.query_row(values, |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        });
        let Some((site, key)) = found.optional()? else {
            return Ok(None);
        };
        Ok(SiteId::try_from(site)
            .ok()
            .zip(ArticleKey::try_from(key).ok()))
    }

    /// Merges the article that has the line's counts here with the one under the line's key, if the line lists it as
    /// an alias or only one of them exists. Returns the reason if the line is to be skipped.
    fn merge_known(
        &mut self,
        day: Day,
        line: &ArticleLine,
        site: &SiteId,
        here: &ArticleKey,
    ) -> Result<Option<String>, Failure> {
        if *site != line.site {
            return Ok(Some(format!("its counts are part of the site {site} here")));
        }
        let index = self.article_index(site, &line.key);
        let known = self.article_index(site, here);
        if index == known {
            return Ok(None);
        }
        let aliased = if line.aliases.iter().any(|alias| alias.key == *here) {
            self.alias(site, day, (here, &line.key), false)?
        } else if self.articles[index].entry.is_none() {
            self.alias(site, day, (&line.key, here), false)?
        } else {
            return Ok(Some(format!("its counts are part of {here} here")));
        };
        Ok(aliased.err().map(|refused| refused.import_reason()))
    }

    fn import_aliases(
        &mut self,
        day: Day,
        index: usize,
        line: &ArticleLine,
        report: &mut ImportReport,
    ) -> Result<(), Failure> {
        for alias in &line.aliases {
            let other = self.article_index(&line.site, &alias.key);
            let key = self.articles[index].key.clone();
            let Some(id) = self.articles[index].entry.as_ref().map(|entry| entry.id) else {
                return Ok(());
            };
            if other == index {
                continue;
            }
            let refused = if self.articles[other].entry.is_none() {
                self.insert_alias(&line.site, &alias.key, id, alias.carried)?;
                self.redirect_alias(&line.site, alias.key.clone(), index);
                None
            } else {
                self.alias(&line.site, day, (&alias.key, &key), false)?
                    .err()
            };
            if let Some(refused) = refused {
                report.skipped.push(Skipped {
                    site: line.site.to_string(),
                    article: alias.key.to_string(),
                    why: refused.import_reason(),
                });
            }
        }
        Ok(())
    }

    /// Number of ids under which the article would have votes after the import.
    fn ids_with_votes_after(&self, index: usize, line: &ArticleLine) -> usize {
        let voted = line.sources.iter().filter(|source| source.voted);
        let Some(entry) = &self.articles[index].entry else {
            return voted.count();
        };
        let is_new = |source: &&SourceLine| {
            let secret = self.secret_of(&source.of);
            let own = entry.voted && secret == Some(super::OWN_VOTE_KEY) && source.id == entry.id;
            let known = entry.sources.iter().any(|known| {
                known.voted && Some(known.secret) == secret && known.number == source.id
            });
            !own && !known
        };
        entry.ids_with_votes() + voted.filter(is_new).count()
    }
}
