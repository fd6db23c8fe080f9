//! Media that an article's copy cannot show: players and frames are replaced by links, if the target is known.

use std::sync::LazyLock;

use ego_tree::NodeId;
use html5ever::{Namespace, QualName};
use percent_encoding::percent_decode_str;
use scraper::{ElementRef, Html, Node, Selector, StrTendril, node::Text};
use url::Url;

use super::{sanitize::is_image_address, select::selector, words};

static MEDIA_ELEMENTS: LazyLock<Selector> = LazyLock::new(|| selector("video, audio, iframe"));
static FORMULA: LazyLock<Selector> = LazyLock::new(|| selector("math"));
static MEDIA_SOURCE: LazyLock<Selector> = LazyLock::new(|| selector("source[src]"));
static TEX: LazyLock<Selector> =
    LazyLock::new(|| selector("annotation[encoding='application/x-tex']"));

/// Elements that are removed with their content, with their names in a report.
const REPORTED_ELEMENTS: [(&str, &str); 17] = [
    ("script", "script"),
    ("video", "video"),
    ("audio", "audio recording"),
    ("iframe", "frame"),
    ("object", "embedded object"),
    ("embed", "embedded object"),
    ("applet", "embedded object"),
    ("math", "formula"),
    ("svg", "drawing (SVG)"),
    ("canvas", "drawing (canvas)"),
    ("aside", "aside"),
    ("nav", "menu"),
    ("input", "form field"),
    ("select", "form field"),
    ("textarea", "form field"),
    ("button", "button"),
    ("footer", "footer"),
];

/// The name of an element in a report, if it is removed with its content.
pub(super) fn reported_kind(name: &str) -> Option<&'static str> {
    REPORTED_ELEMENTS
        .iter()
        .find(|(gone, _)| *gone == name)
        .map(|(_, kind)| *kind)
}

/// Hosts of players in frames, with the path prefix to strip, and the address of the page to prepend.
const PLAYERS: [(&str, &str, &str); 12] = [
    ("youtube.com", "/embed/", "https://www.youtube.com/watch?v="),
    (
        "youtube-nocookie.com",
        "/embed/",
        "https://www.youtube.com/watch?v=",
    ),
    ("player.vimeo.com", "/video/", "https://vimeo.com/"),
    (
        "dailymotion.com",
        "/embed/video/",
        "https://www.dailymotion.com/video/",
    ),
    ("open.spotify.com", "/embed/", "https://open.spotify.com/"),
    (
        "embed.podcasts.apple.com",
        "/",
        "https://podcasts.apple.com/",
    ),
    ("w.soundcloud.com", "", ""),
    ("facebook.com", "", ""),
    ("tiktok.com", "", ""),
    ("instagram.com", "", ""),
    ("platform.twitter.com", "", ""),
    ("vidio.com", "", ""),
];

/// The name in a report of an element that was replaced by a link.
fn linked(name: &str) -> &'static str {
    match name {
        "audio" => "audio recording (a link to it is kept)",
        "iframe" => "player in a frame (a link to it is kept)",
        _ => "video (a link to it is kept)",
    }
}

/// Replaces media by links where possible. Returns the kind of each, and the link.
pub(super) fn link(page: &mut Html) -> Vec<(&'static str, NodeId)> {
    let media = page.root_element().select(&MEDIA_ELEMENTS).filter(|media| {
        !media
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|above| above.value().name() == "a" || is_media(above))
    });
    let links = media.filter_map(|media| Some((media, address(media)?)));
    let links: Vec<_> = links
        .map(|(media, address)| {
            (
                media.id(),
                media.value().name().to_owned(),
                label(media, &address),
                address,
            )
        })
        .collect();
    let mut made = Vec::new();
    for (id, name, label, address) in links {
        replace(page, id, "a", Some(&address), &label);
        made.push((linked(&name), id));
    }
    let formulas = page
        .root_element()
        .select(&FORMULA)
        .filter_map(|math| Some((math.id(), tex(math)?)));
    let formulas: Vec<_> = formulas.collect();
    for (id, tex) in formulas {
        replace(page, id, "code", None, &tex);
    }
    made
}

fn is_media(element: ElementRef<'_>) -> bool {
    ["video", "audio", "iframe", "object", "svg", "math"].contains(&element.value().name())
}

/// The address of the media, or of the page that plays it.
fn address(media: ElementRef<'_>) -> Option<String> {
    let of = |element: ElementRef<'_>| {
        let addresses = ["data-src", "data-lazy-src", "src"]
            .into_iter()
            .filter_map(|name| element.value().attr(name));
        addresses
            .map(str::trim)
            .find(|src| is_image_address(src))
            .map(str::to_owned)
    };
    let own = of(media);
    if media.value().name() != "iframe" {
        return own.or_else(|| media.select(&MEDIA_SOURCE).find_map(of));
    }
    let url = Url::parse("https://page.invalid").ok()?.join(&own?).ok()?;
    let host = url.host_str()?;
    let is_of = |known: &str| {
        host == known
            || host
                .strip_suffix(known)
                .is_some_and(|below| below.ends_with('.'))
    };
    let (_, before, page) = PLAYERS.iter().find(|(known, ..)| is_of(known))?;
    if page.is_empty() {
        return Some(url.into());
    }
    let rest = url
        .path()
        .strip_prefix(before)
        .filter(|rest| !rest.is_empty())?;
    Some(format!("{page}{rest}"))
}

/// The text of a link: the title, else the file, else the host. Adds no words, because the page may be in any
/// language.
fn label(media: ElementRef<'_>, address: &str) -> String {
    let named = ["title", "aria-label"]
        .iter()
        .find_map(|name| media.value().attr(name));
    if let Some(named) = named
        .map(|named| named.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|n| !n.is_empty())
    {
        return named;
    }
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let file = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    match Url::parse(address)
        .ok()
        .filter(|_| media.value().name() == "iframe")
        .as_ref()
        .and_then(Url::host_str)
    {
        Some(host) => host.trim_start_matches("www.").to_owned(),
        None => percent_decode_str(file).decode_utf8_lossy().into_owned(),
    }
}

/// The TeX source of a formula, if the page includes it.
fn tex(math: ElementRef<'_>) -> Option<String> {
    let written = math.select(&TEX).next().map(words::line);
    let tex = written.or_else(|| math.value().attr("alttext").map(str::to_owned))?;
    Some(tex.trim().to_owned()).filter(|tex| !tex.is_empty())
}

/// Replaces an element by another with only text.
fn replace(page: &mut Html, id: NodeId, name: &str, href: Option<&str>, text: &str) {
    let Some(mut node) = page.tree.get_mut(id) else {
        return;
    };
    while let Some(mut child) = node.first_child() {
        child.detach();
    }
    if let Node::Element(element) = node.value() {
        element.name = QualName::new(
            None,
            Namespace::from("http://www.w3.org/1999/xhtml"),
            name.into(),
        );
        element.attrs.clear();
        let href_name = || QualName::new(None, Namespace::default(), "href".into());
        element
            .attrs
            .extend(href.map(|href| (href_name(), StrTendril::from(href))));
    }
    node.append(Node::Text(Text {
        text: StrTendril::from(text),
    }));
}
