//! The widget's files, which the script loads next.

use wire::View;

use super::{MAX_FILE_BYTES, PageContext, cors, is_script_media, matches_integrity};
use crate::{
    Web,
    finding::{Findings, error},
};

/// Fetches and checks the widget's files.
pub(super) fn files(
    web: &dyn Web,
    context: &PageContext<'_, '_>,
    view: &View,
    findings: &mut Findings,
) {
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
    let origin = context.page.origin();
    for (name, integrity) in all.into_iter().filter(|(name, _)| !name.is_empty()) {
        let Ok(url) = context.endpoint.join(name) else {
            continue;
        };
        let answer = match web.get(
            &url,
            &[("origin", &origin), ("accept", "*/*")],
            MAX_FILE_BYTES,
        ) {
            Ok(answer) if answer.is_success() => answer,
            other => {
                let why = other.map_or_else(
                    |failure| failure.to_string(),
                    |answer| format!("HTTP status {}", answer.status),
                );
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
            findings.push(
                error(
                    "files-changed",
                    says,
                    "Switch that off for the endpoint's address.",
                )
                .found(url.as_str()),
            );
        }
        if url.origin() != context.page.address.origin() {
            cors(&answer, &origin, findings);
        }
        if std::path::Path::new(url.path())
            .extension()
            .is_some_and(|end| end == "js")
            && !is_script_media(&answer.media())
        {
            let says = format!(
                "A script of the widget comes as `{}`, so browsers do not run it.",
                answer.media()
            );
            findings.push(
                error(
                    "files-content-type",
                    says,
                    "Hand on the endpoint's own Content-Type.",
                )
                .found(url.as_str()),
            );
        }
    }
}
