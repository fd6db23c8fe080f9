use scraper::{Html, Node, Selector, node::Element};

pub(super) fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a constant, and every test of a whole page parses it")
}

pub(super) fn each(page: &mut Html, selector: &Selector, change: impl Fn(&mut Element)) {
    let found: Vec<_> = page
        .root_element()
        .select(selector)
        .map(|element| element.id())
        .collect();
    for id in found {
        if let Some(mut node) = page.tree.get_mut(id)
            && let Node::Element(element) = node.value()
        {
            change(element);
        }
    }
}
