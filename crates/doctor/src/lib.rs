//! `gema doctor`: fetches a page and its endpoint as a reader's browser would, and reports what is wrong, each with
//! the remedy. Runs no scripts, sends no events, and limits how many bytes it reads.

/// Words in addresses that blocklists filter.
mod blocklists;
/// `<gema-article>` in the page, or what a CMS has left of it.
mod element;
/// The endpoint's responses to this page.
mod endpoint;
/// Excerpts of the page, for findings.
mod excerpt;
/// An HTTP client with limits.
mod fetch;
/// Findings and the report.
mod finding;
/// The article's key, as the loader determines it.
mod key;
/// The requested language.
mod language;
/// Checks of live counts.
mod live;
/// The tag of a loader, as a type.
mod loader;
/// The HTML parser, and what it records beyond the tree.
mod markup;
/// Frames in `<noscript>`.
mod noscript;
/// Optimisers and consent managers that rewrite script tags.
mod optimisers;
/// A parsed page with line numbers.
mod page;
/// The page in a response.
mod page_response;
/// Placeholders that were never filled in.
mod placeholder;
/// Where a tag without an element puts the widget.
mod placement;
/// Content security policies.
mod policy;
/// Space that style sheets reserve for the widget.
mod reserved_space;
/// The script tag.
mod tag;

use std::time::Duration;

use url::Url;

pub use fetch::{Answer, Browser, Failure, Web};
pub use finding::{Finding, Level, Report};
pub use key::page_key;

use finding::Findings;
use page::Page;

/// Maximum number of bytes read from a page.
const MAX_PAGE_BYTES: u64 = 4 << 20;

/// How long to wait for the first live event: the endpoint sends one within a second.
pub const FIRST_EVENT_TIMEOUT: Duration = Duration::from_secs(3);

/// What to examine.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The page's address.
    pub address: Url,
    /// Its markup; `None`: fetch it.
    pub markup: Option<String>,
    /// The endpoint, in case the page does not name it.
    pub endpoint: Option<Url>,
    /// The site, in case the page does not name it.
    pub site: Option<String>,
}

/// Examines the page and its endpoint.
///
/// # Errors
/// [`Failure`] if the page itself cannot be fetched.
pub fn examine(web: &dyn Web, subject: &Subject) -> Result<Report, Failure> {
    let mut findings = Findings::default();
    let mut report = Report::new(&subject.address);
    let page = match &subject.markup {
        Some(markup) => Some(Page::parse(markup, &subject.address, &[])),
        None => {
            let answer = web.get(&subject.address, &fetch::NAVIGATION_HEADERS, MAX_PAGE_BYTES)?;
            report.address = answer.url.to_string();
            page_response::page(&answer, &mut findings)
        }
    };
    if let Some(page) = page {
        if page.markup.is_cut {
            report
                .unchecked
                .push("the rest of the page, which has very many elements".into());
        }
        examine_page(web, subject, &page, &mut findings, &mut report);
        report
            .unchecked
            .push("what scripts of the page do: the doctor runs none".into());
    }
    report.findings = findings.sorted();
    Ok(report)
}

fn examine_page(
    web: &dyn Web,
    subject: &Subject,
    page: &Page,
    findings: &mut Findings,
    report: &mut Report,
) {
    let tag = tag::examine(web, subject, page, findings, report);
    let elements = element::examine(page, tag.as_ref(), findings, report);
    let of_page = tag::Names::of(subject, page, tag.as_ref(), &elements);
    tag::check_names(&of_page, tag.as_ref(), findings);
    if tag.is_some() {
        placement::examine(page, tag.as_ref(), &elements, findings);
    }
    let key = key::examine(page, tag.as_ref(), &elements, findings);
    let lang = language::examine(page, tag.as_ref(), &elements, findings);
    if tag.is_some() || !elements.is_empty() {
        reserved_space::examine(web, page, &elements, findings, report);
    }
    report.site.clone_from(&of_page.site);
    report.endpoint = of_page.endpoint.as_ref().map(Url::to_string);
    report.article.clone_from(&key);
    report.language.clone_from(&lang);
    let Some(at) = &of_page.endpoint else { return };
    policy::examine(page, tag.as_ref(), at, &elements, findings, report);
    blocklists::examine(at, of_page.site_to_request(), findings);
    if !endpoint::is_reachable_from(page, at, findings) {
        return;
    }
    let context = endpoint::PageContext {
        page,
        tag: tag.as_ref(),
        elements: &elements,
        endpoint: at,
        names: &of_page,
    };
    endpoint::examine(
        web,
        &context,
        key.as_deref(),
        lang.as_deref(),
        findings,
        report,
    );
}

#[cfg(test)]
mod tests;
