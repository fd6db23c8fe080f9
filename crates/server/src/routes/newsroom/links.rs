use accounts::{LINK_TOKEN_BYTES, Link, MAX_LABEL_CHARS, MAX_LINK_DAYS, Role, Token, TokenHash};
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
    routing::{get, post},
};
use jiff::SignedDuration;
use newsroom::{
    Texts,
    links::{self, Links, Note},
    message,
};
use store::low_priority;
use wire::SiteId;

use super::{
    change::{change_of, problem, section, whole_address},
    cookie,
    form::OwnForm,
    random,
    request::{PageAddress, language},
    respond,
    viewer::{self, Viewer, forbidden, valid_link},
};
use crate::{
    problem::Problem,
    routes::{caller::UncachedRead, extract::CurrentConfig},
    state::App,
};

/// Maximum number of links of a site, and of those that one user has made on all sites: far more than a newsroom needs.
const MAX_LINKS_OF_SITE: usize = 1000;
const MAX_LINKS_OF_USER: usize = 100;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/redaksi/links", get(show).post(make))
        .route("/redaksi/links/revoke", post(revoke))
        .route("/redaksi/link/{token}", get(visit))
}

/// Whether the viewer may make links at all.
fn is_editor(viewer: &Viewer) -> bool {
    viewer.user().is_some() && viewer.sites().any(|(_, role, _)| role >= Role::Editor)
}

