use std::borrow::Cow;

use rusqlite::{Connection, Row};
use visitor::Day;
use wire::{ArticleKey, SiteId};

use super::{super::secrets::VoteKeys, ReadModel, Source};

impl ReadModel {
    /// Loads aliases and sources.
    pub(super) fn load_aliases(
        &mut self,
        conn: &Connection,
        secrets: &VoteKeys,
    ) -> rusqlite::Result<()> {
        let mut aliases = conn.prepare(
            "select s.name, a.key, l.key from alias l join article a on a.id = l.article join site s on s.id = l.site",
        )?;
        let mut rows = aliases.query([])?;
        while let Some(row) = rows.next()? {
            let Some((site, new)) = site_and_key(row)? else {
                continue;
            };
            if let Ok(old) = ArticleKey::parse(row.get_ref(2)?.as_str()?) {
                self.set_alias(site, old, Some(new));
            }
        }
        let mut sources = conn.prepare(
            "select s.name, a.key, o.secret, o.number, o.until, o.voted, o.home from source o \
             join article a on a.id = o.article join site s on s.id = a.site order by o.id",
        )?;
        let mut rows = sources.query([])?;
        while let Some(row) = rows.next()? {
            let Some((site, key)) = site_and_key(row)? else {
                continue;
            };
            let entry = self.get_own(&site, &key).map(Cow::into_owned);
            if let (Some(mut entry), Some(source)) = (entry, source(row, 2, secrets)?) {
                entry.sources.push(source);
                self.set(site, key, Some(entry));
            }
        }
        Ok(())
    }

    /// The key of the article that answers for this key, if the key is an alias.
    pub(in super::super) fn alias_target(
        &self,
        site: &SiteId,
        key: &ArticleKey,
    ) -> Option<&ArticleKey> {
        self.aliases.get(site)?.get(key)
    }

    /// Sets the target of an alias; `None` removes the alias.
    pub(in super::super) fn set_alias(
        &mut self,
        site: SiteId,
        key: ArticleKey,
        to: Option<ArticleKey>,
    ) {
        let aliases = self.aliases.entry(site).or_default();
        match to {
            Some(to) => aliases.insert(key, to),
            None => aliases.remove(&key),
        };
    }
}

/// The stored sources of an article, in order of arrival.
pub(in super::super) fn load_sources(
    conn: &Connection,
    secrets: &VoteKeys,
    article: i64,
) -> rusqlite::Result<Vec<Source>> {
    let mut select = conn.prepare_cached(
        "select secret, number, until, voted, home from source where article = ?1 order by id",
    )?;
    let mut rows = select.query([article])?;
    let mut sources = Vec::new();
    while let Some(row) = rows.next()? {
        sources.extend(source(row, 0, secrets)?);
    }
    Ok(sources)
}

/// Site and article key, from columns 0 and 1.
fn site_and_key(row: &Row<'_>) -> rusqlite::Result<Option<(SiteId, ArticleKey)>> {
    let keys = (
        SiteId::parse(row.get_ref(0)?.as_str()?),
        ArticleKey::parse(row.get_ref(1)?.as_str()?),
    );
    Ok(if let (Ok(site), Ok(key)) = keys {
        Some((site, key))
    } else {
        None
    })
}

/// A source, from column `at` on.
fn source(row: &Row<'_>, at: usize, secrets: &VoteKeys) -> rusqlite::Result<Option<Source>> {
    let Some(secret) = secrets.id(row.get_ref(at)?.as_str()?) else {
        return Ok(None);
    };
    let number = row.get(at + 1)?;
    let until = Day::new(row.get(at + 2)?);
    let voted = row.get(at + 3)?;
    Ok(Some(Source {
        secret,
        number,
        voted,
        home: row.get(at + 4)?,
        until,
    }))
}
