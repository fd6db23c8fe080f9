use std::{cell::Cell, io::Write, sync::Arc};

use admin::ImportError;
use article_html::SourceFormat;
use serde_json::json;
use store::{
    Store,
    export_format::{ExportWriter, Line},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;
use wire::{ArticleKey, SiteId};

/// Title, address and body of an article, one per line; the body may have several lines.
pub(crate) const COPIES: &[&[u8]] = &[
    b"Judul\nhttps://news.example/a\n<p>Isi <a href=/b onclick=x>di sini</a><script>alert(1)</script>",
    b"<b>Judul</b>\njavascript:alert(1)\n<table><tr><td>1<p><svg><style><img src=x onerror=y>",
    b"\nHTTPS://News.example:443/../\xc3\xa9?a=<>\n<figure><img src=\"data:image/png;base64,AAAA\"><iframe src=//x>",
    b"A\x00B\n\n<!doctype html><title>x</title><h1>x</h1><template><p>c</template>",
];

/// A database into which each input is imported.
struct Taking {
    runtime: Runtime,
    store: Arc<dyn Store>,
    taken: Cell<u64>,
    _dir: TempDir,
}

thread_local! {
    static TAKING: Taking = Taking::start();
}

impl Taking {
    fn start() -> Self {
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .expect("a directory");
        let store =
            engines::open(&dir.path().join("gema.db").to_string_lossy()).expect("a database");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        Self {
            runtime,
            store,
            taken: Cell::new(0),
            _dir: dir,
        }
    }

    /// Imports an export that contains this copy. Returns the stored copy, or `None` if the copy was rejected.
    fn keeps(&self, copy: &serde_json::Value) -> Option<wire::Article> {
        let number = self.taken.replace(self.taken.get() + 1);
        let key = format!("a{number}");
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&export(&key, number + 1, copy))
            .expect("room for it");
        match admin::import(&*self.store, self.runtime.handle(), file, false) {
            Ok(_) | Err(ImportError::File(_)) => {}
            Err(ImportError::Store { error }) => panic!("{error}"),
        }
        let site = SiteId::parse("demo").expect("a slug");
        let key = ArticleKey::parse(&key).expect("a key");
        self.runtime
            .block_on(self.store.article(&site, &key))
            .expect("the store answers")
    }
}

/// A complete export of one article with this copy.
fn export(key: &str, id: u64, copy: &serde_json::Value) -> Vec<u8> {
    let mut writer = ExportWriter::default();
    let mut bytes = Vec::new();
    let secret = "7d5f2de02f639a3dfefe3fcf4714956b72d13a58f17f9585fa457755f27a3efd";
    let name = "9a3d8d64b2227876";
    let source = json!({ "of": name, "id": id, "rev": 2 });
    let lines = [
        json!({ "export": { "format": 1, "gema": "0.1.0", "day": "2026-11-24", "secrets": { name: secret } } }),
        json!({ "article": {
            "site": "demo", "key": key, "rev": 2, "created": "2026-11-24", "sources": [source], "copy": copy,
        } }),
    ];
    for line in lines {
        let line: Line = serde_json::from_value(line).expect("a line");
        writer.line(&line, &mut bytes);
    }
    writer.end(&mut bytes);
    bytes
}

/// An imported copy is as safe as a submitted one: sanitising it again changes nothing, and its address is `http` or
/// `https`.
pub(crate) fn copies(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut fields = text.splitn(3, '\n');
    let [title, url, html] = [(); 3].map(|()| fields.next().unwrap_or_default());
    let copy =
        json!({ "title": title, "url": Some(url).filter(|url| !url.is_empty()), "html": html });
    let Some(kept) = TAKING.with(|taking| taking.keeps(&copy)) else {
        return;
    };
    let base = kept
        .url
        .as_deref()
        .map(|url| Url::parse(url).expect("an address"));
    assert!(
        base.as_ref()
            .is_none_or(|base| matches!(base.scheme(), "http" | "https")),
        "{kept:?}"
    );
    assert_eq!(
        article_html::body(kept.html.as_bytes(), SourceFormat::Html, base.as_ref()),
        Ok(kept.html.clone())
    );
}
