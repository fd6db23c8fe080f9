//! Every language that has a file, on one site.

/// Layout in every language: nothing is cut, empty or misplaced.
pub(crate) mod boxes;
/// Formats: the endpoint and the browser write the same.
mod intl;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{newsroom::Newsroom, page::Draft, reader::Reader};

/// The directory of the language files.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/locale/locales")
}

/// The tags of all files.
pub(crate) fn languages() -> Vec<String> {
    let files = fs::read_dir(folder())
        .expect("locales/")
        .map(|entry| entry.expect("a file").file_name());
    let tag = |file: &str| file.strip_suffix(".toml").map(str::to_owned);
    let mut tags: Vec<_> = files.filter_map(|file| tag(file.to_str()?)).collect();
    tags.sort();
    assert!(tags.len() >= 29, "{tags:?}");
    tags
}

/// A language's file.
fn file(lang: &str) -> String {
    fs::read_to_string(folder().join(lang).with_extension("toml")).expect("the language's file")
}

#[test]
fn the_language_comes_from_element_ancestor_or_document() {
    let newsroom = Newsroom::in_languages(&languages(), "");
    let element = |more: &str| format!("<gema-article article=a {more}><p>…</p></gema-article>");
    let (own, around, of_document) = (
        element("id=own lang=de-AT"),
        element("id=around"),
        element("id=document"),
    );
    let body = format!("<section lang=zh-TW><div>{own}{around}</div></section>{of_document}");
    let page = Draft::default()
        .page("/", &newsroom.tag("async"), &body)
        .served();
    let reader = Reader::new();
    reader.opens(&page);
    for (id, more) in [("own", "Mehr"), ("around", "更多"), ("document", "Lainnya")] {
        reader
            .widget_at(&format!("#{id}"))
            .is_shown()
            .sees("root.querySelector('[data-part=more]').textContent", more);
    }
}
