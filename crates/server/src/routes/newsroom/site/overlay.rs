use accounts::{
    LINK_TOKEN_BYTES, Link, OVERLAY_VALID_FOR, OverlayHolder, Token, TokenHash, overlay_hash,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use config::{Config, Origin};
use newsroom::pages::{
    Tab,
    overlay::{OverlayPage, overlay},
};
use store::StoreError;

use super::SitePage;
use crate::{
    problem::Problem,
    routes::{
        extract::CurrentConfig,
        newsroom::{
            change::whole_address,
            random,
            viewer::{Identity, forbidden},
        },
    },
    state::App,
};

/// The overlays that one viewer has open on a site, for instance in several browsers. A new one ends the oldest.
const MAX_OVERLAYS: usize = 5;

pub(super) async fn show(
    CurrentConfig(config): CurrentConfig,
    headers: HeaderMap,
    page: SitePage,
) -> Response {
    draw(&config, &headers, &page, None)
}

/// Opens an overlay.
pub(super) async fn open(
    State(app): State<App>,
    CurrentConfig(config): CurrentConfig,
    headers: HeaderMap,
    page: SitePage,
) -> Result<Response, Problem> {
    let Some(holder) = holder(&app, &page).await? else {
        return Ok(forbidden(&page.viewer));
    };
    let site = &page.site.id;
    let section = page
        .viewer
        .access
        .on(site)
        .and_then(|grant| grant.section());
    let overlay = Link::of_overlay(&holder, site.clone(), section.cloned(), (app.now)());
    let token = Token::new(&random::<LINK_TOKEN_BYTES>()?);
    let _making = app.newsroom.making_link.lock().await;
    end_oldest(&app, &overlay).await?;
    app.store
        .accounts()
        .put_link(overlay_hash(&token, site), &overlay)
        .await?;
    Ok(draw(&config, &headers, &page, Some(&token)))
}

/// The viewer, as the holder of an overlay.
async fn holder(app: &App, page: &SitePage) -> Result<Option<OverlayHolder>, StoreError> {
    Ok(match &page.viewer.identity {
        Identity::Session(name, _) => {
            let user = app.store.accounts().user(name).await?;
            user.map(|user| OverlayHolder::User(user.name, user.epoch))
        }
        Identity::Proxy(name) => Some(OverlayHolder::Proxy(name.clone())),
        Identity::Link(token) => Some(OverlayHolder::Link(*token)),
    })
}

/// Makes room for one more overlay of this holder.
async fn end_oldest(app: &App, new: &Link) -> Result<(), StoreError> {
    let store = app.store.accounts();
    let is_same = |link: &Link| {
        (&link.site, &link.author, &link.label) == (&new.site, &new.author, &new.label)
    };
    let links = store.links().await?.into_iter();
    // The newest come first.
    let old: Vec<TokenHash> = links
        .filter(|(_, link)| is_same(link))
        .map(|(token, _)| token)
        .skip(MAX_OVERLAYS - 1)
        .collect();
    match old.is_empty() {
        true => Ok(()),
        false => store.remove_links(&old).await,
    }
}

fn draw(config: &Config, headers: &HeaderMap, page: &SitePage, token: Option<&Token>) -> Response {
    let script = whole_address(config, headers, "overlay.js");
    let top = whole_address(config, headers, "top.js");
    let site = page.site.id.as_str();
    let exact = page.site.origins.iter().filter_map(|origin| match origin {
        Origin::Exact(origin) => Some(origin),
        _ => None,
    });
    let address = |origin: &String| match token {
        Some(token) => format!("{origin}/?gema=newsroom#gema-newsroom={}", token.as_str()),
        None => origin.clone(),
    };
    let content = overlay(
        &page.context,
        &OverlayPage {
            pages: exact.map(address).collect(),
            is_open: token.is_some(),
            tag: format!("<script async src=\"{script}\" data-site=\"{site}\"></script>"),
            bookmarklet: bookmarklet(&script, site),
            top: format!(
                "<script async src=\"{top}\" data-site=\"{site}\"></script>\n<gema-top days=\"7\"></gema-top>"
            ),
            hours: u8::try_from(OVERLAY_VALID_FOR.as_hours()).unwrap_or(u8::MAX),
        },
    );
    page.respond(Tab::Overlay, page.texts().overlay, content)
}

/// A bookmark that loads the script into the page that is open.
fn bookmarklet(script: &str, site: &str) -> String {
    format!(
        "javascript:(()=>{{const s=document.createElement('script');s.src='{script}';s.dataset.site='{site}';s.dataset.opened='1';\
         document.head.append(s)}})()"
    )
}
