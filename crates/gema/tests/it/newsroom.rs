/// Sign-ins, and sessions that must end.
mod accounts;
/// Accounts that do not answer.
mod away;
/// The attacks on a Redis Cluster.
mod cluster;
/// How long sessions, one-time links and read-only links live.
mod expiry;
/// Forms of other pages.
mod foreign;
/// The headers of every page.
mod headers;
/// Read-only links.
mod links;
/// Numbers on the site's own pages.
mod overlay;
/// What is counted in a site.
mod pages;
/// Users whom a proxy has authenticated.
mod proxy;
/// Who may see and do what.
mod roles;
/// Users whom oauth2-proxy has authenticated, behind nginx.
mod single_sign_on;
/// Three years of an archive.
mod three_years;
/// Floods of attempts to sign in.
mod tries;
/// A year of counts.
mod year;

use std::{collections::BTreeMap, fs, net::IpAddr};

use reqwest::{Client, Method, StatusCode, header::HeaderMap, redirect::Policy};

use crate::{
    cli_harness::{CliHarness, Serving},
    site::FIREFOX,
};

const TWO_SITES: &str = "[sites.news]\norigins = [\"https://news.example\"]\n\
                         [sites.daily]\norigins = [\"https://daily.example\"]\n";

const PASSWORD: &str = "kuda hijau melompat jauh";

/// A running gema with two sites, `news` and `daily`.
struct Endpoint {
    cli: CliHarness,
    serving: Serving,
}

impl Endpoint {
    fn new() -> Self {
        Self::with("")
    }

    /// With further options before those of the sites.
    fn with(options: &str) -> Self {
        let cli = CliHarness::new();
        fs::write(
            cli.path().join("gema.toml"),
            format!("{options}\n{TWO_SITES}"),
        )
        .unwrap();
        let serving = cli.serves();
        Self { cli, serving }
    }

    /// The same database, served by a new process.
    fn restarted(self) -> Self {
        let Self { cli, serving } = self;
        serving.stop();
        let serving = cli.serves();
        Self { cli, serving }
    }

    /// Adds a user on the command line. Returns the path of the one-time link.
    fn invites(&self, name: &str, site: &str, role: &str, section: Option<&str>) -> String {
        let mut args = vec!["user", "add", name, "--site", site, "--role", role];
        args.extend(section.iter().flat_map(|prefix| ["--section", prefix]));
        let said = self.cli.says(&args);
        invitation_path(&said)
    }

    fn browser(&self) -> Browser {
        self.browser_at([127, 0, 0, 1].into())
    }

    /// A browser, or a proxy, with that address on this machine.
    fn browser_at(&self, address: IpAddr) -> Browser {
        let client = Client::builder()
            .local_address(address)
            .redirect(Policy::none())
            .user_agent(FIREFOX)
            .build()
            .unwrap();
        Browser {
            client,
            url: format!("http://{}", self.serving.address),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// A browser of a new user who has set the password.
    async fn signed_in(
        &self,
        name: &str,
        site: &str,
        role: &str,
        section: Option<&str>,
    ) -> Browser {
        let path = self.invites(name, site, role, section);
        let mut browser = self.browser();
        browser.sets_password(&path).await;
        browser
    }
}

/// The path in the output of `gema user`.
fn invitation_path(said: &str) -> String {
    let (_, path) = said.split_once("/redaksi/").expect(said);
    format!("/redaksi/{}", path.split(['\n', '<']).next().unwrap())
}

/// A browser, which keeps cookies, and sends forms as the endpoint's own pages do.
#[derive(Clone)]
struct Browser {
    client: Client,
    url: String,
    cookies: BTreeMap<String, String>,
    /// Sent with every request.
    headers: Vec<(&'static str, String)>,
}

/// A response.
#[derive(Debug)]
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Page {
    /// The content, without head and navigation.
    fn main(&self) -> &str {
        self.text.split_once("<main").expect(&self.text).1
    }

    fn location(&self) -> &str {
        self.headers["location"].to_str().unwrap()
    }
}

impl Browser {
    async fn get(&mut self, path: &str) -> Page {
        self.sends(Method::GET, path, &[], &[]).await
    }

    /// Sends a form of the endpoint's own page.
    async fn submits(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let own = [("sec-fetch-site", "same-origin")];
        self.sends(Method::POST, path, &own, fields).await
    }

    async fn sends(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Page {
        let mut request = self
            .client
            .request(method.clone(), format!("{}{path}", self.url));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("cookie", pairs.join("; "));
        }
        if method == Method::POST {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish();
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body);
        }
        let response = request.send().await.unwrap();
        let page = Page {
            status: response.status(),
            headers: response.headers().clone(),
            text: String::new(),
        };
        self.keep(&page.headers);
        Page {
            text: response.text().await.unwrap(),
            ..page
        }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (pair, _) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
    }

    /// Opens a one-time link and sets the password, which also signs in.
    async fn sets_password(&mut self, path: &str) {
        let form = self.get(path).await;
        assert_eq!(form.status, 200, "{}", form.text);
        let fields = [("password", PASSWORD), ("again", PASSWORD)];
        let set = self.submits(path, &fields).await;
        assert_eq!((set.status.as_u16(), set.location()), (303, "../../"));
        assert_eq!(self.get("/redaksi/").await.status, 200);
    }

    async fn signs_in(&mut self, name: &str, password: &str) -> Page {
        let fields = [("name", name), ("password", password)];
        self.submits("/redaksi/sign-in", &fields).await
    }

    /// Whether the pages are shown.
    async fn is_let_in(&mut self) -> bool {
        let page = self.get("/redaksi/").await;
        match page.status.as_u16() {
            200 => true,
            303 => {
                assert_eq!(page.location(), "sign-in?next=");
                false
            }
            status => panic!("{status}: {}", page.text),
        }
    }
}
