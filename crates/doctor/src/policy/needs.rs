//! What the widget needs of a policy, and the directives that would permit it.

use std::collections::BTreeSet;

use content_security_policy::{
    CheckResult, CspList, Destination, Directive, Initiator, ParserMetadata, Policy,
    PolicyDisposition, Request, Violates,
};
use scraper::ElementRef;
use url::Url;

use crate::{
    element::Elements, finding::Level, loader::Tag, noscript::noscript_frames, page::Page,
};

/// A permission that the widget needs.
pub(super) struct Need {
    pub(super) id: &'static str,
    /// The directives that apply, most specific first.
    pub(super) directives: &'static [&'static str],
    /// The sources to add.
    pub(super) sources: Vec<String>,
    pub(super) level: Level,
    /// What fails without it.
    pub(super) lost: &'static str,
}

/// The permissions that the policy does not give.
pub(super) fn missing(
    policy: &Policy,
    page: &Page,
    tag: Option<&Tag<'_>>,
    endpoint: &Url,
    elements: &Elements<'_>,
) -> Vec<Need> {
    let origin = source(endpoint);
    let file = |path: &str| endpoint.join(path).unwrap_or_else(|_| endpoint.clone());
    let violates = |request: &Request| violates(policy, request);
    let mut needs = Vec::new();
    let attribute = |name: &str| {
        tag.and_then(|tag| tag.element.attr(name))
            .unwrap_or_default()
            .to_owned()
    };
    let of_tag = tag.and_then(|tag| tag.src.clone()).map(|src| {
        let request = request(
            page,
            src.clone(),
            Destination::Script,
            ParserMetadata::ParserInserted,
        );
        Request {
            nonce: attribute("nonce"),
            integrity_metadata: attribute("integrity"),
            ..request
        }
    });
    // Scripts that the tag loads get its nonce.
    let of_files = Request {
        nonce: attribute("nonce"),
        ..request(
            page,
            file("assets/widget.js"),
            Destination::Script,
            ParserMetadata::NotParserInserted,
        )
    };
    let mut scripts = BTreeSet::new();
    let is_tag_blocked = of_tag.as_ref().is_some_and(&violates);
    let is_strict = is_strict(policy);
    if is_tag_blocked && !is_strict {
        scripts.insert(
            of_tag
                .as_ref()
                .map_or_else(|| origin.clone(), |request| source(&request.url)),
        );
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
            directives: SCRIPT_DIRECTIVES,
            sources: scripts.into_iter().collect(),
            level: Level::Error,
            lost,
        });
    }
    if violates(&request(
        page,
        file("v1/sites/SITE/events"),
        Destination::None,
        ParserMetadata::None,
    )) {
        let lost = "the script cannot ask the endpoint, and there is no widget";
        needs.push(Need {
            id: "csp-connect-src",
            directives: &["connect-src", "default-src"],
            sources: vec![origin.clone()],
            level: Level::Error,
            lost,
        });
    }
    let alone = CspList(vec![Policy {
        disposition: PolicyDisposition::Enforce,
        ..policy.clone()
    }]);
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
    if violates(&request(
        page,
        file("v1/sites/SITE/qr.svg"),
        Destination::Image,
        ParserMetadata::None,
    )) {
        let lost = "the QR code is not shown, nor are the images of the endpoint's copies";
        needs.push(Need {
            id: "csp-img-src",
            directives: &["img-src", "default-src"],
            sources: vec![origin.clone()],
            level: Level::Warning,
            lost,
        });
    }
    let has_frame = noscript_frames(page)
        .iter()
        .any(|frame| frame.origin() == endpoint.origin());
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
        element
            .children()
            .filter_map(ElementRef::wrap)
            .any(|child| child.attr("shadowrootmode").is_some())
    });
    if is_included
        && violates(&request(
            page,
            file("assets/widget.css"),
            Destination::Style,
            ParserMetadata::ParserInserted,
        ))
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

/// The directives for scripts, most specific first.
pub(super) const SCRIPT_DIRECTIVES: &[&str] = &["script-src-elem", "script-src", "default-src"];

pub(super) fn violates(policy: &Policy, request: &Request) -> bool {
    matches!(
        policy.does_request_violate_policy(request),
        Violates::Directive(_)
    )
}

pub(super) fn request(
    page: &Page,
    url: Url,
    destination: Destination,
    parser_metadata: ParserMetadata,
) -> Request {
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
pub(super) fn deciding<'a>(policy: &'a Policy, directives: &[&str]) -> Option<&'a Directive> {
    directives.iter().find_map(|name| {
        policy
            .directive_set
            .iter()
            .find(|directive| directive.name == *name)
    })
}

/// The directive to write for a need, before adding sources. If default-src applies, its sources are copied, because
/// the new directive replaces it.
pub(super) fn base(policy: &Policy, need: &Need) -> (String, Vec<String>) {
    let name = of_default(need.directives[0]);
    let Some(directive) = deciding(policy, need.directives) else {
        return (name.to_owned(), Vec::new());
    };
    let is_none = |value: &&String| value.eq_ignore_ascii_case("'none'");
    let values = directive
        .value
        .iter()
        .filter(|value| !is_none(value))
        .cloned()
        .collect();
    let name = if directive.name == "default-src" {
        name
    } else {
        &directive.name
    };
    (name.to_owned(), values)
}

/// The directives to write, each with the sources of all its needs.
pub(super) fn amended(policy: &Policy, needs: &[Need]) -> Vec<Directive> {
    let mut all: Vec<Directive> = Vec::new();
    for need in needs {
        let (name, value) = base(policy, need);
        let at = all
            .iter()
            .position(|known| known.name == name)
            .unwrap_or_else(|| {
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
pub(super) fn whole(policy: &Policy, amended: &[Directive]) -> String {
    let mut whole = policy.clone();
    for directive in amended {
        match whole
            .directive_set
            .iter_mut()
            .find(|known| known.name == directive.name)
        {
            Some(known) => known.clone_from(directive),
            None => whole.directive_set.push(directive.clone()),
        }
    }
    whole.to_string()
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
pub(super) fn is_strict(policy: &Policy) -> bool {
    deciding(policy, SCRIPT_DIRECTIVES).is_some_and(|directive| {
        directive
            .value
            .iter()
            .any(|value| value.eq_ignore_ascii_case("'strict-dynamic'"))
    })
}
