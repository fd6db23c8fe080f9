//! A page around a widget, and how tests inspect both.

use js_sys::{JSON, Promise};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use widget::{browser::Page, mount};

#[wasm_bindgen(module = "/tests/browser/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = newPage)]
    pub(crate) fn new_page() -> Page;
    #[wasm_bindgen(js_name = newRoot)]
    fn new_root() -> web_sys::Element;
    pub(crate) fn logged(page: &JsValue) -> String;
    pub(crate) fn keeps(page: &JsValue) -> String;
    fn told(page: &JsValue) -> String;
    fn text(root: &JsValue, selector: &str) -> Option<String>;
    fn click(root: &JsValue, selector: &str);
    fn size(root: &JsValue) -> u32;
    fn remove(root: &JsValue);
    fn drawn() -> Promise;
}

/// A widget mounted in a page.
pub(crate) struct Mounted {
    page: Page,
    root: web_sys::Element,
    number: usize,
}

impl Mounted {
    /// Mounts a widget of the article `a` in a new page.
    pub(crate) async fn with(view: &Value) -> Self {
        let (page, root) = (new_page(), new_root());
        let number = Self::mount(&page, &root, view).expect("a widget");
        let mounted = Self { page, root, number };
        mounted.drawn().await;
        mounted
    }

    /// Mounts another widget in the same page, after the end of the first.
    pub(crate) async fn again(&mut self, view: &Value) {
        self.number = Self::mount(&self.page, &self.root, view).expect("a widget");
        self.drawn().await;
    }

    fn mount(page: &Page, root: &web_sys::Element, view: &Value) -> Option<usize> {
        let attributes = json!({ "site": "warta", "article": "a", "title": "Banjir", "url": "https://warta.example/" });
        mount::mount(
            root.clone(),
            JsValue::clone(page).unchecked_into(),
            &value(&attributes),
            &value(view),
        )
    }

    /// Whether mounting this view fails.
    pub(crate) fn is_refused(view: &Value) -> bool {
        let root = new_root();
        let refused = Self::mount(&new_page(), &root, view).is_none() && size(&root) == 0;
        remove(&root);
        refused
    }

    /// Sends the widget a message, and waits until the result is rendered.
    pub(crate) async fn tell(&self, what: &str, detail: &Value) {
        mount::tell(self.number, what, &value(detail));
        self.drawn().await;
    }

    /// Clicks, and waits until the result is rendered.
    pub(crate) async fn click(&self, selector: &str) {
        click(&self.root, selector);
        let told: Vec<(String, Value)> = serde_json::from_str(&told(&self.page)).expect("a list");
        for (what, detail) in told {
            mount::tell(self.number, &what, &value(&detail));
        }
        self.drawn().await;
    }

    /// Unmounts the widget.
    pub(crate) async fn unmount(&self) {
        mount::unmount(self.number);
        self.drawn().await;
    }

    /// The text of the element that a selector finds.
    pub(crate) fn text(&self, selector: &str) -> Option<String> {
        text(&self.root, selector)
    }

    /// Whether nothing is rendered.
    pub(crate) fn is_empty(&self) -> bool {
        size(&self.root) == 0
    }

    /// All requests to the page so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        serde_json::from_str(&logged(&self.page)).expect("a list")
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
        JsFuture::from(drawn()).await.expect("a pause");
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        mount::unmount(self.number);
        remove(&self.root);
    }
}

fn value(json: &Value) -> JsValue {
    JSON::parse(&json.to_string()).expect("JSON")
}
