//! A parsed page: its active elements, visible texts, and line numbers.

use ego_tree::{NodeId, iter::Edge};
use html5ever::ns;
use scraper::{ElementRef, Html, Node};
use url::Url;

use super::{
    excerpt::excerpt,
    markup::{self, Markup},
};

/// A page.
pub(super) struct Page {
    html: Html,
    /// Markup that the tree omits.
    pub(super) markup: Markup,
    /// Elements of the document, in order.
    live: Vec<NodeId>,
    /// Those in the head.
    in_head: Vec<NodeId>,
    /// Elements within templates, which are inactive.
    inert: Vec<NodeId>,
    /// Visible texts, and comments.
    texts: Vec<NodeId>,
    comments: Vec<NodeId>,
    /// The markup.
    pub(super) source: String,
    /// Its address.
    pub(super) address: Url,
    /// The base of relative addresses.
    pub(super) base: Url,
    /// Relevant response headers: name in lower case, and value.
    pub(super) headers: Vec<(String, String)>,
}

/// Elements whose text is not visible text.
const ELEMENTS_WITHOUT_TEXT: [&str; 9] = [
    "script", "style", "noscript", "textarea", "pre", "code", "title", "template", "samp",
];

impl Page {
    pub(super) fn parse(source: &str, address: &Url, headers: &[(String, String)]) -> Self {
        let (html, markup) = markup::parse(source);
        let mut page = Self {
            html,
            markup,
            live: Vec::new(),
            in_head: Vec::new(),
            inert: Vec::new(),
            texts: Vec::new(),
            comments: Vec::new(),
            source: source.to_owned(),
            address: address.clone(),
            base: address.clone(),
            headers: headers.to_vec(),
        };
        page.sort_nodes();
        let base = page
            .elements("base")
            .find_map(|base| base.attr("href").map(|href| address.join(href)));
        if let Some(Ok(base)) = base {
            page.base = base;
        }
        page
    }

    fn sort_nodes(&mut self) {
        let [mut templates, mut textless, mut heads] = [0_usize; 3];
        for edge in self.html.tree.root().traverse() {
            let (node, is_open) = match edge {
                Edge::Open(node) => (node, true),
                Edge::Close(node) => (node, false),
            };
            match node.value() {
                Node::Element(element) => {
                    let name = element.name();
                    // Contents of templates are inactive; a server-rendered shadow root is a template too.
                    let is_template = name == "template";
                    let is_textless = ELEMENTS_WITHOUT_TEXT.contains(&name);
                    let is_head = name == "head";
                    if is_open {
                        if templates > 0 {
                            self.inert.push(node.id());
                        } else {
                            self.live.push(node.id());
                        }
                        if templates == 0 && heads > 0 {
                            self.in_head.push(node.id());
                        }
                        templates += usize::from(is_template);
                        textless += usize::from(is_textless);
                        heads += usize::from(is_head);
                    } else {
                        templates -= usize::from(is_template);
                        textless -= usize::from(is_textless);
                        heads -= usize::from(is_head);
                    }
                }
                Node::Text(_) if is_open && textless == 0 => self.texts.push(node.id()),
                Node::Comment(_) if is_open => self.comments.push(node.id()),
                _ => {}
            }
        }
    }

    fn of<'p>(&'p self, ids: &'p [NodeId]) -> impl Iterator<Item = ElementRef<'p>> {
        ids.iter()
            .filter_map(|id| self.html.tree.get(*id).and_then(ElementRef::wrap))
    }

    /// The elements of the document, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.of(&self.live)
    }

    /// HTML elements with that name; in `<svg>` and `<math>` the same name is another element.
    pub(super) fn elements<'p>(&'p self, name: &'p str) -> impl Iterator<Item = ElementRef<'p>> {
        self.all()
            .filter(move |element| is_html(*element) && element.value().name() == name)
    }

    /// Elements within templates.
    pub(super) fn inert(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.of(&self.inert)
    }

    /// Visible texts, each with the line of the surrounding element.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.values(&self.texts)
    }

    /// Comments, each with the line of the surrounding element.
    pub(super) fn comments(&self) -> impl Iterator<Item = (&str, u64)> {
        self.values(&self.comments)
    }

    fn values<'p>(&'p self, ids: &'p [NodeId]) -> impl Iterator<Item = (&'p str, u64)> {
        ids.iter().filter_map(|id| {
            let node = self.html.tree.get(*id)?;
            let text: &str = match node.value() {
                Node::Text(text) => text,
                Node::Comment(comment) => comment,
                _ => return None,
            };
            let line = self
                .markup
                .lines
                .get(id)
                .or_else(|| self.markup.lines.get(&node.parent()?.id()));
            Some((text, line.copied().unwrap_or(1)))
        })
    }

    /// The line on which the element's opening tag ends.
    pub(super) fn line(&self, element: ElementRef<'_>) -> Option<u64> {
        self.markup.lines.get(&element.id()).copied()
    }

    /// Elements with that name in the head, as browsers parse it.
    pub(super) fn in_head<'p>(&'p self, name: &'p str) -> impl Iterator<Item = ElementRef<'p>> {
        self.of(&self.in_head)
            .filter(move |element| element.value().name() == name)
    }

    /// Resolves an address.
    pub(super) fn resolve(&self, address: &str) -> Option<Url> {
        self.base.join(address).ok()
    }

    /// Resolves an address, if it is `http` or `https`.
    pub(super) fn web(&self, address: &str) -> Option<Url> {
        self.resolve(address)
            .filter(|url| matches!(url.scheme(), "http" | "https"))
    }

    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn origin(&self) -> String {
        self.address.origin().ascii_serialization()
    }
}

/// Whether it is an HTML element, rather than SVG or MathML.
pub(super) fn is_html(element: ElementRef<'_>) -> bool {
    element.value().name.ns == ns!(html)
}

/// Whether it has an ancestor with that name.
pub(super) fn is_within(element: ElementRef<'_>, name: &str) -> bool {
    element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .any(|around| around.value().name() == name)
}

/// Its opening tag, as parsed.
pub(super) fn opening(element: ElementRef<'_>) -> String {
    let mut text = format!("<{}", element.value().name());
    for (name, value) in element.value().attrs() {
        text.push_str(&if value.is_empty() {
            format!(" {name}")
        } else {
            format!(" {name}=\"{value}\"")
        });
    }
    excerpt(&(text + ">"))
}
