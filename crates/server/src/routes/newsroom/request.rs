use axum::http::{HeaderMap, Method, header, request::Parts};
use config::Config;
use newsroom::Language;

use super::cookie;

/// The address of a page, and the heading of all.
#[derive(Clone, Debug, Default)]
pub(super) struct PageAddress {
    /// Relative path to `/redaksi/`: empty, or `../` for each level. A proxy may add a path prefix.
    pub(super) root: String,
    /// Path and query below `/redaksi/`.
    pub(super) path: String,
    /// The configured title of the newsroom.
    pub(super) newsroom: String,
}

impl PageAddress {
    pub(super) fn of(parts: &Parts, config: &Config) -> Self {
        let whole = parts
            .uri
            .path_and_query()
            .map_or("", |whole| whole.as_str());
        let path = whole.strip_prefix("/redaksi/").unwrap_or_default();
        let levels = path
            .split('?')
            .next()
            .unwrap_or_default()
            .matches('/')
            .count();
        Self {
            root: "../".repeat(levels),
            path: path.to_owned(),
            newsroom: config.newsroom.title.clone().unwrap_or_default(),
        }
    }

    /// The page's own relative address. It begins with a dot: anybody can make a link whose path alone would be an
    /// address of another site, such as `http:evil.example`.
    pub(super) fn own_address(&self) -> String {
        let root = match self.root.as_str() {
            "" => "./",
            root => root,
        };
        format!("{root}{}", self.path)
    }
}

/// The language that the viewer has chosen, else that of `Accept-Language`.
pub(super) fn language(parts: &Parts) -> Language {
    chosen_language(parts).unwrap_or_else(|| {
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        Language::accepted(accepted.unwrap_or_default())
    })
}

/// The language of `?lang`, here or in an earlier address.
pub(super) fn chosen_language(parts: &Parts) -> Option<Language> {
    named_language(parts).or_else(|| cookie::language(&parts.headers))
}

/// The language of `?lang`.
pub(super) fn named_language(parts: &Parts) -> Option<Language> {
    query(parts, "lang").and_then(|tag| Language::of_tag(&tag))
}

/// A parameter of the query.
pub(super) fn query(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// Whether the method may have effects.
pub(super) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser reports that a page of this origin sends the request: by `Sec-Fetch-Site`, or, where that is
/// absent, by an `Origin` that is the endpoint's own.
pub(super) fn is_own(headers: &HeaderMap, config: &Config) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    match &config.newsroom.address {
        Some(own) => origin == own,
        None => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some_and(|host| {
                text(header::HOST).is_some_and(|own| own.eq_ignore_ascii_case(host))
            })
        }
    }
}

#[cfg(test)]
mod tests;
