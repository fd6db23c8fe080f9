//! What the endpoint answers to the page: the script, the view, the widget's files.

use axum::http::HeaderMap;
use base64::{Engine, prelude::BASE64_STANDARD};
use scraper::{ElementRef, Html};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};
use url::Url;
use wire::{Poll, SiteId, View};

use super::{
    Answer, Report, Web,
    element::{Elements, is_blank, said},
    finding::{Finding, Findings, error, note, warning},
    language, live,
    page::Page,
    policy,
    tag::{Names, Tag, is_loader, recommended},
};

/// The most bytes of any file of the widget.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// The longest that a cache may keep embed.js, in seconds: longer than the files that it names are there.
const MAX_LOADER_AGE: u64 = 86_400;

/// Whom to ask about what.
pub(super) struct Asked<'a, 'p> {
    pub(super) page: &'p Page,
    pub(super) tag: Option<&'a Tag<'p>>,
    pub(super) elements: &'a Elements<'p>,
    pub(super) endpoint: &'a Url,
    pub(super) names: &'a Names,
}

/// Whether a browser would let the page ask at all.
pub(super) fn is_reachable_from(page: &Page, endpoint: &Url, findings: &mut Findings) -> bool {
    let is_mixed = page.address.scheme() == "https" && endpoint.scheme() == "http" && !is_loopback(endpoint);
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

/// Asks as the page would.
pub(super) fn examine(
    web: &dyn Web,
    asked: &Asked<'_, '_>,
    key: Option<&str>,
    lang: Option<&str>,
    findings: &mut Findings,
    report: &mut Report,
) {
    let loader = asked.tag.and_then(|tag| tag.src.clone()).map(|src| script(web, asked, &src, findings));
    if loader == Some(Loader::Unreachable) {
        return;
    }
    version(web, asked.endpoint, findings);
    frames(asked, key, findings);
    let site = asked.names.asked().filter(|site| SiteId::parse(site).is_ok());
    let Some(site) = site else { return };
    let Some(view) = view(web, asked, site, key, lang, loader == Some(Loader::Gema), findings) else { return };
    of_view(asked, &view, lang, findings);
    files(web, asked, &view, findings);
    if view.live
        && let Some(address) = address(asked.endpoint, site, "live", &[("article", key.unwrap_or("doctor"))])
    {
        live::examine(web, &address, &asked.page.origin(), findings, report);
    }
}

#[derive(PartialEq, Eq)]
enum Loader {
    Gema,
    Other,
    Unreachable,
}

/// The tag's own file.
fn script(web: &dyn Web, asked: &Asked<'_, '_>, src: &Url, findings: &mut Findings) -> Loader {
    let (page, tag) = (asked.page, asked.tag.map(|tag| tag.element));
    let attribute = |name: &str| tag.and_then(|tag| tag.attr(name));
    let integrity = attribute("integrity").unwrap_or_default();
    let (origin, is_cors) = (page.origin(), attribute("crossorigin").is_some());
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
        findings.push(no_script(asked, src, &answer));
        return Loader::Other;
    }
    if !is_loader(&answer.text()) {
        let says = format!("{src} is not Gema's script.");
        let write = format!("Write the address of your endpoint:\n{}", recommended(None, asked.names.asked()));
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
            warning("endpoint-redirects", says, recommended(endpoint.as_ref(), asked.names.asked()))
                .found(src.as_str()),
        );
    }
    if !is_script_media(&answer.media()) {
        let says = format!("The script comes as `{}`, so browsers do not run it.", answer.media());
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
        check_integrity(asked, src, &answer, integrity, is_cors, findings);
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

fn no_script(asked: &Asked<'_, '_>, src: &Url, answer: &Answer) -> Finding {
    let detail = problem(answer).0;
    let says = match detail {
        Some(detail) => format!("{src} answers with HTTP status {}: {detail}", answer.status),
        None => format!("{src} answers with HTTP status {}.", answer.status),
    };
    let base =
        if asked.page.base == asked.page.address { "" } else { " The page's <base href> changes relative addresses." };
    error("embed-status", says, format!("Write the endpoint's own address, as its front page shows it.{base}"))
        .found(src.as_str())
}

fn is_script_media(media: &str) -> bool {
    super::optimisers::is_script(media) && !media.is_empty() && media != "module"
}

fn check_integrity(
    asked: &Asked<'_, '_>,
    src: &Url,
    answer: &Answer,
    integrity: &str,
    is_cors: bool,
    findings: &mut Findings,
) {
    let tag = asked.tag.map(|tag| tag.element);
    let push = |finding: Finding, findings: &mut Findings| {
        findings.push(match tag {
            Some(tag) => finding.at(asked.page, tag),
            None => finding,
        });
    };
    let is_foreign = src.origin() != asked.page.address.origin();
    if is_foreign && !is_cors {
        let says = "The tag has `integrity` without `crossorigin`, so browsers block the script.";
        push(error("integrity-crossorigin", says, "Add crossorigin to the tag."), findings);
    }
    if !matches_integrity(integrity, &answer.body) {
        let says = "The script is not what the tag's `integrity` says, so browsers block it.";
        let write = format!(
            "If you have seen that the script is right, write integrity=\"sha384-{}\"",
            BASE64_STANDARD.encode(Sha384::digest(&answer.body))
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

/// Whether a content is one of those that `integrity` names: of the strongest function that it names.
fn matches_integrity(integrity: &str, body: &[u8]) -> bool {
    let digest = |name: &str| match name {
        "sha256" => Some((1, BASE64_STANDARD.encode(Sha256::digest(body)))),
        "sha384" => Some((2, BASE64_STANDARD.encode(Sha384::digest(body)))),
        "sha512" => Some((3, BASE64_STANDARD.encode(Sha512::digest(body)))),
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
    strongest.is_none_or(|strongest| known.iter().any(|(strength, is_right)| *strength == strongest && *is_right))
}

/// Whether the page may read the answer.
fn cors(answer: &Answer, origin: &str, findings: &mut Findings) {
    let all = answer.values("access-control-allow-origin");
    let write = "Let the proxy hand on the endpoint's own Access-Control-Allow-Origin, once, and add none itself.";
    match &all[..] {
        [one] if one == "*" || one == origin => {}
        [] => {
            let says =
                "The answer has no Access-Control-Allow-Origin, so the page may not read it: a proxy takes it away.";
            findings.push(error("cors-missing", says, write).found(answer.url.as_str()));
        }
        [one] if !one.contains(',') => {
            let says =
                format!("The answer has Access-Control-Allow-Origin: {one}, so pages of {origin} may not read it.");
            findings.push(error("cors-other", says, write).found(answer.url.as_str()));
        }
        _ => {
            let says = "The answer has Access-Control-Allow-Origin twice, which browsers refuse: a proxy adds its own.";
            findings.push(error("cors-twice", says, write).found(&all.join(", ")));
        }
    }
}

fn max_age(headers: &HeaderMap) -> Option<u64> {
    let control = headers.get("cache-control")?.to_str().ok()?.to_ascii_lowercase();
    control.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok())
}

fn caching(src: &Url, answer: &Answer, findings: &mut Findings) {
    let control = answer.header("cache-control").to_ascii_lowercase();
    let is_loader = src.path().ends_with("/embed.js");
    if is_loader && (control.contains("immutable") || max_age(&answer.headers).is_some_and(|age| age > MAX_LOADER_AGE))
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
    if answer.header("content-encoding").is_empty() && !answer.body.is_empty() && !is_loopback(src) {
        let says = "The script comes unpacked, though browsers take gzip and br: readers download more than they need.";
        findings.push(
            note("embed-uncompressed", says, "Let the proxy hand on Accept-Encoding and Content-Encoding.")
                .found(src.as_str()),
        );
    }
}

/// What a problem says, and of which field.
fn problem(answer: &Answer) -> (Option<String>, Option<String>) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    (text("detail"), text("field"))
}

/// Which version the endpoint is of.
fn version(web: &dyn Web, endpoint: &Url, findings: &mut Findings) {
    let Some(answer) = endpoint.join("v1/version").ok().and_then(|url| web.get(&url, &[], 4096).ok()) else { return };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let Some(version) = body["version"].as_str().filter(|_| body["name"] == "gema") else { return };
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

/// The view, as the page would ask for it.
fn view(
    web: &dyn Web,
    asked: &Asked<'_, '_>,
    site: &str,
    key: Option<&str>,
    lang: Option<&str>,
    is_loader_gema: bool,
    findings: &mut Findings,
) -> Option<View> {
    let origin = asked.page.origin();
    let mut pairs = vec![("article", key.unwrap_or("doctor")), ("origin", origin.as_str()), ("body", "1")];
    pairs.extend(lang.map(|lang| ("lang", lang)));
    let url = address(asked.endpoint, site, "view", &pairs)?;
    let answer =
        match web.get(&url, &[("origin", &origin), ("accept", "*/*"), ("sec-fetch-dest", "empty")], MAX_FILE_BYTES) {
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
        if answer.url.origin() != asked.page.address.origin() {
            cors(&answer, &origin, findings);
        }
        return Some(view);
    }
    findings.push(no_view(asked, site, &answer, is_loader_gema));
    None
}

fn no_view(asked: &Asked<'_, '_>, site: &str, answer: &Answer, is_loader_gema: bool) -> Finding {
    let endpoint = asked.endpoint;
    match problem(answer) {
        (Some(detail), Some(field)) if field == "site" && answer.status == 404 => {
            let says = format!("The endpoint has no site `{site}`. It says: {detail}");
            let write = format!(
                "Write the site's name as it stands in gema.toml into data-site, or add [sites.{site}] there:\n[sites.{site}]\norigins = [\"{}\"]",
                asked.page.origin()
            );
            at_tag(asked, error("site-unknown", says, write))
        }
        (Some(detail), Some(field)) if field == "article" => at_tag(
            asked,
            error(
                "key-invalid",
                format!("The endpoint refuses the article's name. It says: {detail}"),
                "Name the article: article=\"…\"",
            ),
        ),
        (Some(detail), _) => {
            let says = format!("The endpoint answers with HTTP status {}: {detail}", answer.status);
            error("endpoint-status", says, "See the endpoint's log.").found(answer.url.as_str())
        }
        _ if is_loader_gema => {
            let says = format!(
                "The script is Gema's, but no endpoint answers beside it: {} has HTTP status {}.",
                answer.url, answer.status
            );
            let write = "If embed.js is a copy, or a proxy hands on only that file: name the endpoint with data-endpoint=\"https://…/\", \
                         or let the proxy hand on everything below the endpoint's address (/v1/ and /assets/ too).";
            at_tag(asked, error("endpoint-elsewhere", says, write))
        }
        _ => {
            let says = format!(
                "{endpoint} does not answer as Gema does: HTTP status {}, content type `{}`.",
                answer.status,
                answer.media()
            );
            error("endpoint-not-gema", says, "Write the address of your endpoint into the tag, or into data-endpoint.")
                .found(answer.url.as_str())
        }
    }
}

fn at_tag(asked: &Asked<'_, '_>, finding: Finding) -> Finding {
    match asked.tag {
        Some(tag) => finding.at(asked.page, tag.element),
        None => finding,
    }
}

/// What the view says of this page.
fn of_view(asked: &Asked<'_, '_>, view: &View, lang: Option<&str>, findings: &mut Findings) {
    let (page, site) = (asked.page, asked.names.asked().unwrap_or_default());
    if let Some(refusal) = &view.refusal {
        let says = format!("The endpoint does not count what readers of this page do. It says: {refusal}");
        let write = format!(
            "In gema.toml, then `gema reload`:\n[sites.{site}]\norigins = [\"{}\"]   # beside those that are there",
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
        let says = "Nothing of this article counts: the site's `ignore` in gema.toml matches its name.";
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
        findings.push(note("poll-closed", says, "See `poll` and `poll_closes_after_days` in gema.toml."));
    }
    for element in asked.elements.articles().filter(|element| is_blank(*element)) {
        let is_copy_asked = said(element, "body").is_none_or(|body| body != "page");
        if is_copy_asked && view.article.is_none() && asked.elements.first() == Some(element) {
            let says = "The element is empty, and the endpoint has no copy of the article: readers see the widget without an article.";
            let write = "Put the article between <gema-article> and </gema-article>, give the endpoint a copy (gema article put), or leave the element out.";
            findings.push(warning("element-empty", says, write).at(page, element));
        }
    }
    if asked.elements.first().is_some() || !asked.elements.has_counts() {
        headline(page, asked, findings);
    }
}

/// A share without a headline is an address only.
fn headline(page: &Page, asked: &Asked<'_, '_>, findings: &mut Findings) {
    let named = asked.elements.first().and_then(|element| said(element, "title")).unwrap_or_default();
    let is_og = |meta: &ElementRef<'_>| meta.attr("property") == Some("og:title");
    let og = page.in_head("meta").find(is_og).and_then(|meta| meta.attr("content")).unwrap_or_default();
    let title = page.elements("title").next().map(|title| title.text().collect::<String>()).unwrap_or_default();
    let of_tag = asked.tag.and_then(|tag| tag.option("title")).unwrap_or_default();
    if [named, og, &title, &of_tag].iter().all(|text| text.trim().is_empty()) {
        let says = "The page has no headline to share: neither og:title nor <title>.";
        findings.push(warning("headline-missing", says, "Add <meta property=\"og:title\" content=\"…\"> to the head."));
    }
}

/// The widget's files, which the script loads next.
fn files(web: &dyn Web, asked: &Asked<'_, '_>, view: &View, findings: &mut Findings) {
    let assets = &view.assets;
    let all = [
        (&assets.css, &assets.integrity.css),
        (&assets.js, &assets.integrity.js),
        (&assets.follow, &assets.integrity.follow),
        (&assets.wasm, &assets.integrity.wasm),
        (&assets.live, &assets.integrity.live),
    ];
    if assets.css.is_empty() {
        let says = "The endpoint was built without the widget's files.";
        findings.push(error(
            "files-missing",
            says,
            "Build it again after `cargo xtask dist`, or install a released binary.",
        ));
        return;
    }
    let origin = asked.page.origin();
    for (name, integrity) in all.into_iter().filter(|(name, _)| !name.is_empty()) {
        let Ok(url) = asked.endpoint.join(name) else { continue };
        let answer = match web.get(&url, &[("origin", &origin), ("accept", "*/*")], MAX_FILE_BYTES) {
            Ok(answer) if answer.is_success() => answer,
            other => {
                let why =
                    other.map_or_else(|failure| failure.to_string(), |answer| format!("HTTP status {}", answer.status));
                let says = format!(
                    "A file of the widget does not come ({why}): a proxy hands on other paths only, or endpoints of several versions stand behind one address."
                );
                findings.push(
                    error(
                        "files-missing",
                        says,
                        "Hand on everything below the endpoint's address, and update all endpoints.",
                    )
                    .found(url.as_str()),
                );
                return;
            }
        };
        if !matches_integrity(integrity, &answer.body) {
            let says = "A file of the widget is not what the endpoint has sent: a proxy or a CDN changes it (by minifying, for example).";
            findings
                .push(error("files-changed", says, "Switch that off for the endpoint's address.").found(url.as_str()));
        }
        if url.origin() != asked.page.address.origin() {
            cors(&answer, &origin, findings);
        }
        if std::path::Path::new(url.path()).extension().is_some_and(|end| end == "js")
            && !is_script_media(&answer.media())
        {
            let says = format!("A script of the widget comes as `{}`, so browsers do not run it.", answer.media());
            findings.push(
                error("files-content-type", says, "Hand on the endpoint's own Content-Type.").found(url.as_str()),
            );
        }
    }
}

/// Frames of readers without JavaScript: addresses in the page's <noscript>.
pub(super) fn noscript_frames(page: &Page) -> Vec<Url> {
    let mut frames = Vec::new();
    for noscript in page.elements("noscript") {
        let markup = Html::parse_fragment(&noscript.text().collect::<String>());
        let elements = markup.tree.root().descendants().filter_map(ElementRef::wrap);
        let sources = elements
            .filter(|element| element.value().name() == "iframe")
            .filter_map(|frame| page.web(frame.attr("src")?));
        frames.extend(sources.filter(|src| src.path().ends_with("/widget.html")));
    }
    frames
}

fn frames(asked: &Asked<'_, '_>, key: Option<&str>, findings: &mut Findings) {
    for frame in noscript_frames(asked.page) {
        let value =
            |name: &str| frame.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        let article = value("article").unwrap_or_default();
        if let (Some(key), Ok(named)) = (key, crate::key::article_key(&article))
            && named.as_str() != key
        {
            let says = format!(
                "The frame for readers without JavaScript is about `{article}`, and the page about `{key}`: they have different counts."
            );
            findings.push(
                warning("noscript-article", says, "Let the template write the same name in both.")
                    .found(frame.as_str()),
            );
        }
        if value("frame").as_deref() != Some("1") {
            let says = "The frame for readers without JavaScript has no frame=1 in its address, so it is no page.";
            findings.push(error("noscript-frame", says, "Add &frame=1 to the frame's address.").found(frame.as_str()));
        }
    }
}
