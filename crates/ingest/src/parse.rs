//! Markup to a tree, within bounds: HTML's rules for broken nesting can make millions of elements of a few kilobytes.

use std::time::{Duration, Instant};

use ego_tree::iter::Edge;
use html5ever::{
    LocalName, Namespace, ParseOpts, QualName, driver,
    tendril::{StrTendril, TendrilSink},
};
use scraper::{Html, HtmlTreeSink, Node};

use super::{IngestError, tags};

/// The most elements and texts that a body may become.
pub(super) const MAX_NODES: usize = 20_000;

/// How deep they may nest: what browsers allow.
pub(super) const MAX_DEPTH: usize = 512;

/// The longest time that all steps of one article may take together. A whole page of 16 MiB takes a second or two.
pub(super) const MAX_TIME: Duration = Duration::from_secs(10);

/// What markup may become.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Elements and texts.
    nodes: usize,
    /// How many bytes they may be, written out: an attribute that is repeated for each element counts each time.
    written_bytes: usize,
    /// When to stop.
    deadline: Instant,
}

impl Bounds {
    /// Of a body.
    pub(super) fn of_body(deadline: Instant) -> Self {
        Self { nodes: MAX_NODES, written_bytes: 4 * super::MAX_BYTES, deadline }
    }

    /// Of a whole page, of which the article is a part.
    pub(super) fn of_page(deadline: Instant) -> Self {
        Self { nodes: 5 * MAX_NODES, written_bytes: 2 * super::MAX_PAGE_BYTES, deadline }
    }
}

/// So few bytes are parsed between two looks at the bounds that the parser cannot run far past them.
const STEP_BYTES: usize = 64;

/// The tree of a whole page or of a fragment, if it is within the bounds.
pub(super) fn parse(html: &str, whole_page: bool, bounds: Bounds) -> Result<Html, IngestError> {
    tags::check(html)?;
    let mut parser = if whole_page {
        driver::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default())
    } else {
        let html_ns = Namespace::from("http://www.w3.org/1999/xhtml");
        let body = QualName::new(None, html_ns, LocalName::from("body"));
        driver::parse_fragment(HtmlTreeSink::new(Html::new_fragment()), ParseOpts::default(), body, Vec::new(), false)
    };
    let mut rest = html;
    while !rest.is_empty() {
        let (step, after) = rest.split_at(rest.ceil_char_boundary(STEP_BYTES));
        parser.process(StrTendril::from(step));
        if is_tangled(&parser.tokenizer.sink.sink.0.borrow(), bounds) {
            return Err(IngestError::TooTangled);
        }
        if Instant::now() > bounds.deadline {
            return Err(IngestError::TooSlow);
        }
        rest = after;
    }
    let page = parser.finish();
    check(&page, bounds).map(|()| page)
}

/// Elements whose text is written without escapes.
const UNESCAPED: [&str; 8] = ["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"];

/// How deep an element that has just been made may be: it may still be moved to where it is not so deep.
const TOO_DEEP: usize = 4 * MAX_DEPTH;

/// What can be seen while the tree is made.
fn is_tangled(page: &Html, bounds: Bounds) -> bool {
    let mut nodes = page.tree.nodes();
    nodes.len() > bounds.nodes || nodes.next_back().is_some_and(|last| last.ancestors().nth(TOO_DEEP).is_some())
}

fn check(page: &Html, bounds: Bounds) -> Result<(), IngestError> {
    let (mut depth, mut bytes, mut looked_at) = (0, 0, 0);
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => {
                depth += 1;
                // Where the tokenizer and our own look at the tags differ.
                let attributes = node.value().as_element().map_or(0, |element| element.attrs.len());
                if attributes > tags::MAX_ATTRIBUTES {
                    return Err(IngestError::TooManyAttributes);
                }
                let above = node.parent().and_then(|above| above.value().as_element());
                let is_written_as_it_is = above.is_some_and(|above| UNESCAPED.contains(&above.name()));
                for text in texts(node.value()) {
                    bytes += text.len();
                    if !is_written_as_it_is {
                        looked_at += tags::looked_at(text);
                    }
                }
            }
            Edge::Close(_) => depth -= 1,
        }
        if depth > MAX_DEPTH || bytes > bounds.written_bytes {
            return Err(IngestError::TooTangled);
        }
        if looked_at > tags::MAX_LOOKED_AT {
            return Err(IngestError::TooManyReferences);
        }
    }
    Ok(())
}

/// What is written of a node: its text, or the values of its attributes.
fn texts(node: &Node) -> impl Iterator<Item = &str> {
    let text = node.as_text().map(|text| &**text);
    let element = node.as_element();
    let values = element.into_iter().flat_map(|element| element.attrs.iter().map(|(_, value)| &**value));
    text.into_iter().chain(values)
}
