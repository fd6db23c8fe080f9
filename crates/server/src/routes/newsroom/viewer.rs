use std::{sync::Arc, time::Duration};

use accounts::{Access, Link, Role, Section, Session, Token, TokenHash, User, UserName};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use config::Config;
use jiff::Timestamp;
use newsroom::{Chrome, Language, NavLink, message};
use store::StoreError;
use tokio::time::timeout;
use wire::{ArticleKey, SiteId};
use yew::Html;

use super::{
    cookie,
    request::{PageAddress, is_own, is_unsafe, language},
    respond,
};
use crate::{
    problem::Problem,
    routes::caller::{UncachedRead, is_trusted_peer},
    state::App,
};

/// Who views a page of the newsroom: a user or the holder of a read-only link. Extracting it refuses everybody else:
/// with the form to sign in, or, for a form of another page, without effect.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// The user's name, or the link's label.
    pub(crate) name: String,
    /// Roles on the sites that are configured, at most one for each.
    pub(crate) access: Access,
    /// Language of the page.
    pub(crate) language: Language,
    /// How the viewer is known.
    pub(crate) identity: Identity,
    pub(super) page: PageAddress,
}

/// How a viewer is known.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// By a session.
    Session(UserName, TokenHash),
    /// By a header of a trusted proxy.
    Proxy(UserName),
    /// By a read-only link.
    Link(TokenHash),
}

impl Viewer {
    /// The sites that the viewer may see, with role and section.
    pub(crate) fn sites(&self) -> impl Iterator<Item = (&SiteId, Role, Option<&Section>)> {
        self.access
            .iter()
            .map(|grant| (grant.site(), grant.role(), grant.section()))
    }

    /// Whether pages of the site may be read, at least of a section.
    pub(crate) fn may_read(&self, site: &SiteId) -> bool {
        self.access.may_read(site)
    }

    /// The key prefix to which the viewer is restricted on the site; `None`: the whole site.
    pub(crate) fn section(&self, site: &SiteId) -> Option<&str> {
        self.access.on(site)?.section().map(Section::as_str)
    }

    /// Whether the article's pages may be read.
    pub(crate) fn may_read_article(&self, site: &SiteId, key: &ArticleKey) -> bool {
        self.access.may_read_article(site, key)
    }

    /// Whether the article and its poll may be changed.
    pub(crate) fn may_edit(&self, site: &SiteId, key: &ArticleKey) -> bool {
        self.access.may_edit(site, key)
    }

    /// The user; `None`: the holder of a link.
    pub(crate) fn user(&self) -> Option<&UserName> {
        match &self.identity {
            Identity::Session(name, _) | Identity::Proxy(name) => Some(name),
            Identity::Link(_) => None,
        }
    }

    /// Relative path from the page to `/redaksi/`: empty, or `../` for each level.
    pub(crate) fn root(&self) -> &str {
        &self.page.root
    }

    fn chrome(&self, title: &str) -> Chrome {
        Chrome {
            language: self.language,
            newsroom: self.page.newsroom.clone(),
            title: title.to_owned(),
            root: self.page.root.clone(),
            viewer: Some(self.name.clone()),
            is_link: matches!(self.identity, Identity::Link(_)),
            has_session: matches!(self.identity, Identity::Session(..)),
            navigation: self.navigation(),
        }
    }

    /// The pages that the viewer may open, in the order of the navigation.
    fn navigation(&self) -> Vec<NavLink> {
        let texts = self.language.texts();
        let is_user = self.user().is_some();
        let is_operator = is_user && self.access.is_any_operator();
        let is_editor = is_user && self.access.iter().any(|grant| grant.role() >= Role::Editor);
        let pages = [
            ("", texts.home, true),
            ("links", texts.links, is_editor),
            ("people", texts.people, is_operator),
            ("log", texts.log, is_operator),
            ("account", texts.account, is_user),
        ];
        let here = self.page.path.split(['?', '/']).next().unwrap_or_default();
        pages
            .into_iter()
            .filter(|(.., is_shown)| *is_shown)
            .map(|(path, text, _)| NavLink {
                path,
                text,
                is_current: here == path,
            })
            .collect()
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let config = app.config.of(&mut parts.extensions);
        if is_unsafe(&parts.method) && !is_own(&parts.headers, &config) {
            return Err(respond::refuse_foreign(parts, &config));
        }
        // Anybody can send requests with unknown tokens, each of which reads the store.
        UncachedRead::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        match find(parts, app, &config).await {
            Ok(Some((name, mut access, identity))) => {
                access.retain(|site| config.site(site).is_some());
                Ok(Self {
                    name,
                    access,
                    identity,
                    language: language(parts),
                    page: PageAddress::of(parts, &config),
                })
            }
            Ok(None) => Err(unknown(parts, &config)),
            Err(problem) => Err(problem.into_response()),
        }
    }
}

type Found = (String, Access, Identity);

