//! Optimisers and consent managers that rewrite script tags: the traces that identify them, and how to exempt a tag.

use scraper::ElementRef;

use super::{loader::is_file, page::Page};

/// A product that delays scripts, or runs them after consent.
pub(super) struct Rewriter {
    pub(super) name: &'static str,
    /// Whether it waits for consent.
    pub(super) is_consent: bool,
    /// How to exempt the tag.
    pub(super) remedy: &'static str,
    /// Prefixes of the `type` that it sets.
    types: &'static [&'static str],
    /// Attributes that it sets.
    attributes: &'static [&'static str],
}

const fn optimiser(
    name: &'static str,
    types: &'static [&'static str],
    attributes: &'static [&'static str],
    remedy: &'static str,
) -> Rewriter {
    Rewriter {
        name,
        is_consent: false,
        remedy,
        types,
        attributes,
    }
}

const fn consent(
    name: &'static str,
    types: &'static [&'static str],
    attributes: &'static [&'static str],
) -> Rewriter {
    Rewriter {
        name,
        is_consent: true,
        remedy: "",
        types,
        attributes,
    }
}

/// Names and traces as used by the products.
const REWRITERS: [Rewriter; 26] = [
    optimiser(
        "Cloudflare Rocket Loader",
        &[],
        &["data-cf-settings", "data-cfsrc"],
        "add data-cfasync=\"false\" to the tag",
    ),
    optimiser(
        "WP Rocket",
        &["rocketlazyloadscript"],
        &["data-rocket-src", "data-rocket-type", "data-rocket-status"],
        "in WP Rocket, File Optimization, Delay JavaScript execution, add embed.js to the excluded files",
    ),
    optimiser(
        "LiteSpeed Cache",
        &["litespeed/javascript"],
        &["data-optimized", "data-litespeed-src"],
        "in LiteSpeed Cache, Page Optimization, Tuning, add embed.js to JS Deferred/Delayed Excludes, or add data-no-defer=\"1\" and data-no-optimize=\"1\" to the tag",
    ),
    optimiser(
        "Perfmatters",
        &["pmdelayedscript"],
        &["data-perfmatters-type", "data-perfmatters-src"],
        "in Perfmatters, JavaScript, exclude embed.js from Delay JavaScript",
    ),
    optimiser(
        "Flying Scripts",
        &[],
        &["data-flying-src"],
        "in Flying Scripts, remove the keyword that matches embed.js",
    ),
    optimiser(
        "FlyingPress",
        &[],
        &["data-loading-method"],
        "in FlyingPress, JavaScript, exclude embed.js from delaying",
    ),
    optimiser(
        "NitroPack",
        &["nitropack"],
        &["nitro-src", "nitro-delay-ms", "nitro-exclude"],
        "in NitroPack, exclude embed.js, or add nitro-exclude to the tag",
    ),
    optimiser(
        "WP Meteor",
        &["javascript/blocked"],
        &["data-wpmeteor-src", "data-wpmeteor-type"],
        "in WP Meteor, add embed.js to the exclusions, or add data-wpmeteor-nooptimize=\"true\" to the tag",
    ),
    optimiser(
        "Phast",
        &["text/phast", "phast"],
        &["data-phast-src", "data-phast-original-src"],
        "add data-phast-no-defer to the tag",
    ),
    optimiser(
        "Autoptimize",
        &[],
        &["data-ao-src"],
        "in Autoptimize, JS, CSS & HTML, add embed.js to Exclude scripts",
    ),
    optimiser(
        "RabbitLoader",
        &["rabbitloader"],
        &["data-rlsrc", "data-rl-src"],
        "in RabbitLoader, exclude embed.js",
    ),
    optimiser(
        "Airlift",
        &["airlift"],
        &["data-al-src"],
        "in Airlift, exclude embed.js from delaying",
    ),
    optimiser(
        "10Web Booster",
        &[],
        &["data-twbsrc", "data-two_delay_src"],
        "in 10Web Booster, exclude embed.js from delaying",
    ),
    optimiser(
        "a lazy-load plugin",
        &["lazyload", "lazy"],
        &["data-lazy-src", "data-lazyload"],
        "exclude embed.js from lazy loading",
    ),
    consent("Cookiebot", &[], &["data-cookieconsent"]),
    consent("Usercentrics", &[], &["data-usercentrics"]),
    consent("CookieYes", &[], &["data-cookieyes"]),
    consent("Complianz", &[], &["data-cmplz-src", "data-service"]),
    consent(
        "Borlabs Cookie",
        &[],
        &[
            "data-borlabs-cookie-script-blocker-id",
            "data-borlabs-script-blocker-id",
        ],
    ),
    consent(
        "Real Cookie Banner",
        &[],
        &["consent-original-src-_", "consent-required"],
    ),
    consent("Didomi", &["didomi/javascript"], &["data-vendor"]),
    consent("Klaro", &[], &["data-name", "data-modal-src"]),
    consent(
        "CookieFirst",
        &[],
        &["data-cookiefirst-category", "data-cookiefirst-script"],
    ),
    consent(
        "CookieScript",
        &[],
        &["data-cookiescript", "data-cookiecategory"],
    ),
    consent(
        "Termly or Silktide",
        &[],
        &[
            "data-categories",
            "data-consent-category",
            "data-cookie-category",
            "data-category",
        ],
    ),
    consent(
        "consentmanager",
        &[],
        &["data-cmp-src", "data-cmp-vendor", "data-cmp-purpose"],
    ),
];

