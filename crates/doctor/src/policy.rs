//! Content security policies of the page, from headers and `<meta>`, checked against what the widget loads
//! (docs/embedding.md, "Pages with a Content Security Policy").

/// The widget's needs of a policy.
mod needs;

use content_security_policy::{
    CspList, Destination, Directive, ParserMetadata, Policy, PolicyDisposition, PolicySource,
    Request,
};
use scraper::ElementRef;
use url::Url;

use super::{
    Report,
    element::Elements,
    finding::{Finding, Findings, Level, error, note, warning},
    loader::Tag,
    page::Page,
};
use needs::{
    Need, SCRIPT_DIRECTIVES, amended, base, deciding, is_strict, missing, request, violates, whole,
};

/// A policy and its location.
struct PagePolicy<'p> {
    policy: Policy,
    meta: Option<ElementRef<'p>>,
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
                    let says = format!(
                        "A policy that only reports would forbid it: {}",
                        finding.wrong
                    );
                    Finding {
                        id: "csp-report-only",
                        level: Level::Note,
                        wrong: says,
                        ..finding
                    }
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

fn policies(page: &Page) -> Vec<PagePolicy<'_>> {
    let mut all = Vec::new();
    let of_headers = [
        ("content-security-policy", PolicyDisposition::Enforce),
        (
            "content-security-policy-report-only",
            PolicyDisposition::Report,
        ),
    ];
    for (name, disposition) in of_headers {
        for (_, value) in page.headers.iter().filter(|(known, _)| known == name) {
            let list = CspList::parse(value, PolicySource::Header, disposition);
            all.extend(
                list.0
                    .into_iter()
                    .map(|policy| PagePolicy { policy, meta: None }),
            );
        }
    }
    let is_policy = |meta: &ElementRef<'_>| {
        meta.attr("http-equiv")
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("content-security-policy"))
    };
    // Browsers ignore policies in the body.
    for meta in page.in_head("meta").filter(is_policy) {
        let policy = Policy::parse(
            meta.attr("content").unwrap_or_default(),
            PolicySource::Meta,
            PolicyDisposition::Enforce,
        );
        all.push(PagePolicy {
            policy,
            meta: Some(meta),
        });
    }
    all
}

fn finding(found: &PagePolicy<'_>, need: &Need, amended: &[Directive], page: &Page) -> Finding {
    let (name, _) = base(&found.policy, need);
    let before = deciding(&found.policy, need.directives);
    let after = amended
        .iter()
        .find(|directive| directive.name == name)
        .map(Directive::to_string)
        .unwrap_or_default();
    let whom = if found.meta.is_some() {
        "in <meta>"
    } else {
        "in the header Content-Security-Policy"
    };
    let says = format!("The page's policy ({whom}) forbids it: {}.", need.lost);
    let is_replaced = before.is_some_and(|before| before.name == name);
    let verb = if is_replaced {
        "In the policy, write in place of that directive"
    } else {
        "Add to the policy"
    };
    let finding = Finding {
        level: need.level,
        ..error(need.id, says, format!("{verb}:\n{after};"))
    };
    let finding = match before {
        Some(before) => finding.found(&before.to_string()),
        None => finding,
    };
    Finding {
        line: found.meta.and_then(|meta| page.line(meta)),
        ..finding
    }
}

/// Checks the tag's nonce.
fn nonce(found: &PagePolicy<'_>, page: &Page, tag: &Tag<'_>, findings: &mut Findings) {
    let Some(directive) = deciding(&found.policy, SCRIPT_DIRECTIVES) else {
        return;
    };
    let nonces: Vec<_> = directive
        .value
        .iter()
        .filter_map(|value| value.strip_prefix("'nonce-")?.strip_suffix('\''))
        .collect();
    let of_tag = tag.element.attr("nonce").unwrap_or_default();
    let Some(src) = tag.src.clone() else { return };
    let request = Request {
        nonce: of_tag.into(),
        ..request(
            page,
            src,
            Destination::Script,
            ParserMetadata::ParserInserted,
        )
    };
    let request = Request {
        integrity_metadata: tag.element.attr("integrity").unwrap_or_default().into(),
        ..request
    };
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
fn sandbox(found: &PagePolicy<'_>, findings: &mut Findings) {
    if found.meta.is_some() {
        return; // Browsers ignore it in a <meta>.
    }
    let Some(directive) = found
        .policy
        .directive_set
        .iter()
        .find(|directive| directive.name == "sandbox")
    else {
        return;
    };
    let allows = |what: &str| {
        directive
            .value
            .iter()
            .any(|value| value.eq_ignore_ascii_case(what))
    };
    if !allows("allow-scripts") {
        let says = "The page's policy puts it into a sandbox without scripts.";
        findings.push(
            error(
                "csp-sandbox",
                says,
                "Add allow-scripts to the directive sandbox.",
            )
            .found(&directive.to_string()),
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
    page.header("cross-origin-embedder-policy")
        .is_some_and(|value| value.trim().starts_with("require-corp"))
}

/// The warning about a missing CORP header.
pub(super) fn without_corp(address: &Url) -> Finding {
    let says = "The page has Cross-Origin-Embedder-Policy: require-corp, and the script comes without Cross-Origin-Resource-Policy: browsers block it.";
    let write = "Let the proxy in front of the endpoint hand on Cross-Origin-Resource-Policy, or add crossorigin to the tag.";
    warning("corp-missing", says, write).found(address.as_str())
}
