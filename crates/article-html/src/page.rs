//! Extracts the article of a whole saved page and makes repairs: lazy-loaded images, old-style anchors, tracking
//! pixels, hidden parts. Does not make anything safe; the allow list does.

use std::{collections::BTreeMap, sync::LazyLock, time::Instant};

use ego_tree::NodeId;
use html_escape::encode_double_quoted_attribute;
use scraper::{ElementRef, Html, Node, Selector, StrTendril, node::Element};

use super::{
    find_article, images, media, metadata,
    select::{each, selector},
    words,
};

/// Invisible elements, which are removed with their content before anything is measured.
static INVISIBLE_ELEMENTS: LazyLock<Selector> = LazyLock::new(|| {
    selector(
        "script, style, noscript, template, head, [hidden], [style*='display:none' i], [style*='display: none' i], \
         [style*='visibility:hidden' i], [style*='visibility: hidden' i]",
    )
});
static HEADLINE: LazyLock<Selector> = LazyLock::new(|| selector("h1"));
static NAMED_ANCHORS: LazyLock<Selector> = LazyLock::new(|| selector("a[name]:not([id])"));
static PREFORMATTED: LazyLock<Selector> = LazyLock::new(|| selector("pre"));

/// Whether the text is a whole page rather than a fragment, judging by its beginning.
pub(super) fn is_whole(html: &str) -> bool {
    let mut rest = html.trim_start();
    loop {
        let (begin, end) = match rest {
            _ if rest.starts_with("<!--") => ("<!--", "-->"),
            _ if rest.starts_with("<?xml") => ("<?xml", "?>"),
            _ => break,
        };
        rest = rest[begin.len()..]
            .split_once(end)
            .map_or("", |(_, after)| after)
            .trim_start();
    }
    ["<!doctype", "<html", "<head", "<body"]
        .iter()
        .any(|start| {
            rest.get(..start.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
        })
}

/// Number of removed items by kind.
pub type LeftOut = BTreeMap<&'static str, usize>;

/// An extracted part of a page.
pub(super) struct ExtractedPart {
    pub(super) html: String,
    /// Words and images of the whole input.
    pub(super) of: Amount,
    pub(super) left_out: LeftOut,
}

/// Amount of content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Number of words; of characters in scripts without spaces.
    pub words: usize,
    /// Images.
    pub images: usize,
}

impl Amount {
    fn of(element: ElementRef<'_>) -> Self {
        Self {
            words: words::count(&words::line(element)),
            images: element.select(&images::IMG).count(),
        }
    }

    /// The amount in a clean body.
    pub(super) fn of_clean(html: &str) -> Self {
        Self::of(Html::parse_fragment(html).root_element())
    }
}

/// Extracts the article of a whole page. Removes its headline, which is stored as the title: the `h1` that equals
/// `title`, else the first.
pub(super) fn article(mut page: Html, title: Option<&str>, deadline: Instant) -> ExtractedPart {
    let removed = prepare(&mut page, deadline);
    let of = Amount::of(page.root_element());
    let title = title.map(metadata::plain);
    let headings = || page.root_element().select(&HEADLINE);
    let headline = headings()
        .find(|heading| Some(metadata::plain(&words::line(*heading))) == title)
        .or_else(|| headings().next());
    let headline = headline.map(|heading| heading.id());
    if let Some(mut node) = headline.and_then(|id| page.tree.get_mut(id)) {
        node.detach();
    }
    let Some(found) = find_article::article(&page) else {
        return ExtractedPart {
            html: String::new(),
            of,
            left_out: LeftOut::new(),
        };
    };
    ExtractedPart {
        html: in_its_language(found),
        of,
        left_out: left_out(found, &removed),
    }
}

/// Repairs a fragment.
pub(super) fn fragment(mut page: Html, deadline: Instant) -> ExtractedPart {
    let removed = prepare(&mut page, deadline);
    let root = page.root_element();
    ExtractedPart {
        html: root.inner_html(),
        of: Amount::of(root),
        left_out: left_out(root, &removed),
    }
}

