use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use accounts::{
    AuditAction, MAX_PASSWORD_BYTES, PasswordHash, SESSION_TOKEN_BYTES, Session, Token, TokenHash,
    User, UserName,
};
use admin::users::{UserChange, sites_of};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use config::{Action, Config};
use newsroom::sign_in::{self, Note};
use rules::Rejection;

use super::{
    change::problem,
    cookie,
    form::OwnForm,
    random,
    request::{PageAddress, language, query},
    respond,
};
use crate::{
    problem::Problem,
    routes::{
        caller::{ClientAddress, UncachedRead},
        extract::CurrentConfig,
    },
    state::App,
};

/// Maximum number of sessions of a user. A new one ends the one that was used the longest time ago.
const MAX_SESSIONS: usize = 50;

/// How long an attempt waits for the answer that the queue is full: clients that try again at once would keep a core busy.
const BUSY_DELAY: Duration = Duration::from_secs(1);

pub(super) fn routes() -> Router<App> {
    Router::new().route("/redaksi/sign-in", get(show).post(sign_in))
}

async fn show(_: UncachedRead, CurrentConfig(config): CurrentConfig, parts: Parts) -> Response {
    let next = query(&parts, "next");
    page(&parts, &config, None, &next.unwrap_or_default())
}

fn page(parts: &Parts, config: &Config, note: Option<Note>, next: &str) -> Response {
    let language = language(parts);
    let texts = language.texts();
    let address = PageAddress::of(parts, config);
    let content = sign_in::page(texts, note.as_ref(), &address.root, local(next));
    respond::outside(texts.sign_in, language, &address, content)
}

async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    CurrentConfig(config): CurrentConfig,
    parts: Parts,
    form: OwnForm,
) -> Result<Response, Problem> {
    let next = form.field("next").to_owned();
    let texts = language(&parts).texts();
    let refuse = |status: StatusCode, text: String| {
        let page = page(&parts, &config, Some(Note::Error(text)), &next);
        respond::with_status(status, page)
    };
    if !cookie::is_kept(&parts.headers, &config) {
        return Ok(refuse(StatusCode::FORBIDDEN, texts.needs_https.into()));
    }
    if let Err(rejection) = charge(&app, &config, address) {
        let wait = rejection.retry_after.unwrap_or_default().as_secs();
        let text = texts
            .too_many_tries
            .replace("{}", &wait.div_ceil(60).max(1).to_string());
        let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, text);
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.max(1)));
        return Ok(response);
    }
    let name = UserName::parse(form.field("name")).ok();
    let user = match &name {
        Some(name) => app.store.accounts().user(name).await?,
        None => None,
    };
    let verified = verify(&app, address, user.as_ref(), form.field("password")).await;
    match (verified, user) {
        (None, _) => {
            tokio::time::sleep(BUSY_DELAY).await;
            Ok(refuse(StatusCode::SERVICE_UNAVAILABLE, texts.busy.into()))
        }
        (Some(true), Some(user)) => {
            let response = respond::see_other(&below(&parts, &config, &next));
            begin_session(&app, &config, &parts.headers, &user, response).await
        }
        _ => {
            if let Some(attempts) = app.newsroom.failed_sign_ins.due((app.now)()) {
                tracing::warn!(
                    attempts,
                    "signing in to the newsroom's pages failed: wrong name or password"
                );
            }
            Ok(refuse(StatusCode::FORBIDDEN, texts.wrong_sign_in.into()))
        }
    }
}

/// Charges an attempt to the address, also while other limits are switched off.
pub(super) fn charge(app: &App, config: &Config, address: IpAddr) -> Result<(), Rejection> {
    let amounts = config.limits.clone().unwrap_or_default();
    let charged = app
        .limits
        .admit(&amounts, address, &[Action::SignIn], NonZeroU32::MIN);
    charged.inspect_err(|refused| app.metrics.refused.add(refused.cause))
}

