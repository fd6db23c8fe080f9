//! The store of the accounts does not answer for a while.

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

use super::{Endpoint, PASSWORD, Page};
use crate::{servers::Servers, waiting::until};

/// Checks that a person is told what is wrong.
fn assert_away(page: &Page) {
    assert_eq!(page.status, 503, "{}", page.text);
    assert_eq!(page.headers[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(page.headers.contains_key(RETRY_AFTER));
    assert!(page.text.contains("does not answer"), "{}", page.text);
}

#[tokio::test]
async fn a_known_session_sees_pages_while_accounts_are_away() {
    let servers = Servers::one();
    let endpoint = Endpoint::with(&format!(
        "database = \"redis://127.0.0.1:{}\"",
        servers.ports[0]
    ));
    let mut editor = endpoint.signed_in("budi", "news", "editor", None).await;
    editor.headers = vec![("accept-language", "en".into())];
    let mut stranger = editor.clone();
    stranger.cookies.clear();
    let mut ended = stranger.clone();
    ended.signs_in("budi", PASSWORD).await;
    let mut thief = ended.clone();
    assert!(editor.is_let_in().await && thief.is_let_in().await);
    ended.submits("/redaksi/sign-out", &[]).await;
    assert!(editor.is_let_in().await);

    servers.signal(0, "-STOP");
    let shown = editor.get("/redaksi/").await;
    assert!(
        shown.status == 200 && shown.text.contains("budi"),
        "{shown:?}"
    );
    assert_away(&thief.get("/redaksi/").await);
    assert_away(&editor.get("/redaksi/account").await);
    // No write is let in while the server that has all counts is away.
    let refused = editor.submits("/redaksi/sign-out-everywhere", &[]).await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert_eq!(stranger.signs_in("budi", PASSWORD).await.status, 503);

    servers.signal(0, "-CONT");
    until(
        20,
        || "the store stays away".into(),
        async || {
            let mut stranger = stranger.clone();
            stranger.signs_in("budi", PASSWORD).await.status == 303
        },
    )
    .await;
    assert!(editor.is_let_in().await && !thief.is_let_in().await);
}
