use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use newsroom::account;

use super::{
    change::{change_of, problem},
    cookie,
    form::OwnForm,
    respond,
    viewer::{self, Identity, Viewer, forbidden},
};
use crate::{
    problem::Problem,
    routes::{caller::UncachedRead, extract::CurrentConfig},
    state::App,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/redaksi/account", get(show))
        .route("/redaksi/sign-out", post(sign_out))
        .route("/redaksi/sign-out-everywhere", post(sign_out_everywhere))
}

/// The user's own sessions.
async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Problem> {
    let texts = viewer.language.texts();
    let sessions = match &viewer.identity {
        Identity::Link(_) => return Ok(forbidden(&viewer)),
        Identity::Proxy(_) => Vec::new(),
        Identity::Session(name, current) => {
            let user = app.store.accounts().user(name).await?;
            let sessions = app.store.accounts().sessions().await?.into_iter();
            let now = (app.now)();
            let is_valid = |session: &accounts::Session| {
                user.as_ref()
                    .is_some_and(|user| session.is_valid(user, now))
            };
            sessions
                .filter(|(_, session)| is_valid(session))
                .map(|(token, session)| (session, token == *current))
                .collect()
        }
    };
    let content = account::page(texts, &sessions);
    Ok(viewer::page(texts.account, &viewer, content))
}

/// Ends the session of this browser. Without a valid session, the cookie is removed all the same.
async fn sign_out(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    headers: HeaderMap,
    _: UncachedRead,
    _: OwnForm,
) -> Result<Response, Problem> {
    // Anybody can send a token of their own, for which nothing is written.
    if let Some(token) = cookie::session(&headers, &config)
        && app.store.accounts().session(token.hash()).await?.is_some()
    {
        app.store
            .accounts()
            .remove_sessions(&[token.hash()])
            .await?;
        app.newsroom
            .seen_sessions
            .note(token.hash(), None, (app.now)());
    }
    let cookie = cookie::clear_session(&headers, &config);
    let response = respond::see_other("sign-in");
    Ok(respond::with_cookie(response, &cookie))
}

async fn sign_out_everywhere(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    headers: HeaderMap,
    viewer: Viewer,
    _: OwnForm,
) -> Result<Response, Problem> {
    let Identity::Session(name, _) = &viewer.identity else {
        return Ok(forbidden(&viewer));
    };
    let change = change_of(&app, &viewer)?;
    change
        .sign_out(app.store.accounts(), name)
        .await
        .map_err(problem)?;
    let cookie = cookie::clear_session(&headers, &config);
    let response = respond::see_other("sign-in");
    Ok(respond::with_cookie(response, &cookie).into_response())
}
