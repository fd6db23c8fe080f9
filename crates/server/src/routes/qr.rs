use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use config::Site;
use serde::Deserialize;
use store::StoreError;
use url::Url;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::{ArticleKey, MAX_QR_BYTES};

use super::{
    SiteFromPath,
    caller::{BudgetAddress, UncachedRead},
    conditional,
    extract::{Query, key},
    openapi_errors::QrErrors,
};
use crate::{problem::Problem, qr::NoCode, state::App};

/// The address of an article rarely changes.
const QR_CACHE_CONTROL: &str = "public, max-age=3600";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(qr))
}

/// The article, or its address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QrQuery {
    #[serde(default, deserialize_with = "key")]
    article: Option<ArticleKey>,
    /// The address, for an article that the endpoint has no copy of
    url: Option<String>,
}

/// The QR code of an article's address.
///
/// The address in the stored copy takes precedence over `url`, which must be of a page of the site: the endpoint draws
/// no codes for other sites.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/qr.svg",
    tag = "reading",
    params(SiteFromPath, QrQuery),
    responses(
        (status = OK, content_type = "image/svg+xml", body = String),
        (status = NOT_MODIFIED, description = "`If-None-Match` has its `ETag`."),
        QrErrors
    ),
)]
async fn qr(
    State(app): State<App>,
    SiteFromPath(site): SiteFromPath,
    read: UncachedRead,
    Query(QrQuery { article, url }): Query<QrQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = match article {
        Some(key) => app
            .store
            .article_metadata(&site.id, &key)
            .await?
            .and_then(|article| article.url),
        None => None,
    };
    let address = match (known, url) {
        (Some(known), _) => known,
        (None, Some(url)) => of_site(&site, &url)?,
        (None, None) => {
            return Err(Problem::field(
                "url",
                "The endpoint does not know the article's address. Name it: &url=https://…",
            ));
        }
    };
    if !app.qr_codes.is_drawn(&address) {
        read.charge_qr(&app, &address)?;
    }
    let BudgetAddress(client) = read.address;
    let svg = app
        .qr_codes
        .of(&app.qr_queue, client, &address)
        .await
        .map_err(|none| match none {
            NoCode::TooLong => {
                let detail = "The address is too long for a QR code that a phone can read.";
                Problem::field("url", detail).with_limit(MAX_QR_BYTES)
            }
            NoCode::Busy => StoreError::Busy.into(),
        })?;
    Ok(conditional::bytes(
        &headers,
        "image/svg+xml",
        QR_CACHE_CONTROL,
        svg,
    ))
}

/// Validates that the address is of one of the site's pages.
fn of_site(site: &Site, text: &str) -> Result<String, Problem> {
    let url = Url::parse(text)
        .map_err(|_| Problem::field("url", "Write the whole address: https://…"))?;
    let origin = url.origin().ascii_serialization();
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none();
    if is_plain && site.origins.iter().any(|listed| listed.matches(&origin)) {
        return Ok(url.into());
    }
    let detail = format!(
        "The address is not one of a page of the site `{}`. See its `origins`.",
        site.id
    );
    Err(Problem::new(StatusCode::FORBIDDEN, detail).in_field("url"))
}
