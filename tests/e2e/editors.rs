//! Editors on the newsroom's pages: signing in, every page, keys, without JavaScript, narrow and printed pages, and the numbers
//! on the paper's own pages.

/// Keys.
mod keys;
/// What the pages look like: narrow, printed, in dark.
mod looks;
/// The numbers on the paper's own pages.
mod overlay;
/// The poll of one article.
mod poll;
/// Signing in and out, with and without JavaScript.
mod sign_in;
/// axe on every page, in every state.
mod states;

use serde_json::json;

use crate::{
    newsroom::{Newsroom, SITE},
    reader::Reader,
};

const PASSWORD: &str = "kuda hijau melompat jauh";

/// The pages of a site, below its path.
const SITE_PAGES: [&str; 6] = [
    "now",
    "site",
    "articles",
    "article?article=/banjir",
    "overlay",
    "settings",
];

/// The pages of accounts.
const ACCOUNT_PAGES: [&str; 5] = ["", "links", "people", "log", "account"];

/// The address of a page of the site, in English.
fn page(newsroom: &Newsroom, path: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    newsroom.url(&format!("/redaksi/{SITE}/{path}{joint}lang=en"))
}

/// The address of a page of accounts, in English.
fn account_page(newsroom: &Newsroom, path: &str) -> String {
    newsroom.url(&format!("/redaksi/{path}?lang=en"))
}

/// A newsroom with some counts: two articles, of which one has a copy.
fn counted() -> Newsroom {
    let newsroom = Newsroom::with("\nlive = true\n");
    newsroom.puts(
        "/banjir",
        "<p>Isi</p>",
        &[
            "--title",
            "Banjir surut di Kampung Melayu",
            "--byline",
            "Ani",
            "--published",
            "2015-11-17",
            "--imported-reads",
            "841",
        ],
    );
    for reader in 0..12 {
        newsroom.takes(&json!({ "visitor": format!("{reader:022}"), "events": [
            { "type": "read", "article": "/banjir", "key": format!("{reader:016}") },
            { "type": "read", "article": "/kering", "key": format!("{:016}", 100 + reader) },
            { "type": "react", "article": "/banjir", "reaction": if reader % 3 == 0 { "sad" } else { "happy" }, "seq": 1 },
            { "type": "share", "article": "/banjir", "network": "whatsapp", "key": format!("{:016}", 200 + reader) },
        ]}));
    }
    newsroom
}

/// Sets the password by the one-time link, which signs in.
fn signs_in(reader: &Reader, newsroom: &Newsroom, name: &str, role: &str) {
    reader.goes_to(&newsroom.invites(name, role));
    for field in ["password", "again"] {
        reader.clicks(&format!("[name={field}]")).types(PASSWORD);
    }
    reader.clicks("main button");
    reader.has_attribute("main th[scope=row]", "scope", Some("row"));
}

/// An editor of that role who has signed in.
fn editor(newsroom: &Newsroom, role: &str) -> Reader {
    let reader = Reader::new();
    signs_in(&reader, newsroom, "budi", role);
    reader
}
