use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
};

use data_encoding::BASE64URL_NOPAD;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use wire::IdempotencyKey;

use super::service::{Home, Service};
use crate::site::{PAGE, react, read, share};

const SITE_KEY: &str = "kunci-redaksi-8c1f0a7be94d5523";

const TRACED_CONFIG: &str = r#"
trusted_proxies = ["127.0.0.0/8"]
[sites.news]
origins = ["https://news.example"]
key = "kunci-redaksi-8c1f0a7be94d5523"
[sites.hashed]
origins = ["https://news.example"]
[sites.hashed.reads]
identity = "hash"
"#;

/// The peer address of connections, and the client address that the proxy forwards.
const PEER: Ipv4Addr = Ipv4Addr::new(127, 83, 77, 199);
const TRACED_READERS: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(203, 119, 87, 211)),
    IpAddr::V6(Ipv6Addr::new(
        0x2001, 0xdb8, 0x7a3c, 0x91e5, 0x5b1d, 0, 0, 0x4242,
    )),
];
const USER_AGENTS: [&str; 2] = [
    "Mozilla/5.0 (PembacaTes/731.4) Firefox/128.0",
    "Googlebot/2.1 (PenjelajahTes/99)",
];

/// A random token or key as a browser makes them: it occurs in a file only if gema wrote it.
fn random_text(bytes: usize, number: usize) -> String {
    let bytes: Vec<u8> = (0..bytes)
        .map(|at| (number * 89 + at * at * 57 + at * 131 + 173) as u8)
        .collect();
    BASE64URL_NOPAD.encode(&bytes)
}

fn visitor(number: usize) -> String {
    random_text(16, number)
}

fn key(number: usize) -> String {
    random_text(12, 1000 + number)
}

/// Number of visits.
const TRACED_REQUESTS: usize = 12;

/// Data that must not be stored anywhere, by name, in each encoding in which it might be written.
fn secrets() -> Vec<(String, Vec<u8>)> {
    let mut all = vec![
        (SITE_KEY.to_owned(), SITE_KEY.into()),
        ("cookie".into(), "sesi=rahasia".into()),
    ];
    for address in TRACED_READERS.into_iter().chain([PEER.into()]) {
        all.push((format!("{address} as text"), address.to_string().into()));
        match address {
            IpAddr::V4(v4) => all.extend([
                (format!("{v4} as bytes"), v4.octets().into()),
                (
                    format!("{v4} as a number"),
                    u32::from(v4).to_le_bytes().into(),
                ),
                (
                    format!("{v4} in hex"),
                    format!("{:08x}", u32::from(v4)).into(),
                ),
            ]),
            IpAddr::V6(v6) => all.extend([
                (
                    format!("{v6} as bytes, its network at least"),
                    v6.octets()[..8].into(),
                ),
                (
                    format!("the network of {v6} as text"),
                    "2001:db8:7a3c:91e5".into(),
                ),
                (
                    format!("the network of {v6} in hex"),
                    "20010db87a3c91e5".into(),
                ),
            ]),
        }
    }
    all.extend(USER_AGENTS.map(|agent| (agent.to_owned(), agent.into())));
    all.extend(
        ["PembacaTes".into(), "PenjelajahTes".into()]
            .map(|word: String| (word.clone(), word.into())),
    );
    for text in (0..TRACED_REQUESTS).flat_map(|number| [visitor(number), key(number)]) {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        all.extend([
            (format!("{text} as bytes"), bytes),
            (text.clone(), text.into()),
        ]);
    }
    all
}

/// The contents of every file that the endpoint has written.
struct Written(Vec<(PathBuf, Vec<u8>)>);

impl Written {
    fn in_dir(dir: &Path) -> Self {
        let paths = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let ours = paths.filter(|path| path.is_file() && !path.ends_with("gema.toml"));
        Self(
            ours.map(|path| (path.clone(), fs::read(path).unwrap()))
                .collect(),
        )
    }

    fn of(name: &str, text: String) -> Self {
        Self(vec![(name.into(), text.into())])
    }

    fn has(&self, bytes: &[u8]) -> Option<&Path> {
        let wanted = memchr::memmem::Finder::new(bytes);
        self.0
            .iter()
            .find(|(_, within)| wanted.find(within).is_some())
            .map(|(path, _)| path.as_path())
    }

    fn hold_no_secret(&self, when: &str) {
        for (what, bytes) in secrets() {
            assert_eq!(self.has(&bytes), None, "{what}, {when}");
        }
    }
}

/// A client behind the proxy.
struct Somebody<'s> {
    service: &'s Service<'s>,
    client: Client,
    number: usize,
}

