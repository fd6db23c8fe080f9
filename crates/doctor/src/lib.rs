//! `gema doctor`: fetches a page and its endpoint as a reader's browser would, and lists what is wrong, each with what to
//! write instead. Runs no script, sends no event, and never asks for more than a bounded number of bytes.

/// The page in an answer, or why there is none.
mod answered;
/// Words in addresses that blockers' lists have general rules for.
mod blocklists;
/// `<gema-article>` in the page, or what a CMS has made of it.
mod element;
/// What the endpoint answers to this page.
mod endpoint;
/// The beginning of what is found.
mod excerpt;
/// HTTP, within bounds.
mod fetch;
/// One fault, and all of them.
mod finding;
/// Which article the page is, as the loader works it out.
mod key;
/// The language asked for.
mod language;
/// The counts that change while a reader looks.
mod live;
/// The tag of a loader, as a type.
mod loader;
/// The parser, and what it notes of the markup.
mod markup;
/// Frames of readers without JavaScript.
mod noscript;
/// Optimisers and consent managers that rewrite script tags.
mod optimisers;
/// A parsed page whose elements know their lines.
mod page;
/// Where a bare tag puts the widget.
mod place;
/// Values that nobody has filled in.
mod placeholder;
/// Content Security Policies.
mod policy;
/// Room that the page's style sheets reserve.
mod room;
/// The script tag.
mod tag;

use std::time::Duration;

use url::Url;

pub use fetch::{Answer, Browser, Failure, Web};
pub use finding::{Finding, Level, Report};
pub use key::page_key;

use finding::Findings;
use page::Page;

/// The most bytes of a page that are looked at.
const MAX_PAGE_BYTES: u64 = 4 << 20;

/// How long the first event of live counts may take: the endpoint sends one within a second.
pub const FIRST_EVENT: Duration = Duration::from_secs(3);

/// What to examine.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The page's address.
    pub address: Url,
    /// Its markup, where that is not to be fetched.
    pub markup: Option<String>,
    /// The endpoint, where the page should name one and may not.
    pub endpoint: Option<Url>,
    /// Likewise the site.
    pub site: Option<String>,
}

/// Looks at everything.
///
/// # Errors
/// [`Failure`] if the page itself cannot be fetched.
pub fn examine(web: &dyn Web, subject: &Subject) -> Result<Report, Failure> {
    let mut findings = Findings::default();
    let mut report = Report::new(&subject.address);
    let page = match &subject.markup {
        Some(markup) => Some(Page::parse(markup, &subject.address, &[])),
        None => {
            let answer = web.get(&subject.address, &fetch::DOCUMENT, MAX_PAGE_BYTES)?;
            report.address = answer.url.to_string();
            answered::page(&answer, &mut findings)
        }
    };
    if let Some(page) = page {
        if page.markup.is_cut {
            report.unchecked.push("the rest of the page, which has very many elements".into());
        }
        examine_page(web, subject, &page, &mut findings, &mut report);
        report.unchecked.push("what scripts of the page do: the doctor runs none".into());
    }
    report.findings = findings.sorted();
    Ok(report)
}

fn examine_page(web: &dyn Web, subject: &Subject, page: &Page, findings: &mut Findings, report: &mut Report) {
    let tag = tag::examine(web, subject, page, findings, report);
    let elements = element::examine(page, tag.as_ref(), findings, report);
    let of_page = tag::Names::of(subject, page, tag.as_ref(), &elements);
    tag::check_names(&of_page, tag.as_ref(), findings);
    if tag.is_some() {
        place::examine(page, tag.as_ref(), &elements, findings);
    }
    let key = key::examine(page, tag.as_ref(), &elements, findings);
    let lang = language::examine(page, tag.as_ref(), &elements, findings);
    if tag.is_some() || !elements.is_empty() {
        room::examine(web, page, &elements, findings, report);
    }
    report.site.clone_from(&of_page.site);
    report.endpoint = of_page.endpoint.as_ref().map(Url::to_string);
    report.article.clone_from(&key);
    report.language.clone_from(&lang);
    let Some(at) = &of_page.endpoint else { return };
    policy::examine(page, tag.as_ref(), at, &elements, findings, report);
    blocklists::examine(at, of_page.asked(), findings);
    if !endpoint::is_reachable_from(page, at, findings) {
        return;
    }
    let asked = endpoint::Asked { page, tag: tag.as_ref(), elements: &elements, endpoint: at, names: &of_page };
    endpoint::examine(web, &asked, key.as_deref(), lang.as_deref(), findings, report);
}

#[cfg(test)]
mod tests;
