//! Word counts, for choosing an article and for reporting how much was extracted.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

/// Inline elements: their tags do not separate words.
const INLINE_ELEMENTS: &str = "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span \
    strike strong sub sup time tt u var wbr";

pub(super) fn is_inline(name: &str) -> bool {
    INLINE_ELEMENTS.split(' ').any(|inline| inline == name)
}

/// Number of words; of characters in scripts without spaces.
pub(super) fn count(text: &str) -> usize {
    text.split_whitespace().map(of_token).sum()
}

fn of_token(token: &str) -> usize {
    match token
        .chars()
        .filter(|letter| is_ideographic(*letter))
        .count()
    {
        0 => usize::from(token.contains(char::is_alphanumeric)),
        letters => letters,
    }
}

/// Han, Hiragana and Katakana.
fn is_ideographic(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// The text of an element on one line.
pub(super) fn line(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) | Edge::Close(node) => match (node.value(), &edge) {
                (Node::Text(piece), Edge::Open(_)) => text.push_str(piece),
                (Node::Element(element), _) if !is_inline(element.name()) => text.push(' '),
                _ => {}
            },
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
