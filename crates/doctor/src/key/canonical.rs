//! The canonical link: whether it is present, effective and stable.

use scraper::ElementRef;
use url::Url;

use super::{canonical_link, is_canonical, is_front, route};
use crate::{
    finding::{Findings, error, note, warning},
    page::{self, Page},
};

/// Reports a front page, which is not counted.
pub(super) fn front(page: &Page, findings: &mut Findings) {
    let link = canonical_link(page)
        .filter(|(_, url)| url.as_ref().is_some_and(|url| is_front(url.path())));
    let is_front_page = is_front(page.address.path()) && page.address.query().is_none();
    match link {
        Some((link, _)) if !is_front_page => {
            let says = "The canonical link leads to the front page, so all articles would be that one: nothing is counted.";
            let write = format!(
                "Let the template write the article's own address: <link rel=\"canonical\" href=\"{}\">",
                without_campaign(&page.address)
            );
            findings.push(error("canonical-front", says, write).at(page, link));
        }
        _ => {
            let says = "This is the site's front page, of which nothing is counted unless the article is named.";
            let write = "If it shows an article, name it: <gema-article article=\"…\">. Else give the doctor an article's page.";
            findings.push(warning("front-page", says, write));
        }
    }
}

/// Query parameters of campaigns and sessions, which differ between readers.
const CAMPAIGN_PARAMETERS: [&str; 29] = [
    "fbclid",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "msclkid",
    "twclid",
    "ttclid",
    "yclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "_ga",
    "_gl",
    "phpsessid",
    "jsessionid",
    "sid",
    "sessionid",
    "session_id",
    "ref",
    "share",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "srsltid",
    "s_cid",
    "at_medium",
    "replytocom",
];

fn is_campaign(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_") || CAMPAIGN_PARAMETERS.contains(&name.as_str())
}

/// A session id in a path: a trailing `;jsessionid=…`, or `/(S(…))` of ASP.NET.
fn session_in_path(path: &str) -> Option<std::ops::Range<usize>> {
    let lower = path.to_ascii_lowercase();
    if let Some(start) = lower.find(";jsessionid=") {
        let length = lower[start..].find('/').unwrap_or(lower.len() - start);
        return Some(start..start + length);
    }
    let start = lower.find("/(s(")?;
    let length = lower[start..].find("))")? + 2;
    Some(start..start + length)
}

fn without_campaign(address: &Url) -> String {
    let mut clean = address.clone();
    clean.set_fragment(None);
    if let Some(session) = session_in_path(clean.path()) {
        let mut path = clean.path().to_owned();
        path.replace_range(session, "");
        clean.set_path(&path);
    }
    let kept: Vec<_> = address
        .query_pairs()
        .filter(|(name, _)| !is_campaign(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    clean.set_query(None);
    if !kept.is_empty() {
        clean.query_pairs_mut().extend_pairs(kept);
    }
    clean.to_string()
}

/// Checks the canonical links. `is_key`: whether the key depends on them.
pub(super) fn links(page: &Page, is_key: bool, findings: &mut Findings) {
    let own = format!(
        "<link rel=\"canonical\" href=\"{}\">",
        without_campaign(&page.address)
    );
    let all: Vec<_> = page.elements("link").filter(is_canonical).collect();
    let in_head: Vec<_> = page.in_head("link").filter(is_canonical).collect();
    if let Some(outside) = all.iter().find(|link| !page::is_within(**link, "head")) {
        let first = page
            .elements("body")
            .next()
            .and_then(|body| body.children().find_map(ElementRef::wrap));
        let by = first.filter(|first| !in_head.iter().any(|link| link.id() == first.id()));
        let by = by
            .map(|first| {
                format!(
                    " (<{}> on line {} ends the head)",
                    first.value().name(),
                    page.line(first).unwrap_or(1)
                )
            })
            .unwrap_or_default();
        let says = format!("A canonical link stands outside of <head>{by}, and is ignored.");
        findings.push(
            warning(
                "canonical-in-body",
                says,
                format!("Put it into <head>, before anything that is shown:\n{own}"),
            )
            .at(page, *outside),
        );
    }
    let Some((link, url)) = canonical_link(page) else {
        if is_key
            && all.is_empty()
            && route(&page.address).is_empty()
            && !is_front(page.address.path())
        {
            absent(page, &own, findings);
        }
        return;
    };
    let href = link.attr("href").unwrap_or_default().trim();
    if let Some(other) = in_head
        .iter()
        .find(|other| other.attr("href").unwrap_or_default().trim() != href)
    {
        let says = "The page has several canonical links that differ. The first one counts.";
        findings.push(
            warning(
                "canonical-several",
                says,
                format!("Keep one of them:\n{}", page::opening(link)),
            )
            .at(page, *other),
        );
    }
    let Some(url) = url else {
        let says = "The canonical link has no address of the web, and is ignored: the article is named by the page's path.";
        findings.push(warning("canonical-invalid", says, own).at(page, link));
        return;
    };
    if Url::parse(href).is_err() && !href.starts_with("//") {
        let finding = if page.base == page.address {
            note(
                "canonical-relative",
                "The canonical link is relative. Browsers understand it; some crawlers do not.",
                own.clone(),
            )
        } else {
            let says = format!("The canonical link is relative, and <base href> makes it {url}.");
            warning("canonical-base", says, own.clone())
        };
        findings.push(finding.at(page, link));
    }
    if page.address.scheme() == "https" && url.scheme() == "http" {
        let says =
            "The canonical link is of http, and the page of https: http is what readers share.";
        findings.push(warning("canonical-http", says, own.clone()).at(page, link));
    }
    let name = |url: &Url| {
        url.host_str()
            .unwrap_or_default()
            .trim_start_matches("www.")
            .to_owned()
    };
    if name(&url) != name(&page.address) {
        let says = format!(
            "The canonical link leads to another host, {}: that is what readers share.",
            url.host_str().unwrap_or_default()
        );
        findings.push(
            warning(
                "canonical-other-host",
                says,
                format!("If this page is the original: {own}"),
            )
            .at(page, link),
        );
    }
    let of_query = url
        .query_pairs()
        .find(|(name, _)| is_campaign(name))
        .map(|(name, _)| name.into_owned());
    let of_path = || session_in_path(url.path()).map(|session| url.path()[session].to_owned());
    if let Some(parameter) = of_query.or_else(of_path).filter(|_| is_key) {
        let says = format!(
            "The canonical link has `{parameter}`, which differs between readers: each gets counts of their own."
        );
        let write = format!(
            "<link rel=\"canonical\" href=\"{}\">",
            without_campaign(&url)
        );
        findings.push(error("canonical-campaign", says, write).at(page, link));
    }
}

/// Reports a missing canonical link: then the key is the path, without the query.
fn absent(page: &Page, own: &str, findings: &mut Findings) {
    let query: Vec<_> = page
        .address
        .query_pairs()
        .filter(|(name, _)| !is_campaign(name))
        .map(|(name, _)| name.into_owned())
        .collect();
    if query.is_empty() {
        let says = "The page has no canonical link: the article is named by the path, and is another one if the page has a second address.";
        findings.push(note(
            "canonical-missing",
            says,
            format!("Put this into <head>:\n{own}"),
        ));
    } else {
        let says = format!(
            "The page has no canonical link, so all pages of {} are one article, whatever `{}` says.",
            page.address.path(),
            query.join("`, `")
        );
        findings.push(error(
            "canonical-missing",
            says,
            format!("Put this into <head>:\n{own}"),
        ));
    }
}
