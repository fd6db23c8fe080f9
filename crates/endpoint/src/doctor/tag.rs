//! The script tag: found as the loader finds it (src/embed/home.js), or in the state in which something has left it.

use scraper::ElementRef;
use url::Url;
use wire::SiteId;

use super::{
    Report, Subject, Web,
    element::Elements,
    finding::{Finding, Findings, error, note, warning},
    optimisers,
    page::{self, Page, is_within},
};

/// The tag that the loader takes for its own.
pub(super) struct Tag<'p> {
    pub(super) element: ElementRef<'p>,
    /// Where the script is from; none if it is part of the page or of a bundle.
    pub(super) src: Option<Url>,
}

/// The most bytes of a script that are looked through.
const MAX_SCRIPT_BYTES: u64 = 2 << 20;

/// How many scripts of the page are looked through for a bundled loader.
const MAX_SCRIPTS: usize = 12;

/// Whether an address is of the loader: `/\/embed(\.v1)?\.js\b/`.
pub(super) fn is_file(address: &str) -> bool {
    ["/embed.js", "/embed.v1.js"].iter().any(|name| {
        address.match_indices(name).any(|(at, _)| {
            let next = address[at + name.len()..].chars().next();
            !next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
        })
    })
}

impl<'p> Tag<'p> {
    /// What the tag says: an attribute, or in the script's address.
    pub(super) fn option(&self, name: &str) -> Option<String> {
        let attribute = self.element.attr(&format!("data-{name}")).map(str::to_owned);
        let of_query =
            |url: &Url| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        attribute.or_else(|| self.src.as_ref().and_then(of_query))
    }
}

/// Where counts are, as far as the page says it.
pub(super) struct Names {
    /// The site, by the page's own word.
    pub(super) site: Option<String>,
    /// The endpoint that the page uses, or should.
    pub(super) endpoint: Option<Url>,
    /// The site that the page should name, as the webmaster has told the doctor.
    meant: Option<String>,
}

impl Names {
    /// An element's own word counts where the tag has none.
    pub(super) fn of(subject: &Subject, page: &Page, tag: Option<&Tag<'_>>, elements: &Elements<'_>) -> Self {
        let of_elements =
            |name: &str| elements.all().find_map(|element| super::element::said(element, name)).map(str::to_owned);
        let of_tag = |name: &str| tag.and_then(|tag| tag.option(name)).filter(|value| !value.is_empty());
        let named = of_elements("endpoint")
            .or_else(|| of_tag("endpoint"))
            .and_then(|named| page.resolve(&named))
            .map(directory);
        let from = tag.and_then(|tag| tag.src.as_ref()).and_then(|src| src.join(".").ok());
        Self {
            site: of_elements("site").or_else(|| of_tag("site")),
            meant: subject.site.clone(),
            endpoint: named.or(from).or_else(|| subject.endpoint.clone().map(directory)).map(bare),
        }
    }

    /// The site to ask for, and to write.
    pub(super) fn asked(&self) -> Option<&str> {
        self.site.as_deref().or(self.meant.as_deref())
    }
}

