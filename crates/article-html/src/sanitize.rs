//! The allow list of elements, attributes and addresses. Other elements are replaced by their content, or removed with
//! it if they are not for readers.

use std::{borrow::Cow, collections::HashSet};

use ammonia::{Builder, UrlRelative, UrlRelativeEvaluate};
use url::{ParseError, Url};

/// Prefix of every `id` and of links to them, so that no id of an article conflicts with those of the host page (or,
/// by name, with its scripts' variables).
pub(super) const ID_PREFIX: &str = "gema-";

const ALLOWED_ELEMENTS: &str = "a abbr address article b bdi bdo blockquote br caption center cite code col colgroup dd del details \
    dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp \
    section small source span strike strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr";

/// Elements that are removed with their content.
const REMOVED_ELEMENTS: &str = "applet aside audio button canvas datalist dialog embed fieldset footer frameset head iframe input \
    label legend map math menu meter nav noembed noframes noscript object optgroup option output progress script select \
    style svg template textarea title video xmp";

const ALLOWED_ATTRIBUTES: [(&str, &str); 15] = [
    ("a", "href hreflang"),
    ("blockquote", "cite"),
    ("col", "span"),
    ("colgroup", "span"),
    ("del", "cite datetime"),
    ("details", "open"),
    ("img", "src srcset sizes alt width height loading decoding"),
    ("ins", "cite datetime"),
    ("li", "value"),
    ("ol", "start reversed type"),
    ("q", "cite"),
    ("source", "srcset sizes media type width height"),
    ("td", "colspan rowspan"),
    ("th", "colspan rowspan scope"),
    ("time", "datetime"),
];

/// Sanitises a body.
pub(super) fn sanitize(html: &str, base: Option<&Url>) -> String {
    let links = AddressFilter(base.cloned());
    let attributes = AddressFilter(base.cloned());
    Builder::empty()
        .tags(words(ALLOWED_ELEMENTS))
        .clean_content_tags(words(REMOVED_ELEMENTS))
        .tag_attributes(
            ALLOWED_ATTRIBUTES
                .iter()
                .map(|(tag, names)| (*tag, words(names)))
                .collect(),
        )
        .generic_attributes(words("dir id lang title"))
        .url_schemes(words("http https mailto tel"))
        .link_rel(Some("noopener noreferrer"))
        .id_prefix(Some(ID_PREFIX))
        .url_relative(UrlRelative::Custom(Box::new(links)))
        .attribute_filter(move |_, name, value| attributes.attribute(name, value))
        .clean(html)
        .to_string()
}

fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_whitespace().collect()
}

/// The base of relative addresses, if known.
struct AddressFilter(Option<Url>);

impl UrlRelativeEvaluate<'static> for AddressFilter {
    /// Adds the prefix to `#part`, and resolves other addresses if the base is known.
    fn evaluate<'url>(&self, link: &'url str) -> Option<Cow<'url, str>> {
        let link = link.trim();
        if let Some(id) = link.strip_prefix('#') {
            let stays = id.is_empty() || id == "top" || id.starts_with(ID_PREFIX);
            return Some(if stays {
                link.into()
            } else {
                format!("#{ID_PREFIX}{id}").into()
            });
        }
        match &self.0 {
            Some(base) => base
                .join(link)
                .ok()
                .filter(is_web)
                .map(|url| Cow::Owned(url.into())),
            None => Some(link.into()),
        }
    }
}

impl AddressFilter {
    /// The attribute's value, if it is allowed.
    fn attribute<'a>(&self, name: &str, value: &'a str) -> Option<Cow<'a, str>> {
        let allowed = match name {
            "srcset" => return self.srcset(value).map(Cow::Owned),
            "width" | "height" | "colspan" | "rowspan" | "span" => {
                return is_number(value.trim_end_matches("px"));
            }
            "cite" => is_image_address(value),
            "start" | "value" => value.parse::<i32>().is_ok(),
            "loading" => ["lazy", "eager"].contains(&value),
            "decoding" => ["async", "sync", "auto"].contains(&value),
            "dir" => ["ltr", "rtl", "auto"].contains(&value),
            "id" => !value.contains(char::is_whitespace) && value.len() > ID_PREFIX.len(),
            _ => true,
        };
        allowed.then_some(value.into())
    }

    /// The allowed candidates of a `srcset`; `None` if there are none.
    fn srcset(&self, value: &str) -> Option<String> {
        let candidates = Candidates(value)
            .filter(|(address, descriptor)| is_image_address(address) && is_descriptor(descriptor));
        let kept: Vec<_> = candidates
            .filter_map(|(address, descriptor)| {
                let is_absolute = Url::parse(address).is_ok();
                let address = if is_absolute {
                    Some(address.into())
                } else {
                    self.evaluate(address)
                };
                address.map(|address| format!("{address} {descriptor}").trim_end().to_owned())
            })
            .collect();
        (!kept.is_empty()).then(|| kept.join(", "))
    }
}

/// Address and descriptor of each candidate of a `srcset`, parsed by HTML's rules: an address may contain commas.
pub(super) struct Candidates<'a>(pub(super) &'a str);

impl<'a> Iterator for Candidates<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self
            .0
            .trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        let (address, after) = rest.split_at(
            rest.find(|c: char| c.is_ascii_whitespace())
                .unwrap_or(rest.len()),
        );
        let end = if address.ends_with(',') {
            0
        } else {
            after.find(',').unwrap_or(after.len())
        };
        let (descriptor, after) = after.split_at(end);
        self.0 = after;
        (!rest.is_empty()).then(|| (address.trim_end_matches(','), descriptor.trim()))
    }
}

/// The value if it is a short number.
fn is_number(value: &str) -> Option<Cow<'_, str>> {
    let fits = (1..=5).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(value.into())
}

/// Whether an image's address is allowed: `http`, `https` or relative.
pub(super) fn is_image_address(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => is_web(&url),
        Err(ParseError::RelativeUrlWithoutBase) => !address.trim().is_empty(),
        Err(_) => false,
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// A valid descriptor of a candidate: `2x`, `640w`, or empty.
pub(super) fn is_descriptor(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_suffix(['x', 'w', 'h'])
            .is_some_and(|number| number.parse::<f32>().is_ok())
}
