//! Parsing within limits: HTML's rules for broken nesting can expand a few kilobytes to millions of elements.

use std::time::{Duration, Instant};

use ego_tree::iter::Edge;
use html5ever::{
    LocalName, Namespace, ParseOpts, QualName, driver,
    tendril::{StrTendril, TendrilSink},
};
use scraper::{Html, HtmlTreeSink, Node};

use super::{ArticleHtmlError, markup_cost};

/// Maximum number of nodes of a body.
pub(super) const MAX_NODES: usize = 20_000;

/// Maximum nesting depth, the same as in browsers.
pub(super) const MAX_DEPTH: usize = 512;

/// Time limit for all steps of one article together. A whole page of 16 MiB takes a second or two.
pub(super) const MAX_DURATION: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
pub(super) struct ParseLimits {
    /// Maximum number of nodes.
    nodes: usize,
    /// Maximum size when serialised, in bytes: attributes that the parser repeats for several elements count each
    /// time.
    written_bytes: usize,
    /// Deadline.
    deadline: Instant,
}

impl ParseLimits {
    /// Limits for a body.
    pub(super) fn of_body(deadline: Instant) -> Self {
        Self {
            nodes: MAX_NODES,
            written_bytes: 4 * super::MAX_BODY_BYTES,
            deadline,
        }
    }

    /// Limits for a whole page.
    pub(super) fn of_page(deadline: Instant) -> Self {
        Self {
            nodes: 5 * MAX_NODES,
            written_bytes: 2 * super::MAX_PAGE_BYTES,
            deadline,
        }
    }
}

/// Bytes parsed between checks of the limits, small enough that the parser cannot exceed them by much.
const STEP_BYTES: usize = 64;

/// Parses a whole page or a fragment within the limits.
pub(super) fn parse(
    html: &str,
    whole_page: bool,
    limits: ParseLimits,
) -> Result<Html, ArticleHtmlError> {
    markup_cost::check(html)?;
    let mut parser = if whole_page {
        driver::parse_document(
            HtmlTreeSink::new(Html::new_document()),
            ParseOpts::default(),
        )
    } else {
        let html_ns = Namespace::from("http://www.w3.org/1999/xhtml");
        let body = QualName::new(None, html_ns, LocalName::from("body"));
        driver::parse_fragment(
            HtmlTreeSink::new(Html::new_fragment()),
            ParseOpts::default(),
            body,
            Vec::new(),
            false,
        )
    };
    let mut rest = html;
    while !rest.is_empty() {
        let (step, after) = rest.split_at(rest.ceil_char_boundary(STEP_BYTES));
        parser.process(StrTendril::from(step));
        if is_tangled(&parser.tokenizer.sink.sink.0.borrow(), limits) {
            return Err(ArticleHtmlError::TooTangled);
        }
        if Instant::now() > limits.deadline {
            return Err(ArticleHtmlError::TooSlow);
        }
        rest = after;
    }
    let page = parser.finish();
    check(&page, limits).map(|()| page)
}

/// Elements whose text is serialised without escapes.
const UNESCAPED_ELEMENTS: [&str; 8] = [
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "style",
    "xmp",
];

/// Maximum depth of a new element; larger than the final limit, because the parser may still move it up.
const MAX_UNFINISHED_DEPTH: usize = 4 * MAX_DEPTH;

/// Checks the limits that can be checked during parsing.
fn is_tangled(page: &Html, limits: ParseLimits) -> bool {
    let mut nodes = page.tree.nodes();
    nodes.len() > limits.nodes
        || nodes
            .next_back()
            .is_some_and(|last| last.ancestors().nth(MAX_UNFINISHED_DEPTH).is_some())
}

fn check(page: &Html, limits: ParseLimits) -> Result<(), ArticleHtmlError> {
    let mut depth = 0;
    let mut bytes = 0;
    let mut scanned_bytes = 0;
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => {
                depth += 1;
                // `markup_cost::check` counts attributes without a parser, and may tokenize some tags differently.
                let attributes = node
                    .value()
                    .as_element()
                    .map_or(0, |element| element.attrs.len());
                if attributes > markup_cost::MAX_ATTRIBUTES {
                    return Err(ArticleHtmlError::TooManyAttributes);
                }
                let above = node.parent().and_then(|above| above.value().as_element());
                let is_written_as_it_is =
                    above.is_some_and(|above| UNESCAPED_ELEMENTS.contains(&above.name()));
                for text in texts(node.value()) {
                    bytes += text.len();
                    if !is_written_as_it_is {
                        scanned_bytes += markup_cost::scanned_bytes(text);
                    }
                }
            }
            Edge::Close(_) => depth -= 1,
        }
        if depth > MAX_DEPTH || bytes > limits.written_bytes {
            return Err(ArticleHtmlError::TooTangled);
        }
        if scanned_bytes > markup_cost::MAX_SCANNED_BYTES {
            return Err(ArticleHtmlError::TooManyReferences);
        }
    }
    Ok(())
}

/// The texts to serialise of a node: its text, or the values of its attributes.
fn texts(node: &Node) -> impl Iterator<Item = &str> {
    let text = node.as_text().map(|text| &**text);
    let element = node.as_element();
    let values = element
        .into_iter()
        .flat_map(|element| element.attrs.iter().map(|(_, value)| &**value));
    text.into_iter().chain(values)
}
