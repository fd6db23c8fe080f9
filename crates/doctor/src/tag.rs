//! The script tag: found like the loader finds it (src/embed/home.js), or what an optimiser or CMS has made of it.

/// Checks of a tag that runs.
mod form;
/// Diagnosis of a tag that does not run.
mod gone;
/// The site and endpoint that the page names.
mod names;

use scraper::ElementRef;
use url::Url;
use wire::SiteId;

pub(super) use names::{Names, check_names};

use super::{
    Report, Subject, Web,
    finding::{Findings, error},
    loader::{Tag, is_file},
    optimisers,
    page::Page,
};
use form::{check_form, check_repeated};
use gone::{bundled, missing, rewritten};

/// Maximum number of bytes of a script that are searched.
const MAX_SCRIPT_BYTES: u64 = 2 << 20;

/// Maximum number of scripts that are searched for a bundled loader.
const MAX_SCRIPTS: usize = 12;

impl Tag<'_> {
    /// The endpoint: the one that the tag names, else where the script is from.
    fn endpoint(&self, page: &Page) -> Option<Url> {
        let named = self
            .option("endpoint")
            .and_then(|named| page.resolve(&named))
            .map(directory);
        named.or_else(|| self.src.as_ref().and_then(|src| src.join(".").ok()))
    }
}

/// The address with a trailing slash and without a query.
fn directory(mut url: Url) -> Url {
    url.set_query(None);
    if !url.path().ends_with('/') && !url.cannot_be_a_base() {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// The tag as recommended in the documentation.
pub(super) fn recommended(endpoint: Option<&Url>, site: Option<&str>) -> String {
    let endpoint = endpoint.map_or("https://gema.example/", Url::as_str);
    let site = site
        .filter(|site| SiteId::parse(site).is_ok())
        .unwrap_or("SITE");
    format!(
        r#"<script async src="{}embed.js" data-site="{site}"></script>"#,
        html_escape::encode_double_quoted_attribute(endpoint)
    )
}

/// Finds the page's tag, and reports what is wrong with its place and form.
pub(super) fn examine<'p>(
    web: &dyn Web,
    subject: &Subject,
    page: &'p Page,
    findings: &mut Findings,
    report: &mut Report,
) -> Option<Tag<'p>> {
    check_amp(page, findings);
    let running = running(web, page);
    if let Some(first) = running.first() {
        check_repeated(page, &running, findings);
        check_form(page, first, findings);
        return running.into_iter().next();
    }
    if let Some(tag) = rewritten(page, findings) {
        return Some(tag);
    }
    if let Some(tag) = bundled(web, page, findings, report) {
        return Some(tag);
    }
    if !findings.has("tag-bundled") && !findings.has("page-amp") {
        findings.push(missing(subject, page, report));
    }
    None
}

fn check_amp(page: &Page, findings: &mut Findings) {
    let amp = page
        .elements("html")
        .find(|html| html.attr("amp").is_some() || html.attr("\u{26a1}").is_some());
    if let Some(html) = amp {
        let says = "This is an AMP page, and AMP runs no scripts but its own.";
        findings.push(
            error(
                "page-amp",
                says,
                "Put the tag into the page's canonical version.",
            )
            .at(page, html),
        );
    }
}

/// Active scripts that are the loader, in order.
fn running<'p>(web: &dyn Web, page: &'p Page) -> Vec<Tag<'p>> {
    let runs = |script: &ElementRef<'_>| {
        optimisers::is_script(script.attr("type").unwrap_or_default())
            && script.attr("nomodule").is_none()
    };
    let found = page.elements("script").filter(runs).filter_map(|element| {
        let src = element.attr("src").and_then(|src| page.resolve(src));
        let is_known = match &src {
            Some(src) => is_file(src.as_str()) || element.attr("data-site").is_some(),
            None => element.attr("src").is_none() && is_loader(&element.text().collect::<String>()),
        };
        is_known.then_some(Tag { element, src })
    });
    let found: Vec<_> = found.take(MAX_SCRIPTS).collect();
    // Other products also have an embed.js or a `data-site`. If the script cannot be fetched, judge by its address.
    let is_ours = |tag: &Tag<'_>| {
        let Some(src) = &tag.src else { return true };
        let is_named = tag.option("site").is_some();
        if is_file(src.as_str()) && is_named {
            return true;
        }
        match web.get(src, &[], MAX_SCRIPT_BYTES) {
            Ok(answer) if answer.is_success() => is_loader(&answer.text()),
            _ => is_file(src.as_str()),
        }
    };
    found.into_iter().filter(is_ours).collect()
}

/// Whether a script contains the loader.
pub(super) fn is_loader(text: &str) -> bool {
    text.contains("gema-article") && text.contains("customElements")
}
