use accounts::{Section, Token, UserName};
use admin::users::{UserChange, UserError};
use axum::http::{HeaderMap, StatusCode};
use config::Config;
use newsroom::Texts;

use super::{form::OwnForm, random, viewer::Viewer};
use crate::{problem::Problem, routes::front_page, state::App};

/// A change by that viewer. The holder of a link has no role that permits one.
pub(super) fn change_of<'a>(app: &App, viewer: &'a Viewer) -> Result<UserChange<'a>, Problem> {
    // The change may end sessions.
    app.newsroom.seen_sessions.clear();
    Ok(UserChange {
        actor: &viewer.name,
        operator: Some(&viewer.access),
        now: (app.now)(),
        token: random()?,
        random: u64::from_be_bytes(random()?),
    })
}

/// The error of an operation that the viewer may do.
pub(crate) fn problem(error: UserError) -> Problem {
    let status = match &error {
        UserError::Store(error) => return (*error).into(),
        UserError::NoUser | UserError::NoRole => StatusCode::NOT_FOUND,
        UserError::Forbidden | UserError::Own => StatusCode::FORBIDDEN,
        UserError::Changed | UserError::TooMany => StatusCode::CONFLICT,
    };
    Problem::new(status, error.to_string())
}

/// The whole address of a one-time link.
pub(super) fn invitation(
    config: &Config,
    headers: &HeaderMap,
    name: &UserName,
    token: &Token,
) -> String {
    whole_address(config, headers, &invitation_path(name, token))
}

/// The address of a path, as browsers reach it.
pub(super) fn whole_address(config: &Config, headers: &HeaderMap, path: &str) -> String {
    match &config.newsroom.address {
        Some(address) => format!("{address}/{path}"),
        None => format!("{}{path}", front_page::address(headers)),
    }
}

/// The path of the page with which a user sets a password.
pub(crate) fn invitation_path(name: &UserName, token: &Token) -> String {
    // Names have no characters that a path must encode.
    format!("redaksi/set-password/{name}/{}", token.as_str())
}

/// The section of a form; `None`: the whole site.
pub(super) fn section(texts: &Texts, form: &OwnForm) -> Result<Option<Section>, String> {
    match form.field("section").trim() {
        "" => Ok(None),
        prefix => Section::parse(prefix)
            .map(Some)
            .map_err(|invalid| texts.invalid_section.replace("{}", invalid.0)),
    }
}