/// Whether the viewer may see the link in the list, and revoke it: operators those of their sites, editors their own.
fn may_revoke(viewer: &Viewer, link: &Link) -> bool {
    !link.is_overlay()
        && viewer.user().is_some_and(|user| {
            viewer.access.is_operator(&link.site)
                || link.author == user.as_str() && viewer.may_read(&link.site)
        })
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Problem> {
    page(&app, &viewer, None, None).await
}

async fn page(
    app: &App,
    viewer: &Viewer,
    note: Option<Note>,
    made: Option<String>,
) -> Result<Response, Problem> {
    if !is_editor(viewer) {
        return Ok(forbidden(viewer));
    }
    let now = (app.now)();
    let links = app.store.accounts().links().await?.into_iter();
    let links = links.filter(|(_, link)| !link.is_expired(now) && may_revoke(viewer, link));
    let sites = viewer
        .sites()
        .filter(|(_, role, _)| *role >= Role::Editor)
        .map(|(site, ..)| site.clone());
    let status = match note {
        Some(Note::Error(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let shown = Links {
        note,
        made,
        links: links.collect(),
        sites: sites.collect(),
    };
    let viewer = viewer.clone();
    let draw = move || {
        let texts = viewer.language.texts();
        viewer::page(texts.links, &viewer, links::page(texts, &shown))
    };
    let page = low_priority::query(draw).await?;
    Ok(respond::with_status(status, page))
}

async fn make(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    headers: HeaderMap,
    viewer: Viewer,
    form: OwnForm,
) -> Result<Response, Problem> {
    if !is_editor(&viewer) {
        return Ok(forbidden(&viewer));
    }
    let texts = viewer.language.texts();
    let link = match parse(&app, texts, &viewer, &form) {
        Ok(link) => link,
        Err(why) => return page(&app, &viewer, Some(Note::Error(why)), None).await,
    };
    if !viewer.access.may_share(&link.site, link.section.as_ref()) {
        return Ok(forbidden(&viewer));
    }
    let store = app.store.accounts();
    let token = Token::new(&random::<LINK_TOKEN_BYTES>()?);
    let making = app.newsroom.making_link.lock().await;
    let excess = excess(texts, &store.links().await?, &link);
    if excess.is_none() {
        store.put_link(token.hash(), &link).await?;
    }
    drop(making);
    if let Some(why) = excess {
        return page(&app, &viewer, Some(Note::Error(why.to_owned())), None).await;
    }
    change_of(&app, &viewer)?
        .log(
            store,
            accounts::AuditAction::LinkMade,
            &link.label,
            vec![link.site.clone()],
        )
        .await
        .map_err(problem)?;
    let path = format!("redaksi/link/{}", token.as_str());
    let address = whole_address(&config, &headers, &path);
    page(&app, &viewer, None, Some(address)).await
}

/// Why no further link may be made; `None`: one may.
fn excess(texts: &Texts, links: &[(TokenHash, Link)], new: &Link) -> Option<&'static str> {
    let count = |is_counted: &dyn Fn(&Link) -> bool| {
        let links = links.iter().map(|(_, link)| link);
        links
            .filter(|link| !link.is_overlay() && !link.is_expired(new.created))
            .filter(|link| is_counted(link))
            .count()
    };
    if count(&|link| link.author == new.author) >= MAX_LINKS_OF_USER {
        return Some(texts.too_many_own_links);
    }
    let of_site = count(&|link| link.site == new.site);
    (of_site >= MAX_LINKS_OF_SITE).then_some(texts.too_many_links)
}

/// The link of a form. Editors of a section who name none share their own.
fn parse(app: &App, texts: &Texts, viewer: &Viewer, form: &OwnForm) -> Result<Link, String> {
    let label = text::printable::printable(form.field("label").trim());
    if label.is_empty() || label.chars().count() > MAX_LABEL_CHARS {
        return Err(texts.invalid_label.to_owned());
    }
    let site = SiteId::parse(form.field("site")).map_err(|invalid| invalid.to_string())?;
    let own = viewer.access.on(&site).and_then(|grant| grant.section());
    let section = section(texts, form)?.or_else(|| own.cloned());
    let days: u16 = form.field("days").parse().unwrap_or(1);
    let days = days.clamp(1, MAX_LINK_DAYS);
    let now = (app.now)();
    Ok(Link {
        site,
        section,
        label,
        author: viewer.name.clone(),
        created: now,
        expires: now + SignedDuration::from_hours(24 * i64::from(days)),
    })
}

async fn revoke(
    State(app): State<App>,
    viewer: Viewer,
    form: OwnForm,
) -> Result<Response, Problem> {
    let store = app.store.accounts();
    let Ok(token) = TokenHash::parse(form.field("link")) else {
        return Ok(forbidden(&viewer));
    };
    match store.link(token).await? {
        Some(link) if may_revoke(&viewer, &link) => {
            store.remove_links(&[token]).await?;
            change_of(&app, &viewer)?
                .log(
                    store,
                    accounts::AuditAction::LinkRevoked,
                    &link.label,
                    vec![link.site],
                )
                .await
                .map_err(problem)?;
            Ok(respond::see_other(&format!("{}links", viewer.root())))
        }
        _ => Ok(forbidden(&viewer)),
    }
}

/// The first visit: the token moves from the address into a cookie.
async fn visit(
    State(app): State<App>,
    _: UncachedRead,
    CurrentConfig(config): CurrentConfig,
    Path(token): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let language = language(&parts);
    let texts = language.texts();
    let address = PageAddress::of(&parts, &config);
    let token = Token::parse(&token);
    let link = match &token {
        Some(token) => valid_link(&app, token).await?,
        None => None,
    };
    let (Some(token), Some(link)) = (token, link) else {
        let content = message::sentence(texts.link_over);
        let page = respond::outside(texts.links, language, &address, content);
        return Ok(respond::with_status(StatusCode::GONE, page));
    };
    // Not a redirection: the browser would not send a strict cookie if the link was followed from another site.
    let content = message::continued(texts, &address.root);
    let mut page = respond::outside(texts.continue_heading, language, &address, content);
    page.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    let seconds = link.expires.duration_since((app.now)()).as_secs();
    let cookie = cookie::set_link(&parts.headers, &config, &token, seconds);
    Ok(respond::with_cookie(page, &cookie))
}

#[cfg(test)]
mod tests {
    use newsroom::Language;

    use super::*;

    fn link(site: &str, author: &str, number: usize) -> (TokenHash, Link) {
        let created = jiff::Timestamp::UNIX_EPOCH;
        let link = Link {
            site: SiteId::parse(site).unwrap(),
            section: None,
            label: "Tamu".into(),
            author: author.into(),
            created,
            expires: created + SignedDuration::from_hours(1),
        };
        let mut bytes = [0; LINK_TOKEN_BYTES];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        (Token::new(&bytes).hash(), link)
    }

    #[test]
    fn links_are_limited_by_user_and_by_site() {
        let texts = Language::English.texts();
        let mut links: Vec<_> = (0..MAX_LINKS_OF_USER)
            .map(|number| link("news", "budi", number))
            .collect();
        let why = |links: &[_], site, author| excess(texts, links, &link(site, author, 0).1);
        assert_eq!(
            why(&links, "daily", "budi"),
            Some(texts.too_many_own_links),
            "of all sites"
        );
        assert_eq!(why(&links, "news", "ani"), None);
        links.extend((links.len()..MAX_LINKS_OF_SITE).map(|number| {
            let author = format!("editor-{}", number / MAX_LINKS_OF_USER);
            link("news", &author, number)
        }));
        assert_eq!(why(&links, "news", "ani"), Some(texts.too_many_links));
        assert_eq!(why(&links, "daily", "ani"), None, "of another site");
        let mut later = link("news", "budi", 0).1;
        later.created = later.expires;
        assert_eq!(excess(texts, &links, &later), None, "all have ended");
    }
}