impl<'s> Somebody<'s> {
    fn new(service: &'s Service<'s>, number: usize) -> Self {
        let client = Client::builder()
            .local_address(IpAddr::from(PEER))
            .build()
            .unwrap();
        Self {
            service,
            client,
            number,
        }
    }

    fn asks(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.service.url));
        let request = request.header(
            "x-forwarded-for",
            TRACED_READERS[self.number % 2].to_string(),
        );
        request
            .header("user-agent", USER_AGENTS[self.number / 2 % 2])
            .header("cookie", "sesi=rahasia")
    }

    async fn sends(&self, method: Method, path: &str, body: impl ToString) -> StatusCode {
        let request = self
            .asks(method, path)
            .header("content-type", "application/json")
            .header("origin", PAGE);
        request
            .body(body.to_string())
            .send()
            .await
            .unwrap()
            .status()
    }

    /// Submits a form. Follows a redirect back to the page.
    async fn submits(&self, path: &str, form: String) -> StatusCode {
        let request = self
            .asks(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded");
        request
            .header("sec-fetch-site", "same-origin")
            .header("origin", &self.service.url)
            .body(form)
            .send()
            .await
            .unwrap()
            .status()
    }

    async fn gets(&self, path: &str) -> StatusCode {
        self.asks(Method::GET, path).send().await.unwrap().status()
    }

    /// Reads, reacts, shares, withdraws the reaction, and sends every kind of invalid request.
    async fn comes_and_goes(&self, site: &str) {
        let visitor = visitor(self.number);
        let key = key(self.number);
        let events = format!("/v1/sites/{site}/events");
        let once = IdempotencyKey::parse(&key).unwrap();
        let read = read("a", &once);
        let share = share("a", "copy", &once);
        let batch = |events: Vec<Value>| json!({ "visitor": visitor, "events": events });
        let good = batch(vec![
            read.clone(),
            share,
            react("a", Some("happy"), 7),
            react("b", None, 9),
        ]);
        assert_eq!(self.sends(Method::POST, &events, &good).await, 200);
        assert_eq!(self.sends(Method::POST, &events, &good).await, 200);
        let wrong =
            json!({ "type": key, "article": "a", "key": key, "reaction": visitor, "seq": visitor });
        let also = json!({ "type": "react", "article": "a", "reaction": visitor, "seq": 1 });
        assert_eq!(
            self.sends(Method::POST, &events, batch(vec![wrong, also, json!(key)]))
                .await,
            200
        );
        for (body, status) in [
            (format!("{{\"visitor\": \"{visitor}"), 400),
            (
                json!({ "visitor": format!("{visitor}?"), "events": [read] }).to_string(),
                400,
            ),
            (
                json!({ "visitor": [visitor], "events": key }).to_string(),
                400,
            ),
            (key.repeat(5000), 413),
        ] {
            assert_eq!(self.sends(Method::POST, &events, body).await, status);
        }
        let form = format!("article=a&reaction=sad&seq=11&visitor={visitor}&title={key}&lang=en");
        assert_eq!(
            self.submits(&format!("/v1/sites/{site}/reaction"), form)
                .await,
            200
        );
        let frame = format!("/v1/sites/{site}/widget.html?article=a&frame=1&title={visitor}");
        for choice in ["reaction=happy".to_owned(), format!("reaction={key}")] {
            let is_option = choice.ends_with("happy");
            assert_eq!(self.submits(&frame, choice).await == 200, is_option);
        }
        let stand_in = json!({ "stand_in": true, "events": [read, react("a", Some("angry"), 12)] });
        assert_eq!(self.sends(Method::POST, &events, &stand_in).await, 200);
        let form = format!("article=a&reaction=sad&seq=13&stand_in=1&title={key}");
        assert_eq!(
            self.submits(&format!("/v1/sites/{site}/reaction"), form)
                .await,
            200
        );
        let fragment = format!("/v1/sites/{site}/widget.html?article=a&stand_in=1&origin={PAGE}");
        assert_eq!(
            self.asks(Method::GET, &fragment)
                .header("origin", PAGE)
                .send()
                .await
                .unwrap()
                .status(),
            200
        );
        for path in [
            "view",
            "widget.html",
            "tallies",
            "qr.svg",
            "articles",
            "nothing",
        ] {
            self.gets(&format!(
                "/v1/sites/{site}/{path}?article=a&visitor={visitor}&key={key}&after={visitor}"
            ))
            .await;
            self.gets(&format!("/v1/sites/{site}/{path}?{visitor}%ff={key}"))
                .await;
        }
        let bearer = self
            .asks(Method::GET, "/v1/sites/news/articles")
            .bearer_auth(&visitor);
        assert_eq!(bearer.send().await.unwrap().status(), 401);
        let newsroom = self
            .asks(Method::GET, "/v1/sites/news/articles")
            .bearer_auth(SITE_KEY);
        assert_eq!(newsroom.send().await.unwrap().status(), 200);
        let foreign = self
            .asks(Method::POST, &events)
            .header("origin", format!("https://{}", TRACED_READERS[0]));
        assert_eq!(
            foreign
                .body(good.to_string())
                .send()
                .await
                .unwrap()
                .status(),
            403
        );
        let forget = json!({ "visitor": visitor, "articles": ["a", "never"] });
        let path = format!("/v1/sites/{site}/visitor");
        assert_eq!(self.sends(Method::DELETE, &path, &forget).await, 200);
        assert_eq!(
            self.sends(
                Method::DELETE,
                &path,
                json!({ "visitor": key, "articles": [visitor] })
            )
            .await,
            400
        );
    }
}

