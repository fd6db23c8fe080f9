//! Diagnosis of a page without a tag that runs.

use scraper::ElementRef;

use super::{MAX_SCRIPT_BYTES, MAX_SCRIPTS, directory, is_loader, recommended};
use crate::{
    Report, Subject, Web,
    finding::{Finding, Findings, error, warning},
    loader::{Tag, is_file},
    optimisers,
    page::Page,
};

/// A tag that an optimiser or consent manager delays, or that never runs.
pub(super) fn rewritten<'p>(page: &'p Page, findings: &mut Findings) -> Option<Tag<'p>> {
    page.elements("script").find_map(|element| {
        let is_known = |src: &str| page.resolve(src).is_some_and(|src| is_file(src.as_str()));
        let (src, name) = match (element.attr("src"), optimisers::moved_src(page, &element)) {
            (Some(src), _) if is_known(src) => (src, None),
            (_, Some((name, src))) => (src, Some(name)),
            _ => return None,
        };
        findings.push(waits(element, name).at(page, element));
        let tag = Tag {
            element,
            src: page.resolve(src),
        };
        Some(tag)
    })
}

fn waits(element: ElementRef<'_>, moved: Option<&str>) -> Finding {
    let kind = element.attr("type").unwrap_or_default();
    match optimisers::of(element) {
        Some((name, by)) if by.is_consent => {
            let says = format!(
                "{name} runs the script only after the reader has agreed, and until then nobody sees the widget."
            );
            let write = "Let it run: it stores nothing before the reader reacts or reads. If you want it to wait, exempt the tag \
                         and let the widget wait itself: data-consent=\"wait\" on the tag, removed when the reader has agreed.";
            warning("tag-consent", says, write)
        }
        Some((name, by)) => {
            let says = format!(
                "{name} has rewritten the tag: the script runs after the reader's first touch, or late. Who only looks sees no widget and is not counted."
            );
            warning(
                "tag-delayed",
                says,
                format!("Exempt the tag: {}.", by.remedy),
            )
        }
        None if element.attr("nomodule").is_some() => error(
            "tag-type",
            "The tag has `nomodule`, so today's browsers do not run it.",
            "Remove nomodule from the tag.",
        ),
        None if !optimisers::is_script(kind) => {
            let says = format!(
                "The tag's type is `{kind}`, so browsers do not run it; an optimiser or a consent manager has set that."
            );
            error(
                "tag-type",
                says,
                "Remove the type from the tag, or exempt embed.js in the plugin that sets it.",
            )
        }
        None => {
            let name = moved.unwrap_or("data-src");
            let says = format!(
                "The script's address is in `{name}` and not in `src`, so browsers do not load it."
            );
            error(
                "tag-moved-src",
                says,
                "Write src=…, and exempt embed.js in the plugin that loads scripts lazily.",
            )
        }
    }
}

/// A tag that only names site and endpoint for a bundled script, or a bundle with the loader.
pub(super) fn bundled<'p>(
    web: &dyn Web,
    page: &'p Page,
    findings: &mut Findings,
    report: &mut Report,
) -> Option<Tag<'p>> {
    let naming = page
        .elements("script")
        .find(|script| script.attr("data-site").is_some() && script.attr("data-endpoint").is_some())
        .map(|element| Tag { element, src: None });
    let bundle = page
        .elements("script")
        .filter_map(|script| page.web(script.attr("src")?))
        .take(MAX_SCRIPTS)
        .find(|src| {
            web.get(src, &[], MAX_SCRIPT_BYTES)
                .is_ok_and(|answer| answer.is_success() && is_loader(&answer.text()))
        });
    match (&naming, bundle) {
        (Some(_), Some(_)) => {}
        (None, None) => return None,
        (Some(tag), None) => {
            let says = "A tag names site and endpoint for a script in a bundle, but no script in the page's markup has Gema in it.";
            let write = recommended(
                tag.option("endpoint")
                    .and_then(|url| page.resolve(&url))
                    .map(directory)
                    .as_ref(),
                tag.option("site").as_deref(),
            );
            findings.push(warning("tag-without-script", says, write).at(page, tag.element));
            report
                .unchecked
                .push("scripts that other scripts load".into());
        }
        (None, Some(bundle)) => {
            let by = bundle_of(bundle.as_str()).unwrap_or("An optimiser");
            let says = format!(
                "{by} has put embed.js into a bundle with others, and nothing in the page names site and endpoint."
            );
            let write = "Exempt embed.js from bundling, or add beside the bundle:\n\
                         <script type=\"text/plain\" data-site=\"SITE\" data-endpoint=\"https://gema.example/\"></script>";
            findings.push(error("tag-bundled", says, write).found(bundle.as_str()));
            return None;
        }
    }
    naming
}

