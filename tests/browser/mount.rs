use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::Mounted;

/// The shared view, for the article `a`.
fn view() -> Value {
    let mut view: Value = serde_json::from_str(include_str!("../fixtures/view.json")).unwrap();
    view["tally"]["article"] = json!("a");
    // Far in the future, so that reads and shares of this window stay valid.
    view["window_ends"] = json!(4_102_444_800_000_u64);
    view
}

/// The endpoint's response to the request with that number.
fn answer(number: u64, happy: u64, mine: Value) -> Value {
    let tally = json!({ "article": "a", "rev": 13, "reads": 842, "reactions": { "happy": happy, "sad": 500 }, "mine": mine });
    json!({ "number": number, "status": 200, "body": { "tallies": [tally] } })
}

#[wasm_bindgen_test]
async fn it_is_drawn_and_the_page_is_told_when() {
    let widget = Mounted::with(&view()).await;
    assert_eq!(
        widget.text("[part=reads]").as_deref(),
        Some("Dibaca 841 kali")
    );
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.500")
    );
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=percent]")
            .as_deref(),
        Some("75%")
    );
    assert_eq!(widget.log(), [json!(["ready"])]);
}

#[wasm_bindgen_test]
async fn what_is_no_view_touches_nothing() {
    assert!(Mounted::is_refused(&json!({})));
    assert!(Mounted::is_refused(&json!(null)));
}

#[wasm_bindgen_test]
async fn a_click_counts_at_once_and_is_kept_sent_and_told() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.501")
    );
    assert_eq!(
        widget.text("[aria-pressed=true] [part=label]").as_deref(),
        Some("Senang")
    );
    let log = widget.log();
    assert_eq!(log[1], json!(["gema-react", "happy"]));
    let sent = &log[2][2];
    assert_eq!(
        (&log[2][0], &sent["events"][0]["reaction"]),
        (&json!("post"), &json!("happy"))
    );
    assert_eq!(sent["visitor"].as_str().map(str::len), Some(22));
    assert_eq!(widget.keeps("mine:a")["sent"], json!(false));

    let seq = sent["events"][0]["seq"].clone();
    widget
        .tell(
            "ended",
            &answer(1, 1501, json!({ "reaction": "happy", "seq": seq })),
        )
        .await;
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.501")
    );
    assert_eq!(
        widget.text("[part=reads]").as_deref(),
        Some("Dibaca 842 kali")
    );
    assert_eq!(widget.keeps("mine:a")["sent"], json!(true));
    assert_eq!(widget.log().len(), 3, "nothing more to send");
}

#[wasm_bindgen_test]
async fn a_click_during_a_request_is_sent_after_it() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    widget.click("[data-part=option-sad]").await;
    assert_eq!(
        widget
            .text("[data-part=option-sad] [part=count]")
            .as_deref(),
        Some("501")
    );
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.500")
    );
    let seq = widget.log()[2][2]["events"][0]["seq"].clone();
    widget
        .tell(
            "ended",
            &answer(1, 1501, json!({ "reaction": "happy", "seq": seq })),
        )
        .await;
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.500")
    );
    assert_eq!(
        widget
            .text("[data-part=option-sad] [part=count]")
            .as_deref(),
        Some("501")
    );
    let log = widget.log();
    assert_eq!(
        log.last().unwrap()[2]["events"][0]["reaction"],
        json!("sad")
    );
}

#[wasm_bindgen_test]
async fn a_choice_that_the_endpoint_refuses_is_taken_back_with_a_word() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    let refusal = json!({ "index": 0, "field": "reaction", "reason": "closed" });
    widget
        .tell(
            "ended",
            &json!({ "number": 1, "status": 200, "body": { "tallies": [], "refused": [refusal] } }),
        )
        .await;
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.500")
    );
    assert_eq!(widget.text("[aria-pressed=true]"), None);
    assert_eq!(
        widget.text("[part=poll] [part=notice]").as_deref(),
        Some("Pilihan anda tidak dapat diterima.")
    );
}

