//! `<gema-article>` and `<gema-count>` in the page, and what a CMS has left of them.

use scraper::ElementRef;

use super::{
    Report,
    finding::{Findings, error, note, warning},
    loader::{Tag, is_in_body},
    page::{Page, is_html, is_within},
    placeholder::is_placeholder,
};

/// Maximum number of elements of each name that are examined.
const MAX_ELEMENTS: usize = 200;

/// The page's elements, in order.
pub(super) struct Elements<'p> {
    articles: Vec<ElementRef<'p>>,
    counts: Vec<ElementRef<'p>>,
}

impl<'p> Elements<'p> {
    pub(super) fn is_empty(&self) -> bool {
        self.articles.is_empty() && self.counts.is_empty()
    }

    pub(super) fn first(&self) -> Option<ElementRef<'p>> {
        self.articles.first().copied()
    }

    pub(super) fn has_counts(&self) -> bool {
        !self.counts.is_empty()
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = ElementRef<'p>> {
        self.counts.iter().copied()
    }

    pub(super) fn articles(&self) -> impl Iterator<Item = ElementRef<'p>> {
        self.articles.iter().copied()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = ElementRef<'p>> {
        self.articles().chain(self.counts())
    }

    /// The option's value, from where the widget reads it: the first element, or the tag on a page without elements.
    /// `None` if it is empty.
    pub(super) fn option(&self, tag: Option<&Tag<'_>>, name: &str) -> Option<String> {
        let value = match self.first() {
            Some(element) => attribute_of(element, name).map(str::to_owned),
            None => tag
                .filter(|_| self.is_empty())
                .and_then(|tag| tag.option(name)),
        };
        value.filter(|value| !value.is_empty())
    }
}

/// An option of an element, read like the loader does.
pub(super) fn attribute_of<'p>(element: ElementRef<'p>, name: &str) -> Option<&'p str> {
    element
        .value()
        .attr(name)
        .or_else(|| element.value().attr(&format!("data-{name}")))
}

/// Whether it contains nothing but white space and comments.
pub(super) fn is_blank(element: ElementRef<'_>) -> bool {
    // A server-rendered shadow root is not content.
    let is_content = |child: ElementRef<'_>| child.value().name() != "template";
    !element
        .children()
        .filter_map(ElementRef::wrap)
        .any(is_content)
        && element.children().all(|child| {
            child
                .value()
                .as_text()
                .is_none_or(|text| text.trim().is_empty())
        })
}

/// The element whose own markup hides this one, if there is one.
pub(super) fn hidden_by(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let is_hidden = |around: &ElementRef<'_>| {
        let style = around
            .attr("style")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .replace(char::is_whitespace, "");
        around
            .attr("hidden")
            .is_some_and(|value| value != "until-found")
            || style.contains("display:none")
    };
    let is_script = element.value().name() == "script";
    let itself = (!is_script).then_some(element).filter(is_hidden);
    itself.or_else(|| {
        element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(is_hidden)
    })
}

/// Finds the elements, and reports what is wrong with them.
pub(super) fn examine<'p>(
    page: &'p Page,
    tag: Option<&Tag<'_>>,
    findings: &mut Findings,
    report: &mut Report,
) -> Elements<'p> {
    let mut of_name = |name: &'static str| {
        let mut found = page.elements(name);
        let first: Vec<_> = found.by_ref().take(MAX_ELEMENTS).collect();
        if found.next().is_some() {
            report
                .unchecked
                .push(format!("<{name}> elements after the first {MAX_ELEMENTS}"));
        }
        first
    };
    let elements = Elements {
        articles: of_name("gema-article"),
        counts: of_name("gema-count"),
    };
    if elements.articles.is_empty() {
        remains(page, tag, findings);
    }
    if let Some(tag) = tag {
        values(page, tag.element, &|name| tag.option(name), findings);
    }
    for element in elements.articles() {
        values(
            page,
            element,
            &|name| attribute_of(element, name).map(str::to_owned),
            findings,
        );
        place(page, element, findings);
    }
    several(page, &elements, findings);
    elements
}

