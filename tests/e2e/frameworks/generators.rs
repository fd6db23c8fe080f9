//! Site generators whose pages replace each other without a page load.

use super::visit::{Held, SATU, Visit, is_brought_by_the_tag_alone, is_no_article};
use crate::engine::Engine;

/// A MkDocs site. Its in-place navigation works once the list of all pages is loaded; before that, and always in
/// Firefox, a link loads its page.
fn mkdocs(name: &str, key: (&'static str, &'static str)) -> Visit {
    let mut visit = Visit::with("/satu/", name, key, Held::Nothing);
    visit.loads_pages = Engine::current() == Engine::Firefox;
    let sitemap = "performance.getEntriesByType('resource').some((one) => one.name.includes('sitemap') && one.responseEnd)";
    visit.reader.sees(sitemap, true);
    visit
}

#[test]
fn astros_router_brings_each_article_its_widget() {
    let visit = Visit::of("astro", Held::Nothing);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.reader.console_is_quiet();
    is_no_article(&visit, &["/404"]);
}

#[test]
fn mkdocs_navigation_brings_each_article_its_widget() {
    let visit = mkdocs("mkdocs", ("", "/"));
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.reader.console_is_quiet();
    is_no_article(&visit, &["/tentang/", "/404.html"]);
}

#[test]
fn vitepress_brings_each_article_its_widget() {
    let visit = Visit::with("/satu", "vitepress", ("", ".md"), Held::Nothing);
    visit.goes_on_and_comes_back();
    visit.shows_counts(SATU);
    visit.reader.console_is_quiet();
    is_no_article(&visit, &["/tentang", "/404.html"]);
}

#[test]
fn the_tag_alone_follows_astros_router() {
    is_brought_by_the_tag_alone(&Visit::with(
        "/bare/satu",
        "astro",
        ("/bare/", ""),
        Held::Nothing,
    ));
}

#[test]
fn the_tag_alone_follows_mkdocs_navigation() {
    is_brought_by_the_tag_alone(&mkdocs("mkdocs-bare", ("/", "/")));
}