/// Classes with which consent managers mark scripts.
const CONSENT_CLASSES: [(&str, &str); 5] = [
    ("optanon-category", "OneTrust"),
    ("_iub_cs_activate", "iubenda"),
    ("cmplazyload", "consentmanager"),
    ("cmplz-", "Complianz"),
    ("ot-", "OneTrust"),
];

/// For scripts that are marked by a class.
static BY_CLASS: Rewriter = consent("a consent manager", &[], &[]);

/// The product that left traces on this tag.
pub(super) fn of(script: ElementRef<'_>) -> Option<(&'static str, &'static Rewriter)> {
    let kind = script
        .attr("type")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let marked = REWRITERS.iter().find(|one| {
        one.types.iter().any(|mark| kind.starts_with(mark))
            || one
                .attributes
                .iter()
                .any(|name| script.attr(name).is_some())
    });
    if let Some(one) = marked {
        return Some((one.name, one));
    }
    // Rocket Loader prefixes the type with 24 hexadecimal digits.
    let (digits, rest) = kind.split_once('-').unwrap_or_default();
    if digits.len() == 24 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_script(rest)
    {
        return Some((REWRITERS[0].name, &REWRITERS[0]));
    }
    let classes = script.attr("class").unwrap_or_default();
    let by_class = CONSENT_CLASSES.iter().find(|(mark, _)| {
        classes
            .split_whitespace()
            .any(|class| class.starts_with(mark))
    });
    by_class.map(|(_, name)| (*name, &BY_CLASS))
}

/// Whether a browser runs a script of this `type`.
pub(super) fn is_script(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    kind.is_empty() || kind == "module" || SCRIPT_TYPES.contains(&kind.as_str())
}

/// JavaScript MIME types according to the HTML standard.
const SCRIPT_TYPES: [&str; 16] = [
    "application/ecmascript",
    "application/javascript",
    "application/x-ecmascript",
    "application/x-javascript",
    "text/ecmascript",
    "text/javascript",
    "text/javascript1.0",
    "text/javascript1.1",
    "text/javascript1.2",
    "text/javascript1.3",
    "text/javascript1.4",
    "text/javascript1.5",
    "text/jscript",
    "text/livescript",
    "text/x-ecmascript",
    "text/x-javascript",
];

/// The attribute to which an optimiser moved a script's address: any with `src` in its name.
pub(super) fn moved_src<'p>(page: &Page, script: &ElementRef<'p>) -> Option<(&'p str, &'p str)> {
    let is_known = |value: &str| page.resolve(value).is_some_and(|src| is_file(src.as_str()));
    script
        .value()
        .attrs()
        .find(|(name, value)| *name != "src" && name.contains("src") && is_known(value))
}

/// Bundles of optimisers, by a part of their address.
pub(super) const BUNDLES: [(&str, &str); 9] = [
    ("/cache/autoptimize/", "Autoptimize"),
    ("/cache/wp-rocket/", "WP Rocket"),
    ("/cache/min/", "WP Rocket"),
    ("/litespeed/js/", "LiteSpeed Cache"),
    ("/cache/minify/", "W3 Total Cache"),
    ("/cache/fvm/", "Fast Velocity Minify"),
    ("/cache/wpo-minify/", "WP-Optimize"),
    ("/siteground-optimizer-assets/", "SiteGround Optimizer"),
    ("/_jb_static/", "Jetpack Boost"),
];

/// Tag managers, which add scripts at run time.
pub(super) const TAG_MANAGERS: [(&str, &str); 6] = [
    ("googletagmanager.com/gtm.js", "Google Tag Manager"),
    ("/container_", "Matomo Tag Manager"),
    ("tags.tiqcdn.com/", "Tealium"),
    ("assets.adobedtm.com/", "Adobe Experience Platform"),
    ("cdn.segment.com/", "Segment"),
    ("piwik.pro/", "Piwik PRO"),
];