/// Verifies the password; takes as long for an unknown user as for a known one. `None`: the queue is full.
async fn verify(app: &App, address: IpAddr, user: Option<&User>, password: &str) -> Option<bool> {
    if password.len() > MAX_PASSWORD_BYTES {
        return Some(false);
    }
    let hash = user.and_then(|user| user.password.clone());
    let password = password.to_owned();
    let verify = move || match hash {
        Some(hash) => hash.verify(&password),
        None => {
            PasswordHash::verify_nobody(&password);
            false
        }
    };
    app.newsroom.password_queue.run(Some(address), verify).await
}

/// Begins a session of that user, with a new token; a session that the browser had is ended.
pub(super) async fn begin_session(
    app: &App,
    config: &Config,
    headers: &HeaderMap,
    user: &User,
    response: Response,
) -> Result<Response, Problem> {
    let store = app.store.accounts();
    let now = (app.now)();
    let earlier = cookie::session(headers, config).map(|token| token.hash());
    let mut ended = oldest_sessions(&store.sessions().await?, user);
    ended.extend(earlier);
    if !ended.is_empty() {
        store.remove_sessions(&ended).await?;
        app.newsroom.seen_sessions.clear();
    }
    let token = Token::new(&random::<SESSION_TOKEN_BYTES>()?);
    store
        .put_session(token.hash(), &Session::new(user, now))
        .await?;
    let change = UserChange {
        actor: user.name.as_str(),
        operator: None,
        now,
        token: random()?,
        random: u64::from_be_bytes(random()?),
    };
    change
        .log(store, AuditAction::SignedIn, "", sites_of(user))
        .await
        .map_err(problem)?;
    let cookie = cookie::set_session(headers, config, &token);
    Ok(respond::with_cookie(response, &cookie).into_response())
}

/// The sessions that a user loses for a new one. `sessions`: the last used first.
fn oldest_sessions(sessions: &[(TokenHash, Session)], user: &User) -> Vec<TokenHash> {
    let of_user = sessions
        .iter()
        .filter(|(_, session)| session.user == user.name);
    of_user
        .skip(MAX_SESSIONS - 1)
        .map(|(token, _)| *token)
        .collect()
}

/// The relative address of a page below `/redaksi/`.
fn below(parts: &Parts, config: &Config, next: &str) -> String {
    let root = PageAddress::of(parts, config).root;
    format!("{root}{}", local(next))
}

/// The path if it stays below `/redaksi/`, else nothing: anybody can make a link with a path of their own.
fn local(next: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~/?&=%+,;@!$'()*".contains(c);
    let leaves = next.starts_with('/') || next.split(['/', '?']).any(|part| part == "..");
    match next.chars().all(is_part) && !leaves && !next.contains("%2e") && !next.contains("%2E") {
        true => next,
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_new_session_ends_the_oldest_of_too_many() {
        let now = Timestamp::UNIX_EPOCH;
        let user = |name: &str| User::new(UserName::parse(name).unwrap(), 7, now);
        let session = |number: usize, name: &str| {
            let token = Token::new(&[number as u8; SESSION_TOKEN_BYTES]);
            (token.hash(), Session::new(&user(name), now))
        };
        let mut sessions: Vec<_> = (0..MAX_SESSIONS)
            .map(|number| session(number, "budi"))
            .collect();
        let oldest = sessions[MAX_SESSIONS - 1].0;
        sessions.extend((100..200).map(|number| session(number, "siti")));
        assert_eq!(oldest_sessions(&sessions, &user("budi")), [oldest]);
        assert_eq!(oldest_sessions(&sessions[1..], &user("budi")), []);
    }

    #[test]
    fn a_path_of_others_stays_on_the_newsrooms_pages() {
        for next in [
            "",
            "people",
            "sites/news?by=reads&days=7",
            "sites/news/a%2Fb",
        ] {
            assert_eq!(local(next), next);
        }
        for next in [
            "/",
            "//evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "../v1",
            "a/../../b",
            "a\\b",
            "a\nb",
            "%2e%2e/b",
        ] {
            assert_eq!(local(next), "", "{next}");
        }
    }
}
