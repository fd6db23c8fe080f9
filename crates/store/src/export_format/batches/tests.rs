use std::collections::BTreeMap;

use wire::{Article, ArticleKey, SiteId};

use super::super::{ExportWriter, FORMAT_VERSION, Header};
use super::*;

fn article(key: &str, html_bytes: usize) -> Line {
    Line::Article(ArticleLine {
        site: SiteId::parse("demo").unwrap(),
        key: ArticleKey::parse(key).unwrap(),
        rev: 1,
        created: "2026-01-01".into(),
        sources: vec![],
        aliases: vec![],
        imported: BTreeMap::new(),
        copy: Some(Article {
            title: "Judul".into(),
            byline: None,
            published: None,
            url: None,
            html: "x".repeat(html_bytes),
        }),
        put: true,
        poll: None,
    })
}

/// The keys of all batches of a file with articles of these sizes, in bytes.
fn keys(sizes: &[usize]) -> Vec<String> {
    let mut writer = ExportWriter::default();
    let mut file = Vec::new();
    let header = Header {
        format: FORMAT_VERSION,
        gema: "0.1.0".into(),
        day: "2026-01-01".into(),
        secrets: BTreeMap::new(),
    };
    writer.line(&Line::Export(header), &mut file);
    for (number, bytes) in sizes.iter().enumerate() {
        writer.line(&article(&number.to_string(), *bytes), &mut file);
    }
    writer.end(&mut file);
    let mut batches = BatchReader::new(ExportReader::new(file.as_slice()).unwrap());
    let mut keys = Vec::new();
    while let Some(batch) = batches.next_batch().unwrap() {
        assert!(!batch.parts.is_empty());
        keys.extend(
            batch
                .parts
                .iter()
                .map(|part| part.article.key.as_str().to_owned()),
        );
    }
    keys
}

#[test]
fn every_article_is_in_a_batch_whatever_its_size_and_place() {
    let sizes = [0, BATCH_BYTES - 1, BATCH_BYTES + 1, 2 * BATCH_BYTES];
    for first in sizes {
        for second in sizes {
            for third in sizes {
                assert_eq!(keys(&[first, second, third]), ["0", "1", "2"]);
            }
        }
    }
    assert!(keys(&[]).is_empty());
}
