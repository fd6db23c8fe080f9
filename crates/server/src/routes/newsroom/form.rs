use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use config::Config;
use newsroom::message;

use super::{
    respond,
    viewer::{PageAddress, language},
};
use crate::{
    routes::extract::{FormFields, value},
    state::App,
};

/// The fields of a form that a page of the newsroom has sent.
pub(super) struct OwnForm(Vec<(String, String)>);

impl OwnForm {
    /// The field of that name; empty if it is missing.
    pub(super) fn field(&self, name: &str) -> &str {
        value(&self.0, name).unwrap_or_default()
    }
}

impl FromRequest<App> for OwnForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let config = app.config.of(&mut parts.extensions);
        if !is_own(&parts.headers, &config) {
            return Err(refuse_foreign(&parts, &config));
        }
        let request = Request::from_parts(parts, body);
        let fields = FormFields::from_request(request, app).await;
        fields
            .map(|FormFields(fields)| Self(fields))
            .map_err(IntoResponse::into_response)
    }
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

/// The answer to a form of another page: 403, without effect.
pub(super) fn refuse_foreign(parts: &Parts, config: &Config) -> Response {
    let language = language(parts);
    let texts = language.texts();
    let page = PageAddress::of(parts, config);
    let content = message::sentence(texts.foreign_form);
    respond::with_status(
        StatusCode::FORBIDDEN,
        respond::outside(texts.forbidden, language, &page, content),
    )
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use config::Newsroom;

    use super::*;

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
        assert!(is_own(
            Some("https://gema.news.example"),
            &[("host", "10.0.0.1"), own]
        ));
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
