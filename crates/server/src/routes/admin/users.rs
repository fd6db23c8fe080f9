use accounts::{COMMAND_LINE, Grant, Role, Section, Token, User, UserName};
use admin::users::UserChange;
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{get, post},
};
use config::Listen;
use serde::{Deserialize, Serialize};
use wire::SiteId;

use crate::{
    problem::Problem,
    routes::newsroom::{invitation_path, problem, random},
    state::App,
};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/users", get(list).post(set_role))
        .route("/admin/users/{name}", post(invite).delete(remove))
        .route("/admin/users/{name}/sign-out", post(sign_out))
}

/// A user, without secrets.
#[derive(Serialize)]
struct ListedUser {
    name: UserName,
    roles: Vec<Grant>,
    has_password: bool,
}

impl From<User> for ListedUser {
    fn from(user: User) -> Self {
        Self {
            roles: user.access.iter().cloned().collect(),
            has_password: user.password.is_some(),
            name: user.name,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleRequest {
    name: String,
    site: SiteId,
    role: Role,
    section: Option<String>,
}

/// The address of a one-time link; `None`: the user exists already.
#[derive(Serialize)]
struct InvitationLink {
    url: Option<String>,
}

async fn list(State(app): State<App>) -> Result<Json<Vec<ListedUser>>, Problem> {
    let users = app.store.accounts().users().await?;
    Ok(Json(users.into_iter().map(ListedUser::from).collect()))
}

async fn set_role(
    State(app): State<App>,
    Json(request): Json<RoleRequest>,
) -> Result<Json<InvitationLink>, Problem> {
    let name = parsed(&request.name)?;
    let section = request.section.as_deref().map(Section::parse).transpose();
    let section =
        section.map_err(|invalid| Problem::field("section", format!("The section {invalid}.")))?;
    if app.config.current().site(&request.site).is_none() {
        let detail = format!(
            "There is no site `{}` here. See `sites` in gema.toml.",
            request.site
        );
        return Err(Problem::field("site", detail));
    }
    let grant = Grant::new(request.site, request.role, section)
        .map_err(|invalid| Problem::field("section", format!("It {invalid}.")))?;
    let token = change(&app)?
        .set_role(app.store.accounts(), &name, grant)
        .await;
    app.newsroom.forget_users().await;
    let token = token.map_err(problem)?;
    Ok(Json(InvitationLink {
        url: token.map(|token| invitation_url(&app, &name, &token)),
    }))
}

async fn invite(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<InvitationLink>, Problem> {
    let name = parsed(&name)?;
    let token = change(&app)?.invite(app.store.accounts(), &name).await;
    let token = token.map_err(problem)?;
    Ok(Json(InvitationLink {
        url: Some(invitation_url(&app, &name, &token)),
    }))
}

/// The address at which browsers reach a one-time link, as far as the configuration has it.
fn invitation_url(app: &App, name: &UserName, token: &Token) -> String {
    let config = app.config.current();
    let origin = match (&config.newsroom.address, &config.listen) {
        (Some(address), _) => address.clone(),
        (None, Listen::Tcp(address)) if !address.ip().is_unspecified() => {
            format!("http://{address}")
        }
        // Only the proxy's address is of use to a browser.
        (None, _) => "https://…".into(),
    };
    format!("{origin}/{}", invitation_path(name, token))
}

#[derive(Deserialize)]
struct RemoveUserQuery {
    /// Only the role on this site.
    site: Option<SiteId>,
}

async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(RemoveUserQuery { site }): Query<RemoveUserQuery>,
) -> Result<StatusCode, Problem> {
    let name = parsed(&name)?;
    let store = app.store.accounts();
    let change = change(&app)?;
    let removed = match site {
        Some(site) => change.revoke_role(store, &name, &site).await,
        None => change.remove(store, &name).await,
    };
    app.newsroom.forget_users().await;
    removed.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sign_out(State(app): State<App>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    let name = parsed(&name)?;
    let change = change(&app)?;
    change
        .sign_out(app.store.accounts(), &name)
        .await
        .map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

fn parsed(name: &str) -> Result<UserName, Problem> {
    UserName::parse(name).map_err(|invalid| Problem::field("name", format!("The name {invalid}.")))
}

fn change(app: &App) -> Result<UserChange<'static>, Problem> {
    // The change may end sessions.
    app.newsroom.seen_sessions.clear();
    Ok(UserChange {
        actor: COMMAND_LINE,
        operator: None,
        now: (app.now)(),
        token: random()?,
        random: u64::from_be_bytes(random()?),
    })
}
