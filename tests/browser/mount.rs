use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use widget::mount;

use crate::page::{Mounted, value};

/// The shared view, for the article `a`.
fn view() -> Value {
    let mut view: Value = serde_json::from_str(include_str!("../fixtures/view.json")).unwrap();
    view["tally"]["article"] = json!("a");
    // Far in the future, so that reads and shares of this window stay valid.
    view["window_ends"] = json!(4_102_444_800_000_u64);
    view
}

/// The endpoint's response to a request.
fn answer(happy: u64, mine: Value) -> Value {
    let tally = json!({ "article": "a", "rev": 13, "reads": 842, "reactions": { "happy": happy, "sad": 500 }, "mine": mine });
    json!({ "status": 200, "body": { "tallies": [tally] } })
}

#[wasm_bindgen_test]
async fn the_widget_renders_and_reports_it_to_the_page() {
    let widget = Mounted::with(&view()).await;
    widget.shows("[part=reads]", "Dibaca 841 kali");
    widget.shows("[data-part=option-happy] [part=count]", "1.500");
    widget.shows("[data-part=option-happy] [part=percent]", "75%");
    assert_eq!(widget.log(), [json!(["show"])]);
}

#[wasm_bindgen_test]
async fn an_invalid_view_mounts_nothing() {
    assert!(Mounted::is_refused(&json!({})));
    assert!(Mounted::is_refused(&json!(null)));
}

#[wasm_bindgen_test]
async fn a_click_is_shown_stored_sent_and_dispatched() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    widget.shows("[data-part=option-happy] [part=count]", "1.501");
    widget.shows("[aria-pressed=true] [part=label]", "Senang");
    let log = widget.log();
    assert_eq!(log[1], json!(["gema-react", { "reaction": "happy" }]));
    let sent = &widget.posts()[0];
    assert_eq!(sent[0]["reaction"], json!("happy"));
    assert_eq!(widget.keeps("mine:a")["sent"], json!(false));

    let seq = sent[0]["seq"].clone();
    widget
        .responds(1, &answer(1501, json!({ "reaction": "happy", "seq": seq })))
        .await;
    widget.shows("[data-part=option-happy] [part=count]", "1.501");
    widget.shows("[part=reads]", "Dibaca 842 kali");
    assert_eq!(widget.keeps("mine:a")["sent"], json!(true));
    assert_eq!(widget.log().len(), 3, "nothing more to send");
}

#[wasm_bindgen_test]
async fn a_click_during_a_request_is_sent_after_it() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    widget.click("[data-part=option-sad]").await;
    widget.shows("[data-part=option-sad] [part=count]", "501");
    widget.shows("[data-part=option-happy] [part=count]", "1.500");
    let seq = widget.posts()[0][0]["seq"].clone();
    widget
        .responds(1, &answer(1501, json!({ "reaction": "happy", "seq": seq })))
        .await;
    widget.shows("[data-part=option-happy] [part=count]", "1.500");
    widget.shows("[data-part=option-sad] [part=count]", "501");
    assert_eq!(widget.posts()[1][0]["reaction"], json!("sad"));
}

#[wasm_bindgen_test]
async fn a_choice_that_the_endpoint_refuses_is_taken_back_with_a_word() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    let refusal = json!({ "index": 0, "field": "reaction", "reason": "closed" });
    widget
        .responds(
            1,
            &json!({ "status": 200, "body": { "tallies": [], "refused": [refusal] } }),
        )
        .await;
    widget.shows("[data-part=option-happy] [part=count]", "1.500");
    assert_eq!(widget.text("[aria-pressed=true]"), None);
    widget.shows(
        "[part=poll] [part=notice]",
        "Pilihan anda tidak dapat diterima.",
    );
}

#[wasm_bindgen_test]
async fn a_rejected_choice_is_reverted_and_not_sent_again() {
    let widget = Mounted::with(&view()).await;
    widget.reads("AAECAwQFBgcICQoL").await;
    let body = json!({ "detail": "Not one of the site's origins." });
    widget
        .responds(1, &json!({ "status": 403, "body": body }))
        .await;
    widget.shows("[part=reads]", "Dibaca 841 kali");
    assert_eq!(widget.keeps("read:a")["until"], json!(0));
    widget.click("[data-part=option-happy]").await;
    widget
        .responds(2, &json!({ "status": 403, "body": {} }))
        .await;
    widget.calls(mount::resume).await;
    widget.shows("[data-part=option-happy] [part=count]", "1.500");
    widget.shows(
        "[part=poll] [part=notice]",
        "Pilihan anda tidak dapat diterima.",
    );
    assert_eq!(
        (
            &widget.keeps("mine:a")["sent"],
            &widget.keeps("mine:a")["reaction"]
        ),
        (&json!(true), &json!(null))
    );
    let posts = || widget.posts().len();
    assert_eq!(posts(), 2);
    // The cause of the refusal may be gone by now.
    widget.click("[data-part=option-happy]").await;
    assert_eq!(
        (posts(), widget.text("[part=poll] [part=notice]")),
        (3, None)
    );
}

#[wasm_bindgen_test]
async fn a_read_reported_twice_counts_once() {
    let widget = Mounted::with(&view()).await;
    widget.reads("AAECAwQFBgcICQoL").await;
    widget.reads("AAECAwQFBgcICQoL").await;
    widget.shows("[part=reads]", "Dibaca 842 kali");
    let event = json!({ "type": "read", "article": "a", "key": "AAECAwQFBgcICQoL" });
    assert_eq!(widget.posts(), [json!([event])]);
}

#[wasm_bindgen_test]
async fn invalid_messages_change_nothing() {
    let widget = Mounted::with(&view()).await;
    for odd in [json!(null), json!("x"), json!({ "name": 7, "status": "x" })] {
        let odd = value(&odd);
        widget
            .calls(|number| {
                mount::viewed(number, &odd);
                mount::reset(number, &odd);
                mount::ended(number, 7, &odd);
                mount::stored(number, "mine:a", &odd);
                mount::stored(number, "of another release", &odd);
                mount::read(number, "no key", 1.0);
            })
            .await;
    }
    widget.shows("[part=reads]", "Dibaca 841 kali");
    assert_eq!(widget.log(), [json!(["show"])]);
}

#[wasm_bindgen_test]
async fn after_its_end_nothing_is_there_and_nothing_is_heard() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    widget.unmount().await;
    assert!(widget.is_empty());
    let before = widget.log().len();
    widget.calls(mount::resume).await;
    widget.unmount().await;
    assert_eq!(widget.log().len(), before);
}

#[wasm_bindgen_test]
async fn the_next_widget_continues_from_stored_entries() {
    let mut widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    let first = widget.posts()[0].clone();
    widget.unmount().await;
    widget.again(&view()).await;
    widget.shows("[aria-pressed=true] [part=label]", "Senang");
    widget.shows("[data-part=option-happy] [part=count]", "1.501");
    let posts = widget.posts();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[1], first, "the same event");
}
