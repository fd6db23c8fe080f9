use std::{io::Read, sync::Arc, time::Duration};

use accounts::{Grant, Link, Role, Section, Session, Token, User, UserName};
use axum::{
    body::{Body, Bytes},
    http::{Request, header, response::Parts},
};
use config::{Clients, Config, ConfigHandle, Newsroom, Origin, Secret, Site, WalineReaction};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use jiff::Timestamp;
use limits::Limits;
use serde_json::Value;
use server::{
    app::{PublicService, router},
    state::App,
};
use store::Store;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use wire::{Reaction, SiteId};

/// The site's key.
pub(crate) const NEWSROOM: &str = "Bearer kunci-redaksi-8c1f0a7be94d5523";

/// The name of the newsroom's only user, an operator.
pub(crate) const OPERATOR: &str = "budi";

/// The time at the endpoint.
const NOW: Timestamp = Timestamp::constant(1_447_736_400, 0);

/// An endpoint with one site, one user and its own database.
pub(crate) struct Endpoint {
    runtime: Runtime,
    router: PublicService,
    store: Arc<dyn Store>,
    _dir: TempDir,
}

thread_local! {
    pub(crate) static ENDPOINT: Endpoint = Endpoint::start();
}

/// The token of the operator's session.
pub(crate) fn session() -> Token {
    Token::new(&[7; accounts::SESSION_TOKEN_BYTES])
}

/// The token of a read-only link to a section.
pub(crate) fn link() -> Token {
    Token::new(&[7; accounts::LINK_TOKEN_BYTES])
}

fn site() -> SiteId {
    SiteId::parse("news").expect("a slug")
}

/// The user, with a one-time link.
fn operator() -> User {
    let name = UserName::parse(OPERATOR).expect("a name");
    let mut user = User::new(name, 7, NOW);
    user.access
        .set(Grant::new(site(), Role::Operator, None).expect("a whole site"));
    user.invite(&session(), NOW);
    user
}

impl Endpoint {
    fn start() -> Self {
        // In memory if possible: these tests are not about the disk.
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .expect("a directory");
        let mut site = Site::new(site());
        site.origins = vec![Origin::Exact("https://news.example".into())];
        let happy = Reaction::parse("happy").expect("a slug");
        site.clients = Clients {
            waline: Some(vec![
                WalineReaction(Some(happy.clone())),
                WalineReaction(None),
            ]),
            goatcounter: true,
            open_heart: Some([("\u{2764}\u{fe0f}".into(), happy)].into()),
        };
        site.key = Some(Secret::new(NEWSROOM.trim_start_matches("Bearer ")));
        let sites = [(site.id.clone(), Arc::new(site))].into();
        let trusted_proxies = vec![String::from("127.0.0.1").try_into().expect("an address")];
        let config = Config {
            sites,
            trusted_proxies,
            newsroom: newsroom(),
            demo: false,
            ..Config::demo()
        };
        let store =
            engines::open(&dir.path().join("gema.db").to_string_lossy()).expect("a database");
        let limits = Limits::new(|| Duration::ZERO);
        let accounts = Arc::clone(&store);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        // `App::new` spawns tasks, which needs a runtime.
        let router = runtime.block_on(async {
            router(App::new(
                Arc::new(ConfigHandle::from(config)),
                store,
                engines::open,
                limits,
                || NOW,
            ))
        });
        Self {
            runtime,
            router,
            store: accounts,
            _dir: dir,
        }
    }

    /// Sets the newsroom's user, session and link again, which forms may have removed.
    pub(crate) fn restore_accounts(&self) {
        let (wanted, accounts) = (operator(), self.store.accounts());
        let restored = self.runtime.block_on(async {
            let found = accounts.user(&wanted.name).await?;
            accounts
                .swap_user(&wanted.name, found.as_ref(), Some(&wanted))
                .await?;
            let of_user = Session::new(&wanted, NOW);
            accounts.put_session(session().hash(), &of_user).await?;
            let shared = Link {
                site: site(),
                section: Section::parse("/olahraga/").ok(),
                label: "Rapat".into(),
                author: OPERATOR.into(),
                created: NOW,
                expires: Timestamp::MAX,
            };
            accounts.put_link(link().hash(), &shared).await
        });
        restored.expect("a store that works");
    }

    /// Sends a request. Checks what must hold for every response: no status of 500 or more.
    pub(crate) fn sends(&self, request: Request<Body>) -> (Parts, Bytes) {
        let (parts, body) = self.runtime.block_on(async {
            let (parts, body) = self
                .router
                .clone()
                .oneshot(request)
                .await
                .expect("an answer")
                .into_parts();
            (
                parts,
                body.collect().await.expect("a whole body").to_bytes(),
            )
        });
        assert!(
            !parts.status.is_server_error(),
            "{parts:?} {}",
            String::from_utf8_lossy(&body)
        );
        (parts, body)
    }

    /// Sends a request to a route for programs. Checks what must hold for each of their responses: CORS headers, a
    /// well-formed body.
    pub(crate) fn answers(&self, request: Request<Body>) -> (Parts, Bytes) {
        let is_frame = request
            .uri()
            .query()
            .is_some_and(|query| query.contains("frame"));
        let (parts, body) = self.sends(request);
        // The frame contains its reader's choice, so no other page may read it.
        let readable = parts.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert!(
            readable.is_some_and(|pages| pages == "*") || readable.is_none() && is_frame,
            "{parts:?}"
        );
        let body = unpacked(&parts, body);
        let media = parts
            .headers
            .get(header::CONTENT_TYPE)
            .map_or("", |media| media.to_str().expect("ASCII"));
        if media.ends_with("json") {
            let json: Value = serde_json::from_slice(&body).expect("JSON");
            let is_problem = media == "application/problem+json";
            assert_eq!(is_problem, parts.status.is_client_error());
            assert!(
                !is_problem
                    || json["status"] == parts.status.as_u16() && json["detail"].is_string()
            );
        }
        (parts, body)
    }
}

/// `[newsroom]` with sign-in by a proxy.
fn newsroom() -> Newsroom {
    let reader = Grant::new(site(), Role::Reader, Section::parse("/olahraga/").ok());
    let operator = Grant::new(site(), Role::Operator, None);
    Newsroom {
        enabled: Some(true),
        user_header: Some("remote-user".into()),
        groups_header: Some("remote-groups".into()),
        groups: vec![
            ("olahraga".into(), reader.expect("a section")),
            ("kepala".into(), operator.expect("a whole site")),
        ],
        ..Newsroom::default()
    }
}

/// The decompressed body.
fn unpacked(parts: &Parts, body: Bytes) -> Bytes {
    let Some(coding) = parts.headers.get(header::CONTENT_ENCODING) else {
        return body;
    };
    let mut whole = Vec::new();
    match coding.as_bytes() {
        b"br" => brotli::Decompressor::new(&body[..], 4096)
            .read_to_end(&mut whole)
            .expect("what brotli has packed"),
        b"gzip" => GzDecoder::new(&body[..])
            .read_to_end(&mut whole)
            .expect("what gzip has packed"),
        other => panic!("no browser asked for {other:?}"),
    };
    whole.into()
}
