//! Whole apps, each built by its framework: `<main>` stays, and a router shows one article after another in it. Every
//! read, reaction and share is counted for the article that was shown.

use serde_json::json;

use super::visit::{Article, DUA, Held, SATU, Visit};
use crate::page::Draft;

const TIGA: Article = Article {
    name: "tiga",
    title: "Pasar dibuka",
    imported_reads: 0,
};

/// How the app's pages name their article.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    /// Named by the element's attribute `article`.
    Attribute,
    /// Named by the page's address; the element has no such attribute.
    Page,
    /// Named by the page's address; the page has the tag only.
    Tag,
}

impl Named {
    fn section(self) -> &'static str {
        match self {
            Self::Attribute => "a",
            Self::Page => "k",
            Self::Tag => "t",
        }
    }

    fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::Attribute => ("", ""),
            Self::Page => ("/k/", ""),
            Self::Tag => ("/t/", ""),
        }
    }
}

/// Serves the app's fallback page at every unknown address; the app renders the error itself.
pub(super) fn with_fallback(draft: Draft, site: &str) -> Draft {
    let fallback = match site {
        "apps/angular" | "apps/react-router" => "/index.html",
        "apps/nuxt" | "apps/sveltekit" => "/404.html",
        _ => return draft,
    };
    // Angular renders everything in the browser.
    let articles = ["a", "k", "t"].map(|section| format!("/{section}/satu"));
    let articles = articles.into_iter().filter(|_| site == "apps/angular");
    draft.also_at(
        fallback,
        &articles.chain(["/hilang".to_owned()]).collect::<Vec<_>>(),
    )
}

/// Goes through three articles and back, with embed.js before and after the app's own scripts.
fn counts_each_article_as_itself(app: &str, named: Named) {
    for held in [Held::Nothing, Held::Loader] {
        let visit = Visit::with(
            &format!("/{}/satu", named.section()),
            &format!("apps/{app}"),
            named.key(),
            held,
        );
        visit
            .reader
            .sees("'hydrated' in document.documentElement.dataset", true);
        if held == Held::Loader {
            visit.is_loaded();
        }
        let first = [(SATU, "happy"), (DUA, "sad"), (TIGA, "angry")];
        for (article, option) in first {
            if article.name != SATU.name {
                visit.presses(article.name);
            }
            visit
                .shows(article)
                .has_chosen(None)
                .counts(&[])
                .reacts(option)
                .counts(&[(option, 1)])
                .shares("copy");
            is_what_is_shared(&visit, named, article);
            visit
                .newsroom
                .has_reactions(&visit.key(article), &[(option, 1)]);
            visit.newsroom.has_shares(&visit.key(article), "copy", 1);
            visit
                .newsroom
                .has_reads(&visit.key(article), article.imported_reads + 1);
        }
        for (article, option) in [first[0], first[1]] {
            visit
                .presses(article.name)
                .shows(article)
                .has_chosen(Some(option))
                .counts(&[(option, 1)]);
            is_what_is_shared(&visit, named, article);
        }
        visit.reader.runs("history.back()", &[]);
        visit
            .shows(SATU)
            .has_chosen(Some("happy"))
            .reacts("angry")
            .counts(&[("angry", 1)]);
        is_what_is_shared(&visit, named, SATU);
        visit
            .newsroom
            .has_reactions(&visit.key(SATU), &[("angry", 1)]);
        is_no_article(&visit, named);
        for (article, option) in [(SATU, "angry"), first[1], first[2]] {
            let tally = visit.newsroom.tally(&visit.key(article));
            let counted = (tally.reads, tally.reactions.total(), tally.shares.total());
            assert_eq!(
                counted,
                (article.imported_reads + 1, 1, 1),
                "{}",
                article.name
            );
            visit
                .newsroom
                .has_reactions(&visit.key(article), &[(option, 1)]);
        }
        assert_eq!(
            visit.reader.finds("window.stays"),
            true,
            "the page was loaded anew"
        );
        if named == Named::Attribute {
            visit.shows_counts(SATU);
        }
        // Ignore what a framework logs about an element in its markup that it has not rendered.
        if named != Named::Tag {
            visit.console_is_quiet();
        }
        if (named, held) == (Named::Attribute, Held::Nothing) {
            super::visit::is_no_article(&visit, &["/hilang"]);
            visit
                .reader
                .sees("document.querySelectorAll('gema-count[hidden]').length", 1);
        }
    }
}

fn is_what_is_shared(visit: &Visit, named: Named, article: Article) {
    let url = visit
        .page
        .url(&format!("/{}/{}", named.section(), article.name));
    let shared =
        "Object.fromEntries(new URL(root.querySelector('[data-part=telegram]').href).searchParams)";
    visit
        .reader
        .widget()
        .sees(shared, json!({ "url": url, "text": article.title }));
}

/// A list of counts on the way has no widget, and is not counted.
fn is_no_article(visit: &Visit, named: Named) {
    visit.presses("daftar");
    let counts = "[...document.querySelectorAll('gema-count')].filter((one) => (one.shadowRoot ?? one).textContent.trim()).length";
    visit
        .reader
        .sees(counts, 3)
        .sees("document.querySelectorAll('gema-article').length", 0);
    visit.presses("satu").shows(SATU).has_chosen(Some("angry"));
    assert_eq!(
        visit
            .newsroom
            .tally(&format!("/daftar/{}", named.section()))
            .rev,
        0
    );
}

#[test]
fn nuxt_counts_the_article_that_its_element_names() {
    counts_each_article_as_itself("nuxt", Named::Attribute);
}

#[test]
fn nuxt_counts_unnamed_articles_by_their_page() {
    counts_each_article_as_itself("nuxt", Named::Page);
}

#[test]
fn nuxt_counts_the_article_of_the_page_by_the_tag_alone() {
    counts_each_article_as_itself("nuxt", Named::Tag);
}

#[test]
fn sveltekit_counts_the_article_that_its_element_names() {
    counts_each_article_as_itself("sveltekit", Named::Attribute);
}

#[test]
fn sveltekit_counts_unnamed_articles_by_their_page() {
    counts_each_article_as_itself("sveltekit", Named::Page);
}

#[test]
fn sveltekit_counts_the_article_of_the_page_by_the_tag_alone() {
    counts_each_article_as_itself("sveltekit", Named::Tag);
}

#[test]
fn react_router_counts_the_article_that_its_element_names() {
    counts_each_article_as_itself("react-router", Named::Attribute);
}

#[test]
fn react_router_counts_unnamed_articles_by_their_page() {
    counts_each_article_as_itself("react-router", Named::Page);
}

#[test]
fn react_router_counts_the_article_of_the_page_by_the_tag_alone() {
    counts_each_article_as_itself("react-router", Named::Tag);
}

#[test]
fn angular_counts_the_article_that_its_element_names() {
    counts_each_article_as_itself("angular", Named::Attribute);
}

#[test]
fn angular_counts_unnamed_articles_by_their_page() {
    counts_each_article_as_itself("angular", Named::Page);
}

#[test]
fn angular_counts_the_article_of_the_page_by_the_tag_alone() {
    counts_each_article_as_itself("angular", Named::Tag);
}
