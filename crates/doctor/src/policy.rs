//! Content security policies of the page, from headers and `<meta>`, checked against what the widget loads
//! (docs/embedding.md, "Pages with a Content Security Policy").

use std::collections::BTreeSet;

use content_security_policy::{
    CheckResult, CspList, Destination, Directive, Initiator, ParserMetadata, Policy, PolicyDisposition, PolicySource,
    Request, Violates,
};
use scraper::ElementRef;
use url::Url;

use super::{
    Report,
    element::Elements,
    finding::{Finding, Findings, Level, error, note, warning},
    loader::Tag,
    noscript::noscript_frames,
    page::Page,
};

/// A policy and its location.
struct Found<'p> {
    policy: Policy,
    meta: Option<ElementRef<'p>>,
}

/// A permission that the widget needs.
struct Need {
    id: &'static str,
    /// The directives that apply, most specific first.
    directives: &'static [&'static str],
    /// The sources to add.
    sources: Vec<String>,
    level: Level,
    /// What fails without it.
    lost: &'static str,
}

/// Checks each policy separately, since all must allow a request.
pub(super) fn examine(
    page: &Page,
    tag: Option<&Tag<'_>>,
    endpoint: &Url,
    elements: &Elements<'_>,
    findings: &mut Findings,
    report: &mut Report,
) {
    for found in policies(page) {
        let needs = missing(&found.policy, page, tag, endpoint, elements);
        let amended = amended(&found.policy, &needs);
        if !amended.is_empty() && found.policy.disposition == PolicyDisposition::Enforce {
            report.policies.push(whole(&found.policy, &amended));
        }
        for need in &needs {
            let finding = finding(&found, need, &amended, page);
            findings.push(match found.policy.disposition {
                PolicyDisposition::Enforce => finding,
                PolicyDisposition::Report => {
                    let says = format!("A policy that only reports would forbid it: {}", finding.wrong);
                    Finding { id: "csp-report-only", level: Level::Note, wrong: says, ..finding }
                }
            });
        }
        if let Some(tag) = tag {
            nonce(&found, page, tag, findings);
        }
        if found.policy.disposition == PolicyDisposition::Enforce {
            sandbox(&found, findings);
        }
    }
}

fn policies(page: &Page) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    let of_headers = [
        ("content-security-policy", PolicyDisposition::Enforce),
        ("content-security-policy-report-only", PolicyDisposition::Report),
    ];
    for (name, disposition) in of_headers {
        for (_, value) in page.headers.iter().filter(|(known, _)| known == name) {
            let list = CspList::parse(value, PolicySource::Header, disposition);
            all.extend(list.0.into_iter().map(|policy| Found { policy, meta: None }));
        }
    }
    let is_policy = |meta: &ElementRef<'_>| {
        meta.attr("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("content-security-policy"))
    };
    // Browsers ignore policies in the body.
    for meta in page.in_head("meta").filter(is_policy) {
        let policy =
            Policy::parse(meta.attr("content").unwrap_or_default(), PolicySource::Meta, PolicyDisposition::Enforce);
        all.push(Found { policy, meta: Some(meta) });
    }
    all
}

