use anyhow::{Context, bail};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use http_body_util::BodyExt;
use serde_json::Value;

/// The JSON of a response; `None` if it is empty.
pub(super) type Answer = Option<Value>;

/// Builds a request with a JSON body.
pub(super) fn request(
    method: Method,
    uri: &str,
    body: impl Into<Body>,
) -> anyhow::Result<Request<Body>> {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header(header::HOST, "gema");
    Ok(request
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())?)
}

/// The JSON of a response.
///
/// # Errors
/// The endpoint's error, as a sentence.
pub(super) async fn answer(response: Response) -> anyhow::Result<Answer> {
    let status = response.status();
    read(status, &response.into_body().collect().await?.to_bytes())
}

fn read(status: StatusCode, body: &[u8]) -> anyhow::Result<Answer> {
    if status == StatusCode::NO_CONTENT {
        return Ok(None);
    }
    let answer: Value = serde_json::from_slice(body)
        .with_context(|| format!("an answer that is not JSON ({status})"))?;
    if status.is_success() {
        return Ok(Some(answer));
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    match (text("detail"), text("field")) {
        ("", _) => bail!("{status}"),
        (detail, "") => bail!("{detail}"),
        (detail, field) => bail!("{field}: {detail}"),
    }
}
