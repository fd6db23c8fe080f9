//! Restores images that scripts would load, or that are in `noscript`: gives them a `src` that browsers load without
//! scripts.

use std::{sync::LazyLock, time::Instant};

use ego_tree::NodeId;
use scraper::{ElementRef, Html, Node, Selector, StrTendril, node::Element};

use super::{
    parse::{self, ParseLimits},
    sanitize::{Candidates, is_descriptor, is_image_address},
    select::{each, selector},
};

static IMAGE: LazyLock<Selector> = LazyLock::new(|| selector("img, source"));
pub(super) static IMG: LazyLock<Selector> = LazyLock::new(|| selector("img"));
static PICTURE_SOURCE: LazyLock<Selector> = LazyLock::new(|| selector("source[srcset]"));
static NOSCRIPT: LazyLock<Selector> = LazyLock::new(|| selector("noscript"));

/// Attributes with the real address of a lazy-loaded image, which override `src`. Other attributes are recognised by
/// their value.
const LAZY_SRC: [&str; 11] = [
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-lazyload",
    "data-lazyload-src",
    "data-cfsrc",
    "data-hi-res-src",
    "data-original-src",
    "data-actualsrc",
    "data-img-src",
];
const LAZY_SRCSET: [&str; 5] = [
    "data-srcset",
    "data-lazy-srcset",
    "data-lazyload-srcset",
    "data-cfsrcset",
    "data-original-set",
];

const IMAGE_EXTENSIONS: [&str; 9] = [
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".jxl",
];

/// Attributes that `noscript`'s image passes to the image that a script would fill.
const COPIED_ATTRIBUTES: [&str; 6] = ["src", "srcset", "sizes", "alt", "width", "height"];

/// Minimum width of a `srcset` candidate for a text column, in pixels.
const TEXT_COLUMN_PX: f32 = 800.0;

/// Minimum width or height of a content image, in pixels.
const MIN_CONTENT_IMAGE_PX: u32 = 50;

pub(super) fn restore(page: &mut Html, deadline: Instant) {
    each(page, &IMAGE, load_without_script);
    fill_from_noscript(page, deadline);
    fill_from_picture(page);
}

/// Whether it is not a tracking pixel, and has an allowed address.
pub(super) fn is_shown(image: &Element) -> bool {
    if image.name() == "source" {
        return image.attr("srcset").is_some();
    }
    !is_pixel(image) && image.attr("src").is_some_and(is_image_address)
}

/// Removes images that cannot be shown. Returns the kind of each (tracking pixel, or image without an address) and its
/// parent.
pub(super) fn drop_unseen(page: &mut Html) -> Vec<(&'static str, NodeId)> {
    let unseen = page
        .root_element()
        .select(&IMAGE)
        .filter(|image| !is_shown(image.value()));
    let unseen: Vec<_> = unseen
        .map(|image| {
            let kind = if is_pixel(image.value()) {
                "tracking pixel"
            } else {
                "image (without an address)"
            };
            let kind = (image.value().name() == "img").then_some(kind);
            (
                image.id(),
                kind.zip(image.parent().map(|parent| parent.id())),
            )
        })
        .collect();
    let mut dropped = Vec::new();
    for (id, what) in unseen {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
        dropped.extend(what);
    }
    dropped
}

fn is_pixel(image: &Element) -> bool {
    let is_dot = |value: &str| matches!(value.trim().trim_end_matches("px"), "0" | "1");
    ["width", "height"]
        .iter()
        .any(|side| image.attr(side).is_some_and(is_dot))
}

fn load_without_script(image: &mut Element) {
    let lazy = |names: &[&str], is_right: fn(&str) -> bool| {
        names.iter().find_map(|name| {
            image
                .attr(name)
                .filter(|value| is_right(value))
                .map(str::to_owned)
        })
    };
    let src = lazy(&LAZY_SRC, is_address);
    let srcset = lazy(&LAZY_SRCSET, |value| best(value).is_some());
    if let Some(src) = src {
        set(image, "src", src);
    }
    if let Some(srcset) = srcset {
        set(image, "srcset", srcset);
    }
    if image.name() != "img" || has_address(image) {
        return;
    }
    let of_data = |found: fn(&str) -> Option<String>| {
        let data = image.attrs().filter(|(name, _)| name.starts_with("data-"));
        data.map(|(_, value)| value).find_map(found)
    };
    let found = image.attr("srcset").and_then(best);
    let found =
        found.or_else(|| of_data(|value| is_file_of_image(value).then(|| value.trim().to_owned())));
    if let Some(address) =
        found.or_else(|| of_data(|value| value.contains(' ').then(|| best(value)).flatten()))
    {
        set(image, "src", address);
    }
}

/// Whether a browser has something to load.
fn has_address(image: &Element) -> bool {
    image.attr("src").is_some_and(is_image_address)
}

