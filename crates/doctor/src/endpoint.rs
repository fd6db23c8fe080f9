//! The endpoint's responses to the page: script, view, and the widget's files.

/// The widget's files.
mod files;
/// Frames for readers without JavaScript.
mod frames;
/// The script of the tag.
mod script;
/// The article's view.
mod view;

use data_encoding::BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};
use url::Url;
use wire::SiteId;

use super::{
    Answer, Report, Web,
    element::Elements,
    finding::{Finding, Findings, error, note},
    live,
    loader::Tag,
    page::Page,
    tag::Names,
};
use files::files;
use frames::frames;
use script::{Loader, script};
use view::{of_view, view};

/// Maximum size of any file of the widget, in bytes.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// What to request, and for which page.
pub(super) struct PageContext<'a, 'p> {
    pub(super) page: &'p Page,
    pub(super) tag: Option<&'a Tag<'p>>,
    pub(super) elements: &'a Elements<'p>,
    pub(super) endpoint: &'a Url,
    pub(super) names: &'a Names,
}

/// Whether a browser would allow the page's requests.
pub(super) fn is_reachable_from(page: &Page, endpoint: &Url, findings: &mut Findings) -> bool {
    let is_mixed =
        page.address.scheme() == "https" && endpoint.scheme() == "http" && !is_loopback(endpoint);
    if is_mixed {
        let says = format!(
            "The page is of https and the endpoint of http ({endpoint}): browsers block that as mixed content."
        );
        let write = "Serve the endpoint over https, and write https:// in the tag.";
        findings.push(error("mixed-content", says, write).found(endpoint.as_str()));
    }
    if !matches!(endpoint.scheme(), "http" | "https") {
        findings.push(error(
            "endpoint-missing",
            format!("{endpoint} is no address of the web."),
            "Write https://… in the tag.",
        ));
        return false;
    }
    !is_mixed
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Sends the page's requests.
pub(super) fn examine(
    web: &dyn Web,
    context: &PageContext<'_, '_>,
    key: Option<&str>,
    lang: Option<&str>,
    findings: &mut Findings,
    report: &mut Report,
) {
    let loader = context
        .tag
        .and_then(|tag| tag.src.clone())
        .map(|src| script(web, context, &src, findings));
    if loader == Some(Loader::Unreachable) {
        return;
    }
    version(web, context.endpoint, findings);
    frames(context, key, findings);
    let site = context
        .names
        .site_to_request()
        .filter(|site| SiteId::parse(site).is_ok());
    let Some(site) = site else { return };
    let Some(view) = view(
        web,
        context,
        site,
        key,
        lang,
        loader == Some(Loader::Gema),
        findings,
    ) else {
        return;
    };
    of_view(context, &view, lang, findings);
    files(web, context, &view, findings);
    if view.live
        && let Some(address) = address(
            context.endpoint,
            site,
            "live",
            &[("article", key.unwrap_or("doctor"))],
        )
    {
        live::examine(web, &address, &context.page.origin(), findings, report);
    }
}

fn is_script_media(media: &str) -> bool {
    super::optimisers::is_script(media) && !media.is_empty() && media != "module"
}

/// Whether the content matches the strongest hash in `integrity`.
fn matches_integrity(integrity: &str, body: &[u8]) -> bool {
    let digest = |name: &str| match name {
        "sha256" => Some((1, BASE64.encode(&Sha256::digest(body)))),
        "sha384" => Some((2, BASE64.encode(&Sha384::digest(body)))),
        "sha512" => Some((3, BASE64.encode(&Sha512::digest(body)))),
        _ => None,
    };
    let known: Vec<_> = integrity
        .split_ascii_whitespace()
        .filter_map(|one| {
            let (name, hash) = one.split_once('-')?;
            let (strength, right) = digest(&name.to_ascii_lowercase())?;
            Some((strength, hash.split('?').next() == Some(right.as_str())))
        })
        .collect();
    let strongest = known.iter().map(|(strength, _)| *strength).max();
    strongest.is_none_or(|strongest| {
        known
            .iter()
            .any(|(strength, is_right)| *strength == strongest && *is_right)
    })
}

/// Reports if CORS headers do not let the page read the response.
fn cors(answer: &Answer, origin: &str, findings: &mut Findings) {
    let all = answer.values("access-control-allow-origin");
    let write = "Let the proxy hand on the endpoint's own Access-Control-Allow-Origin, once, and add none itself.";
    match &all[..] {
        [one] if one == "*" || one == origin => {}
        [] => {
            let says = "The answer has no Access-Control-Allow-Origin, so the page may not read it: a proxy takes it away.";
            findings.push(error("cors-missing", says, write).found(answer.url.as_str()));
        }
        [one] if !one.contains(',') => {
            let says = format!(
                "The answer has Access-Control-Allow-Origin: {one}, so pages of {origin} may not read it."
            );
            findings.push(error("cors-other", says, write).found(answer.url.as_str()));
        }
        _ => {
            let says = "The answer has Access-Control-Allow-Origin twice, which browsers refuse: a proxy adds its own.";
            findings.push(error("cors-twice", says, write).found(&all.join(", ")));
        }
    }
}

/// The detail and field of an error response.
fn problem(answer: &Answer) -> (Option<String>, Option<String>) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    (text("detail"), text("field"))
}

/// Reports if the endpoint has another version.
fn version(web: &dyn Web, endpoint: &Url, findings: &mut Findings) {
    let Some(answer) = endpoint
        .join("v1/version")
        .ok()
        .and_then(|url| web.get(&url, &[], 4096).ok())
    else {
        return;
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let Some(version) = body["version"].as_str().filter(|_| body["name"] == "gema") else {
        return;
    };
    let own = env!("CARGO_PKG_VERSION");
    if version != own {
        let says = format!(
            "The endpoint is Gema {version}, and this doctor is of {own}: what it recommends may not hold there."
        );
        findings.push(note(
            "endpoint-version",
            says,
            "Use the doctor of the endpoint's version, or update the endpoint.",
        ));
    }
}

fn address(endpoint: &Url, site: &str, noun: &str, pairs: &[(&str, &str)]) -> Option<Url> {
    let mut url = endpoint.join(&format!("v1/sites/{site}/{noun}")).ok()?;
    url.query_pairs_mut().extend_pairs(pairs);
    Some(url)
}

fn at_tag(context: &PageContext<'_, '_>, finding: Finding) -> Finding {
    match context.tag {
        Some(tag) => finding.at(context.page, tag.element),
        None => finding,
    }
}