#[tokio::test]
async fn no_address_agent_token_or_key_is_in_anything_that_is_written() {
    let home = Home::with(TRACED_CONFIG);
    let service = home.serve().await;
    for number in 0..TRACED_REQUESTS {
        let site = if number % 3 == 0 { "hashed" } else { "news" };
        Somebody::new(&service, number).comes_and_goes(site).await;
    }
    let written = Written::in_dir(home.path());
    for (name, bytes) in [
        ("gema.db-wal", "reaction:happy"),
        ("log", "\"route\":\"visitor\""),
    ] {
        assert!(
            written.0.iter().any(|(path, _)| path.ends_with(name)),
            "{name} is not there"
        );
        assert!(
            written.has(bytes.as_bytes()).is_some(),
            "the search finds what is there"
        );
    }
    written.hold_no_secret("while it runs");
    home.gema(&["backup", "backup.db"]).await;
    Written::of("metrics", service.metrics().await).hold_no_secret("in the metrics");
    service.dies().await;
    Written::in_dir(home.path()).hold_no_secret("after kill -9");
    home.serve().await.stops().await;
    let written = Written::in_dir(home.path());
    // The counts of hours were written too.
    let conn = rusqlite::Connection::open(home.path().join("gema.db")).unwrap();
    for table in ["hour", "article_hour"] {
        let select = format!("select count(*) from {table}");
        let rows: i64 = conn.query_row(&select, [], |row| row.get(0)).unwrap();
        assert!(rows > 0, "{table}");
    }
    drop(conn);
    assert!(
        written
            .has(b"reaction:happy")
            .is_some_and(|path| path.ends_with("gema.db"))
    );
    written.hold_no_secret("after a gentle stop");
}

/// The key of an article, as the paths of other counters' clients have it.
const TRACED_ARTICLE: &str = "berita-4c81e07d";

#[tokio::test]
async fn no_article_key_in_a_path_is_in_the_log() {
    let home = Home::with(
        r#"
[sites.news]
origins = ["https://news.example"]
clients = { goatcounter = true, open_heart = { "x" = "happy" } }
"#,
    );
    let service = home.serve().await;
    for path in [
        "/v1/sites/news/open-heart/ARTICLE",
        "/v1/sites/news/open-heart/2015/11/ARTICLE.html",
        "/v1/sites/news/goatcounter/counter//ARTICLE.json",
        "/v1/sites/news/goatcounter/count?p=/ARTICLE",
        "/v1/sites/news/view?article=/ARTICLE",
        "/v1/sites/news/articles?article=/ARTICLE",
        "/v1/sites/news/ARTICLE",
        "/redaksi/news/article?key=/ARTICLE",
        "/ARTICLE",
    ] {
        service.get(&path.replace("ARTICLE", TRACED_ARTICLE)).await;
    }
    let log = Written::in_dir(home.path());
    for route in ["open-heart", "goatcounter", "view", "articles", "page"] {
        let line = format!("\"route\":\"{route}\"");
        assert!(log.has(line.as_bytes()).is_some(), "{route}");
    }
    let log = Written::of("log", fs::read_to_string(home.log()).unwrap());
    assert_eq!(log.has(TRACED_ARTICLE.as_bytes()), None);
}

/// What the newsroom's users type and hold, none of which is written.
struct NewsroomSecrets(Vec<String>);

impl NewsroomSecrets {
    fn are_not_in(&self, written: &Written, when: &str) {
        for secret in &self.0 {
            let bytes = BASE64URL_NOPAD.decode(secret.as_bytes());
            let hit = written.has(secret.as_bytes());
            assert_eq!(hit, None, "{secret}, {when}");
            for bytes in bytes.into_iter().filter(|bytes| bytes.len() >= 16) {
                assert_eq!(written.has(&bytes), None, "{secret} as bytes, {when}");
            }
        }
        written.hold_no_secret(when);
    }
}

