use super::{Browser, Endpoint};

/// The viewers of the table, from the weakest to the strongest.
const VIEWERS: [&str; 7] = [
    "nobody",
    "link",
    "reader",
    "section",
    "editor",
    "other operator",
    "operator",
];

/// The fields of a form.
type Fields = &'static [(&'static str, &'static str)];

/// A copy of an article.
const COPY: Fields = &[("title", "Judul"), ("html", "<p>Isi</p>")];

/// For each request the viewers who are permitted: n, l, r, s, e, o (of another site) and O, as in [`VIEWERS`].
const PERMITTED: [(&str, Fields, &str); 27] = [
    ("GET /redaksi/", &[], "lrseoO"),
    ("GET /redaksi/news", &[], "lrseO"),
    ("GET /redaksi/news/now", &[], "lrseO"),
    ("GET /redaksi/news/now.json", &[], "lrseO"),
    ("GET /redaksi/news/site", &[], "lrseO"),
    ("GET /redaksi/news/articles", &[], "lrseO"),
    ("GET /redaksi/news/articles.csv", &[], "lrseO"),
    ("GET /redaksi/news/settings", &[], "lrseO"),
    ("GET /redaksi/daily/now", &[], "o"),
    ("GET /redaksi/none/now", &[], ""),
    (
        "GET /redaksi/news/article?article=/olahraga/a",
        &[],
        "lrseO",
    ),
    ("GET /redaksi/news/article?article=/politik/a", &[], "lreO"),
    (
        "POST /redaksi/news/article?article=/olahraga/a",
        COPY,
        "seO",
    ),
    ("POST /redaksi/news/article?article=/politik/a", COPY, "eO"),
    ("GET /redaksi/account", &[], "rseoO"),
    ("GET /redaksi/links", &[], "seoO"),
    ("GET /redaksi/people", &[], "oO"),
    ("GET /redaksi/log", &[], "oO"),
    (
        "POST /redaksi/links",
        &[
            ("label", "x"),
            ("site", "news"),
            ("days", "1"),
            ("section", "/olahraga/"),
        ],
        "seO",
    ),
    (
        "POST /redaksi/links",
        &[
            ("label", "x"),
            ("site", "news"),
            ("days", "1"),
            ("section", "/politik/"),
        ],
        "eO",
    ),
    (
        "POST /redaksi/links",
        &[("label", "x"), ("site", "daily"), ("days", "1")],
        "o",
    ),
    (
        "POST /redaksi/people",
        &[("name", "target"), ("site", "news"), ("role", "reader")],
        "O",
    ),
    (
        "POST /redaksi/people",
        &[("name", "other"), ("site", "daily"), ("role", "reader")],
        "o",
    ),
    ("POST /redaksi/people/invite", &[("name", "target")], "O"),
    ("POST /redaksi/people/sign-out", &[("name", "target")], "O"),
    (
        "POST /redaksi/people/revoke",
        &[("name", "target"), ("site", "news")],
        "O",
    ),
    ("POST /redaksi/people/remove", &[("name", "second")], "O"),
];

async fn viewers(endpoint: &Endpoint) -> Vec<Browser> {
    let mut editor = endpoint.signed_in("editor", "news", "editor", None).await;
    let fields = [("label", "Tamu"), ("site", "news"), ("days", "7")];
    let page = editor.submits("/redaksi/links", &fields).await;
    let (_, path) = page.text.split_once("/redaksi/link/").unwrap();
    let mut guest = endpoint.browser();
    guest
        .get(&format!(
            "/redaksi/link/{}",
            path.split('<').next().unwrap()
        ))
        .await;
    let section = Some("/olahraga/");
    vec![
        endpoint.browser(),
        guest,
        endpoint.signed_in("reader", "news", "reader", None).await,
        endpoint
            .signed_in("section", "news", "editor", section)
            .await,
        editor,
        endpoint
            .signed_in("elsewhere", "daily", "operator", None)
            .await,
        endpoint
            .signed_in("operator", "news", "operator", None)
            .await,
    ]
}

#[tokio::test]
async fn each_role_may_do_what_the_table_permits() {
    permissions(Endpoint::new()).await;
}

