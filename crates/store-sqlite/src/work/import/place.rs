use rusqlite::{OptionalExtension, params};
use store::{
    MAX_IDS, NotAliased, Portion, Skipped, Taken,
    transfer::{ArticleLine, SourceLine},
};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{Failure, Work};

impl Work<'_> {
    /// Index of the article for this line, and whether it was created; adds the line's aliases. The inner error is the
    /// reason why the line is skipped.
    pub(super) fn place_for(
        &mut self,
        portion: &Portion,
        line: &ArticleLine,
        taken: &mut Taken,
    ) -> Result<Result<(usize, bool), String>, Failure> {
        for source in &line.sources {
            if let Some((site, here)) = self.article_with(source)?
                && let Err(why) = self.lead_together(portion.day, line, &site, &here)?
            {
                return Ok(Err(why));
            }
        }
        let place = self.touch(&line.site, &line.key);
        if self.ids_with_votes_then(place, line) > MAX_IDS {
            return Ok(Err(format!("readers would have to be looked for under more than {MAX_IDS} ids")));
        }
        let is_new = self.touched[place].entry.is_none();
        let created = Day::parse(&line.created).unwrap_or(portion.day);
        let entry = self.create(place, created)?;
        if is_new {
            entry.own = false;
        }
        self.take_aliases(portion.day, place, line, taken)?;
        Ok(Ok((place, is_new)))
    }

    /// Site and key of the article that has this source, if there is one.
    fn article_with(&self, source: &SourceLine) -> Result<Option<(SiteId, ArticleKey)>, Failure> {
        let Some(secret) = self.secret_of(&source.of) else { return Ok(None) };
        let mut find = self.conn.prepare_cached(
            "select s.name, a.key from article a join site s on s.id = a.site \
             where a.id = (select article from source where secret = ?1 and number = ?2) or (a.id = ?2 and ?3)",
        )?;
        let values = params![self.secrets.name(secret), source.id, secret == super::OWN];
        let found = find.query_row(values, |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        let Some((site, key)) = found.optional()? else { return Ok(None) };
        Ok(SiteId::try_from(site).ok().zip(ArticleKey::try_from(key).ok()))
    }

    /// Merges the article that has the line's counts here with the one under the line's key, if the line lists it as
    /// an alias or only one of them exists.
    fn lead_together(
        &mut self,
        day: Day,
        line: &ArticleLine,
        site: &SiteId,
        here: &ArticleKey,
    ) -> Result<Result<(), String>, Failure> {
        if *site != line.site {
            return Ok(Err(format!("its counts are part of the site {site} here")));
        }
        let (place, known) = (self.touch(site, &line.key), self.touch(site, here));
        if place == known {
            return Ok(Ok(()));
        }
        let aliased = if line.aliases.iter().any(|alias| alias.key == *here) {
            self.alias(site, day, (here, &line.key), false)?
        } else if self.touched[place].entry.is_none() {
            self.alias(site, day, (&line.key, here), false)?
        } else {
            return Ok(Err(format!("its counts are part of {here} here")));
        };
        Ok(aliased.map(|_| ()).map_err(|refused| why(&refused)))
    }

    fn take_aliases(&mut self, day: Day, place: usize, line: &ArticleLine, taken: &mut Taken) -> Result<(), Failure> {
        for alias in &line.aliases {
            let other = self.touch(&line.site, &alias.key);
            let key = self.touched[place].key.clone();
            let Some(id) = self.touched[place].entry.as_ref().map(|entry| entry.id) else { return Ok(()) };
            if other == place {
                continue;
            }
            let refused = if self.touched[other].entry.is_none() {
                self.note_alias(&line.site, &alias.key, id, alias.carried)?;
                self.announce(&line.site, place)?;
                None
            } else {
                self.alias(&line.site, day, (&alias.key, &key), false)?.err()
            };
            if let Some(refused) = refused {
                let (site, article) = (line.site.clone(), alias.key.clone());
                taken.skipped.push(Skipped { site, article, why: why(&refused) });
            }
        }
        Ok(())
    }

    /// Number of ids under which the article would have votes after the import.
    fn ids_with_votes_then(&self, place: usize, line: &ArticleLine) -> usize {
        let voted = line.sources.iter().filter(|source| source.voted);
        let Some(entry) = &self.touched[place].entry else { return voted.count() };
        let is_new = |source: &&SourceLine| {
            let secret = self.secret_of(&source.of);
            let own = entry.voted && secret == Some(super::OWN) && source.id == entry.id;
            let known = entry
                .sources
                .iter()
                .any(|known| known.voted && Some(known.secret) == secret && known.number == source.id);
            !own && !known
        };
        entry.ids_with_votes() + voted.filter(is_new).count()
    }
}

fn why(refused: &NotAliased) -> String {
    match refused {
        NotAliased::Elsewhere(to) | NotAliased::Carried(to) => format!("it has moved to {to} here"),
        NotAliased::TooManyIds => format!("readers would have to be looked for under more than {MAX_IDS} ids"),
        NotAliased::Same | NotAliased::Unknown => "it is the same key".into(),
    }
}
