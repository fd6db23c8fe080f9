//! `…/widget.html?frame=1`: a page of its own, to stand in a frame where no script runs. It shows what its reader has chosen,
//! and its form comes back to it. Who she is, nobody knows but by her address and browser, for a day.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use config::{Origin, Site};
use rules::Refused;
use wire::{ArticleKey, Event, Reaction, Seq, SiteId};

use super::{HTML, POLICY, choice, seen};
use crate::{
    problem::Problem,
    render::{self, Asked, Frame},
    routes::{
        OfSite,
        caller::Caller,
        extract::{Form, Options, query, value},
        problems::OfFraming,
        taking::{Sent, Taken, problem, take},
        view,
    },
    state::{App, ReadableBy},
};

/// The page, with the reader's own choice pressed.
pub(super) async fn show(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    pairs: &[(String, String)],
    caller: &Caller,
) -> Result<Response, Problem> {
    page(app, site, key, pairs, caller, StatusCode::OK).await
}

/// A choice of a reader without JavaScript: the `reaction` of a form, empty to take it back. Then the page again.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/widget.html",
    tag = "readers",
    params(
        ("site" = SiteId, Path),
        ("article" = ArticleKey, Query),
        ("frame" = String, Query, description = "`1`"),
    ),
    request_body(content = Choice, content_type = "application/x-www-form-urlencoded"),
    responses((status = SEE_OTHER, description = "It is counted. The page is at the same address."), OfFraming),
)]
pub(super) async fn choose(
    State(app): State<App>,
    OfSite(site): OfSite,
    Options(config): Options,
    caller: Caller,
    uri: Uri,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let pairs = query(&uri)?;
    let key = view::article(&pairs)?;
    if value(&pairs, "frame") != Some("1") {
        return Err(Problem::field("frame", "A form comes from the page with &frame=1. Scripts send to /reaction."));
    }
    let reaction = match value(&fields, "reaction") {
        Some("") => Ok(None),
        Some(text) => Reaction::parse(text).map(Some).map_err(|invalid| Refused::new("reaction", invalid.to_string())),
        None => Err(Refused::new("reaction", "is missing")),
    };
    let now = (app.now)().as_millisecond().unsigned_abs();
    let seq = Seq::parse(now).unwrap_or(Seq::MAX);
    let event = reaction.map(|reaction| Event::React { article: key.clone(), reaction, seq });
    let sent = Sent { visitor: Some(caller.stand_in()), events: vec![event], signals: Vec::new(), is_of_site: true };
    let Taken { mut refused, .. } = take(&app, &site, config, &caller, sent).await?;
    match refused.pop() {
        Some((_, why)) => {
            let status = problem(why).status();
            page(&app, &site, &key, &pairs, &caller, status).await
        }
        None => {
            // Back to itself, wherever that is: the query alone, since a proxy may have moved the path.
            let address = format!("widget.html?{}", uri.query().unwrap_or_default());
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address), (header::CACHE_CONTROL, "no-store".into())])
                .into_response())
        }
    }
}

/// What the form has.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[schema(as = FrameForm)]
#[expect(dead_code, reason = "it tells programs what to send")]
struct Choice {
    /// The option; empty: no choice any more.
    reaction: String,
}

async fn page(
    app: &App,
    site: &Arc<Site>,
    key: &ArticleKey,
    pairs: &[(String, String)],
    caller: &Caller,
    status: StatusCode,
) -> Result<Response, Problem> {
    let asked = Asked::new(&site.id, key, pairs);
    let (mut view, language, _) = seen(app, site, key, &asked).await?;
    view.tally.mine = choice(app, site, key, &view, caller).await?;
    let frame = Frame { votes: site.noscript_votes, refused: status != StatusCode::OK };
    let html = render::page(&asked, view, locale::format(&language), (app.now)(), frame);
    let mut response =
        (status, [(header::CONTENT_TYPE, HTML), (header::CACHE_CONTROL, "no-store")], html).into_response();
    let headers = response.headers_mut();
    // Only the site's own pages may put the poll into theirs: another one could lay something over it and have its visitors press.
    if let Ok(policy) = HeaderValue::from_str(&format!("{POLICY}; frame-ancestors {}", framing(site))) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // For a page that isolates itself, which frames only those that say the same. A newsroom's copy may have pictures from
    // anywhere: these it must not lose by that, even if not every browser knows the word.
    let isolation = if asked.body() { "credentialless" } else { "require-corp" };
    headers.insert("cross-origin-embedder-policy", HeaderValue::from_static(isolation));
    // Else browsers would not say that the form comes from here.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // It says what this address has chosen.
    response.extensions_mut().insert(ReadableBy(None));
    Ok(response)
}

/// The site's pages, as `frame-ancestors` names them.
fn framing(site: &Site) -> String {
    let own = std::iter::once("'self'".to_owned());
    own.chain(site.origins.iter().map(Origin::in_policy)).collect::<Vec<_>>().join(" ")
}
