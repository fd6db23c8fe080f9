//! Markup to a tree, within bounds: HTML's rules for broken nesting can make millions of elements of a few kilobytes.

use ego_tree::iter::Edge;
use html5ever::{
    LocalName, Namespace, ParseOpts, QualName, driver,
    tendril::{StrTendril, TendrilSink},
};
use scraper::{Html, HtmlTreeSink, Node};

/// The most elements and texts that a body may become.
pub(super) const MAX_NODES: usize = 20_000;

/// How deep they may nest: what browsers allow.
pub(super) const MAX_DEPTH: usize = 512;

/// What markup may become.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Elements and texts.
    nodes: usize,
    /// How many bytes they may be, written out: an attribute that is repeated for each element counts each time.
    written_bytes: usize,
}

/// Of a body.
pub(super) const BODY: Bounds = Bounds { nodes: MAX_NODES, written_bytes: 4 * super::MAX_BYTES };

/// Of a whole page, of which the article is a part.
pub(super) const PAGE: Bounds = Bounds { nodes: 5 * MAX_NODES, written_bytes: 2 * super::MAX_PAGE_BYTES };

/// So few bytes are parsed between two looks at the bounds that the parser cannot run far past them.
const STEP_BYTES: usize = 64;

/// The tree of a whole page or of a fragment; `None` beyond the bounds.
pub(super) fn parse(html: &str, whole_page: bool, bounds: Bounds) -> Option<Html> {
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
        if parser.tokenizer.sink.sink.0.borrow().tree.nodes().len() > bounds.nodes {
            return None;
        }
        rest = after;
    }
    let page = parser.finish();
    is_within_bounds(&page, bounds).then_some(page)
}

fn is_within_bounds(page: &Html, bounds: Bounds) -> bool {
    let (mut depth, mut bytes) = (0, 0);
    page.tree.root().traverse().all(|edge| {
        match edge {
            Edge::Open(node) => {
                depth += 1;
                bytes += written_len(node.value());
            }
            Edge::Close(_) => depth -= 1,
        }
        depth <= MAX_DEPTH && bytes <= bounds.written_bytes
    })
}

fn written_len(node: &Node) -> usize {
    match node {
        Node::Element(element) => element.attrs.iter().map(|(_, value)| value.len()).sum(),
        Node::Text(text) => text.len(),
        _ => 0,
    }
}
