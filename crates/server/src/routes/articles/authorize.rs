use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use config::Site;
use text::section::section;

use crate::{
    problem::Problem,
    routes::extract::site_of,
    state::{App, LocalRequest},
};

/// A site, requested by a client that may write to it: by its key, or on the local socket.
pub(super) struct AuthorizedSite(pub(super) Arc<Site>);

/// Why a request is not authorised.
pub(super) enum AuthError {
    /// Another error, or writing over HTTP is disabled.
    Problem(Problem),
    /// The key is missing or wrong.
    NoKey,
}

impl FromRequestParts<App> for AuthorizedSite {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AuthError> {
        let site = site_of(parts, app).await.map_err(AuthError::Problem)?;
        if parts.extensions.get::<LocalRequest>().is_some() {
            return Ok(Self(site));
        }
        let Some(key) = &site.key else {
            let id = &site.id;
            let section = section(site.id.as_str());
            let detail = format!(
                "Articles of `{id}` cannot be written over HTTP: set `key` under {section}."
            );
            return Err(AuthError::Problem(Problem::new(
                StatusCode::FORBIDDEN,
                detail,
            )));
        };
        match bearer(parts) {
            Some(shown) if key.is(shown) => Ok(Self(site)),
            Some(_) => {
                if let Some(requests) = app.wrong_keys.due((app.now)()) {
                    tracing::warn!(site = %site.id, requests, "a wrong key was shown: see `key` in gema.toml");
                }
                Err(AuthError::NoKey)
            }
            None => Err(AuthError::NoKey),
        }
    }
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(parts: &Parts) -> Option<&[u8]> {
    let value = parts.headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| token.trim_ascii())
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::NoKey => {
                let detail = "Show the site's `key` of gema.toml: Authorization: Bearer KEY";
                let problem =
                    Problem::new(StatusCode::UNAUTHORIZED, detail).in_field("Authorization");
                (
                    [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))],
                    problem,
                )
                    .into_response()
            }
        }
    }
}
