use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};

use super::{request::is_own, respond::refuse_foreign};
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
