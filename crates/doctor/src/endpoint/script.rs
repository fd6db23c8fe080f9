//! Checks of the tag's script, embed.js.

use data_encoding::BASE64;
use http::HeaderMap;
use sha2::{Digest, Sha384};
use url::Url;

use super::{
    MAX_FILE_BYTES, PageContext, cors, is_loopback, is_script_media, matches_integrity, problem,
};
use crate::{
    Answer, Web,
    finding::{Finding, Findings, error, note, warning},
    policy,
    tag::{is_loader, recommended},
};

/// Maximum acceptable cache lifetime of embed.js, in seconds; beyond it, the files that it names may be gone.
const MAX_LOADER_AGE_SECONDS: u64 = 86_400;

#[derive(PartialEq, Eq)]
pub(super) enum Loader {
    Gema,
    Other,
    Unreachable,
}

/// Fetches and checks the script.
pub(super) fn script(
    web: &dyn Web,
    context: &PageContext<'_, '_>,
    src: &Url,
    findings: &mut Findings,
) -> Loader {
    let page = context.page;
    let tag = context.tag.map(|tag| tag.element);
    let attribute = |name: &str| tag.and_then(|tag| tag.attr(name));
    let integrity = attribute("integrity").unwrap_or_default();
    let origin = page.origin();
    let is_cors = attribute("crossorigin").is_some();
    let mut headers = vec![("accept", "*/*"), ("sec-fetch-dest", "script")];
    if is_cors {
        headers.push(("origin", origin.as_str()));
    }
    let answer = match web.get(src, &headers, MAX_FILE_BYTES) {
        Ok(answer) => answer,
        Err(failure) => {
            let says = format!("The endpoint does not answer: {failure}.");
            let write = "See that the endpoint runs (gema serve), that its name and certificate are right, and that it is reachable from where readers are.";
            findings.push(error("endpoint-unreachable", says, write).found(src.as_str()));
            return Loader::Unreachable;
        }
    };
    if !answer.is_success() {
        findings.push(no_script(context, src, &answer));
        return Loader::Other;
    }
    if !is_loader(&answer.text()) {
        let says = format!("{src} is not Gema's script.");
        let write = format!(
            "Write the address of your endpoint:\n{}",
            recommended(None, context.names.site_to_request())
        );
        findings.push(error("endpoint-not-gema", says, write).found(&answer.text()));
        return Loader::Other;
    }
    if let Some(first) = answer.redirects.first() {
        let says = format!(
            "{first} redirects to {}: the script loads, but what it asks afterwards goes to the old address.",
            answer.url
        );
        let endpoint = answer.url.join(".").ok();
        findings.push(
            warning(
                "endpoint-redirects",
                says,
                recommended(endpoint.as_ref(), context.names.site_to_request()),
            )
            .found(src.as_str()),
        );
    }
    if !is_script_media(&answer.media()) {
        let says = format!(
            "The script comes as `{}`, so browsers do not run it.",
            answer.media()
        );
        findings.push(
            error(
                "embed-content-type",
                says,
                "Serve embed.js as text/javascript: hand on the endpoint's own Content-Type.",
            )
            .found(src.as_str()),
        );
    }
    if !integrity.is_empty() {
        check_integrity(context, src, &answer, integrity, is_cors, findings);
    }
    let is_foreign = answer.url.origin() != page.address.origin();
    if is_cors && is_foreign {
        cors(&answer, &origin, findings);
    }
    if is_foreign
        && !is_cors
        && policy::requires_corp(page)
        && answer.header("cross-origin-resource-policy") != "cross-origin"
    {
        findings.push(policy::without_corp(src));
    }
    caching(src, &answer, findings);
    Loader::Gema
}

fn no_script(context: &PageContext<'_, '_>, src: &Url, answer: &Answer) -> Finding {
    let detail = problem(answer).0;
    let says = match detail {
        Some(detail) => format!("{src} answers with HTTP status {}: {detail}", answer.status),
        None => format!("{src} answers with HTTP status {}.", answer.status),
    };
    let base = if context.page.base == context.page.address {
        ""
    } else {
        " The page's <base href> changes relative addresses."
    };
    error(
        "embed-status",
        says,
        format!("Write the endpoint's own address, as its front page shows it.{base}"),
    )
    .found(src.as_str())
}

fn check_integrity(
    context: &PageContext<'_, '_>,
    src: &Url,
    answer: &Answer,
    integrity: &str,
    is_cors: bool,
    findings: &mut Findings,
) {
    let tag = context.tag.map(|tag| tag.element);
    let push = |finding: Finding, findings: &mut Findings| {
        findings.push(match tag {
            Some(tag) => finding.at(context.page, tag),
            None => finding,
        });
    };
    let is_foreign = src.origin() != context.page.address.origin();
    if is_foreign && !is_cors {
        let says = "The tag has `integrity` without `crossorigin`, so browsers block the script.";
        push(
            error("integrity-crossorigin", says, "Add crossorigin to the tag."),
            findings,
        );
    }
    if !matches_integrity(integrity, &answer.body) {
        let says = "The script is not what the tag's `integrity` says, so browsers block it.";
        let write = format!(
            "If you have seen that the script is right, write integrity=\"sha384-{}\"",
            BASE64.encode(&Sha384::digest(&answer.body))
        );
        push(error("integrity-mismatch", says, write), findings);
    } else if !src.path().ends_with("/embed.v1.js") {
        let says = "embed.js changes with each release of the endpoint, and with `integrity` it then stops.";
        push(
            warning(
                "integrity-of-embed",
                says,
                "Write embed.v1.js, which stays (docs/embedding.md), with its own integrity.",
            ),
            findings,
        );
    }
}

fn max_age(headers: &HeaderMap) -> Option<u64> {
    let control = headers
        .get("cache-control")?
        .to_str()
        .ok()?
        .to_ascii_lowercase();
    control
        .split(',')
        .find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok())
}

fn caching(src: &Url, answer: &Answer, findings: &mut Findings) {
    let control = answer.header("cache-control").to_ascii_lowercase();
    let is_loader = src.path().ends_with("/embed.js");
    if is_loader
        && (control.contains("immutable")
            || max_age(&answer.headers).is_some_and(|age| age > MAX_LOADER_AGE_SECONDS))
    {
        let says = "embed.js may be kept for more than a day: after an update of the endpoint, readers keep a script whose files are gone.";
        findings.push(
            warning(
                "embed-cached",
                says,
                "Let the proxy hand on the endpoint's own Cache-Control: public, max-age=300.",
            )
            .found(&control),
        );
    } else if control.contains("no-store") {
        let says = "embed.js may not be kept at all, so each page loads it anew.";
        findings.push(
            warning(
                "embed-uncached",
                says,
                "Let the proxy hand on the endpoint's own Cache-Control: public, max-age=300.",
            )
            .found(&control),
        );
    }
    if answer.header("content-encoding").is_empty() && !answer.body.is_empty() && !is_loopback(src)
    {
        let says = "The script comes unpacked, though browsers take gzip and br: readers download more than they need.";
        findings.push(
            note(
                "embed-uncompressed",
                says,
                "Let the proxy hand on Accept-Encoding and Content-Encoding.",
            )
            .found(src.as_str()),
        );
    }
}
