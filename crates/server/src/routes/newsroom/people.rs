use std::collections::BTreeMap;

use accounts::{Grant, Role, Token, User, UserName};
use admin::users::UserError;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use jiff::Timestamp;
use newsroom::{
    Texts,
    people::{self, Note, People},
};
use store::StoreError;
use wire::SiteId;

use super::{
    change::{change_of, invitation, section},
    form::OwnForm,
    respond,
    viewer::{self, Viewer, forbidden},
};
use crate::{problem::Problem, routes::extract::CurrentConfig, state::App};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/redaksi/people", get(show).post(add))
        .route("/redaksi/people/invite", post(invite))
        .route("/redaksi/people/sign-out", post(sign_out))
        .route("/redaksi/people/revoke", post(revoke))
        .route("/redaksi/people/remove", post(remove))
}

/// A user who has just been invited, and the address of the link.
type Invited = Option<(UserName, String)>;

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Problem> {
    page(&app, &viewer, None, None).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    note: Option<Note>,
    invited: Invited,
) -> Result<Response, Problem> {
    if viewer.user().is_none() || !viewer.access.is_any_operator() {
        return Ok(forbidden(viewer));
    }
    let store = app.store.accounts();
    let users = store.users().await?;
    let seen = last_seen(app).await?;
    let is_shown = |user: &&User| {
        let mut grants = user.access.iter();
        grants.any(|grant| viewer.access.is_operator(grant.site()))
    };
    let users = users
        .iter()
        .filter(is_shown)
        .map(|user| (user, seen.get(&user.name).copied()))
        .collect();
    let texts = viewer.language.texts();
    let status = match note {
        Some(Note::Error(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let people = People {
        note,
        invited,
        users,
        operator: &viewer.access,
    };
    let page = viewer::page(texts.people, viewer, people::page(texts, &people));
    Ok(respond::with_status(status, page))
}

/// The time of each user's last request, as far as there are sessions.
async fn last_seen(app: &App) -> Result<BTreeMap<UserName, Timestamp>, StoreError> {
    let mut seen = BTreeMap::new();
    for (_, session) in app.store.accounts().sessions().await? {
        let last = seen.entry(session.user).or_insert(session.used);
        *last = session.used.max(*last);
    }
    Ok(seen)
}

async fn add(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    headers: HeaderMap,
    viewer: Viewer,
    form: OwnForm,
) -> Result<Response, Problem> {
    let texts = viewer.language.texts();
    let parsed = match parse(texts, &form) {
        Ok(parsed) => parsed,
        Err(why) => return page(&app, &viewer, Some(Note::Error(why)), None).await,
    };
    let (name, grant) = parsed;
    if config.site(grant.site()).is_none() {
        return Ok(forbidden(&viewer));
    }
    let change = change_of(&app, &viewer)?;
    let token = change.set_role(app.store.accounts(), &name, grant).await;
    app.newsroom.forget_users().await;
    let invited = |token: Option<Token>| {
        token.map(|token| (name.clone(), invitation(&config, &headers, &name, &token)))
    };
    done(&app, &viewer, token.map(invited)).await
}

fn parse(texts: &Texts, form: &OwnForm) -> Result<(UserName, Grant), String> {
    let name = UserName::parse(form.field("name"))
        .map_err(|invalid| texts.invalid_name.replace("{}", invalid.0))?;
    let site = SiteId::parse(form.field("site")).map_err(|invalid| invalid.to_string())?;
    let role: Role = form
        .field("role")
        .parse()
        .map_err(|invalid: wire::Invalid| invalid.to_string())?;
    let grant = Grant::new(site, role, section(texts, form)?);
    let grant = grant.map_err(|_| texts.operator_section.to_owned())?;
    Ok((name, grant))
}

async fn invite(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    headers: HeaderMap,
    viewer: Viewer,
    form: OwnForm,
) -> Result<Response, Problem> {
    let Ok(name) = UserName::parse(form.field("name")) else {
        return Ok(forbidden(&viewer));
    };
    let change = change_of(&app, &viewer)?;
    let token = change.invite(app.store.accounts(), &name).await;
    let invited = token.map(|token| {
        let address = invitation(&config, &headers, &name, &token);
        Some((name, address))
    });
    done(&app, &viewer, invited).await
}

async fn sign_out(
    State(app): State<App>,
    viewer: Viewer,
    form: OwnForm,
) -> Result<Response, Problem> {
    let Ok(name) = UserName::parse(form.field("name")) else {
        return Ok(forbidden(&viewer));
    };
    let change = change_of(&app, &viewer)?;
    if change
        .operator
        .is_some_and(|access| !access.is_any_operator())
    {
        return Ok(forbidden(&viewer));
    }
    let done_so = change.sign_out(app.store.accounts(), &name).await;
    done(&app, &viewer, done_so.map(|()| None)).await
}

async fn revoke(
    State(app): State<App>,
    viewer: Viewer,
    form: OwnForm,
) -> Result<Response, Problem> {
    let (Ok(name), Ok(site)) = (
        UserName::parse(form.field("name")),
        SiteId::parse(form.field("site")),
    ) else {
        return Ok(forbidden(&viewer));
    };
    let change = change_of(&app, &viewer)?;
    let revoked = change.revoke_role(app.store.accounts(), &name, &site).await;
    app.newsroom.forget_users().await;
    done(&app, &viewer, revoked.map(|()| None)).await
}

async fn remove(
    State(app): State<App>,
    viewer: Viewer,
    form: OwnForm,
) -> Result<Response, Problem> {
    let Ok(name) = UserName::parse(form.field("name")) else {
        return Ok(forbidden(&viewer));
    };
    let change = change_of(&app, &viewer)?;
    let removed = change.remove(app.store.accounts(), &name).await;
    app.newsroom.forget_users().await;
    done(&app, &viewer, removed.map(|()| None)).await
}

/// The page after a change, or why there was none.
async fn done(
    app: &App,
    viewer: &Viewer,
    changed: Result<Invited, UserError>,
) -> Result<Response, Problem> {
    let texts = viewer.language.texts();
    let why = match changed {
        // Reloading the page repeats nothing.
        Ok(None) => return Ok(respond::see_other(&format!("{}people", viewer.root()))),
        // The link is shown only in this response.
        Ok(invited) => return page(app, viewer, None, invited).await,
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(UserError::Forbidden | UserError::NoUser | UserError::NoRole) => {
            return Ok(forbidden(viewer));
        }
        Err(UserError::Own) => texts.last_operator,
        Err(UserError::Changed) => texts.changed_meanwhile,
        Err(UserError::TooMany) => texts.failed,
    };
    page(app, viewer, Some(Note::Error(why.into())), None).await
}
