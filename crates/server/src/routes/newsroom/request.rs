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
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use config::Newsroom;

    use super::*;

    #[test]
    fn own_address_of_any_path_stays_on_the_endpoint() {
        let base = url::Url::parse("https://gema.news.example").unwrap();
        for path in [
            "/redaksi/",
            "/redaksi/news/now?lang=en",
            "/redaksi/http:evil.example",
            "/redaksi/javascript:alert(1)",
            "/redaksi/http:%2f%2fevil.example/now",
            "/redaksi//evil.example",
            "/redaksi///evil.example/now",
            "/redaksi/?//evil.example",
        ] {
            let (mut parts, ()) = axum::http::Request::get(path)
                .body(())
                .unwrap()
                .into_parts();
            parts.headers.clear();
            let own = PageAddress::of(&parts, &Config::demo()).own_address();
            let whole = base.join(path).unwrap();
            assert_eq!(whole.join(&own).unwrap(), whole, "{own}");
        }
    }

    #[test]
    fn only_a_form_of_the_own_origin_counts() {
        let is_own = |address: Option<&str>, pairs: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            };
            let newsroom = Newsroom {
                address: address.map(str::to_owned),
                ..Newsroom::default()
            };
            let config = Config {
                newsroom,
                ..Config::demo()
            };
            super::is_own(&pairs.iter().map(pair).collect(), &config)
        };
        let host = ("host", "gema.news.example");
        let own = ("origin", "https://gema.news.example");
        assert!(is_own(None, &[("sec-fetch-site", "same-origin")]));
        assert!(is_own(None, &[host, own]));
        let address = Some("https://gema.news.example");
        assert!(is_own(address, &[("host", "10.0.0.1"), own]));
        for foreign in [
            &[][..],
            &[host],
            &[host, ("origin", "null")],
            &[host, ("origin", "https://news.example")],
            &[host, ("origin", "https://gema.news.example.evil.example")],
            &[host, own, ("sec-fetch-site", "same-site")],
            &[host, own, ("sec-fetch-site", "cross-site")],
            &[host, own, ("sec-fetch-site", "none")],
        ] {
            assert!(!is_own(None, foreign), "{foreign:?}");
        }
        assert!(!is_own(Some("https://other.example"), &[host, own]));
    }
}
