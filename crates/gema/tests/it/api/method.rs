use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use config::{
    Articles, Bots, Config, DatedNote, MethodNotes, Origin, Overrides, PollRule, ReadDedup,
};
use serde_json::{Value, json};
use visitor::Day;
use wire::{Network, SiteId};

use crate::site::{
    FIREFOX, PAGE, Reply, TestSite, article, event_key, react, reaction, read, share, token,
};

const METHOD_JSON: &str = "/v1/sites/news/method.json";
const METHOD_PAGE: &str = "/v1/sites/news/method.html";

async fn method(site: &TestSite) -> Value {
    let reply = site.get(METHOD_JSON).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    reply.json()
}

/// The text of the page, without markup.
async fn page_text(site: &TestSite, query: &str) -> String {
    let reply = site.get(&format!("{METHOD_PAGE}{query}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let mut text = String::new();
    for piece in String::from_utf8(reply.body.into()).unwrap().split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        text.push(' ');
    }
    text
}

/// A browser of another version than [`FIREFOX`].
const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15";

/// A request of a browser, unless it says otherwise.
struct Trial {
    what: &'static str,
    event: Value,
    token: Option<u64>,
    stand_in: bool,
    agent: &'static str,
    origin: Option<&'static str>,
}

impl Trial {
    fn new(what: &'static str, event: Value) -> Self {
        Self {
            what,
            event,
            token: Some(1),
            stand_in: false,
            agent: FIREFOX,
            origin: Some(PAGE),
        }
    }

    /// Whether the event changes the counts.
    async fn counts(&self, site: &TestSite) -> bool {
        let article = self.event["article"].as_str().unwrap();
        let before = site.tally(article).await.rev;
        let body = json!({
            "visitor": self.token.map(token), "stand_in": self.stand_in, "events": [self.event],
        });
        let mut request =
            Request::post("/v1/sites/news/events").header("content-type", "text/plain");
        if let Some(origin) = self.origin {
            request = request.header("origin", origin);
        }
        let request = request
            .header("user-agent", self.agent)
            .body(Body::from(body.to_string()))
            .unwrap();
        site.send(request).await;
        site.tally(article).await.rev > before
    }

    /// Whether the event should count, by the page's data alone.
    fn is_expected_to_count(&self, method: &Value) -> bool {
        let has = |list: &Value, item: &Value| list.as_array().unwrap().contains(item);
        let key = self.event["article"].as_str().unwrap();
        let accepted = &method["accepted"];
        let origin = match self.origin {
            Some(origin) => accepts(&accepted["origins"], origin),
            None => accepted["opaque_origins"] == json!(true),
        };
        let is_ignored = accepted["ignored"]
            .as_array()
            .unwrap()
            .iter()
            .any(|pattern| {
                let pattern = pattern.as_str().unwrap();
                key.starts_with(pattern.strip_suffix('*').unwrap())
            });
        let is_known = accepted["articles"] == json!("open") || key == "a";
        let counts = match self.event["type"].as_str().unwrap() {
            "read" => {
                let identity = method["reads"]["identity"].as_str().unwrap();
                let is_robot = self.agent.starts_with("curl");
                let is_repeated = match self.what {
                    "the same read again" => true,
                    "another browser of this version at this address" => identity == "hash",
                    _ => false,
                };
                identity != "off"
                    && !is_repeated
                    && !(is_robot && method["robots"]["refused"] == json!(true))
            }
            "react" => {
                let reactions = &method["reactions"];
                reactions["poll"] == json!("open")
                    && has(&reactions["options"], &self.event["reaction"])
                    && (!self.stand_in || reactions["stand_in"] == json!(true))
            }
            _ => {
                let is_repeated = match self.what {
                    "the same share again" => true,
                    "the same press without storage" => {
                        method["reads"]["identity"] == json!("hash")
                            || method["reads"]["stand_in"] == json!(true)
                    }
                    _ => false,
                };
                has(&method["shares"]["networks"], &self.event["network"]) && !is_repeated
            }
        };
        origin && is_known && !is_ignored && counts
    }
}

/// Whether the page names the origin, by itself or as a name below another.
fn accepts(origins: &Value, origin: &str) -> bool {
    let origins = origins.as_array().unwrap().iter();
    origins
        .filter_map(Value::as_str)
        .any(|named| match named.split_once("*.") {
            Some((scheme, name)) => {
                origin.starts_with(scheme) && origin.ends_with(&format!(".{name}"))
            }
            None => named == origin,
        })
}

fn trials() -> Vec<Trial> {
    let read_of = |key: &str, number| read(key, &event_key(number));
    vec![
        Trial::new("a read", read_of("a", 1)),
        Trial::new("the same read again", read_of("a", 1)),
        Trial::new(
            "another browser of this version at this address",
            read_of("a", 2),
        ),
        Trial {
            agent: "curl/8.5.0",
            ..Trial::new("a robot", read_of("a", 3))
        },
        Trial::new("a preview", read_of("/p/draft", 4)),
        Trial::new("an article that nobody registered", read_of("b", 5)),
        Trial {
            origin: Some("https://other.example"),
            ..Trial::new("a page of another site", read_of("a", 6))
        },
        Trial {
            origin: None,
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0",
            ..Trial::new("an event that names no page", read_of("a", 7))
        },
        Trial::new("a reaction", react("a", Some("happy"), 8)),
        Trial::new("an option of another site", react("a", Some("proud"), 9)),
        Trial {
            token: None,
            stand_in: true,
            ..Trial::new("a reaction without storage", react("a", Some("happy"), 10))
        },
        Trial::new("a share", share("a", "copy", &event_key(11))),
        Trial::new(
            "a share to another network",
            share("a", "x", &event_key(12)),
        ),
        Trial::new("the same share again", share("a", "copy", &event_key(11))),
        Trial {
            token: None,
            stand_in: true,
            agent: SAFARI,
            ..Trial::new(
                "a press without storage",
                share("a", "copy", &event_key(13)),
            )
        },
        Trial {
            token: None,
            stand_in: true,
            agent: SAFARI,
            ..Trial::new(
                "the same press without storage",
                share("a", "copy", &event_key(14)),
            )
        },
        Trial {
            origin: Some("https://regional.news.example"),
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            ..Trial::new("a page of a name below", read_of("a", 15))
        },
    ]
}

fn sites() -> [(&'static str, TestSite, &'static [&'static str]); 3] {
    let usual = TestSite::with(|site| {
        site.opaque_origins = false;
        let below = Origin::try_from("https://*.news.example".to_owned());
        site.origins.push(below.unwrap());
    });
    let strict = TestSite::with(|site| {
        site.reads.identity = ReadDedup::Hash;
        site.reads.after_ms = 12_500;
        site.articles = Articles::Registered;
        site.ignore = vec!["/p/*".to_owned().try_into().unwrap()];
        site.poll_closes_after_days = Some(30);
        site.noscript_votes = false;
        site.opaque_origins = false;
        site.networks = vec![Network::parse("copy").unwrap()];
    });
    let sparse = TestSite::configured(
        |config| {
            config.bots = Bots::Count;
            config.limits = None;
        },
        |site| {
            site.reads.identity = ReadDedup::Off;
            site.poll = PollRule::Closed;
            site.noscript_votes = false;
            site.reactions.truncate(2);
        },
    );
    [
        (
            "usual",
            usual,
            &[
                "has been in view for 5 s in all",
                "The same browser counts once for each article and day",
                "stores nothing is recognised by its address and version instead",
                "A browser that stores nothing is recognised by its address and version here too.",
                "*. stands for every name below it",
                "An event counts on the day on which it arrives.",
                "events, daily_events: first reactions, reads and shares of all articles together.",
                "Polls do not close.",
                "The newsroom may close and reopen the poll of one article",
                "Any article: its first event creates its count.",
                "Reads of known robots",
                "daily_reactions.per_address",
                "are refused",
            ],
        ),
        (
            "strict",
            strict,
            &[
                "has been in view for 12,500 ms in all",
                "The same address (of IPv6, the same /64 network)",
                "closes 30 days after its publication",
                "Only articles that the newsroom has registered",
                "matches one of these patterns (* stands for any characters) do not count: /p/*.",
                "stores nothing cannot react",
                "Buttons: Copy link.",
            ],
        ),
        (
            "sparse",
            sparse,
            &[
                "Reads are not counted on this site.",
                "All polls are closed",
                "Options: Happy, Inspired.",
                "presses count once each time it loads the page.",
                "Robots count like readers",
                "No limits are in force",
                "count too",
            ],
        ),
    ]
}

#[tokio::test]
async fn three_sites_count_as_their_pages_say() {
    for (name, site, sentences) in sites() {
        site.store
            .put_article(
                &SiteId::parse("news").unwrap(),
                Day::parse("2015-11-17").unwrap(),
                &article("a"),
                store::ArticleUpdate {
                    article: None,
                    imported: None,
                    poll: None,
                },
            )
            .await
            .unwrap();
        let method = method(&site).await;
        let text = page_text(&site, "?lang=en").await;
        for sentence in sentences {
            assert!(text.contains(sentence), "{name}: {sentence}: {text}");
        }
        assert!(!text.contains("sign_ins"), "{name}: {text}");
        for trial in trials() {
            assert_eq!(
                trial.counts(&site).await,
                trial.is_expected_to_count(&method),
                "{name}: {}: {method:#}",
                trial.what
            );
        }
    }
}

fn number<'v>(method: &'v Value, kind: &str, reason: &str) -> &'v Value {
    let refused = method["yesterday"]["refused"].as_array().unwrap();
    refused
        .iter()
        .find(|one| one["kind"] == json!(kind) && one["reason"] == json!(reason))
        .map_or(&Value::Null, |one| &one["count"])
}

#[tokio::test]
async fn refused_events_of_yesterday_are_beside_the_counted() {
    let site = TestSite::new();
    for key in ["a", "a", "b"] {
        site.reader().reads(key).await;
    }
    let reader = site.reader();
    reader.reacts("a", "happy").await;
    reader.reacts("a", "sad").await;
    reader.sends([share("a", "copy", &event_key(1))]).await;
    reader.sends([share("a", "nowhere", &event_key(2))]).await;
    let robot = crate::site::Reader {
        agent: "curl/8.5.0",
        ..site.reader()
    };
    robot
        .sends([read("a", &event_key(3)), read("b", &event_key(4))])
        .await;
    let foreign = Trial {
        origin: Some("https://other.example"),
        ..Trial::new("", read("a", &event_key(5)))
    };
    assert!(!foreign.counts(&site).await);

    site.app().write_refused().await;
    // The same numbers are written again, and after a restart by another process.
    site.app().write_refused().await;
    let site = site.restarted();
    let robot = crate::site::Reader {
        agent: "curl/8.5.0",
        ..site.reader()
    };
    robot.sends([read("a", &event_key(6))]).await;
    site.app().write_refused().await;
    assert_eq!(method(&site).await["yesterday"]["refused"], json!([]));

    site.days_pass(1);
    let method = method(&site).await;
    assert_eq!(method["yesterday"]["day"], json!("2015-11-17"));
    assert_eq!(
        method["yesterday"]["counted"],
        json!({ "reads": 3, "reactions": 1, "shares": 1 })
    );
    assert_eq!(number(&method, "read", "bot"), &json!(3), "{method:#}");
    assert_eq!(number(&method, "share", "network"), &json!(1));
    assert_eq!(number(&method, "unknown", "origin"), &json!(1));
    let text = page_text(&site, "?lang=en").await;
    assert!(
        text.contains("Yesterday: Tuesday, November 17, 2015"),
        "{text}"
    );
}

#[tokio::test]
async fn a_limit_that_refuses_is_counted_for_its_site() {
    let site = TestSite::configured(
        |config| {
            let directory = tempfile::tempdir().unwrap();
            let file = directory.path().join("gema.toml");
            let text = "[limits.reads]\nper_address = 2\n[sites.x]\norigins = []";
            std::fs::write(&file, text).unwrap();
            config.limits = Config::load(Some(&file), Overrides::default())
                .unwrap()
                .limits;
        },
        |_| {},
    );
    for _ in 0..5 {
        site.reader()
            .sends([read("a", &event_key(site.tally("a").await.rev + 100))])
            .await;
    }
    site.app().write_refused().await;
    site.days_pass(1);
    let method = method(&site).await;
    assert_eq!(method["yesterday"]["counted"]["reads"], json!(2));
    assert!(
        number(&method, "read", "limit").as_u64() > Some(0),
        "{method:#}"
    );
}

#[tokio::test]
async fn a_whole_request_that_a_limit_refuses_is_counted_for_its_site() {
    let site = TestSite::configured(
        |config| {
            let directory = tempfile::tempdir().unwrap();
            let file = directory.path().join("gema.toml");
            let text = "[limits.requests]\nper_address = { burst = 1, per_hour = 1 }\n[sites.x]\norigins = []";
            std::fs::write(&file, text).unwrap();
            config.limits = Config::load(Some(&file), Overrides::default())
                .unwrap()
                .limits;
        },
        |_| {},
    );
    let mut request = TestSite::events(json!({ "events": [read("a", &event_key(1))] }));
    let address = std::net::SocketAddr::from(([192, 0, 2, 1], 50_000));
    request.extensions_mut().insert(ConnectInfo(address));
    site.send(request).await;
    let mut request = TestSite::events(json!({ "events": [read("a", &event_key(2))] }));
    request.extensions_mut().insert(ConnectInfo(address));
    assert_eq!(site.send(request).await.status, 429);
    site.app().write_refused().await;
    site.days_pass(1);
    assert_eq!(number(&method(&site).await, "unknown", "limit"), &json!(1));
}

#[tokio::test]
async fn newsroom_notes_are_text_and_the_policy_forbids_scripts() {
    let note = |text: &str| DatedNote {
        date: "2015-11-01".parse().unwrap(),
        text: text.into(),
    };
    let site = TestSite::with(|site| {
        site.method = MethodNotes {
            link: false,
            starting_counts: vec![note("From <script>alert(1)</script> & co.")],
            corrections: vec![note("Reads of \"one\" robot")],
        };
    });
    let reply: Reply = site.get(&format!("{METHOD_PAGE}?lang=en")).await;
    let html = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(!html.contains("<script"), "{html}");
    assert!(
        html.contains("Sunday, November 1, 2015: From &lt;script"),
        "{html}"
    );
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(html.contains("href=\"method.css\"") && html.contains("href=\"method.json\""));
    let style = site.get("/v1/sites/news/method.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(
        method(&site).await["corrections"],
        json!([{ "date": "2015-11-01", "text": "Reads of \"one\" robot" }])
    );
}

#[tokio::test]
async fn every_language_writes_its_own_numbers_and_dates() {
    let site = TestSite::with(|site| {
        site.languages = locale::languages().map(str::to_owned).collect();
    });
    for lang in locale::languages() {
        let text = page_text(&site, &format!("?lang={lang}")).await;
        let language = locale::resolve(&[lang.to_owned()], lang, Some(lang));
        let format = locale::formatter(&language);
        assert!(text.contains(&format.number(50_000)), "{lang}: {text}");
        assert!(text.contains(&format.date("2015-11-16")), "{lang}: {text}");
        let title = if lang == "id" {
            "Cara news menghitung"
        } else {
            "How news counts"
        };
        assert!(text.contains(title), "{lang}: {text}");
    }
}

#[tokio::test]
async fn the_counter_links_to_the_page_if_the_site_wants_it() {
    let path = "/v1/sites/news/widget.html?article=a&lang=de";
    let fragment = async |link: bool| {
        let site = TestSite::with(|site| {
            site.languages = vec!["de".into()];
            site.default_language = "de".into();
            site.method.link = link;
        });
        String::from_utf8(site.get(path).await.body.into()).unwrap()
    };
    let without = fragment(false).await;
    assert!(!without.contains("part=\"method\""), "{without}");
    let with = fragment(true).await;
    let link = "<a part=\"method\" href=\"../../../v1/sites/news/method.html?lang=de\" title=\"So zählen wir\" aria-label=\"So zählen wir\">?</a>";
    assert!(with.contains(link), "{with}");
}

#[tokio::test]
async fn rules_follow_the_configuration() {
    let site = TestSite::new();
    assert_eq!(method(&site).await["reads"]["after_ms"], json!(5000));
    let site = site.changed(|site| {
        site.reads.after_ms = 8000;
        site.reactions
            .retain(|option| option.key == reaction("sad"));
    });
    let method = method(&site).await;
    assert_eq!(method["reads"]["after_ms"], json!(8000));
    assert_eq!(method["reactions"]["options"], json!(["sad"]));
}
