use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    assets::EmbeddedFile,
    headers::{accepts_coding, etag_matches},
    problem::Problem,
    state::App,
};

/// The loader expires soon, because it names the files of the current release.
const LOADER_CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The loader of a major version rarely changes, and pages that use its hash do not need updates sooner.
const VERSIONED_LOADER_CACHE_CONTROL: HeaderValue =
    HeaderValue::from_static("public, max-age=86400");

/// The name contains the hash of the content.
const IMMUTABLE_CACHE_CONTROL: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

/// Pages are revalidated every time, usually with status 304.
pub(super) const REVALIDATE_CACHE_CONTROL: HeaderValue = HeaderValue::from_static("no-cache");

pub(crate) fn routes(files: &'static [EmbeddedFile]) -> Router<App> {
    Router::new()
        .route(
            "/embed.js",
            get(move |headers| loader(files, "embed.js", LOADER_CACHE_CONTROL, headers)),
        )
        .route(
            "/embed.v1.js",
            get(move |headers| {
                loader(
                    files,
                    "embed.v1.js",
                    VERSIONED_LOADER_CACHE_CONTROL,
                    headers,
                )
            }),
        )
        .route(
            "/top.js",
            get(move |headers| loader(files, "top.js", LOADER_CACHE_CONTROL, headers)),
        )
        .route(
            "/overlay.js",
            get(move |headers| loader(files, "overlay.js", LOADER_CACHE_CONTROL, headers)),
        )
        .route(
            "/reader.js",
            get(move |headers| loader(files, "reader.js", LOADER_CACHE_CONTROL, headers)),
        )
        .route(
            "/assets/{*name}",
            get(move |name, headers| asset(files, name, headers)),
        )
}

/// The script that the tag loads.
async fn loader(
    files: &'static [EmbeddedFile],
    name: &str,
    cache: HeaderValue,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = find(files, name).ok_or_else(|| {
        let detail =
            "This gema was built without the widget. Run `cargo xtask dist` and build it again.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    })?;
    Ok(send(file, &headers, cache))
}

/// A file whose name contains the hash of its content. Files of other releases are not available.
async fn asset(
    files: &'static [EmbeddedFile],
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = find(files, &format!("assets/{name}")).ok_or_else(|| {
        Problem::not_found("This release of the widget has no such file. Ask for /embed.js, which names those it has.")
    })?;
    Ok(send(file, &headers, IMMUTABLE_CACHE_CONTROL))
}

pub(super) fn find(files: &'static [EmbeddedFile], path: &str) -> Option<&'static EmbeddedFile> {
    files.iter().find(|file| file.path == path)
}

/// The file in the smallest coding that the browser accepts, or status 304.
pub(super) fn send(
    file: &'static EmbeddedFile,
    request: &HeaderMap,
    cache: HeaderValue,
) -> Response {
    let (coding, bytes) = shortest(file, request);
    let tag = format!(
        "\"{}{}{}\"",
        file.tag,
        if coding.is_empty() { "" } else { "-" },
        coding
    );
    let mut response = if etag_matches(request, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response =
            ([(header::CONTENT_TYPE, content_type(file.path))], bytes).into_response();
        if !coding.is_empty() {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, cache);
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn shortest(file: &'static EmbeddedFile, request: &HeaderMap) -> (&'static str, &'static [u8]) {
    match (file.br, file.gz) {
        (Some(br), _) if accepts_coding(request, "br") => ("br", br),
        (_, Some(gz)) if accepts_coding(request, "gzip") => ("gzip", gz),
        _ => ("", file.bytes),
    }
}

/// Content types by file extension, for the files of the widget and its demo.
const CONTENT_TYPES: [(&str, &str); 13] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
];

fn content_type(path: &str) -> HeaderValue {
    let ending = path.rsplit('.').next().unwrap_or_default();
    let known = CONTENT_TYPES.iter().find(|(known, _)| *known == ending);
    HeaderValue::from_static(known.map_or("application/octet-stream", |(_, media)| media))
}

#[cfg(test)]
mod tests;