/// The text between two others.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).expect(text);
    rest.split(end).next().unwrap()
}

/// Invites, sets a password, mistypes it, makes a read-only link, opens it, and signs out.
async fn works_in_the_newsroom(home: &Home, service: &Service<'_>) -> NewsroomSecrets {
    let said = home
        .gema(&["user", "add", "budi", "--site", "news", "--role", "editor"])
        .await;
    let invitation = between(&said, "/set-password/budi/", "\n").to_owned();
    let budi = Somebody::new(service, 0);
    let client = Client::builder()
        .local_address(IpAddr::from(PEER))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let budi = Somebody { client, ..budi };
    let password = "sandi-rahasia-31f7e2";
    let form = |cookie: &str, path: &str, body: String| {
        let request = budi
            .asks(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie.to_owned());
        request.body(body).send()
    };
    let path = format!("/redaksi/set-password/budi/{invitation}");
    let both = format!("password={password}&again={password}");
    let set = form("", &path, both).await.unwrap();
    let cookie = set.headers()["set-cookie"].to_str().unwrap();
    let session = between(cookie, "=", ";").to_owned();
    let cookie = format!("__Host-gema={session}");
    let wrong = "salah-ketik-77b0d9".to_owned();
    for (name, password) in [("budi", &*wrong), (&*wrong, password)] {
        let body = format!("name={name}&password={password}");
        let refused = form("", "/redaksi/sign-in", body).await.unwrap();
        assert_eq!(refused.status(), 403);
    }
    let made = form(
        &cookie,
        "/redaksi/links",
        "label=Rapat&site=news&days=7".into(),
    );
    let made = made.await.unwrap().text().await.unwrap();
    let link = between(&made, "/redaksi/link/", "<").to_owned();
    let path = format!("/redaksi/link/{link}");
    assert_eq!(budi.gets(&path).await, 200);
    let out = form(&cookie, "/redaksi/sign-out", String::new()).await;
    assert_eq!(out.unwrap().status(), 303);
    NewsroomSecrets(vec![invitation, password.into(), session, wrong, link])
}

#[tokio::test]
async fn no_password_or_token_of_the_newsroom_is_written() {
    let home = Home::with(TRACED_CONFIG);
    let service = home.serve().await;
    let secrets = works_in_the_newsroom(&home, &service).await;
    let written = Written::in_dir(home.path());
    assert!(written.has(b"argon2id").is_some() && written.has(b"Rapat").is_some());
    home.gema(&["backup", "backup.db"]).await;
    secrets.are_not_in(&Written::in_dir(home.path()), "while it runs");
    service.dies().await;
    home.serve().await.stops().await;
    secrets.are_not_in(&Written::in_dir(home.path()), "after a gentle stop");
}

/// The stored hashes of a user's password and session.
fn stored_hashes(home: &Home, session: &str) -> [Vec<u8>; 2] {
    let conn = rusqlite::Connection::open(home.path().join("gema.db")).unwrap();
    let select = "select value ->> 'password' from account where name = 'budi'";
    let password: String = conn.query_row(select, [], |row| row.get(0)).unwrap();
    let hash = password.rsplit('$').next().unwrap().to_owned();
    let token = accounts::Token::parse(session).unwrap().hash();
    [hash.into(), token.0.to_vec()]
}

#[tokio::test]
async fn removed_user_and_ended_session_leave_no_bytes() {
    let home = Home::with(TRACED_CONFIG);
    let service = home.serve().await;
    works_in_the_newsroom(&home, &service).await;
    // A session that is not signed out by its user.
    let client = Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let form = |path: &str, body: &str| {
        let request = client.post(format!("{}{path}", service.url));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        request.body(body.to_owned()).send()
    };
    let body = "name=budi&password=sandi-rahasia-31f7e2";
    let signed_in = form("/redaksi/sign-in", body).await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    let hashes = stored_hashes(&home, between(cookie, "=", ";"));
    let written = Written::in_dir(home.path());
    for hash in &hashes {
        assert!(
            written.has(hash).is_some(),
            "the search finds what is there"
        );
    }
    home.gema(&["user", "rm", "budi"]).await;
    service.stops().await;
    home.serve().await.stops().await;
    let written = Written::in_dir(home.path());
    for hash in &hashes {
        assert_eq!(written.has(hash), None);
    }
    assert!(
        written.has(b"budi").is_some(),
        "the log names the user for a year"
    );
}
