//! The news site, on a port of its own, so that the endpoint has another origin. It uses Gema only through the tag.

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderName, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    engine::Engine,
    newsroom::{ARTICLE, Newsroom},
    patience::{RUNTIME, wait},
    reader::Reader,
    recorder::Recorder,
};

/// The article's own text in the page.
pub(crate) const OWN_TEXT: &str = "Air di Banjir Kanal mulai surut pada Selasa pagi.";

/// A policy that forbids WebAssembly.
const NO_WASM: &str = "script-src 'unsafe-inline' http:; object-src 'none'";

/// A news site of a few pages.
pub(crate) struct Page {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

/// A news site that is not served yet.
#[derive(Clone, Default)]
pub(crate) struct Draft {
    files: HashMap<String, (&'static str, String)>,
    policy: Option<String>,
    headers: Vec<(&'static str, &'static str)>,
}

impl Page {
    /// The usual article page: the tag in its head, its own text inside the element.
    pub(crate) fn of(newsroom: &Newsroom) -> Self {
        Draft::article(&newsroom.tag("async"), "").served()
    }

    /// Opens the usual article page, with WebAssembly or a policy that forbids only that, and waits until the widget is
    /// as complete as possible there.
    pub(crate) fn opened(newsroom: &Newsroom, reader: &Reader, has_wasm: bool) -> Self {
        let draft = Draft::article(&newsroom.tag("async"), "");
        let page = if has_wasm {
            draft
        } else {
            draft.policy(NO_WASM)
        }
        .served();
        reader
            .opens(&page)
            .widget()
            .stands(if has_wasm { "wasm" } else { "plain" });
        page
    }

    /// One page with that head and body.
    pub(crate) fn with(head: &str, body: &str) -> Self {
        Draft::default().page("/", head, body).served()
    }

    /// Its address; its origin and site differ from the endpoint's.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }
}

impl Draft {
    /// An article page with further markup in its head, and attributes for its element.
    pub(crate) fn article(head: &str, attributes: &str) -> Self {
        Self::default().page("/", head, &element(attributes))
    }

    /// Adds a page.
    pub(crate) fn page(self, path: &str, head: &str, body: &str) -> Self {
        let html = format!(
            "<!doctype html><html lang=id><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
             <title>Banjir &amp; Kanal</title><link rel=icon href=data:,>{head}</head><body>{body}</body></html>"
        );
        self.file(path, "text/html", html)
    }

    /// Adds a file.
    pub(crate) fn file(mut self, path: &str, media: &'static str, text: String) -> Self {
        self.files.insert(path.into(), (media, text));
        self
    }

    /// Serves a file at other paths too.
    pub(crate) fn also_at(mut self, path: &str, others: &[String]) -> Self {
        let file = self.files.get(path).expect("a file").clone();
        self.files
            .extend(others.iter().map(|other| (other.clone(), file.clone())));
        self
    }

    /// Sets a Content Security Policy for all pages.
    pub(crate) fn policy(mut self, policy: &str) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// Sets a header for all pages.
    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Serves the site until the result is dropped. In its files, its own address replaces `http://page.example`.
    pub(crate) fn served(mut self) -> Page {
        let listener = wait(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let own = format!("http://localhost:{}", address.port());
        for (_, text) in self.files.values_mut() {
            *text = text.replace("http://page.example", &own);
        }
        let router = Router::new().fallback(answer).with_state(Arc::new(self));
        let serving = RUNTIME.spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the site is served")
        });
        Page { address, serving }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The article with its own text.
pub(crate) fn element(attributes: &str) -> String {
    format!(
        r#"<main><gema-article article="{ARTICLE}" {attributes}><p id=own>{OWN_TEXT}</p></gema-article></main>"#
    )
}

async fn answer(State(draft): State<Arc<Draft>>, uri: Uri) -> Response {
    let Some((media, text)) = draft.files.get(uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let recorder = Recorder::of(Engine::current());
    let body = if *media == "text/html" {
        recorder.put_into(text)
    } else {
        text.clone()
    };
    let media = (header::CONTENT_TYPE, (*media).to_owned());
    let policy = draft.policy.iter().map(|policy| {
        (
            header::CONTENT_SECURITY_POLICY,
            recorder.permitted_by(policy),
        )
    });
    let others = draft
        .headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), (*value).to_owned()));
    let headers: Vec<_> = std::iter::once(media).chain(policy).chain(others).collect();
    let mut response = body.into_response();
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, value.parse().expect("a header"));
    }
    response
}
