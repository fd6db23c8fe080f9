//! The demo's articles. They are embedded, and stored like those of any newsroom.

use admin::{Body, Draft};
use anyhow::{Context, anyhow};
use serde::Deserialize;
use store::{ArticleUpdate, Store};
use visitor::Day;
use wire::{ArticleKey, Imported, SiteId};

/// The list, and the files that it references.
const ARTICLES_TOML: &str = include_str!("../../../demo/articles.toml");
const ARTICLE_BODIES: [(&str, &str); 4] = [
    (
        "articles/fgd-e-government-korea.html",
        include_str!("../../../demo/articles/fgd-e-government-korea.html"),
    ),
    (
        "articles/layanan-informasi-satu-pintu.html",
        include_str!("../../../demo/articles/layanan-informasi-satu-pintu.html"),
    ),
    (
        "articles/pelatihan-arsip-digital.html",
        include_str!("../../../demo/articles/pelatihan-arsip-digital.html"),
    ),
    (
        "articles/pameran-foto-perpustakaan.html",
        include_str!("../../../demo/articles/pameran-foto-perpustakaan.html"),
    ),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoArticles {
    article: Vec<DemoArticle>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoArticle {
    key: ArticleKey,
    title: String,
    byline: String,
    published: String,
    imported_reads: u64,
    body: String,
}

/// Stores those of the demo's articles that are missing.
///
/// # Errors
/// The store's errors.
pub(crate) async fn seed(store: &dyn Store, site: &SiteId, today: Day) -> anyhow::Result<()> {
    for (key, publication) in articles()? {
        if store.article(site, &key).await?.is_none() {
            store.put_article(site, today, &key, publication).await?;
        }
    }
    Ok(())
}

fn articles() -> anyhow::Result<Vec<(ArticleKey, ArticleUpdate)>> {
    let list: DemoArticles = toml::from_str(ARTICLES_TOML).context("demo/articles.toml")?;
    list.article.into_iter().map(publication).collect()
}

fn publication(entry: DemoArticle) -> anyhow::Result<(ArticleKey, ArticleUpdate)> {
    let body = ARTICLE_BODIES
        .iter()
        .find(|(name, _)| *name == entry.body)
        .map(|(_, html)| *html);
    let body = body.ok_or_else(|| anyhow!("{}: no such file is embedded", entry.body))?;
    let draft = Draft {
        title: entry.title,
        byline: Some(entry.byline),
        published: Some(entry.published),
        url: None,
        body: Body::Html(body.into()),
    };
    let article = draft
        .article()
        .map_err(|refusal| anyhow!("{}: {refusal}", entry.key))?;
    let imported = Imported {
        reads: entry.imported_reads,
        ..Imported::default()
    };
    Ok((
        entry.key,
        ArticleUpdate {
            article: Some(article),
            imported: Some(imported),
            poll: None,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demos_articles_are_stored_unchanged() {
        let articles = articles().unwrap();
        assert_eq!(articles.len(), ARTICLE_BODIES.len());
        let (key, first) = &articles[0];
        assert_eq!(key.as_str(), "fgd-e-government-korea");
        assert_eq!(first.imported.as_ref().unwrap().reads, 841);
        for (_, publication) in &articles {
            let html = &publication.article.as_ref().unwrap().html;
            assert!(
                ARTICLE_BODIES.iter().any(|(_, body)| body.trim() == html),
                "cleaning changed: {html}"
            );
        }
    }
}
