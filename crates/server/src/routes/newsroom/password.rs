use accounts::{AuditAction, PasswordHash, Token, User, UserName, WeakPassword};
use admin::users::{UserChange, remove_sessions, sites_of};
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, request::Parts},
    response::Response,
    routing::get,
};
use config::Config;
use newsroom::{message, password, sign_in::Note};

use super::{
    change::problem,
    form::OwnForm,
    random,
    request::{PageAddress, language},
    respond,
    sign_in::{begin_session, charge},
};
use crate::{
    problem::Problem,
    routes::{
        caller::{ClientAddress, UncachedRead},
        extract::CurrentConfig,
    },
    state::App,
};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/redaksi/set-password/{name}/{token}", get(show).post(set))
}

/// The form. Opening the link does not use it up, because mail scanners and messengers open links too.
async fn show(
    State(app): State<App>,
    _: UncachedRead,
    CurrentConfig(config): CurrentConfig,
    Path(path): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Problem> {
    Ok(match invited(&app, &path).await? {
        Some(user) => page(&parts, &config, None, &user.name),
        None => over(&parts, &config),
    })
}

async fn set(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    CurrentConfig(config): CurrentConfig,
    Path(path): Path<(String, String)>,
    parts: Parts,
    form: OwnForm,
) -> Result<Response, Problem> {
    charge(&app, &config, address)?;
    let Some(before) = invited(&app, &path).await? else {
        return Ok(over(&parts, &config));
    };
    let texts = language(&parts).texts();
    let refuse = |status: StatusCode, text: &str| {
        let note = Note::Error(text.to_owned());
        respond::with_status(status, page(&parts, &config, Some(note), &before.name))
    };
    let password = form.field("password");
    if let Err(weak) = PasswordHash::check(password, &before.name) {
        let text = match weak {
            WeakPassword::TooShort => texts.too_short,
            WeakPassword::TooLong => texts.too_long,
            WeakPassword::Guessable => texts.guessable,
        };
        return Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, text));
    }
    if password != form.field("again") {
        return Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, texts.differ));
    }
    let salt = random()?;
    let chosen = password.to_owned();
    let hashed = app
        .newsroom
        .password_queue
        .run(Some(address), move || PasswordHash::new(&chosen, salt));
    let Some(Some(hash)) = hashed.await else {
        return Ok(refuse(StatusCode::SERVICE_UNAVAILABLE, texts.busy));
    };
    let change = UserChange {
        actor: before.name.as_str(),
        operator: None,
        now: (app.now)(),
        token: random()?,
        random: u64::from_be_bytes(random()?),
    };
    let mut after = before.clone();
    after.set_password(hash, change.random);
    let store = app.store.accounts();
    // Only one of two who use the link at the same time succeeds.
    if !store
        .swap_user(&before.name, Some(&before), Some(&after))
        .await?
    {
        return Ok(over(&parts, &config));
    }
    remove_sessions(store, &after.name).await?;
    app.newsroom.seen_sessions.clear();
    change
        .log(store, AuditAction::PasswordSet, "", sites_of(&after))
        .await
        .map_err(problem)?;
    let home = PageAddress::of(&parts, &config).root;
    begin_session(
        &app,
        &config,
        &parts.headers,
        &after,
        respond::see_other(&home),
    )
    .await
}

/// The user whom a valid link invites.
async fn invited(app: &App, (name, token): &(String, String)) -> Result<Option<User>, Problem> {
    let (Ok(name), Some(token)) = (UserName::parse(name), Token::parse(token)) else {
        return Ok(None);
    };
    let user = app.store.accounts().user(&name).await?;
    Ok(user.filter(|user| user.is_invited(&token, (app.now)())))
}

fn page(parts: &Parts, config: &Config, note: Option<Note>, user: &UserName) -> Response {
    let language = language(parts);
    let texts = language.texts();
    let content = password::page(texts, note.as_ref(), user);
    let address = PageAddress::of(parts, config);
    respond::outside(texts.set_password, language, &address, content)
}

fn over(parts: &Parts, config: &Config) -> Response {
    let language = language(parts);
    let texts = language.texts();
    let content = message::sentence(texts.invitation_over);
    let address = PageAddress::of(parts, config);
    let page = respond::outside(texts.set_password, language, &address, content);
    respond::with_status(StatusCode::GONE, page)
}
