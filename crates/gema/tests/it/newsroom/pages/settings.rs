use super::{Filling, between, page, text};

#[tokio::test]
async fn settings_in_force_are_beside_their_defaults() {
    let endpoint = Filling::new().serves();
    let mut viewer = endpoint.signed_in("ani", "news", "reader", None).await;
    let html = page(&mut viewer, "settings").await;
    let rows = text(&between(&html, "<tbody>", "</tbody>").replace("<wbr>", ""));
    assert!(
        rows.contains("origins https://news.example changed none"),
        "{rows}"
    );
    assert!(rows.contains("reads.after_ms 5000 5000"), "{rows}");
    assert!(
        rows.contains("time_zone Asia/Jakarta Asia/Jakarta"),
        "{rows}"
    );
}
