//! A page around a widget, and how tests inspect both.

use std::sync::atomic::{AtomicUsize, Ordering};

use js_sys::{JSON, Promise};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use widget::{browser::Page, mount};

#[wasm_bindgen(module = "/tests/browser/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = newPage)]
    pub(crate) fn new_page() -> Page;
    pub(crate) fn logged(page: &JsValue) -> String;
    pub(crate) fn keeps(page: &JsValue) -> String;
    pub(crate) fn text(page: &JsValue, selector: &str) -> Option<String>;
    pub(crate) fn click(page: &JsValue, selector: &str);
    fn size(page: &JsValue) -> u32;
    pub(crate) fn remove(page: &JsValue);
    #[wasm_bindgen(js_name = drawn)]
    fn rendering() -> Promise;
}

/// The number of the last widget.
static LAST: AtomicUsize = AtomicUsize::new(0);

/// The end of a window far in the future, in ms since 1970.
const WINDOW_END: f64 = 4_102_444_800_000.0;

/// A widget mounted in a page.
pub(crate) struct Mounted {
    page: Page,
    number: usize,
}

impl Mounted {
    /// Mounts a widget of the article `a` in a new page.
    pub(crate) async fn with(view: &Value) -> Self {
        let page = new_page();
        let number = Self::mount(&page, view).expect("a widget");
        let mounted = Self { page, number };
        mounted.drawn().await;
        mounted
    }

    /// Mounts another widget in the same page, after the end of the first.
    pub(crate) async fn again(&mut self, view: &Value) {
        self.number = Self::mount(&self.page, view).expect("a widget");
        self.drawn().await;
    }

    fn mount(page: &Page, view: &Value) -> Option<usize> {
        let attributes = json!({ "site": "warta", "article": "a", "title": "Banjir", "url": "https://warta.example/" });
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let page = JsValue::clone(page).unchecked_into();
        mount::mount(number, page, &value(&attributes), &value(view)).then_some(number)
    }

    /// Whether mounting this view fails.
    pub(crate) fn is_refused(view: &Value) -> bool {
        Self::mount(&new_page(), view).is_none()
    }

    /// Calls a function of the module with the widget's number, and waits until the result is
    /// rendered.
    pub(crate) async fn calls(&self, call: impl FnOnce(usize)) {
        call(self.number);
        self.drawn().await;
    }

    /// Passes the response to the request of that number to the widget.
    pub(crate) async fn responds(&self, request: u32, response: &Value) {
        self.calls(|number| mount::ended(number, request, &value(response)))
            .await;
    }

    /// Passes a read to the widget, whose window ends far in the future.
    pub(crate) async fn reads(&self, key: &str) {
        self.calls(|number| mount::read(number, key, WINDOW_END))
            .await;
    }

    /// Clicks, and waits until the result is rendered.
    pub(crate) async fn click(&self, selector: &str) {
        click(&self.page, selector);
        self.drawn().await;
    }

    /// Unmounts the widget.
    pub(crate) async fn unmount(&self) {
        mount::unmount(self.number);
        self.drawn().await;
    }

    /// Asserts the text of the element that a selector finds.
    #[track_caller]
    pub(crate) fn shows(&self, selector: &str, text: &str) {
        assert_eq!(self.text(selector).as_deref(), Some(text), "{selector}");
    }

    /// The text of the element that a selector finds.
    pub(crate) fn text(&self, selector: &str) -> Option<String> {
        text(&self.page, selector)
    }

    /// Whether nothing is rendered.
    pub(crate) fn is_empty(&self) -> bool {
        size(&self.page) == 0
    }

    /// All requests to the page so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        serde_json::from_str(&logged(&self.page)).expect("a list")
    }

    /// The requests so far: the events of each.
    pub(crate) fn posts(&self) -> Vec<Value> {
        let log = self.log().into_iter();
        log.filter(|line| line[0] == "post")
            .map(|line| line[2].clone())
            .collect()
    }

    /// A stored value.
    pub(crate) fn keeps(&self, name: &str) -> Value {
        let kept: Value = serde_json::from_str(&keeps(&self.page)).expect("an object");
        kept[name]
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    async fn drawn(&self) {
        drawn().await;
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        mount::unmount(self.number);
        remove(&self.page);
    }
}

/// Waits until what is to be rendered is.
pub(crate) async fn drawn() {
    JsFuture::from(rendering()).await.expect("a pause");
}

/// JSON as JavaScript parses it.
pub(crate) fn value(json: &Value) -> JsValue {
    JSON::parse(&json.to_string()).expect("JSON")
}