/// Reports what a CMS has made of a missing element.
fn remains(page: &Page, tag: Option<&Tag<'_>>, findings: &mut Findings) {
    let allow = "Let the CMS's filter keep `gema-article` with its attributes (article, lang, data-article …), or leave it out: \
                 the tag alone is enough, with data-article=\"…\" on it.";
    if let Some((text, line)) = page
        .texts()
        .find(|(text, _)| text.contains("<gema-article"))
    {
        let says = "<gema-article> stands in the page as text: the CMS has escaped it.";
        let write = "Enter the element in the editor's HTML view, or put it into the template.";
        findings.push(error("element-escaped", says, write).on(line, text));
    }
    if let Some((text, line)) = page
        .comments()
        .find(|(text, _)| text.contains("<gema-article"))
    {
        let says = "<gema-article> stands in a comment.";
        let write = "Take the element out of the comment.";
        let finding = match tag {
            Some(_) => note("element-commented", says, write),
            None => warning("element-commented", says, write),
        };
        findings.push(finding.on(line, text));
    }
    if let Some(element) = page
        .all()
        .find(|element| !is_html(*element) && element.value().name() == "gema-article")
    {
        let says = "<gema-article> stands in <svg> or <math>, where browsers take it for an element of those.";
        findings.push(
            error(
                "element-foreign",
                says,
                "Move the element out of <svg> or <math>, or close that before it.",
            )
            .at(page, element),
        );
        return;
    }
    if let Some(element) = page
        .all()
        .find(|element| is_renamed(*element, tag.is_some()))
    {
        let says = format!(
            "<{}> stands where <gema-article> should: the CMS has changed the element's name.",
            element.value().name()
        );
        findings.push(error("element-renamed", says, allow).at(page, element));
    } else if let Some(line) = page
        .markup
        .stray_end
        .filter(|_| tag.is_none_or(|tag| !is_in_body(tag)))
    {
        let found = usize::try_from(line)
            .ok()
            .and_then(|line| page.source.lines().nth(line - 1))
            .unwrap_or_default();
        let says = "The page has an end tag </gema-article> without its opening tag: the CMS has taken that away.";
        findings.push(error("element-stripped", says, allow).on(line, found));
    }
}

/// Elements that filters substitute for unknown ones.
const SUBSTITUTE_ELEMENTS: [&str; 4] = ["div", "p", "section", "span"];

/// Whether this element may be a `<gema-article>` that a filter has renamed. On a page with a tag, which works on its own,
/// the class alone does not prove that: wrappers may have it too.
fn is_renamed(element: ElementRef<'_>, has_tag: bool) -> bool {
    let element = element.value();
    let name = element.name();
    let is_like_ours = name == "gema"
        || (name.starts_with("gema-") && !matches!(name, "gema-article" | "gema-count"));
    let has_class = !has_tag && element.classes().any(|class| class == "gema-article");
    is_like_ours
        || (SUBSTITUTE_ELEMENTS.contains(&name) && (has_class || element.attr("article").is_some()))
}

/// The allowed values of enumerated options.
const ENUM_VALUES: [(&str, &[&str]); 8] = [
    ("body", &["page", "endpoint"]),
    ("bar", &["top"]),
    ("share", &["off"]),
    ("reads", &["off"]),
    ("poll", &["off", "closed"]),
    ("theme", &["auto", "light", "dark"]),
    ("count", &["off"]),
    ("consent", &["wait", "given"]),
];

