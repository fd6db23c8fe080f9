//! `/redaksi`: the newsroom's pages. Complete without JavaScript. Every address gives 404 unless the newsroom is enabled.

/// The own account: sessions, signing out.
mod account;
/// Changes of users, and the errors and addresses that follow.
mod change;
/// The session's cookie.
mod cookie;
/// Forms of the pages.
mod form;
/// `GET /redaksi/`: the sites.
mod home;
/// Read-only links.
mod links;
/// `GET /redaksi/log`
mod log;
/// Setting a password by a one-time link.
mod password;
/// Users and their roles.
mod people;
/// What a request contains: address, language, and whether a page of the endpoint sent it.
mod request;
/// Responses: the frame of a page, its headers, redirections.
mod respond;
/// Signing in.
mod sign_in;
/// What is counted in a site.
mod site;
/// Who views a page.
pub(crate) mod viewer;

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};

pub(crate) use change::{invitation_path, problem};

use crate::{
    problem::{PROBLEM_JSON, Problem},
    state::App,
};

/// The routes. `app`: for the layer that hides them.
pub(crate) fn routes(app: &App) -> Router<App> {
    let pages = Router::new()
        .merge(home::routes())
        .merge(sign_in::routes())
        .merge(password::routes())
        .merge(account::routes())
        .merge(people::routes())
        .merge(links::routes())
        .merge(log::routes())
        .merge(site::routes());
    // Before the layer, which would not see other methods otherwise.
    let pages = pages.method_not_allowed_fallback(method_not_allowed);
    pages.layer(from_fn_with_state(app.clone(), if_enabled))
}

/// Answers as any unknown address does, unless the newsroom is enabled. A page says that the store does not answer. A
/// language that is named in the address is kept for the next pages.
async fn if_enabled(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let config = app.config.of(&mut parts.extensions);
    if !app.newsroom.is_enabled(&config, &*app.store).await {
        return Problem::not_found("There is nothing at this address.").into_response();
    }
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let found = response.headers().get(header::CONTENT_TYPE);
    let is_problem = found.is_some_and(|found| found == PROBLEM_JSON);
    let is_page = !asked.uri.path().ends_with(".json");
    let response = match response.status() {
        StatusCode::SERVICE_UNAVAILABLE if is_problem && is_page => {
            respond::store_is_away(&asked, &config, &response)
        }
        _ => response,
    };
    match request::named_language(&asked) {
        Some(language) => {
            let cookie = cookie::set_language(&asked.headers, &config, language);
            respond::with_cookie(response, &cookie)
        }
        None => response,
    }
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address does not take that method. See Allow.",
    )
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Problem::from(store::StoreError::Unavailable))?;
    Ok(bytes)
}