fn missing(policy: &Policy, page: &Page, tag: Option<&Tag<'_>>, endpoint: &Url, elements: &Elements<'_>) -> Vec<Need> {
    let origin = source(endpoint);
    let file = |path: &str| endpoint.join(path).unwrap_or_else(|_| endpoint.clone());
    let violates = |request: &Request| violates(policy, request);
    let mut needs = Vec::new();
    let attribute = |name: &str| tag.and_then(|tag| tag.element.attr(name)).unwrap_or_default().to_owned();
    let of_tag = tag.and_then(|tag| tag.src.clone()).map(|src| {
        let request = request(page, src.clone(), Destination::Script, ParserMetadata::ParserInserted);
        Request { nonce: attribute("nonce"), integrity_metadata: attribute("integrity"), ..request }
    });
    // Scripts that the tag loads get its nonce.
    let of_files = Request {
        nonce: attribute("nonce"),
        ..request(page, file("assets/widget.js"), Destination::Script, ParserMetadata::NotParserInserted)
    };
    let mut scripts = BTreeSet::new();
    let is_tag_blocked = of_tag.as_ref().is_some_and(&violates);
    let is_strict = is_strict(policy);
    if is_tag_blocked && !is_strict {
        scripts.insert(of_tag.as_ref().map_or_else(|| origin.clone(), |request| source(&request.url)));
    }
    if violates(&of_files) {
        scripts.insert(origin.clone());
    }
    if !scripts.is_empty() {
        let lost = if is_tag_blocked {
            "the tag's script does not run, and there is no widget"
        } else {
            "the tag's script runs, but the files that it loads do not"
        };
        needs.push(Need {
            id: "csp-script-src",
            directives: SCRIPTS,
            sources: scripts.into_iter().collect(),
            level: Level::Error,
            lost,
        });
    }
    if violates(&request(page, file("v1/sites/SITE/events"), Destination::None, ParserMetadata::None)) {
        let lost = "the script cannot ask the endpoint, and there is no widget";
        needs.push(Need {
            id: "csp-connect-src",
            directives: &["connect-src", "default-src"],
            sources: vec![origin.clone()],
            level: Level::Error,
            lost,
        });
    }
    let alone = CspList(vec![Policy { disposition: PolicyDisposition::Enforce, ..policy.clone() }]);
    if alone.is_wasm_evaluation_allowed().0 == CheckResult::Blocked {
        let lost = "WebAssembly is blocked: poll and share links work, but copying, the QR code, Mastodon and readers without a connection do not";
        needs.push(Need {
            id: "csp-wasm",
            directives: &["script-src", "default-src"],
            sources: vec!["'wasm-unsafe-eval'".into()],
            level: Level::Warning,
            lost,
        });
    }
    if alone.is_trusted_type_policy_creation_allowed("gema", &[]).0 == CheckResult::Blocked {
        let lost = "Trusted Types do not allow the policy `gema`, and there is no widget";
        needs.push(Need {
            id: "csp-trusted-types",
            directives: &["trusted-types"],
            sources: vec!["gema".into()],
            level: Level::Error,
            lost,
        });
    }
    if violates(&request(page, file("v1/sites/SITE/qr.svg"), Destination::Image, ParserMetadata::None)) {
        let lost = "the QR code is not shown, nor are the images of the endpoint's copies";
        needs.push(Need {
            id: "csp-img-src",
            directives: &["img-src", "default-src"],
            sources: vec![origin.clone()],
            level: Level::Warning,
            lost,
        });
    }
    let has_frame = noscript_frames(page).iter().any(|frame| frame.origin() == endpoint.origin());
    if has_frame
        && violates(&request(
            page,
            file("v1/sites/SITE/widget.html"),
            Destination::IFrame,
            ParserMetadata::ParserInserted,
        ))
    {
        let lost = "the frame for readers without JavaScript is not shown";
        needs.push(Need {
            id: "csp-frame-src",
            directives: &["frame-src", "child-src", "default-src"],
            sources: vec![origin.clone()],
            level: Level::Warning,
            lost,
        });
    }
    let is_included = elements.articles().any(|element| {
        element.children().filter_map(ElementRef::wrap).any(|child| child.attr("shadowrootmode").is_some())
    });
    if is_included
        && violates(&request(page, file("assets/widget.css"), Destination::Style, ParserMetadata::ParserInserted))
    {
        let lost = "the widget that the server has put into the page has no style sheet before the script runs";
        needs.push(Need {
            id: "csp-style-src",
            directives: &["style-src-elem", "style-src", "default-src"],
            sources: vec![origin],
            level: Level::Warning,
            lost,
        });
    }
    needs
}

const SCRIPTS: &[&str] = &["script-src-elem", "script-src", "default-src"];

fn violates(policy: &Policy, request: &Request) -> bool {
    matches!(policy.does_request_violate_policy(request), Violates::Directive(_))
}

fn request(page: &Page, url: Url, destination: Destination, parser_metadata: ParserMetadata) -> Request {
    Request {
        current_url: url.clone(),
        url,
        origin: page.address.origin(),
        redirect_count: 0,
        destination,
        initiator: Initiator::None,
        nonce: String::new(),
        integrity_metadata: String::new(),
        parser_metadata,
    }
}

/// An origin as a source of a policy.
fn source(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The directive that applies, if the policy has one.
fn deciding<'a>(policy: &'a Policy, directives: &[&str]) -> Option<&'a Directive> {
    directives.iter().find_map(|name| policy.directive_set.iter().find(|directive| directive.name == *name))
}

/// The directive to write for a need, before adding sources. If default-src applies, its sources are copied, because
/// the new directive replaces it.
fn base(policy: &Policy, need: &Need) -> (String, Vec<String>) {
    let name = of_default(need.directives[0]);
    let Some(directive) = deciding(policy, need.directives) else { return (name.to_owned(), Vec::new()) };
    let is_none = |value: &&String| value.eq_ignore_ascii_case("'none'");
    let values = directive.value.iter().filter(|value| !is_none(value)).cloned().collect();
    let name = if directive.name == "default-src" { name } else { &directive.name };
    (name.to_owned(), values)
}

/// The directives to write, each with the sources of all its needs.
fn amended(policy: &Policy, needs: &[Need]) -> Vec<Directive> {
    let mut all: Vec<Directive> = Vec::new();
    for need in needs {
        let (name, value) = base(policy, need);
        let at = all.iter().position(|known| known.name == name).unwrap_or_else(|| {
            all.push(Directive { name, value });
            all.len() - 1
        });
        for source in &need.sources {
            if !all[at].value.contains(source) {
                all[at].value.push(source.clone());
            }
        }
    }
    all
}

/// The policy with those directives.
fn whole(policy: &Policy, amended: &[Directive]) -> String {
    let mut whole = policy.clone();
    for directive in amended {
        match whole.directive_set.iter_mut().find(|known| known.name == directive.name) {
            Some(known) => known.clone_from(directive),
            None => whole.directive_set.push(directive.clone()),
        }
    }
    whole.to_string()
}