/// Each request of the table by each viewer.
pub(super) async fn permissions(endpoint: Endpoint) {
    let mut viewers = viewers(&endpoint).await;
    endpoint.invites("target", "news", "reader", None);
    endpoint.invites("second", "news", "editor", None);
    for key in ["/olahraga/a", "/politik/a"] {
        let copy = ["put", "short.md", "--title", "Judul", "--site", "news"];
        endpoint
            .cli
            .article(&[&copy[..], &["--article", key]].concat());
    }
    for (request, fields, permitted) in PERMITTED {
        let (method, path) = request.split_once(' ').unwrap();
        for ((viewer, browser), letter) in VIEWERS.iter().zip(&mut viewers).zip("nlrseoO".chars()) {
            let page = match method {
                "GET" => browser.get(path).await,
                _ => browser.submits(path, fields).await,
            };
            let what = format!("{viewer}: {request} {fields:?}: {}", page.status);
            let is_to_sign_in = page.status == 303 && page.location().contains("sign-in");
            match (letter, permitted.contains(letter)) {
                ('n', _) => assert!(is_to_sign_in, "{what}"),
                (_, true) => assert!(matches!(page.status.as_u16(), 200 | 303), "{what}"),
                (_, false) => assert_eq!(page.status, 403, "{what}"),
            }
        }
    }
    let listed = endpoint.cli.says(&["user", "list"]);
    let names: Vec<_> = listed
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "editor",
            "elsewhere",
            "operator",
            "other",
            "reader",
            "section"
        ]
    );
}

#[tokio::test]
async fn operator_cannot_take_over_a_user_of_another_site() {
    takeover_of_a_user(Endpoint::new()).await;
}

/// An operator of one site tries to manage a user of two.
pub(super) async fn takeover_of_a_user(endpoint: Endpoint) {
    let mut operator = endpoint.signed_in("tono", "news", "operator", None).await;
    endpoint.invites("siti", "news", "reader", None);
    endpoint.invites_again("siti", "daily", "operator");
    for action in ["invite", "remove", "sign-out"] {
        let path = format!("/redaksi/people/{action}");
        let page = operator.submits(&path, &[("name", "siti")]).await;
        assert_eq!(page.status, 403, "{action}");
    }
    // The role on the own site can be changed, and the other one stays.
    let fields = [("name", "siti"), ("site", "news"), ("role", "editor")];
    let page = operator.submits("/redaksi/people", &fields).await;
    assert_eq!(page.status, 303, "no link is shown");
    let fields = [("name", "siti"), ("site", "news")];
    assert_eq!(
        operator
            .submits("/redaksi/people/revoke", &fields)
            .await
            .status,
        303
    );
    let listed = endpoint.cli.says(&["user", "list"]);
    assert!(listed.contains("siti\tdaily\toperator"), "{listed}");
    let people = operator.get("/redaksi/people").await;
    let people = people.main();
    assert!(
        !people.contains("siti") && !people.contains("daily"),
        "{people}"
    );
}

#[tokio::test]
async fn operator_keeps_the_own_role() {
    let endpoint = Endpoint::new();
    let mut operator = endpoint.signed_in("tono", "news", "operator", None).await;
    for (action, fields) in [
        (
            "people",
            &[("name", "tono"), ("site", "news"), ("role", "reader")][..],
        ),
        ("people/revoke", &[("name", "tono"), ("site", "news")]),
        ("people/remove", &[("name", "tono")]),
    ] {
        let page = operator
            .submits(&format!("/redaksi/{action}"), fields)
            .await;
        assert_eq!(page.status, 422, "{action}");
    }
    assert_eq!(operator.get("/redaksi/people").await.status, 200);
}

#[tokio::test]
async fn log_shows_operators_what_was_done_on_their_sites() {
    log_of_two_sites(Endpoint::new()).await;
}

/// The rows of the log without their times, with a line between cells.
fn log_rows(html: &str) -> Vec<String> {
    let rows = html.split("<tr").skip(2).map(|row| {
        let cells = row.split("<td").skip(2).map(|cell| {
            let (_, cell) = cell.split_once('>').unwrap();
            cell.split("</td>").next().unwrap()
        });
        cells.collect::<Vec<_>>().join(" | ")
    });
    rows.collect()
}

