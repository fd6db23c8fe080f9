//! Choosing the article of a whole page. Semantic markup is trusted only if the text is there: a teaser may be an
//! `article`, and the story a plain `div`.

use std::{collections::HashMap, sync::LazyLock};

use ego_tree::{NodeId, iter::Edge};
use scraper::{ElementRef, Html, Node, Selector};

use super::{select::selector, words};

/// Selectors of articles, most specific first.
static ARTICLE_SELECTORS: LazyLock<[Selector; 3]> =
    LazyLock::new(|| ["[itemprop~=articleBody]", "article", "main, [role=main]"].map(selector));
static BODY: LazyLock<Selector> = LazyLock::new(|| selector("body"));

/// Elements whose text does not indicate the story.
const ELEMENTS_OUTSIDE_STORY: &str = "a aside button dialog footer menu nav select textarea";
/// Classes and ids of readers' comments, whose text is ignored too.
const COMMENT_CLASSES: &str =
    "comments comment-list commentlist comments-area disqus_thread respond";

/// Elements that consist of text; their parents are containers.
const TEXT_ELEMENTS: &str = "blockquote center dd details dl dt figcaption figure form h1 h2 h3 h4 h5 h6 li ol p pre summary table tbody \
    tfoot thead tr ul";

/// Weight of a word for the innermost containers around it: including outer ones joins a story in two parts.
const CONTAINER_WEIGHTS: [usize; 3] = [10, 7, 4];

/// How many words longer the text elsewhere may be for each selector, because some articles have only one sentence.
const SLACK_WORDS: [usize; 3] = [30, 0, 30];

pub(super) fn article(page: &Html) -> Option<ElementRef<'_>> {
    let body = page.root_element().select(&BODY).next()?;
    let measured = WordCounts::of(body);
    let mut is_doubted = false;
    for (mark, slack) in ARTICLE_SELECTORS.iter().zip(SLACK_WORDS) {
        let Some(marked) = measured.longest(body, mark) else {
            continue;
        };
        // If an `article` was rejected as a teaser, `main` contains all teasers.
        if !is_doubted && measured.is_story(marked, body, slack) {
            return Some(marked);
        }
        is_doubted = true;
    }
    Some(measured.densest(body, |_| true))
}

/// Word counts of elements, and scores as the story's container.
struct WordCounts {
    words: HashMap<NodeId, usize>,
    scores: HashMap<NodeId, usize>,
}

impl WordCounts {
    fn of(body: ElementRef<'_>) -> Self {
        let mut measured = Self {
            words: HashMap::new(),
            scores: HashMap::new(),
        };
        let mut above: Vec<ElementRef<'_>> = Vec::new();
        let mut beside = 0;
        for edge in body.traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Text(text) if beside == 0 => measured.add(&above, words::count(text)),
                    _ => {
                        above.extend(ElementRef::wrap(node));
                        beside += usize::from(is_beside(node.value()));
                    }
                },
                Edge::Close(node) => {
                    if node.value().is_element() {
                        above.pop();
                    }
                    beside -= usize::from(is_beside(node.value()));
                }
            }
        }
        measured
    }

    fn add(&mut self, above: &[ElementRef<'_>], words: usize) {
        if words == 0 {
            return;
        }
        let is_container = |element: &&ElementRef<'_>| {
            let name = element.value().name();
            !words::is_inline(name)
                && !TEXT_ELEMENTS
                    .split_whitespace()
                    .any(|of_text| of_text == name)
        };
        above
            .iter()
            .for_each(|element| *self.words.entry(element.id()).or_default() += words);
        for (container, weight) in above
            .iter()
            .rev()
            .filter(is_container)
            .zip(CONTAINER_WEIGHTS)
        {
            *self.scores.entry(container.id()).or_default() += words * weight;
        }
    }

    fn words(&self, element: ElementRef<'_>) -> usize {
        self.words.get(&element.id()).copied().unwrap_or(0)
    }

    /// The matching element with the most text; of equals, the first.
    fn longest<'a>(
        &self,
        within: ElementRef<'a>,
        selector: &'a Selector,
    ) -> Option<ElementRef<'a>> {
        first_max(within.select(selector), |element| self.words(element))
    }

    /// The eligible container with the highest score.
    fn densest<'a>(
        &self,
        body: ElementRef<'a>,
        may: impl Fn(ElementRef<'a>) -> bool,
    ) -> ElementRef<'a> {
        let score = |element: ElementRef<'_>| self.scores.get(&element.id()).copied().unwrap_or(0);
        let containers = std::iter::once(body).chain(body.descendent_elements());
        first_max(containers.filter(|element| may(*element)), score).unwrap_or(body)
    }

    /// Whether the story is in this element: not if there is twice as much text elsewhere, nor if it is one of several
    /// parts, as on a page of many short reports.
    fn is_story<'a>(&self, marked: ElementRef<'a>, body: ElementRef<'a>, slack: usize) -> bool {
        let is_around =
            |element: ElementRef<'_>| marked.ancestors().any(|above| above.id() == element.id());
        let elsewhere = self.densest(body, |element| !is_around(element));
        let all = self.densest(body, |_| true);
        let words = self.words(marked);
        let is_part = is_around(all) && 3 * words + slack < self.words(all);
        !is_part && 2 * words + slack >= self.words(elsewhere)
    }
}

fn first_max<'a>(
    elements: impl Iterator<Item = ElementRef<'a>>,
    of: impl Fn(ElementRef<'a>) -> usize,
) -> Option<ElementRef<'a>> {
    let better = |best: Option<(usize, ElementRef<'a>)>, element| {
        let least = best.map_or(0, |(most, _)| most);
        if of(element) > least {
            Some((of(element), element))
        } else {
            best
        }
    };
    elements.fold(None, better).map(|(_, element)| element)
}

fn is_beside(node: &Node) -> bool {
    let Node::Element(element) = node else {
        return false;
    };
    let is_comment = |word: &str| {
        COMMENT_CLASSES
            .split(' ')
            .any(|comments| comments.eq_ignore_ascii_case(word))
    };
    ELEMENTS_OUTSIDE_STORY
        .split(' ')
        .any(|beside| beside == element.name())
        || element.classes().any(is_comment)
        || element.id().is_some_and(is_comment)
}
