//! Parses markup like a browser with scripting enabled, and records what the tree omits: the line on which each
//! opening tag ends, and how the tags of `<gema-article>` were written.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use ego_tree::NodeId;
use html5ever::{
    Attribute, QualName, TokenizerResult,
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink},
};
use scraper::{Html, HtmlTreeSink};

/// Maximum number of nodes that are parsed.
const MAX_NODES: usize = 100_000;

/// Bytes parsed between checks of the limits, small enough that the parser cannot exceed them by much.
const STEP_BYTES: usize = 256;

/// Time limit for parsing: deep nesting takes quadratic time.
const MAX_PARSE_TIME: Duration = Duration::from_secs(5);

/// The element whose tags are recorded.
const ELEMENT_NAME: &str = "gema-article";

/// Markup that the tree omits.
#[derive(Default)]
pub(super) struct Markup {
    /// The line on which each element's opening tag ends, or a comment begins.
    pub(super) lines: HashMap<NodeId, u64>,
    /// Elements whose opening tag ends with `/>`.
    pub(super) self_closed: HashSet<NodeId>,
    /// Elements that were closed by their own end tag.
    pub(super) closed: HashSet<NodeId>,
    /// The script that is still open at the end of the page.
    pub(super) open_script: Option<NodeId>,
    /// The line of the first end tag without an opening tag.
    pub(super) stray_end: Option<u64>,
    /// Whether a limit was reached before the end.
    pub(super) is_cut: bool,
}

/// Parses a page.
pub(super) fn parse(source: &str) -> (Html, Markup) {
    let sink = MarkupSink {
        inner: HtmlTreeSink::new(Html::new_document()),
        line: Cell::new(1),
        markup: RefCell::default(),
        is_self_closing: Cell::new(false),
        is_closing: Cell::new(false),
        open: Cell::new(0),
        templates: Cell::new(0),
    };
    let options = TreeBuilderOpts::default();
    let tokenizer = Tokenizer::new(
        LimitedSink(TreeBuilder::new(sink, options)),
        TokenizerOpts::default(),
    );
    let input = BufferQueue::default();
    let begun = Instant::now();
    let mut rest = source;
    while !rest.is_empty() {
        let (step, after) = rest.split_at(rest.ceil_char_boundary(STEP_BYTES));
        input.push_back(StrTendril::from(step));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        rest = after;
        let nodes = tokenizer.sink.0.sink.inner.0.borrow().tree.nodes().len();
        if nodes > MAX_NODES || begun.elapsed() > MAX_PARSE_TIME {
            tokenizer.sink.0.sink.markup.borrow_mut().is_cut = !rest.is_empty();
            break;
        }
    }
    tokenizer.end();
    tokenizer.sink.0.sink.finish()
}

/// Passes tokens on to the tree builder, after recording them.
struct LimitedSink(TreeBuilder<NodeId, MarkupSink>);

impl TokenSink for LimitedSink {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        self.0.sink.watch(&token, line);
        self.0.process_token(token, line)
    }

    fn end(&self) {
        self.0.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.0
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Builds scraper's tree, and records the rest.
struct MarkupSink {
    inner: HtmlTreeSink,
    line: Cell<u64>,
    markup: RefCell<Markup>,
    /// Whether the current tag ends with `/>`.
    is_self_closing: Cell<bool>,
    /// Whether the current tag is the recorded element's end tag.
    is_closing: Cell<bool>,
    /// Number of opening tags that are not closed yet.
    open: Cell<u64>,
    /// The same for templates, whose contents are ignored.
    templates: Cell<u64>,
}

impl MarkupSink {
    fn watch(&self, token: &Token, line: u64) {
        self.is_closing.set(false);
        if let Token::TagToken(tag) = token {
            self.watch_tag(tag, line);
        }
    }

    fn watch_tag(&self, tag: &Tag, line: u64) {
        let is_end = tag.kind == TagKind::EndTag;
        self.is_self_closing.set(!is_end && tag.self_closing);
        self.is_closing.set(is_end && &*tag.name == ELEMENT_NAME);
        if &*tag.name == "script" && is_end {
            self.markup.borrow_mut().open_script = None;
        }
        if &*tag.name == "template" {
            let open = self.templates.get();
            self.templates.set(if is_end {
                open.saturating_sub(1)
            } else {
                open + 1
            });
        }
        if &*tag.name != ELEMENT_NAME || self.templates.get() > 0 {
            return;
        }
        if !is_end {
            self.open.set(self.open.get() + 1);
            return;
        }
        let mut markup = self.markup.borrow_mut();
        match self.open.get().checked_sub(1) {
            Some(open) => self.open.set(open),
            None => markup.stray_end = markup.stray_end.or(Some(line)),
        }
    }

    fn note_line(&self, node: NodeId) {
        self.markup.borrow_mut().lines.insert(node, self.line.get());
    }
}

impl TreeSink for MarkupSink {
    type Output = (Html, Markup);
    type Handle = NodeId;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        (self.inner.finish(), self.markup.into_inner())
    }

    fn parse_error(&self, message: Cow<'static, str>) {
        self.inner.parse_error(message);
    }

    fn get_document(&self) -> NodeId {
        self.inner.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.inner.elem_name(target)
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let is_watched = &*name.local == ELEMENT_NAME;
        let is_script = &*name.local == "script";
        let node = self.inner.create_element(name, attrs, flags);
        self.note_line(node);
        let mut markup = self.markup.borrow_mut();
        if is_watched && self.is_self_closing.get() {
            markup.self_closed.insert(node);
        }
        if is_script {
            markup.open_script = Some(node);
        }
        node
    }

    fn pop(&self, node: &NodeId) {
        let is_watched = || &*self.inner.elem_name(node).local == ELEMENT_NAME;
        if self.is_closing.get() && is_watched() {
            self.markup.borrow_mut().closed.insert(*node);
        }
        self.inner.pop(node);
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        let node = self.inner.create_comment(text);
        self.note_line(node);
        node
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.inner.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.inner.append(parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        self.inner
            .append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.inner.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.inner.get_template_contents(target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.inner.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.inner.add_attrs_if_missing(target, attrs);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, parent: &NodeId) {
        self.inner.reparent_children(node, parent);
    }

    fn set_current_line(&self, line: u64) {
        self.line.set(line);
    }
}
