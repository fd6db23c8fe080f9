use std::{cell::RefCell, fs, path::PathBuf};

use accounts::{Access, Grant, PasswordHash, Role, Section, Token, TokenHash, UserName};
use article_html::{ArticleHtmlError, SourceFormat};
use config::{Config, Listen, Origin, Overrides, TrustedProxy};
use store::export_format::{BatchReader, ExportReader};
use tempfile::TempDir;
use text::key::article_key;
use url::Url;
use visitor::Salts;

pub(crate) const KEY: &[&[u8]] = &[
    b"fgd-e-government-korea",
    b"/index.php?id=123",
    b"cafe\xcc\x81",
    "\u{1100}\u{1161}".as_bytes(),
];

pub(crate) fn key(text: &[u8]) {
    if let Ok(key) = article_key(&String::from_utf8_lossy(text)) {
        assert_eq!(
            article_key(key.as_str()),
            Ok(key),
            "what is a key stays the same one"
        );
    }
}

pub(crate) const ORIGIN: &[&[u8]] = &[
    b"https://news.example",
    b"http://News.example:8080/",
    b"https://*.news.example",
    b"loopback",
    b"http://[::1]:8787",
];

pub(crate) fn origin(text: &[u8]) {
    let text = String::from_utf8_lossy(text).into_owned();
    let _ = Origin::Loopback.matches(&text);
    if let Ok(origin) = Origin::try_from(text) {
        let written = origin.to_string();
        assert_eq!(Origin::try_from(written.clone()), Ok(origin), "{written}");
    }
}

pub(crate) const CONFIG: &[&[u8]] = &[
    include_bytes!("../../../docs/gema.toml"),
    b"trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n[sites.a]\norigins = [\"https://a.example\"]\ntime_zone = \"Asia/Jakarta\"\n",
    b"listen = \"unix:/run/gema/gema.sock\"\ntrusted_proxies = [\"unix\"]\n[sites.b]\norigins = [\"https://*.b.example\"]\nkey = \"0123456789abcdefghij\"\n",
    b"listen = 1\n[limits.reads]\nper_address = 0\n[connections]\nmax = 0\n[sites.a]\norigins = [\"a\", \"b\"]\nlanguages = []\n",
    b"[sites.a]\norigins = [\"loopback\"]\nlanguages = [\"id\"]\nreactions = [{ key = \"proud\", label = { id = \"Bangga\" } }]\n",
];