fn is_address(value: &str) -> bool {
    let value = value.trim();
    !value.contains(|c: char| c.is_whitespace() || "{}<>\"".contains(c)) && is_image_address(value)
}

fn is_file_of_image(value: &str) -> bool {
    let path = value
        .trim()
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    is_address(value)
        && IMAGE_EXTENSIONS
            .iter()
            .any(|ending| path.len() > ending.len() && path.ends_with(ending))
}

/// The `srcset` candidate for a text column: the narrowest that is wide enough, else the widest.
fn best(srcset: &str) -> Option<String> {
    let width = |descriptor: &str| match descriptor
        .strip_suffix('w')
        .and_then(|width| width.parse::<f32>().ok())
    {
        Some(width) => width,
        None => {
            descriptor
                .strip_suffix('x')
                .and_then(|times| times.parse::<f32>().ok())
                .unwrap_or(1.0)
                * TEXT_COLUMN_PX
        }
    };
    let candidates = Candidates(srcset)
        .filter(|(address, descriptor)| is_address(address) && is_descriptor(descriptor));
    let rank = |width: f32| {
        if width >= TEXT_COLUMN_PX {
            (0, width)
        } else {
            (1, -width)
        }
    };
    let candidates = candidates.map(|(address, descriptor)| (rank(width(descriptor)), address));
    let best = candidates
        .min_by(|(one, _), (other, _)| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    best.map(|(_, address)| address.to_owned())
}

fn set(element: &mut Element, name: &str, value: String) {
    let name = html5ever::QualName::new(None, html5ever::Namespace::default(), name.into());
    element.attrs.retain(|(known, _)| *known != name);
    element.attrs.push((name, StrTendril::from(value)));
    // scraper looks up attributes by binary search.
    element.attrs.sort();
}

/// Fills images with what `noscript` shows in their place.
fn fill_from_noscript(page: &mut Html, deadline: Instant) {
    let twins: Vec<_> = page
        .root_element()
        .select(&NOSCRIPT)
        .filter_map(|noscript| twin(noscript, deadline))
        .collect();
    for (id, values) in twins {
        let Some(mut node) = page.tree.get_mut(id) else {
            continue;
        };
        while let Some(mut child) = node.first_child() {
            child.detach();
        }
        if let Node::Element(element) = node.value() {
            if element.name() == "noscript" {
                element.name.local = "img".into();
                element.attrs.clear();
            }
            for (name, value) in values {
                if name.starts_with("src") || element.attr(name).is_none() {
                    set(element, name, value);
                }
            }
        }
    }
}

/// The image to fill, or the `noscript` to turn into an image, with the attributes.
fn twin(
    noscript: ElementRef<'_>,
    deadline: Instant,
) -> Option<(NodeId, Vec<(&'static str, String)>)> {
    let text: String = noscript.text().collect();
    let mut hidden = parse::parse(&text, false, ParseLimits::of_body(deadline)).ok()?;
    each(&mut hidden, &IMAGE, load_without_script);
    let image = hidden.root_element().select(&IMG).next()?.value();
    if !is_shown(image) {
        return None;
    }
    let values = COPIED_ATTRIBUTES
        .iter()
        .filter_map(|name| Some((*name, image.attr(name)?.to_owned())))
        .collect();
    let beside = [
        noscript.prev_siblings().find_map(ElementRef::wrap),
        noscript.next_siblings().find_map(ElementRef::wrap),
    ];
    let images = || {
        beside.into_iter().flatten().filter_map(|element| {
            if element.value().name() == "img" {
                Some(element)
            } else {
                element.select(&IMG).last()
            }
        })
    };
    if let Some(empty) =
        images().find(|image| !has_address(image.value()) && !is_pixel(image.value()))
    {
        return Some((empty.id(), values));
    }
    let is_large = |side| {
        image
            .attr(side)
            .and_then(|side| side.parse::<u32>().ok())
            .is_some_and(|side| side >= MIN_CONTENT_IMAGE_PX)
    };
    let is_content = image.attr("alt").is_some_and(|alt| !alt.trim().is_empty())
        || is_large("width")
        || is_large("height");
    (is_content && images().next().is_none()).then(|| (noscript.id(), values))
}

/// An `img` in a `picture` may have its address only in the sources.
fn fill_from_picture(page: &mut Html) {
    let empty = page
        .root_element()
        .select(&IMG)
        .filter(|image| !has_address(image.value()));
    let found: Vec<_> = empty
        .filter_map(|image| {
            let picture = image
                .parent()
                .and_then(ElementRef::wrap)
                .filter(|parent| parent.value().name() == "picture")?;
            let address = picture
                .select(&PICTURE_SOURCE)
                .find_map(|source| best(source.value().attr("srcset")?))?;
            Some((image.id(), address))
        })
        .collect();
    for (id, address) in found {
        if let Some(mut node) = page.tree.get_mut(id)
            && let Node::Element(element) = node.value()
        {
            set(element, "src", address);
        }
    }
}
