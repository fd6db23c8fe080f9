//! `gema doctor` compared with a browser, and on the demo.

use std::process::Command;

use serde_json::{Value, json};

use crate::{engine::named, newsroom::Newsroom, page::Draft, reader::Reader};

/// The article that the loader has requested.
const REQUESTED_ARTICLE: &str = "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/widget.html?')) \
                     .map((name) => new URL(name).searchParams.get('article'))[0] ?? null";

#[test]
fn the_doctor_gives_a_page_the_key_that_the_loader_gives_it() {
    let newsroom = Newsroom::open();
    let vectors: Value = serde_json::from_str(include_str!("../fixtures/page_keys.json"))
        .expect("the vectors are JSON");
    let reader = Reader::new();
    for vector in vectors.as_array().expect("a list") {
        let text = |name: &str| vector[name].as_str().expect("a text");
        let (address, key) = (text("address"), text("key"));
        let path = address.split(['?', '#']).next().unwrap_or(address);
        // The page's address is unknown until it is served, so make the link relative.
        let head = text("head").replace("{origin}", "");
        let body = format!(
            "<main><article>Isi.</article></main>{}",
            newsroom.tag("async")
        );
        let page = Draft::default()
            .page(path, &format!("<title>Judul</title>{head}"), &body)
            .served();
        reader.goes_to("about:blank");
        // Firefox lets a page that is left log that its request has failed.
        reader.console();
        reader.goes_to(&page.url(address));
        if key.is_empty() {
            reader.says_in_console(&["name the article"]);
        } else {
            reader.sees(REQUESTED_ARTICLE, json!(key));
        }
    }
}

#[test]
fn the_doctor_finds_nothing_on_the_demo() {
    let newsroom = Newsroom::demo();
    for path in ["/", "/berita.html", "/coba.html"] {
        let mut doctor = Command::new(named("GEMA_BIN"));
        let output = doctor
            .args(["doctor", "--json", &newsroom.url(path)])
            .output()
            .expect("gema runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        assert_eq!(
            (&report["findings"], output.status.code()),
            (&json!([]), Some(0)),
            "{path}: {report:#}"
        );
        assert_eq!(report["site"], "demo", "{path}");
    }
}