/// Without a query and a fragment.
fn bare(mut url: Url) -> Url {
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// The address with a slash at its end.
fn directory(mut url: Url) -> Url {
    url.set_query(None);
    if !url.path().ends_with('/') && !url.cannot_be_a_base() {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// The tag as the documents recommend it.
pub(super) fn recommended(endpoint: Option<&Url>, site: Option<&str>) -> String {
    let endpoint = endpoint.map_or("https://gema.example/", Url::as_str);
    let site = site.filter(|site| SiteId::parse(site).is_ok()).unwrap_or("SITE");
    format!(
        r#"<script async src="{}embed.js" data-site="{site}"></script>"#,
        html_escape::encode_double_quoted_attribute(endpoint)
    )
}

/// The page's tag, and what is wrong with its place and form.
pub(super) fn examine<'p>(
    web: &dyn Web,
    subject: &Subject,
    page: &'p Page,
    findings: &mut Findings,
    report: &mut Report,
) -> Option<Tag<'p>> {
    let running = running(web, page);
    if let Some(first) = running.first() {
        check_repeated(page, &running, findings);
        check_form(page, first, findings);
        return running.into_iter().next();
    }
    if let Some(tag) = rewritten(page, findings) {
        return Some(tag);
    }
    if let Some(tag) = bundled(web, page, findings, report) {
        return Some(tag);
    }
    if !findings.has("tag-bundled") {
        findings.push(missing(subject, page, report));
    }
    None
}

/// Scripts that run and are the loader, in order.
fn running<'p>(web: &dyn Web, page: &'p Page) -> Vec<Tag<'p>> {
    let runs = |script: &ElementRef<'_>| {
        optimisers::is_script(script.attr("type").unwrap_or_default()) && script.attr("nomodule").is_none()
    };
    let found = page.elements("script").filter(runs).filter_map(|element| {
        let src = element.attr("src").and_then(|src| page.resolve(src));
        let is_known = match &src {
            Some(src) => is_file(src.as_str()) || element.attr("data-site").is_some(),
            None => element.attr("src").is_none() && is_loader(&element.text().collect::<String>()),
        };
        is_known.then_some(Tag { element, src })
    });
    let found: Vec<_> = found.take(MAX_SCRIPTS).collect();
    // Others have an embed.js or a `data-site`, too. Where nothing comes, the page's own word counts.
    let is_ours = |tag: &Tag<'_>| {
        let Some(src) = &tag.src else { return true };
        let is_named = tag.option("site").is_some();
        if is_file(src.as_str()) && is_named {
            return true;
        }
        match web.get(src, &[], MAX_SCRIPT_BYTES) {
            Ok(answer) if answer.is_success() => is_loader(&answer.text()),
            _ => is_file(src.as_str()),
        }
    };
    found.into_iter().filter(is_ours).collect()
}

/// Whether a script has the loader in it.
pub(super) fn is_loader(text: &str) -> bool {
    text.contains("gema-article") && text.contains("customElements")
}

fn check_repeated(page: &Page, running: &[Tag<'_>], findings: &mut Findings) {
    let [first, others @ ..] = running else { return };
    for other in others {
        let differs = ["site", "endpoint"].iter().any(|name| other.option(name) != first.option(name));
        let finding = if differs {
            let says =
                "A second tag names another site or endpoint. The one that runs first decides for the whole page.";
            warning("tag-twice", says, "Remove one of the two tags; an element may name another site with site=\"…\".")
        } else {
            note("tag-twice", "The page has the tag twice. That is harmless.", "Remove one of the two tags.")
        };
        findings.push(finding.at(page, other.element));
    }
}

/// Quotes that a word processor or a CMS makes of straight ones.
const CURLY: [char; 8] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}', '\u{2033}'];

fn check_form(page: &Page, tag: &Tag<'_>, findings: &mut Findings) {
    let element = tag.element;
    if element.value().attrs().any(|(_, value)| value.contains(CURLY)) {
        let says =
            "The tag has typographic quotes (“ ”) in place of straight ones (\"): they become part of the values.";
        findings.push(
            error("tag-quotes", says, "Write the tag with straight quotes, in the CMS's code or HTML view.")
                .at(page, element),
        );
    }
    if let Some((name, by)) = optimisers::of(element).filter(|(_, by)| !by.is_consent) {
        let says = format!("{name} has rewritten the tag: it may run late, or only after the reader's first touch.");
        findings.push(note("tag-optimised", says, format!("To be sure, {}.", by.remedy)).at(page, element));
    }
    if tag.src.is_some()
        && ["async", "defer"].iter().all(|name| element.attr(name).is_none())
        && element.attr("type") != Some("module")
    {
        let says = "The tag has no `async`: the page waits for the script before it goes on.";
        findings.push(note("tag-blocks", says, "Add async: <script async src=…").at(page, element));
    }
    if tag.src.is_none() {
        let lacks: Vec<_> = ["site", "endpoint"].into_iter().filter(|name| tag.option(name).is_none()).collect();
        if !lacks.is_empty() {
            let says = "The script's text stands in the page itself, so nothing says from where it came.";
            let lacks = lacks.iter().map(|name| format!("data-{name}=\"…\"")).collect::<Vec<_>>().join(" ");
            findings.push(
                error("tag-inlined", says, format!("Add {lacks} to that script, or exempt embed.js from inlining."))
                    .at(page, element),
            );
        }
    }
    let src = element.attr("src").unwrap_or_default();
    let is_relative = Url::parse(src).is_err() && !src.starts_with("//") && !src.is_empty();
    if is_relative && page.base.origin() != page.address.origin() {
        let says = format!("The script's address is relative, and <base href> makes it one of {}.", page.base);
        findings
            .push(warning("tag-base", says, "Write the whole address: src=\"https://…/embed.js\".").at(page, element));
    }
    if page.elements("html").any(|html| html.attr("amp").is_some() || html.attr("\u{26a1}").is_some()) {
        let says = "This is an AMP page, and AMP runs no scripts but its own.";
        findings.push(error("page-amp", says, "Put the tag into the page's canonical version.").at(page, element));
    }
    if let Some(hidden) = super::element::hidden_by(element) {
        let says = "The tag stands in something hidden, and the widget would stand beside it.";
        findings.push(
            warning("hidden", says, "Put the tag into head, or where the widget should be seen.").at(page, hidden),
        );
    }
}

