use super::*;

static WIDGET: EmbeddedFile = EmbeddedFile {
    path: "assets/widget-0123456789ab.wasm",
    tag: "cafe",
    bytes: b"plain",
    br: Some(b"brotli"),
    gz: Some(b"gzipped"),
};

fn request(headers: &[(&'static str, &str)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.parse::<header::HeaderName>().unwrap(),
                value.parse().unwrap(),
            )
        })
        .collect()
}

fn sent(accept: &str) -> (String, String) {
    let response = send(
        &WIDGET,
        &request(&[("accept-encoding", accept)]),
        IMMUTABLE_CACHE_CONTROL,
    );
    let header = |name| {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
            .to_owned()
    };
    assert_eq!(header(header::VARY), "accept-encoding");
    (header(header::CONTENT_ENCODING), header(header::ETAG))
}

#[test]
fn a_browser_gets_the_shortest_form_that_it_takes() {
    for (accept, coding, tag) in [
        ("gzip, deflate, br, zstd", "br", "\"cafe-br\""),
        ("gzip;q=1.0, br;q=0.5", "br", "\"cafe-br\""),
        ("GZIP", "gzip", "\"cafe-gzip\""),
        ("br;q=0, gzip", "gzip", "\"cafe-gzip\""),
        ("br; q=0.000, *", "gzip", "\"cafe-gzip\""),
        ("*", "br", "\"cafe-br\""),
        ("*;q=0", "", "\"cafe\""),
        ("identity", "", "\"cafe\""),
        ("", "", "\"cafe\""),
        ("br;q=nonsense", "", "\"cafe\""),
        ("brotli", "", "\"cafe\""),
    ] {
        assert_eq!(
            sent(accept),
            (coding.to_owned(), tag.to_owned()),
            "{accept:?}"
        );
    }
}

#[tokio::test]
async fn the_bytes_are_those_of_the_form() {
    let response = send(
        &WIDGET,
        &request(&[("accept-encoding", "br")]),
        IMMUTABLE_CACHE_CONTROL,
    );
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/wasm");
    assert_eq!(
        response.headers()[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(
        axum::body::to_bytes(response.into_body(), 100)
            .await
            .unwrap(),
        "brotli"
    );
}

#[test]
fn an_asset_revalidates_by_the_tag_of_its_encoding() {
    let status = |tag| {
        let headers = request(&[("accept-encoding", "br"), ("if-none-match", tag)]);
        send(&WIDGET, &headers, IMMUTABLE_CACHE_CONTROL).status()
    };
    assert_eq!(status("\"cafe-br\""), StatusCode::NOT_MODIFIED);
    assert_eq!(status("\"cafe\""), StatusCode::OK);
}

#[tokio::test]
async fn without_the_widget_the_loader_says_how_to_get_it() {
    let problem = loader(&[], "embed.js", LOADER_CACHE_CONTROL, HeaderMap::new())
        .await
        .unwrap_err()
        .into_response();
    assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body = axum::body::to_bytes(problem.into_body(), 1_000)
        .await
        .unwrap();
    assert!(String::from_utf8_lossy(&body).contains("cargo xtask dist"));
}

#[tokio::test]
async fn a_file_of_another_release_is_404_and_not_cached() {
    static ONE: &[EmbeddedFile] = &[WIDGET];
    let found = asset(
        ONE,
        Path("widget-0123456789ab.wasm".into()),
        HeaderMap::new(),
    )
    .await;
    assert_eq!(found.unwrap().status(), StatusCode::OK);
    let gone = asset(
        ONE,
        Path("widget-ffffffffffff.wasm".into()),
        HeaderMap::new(),
    )
    .await
    .unwrap_err()
    .into_response();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    assert_eq!(gone.headers()[header::CACHE_CONTROL], "no-store");
}
