use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Response, StatusCode},
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::cases::Case;
use crate::cli_harness::{CliHarness, Serving};

const DOCTOR_CONFIG: &str = r#"
[sites.news]
origins = ["loopback"]
[sites.live]
origins = ["loopback"]
live = true
[sites.stats]
origins = ["loopback"]
[sites.elsewhere]
origins = ["https://elsewhere.example"]
[sites.preview]
origins = ["loopback"]
ignore = ["/*"]
"#;

/// The frozen loader, which a gema that was built before the widget cannot serve.
const LOADER: &str = include_str!("../../../../../src/embed.v1.js");

/// A news site, and a proxy in front of gema that may be misconfigured.
pub(crate) struct Web {
    pub(crate) cli: CliHarness,
    /// The news site's address.
    pub(crate) pages: String,
    /// The proxy's address.
    pub(crate) endpoint: String,
    /// Whether gema has the widget's files.
    pub(crate) has_files: bool,
    published: Published,
    servers: Vec<JoinHandle<()>>,
    _serving: Serving,
}

type Published = Arc<Mutex<HashMap<String, (&'static Case, String)>>>;

impl Web {
    pub(crate) async fn open() -> Self {
        let cli = CliHarness::new();
        std::fs::write(cli.path().join("gema.toml"), DOCTOR_CONFIG).unwrap();
        let serving = cli.serves();
        let has_files = serving.get("/embed.js").starts_with("HTTP/1.0 200")
            || serving.get("/embed.js").starts_with("HTTP/1.1 200");
        let published = Published::default();
        let site = Router::new()
            .fallback(page)
            .with_state(Arc::clone(&published));
        let proxy = Router::new()
            .fallback(hand_on)
            .with_state(format!("http://{}", serving.address));
        let (pages, site) = served(site).await;
        let (endpoint, proxy) = served(proxy).await;
        Self {
            cli,
            pages,
            endpoint,
            has_files,
            published,
            servers: vec![site, proxy],
            _serving: serving,
        }
    }

    /// A page's address.
    pub(crate) fn publishes(&'_ self, case: &'static Case) -> String {
        let path = format!("/{}{}", case.faults.first().unwrap_or(&"sound"), case.path);
        let address = format!("{}{}", self.pages, &path[1..]);
        let markup = self.filled(&case.markup(), &address);
        let bare = path.split('?').next().unwrap_or_default().to_owned();
        self.published.lock().unwrap().insert(bare, (case, markup));
        address
    }

    /// The text with the current addresses filled in.
    pub(crate) fn filled(&self, text: &str, page: &str) -> String {
        let origin = |address: &str| address.trim_end_matches('/').to_owned();
        text.replace("{own}", page)
            .replace("{pages}", &self.pages)
            .replace("{endpoint}", &self.endpoint)
            .replace("{origin}", &origin(&self.endpoint))
            .replace("{page-origin}", &origin(&self.pages))
    }

    /// Runs a process while these servers answer.
    pub(crate) async fn asks<T>(&self, process: impl AsyncFnOnce() -> T) -> T {
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(process()))
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.servers.iter().for_each(JoinHandle::abort);
    }
}

async fn served(router: Router) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    (
        address,
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }),
    )
}

async fn page(State(published): State<Published>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let html = Response::builder().header("content-type", "text/html; charset=utf-8");
    match path {
        "/endless" => {
            return html
                .status(302)
                .header("location", "/endless")
                .body(Body::empty())
                .unwrap();
        }
        // A bundle, and a copy of the script.
        "/cache/autoptimize/js/all.js" | "/js/embed.js" => {
            return Response::builder()
                .header("content-type", "text/javascript")
                .body(LOADER.into())
                .unwrap();
        }
        "/room.css" => {
            let css = "gema-article:not([data-ready])::after { content: ''; display: block; height: 24em }";
            return Response::builder()
                .header("content-type", "text/css")
                .body(css.into())
                .unwrap();
        }
        _ => {}
    }
    let found = published.lock().unwrap().get(path).cloned();
    let Some((case, markup)) = found else {
        return html.status(404).body("no such page".into()).unwrap();
    };
    let mut response = html.status(case.status).body(Body::from(markup)).unwrap();
    for (name, value) in case.headers {
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// A response without an end, as a stream.
fn stream(
    answer: reqwest::Response,
) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    futures_util::stream::unfold(answer, async |mut answer| {
        Some((Ok(answer.chunk().await.ok()??), answer))
    })
}

/// Forwards to gema. The first part of the path selects a misconfiguration.
async fn hand_on(State(gema): State<String>, request: Request) -> Response<Body> {
    let whole = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let (fault, path) = match whole.strip_prefix("/~") {
        Some(rest) => rest
            .split_once('/')
            .map_or((rest, "/".to_owned()), |(fault, path)| {
                (fault, format!("/{path}"))
            }),
        None => ("", whole.to_owned()),
    };
    // A path prefix of the proxy, such as /stats/.
    let path = path
        .strip_prefix("/stats/")
        .map_or(path.clone(), |rest| format!("/{rest}"));
    let is_live = path
        .split('?')
        .next()
        .is_some_and(|path| path.ends_with("/live"));
    if fault == "buffers" && is_live {
        std::future::pending::<()>().await;
    }
    let mut handed = reqwest::Client::new().get(format!("{gema}{path}"));
    for (name, value) in request.headers().iter().filter(|(name, _)| *name != "host") {
        handed = handed.header(name, value);
    }
    let answer = handed.send().await.unwrap();
    let mut status = answer.status();
    let mut headers = answer.headers().clone();
    headers.remove("transfer-encoding");
    let mut body = if is_live {
        Body::from_stream(stream(answer))
    } else {
        Body::from(answer.bytes().await.unwrap())
    };
    if path.starts_with("/embed.js") && status == StatusCode::SERVICE_UNAVAILABLE {
        status = StatusCode::OK;
        body = Body::from(LOADER);
        headers.insert(
            "content-type",
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        );
        headers.insert(
            "cache-control",
            HeaderValue::from_static("public, max-age=300"),
        );
        headers.remove("content-length");
    }
    match fault {
        "no-cors" => drop(headers.remove("access-control-allow-origin")),
        "two-cors" => {
            headers.append(
                "access-control-allow-origin",
                HeaderValue::from_static("https://news.example"),
            );
        }
        "plain-text" if path.starts_with("/embed") => {
            drop(headers.insert("content-type", HeaderValue::from_static("text/plain")))
        }
        "keeps" if path.starts_with("/embed") => {
            headers.insert(
                "cache-control",
                HeaderValue::from_static("public, max-age=31536000, immutable"),
            );
        }
        "other" => {
            status = StatusCode::OK;
            body = Body::from("console.log('another service')");
            headers.remove("content-length");
            headers.remove("content-encoding");
        }
        _ => {}
    }
    let mut response = Response::builder().status(status).body(body).unwrap();
    *response.headers_mut() = headers;
    response
}