/// A tag that an optimiser or a consent manager has made wait, or that never runs.
fn rewritten<'p>(page: &'p Page, findings: &mut Findings) -> Option<Tag<'p>> {
    page.elements("script").find_map(|element| {
        let is_known = |src: &str| page.resolve(src).is_some_and(|src| is_file(src.as_str()));
        let (src, name) = match (element.attr("src"), optimisers::moved_src(page, &element)) {
            (Some(src), _) if is_known(src) => (src, None),
            (_, Some((name, src))) => (src, Some(name)),
            _ => return None,
        };
        findings.push(waits(element, name).at(page, element));
        let tag = Tag { element, src: page.resolve(src) };
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
            warning("tag-delayed", says, format!("Exempt the tag: {}.", by.remedy))
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
            error("tag-type", says, "Remove the type from the tag, or exempt embed.js in the plugin that sets it.")
        }
        None => {
            let name = moved.unwrap_or("data-src");
            let says = format!("The script's address is in `{name}` and not in `src`, so browsers do not load it.");
            error("tag-moved-src", says, "Write src=…, and exempt embed.js in the plugin that loads scripts lazily.")
        }
    }
}

/// A tag that only names site and endpoint, for a script in a bundle; or a bundle that has it.
fn bundled<'p>(web: &dyn Web, page: &'p Page, findings: &mut Findings, report: &mut Report) -> Option<Tag<'p>> {
    let naming = page
        .elements("script")
        .find(|script| script.attr("data-site").is_some() && script.attr("data-endpoint").is_some())
        .map(|element| Tag { element, src: None });
    let bundle =
        page.elements("script").filter_map(|script| page.web(script.attr("src")?)).take(MAX_SCRIPTS).find(|src| {
            web.get(src, &[], MAX_SCRIPT_BYTES).is_ok_and(|answer| answer.is_success() && is_loader(&answer.text()))
        });
    match (&naming, bundle) {
        (Some(_), Some(_)) => {}
        (None, None) => return None,
        (Some(tag), None) => {
            let says = "A tag names site and endpoint for a script in a bundle, but no script in the page's markup has Gema in it.";
            let write = recommended(
                tag.option("endpoint").and_then(|url| page.resolve(&url)).map(directory).as_ref(),
                tag.option("site").as_deref(),
            );
            findings.push(warning("tag-without-script", says, write).at(page, tag.element));
            report.unchecked.push("scripts that other scripts load".into());
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
    optimisers::BUNDLES.iter().find(|(part, _)| address.contains(part)).map(|(_, name)| *name)
}

/// There is no tag that could ever run. What is there instead.
fn missing(subject: &Subject, page: &Page, report: &mut Report) -> Finding {
    let write = recommended(subject.endpoint.as_ref(), subject.site.as_deref());
    if let Some(finding) = lifeless(page, &write) {
        return finding;
    }
    let src =
        |script: ElementRef<'_>| script.attr("src").unwrap_or_default().to_owned() + &script.text().collect::<String>();
    let scripts: Vec<_> = page.elements("script").map(src).collect();
    let known = |table: &[(&str, &'static str)]| {
        table.iter().find(|(part, _)| scripts.iter().any(|script| script.contains(part))).map(|(_, name)| *name)
    };
    let mut says = "The page has no tag of Gema's: no script whose address ends in /embed.js.".to_owned();
    if let Some(manager) = known(&optimisers::TAG_MANAGERS) {
        report.unchecked.push(format!("what {manager} adds to the page"));
        says += &format!(" The page has {manager}, which may add the tag by a script; the doctor cannot see that.");
    } else if let Some(bundler) = known(&optimisers::BUNDLES) {
        says += &format!(" {bundler} bundles the page's scripts and may have taken it.");
    }
    error("tag-missing", says, format!("Put this into the page's head:\n{write}"))
}

/// The tag as text, in a comment, or where nothing runs.
fn lifeless(page: &Page, write: &str) -> Option<Finding> {
    let names = |text: &str| is_file(text) && text.contains("script");
    let escaped = page.texts().find(|(text, _)| names(text) && text.contains('<'));
    if let Some((text, line)) = escaped {
        let says = "The tag stands in the page as text: the CMS has escaped it, and readers see it as code.";
        let write = format!("Put the tag into the template, or in the editor's HTML view, not into the text:\n{write}");
        return Some(error("tag-escaped", says, write).on(line, text));
    }
    if let Some((text, line)) = page.comments().find(|(text, _)| names(text)) {
        let says = "The tag stands in a comment, so nothing runs it.";
        return Some(error("tag-commented", says, format!("Take the tag out of the comment:\n{write}")).on(line, text));
    }
    let is_ours =
        |script: &ElementRef<'_>| script.value().name() == "script" && script.attr("src").is_some_and(is_file);
    if let Some(script) = page.inert().find(is_ours) {
        let says = "The tag stands in a <template>, where nothing runs.";
        return Some(error("tag-inert", says, format!("Take the tag out of the template:\n{write}")).at(page, script));
    }
    let noscript = page.elements("noscript").find(|noscript| names(&noscript.text().collect::<String>()));
    noscript.map(|noscript| {
        let says = "The tag stands in <noscript>, which browsers with scripts skip.";
        error("tag-inert", says, format!("Take the tag out of <noscript>:\n{write}")).at(page, noscript)
    })
}

/// Templates' placeholders that nobody has filled in.
pub(super) fn is_placeholder(value: &str) -> bool {
    let open = ["{{", "{%", "<?", "${", "[[", "%%", "<%", "#{"];
    open.iter().any(|mark| value.contains(mark))
        || ["SITE", "KEY", "TITLE", "ADDRESS"].contains(&value)
        || value.contains("//gema.example/")
}

/// Whether the page names a site and an endpoint.
pub(super) fn check_names(names: &Names, tag: Option<&Tag<'_>>, findings: &mut Findings) {
    let Some(tag) = tag else { return };
    let found = page::opening(tag.element);
    let values = tag.element.value().attrs().filter(|(name, _)| name.starts_with("data-") || *name == "src");
    if let Some((name, value)) = values.into_iter().find(|(_, value)| is_placeholder(value)) {
        let says = format!("The tag's {name} is an example or a placeholder that nobody has filled in: `{value}`.");
        findings.push(error("placeholder", says, recommended(None, None)).found(&found));
        return;
    }
    match &names.site {
        None => {
            let says = "The tag does not name the site: a CMS or a tag manager has dropped `data-site`, or it was never there.";
            let tag = recommended(names.endpoint.as_ref(), names.asked());
            let in_address = tag.replace("embed.js\" data-site=\"", "embed.js?site=");
            let write = format!("{tag}\nor, where attributes are dropped, in the address:\n{in_address}");
            findings.push(error("site-missing", says, write).found(&found));
        }
        Some(site) if SiteId::parse(site).is_err() => {
            let says = format!("`{site}` cannot be the name of a site: it has lower-case letters, digits and hyphens.");
            let write = recommended(names.endpoint.as_ref(), None);
            findings.push(error("site-invalid", says, write).found(&found));
        }
        Some(_) => {}
    }
    if names.endpoint.is_none() {
        findings.push(
            error("endpoint-missing", "Nothing names the endpoint.", "Add data-endpoint=\"https://…/\" to the tag.")
                .found(&found),
        );
    }
}

/// Whether the tag stands in the body.
pub(super) fn is_in_body(tag: &Tag<'_>) -> bool {
    is_within(tag.element, "body")
}