fn bundle_of(address: &str) -> Option<&'static str> {
    optimisers::BUNDLES
        .iter()
        .find(|(part, _)| address.contains(part))
        .map(|(_, name)| *name)
}

/// The finding for a page without any tag, according to what is there instead.
pub(super) fn missing(subject: &Subject, page: &Page, report: &mut Report) -> Finding {
    let write = recommended(subject.endpoint.as_ref(), subject.site.as_deref());
    if let Some(finding) = lifeless(page, &write) {
        return finding;
    }
    let src = |script: ElementRef<'_>| {
        script.attr("src").unwrap_or_default().to_owned() + &script.text().collect::<String>()
    };
    let scripts: Vec<_> = page.elements("script").map(src).collect();
    let known = |table: &[(&str, &'static str)]| {
        table
            .iter()
            .find(|(part, _)| scripts.iter().any(|script| script.contains(part)))
            .map(|(_, name)| *name)
    };
    let mut says =
        "The page has no tag of Gema's: no script whose address ends in /embed.js.".to_owned();
    let is_preloaded = |link: ElementRef<'_>| link.attr("href").is_some_and(is_file);
    if scripts.iter().any(|script| is_file(script)) || page.elements("link").any(is_preloaded) {
        report
            .unchecked
            .push("a script of the page that names embed.js".into());
        says += " A script of the page names it and may add the tag; the doctor cannot see that. `data-debug` shows in a browser whether it does.";
    } else if let Some(manager) = known(&optimisers::TAG_MANAGERS) {
        report
            .unchecked
            .push(format!("what {manager} adds to the page"));
        says += &format!(
            " The page has {manager}, which may add the tag by a script; the doctor cannot see that."
        );
    } else if let Some(bundler) = known(&optimisers::BUNDLES) {
        says += &format!(" {bundler} bundles the page's scripts and may have taken it.");
    }
    error(
        "tag-missing",
        says,
        format!("Put this into the page's head:\n{write}"),
    )
}

/// A tag as text, in a comment, or in an inactive element.
fn lifeless(page: &Page, write: &str) -> Option<Finding> {
    let names = |text: &str| is_file(text) && text.contains("script");
    let escaped = page
        .texts()
        .find(|(text, _)| names(text) && text.contains('<'));
    if let Some((text, line)) = escaped {
        let says = "The tag stands in the page as text: the CMS has escaped it, and readers see it as code.";
        let write = format!(
            "Put the tag into the template, or in the editor's HTML view, not into the text:\n{write}"
        );
        return Some(error("tag-escaped", says, write).on(line, text));
    }
    if let Some((text, line)) = page.comments().find(|(text, _)| names(text)) {
        let says = "The tag stands in a comment, so nothing runs it.";
        return Some(
            error(
                "tag-commented",
                says,
                format!("Take the tag out of the comment:\n{write}"),
            )
            .on(line, text),
        );
    }
    let is_ours = |script: &ElementRef<'_>| {
        script.value().name() == "script" && script.attr("src").is_some_and(is_file)
    };
    if let Some(script) = page.inert().find(is_ours) {
        let says = "The tag stands in a <template>, where nothing runs.";
        return Some(
            error(
                "tag-inert",
                says,
                format!("Take the tag out of the template:\n{write}"),
            )
            .at(page, script),
        );
    }
    let noscript = page
        .elements("noscript")
        .find(|noscript| names(&noscript.text().collect::<String>()));
    noscript.map(|noscript| {
        let says = "The tag stands in <noscript>, which browsers with scripts skip.";
        error(
            "tag-inert",
            says,
            format!("Take the tag out of <noscript>:\n{write}"),
        )
        .at(page, noscript)
    })
}
