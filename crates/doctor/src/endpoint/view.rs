//! The article's view, requested as by the page.

use scraper::ElementRef;
use text::section::section;
use wire::{Poll, View};

use super::{MAX_FILE_BYTES, PageContext, address, at_tag, cors, problem};
use crate::{
    Answer, Web,
    element::{attribute_of, is_blank},
    finding::{Finding, Findings, error, note, warning},
    language,
    page::Page,
};

/// Requests the view like the page would.
pub(super) fn view(
    web: &dyn Web,
    context: &PageContext<'_, '_>,
    site: &str,
    key: Option<&str>,
    lang: Option<&str>,
    is_loader_gema: bool,
    findings: &mut Findings,
) -> Option<View> {
    let origin = context.page.origin();
    let mut pairs = vec![
        ("article", key.unwrap_or("doctor")),
        ("origin", origin.as_str()),
        ("body", "1"),
    ];
    pairs.extend(lang.map(|lang| ("lang", lang)));
    let url = address(context.endpoint, site, "view", &pairs)?;
    let answer = match web.get(
        &url,
        &[
            ("origin", &origin),
            ("accept", "*/*"),
            ("sec-fetch-dest", "empty"),
        ],
        MAX_FILE_BYTES,
    ) {
        Ok(answer) => answer,
        Err(failure) => {
            let says = format!("The endpoint does not answer: {failure}.");
            findings.push(
                error(
                    "endpoint-unreachable",
                    says,
                    "See that the endpoint runs, and that its name and certificate are right.",
                )
                .found(url.as_str()),
            );
            return None;
        }
    };
    if let Ok(view) = serde_json::from_slice::<View>(&answer.body)
        && answer.is_success()
    {
        if answer.url.origin() != context.page.address.origin() {
            cors(&answer, &origin, findings);
        }
        return Some(view);
    }
    findings.push(no_view(context, site, &answer, is_loader_gema));
    None
}

fn no_view(
    context: &PageContext<'_, '_>,
    site: &str,
    answer: &Answer,
    is_loader_gema: bool,
) -> Finding {
    let endpoint = context.endpoint;
    match problem(answer) {
        (Some(detail), Some(field)) if field == "site" && answer.status == 404 => {
            let says = format!("The endpoint has no site `{site}`. It says: {detail}");
            let section = section(site);
            let write = format!(
                "Write the site's name as it stands in gema.toml into data-site, or add {section} there:\n{section}\norigins = [\"{}\"]",
                context.page.origin()
            );
            at_tag(context, error("site-unknown", says, write))
        }
        (Some(detail), Some(field)) if field == "article" => at_tag(
            context,
            error(
                "key-invalid",
                format!("The endpoint refuses the article's name. It says: {detail}"),
                "Name the article: article=\"…\"",
            ),
        ),
        (Some(detail), _) => {
            let says = format!(
                "The endpoint answers with HTTP status {}: {detail}",
                answer.status
            );
            error("endpoint-status", says, "See the endpoint's log.").found(answer.url.as_str())
        }
        _ if is_loader_gema => {
            let says = format!(
                "The script is Gema's, but no endpoint answers beside it: {} has HTTP status {}.",
                answer.url, answer.status
            );
            let write = "If embed.js is a copy, or a proxy hands on only that file: name the endpoint with data-endpoint=\"https://…/\", \
                         or let the proxy hand on everything below the endpoint's address (/v1/ and /assets/ too).";
            at_tag(context, error("endpoint-elsewhere", says, write))
        }
        _ => {
            let says = format!(
                "{endpoint} does not answer as Gema does: HTTP status {}, content type `{}`.",
                answer.status,
                answer.media()
            );
            error(
                "endpoint-not-gema",
                says,
                "Write the address of your endpoint into the tag, or into data-endpoint.",
            )
            .found(answer.url.as_str())
        }
    }
}

/// Reports what the view reveals about the page.
pub(super) fn of_view(
    context: &PageContext<'_, '_>,
    view: &View,
    lang: Option<&str>,
    findings: &mut Findings,
) {
    let page = context.page;
    let site = context.names.site_to_request().unwrap_or_default();
    if let Some(refusal) = &view.refusal {
        let says =
            format!("The endpoint does not count what readers of this page do. It says: {refusal}");
        let write = format!(
            "In gema.toml, then `gema reload`:\n{}\norigins = [\"{}\"]   # beside those that are there",
            section(site),
            page.origin()
        );
        findings.push(error("origin-refused", says, write).found(&page.origin()));
    }
    if let Some(lang) = lang
        && language::primary(lang) != language::primary(&view.locale)
    {
        let says = format!(
            "The page is in `{lang}`, which the site does not have: the widget speaks `{}`.",
            language::primary(&view.locale)
        );
        let write = format!(
            "Add \"{}\" to the site's `languages` in gema.toml, if Gema has it (docs/languages.md), or correct the page's lang.",
            language::primary(lang)
        );
        findings.push(warning("lang-unknown", says, write));
    }
    if !view.counts {
        let says =
            "Nothing of this article counts: the site's `ignore` in gema.toml matches its name.";
        findings.push(note(
            "article-ignored",
            says,
            "Nothing, if it is a preview or a search page. Else narrow `ignore`.",
        ));
    } else if view.poll != Poll::Open && view.refusal.is_none() {
        let says = if view.poll == Poll::Off {
            "The site has no poll."
        } else {
            "The poll of this article is closed, by the site's rule."
        };
        findings.push(note(
            "poll-closed",
            says,
            "See `poll` and `poll_closes_after_days` in gema.toml.",
        ));
    }
    for element in context
        .elements
        .articles()
        .filter(|element| is_blank(*element))
    {
        let is_copy_asked = attribute_of(element, "body").is_none_or(|body| body != "page");
        if is_copy_asked && view.article.is_none() && context.elements.first() == Some(element) {
            let says = "The element is empty, and the endpoint has no copy of the article: readers see the widget without an article.";
            let write = "Put the article between <gema-article> and </gema-article>, give the endpoint a copy (gema article put), or leave the element out.";
            findings.push(warning("element-empty", says, write).at(page, element));
        }
    }
    if context.elements.first().is_some() || !context.elements.has_counts() {
        headline(page, context, findings);
    }
}

/// Reports a missing headline, without which shares contain only an address.
fn headline(page: &Page, context: &PageContext<'_, '_>, findings: &mut Findings) {
    let named = context
        .elements
        .first()
        .and_then(|element| attribute_of(element, "title"))
        .unwrap_or_default();
    let is_og = |meta: &ElementRef<'_>| meta.attr("property") == Some("og:title");
    let og = page
        .in_head("meta")
        .find(is_og)
        .and_then(|meta| meta.attr("content"))
        .unwrap_or_default();
    let title = page
        .elements("title")
        .next()
        .map(|title| title.text().collect::<String>())
        .unwrap_or_default();
    let of_tag = context
        .tag
        .and_then(|tag| tag.option("title"))
        .unwrap_or_default();
    if [named, og, &title, &of_tag]
        .iter()
        .all(|text| text.trim().is_empty())
    {
        let says = "The page has no headline to share: neither og:title nor <title>.";
        findings.push(warning(
            "headline-missing",
            says,
            "Add <meta property=\"og:title\" content=\"…\"> to the head.",
        ));
    }
}