/// Makes repairs, and removes invisible elements. Returns the kind and parent of each removed one.
fn prepare(page: &mut Html, deadline: Instant) -> Vec<(&'static str, NodeId)> {
    images::restore(page, deadline);
    let mut removed = detach(page, &INVISIBLE_ELEMENTS);
    removed.extend(media::link(page));
    removed.extend(images::drop_unseen(page));
    each(page, &NAMED_ANCHORS, |element| {
        rename(element, "name", "id")
    });
    drop_first_newlines(page);
    removed
}

/// Counts items in the element that the copy will not contain.
fn left_out(within: ElementRef<'_>, removed: &[(&'static str, NodeId)]) -> LeftOut {
    let mut left_out = LeftOut::new();
    let is_within = |id: NodeId| {
        let node = within.tree().get(id);
        id == within.id()
            || node.is_some_and(|node| node.ancestors().any(|above| above.id() == within.id()))
    };
    for (kind, _) in removed.iter().filter(|(_, id)| is_within(*id)) {
        *left_out.entry(kind).or_default() += 1;
    }
    for element in within.descendent_elements() {
        let is_outermost = || {
            let mut above = element
                .ancestors()
                .take_while(|above| above.id() != within.id())
                .filter_map(ElementRef::wrap);
            above.all(|above| media::reported_kind(above.value().name()).is_none())
        };
        if let Some(kind) = media::reported_kind(element.value().name()).filter(|_| is_outermost())
        {
            *left_out.entry(kind).or_default() += 1;
        }
    }
    left_out
}

/// Its content, wrapped in an element with the page's language and direction, because the copy is displayed on other
/// pages.
fn in_its_language(element: ElementRef<'_>) -> String {
    let html = element.inner_html();
    let mut attributes = String::new();
    for name in ["lang", "dir"] {
        let mut around =
            std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap));
        let value = around
            .find_map(|above| above.value().attr(name))
            .filter(|value| !value.trim().is_empty());
        if let Some(value) = value {
            attributes += &format!(
                " {name}=\"{}\"",
                encode_double_quoted_attribute(value.trim())
            );
        }
    }
    if attributes.is_empty() {
        html
    } else {
        format!("<div{attributes}>{html}</div>")
    }
}

/// Whether nothing is visible.
pub(super) fn is_empty(html: &str) -> bool {
    let page = Html::parse_fragment(html);
    let root = page.root_element();
    text_len(root) == 0
        && !root
            .descendent_elements()
            .any(|element| element.value().name() == "img")
}

fn text_len(element: ElementRef<'_>) -> usize {
    element.text().map(|text| text.trim().len()).sum()
}

/// Removes matching elements. Returns kind and parent of each.
fn detach(page: &mut Html, selector: &Selector) -> Vec<(&'static str, NodeId)> {
    let gone = page.root_element().select(selector);
    let gone: Vec<_> = gone
        .map(|element| {
            (
                element.id(),
                element.parent().map(|parent| parent.id()),
                element.value().name().to_owned(),
            )
        })
        .collect();
    let mut removed = Vec::new();
    for (id, parent, name) in gone {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
        let kind = match name.as_str() {
            "style" | "noscript" | "template" | "head" => None,
            "img" | "source" => Some("tracking pixel"),
            name => Some(media::reported_kind(name).unwrap_or("hidden part")),
        };
        removed.extend(kind.zip(parent));
    }
    removed
}

fn rename(element: &mut Element, from: &str, to: &str) {
    if let Some((name, _)) = element
        .attrs
        .iter_mut()
        .find(|(name, _)| &*name.local == from)
    {
        name.local = to.into();
        // scraper looks up attributes by binary search.
        element.attrs.sort();
    }
}

/// Parsers drop a newline after `<pre>`: remove all, so that the output parses to the same text.
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