fn finding(found: &Found<'_>, need: &Need, amended: &[Directive], page: &Page) -> Finding {
    let (name, _) = base(&found.policy, need);
    let before = deciding(&found.policy, need.directives);
    let after = amended.iter().find(|directive| directive.name == name).map(Directive::to_string).unwrap_or_default();
    let whom = if found.meta.is_some() { "in <meta>" } else { "in the header Content-Security-Policy" };
    let says = format!("The page's policy ({whom}) forbids it: {}.", need.lost);
    let is_replaced = before.is_some_and(|before| before.name == name);
    let verb = if is_replaced { "In the policy, write in place of that directive" } else { "Add to the policy" };
    let finding = Finding { level: need.level, ..error(need.id, says, format!("{verb}:\n{after};")) };
    let finding = match before {
        Some(before) => finding.found(&before.to_string()),
        None => finding,
    };
    Finding { line: found.meta.and_then(|meta| page.line(meta)), ..finding }
}

/// The directive to write if only default-src is present.
fn of_default(name: &str) -> &str {
    match name {
        "script-src-elem" => "script-src",
        "style-src-elem" => "style-src",
        name => name,
    }
}

/// With `'strict-dynamic'`, browsers ignore the addresses in the list.
fn is_strict(policy: &Policy) -> bool {
    deciding(policy, SCRIPTS)
        .is_some_and(|directive| directive.value.iter().any(|value| value.eq_ignore_ascii_case("'strict-dynamic'")))
}

/// Checks the tag's nonce.
fn nonce(found: &Found<'_>, page: &Page, tag: &Tag<'_>, findings: &mut Findings) {
    let Some(directive) = deciding(&found.policy, SCRIPTS) else { return };
    let nonces: Vec<_> =
        directive.value.iter().filter_map(|value| value.strip_prefix("'nonce-")?.strip_suffix('\'')).collect();
    let of_tag = tag.element.attr("nonce").unwrap_or_default();
    let Some(src) = tag.src.clone() else { return };
    let request =
        Request { nonce: of_tag.into(), ..request(page, src, Destination::Script, ParserMetadata::ParserInserted) };
    let request = Request { integrity_metadata: tag.element.attr("integrity").unwrap_or_default().into(), ..request };
    if !violates(&found.policy, &request) || found.policy.disposition == PolicyDisposition::Report {
        return;
    }
    if !of_tag.is_empty() && !nonces.contains(&of_tag) && !nonces.is_empty() {
        let says = "The tag's nonce is not the policy's: a cache keeps the page longer than the header, or the other way round.";
        let write = "Let the same program write both for each answer, and let no cache keep the page; or allow the script by its address.";
        findings.push(error("csp-nonce", says, write).at(page, tag.element));
    } else if is_strict(&found.policy) {
        let says = "The policy has 'strict-dynamic', so addresses in script-src are ignored, and the tag has no nonce or hash that it knows: the script does not run.";
        let write = if nonces.is_empty() {
            "Write embed.v1.js with integrity=\"…\" (docs/embedding.md, \"A script whose content you have seen\"), and put that hash into script-src."
        } else {
            "Give the tag the page's nonce, as the other scripts have it: <script async nonce=\"…\" src=…"
        };
        findings.push(error("csp-nonce", says, write).at(page, tag.element));
    }
}

/// Reports a policy that sandboxes the page.
fn sandbox(found: &Found<'_>, findings: &mut Findings) {
    if found.meta.is_some() {
        return; // Browsers ignore it in a <meta>.
    }
    let Some(directive) = found.policy.directive_set.iter().find(|directive| directive.name == "sandbox") else {
        return;
    };
    let allows = |what: &str| directive.value.iter().any(|value| value.eq_ignore_ascii_case(what));
    if !allows("allow-scripts") {
        let says = "The page's policy puts it into a sandbox without scripts.";
        findings.push(
            error("csp-sandbox", says, "Add allow-scripts to the directive sandbox.").found(&directive.to_string()),
        );
    } else if !allows("allow-same-origin") {
        let says = "The page's policy puts it into a sandbox without an origin: nothing is kept in the browser, and a reader counts once a day.";
        findings.push(
            note(
                "csp-sandbox",
                says,
                "Add allow-same-origin to the directive sandbox, if you trust the page's scripts.",
            )
            .found(&directive.to_string()),
        );
    }
}

/// Whether the page's embedder policy requires CORP headers of scripts.
pub(super) fn requires_corp(page: &Page) -> bool {
    page.header("cross-origin-embedder-policy").is_some_and(|value| value.trim().starts_with("require-corp"))
}

/// The warning about a missing CORP header.
pub(super) fn without_corp(address: &Url) -> Finding {
    let says = "The page has Cross-Origin-Embedder-Policy: require-corp, and the script comes without Cross-Origin-Resource-Policy: browsers block it.";
    let write =
        "Let the proxy in front of the endpoint hand on Cross-Origin-Resource-Policy, or add crossorigin to the tag.";
    warning("corp-missing", says, write).found(address.as_str())
}
