//! The site and endpoint that the page names.

use url::Url;
use wire::SiteId;

use super::{directory, recommended};
use crate::{
    Subject,
    element::{self, Elements},
    finding::{Findings, error},
    loader::Tag,
    page::{self, Page},
    placeholder::is_placeholder,
};

/// The site and the endpoint.
pub(crate) struct Names {
    /// The site named by the page.
    pub(crate) site: Option<String>,
    /// The endpoint that the page uses, or should use.
    pub(crate) endpoint: Option<Url>,
    /// The site given on the command line.
    given_site: Option<String>,
}

impl Names {
    /// Attributes of elements take precedence over those of the tag.
    pub(crate) fn of(
        subject: &Subject,
        page: &Page,
        tag: Option<&Tag<'_>>,
        elements: &Elements<'_>,
    ) -> Self {
        let of_elements = |name: &str| {
            elements
                .all()
                .find_map(|element| element::attribute_of(element, name))
                .map(str::to_owned)
        };
        let of_tag = |name: &str| {
            tag.and_then(|tag| tag.option(name))
                .filter(|value| !value.is_empty())
        };
        let named = of_elements("endpoint")
            .or_else(|| of_tag("endpoint"))
            .and_then(|named| page.resolve(&named))
            .map(directory);
        let from = tag
            .and_then(|tag| tag.src.as_ref())
            .and_then(|src| src.join(".").ok());
        Self {
            site: of_elements("site").or_else(|| of_tag("site")),
            given_site: subject.site.clone(),
            endpoint: named
                .or(from)
                .or_else(|| subject.endpoint.clone().map(directory))
                .map(bare),
        }
    }

    /// The site to request.
    pub(crate) fn site_to_request(&self) -> Option<&str> {
        self.site.as_deref().or(self.given_site.as_deref())
    }
}

/// Without query and fragment.
fn bare(mut url: Url) -> Url {
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Reports if the page does not name a site and an endpoint.
pub(crate) fn check_names(names: &Names, tag: Option<&Tag<'_>>, findings: &mut Findings) {
    let Some(tag) = tag else { return };
    let found = page::opening(tag.element);
    let values = tag
        .element
        .value()
        .attrs()
        .filter(|(name, _)| name.starts_with("data-") || *name == "src");
    if let Some((name, value)) = values.into_iter().find(|(_, value)| is_placeholder(value)) {
        let says = format!(
            "The tag's {name} is an example or a placeholder that nobody has filled in: `{value}`."
        );
        findings.push(error("placeholder", says, recommended(None, None)).found(&found));
        return;
    }
    match &names.site {
        None => {
            let says = "The tag does not name the site: a CMS or a tag manager has dropped `data-site`, or it was never there.";
            let tag = recommended(names.endpoint.as_ref(), names.site_to_request());
            let in_address = tag.replace("embed.js\" data-site=\"", "embed.js?site=");
            let write =
                format!("{tag}\nor, where attributes are dropped, in the address:\n{in_address}");
            findings.push(error("site-missing", says, write).found(&found));
        }
        Some(site) if SiteId::parse(site).is_err() => {
            let says = format!(
                "`{site}` cannot be the name of a site: it has lower-case letters, digits and hyphens."
            );
            let write = recommended(names.endpoint.as_ref(), None);
            findings.push(error("site-invalid", says, write).found(&found));
        }
        Some(_) => {}
    }
    if names.endpoint.is_none() {
        findings.push(
            error(
                "endpoint-missing",
                "Nothing names the endpoint.",
                "Add data-endpoint=\"https://…/\" to the tag.",
            )
            .found(&found),
        );
    }
}
