use std::collections::HashSet;

use store::{
    AliasError, ImportBatch, ImportReport, MAX_COUNT, MAX_VOTE_IDS, Skipped, StoreError,
    export_format::{ArticleLine, ArticlePart, SourceLine},
};
use wire::ArticleKey;

use super::super::{Redis, record::Record, vote_keys::VoteKeys};

/// Destination of a line's counts.
pub(super) enum LineTarget {
    /// The article with this key.
    Article(ArticleKey),
    /// No article: the line is skipped, for this reason.
    Skipped(String),
}

impl Redis {
    /// The article for this line, after merging what the line lists as one article.
    pub(super) async fn resolve_article(
        &self,
        batch: &ImportBatch,
        part: &ArticlePart,
        report: &mut ImportReport,
    ) -> Result<LineTarget, StoreError> {
        let line = &part.article;
        let vote_keys = self.vote_keys().await?;
        let mut known = None;
        let mut there = self.articles_of_keys(line).await?;
        for source in &line.sources {
            let found = there
                .iter()
                .find(|(_, record)| has_source(record, source, &vote_keys));
            let Some((here, _)) = found else {
                continue;
            };
            let here = here.clone();
            if known.as_ref() == Some(&here) {
                continue;
            }
            if let Some(why) = self.merge_known(batch, line, &here).await? {
                return Ok(LineTarget::Skipped(why));
            }
            if there.len() > 1 {
                // They may be merged now.
                there = self.articles_of_keys(line).await?;
            }
            known = Some(here);
        }
        let (mut target, mut record) = self.follow(&line.site, &line.key).await?;
        // A dry run does not merge articles: use the one that was found by its source.
        if let (None, Some(here)) = (&record, known.filter(|_| batch.dry_run)) {
            (target, record) = self.follow(&line.site, &here).await?;
        }
        if ids_with_votes_after(record.as_ref(), line, &vote_keys) > MAX_VOTE_IDS {
            let why =
                format!("readers would have to be looked for under more than {MAX_VOTE_IDS} ids");
            return Ok(LineTarget::Skipped(why));
        }
        let total = record.as_ref().map_or(0, Record::total);
        if total.saturating_add(part.counted) > MAX_COUNT {
            let why = AliasError::TooManyCounts.import_reason();
            return Ok(LineTarget::Skipped(why));
        }
        self.merge_aliases(batch, line, &target, record, report)
            .await?;
        Ok(LineTarget::Article(target))
    }

    /// The articles to which the line's keys lead, even if they were renamed: each once, with its key.
    async fn articles_of_keys(
        &self,
        line: &ArticleLine,
    ) -> Result<Vec<(ArticleKey, Record)>, StoreError> {
        let mut keys = HashSet::new();
        let mut articles = Vec::new();
        for key in std::iter::once(&line.key).chain(line.aliases.iter().map(|alias| &alias.key)) {
            if let (here, Some(record)) = self.follow(&line.site, key).await?
                && keys.insert(here.clone())
            {
                articles.push((here, record));
            }
        }
        Ok(articles)
    }

    /// Merges the article that has the line's counts here with the one under the line's key, if the line lists it as
    /// an alias or only one of them exists. Returns the reason if the line is to be skipped.
    async fn merge_known(
        &self,
        batch: &ImportBatch,
        line: &ArticleLine,
        here: &ArticleKey,
    ) -> Result<Option<String>, StoreError> {
        let (target, record) = self.follow(&line.site, &line.key).await?;
        if target == *here {
            return Ok(None);
        }
        let keys = if line.aliases.iter().any(|alias| alias.key == *here) {
            (here, &line.key)
        } else if record.is_none() {
            (&line.key, here)
        } else {
            return Ok(Some(format!("its counts are part of {here} here")));
        };
        let aliased = self
            .make_alias(&line.site, batch.day, keys, batch.dry_run)
            .await?;
        Ok(aliased.err().map(|refused| refused.import_reason()))
    }

    /// Merges articles that exist under the line's aliases.
    async fn merge_aliases(
        &self,
        batch: &ImportBatch,
        line: &ArticleLine,
        target: &ArticleKey,
        record: Option<Record>,
        report: &mut ImportReport,
    ) -> Result<(), StoreError> {
        let mut is_there = record.is_some();
        for alias in &line.aliases {
            let (other, Some(_)) = self.follow(&line.site, &alias.key).await? else {
                continue;
            };
            if other == *target {
                continue;
            }
            if !is_there && !batch.dry_run {
                // Create the target first: without one, the other article would be renamed instead of merged.
                is_there = true;
                self.create(batch, line, target).await?;
            }
            let keys = (&alias.key, target);
            if let Err(refused) = self
                .make_alias(&line.site, batch.day, keys, batch.dry_run)
                .await?
            {
                report.skipped.push(Skipped {
                    site: line.site.to_string(),
                    article: alias.key.to_string(),
                    why: refused.import_reason(),
                });
            }
        }
        Ok(())
    }

    /// Creates an article that has only its home source.
    async fn create(
        &self,
        batch: &ImportBatch,
        line: &ArticleLine,
        target: &ArticleKey,
    ) -> Result<(), StoreError> {
        let lease = self.lease(&line.site, target).await?;
        if lease.record().is_some() {
            return lease.release().await;
        }
        let created = visitor::Day::parse(&line.created).unwrap_or(batch.day);
        let mut record = Record {
            own: false,
            ..Record::new(super::super::random::id()?, created)
        };
        let vote_keys = self.vote_keys().await?;
        if let Some(home) = line.sources.first() {
            // A revision below every real one, so that the line counts as newer.
            let home = SourceLine {
                rev: -1,
                ..home.clone()
            };
            self.source_days(batch, &vote_keys, &mut record, &home, true)
                .await?;
        }
        lease
            .commit(&record, super::WriteSet::default())
            .await
            .map(drop)
    }

    /// Adds those aliases of the line that have no article here; returns them.
    pub(super) async fn add_aliases(
        &self,
        line: &ArticleLine,
        target: &ArticleKey,
        record: &mut Record,
    ) -> Result<Vec<ArticleKey>, StoreError> {
        let mut new_aliases = Vec::new();
        for alias in line.aliases.iter().filter(|alias| alias.key != *target) {
            let (key, found) = self.follow(&line.site, &alias.key).await?;
            if found.is_none() && key != *target {
                record.aliases.insert(alias.key.clone(), alias.carried);
                new_aliases.push(alias.key.clone());
            }
        }
        Ok(new_aliases)
    }
}

fn has_source(record: &Record, source: &SourceLine, vote_keys: &VoteKeys) -> bool {
    let is_own = source.of == vote_keys.own_name() && source.id == record.id;
    is_own
        || record
            .sources
            .iter()
            .any(|known| (&known.of, known.number) == (&source.of, source.id))
}

/// Number of ids under which the article would have votes after the import.
fn ids_with_votes_after(
    record: Option<&Record>,
    line: &ArticleLine,
    vote_keys: &VoteKeys,
) -> usize {
    let voted = line.sources.iter().filter(|source| source.voted);
    let Some(record) = record else {
        return voted.count();
    };
    let is_new = |source: &&SourceLine| {
        let own = record.voted && source.of == vote_keys.own_name() && source.id == record.id;
        let is_known = |known: &super::Source| {
            known.voted && (&known.of, known.number) == (&source.of, source.id)
        };
        !own && !record.sources.iter().any(is_known)
    };
    record.ids_with_votes() + voted.filter(is_new).count()
}