thread_local! {
    static DIR: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

/// Writes these bytes to a file and returns its path.
fn file(bytes: &[u8]) -> PathBuf {
    DIR.with_borrow_mut(|dir| {
        let new = || {
            tempfile::tempdir_in("/dev/shm")
                .or_else(|_| tempfile::tempdir())
                .expect("a directory")
        };
        let path = dir.get_or_insert_with(new).path().join("file");
        fs::write(&path, bytes).expect("a file");
        path
    })
}

pub(crate) fn config(bytes: &[u8]) {
    let file = file(bytes);
    match Config::load(Some(&file), Overrides::default()) {
        Ok(config) => {
            assert!(!config.sites.is_empty() && !config.demo);
            assert!(
                config
                    .warnings(Some(&file))
                    .iter()
                    .all(|warning| !warning.is_empty())
            );
        }
        Err(error) => {
            assert!(
                error.to_string().contains("file") && !error.faults().is_empty(),
                "{error}"
            );
            assert!(
                error.faults().iter().all(|fault| !fault.is_empty()),
                "{error}"
            );
        }
    }
}

/// Addresses to listen on, and trusted proxies. Each accepted one survives a round trip through its text.
pub(crate) const LISTEN: &[&[u8]] = &[
    b"127.0.0.1:8787",
    b"[::1]:0",
    b"unix:/run/gema/gema.sock",
    b"10.0.0.0/8",
    b"unix",
];

pub(crate) fn listen(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    if let Ok(listen) = text.parse::<Listen>() {
        assert_eq!(listen.to_string().parse(), Ok(listen));
    }
    if let Ok(proxy) = TrustedProxy::try_from(text) {
        assert!(
            !proxy.contains([8, 8, 8, 8].into()) || !proxy.contains([200, 8, 8, 8].into()),
            "{proxy:?} is everybody"
        );
    }
}

pub(crate) const SALTS: &[&[u8]] = &[
    b"demo 16756 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
    b"a 1 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\na 0 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\n",
];

pub(crate) fn salts(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(salts) = Salts::parse(&text) {
        assert_eq!(Salts::parse(&salts.to_text()), Some(salts));
    }
}

pub(crate) const EXPORT: &[&[u8]] = &[include_bytes!("../seeds/export.jsonl")];

/// Reads batches until the end or the first error: no batch is larger than the input, and reading ends.
pub(crate) fn import(bytes: &[u8]) {
    let Ok(reader) = ExportReader::new(bytes) else {
        return;
    };
    let mut parts = BatchReader::new(reader);
    while let Ok(Some(batch)) = parts.next_batch() {
        assert!(batch.bytes <= bytes.len() && (1..=bytes.len()).contains(&batch.parts.len()));
    }
}

pub(crate) const HTML: &[&[u8]] = &[
    b"<p>Isi <b>berita</b> <a href=/a onclick=x>di sini</a><script>alert(1)</script>",
    b"<table><tr><td>1<td>2<p><svg><math><mtext><style><img src=x onerror=y>",
    b"<figure><img src=\"data:image/png;base64,AAAA\" alt='<'><figcaption>a</figure><form><p>b",
    b"<a href=\"java\tscript:x\">a</a><iframe src=//x></iframe><template><p>c</template>",
];

pub(crate) const PAGE: &[&[u8]] = &[include_bytes!(
    "../../gema/tests/it/fixtures/saved-news-page.html"
)];

/// Checks that sanitising an accepted body again changes nothing.
fn taken(bytes: &[u8], format: SourceFormat) {
    let base = Url::parse("https://news.example/berita/").expect("an address");
    match article_html::body(bytes, format, Some(&base)) {
        Ok(safe) => assert_eq!(
            article_html::body(safe.as_bytes(), SourceFormat::Html, Some(&base)),
            Ok(safe)
        ),
        Err(ArticleHtmlError::NotUtf8(at)) => assert!(at < bytes.len()),
        Err(_) => {}
    }
}

pub(crate) fn html(bytes: &[u8]) {
    taken(bytes, SourceFormat::Html);
}

pub(crate) const MARKDOWN: &[&[u8]] = &[
    b"# Judul\n\nIsi *berita* dengan [tautan](/a \"b\") dan ![gambar](x.png).\n\n> kutipan\n\n- a\n  1. b\n",
    b"| a | b |\n|--:|---|\n| 1 | `2` |\n\n[^1] ~~x~~ <b onclick=y>z\n\n[^1]: catatan\n",
    b"```\n<script>\n```\n\n<div>\n\n*a\n",
];

pub(crate) fn markdown(bytes: &[u8]) {
    taken(bytes, SourceFormat::Markdown);
}

pub(crate) const ACCOUNTS: &[&[u8]] = &[
    b"Siti.N@news.example",
    b"/olahraga/cafe\xcc\x81/",
    b"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    b"0707070707070707070707070707070707070707070707070707070707070707",
    br#"{"site":"news","role":"editor","section":"/olahraga/"}"#,
    br#"[{"site":"daily","role":"operator","section":null},{"site":"news","role":"reader"}]"#,
    br#""$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4""#,
];

/// Names, sections, tokens and roles of the newsroom's users: accepted ones survive a round trip.
pub(crate) fn accounts(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(name) = UserName::parse(&text) {
        assert_eq!(UserName::parse(name.as_str()), Ok(name));
    }
    if let Ok(section) = Section::parse(&text) {
        assert_eq!(Section::parse(section.as_str()), Ok(section.clone()));
        let key = article_key(section.as_str()).expect("what begins a key is one");
        assert!(section.contains(&key));
    }
    if let Some(token) = Token::parse(&text) {
        assert!(matches!(token.as_str().len(), 22 | 43) && token.as_str() == text);
    }
    if let Ok(hash) = TokenHash::parse(&text) {
        assert_eq!(hash.to_string(), text);
    }
    if let Ok(grant) = serde_json::from_slice::<Grant>(bytes) {
        assert!(grant.role() != Role::Operator || grant.section().is_none());
        let written = serde_json::to_vec(&grant).expect("JSON");
        assert_eq!(serde_json::from_slice::<Grant>(&written).ok(), Some(grant));
    }
    if let Ok(access) = serde_json::from_slice::<Access>(bytes) {
        let written = serde_json::to_vec(&access).expect("JSON");
        assert_eq!(serde_json::from_slice(&written).ok(), Some(access));
    }
    if let Ok(hash) = serde_json::from_slice::<PasswordHash>(bytes) {
        let _ = hash.is_well_formed();
    }
}
