//! Attacks on the newsroom's pages by other pages, with the browser of somebody who is signed in.

use serde_json::json;

use crate::{newsroom::Newsroom, nginx::Nginx, page::Page, patience::until, reader::Reader};

const PASSWORD: &str = "kuda hijau melompat jauh";

/// A form of another page that adds an operator.
fn forged_form(endpoint: &str, head: &str) -> Page {
    let form = format!(
        "<form method=post action='{endpoint}/redaksi/people'><input name=name value=penyusup>\
         <input name=site value=warta><input name=role value=operator></form>\
         <script>document.querySelector('form').submit()</script>"
    );
    Page::with(head, &form)
}

/// Signs an operator in, in the reader's browser, at this address of the endpoint.
fn signs_in(newsroom: &Newsroom, reader: &Reader, endpoint: &str) {
    let said = newsroom.says(&[
        "user", "add", "tono", "--site", "warta", "--role", "operator",
    ]);
    let (_, path) = said.split_once("/redaksi/").expect("a link");
    let path = path.split_whitespace().next().expect("a path");
    reader.goes_to(&format!("{endpoint}/redaksi/{path}"));
    reader.runs(
        "for (const name of ['password', 'again']) document.querySelector(`[name=${name}]`).value = arguments[0]; \
         document.querySelector('[name=again]').form.submit()",
        &[PASSWORD.into()],
    );
    reader.sees("location.pathname", "/redaksi/");
    is_signed_in(reader, endpoint);
}

/// Whether the browser's session is valid: an operator sees the people.
fn is_signed_in(reader: &Reader, endpoint: &str) {
    reader.goes_to(&format!("{endpoint}/redaksi/people"));
    reader.sees("document.body.innerText.includes('tono')", true);
}

fn users(newsroom: &Newsroom) -> usize {
    newsroom.says(&["user", "list"]).lines().count()
}

/// Opens the page with the form, which must be refused.
fn is_refused(newsroom: &Newsroom, reader: &Reader, page: &str) {
    reader.goes_to(page);
    reader.sees("location.pathname", "/redaksi/people");
    reader.sees("document.body.innerText.includes('penyusup')", false);
    assert_eq!(users(newsroom), 1);
}

#[test]
fn a_form_of_another_page_changes_no_user() {
    let newsroom = Newsroom::open();
    let endpoint = newsroom.url("");
    let reader = Reader::new();
    signs_in(&newsroom, &reader, &endpoint);
    for head in ["", "<meta name=referrer content=no-referrer>"] {
        let page = forged_form(&endpoint, head);
        // Of another site, and of another port of the same site, with which browsers send strict cookies too.
        let foreign = page.url("/");
        for address in [foreign.clone(), foreign.replace("localhost", "127.0.0.1")] {
            is_refused(&newsroom, &reader, &address);
        }
    }
    is_signed_in(&reader, &endpoint);
    // The form is complete: the endpoint's own page may send it.
    reader.runs(
        "document.body.insertAdjacentHTML('beforeend', arguments[0]); document.querySelector('#own').submit()",
        &[json!(
            "<form id=own method=post action=people><input name=name value=penyusup><input name=site value=warta>\
             <input name=role value=operator></form>"
        )],
    );
    until("users", 2, || users(&newsroom));
}

#[test]
fn a_forged_form_fails_without_fetch_metadata() {
    let newsroom = Newsroom::open();
    // nginx removes the header, as if the browser did not know it.
    let nginx = Nginx::with(|address| {
        format!(
            "server {{ listen {address}; location / {{ proxy_pass http://{}; proxy_set_header Host $http_host; \
             proxy_set_header Sec-Fetch-Site \"\"; }} }}",
            newsroom.address()
        )
    });
    let endpoint = format!("http://{}", nginx.address);
    let reader = Reader::new();
    signs_in(&newsroom, &reader, &endpoint);
    for head in ["", "<meta name=referrer content=no-referrer>"] {
        let page = forged_form(&endpoint, head);
        let foreign = page.url("/");
        for address in [foreign.clone(), foreign.replace("localhost", "127.0.0.1")] {
            is_refused(&newsroom, &reader, &address);
        }
    }
    is_signed_in(&reader, &endpoint);
}

#[test]
fn another_page_neither_frames_nor_reads_the_pages() {
    let newsroom = Newsroom::open();
    let endpoint = newsroom.url("");
    let reader = Reader::new();
    signs_in(&newsroom, &reader, &endpoint);
    let body = format!(
        "<iframe src='{endpoint}/redaksi/people'></iframe>\
         <script>window.answers = []; for (const path of ['people', 'warta/now.json', 'warta/articles.csv'])\
         fetch('{endpoint}/redaksi/' + path, {{ credentials: 'include' }}).then((answer) => answer.text(), () => 'refused')\
         .then((answer) => window.answers.push(answer));</script>"
    );
    let page = Page::with("", &body);
    let address = page.url("/").replace("localhost", "127.0.0.1");
    reader.goes_to(&address);
    reader.sees("window.answers.join()", "refused,refused,refused");
    reader.turns_to_frame();
    reader.sees("(document.body?.innerText ?? '').includes('tono')", false);
}

#[test]
fn a_link_of_another_site_leads_to_the_endpoint_only() {
    let newsroom = Newsroom::open();
    let endpoint = newsroom.url("");
    newsroom.says(&[
        "user", "add", "tono", "--site", "warta", "--role", "operator",
    ]);
    let reader = Reader::new();
    let trap = Page::with("", "<h1>Jebakan</h1>");
    // The scheme differs from the endpoint's, so that the rest would be a host.
    let elsewhere = trap.url("/").replace("http://", "https:");
    let elsewhere = elsewhere.trim_end_matches('/');
    let page = Page::with(
        "",
        &format!("<a href='{endpoint}/redaksi/{elsewhere}'>x</a>"),
    );
    reader.opens(&page);
    reader.runs("document.querySelector('a').click()", &[]);
    reader.sees("location.pathname", "/redaksi/sign-in");
    assert_eq!(reader.finds("location.origin"), json!(endpoint));
}