/// The log as the operators of two sites see it.
pub(super) async fn log_of_two_sites(endpoint: Endpoint) {
    let mut operator = endpoint.signed_in("tono", "news", "operator", None).await;
    let mut elsewhere = endpoint.signed_in("wati", "daily", "operator", None).await;
    let fields = [("name", "siti"), ("site", "news"), ("role", "reader")];
    operator.submits("/redaksi/people", &fields).await;
    operator
        .submits("/redaksi/people/remove", &[("name", "siti")])
        .await;
    let log = operator.get("/redaksi/log?lang=en").await;
    let log = log.main();
    let rows = log_rows(log);
    for row in [
        "tono | gave a role to | siti: reader | news",
        "tono | removed the user | siti | news",
        "tono | set a password |  | news",
        "gema user | gave a role to | tono: operator | news",
    ] {
        assert!(rows.iter().any(|found| found == row), "{row}: {rows:#?}");
    }
    assert!(!log.contains("wati") && !log.contains("daily"), "{log}");
    let log = elsewhere.get("/redaksi/log?lang=en").await;
    let log = log.main();
    assert!(!log.contains("tono") && !log.contains("siti"), "{log}");
}

impl Endpoint {
    /// Gives a user who exists a role on another site.
    fn invites_again(&self, name: &str, site: &str, role: &str) {
        let said = self
            .cli
            .says(&["user", "add", name, "--site", site, "--role", role]);
        assert!(!said.contains("/redaksi/"), "{said}");
    }
}

/// Each change that a page or a command makes, and how the log describes it.
pub(super) async fn completeness_of_the_log(endpoint: Endpoint) {
    let copy = ["put", "short.md", "--title", "Judul", "--site", "news"];
    let copy = [&copy[..], &["--article", "/olahraga/a"]].concat();
    endpoint.cli.article(&copy);
    let mut operator = endpoint.signed_in("tono", "news", "operator", None).await;
    let section = ("section", "/olahraga/");
    let link = &[("label", "Rapat"), ("site", "news"), ("days", "7")];
    let siti = ("name", "siti");
    let news = ("site", "news");
    let forms: [(&str, &[(&str, &str)]); 9] = [
        ("people", &[siti, news, ("role", "editor"), section]),
        ("people", &[siti, news, ("role", "reader")]),
        ("people/invite", &[siti]),
        ("people/sign-out", &[siti]),
        ("people/revoke", &[siti, news]),
        ("people", &[("name", "wati"), news, ("role", "reader")]),
        ("people/remove", &[("name", "wati")]),
        ("links", link),
        ("news/article?article=/olahraga/a", COPY),
    ];
    for (path, fields) in forms {
        let page = operator.submits(&format!("/redaksi/{path}"), fields).await;
        assert!(
            matches!(page.status.as_u16(), 200 | 303),
            "{path}: {}",
            page.text
        );
    }
    let hash = super::links::listed(&mut operator).await;
    operator
        .submits("/redaksi/links/revoke", &[("link", &hash)])
        .await;
    operator.submits("/redaksi/sign-out-everywhere", &[]).await;
    endpoint.cli.says(&["user", "link", "tono"]);
    endpoint.cli.says(&["user", "sign-out", "tono"]);
    operator.signs_in("tono", super::PASSWORD).await;
    let page = operator.get("/redaksi/log?lang=en").await;
    let rows = log_rows(page.main());
    let expected = [
        "tono | signed in |  | news",
        "gema user | ended all sessions of | tono | news",
        "gema user | made a one-time link for | tono | news",
        "tono | ended all sessions of | tono | news",
        "tono | revoked the read-only link | Rapat | news",
        "tono | changed the copy of | /olahraga/a | news",
        "tono | made the read-only link | Rapat | news",
        "tono | removed the user | wati | news",
        "tono | gave a role to | wati: reader | news",
        "tono | took a role from | siti: reader | news",
        "tono | ended all sessions of | siti | news",
        "tono | made a one-time link for | siti | news",
        "tono | gave a role to | siti: reader | news",
        "tono | gave a role to | siti: editor /olahraga/ | news",
        "tono | signed in |  | news",
        "tono | set a password |  | news",
        "gema user | gave a role to | tono: operator | news",
    ];
    assert_eq!(rows, expected, "{rows:#?}");
}

#[tokio::test]
async fn log_has_an_entry_for_every_change() {
    completeness_of_the_log(Endpoint::new()).await;
}
