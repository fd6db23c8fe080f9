//! Every way in which a copy of an article enters a database: each stores only what a newsroom may submit.

use std::{
    io::{Seek, Write},
    path::Path,
    sync::Arc,
};

use admin::MigrationTarget;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use store::{ArticleUpdate, ImportReport, Store};
use store_contract::{
    TODAY,
    hostile_imports::{article_line, file},
    import_export::{export, import},
    site,
};
use tempfile::TempDir;
use wire::Article;

use crate::{reopened::opened, site::article};

/// Copies that other programs may have written into a database, with valid and invalid values of each field.
fn copies() -> impl Strategy<Value = Article> {
    let pick = |texts: &'static [&'static str]| prop::sample::select(texts).prop_map(str::to_owned);
    let title = pick(&[
        "Judul",
        " Judul ",
        "a\nb",
        "",
        "\u{202e}a",
        "<img src=x onerror=alert(1)>",
        "a\u{0}b",
    ]);
    let byline = prop::option::of(pick(&["Humas", "\u{1b}[2J", " "]));
    let published = prop::option::of(pick(&[
        "2015-11-17",
        "2015-02-29",
        "kemarin",
        "2015-11-17 ",
    ]));
    let url = pick(&[
        "https://a.example/b",
        "HTTPS://A.example/é",
        "javascript:alert(1)",
        "/b",
        "data:text/html,x",
        " https://a.example",
    ]);
    let piece = pick(&[
        "<p>Isi</p>",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<a href='javascript:alert(1)'>a</a>",
        "<a href='/b'>b</a>",
        "<svg><style><img src onerror=alert(1)>",
        "<p style='position:fixed' id=location onclick=x>",
        "<iframe srcdoc='<script>x</script>'>",
        "<!doctype html><html><body><article>",
        "<table><b><p>x",
        "<form action=https://e.example><input name=a>",
    ]);
    let html = prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    (title, byline, published, prop::option::of(url), html).prop_map(
        |(title, byline, published, url, html)| Article {
            title,
            byline,
            published,
            url,
            html,
        },
    )
}

/// A database that stores these copies unchanged, one per article.
async fn with(copies: &[Article], path: &Path) -> Arc<dyn Store> {
    let store = opened(path);
    for (place, copy) in copies.iter().enumerate() {
        let publication = ArticleUpdate {
            article: Some(copy.clone()),
            imported: None,
            poll: None,
        };
        store
            .put_article(&site(), TODAY, &article(&place.to_string()), publication)
            .await
            .unwrap();
    }
    store
}

/// Checks that the store has the valid part of each copy, or none, and that the reported numbers are those.
async fn is_vetted(
    store: &Arc<dyn Store>,
    copies: &[Article],
    told: (usize, usize),
) -> Result<(), TestCaseError> {
    let mut cleaned = 0;
    let mut left_out = 0;
    for (place, copy) in copies.iter().enumerate() {
        let kept = store
            .article(&site(), &article(&place.to_string()))
            .await
            .unwrap();
        let vetted = admin::sanitized_copy(copy).ok();
        cleaned += usize::from(vetted.as_ref().is_some_and(|vetted| vetted != copy));
        left_out += usize::from(vetted.is_none());
        if let Some(kept) = &kept {
            prop_assert_eq!(
                &admin::sanitized_copy(kept).unwrap(),
                kept,
                "a stored copy may be submitted, and stays the same"
            );
        }
        prop_assert_eq!(kept, vetted);
    }
    prop_assert_eq!(told, (cleaned, left_out));
    Ok(())
}

async fn through_each_door(copies: &[Article]) -> Result<(), TestCaseError> {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name);
    let foreign = with(copies, &path("foreign.db")).await;
    let exported = export(&foreign, TODAY).await;
    foreign.backup(&path("backup.db"), false).await.unwrap();

    let imported = opened(&path("imported.db"));
    let ImportReport {
        new,
        cleaned,
        skipped,
        ..
    } = import(&imported, &exported).await.unwrap();
    prop_assert_eq!(
        new,
        copies.len() as u64,
        "the counts are imported even if the copy is not"
    );
    is_vetted(&imported, copies, (cleaned.len(), skipped.len())).await?;

    let migrated = opened(&path("migrated.db"));
    let file = tempfile::tempfile().unwrap();
    let moved = admin::migrate(
        &*foreign,
        (Arc::clone(&migrated), "sqlite:migrated.db"),
        MigrationTarget::Empty,
        TODAY,
        file,
    )
    .await
    .unwrap();
    prop_assert_eq!(moved.different, vec![]);
    is_vetted(
        &migrated,
        copies,
        (moved.imported.cleaned.len(), moved.imported.skipped.len()),
    )
    .await?;

    let vet = |copy: &Article| admin::sanitized_copy(copy).map_err(|refusal| refusal.about_copy());
    let restored = path("restored.db");
    let now = "2015-11-17T00:00:00Z".parse().unwrap();
    let said = engines::restore(restored.to_str().unwrap(), &path("backup.db"), now, &vet).unwrap();
    is_vetted(
        &opened(&restored),
        copies,
        (said.cleaned.len(), said.skipped.len()),
    )
    .await
}

#[test]
fn every_door_keeps_only_what_may_be_put() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(copies(), 1..12), |copies| {
            runtime.block_on(through_each_door(&copies))
        })
        .unwrap();
}

/// A dry run names an alias that two articles of the file claim, also if they are in different batches.
pub(crate) fn a_dry_run_names_each_alias_claimed_twice(store: &Arc<dyn Store>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let others = (10..2_500).map(|id| article_line(&id.to_string(), id, &[]));
    let lines: Vec<_> = [
        article_line("a", 1, &["x", "x"]),
        article_line("b", 2, &["x"]),
    ]
    .into_iter()
    .chain(others)
    .chain([article_line("c", 3, &["x", "y"])])
    .collect();
    let mut exported = tempfile::tempfile().unwrap();
    exported.write_all(&file(&lines)).unwrap();
    for dry_run in [true, false] {
        exported.rewind().unwrap();
        let copy = exported.try_clone().unwrap();
        let report = admin::import(&**store, runtime.handle(), copy, dry_run).unwrap();
        let skipped: Vec<_> = report
            .skipped
            .iter()
            .map(|skipped| (skipped.article.as_str(), skipped.why.as_str()))
            .collect();
        assert_eq!(skipped, [("x", "it has moved to a here"); 2], "{dry_run}");
    }
}

#[test]
fn dry_run_names_aliases_claimed_twice_in_sqlite() {
    let dir = TempDir::new().unwrap();
    a_dry_run_names_each_alias_claimed_twice(&opened(&dir.path().join("gema.db")));
}