#[wasm_bindgen_test]
async fn a_choice_in_a_rejected_request_is_taken_back_and_not_sent_again() {
    let widget = Mounted::with(&view()).await;
    widget
        .tell(
            "read",
            &json!({ "key": "AAECAwQFBgcICQoL", "until": 4_102_444_800_000_u64 }),
        )
        .await;
    widget
        .tell("ended", &json!({ "number": 1, "status": 403, "body": { "detail": "Not one of the site's origins." } }))
        .await;
    assert_eq!(
        widget.text("[part=reads]").as_deref(),
        Some("Dibaca 841 kali")
    );
    assert_eq!(widget.keeps("read:a")["until"], json!(0));
    widget.click("[data-part=option-happy]").await;
    widget
        .tell("ended", &json!({ "number": 2, "status": 403, "body": {} }))
        .await;
    widget.tell("back", &json!(null)).await;
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.500")
    );
    assert_eq!(
        widget.text("[part=poll] [part=notice]").as_deref(),
        Some("Pilihan anda tidak dapat diterima.")
    );
    assert_eq!(
        (
            &widget.keeps("mine:a")["sent"],
            &widget.keeps("mine:a")["reaction"]
        ),
        (&json!(true), &json!(null))
    );
    let posts = || {
        widget
            .log()
            .into_iter()
            .filter(|line| line[0] == "post")
            .count()
    };
    assert_eq!(posts(), 2);
    // The cause of the refusal may be gone by now.
    widget.click("[data-part=option-happy]").await;
    assert_eq!(
        (posts(), widget.text("[part=poll] [part=notice]")),
        (3, None)
    );
}

#[wasm_bindgen_test]
async fn a_read_counts_once_whoever_tells_of_it() {
    let widget = Mounted::with(&view()).await;
    let read = json!({ "key": "AAECAwQFBgcICQoL", "until": 4_102_444_800_000_u64 });
    widget.tell("read", &read).await;
    widget.tell("read", &read).await;
    assert_eq!(
        widget.text("[part=reads]").as_deref(),
        Some("Dibaca 842 kali")
    );
    let posts = widget
        .log()
        .into_iter()
        .filter(|line| line[0] == "post")
        .collect::<Vec<_>>();
    assert_eq!(posts.len(), 1);
    assert_eq!(
        posts[0][2],
        json!({ "events": [{ "type": "read", "article": "a", "key": "AAECAwQFBgcICQoL" }] })
    );
}

#[wasm_bindgen_test]
async fn what_it_does_not_understand_changes_nothing() {
    let widget = Mounted::with(&view()).await;
    for what in [
        "view",
        "ended",
        "read",
        "kept",
        "attributes",
        "followed",
        "of another release",
    ] {
        widget
            .tell(what, &json!({ "number": "x", "name": 7 }))
            .await;
        widget.tell(what, &json!(null)).await;
    }
    assert_eq!(
        widget.text("[part=reads]").as_deref(),
        Some("Dibaca 841 kali")
    );
    assert_eq!(widget.log(), [json!(["ready"])]);
}

#[wasm_bindgen_test]
async fn after_its_end_nothing_is_there_and_nothing_is_heard() {
    let widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    widget.unmount().await;
    assert!(widget.is_empty());
    let before = widget.log().len();
    widget.tell("back", &json!(null)).await;
    widget.unmount().await;
    assert_eq!(widget.log().len(), before);
}

#[wasm_bindgen_test]
async fn the_next_one_goes_on_from_what_the_last_has_kept() {
    let mut widget = Mounted::with(&view()).await;
    widget.click("[data-part=option-happy]").await;
    let first = widget.log()[2][2].clone();
    widget.unmount().await;
    widget.again(&view()).await;
    assert_eq!(
        widget.text("[aria-pressed=true] [part=label]").as_deref(),
        Some("Senang")
    );
    assert_eq!(
        widget
            .text("[data-part=option-happy] [part=count]")
            .as_deref(),
        Some("1.501")
    );
    let posts = widget
        .log()
        .into_iter()
        .filter(|line| line[0] == "post")
        .collect::<Vec<_>>();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[1][2], first, "the same event, by the same visitor");
}
