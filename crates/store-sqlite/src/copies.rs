use rusqlite::{Connection, Transaction, params};
use store::{Sanitizer, Skipped};
use wire::{Article, ArticleKey, SiteId};

use super::transaction::read_article;

/// Copies read per query: each may be a megabyte.
const COPIES_PER_QUERY: u32 = 16;

/// Articles whose copies were changed or removed.
#[derive(Default)]
pub(super) struct SanitizedCopies {
    pub(super) cleaned: Vec<(SiteId, ArticleKey)>,
    pub(super) skipped: Vec<Skipped>,
}

/// Sanitises every copy in one transaction; removes those that are rejected.
pub(super) fn sanitize(
    conn: &mut Connection,
    sanitizer: &Sanitizer,
) -> rusqlite::Result<SanitizedCopies> {
    let mut sanitized = SanitizedCopies::default();
    let mut last = 0;
    let transaction = conn.transaction()?;
    loop {
        let copies = copies_after(&transaction, last)?;
        let Some((id, ..)) = copies.last() else { break };
        last = *id;
        for (id, site, article, copy) in copies {
            let (Ok(site), Ok(article)) = (SiteId::try_from(site), ArticleKey::try_from(article))
            else {
                continue;
            };
            match sanitizer(&copy) {
                Ok(same) if same == copy => {}
                Ok(clean) => {
                    replace(&transaction, id, Some(&clean))?;
                    sanitized.cleaned.push((site, article));
                }
                Err(why) => {
                    replace(&transaction, id, None)?;
                    let (site, article) = (site.to_string(), article.to_string());
                    sanitized.skipped.push(Skipped { site, article, why });
                }
            }
        }
    }
    transaction.commit()?;
    Ok(sanitized)
}

/// Up to [`COPIES_PER_QUERY`] copies, of articles with ids greater than `id`.
fn copies_after(
    conn: &Connection,
    id: i64,
) -> rusqlite::Result<Vec<(i64, String, String, Article)>> {
    let mut select = conn.prepare_cached(
        "select c.title, c.byline, c.published, c.url, c.html, c.article, s.name, a.key \
         from copy c join article a on a.id = c.article join site s on s.id = a.site \
         where c.article > ?1 order by c.article limit ?2",
    )?;
    let rows = select.query_map(params![id, COPIES_PER_QUERY], |row| {
        Ok((
            row.get("article")?,
            row.get("name")?,
            row.get("key")?,
            read_article(row)?,
        ))
    })?;
    rows.collect()
}

fn replace(transaction: &Transaction<'_>, id: i64, copy: Option<&Article>) -> rusqlite::Result<()> {
    match copy {
        Some(Article { title, byline, published, url, html }) => transaction
            .prepare_cached(
                "update copy set title = ?2, byline = ?3, published = ?4, url = ?5, html = ?6 where article = ?1",
            )?
            .execute(params![id, title, byline, published, url, html])?,
        None => {
            transaction.prepare_cached("update article set published = null where id = ?1")?.execute([id])?;
            transaction.prepare_cached("delete from copy where article = ?1")?.execute([id])?
        }
    };
    // Invalidates caches of the article.
    transaction
        .prepare_cached("update article set rev = rev + 1 where id = ?1")?
        .execute([id])?;
    Ok(())
}
