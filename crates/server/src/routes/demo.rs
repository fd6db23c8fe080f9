use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::{
    assets::{REVALIDATE_CACHE_CONTROL, find, send},
    front_page,
};
use crate::{assets::EmbeddedFile, problem::Problem, state::App};

/// Content security policy of the demo's pages.
const DEMO_CSP: &str = "object-src 'none'; base-uri 'none'";

/// The demo is served only if nothing is configured.
pub(crate) fn routes(files: &'static [EmbeddedFile], is_demo: bool) -> Router<App> {
    if !is_demo || find(files, "index.html").is_none() {
        return Router::new().route("/", get(front_page::page));
    }
    Router::new()
        .route(
            "/",
            get(move |headers| page(files, Path("index.html".into()), headers)),
        )
        .route(
            "/{name}",
            get(move |name, headers| page(files, name, headers)),
        )
}

/// A page of the demo, or one of its files.
async fn page(
    files: &'static [EmbeddedFile],
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    match find(files, &name) {
        Some(file) if !name.contains('/') && name != "assets.json" => {
            let mut response = send(file, &headers, REVALIDATE_CACHE_CONTROL);
            // The pages imitate a news site, with their own scripts and styles.
            response.headers_mut().insert(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(DEMO_CSP),
            );
            response
        }
        _ => Problem::not_found("The demo has no such page.").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    const fn file(path: &'static str) -> EmbeddedFile {
        EmbeddedFile {
            path,
            tag: "cafe",
            bytes: b"<!doctype html>",
            br: None,
            gz: None,
        }
    }

    static DIST_FILES: &[EmbeddedFile] = &[
        file("berita.html"),
        file("assets.json"),
        file("assets/widget-0123456789ab.js"),
    ];

    #[tokio::test]
    async fn only_pages_and_what_they_consist_of_are_served_by_name() {
        let status = async |name: &str| {
            page(DIST_FILES, Path(name.into()), HeaderMap::new())
                .await
                .status()
        };
        assert_eq!(status("berita.html").await, StatusCode::OK);
        for name in [
            "assets.json",
            "assets/widget-0123456789ab.js",
            "nothing.html",
            "../Cargo.toml",
        ] {
            assert_eq!(status(name).await, StatusCode::NOT_FOUND, "{name}");
        }
    }
}