/// Checks the options of an element or of the tag; `option` reads one.
fn values(
    page: &Page,
    element: ElementRef<'_>,
    option: &dyn Fn(&str) -> Option<String>,
    findings: &mut Findings,
) {
    for (name, known) in ENUM_VALUES {
        let Some(value) = option(name) else { continue };
        let finding = match (name, value.as_str()) {
            ("consent", "wait") => note(
                "consent-wait",
                "The widget waits for consent: nothing is shown until a script of the page takes consent=\"wait\" away.",
                "Nothing, if the page's consent banner does that.",
            ),
            ("count", "off") => note(
                "count-off",
                "Nothing is counted here, because of count=\"off\".",
                "Remove count=\"off\" on articles.",
            ),
            (_, value) if known.contains(&value) => continue,
            (_, value) => {
                let says = format!(
                    "`{value}` is no value of `{name}`: it is as if the attribute were not there."
                );
                let known = known
                    .iter()
                    .map(|known| format!("{name}=\"{known}\""))
                    .collect::<Vec<_>>()
                    .join(" or ");
                warning(
                    "attribute-value",
                    says,
                    format!("Write {known}, or leave the attribute out."),
                )
            }
        };
        findings.push(finding.at(page, element));
    }
    // Site, endpoint and language of the tag are checked with the tag.
    let texts: &[&str] = match element.value().name() {
        "script" => &["title", "url"],
        _ => &["title", "url", "site", "endpoint", "lang"],
    };
    for name in texts {
        if let Some(value) = option(name).filter(|value| is_placeholder(value)) {
            let says = format!("The {name} is a placeholder that nobody has filled in: `{value}`.");
            findings.push(
                error(
                    "placeholder",
                    says,
                    format!("Let the template write {name}=\"…\"."),
                )
                .at(page, element),
            );
        }
    }
}

fn place(page: &Page, element: ElementRef<'_>, findings: &mut Findings) {
    if is_within(element, "gema-article") {
        let closed =
            "Close each element before the next one begins: <gema-article …></gema-article>.";
        let around = element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|around| around.value().name() == "gema-article");
        let is_self_closed = around.is_some_and(|around| is_self_closed(page, around));
        if !is_self_closed {
            let says = "A <gema-article> stands within another one.";
            findings.push(warning("element-nested", says, closed).at(page, element));
        }
    }
    if is_self_closed(page, element) {
        let says = "<gema-article …/> is not closed: HTML knows no `/>` there, so all that follows becomes its content.";
        findings.push(
            error(
                "element-self-closed",
                says,
                "Write <gema-article …></gema-article>.",
            )
            .at(page, element),
        );
    }
    if let Some(hidden) = hidden_by(element) {
        let says = "The element is hidden by the page's markup, so nobody sees the widget and no read is counted.";
        findings
            .push(warning("hidden", says, "Remove `hidden` or display: none.").at(page, hidden));
    }
    let parent = element.parent().and_then(ElementRef::wrap);
    let is_ended_by_paragraph = parent.is_some_and(|parent| parent.value().name() == "p");
    if is_ended_by_paragraph && !page.markup.closed.contains(&element.id()) {
        let says = "An editor or Markdown has put a paragraph around the opening tag. The element ends with that paragraph, and what should be in it stands behind.";
        let write = "Put an empty line after the opening tag in Markdown, enter it in the editor's HTML view, or put it into the template.";
        findings.push(warning("element-emptied", says, write).at(page, element));
    }
}

/// Whether the opening tag ends with `/>`, so that what follows became its content.
fn is_self_closed(page: &Page, element: ElementRef<'_>) -> bool {
    !is_blank(element) && page.markup.self_closed.contains(&element.id())
}

/// Reports elements that interfere with each other.
fn several(page: &Page, elements: &Elements<'_>, findings: &mut Findings) {
    let unnamed: Vec<_> = elements
        .articles()
        .filter(|element| {
            attribute_of(*element, "article")
                .unwrap_or_default()
                .is_empty()
        })
        .collect();
    if let [_, second, ..] = unnamed[..] {
        let says =
            "Several elements do not name their article, so they all have the counts of the page.";
        findings.push(
            warning(
                "several-unnamed",
                says,
                "Name each article: <gema-article article=\"…\" title=\"…\" url=\"…\">.",
            )
            .at(page, second),
        );
    }
    // The condition of the loader's console warning (src/follow/told.js).
    let is_without = |element: &ElementRef<'_>| {
        let has = |name: &str| element.attr(name).is_some();
        has("article") && !has("url") && !has("data-url") && element.attr("share") != Some("off")
    };
    let without: Vec<_> = elements.articles().filter(is_without).collect();
    let other = without
        .iter()
        .find(|element| element.attr("article") != without[0].attr("article"));
    if let Some(other) = other {
        let says = "Several articles share this page's headline and address: whichever is shared, it is the page.";
        findings.push(
            warning(
                "several-share-address",
                says,
                "Give each element title=\"…\" and url=\"…\", or share=\"off\".",
            )
            .at(page, *other),
        );
    }
}