/// The viewer: by a trusted proxy's header, else by the session, else by a link.
async fn find(parts: &mut Parts, app: &App, config: &Config) -> Result<Option<Found>, Problem> {
    if let Some(found) = by_proxy(parts, app, config).await? {
        return Ok(Some(found));
    }
    if let Some(token) = cookie::session(&parts.headers, config)
        && let Some(user) = user_of_session(app, &parts.method, &token).await?
    {
        let identity = Identity::Session(user.name.clone(), token.hash());
        return Ok(Some((user.name.to_string(), user.access, identity)));
    }
    if let Some(token) = cookie::link(&parts.headers, config)
        && let Some(link) = valid_link(app, &token).await?
    {
        let access = link.access();
        return Ok(Some((link.label, access, Identity::Link(token.hash()))));
    }
    Ok(None)
}

/// The user whom a trusted proxy has authenticated. Roles that were given here count more than those of groups.
async fn by_proxy(parts: &mut Parts, app: &App, config: &Config) -> Result<Option<Found>, Problem> {
    let newsroom = &config.newsroom;
    let Some(header) = &newsroom.user_header else {
        return Ok(None);
    };
    if !parts.headers.contains_key(header) || !is_trusted_peer(&parts.extensions, config) {
        return Ok(None);
    }
    // Of two values, one may be the client's own.
    let Some(name) = only_value(&parts.headers, header).and_then(|name| UserName::parse(name).ok())
    else {
        return Ok(None);
    };
    let user = app.store.accounts().user(&name).await?;
    let mut access = user.map(|user| user.access).unwrap_or_default();
    let groups = newsroom
        .groups_header
        .as_ref()
        .and_then(|header| only_value(&parts.headers, header))
        .unwrap_or_default();
    let groups = groups.split(',').map(str::trim);
    newsroom
        .access_of(groups)
        .iter()
        .for_each(|grant| access.add(grant.clone()));
    Ok(Some((name.to_string(), access, Identity::Proxy(name))))
}

fn only_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.to_str().ok())?
}

/// How long a page waits for the accounts if the session was valid lately.
const KNOWN_SESSION_TIMEOUT: Duration = Duration::from_secs(2);

/// The user of a valid session. While the accounts do not answer, one that was valid lately is shown pages, and changes
/// nothing.
async fn user_of_session(
    app: &App,
    method: &Method,
    token: &Token,
) -> Result<Option<User>, Problem> {
    let now = (app.now)();
    let seen = &app.newsroom.seen_sessions;
    let known = seen.user(token.hash(), now).filter(|_| !is_unsafe(method));
    let stored = stored_user(app, token, now);
    let found = match &known {
        Some(_) => timeout(KNOWN_SESSION_TIMEOUT, stored)
            .await
            .unwrap_or(Err(StoreError::Unavailable)),
        None => stored.await,
    };
    match (found, known) {
        (Ok(user), _) => {
            seen.note(token.hash(), user.as_ref(), now);
            Ok(user)
        }
        (Err(_), Some(user)) => Ok(Some(user)),
        (Err(error), None) => Err(error.into()),
    }
}

/// The user of a valid session, as stored. Its time of use is stored at most once an hour.
async fn stored_user(app: &App, token: &Token, now: Timestamp) -> Result<Option<User>, StoreError> {
    let store = app.store.accounts();
    let Some(session) = store.session(token.hash()).await? else {
        return Ok(None);
    };
    let Some(user) = store.user(&session.user).await? else {
        return Ok(None);
    };
    if !session.is_valid(&user, now) {
        return Ok(None);
    }
    if session.is_touch_due(now) {
        let touched = Session {
            used: now,
            ..session
        };
        // The page can be shown also while nothing can be written.
        let _ = store.touch_session(token.hash(), &touched).await;
    }
    Ok(Some(user))
}

/// The link of that token, if it is valid.
pub(super) async fn valid_link(app: &App, token: &Token) -> Result<Option<Link>, Problem> {
    let link = app.store.accounts().link(token.hash()).await?;
    Ok(link.filter(|link| !link.is_expired((app.now)())))
}

/// The answer to somebody who is not signed in.
fn unknown(parts: &Parts, config: &Arc<Config>) -> Response {
    let page = PageAddress::of(parts, config);
    if is_unsafe(&parts.method) {
        return respond::see_other(&format!("{}sign-in", page.root));
    }
    // A strict cookie is not sent if the navigation began on another site.
    let is_from_elsewhere = parts
        .headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site" || site == "same-site");
    if is_from_elsewhere {
        let language = language(parts);
        let texts = language.texts();
        let content = message::continued(texts, &page.own_address());
        return respond::outside(texts.continue_heading, language, &page, content);
    }
    let next = form_encoded(&page.path);
    respond::see_other(&format!("{}sign-in?next={next}", page.root))
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A page for a viewer, with the frame and the headers of all pages.
pub(crate) fn page(title: &str, viewer: &Viewer, content: Html) -> Response {
    respond::framed(&viewer.chrome(title), content)
}

/// A page for a viewer whose role does not permit what was requested.
pub(crate) fn forbidden(viewer: &Viewer) -> Response {
    let texts = viewer.language.texts();
    let content: Html = message::sentence(texts.forbidden_hint);
    respond::with_status(
        StatusCode::FORBIDDEN,
        page(texts.forbidden, viewer, content),
    )
}
