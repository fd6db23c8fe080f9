//! Finds the article in a whole saved page and repairs what cleaning alone would lose or leave: images that a script was
//! to load, old-style anchors, tracking pixels, hidden parts. Makes nothing safe: that is the allow list's part.

use std::sync::LazyLock;

use scraper::{ElementRef, Html, Node, Selector, StrTendril, node::Element};

/// Where a page keeps its article, best mark first. Of several (teasers of other stories are often `article`s too), the
/// one with most text.
static ARTICLE: LazyLock<[Selector; 4]> =
    LazyLock::new(|| ["[itemprop~=articleBody]", "article", "main, [role=main]", "body"].map(selector));

/// Never shown, or not for a reader: gone with its content, before anything is measured.
static GONE: LazyLock<Selector> = LazyLock::new(|| {
    selector(
        "script, style, noscript, template, head, [hidden], [style*='display:none' i], [style*='display: none' i], \
         [style*='visibility:hidden' i], [style*='visibility: hidden' i]",
    )
});
static HEADLINE: LazyLock<Selector> = LazyLock::new(|| selector("h1"));
static IMAGE: LazyLock<Selector> = LazyLock::new(|| selector("img, source"));
static NAMED: LazyLock<Selector> = LazyLock::new(|| selector("a[name]:not([id])"));
static PREFORMATTED: LazyLock<Selector> = LazyLock::new(|| selector("pre"));

/// Where scripts for "lazy" loading look for the real address of an image.
const LAZY_SRC: [&str; 4] = ["data-src", "data-original", "data-lazy-src", "data-lazy"];
const LAZY_SRCSET: [&str; 2] = ["data-srcset", "data-lazy-srcset"];

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a constant, and every test of this module parses it")
}

/// Whether the text is a whole page and not a fragment: it begins like one.
pub(super) fn is_whole(html: &str) -> bool {
    let mut rest = html.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, after)| after).trim_start();
    }
    ["<!doctype", "<html", "<head", "<body"]
        .iter()
        .any(|start| rest.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)))
}

/// The article of a whole page, repaired. Its first `h1` is left out: that is the headline, which Gema keeps as the title.
pub(super) fn article(mut page: Html) -> String {
    detach(&mut page, &GONE);
    let headline = page.root_element().select(&HEADLINE).next().map(|element| element.id());
    if let Some(mut node) = headline.and_then(|id| page.tree.get_mut(id)) {
        node.detach();
    }
    repair(&mut page);
    let found = ARTICLE.iter().find_map(|selector| longest(&page, selector));
    found.map(|element| element.inner_html()).unwrap_or_default()
}

/// A fragment, repaired.
pub(super) fn fragment(mut page: Html) -> String {
    detach(&mut page, &GONE);
    repair(&mut page);
    page.root_element().inner_html()
}

/// Whether a reader would see nothing.
pub(super) fn is_empty(html: &str) -> bool {
    let page = Html::parse_fragment(html);
    let root = page.root_element();
    text_len(root) == 0 && !root.descendent_elements().any(|element| element.value().name() == "img")
}

fn longest<'a>(page: &'a Html, selector: &Selector) -> Option<ElementRef<'a>> {
    let measured = page.root_element().select(selector).map(|element| (text_len(element), element));
    measured.filter(|(len, _)| *len > 0).max_by_key(|(len, _)| *len).map(|(_, element)| element)
}

fn text_len(element: ElementRef<'_>) -> usize {
    element.text().map(|text| text.trim().len()).sum()
}

fn detach(page: &mut Html, selector: &Selector) {
    let gone: Vec<_> = page.root_element().select(selector).map(|element| element.id()).collect();
    for id in gone {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
    }
}

fn repair(page: &mut Html) {
    each(page, &IMAGE, load_without_script);
    each(page, &NAMED, |element| rename(element, "name", "id"));
    let images: Vec<_> = page.root_element().select(&IMAGE).filter(|image| !is_shown(image.value())).collect();
    let unseen: Vec<_> = images.into_iter().map(|image| image.id()).collect();
    for id in unseen {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
    }
    drop_first_newlines(page);
}

fn each(page: &mut Html, selector: &Selector, change: impl Fn(&mut Element)) {
    let found: Vec<_> = page.root_element().select(selector).map(|element| element.id()).collect();
    for id in found {
        if let Some(mut node) = page.tree.get_mut(id)
            && let Node::Element(element) = node.value()
        {
            change(element);
        }
    }
}

/// Puts the address that a script would have loaded where a browser looks for it.
fn load_without_script(image: &mut Element) {
    for (lazy, real) in [(&LAZY_SRC[..], "src"), (&LAZY_SRCSET[..], "srcset")] {
        if let Some(from) = lazy.iter().find(|name| image.attr(name).is_some_and(|value| !value.trim().is_empty())) {
            image.attrs.retain(|(name, _)| &*name.local != real);
            rename(image, from, real);
        }
    }
}

fn rename(element: &mut Element, from: &str, to: &str) {
    if let Some((name, _)) = element.attrs.iter_mut().find(|(name, _)| &*name.local == from) {
        name.local = to.into();
        // Attributes are looked up by bisection.
        element.attrs.sort();
    }
}

/// Not a tracking pixel, and with an address that a browser may fetch.
fn is_shown(image: &Element) -> bool {
    if image.name() == "source" {
        return image.attr("srcset").is_some();
    }
    let is_dot = |value: &str| matches!(value.trim().trim_end_matches("px"), "0" | "1");
    let pixel = ["width", "height"].iter().any(|side| image.attr(side).is_some_and(is_dot));
    !pixel && image.attr("src").is_some_and(super::clean::is_image_address)
}

/// A parser drops one newline after `<pre>`; with none left, what is written is what is read.
fn drop_first_newlines(page: &mut Html) {
    let texts: Vec<_> = page
        .root_element()
        .select(&PREFORMATTED)
        .filter_map(|pre| pre.first_child())
        .filter(|child| child.value().is_text())
        .map(|child| child.id())
        .collect();
    for id in texts {
        if let Some(mut node) = page.tree.get_mut(id)
            && let Node::Text(text) = node.value()
        {
            text.text = StrTendril::from(text.text.trim_start_matches('\n'));
        }
    }
}
