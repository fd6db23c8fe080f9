use store::{
    MAX_IDS, NotAliased, Portion, Skipped, StoreError, Taken,
    transfer::{ArticleLine, SourceLine},
};
use wire::ArticleKey;

use super::super::{Redis, record::Record, secrets::Secrets};

impl Redis {
    /// The key of the article for this line, after merging what the line lists as one article. The inner error is the
    /// reason why the line is skipped.
    pub(super) async fn goal_of(
        &self,
        portion: &Portion,
        line: &ArticleLine,
        taken: &mut Taken,
    ) -> Result<Result<ArticleKey, String>, StoreError> {
        let secrets = self.secrets().await?;
        let mut known = None;
        for source in &line.sources {
            let Some(here) = self.article_with(line, source, &secrets).await? else { continue };
            if let Err(why) = self.lead_together(portion, line, &here).await? {
                return Ok(Err(why));
            }
            known = Some(here);
        }
        let (mut goal, mut record) = self.follow(&line.site, &line.key).await?;
        // A dry run does not merge articles: use the one that was found by its source.
        if let (None, Some(here)) = (&record, known.filter(|_| portion.dry_run)) {
            (goal, record) = self.follow(&line.site, &here).await?;
        }
        if ids_with_votes_then(record.as_ref(), line, &secrets) > MAX_IDS {
            return Ok(Err(format!("readers would have to be looked for under more than {MAX_IDS} ids")));
        }
        self.merge_aliases(portion, line, &goal, record, taken).await?;
        Ok(Ok(goal))
    }

    /// The key of the article that has this source. Found by the line's keys, which lead there even if it was renamed.
    async fn article_with(
        &self,
        line: &ArticleLine,
        source: &SourceLine,
        secrets: &Secrets,
    ) -> Result<Option<ArticleKey>, StoreError> {
        for key in std::iter::once(&line.key).chain(line.aliases.iter().map(|alias| &alias.key)) {
            let (here, Some(record)) = self.follow(&line.site, key).await? else { continue };
            if has_source(&record, source, secrets) {
                return Ok(Some(here));
            }
        }
        Ok(None)
    }

    /// Merges the article that has the line's counts here with the one under the line's key, if the line lists it as
    /// an alias or only one of them exists.
    async fn lead_together(
        &self,
        portion: &Portion,
        line: &ArticleLine,
        here: &ArticleKey,
    ) -> Result<Result<(), String>, StoreError> {
        let (goal, record) = self.follow(&line.site, &line.key).await?;
        if goal == *here {
            return Ok(Ok(()));
        }
        let keys = if line.aliases.iter().any(|alias| alias.key == *here) {
            (here, &line.key)
        } else if record.is_none() {
            (&line.key, here)
        } else {
            return Ok(Err(format!("its counts are part of {here} here")));
        };
        let aliased = self.move_to(&line.site, portion.day, keys, portion.dry_run).await?;
        Ok(aliased.map(|_| ()).map_err(|refused| why(&refused)))
    }

    /// Merges articles that exist under the line's aliases.
    async fn merge_aliases(
        &self,
        portion: &Portion,
        line: &ArticleLine,
        goal: &ArticleKey,
        record: Option<Record>,
        taken: &mut Taken,
    ) -> Result<(), StoreError> {
        let mut is_there = record.is_some();
        for alias in &line.aliases {
            let (other, Some(_)) = self.follow(&line.site, &alias.key).await? else { continue };
            if other == *goal {
                continue;
            }
            if !is_there && !portion.dry_run {
                // Create the target first: without one, the other article would be renamed instead of merged.
                is_there = true;
                self.make(portion, line, goal).await?;
            }
            let keys = (&alias.key, goal);
            if let Err(refused) = self.move_to(&line.site, portion.day, keys, portion.dry_run).await? {
                let (site, article) = (line.site.clone(), alias.key.clone());
                taken.skipped.push(Skipped { site, article, why: why(&refused) });
            }
        }
        Ok(())
    }

    /// Creates an article that has only its home source.
    async fn make(&self, portion: &Portion, line: &ArticleLine, goal: &ArticleKey) -> Result<(), StoreError> {
        let held = self.hold(&line.site, goal).await?;
        if held.record().is_some() {
            return held.release().await;
        }
        let created = visitor::Day::parse(&line.created).unwrap_or(portion.day);
        let mut record = Record { own: false, ..Record::new(super::super::random::id()?, created) };
        let secrets = self.secrets().await?;
        if let Some(home) = line.sources.first() {
            // A revision below every real one, so that the line counts as newer.
            let home = SourceLine { rev: -1, ..home.clone() };
            self.origin(portion, &secrets, &mut record, &home, true).await?;
        }
        held.commit(&record, super::Writes::default()).await.map(drop)
    }

    /// Adds those aliases of the line that have no article here; returns them.
    pub(super) async fn note_aliases(
        &self,
        line: &ArticleLine,
        goal: &ArticleKey,
        record: &mut Record,
    ) -> Result<Vec<ArticleKey>, StoreError> {
        let mut noted = Vec::new();
        for alias in line.aliases.iter().filter(|alias| alias.key != *goal) {
            let (key, found) = self.follow(&line.site, &alias.key).await?;
            if found.is_none() && key != *goal {
                record.aliases.insert(alias.key.clone(), alias.carried);
                noted.push(alias.key.clone());
            }
        }
        Ok(noted)
    }
}

fn has_source(record: &Record, source: &SourceLine, secrets: &Secrets) -> bool {
    let is_own = source.of == secrets.own_name() && source.id == record.id;
    is_own || record.sources.iter().any(|known| (&known.of, known.number) == (&source.of, source.id))
}

/// Number of ids under which the article would have votes after the import.
fn ids_with_votes_then(record: Option<&Record>, line: &ArticleLine, secrets: &Secrets) -> usize {
    let voted = line.sources.iter().filter(|source| source.voted);
    let Some(record) = record else { return voted.count() };
    let is_new = |source: &&SourceLine| {
        let own = record.voted && source.of == secrets.own_name() && source.id == record.id;
        let is_known = |known: &super::Source| known.voted && (&known.of, known.number) == (&source.of, source.id);
        !own && !record.sources.iter().any(is_known)
    };
    record.ids_with_votes() + voted.filter(is_new).count()
}

fn why(refused: &NotAliased) -> String {
    match refused {
        NotAliased::Elsewhere(to) | NotAliased::Carried(to) => format!("it has moved to {to} here"),
        NotAliased::TooManyIds => format!("readers would have to be looked for under more than {MAX_IDS} ids"),
        NotAliased::Same | NotAliased::Unknown => "it is the same key".into(),
    }
}
