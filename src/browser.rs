//! The widget's interface to the browser and to the page around it. Contains no decisions.

use std::rc::Rc;

use js_sys::{Date, Math};
use wasm_bindgen::prelude::*;
use wire::IdempotencyKey;

use crate::{
    components::Device,
    format::{Format, Unit},
    text::digits,
};

#[wasm_bindgen]
extern "C" {
    /// The page, an object of the loader script, with functions that the script needs anyway. Asynchronous results
    /// arrive as messages: see [`tell`](crate::mount::tell).
    pub type Page;

    /// Stores a text under a name.
    #[wasm_bindgen(method)]
    pub fn set(this: &Page, name: &str, text: &str);
    /// `length` random characters of base64url.
    #[wasm_bindgen(method)]
    fn random(this: &Page, length: u32) -> String;
    /// Requests the view again; the message `view` follows if it arrives.
    #[wasm_bindgen(method)]
    pub fn refresh(this: &Page);
    /// Copies a text to the clipboard; the message `copied` or `uncopied` follows.
    #[wasm_bindgen(method)]
    pub fn copy(this: &Page, text: &str);
    /// Reports that the first frame is rendered.
    #[wasm_bindgen(method)]
    pub fn ready(this: &Page);
    /// Fires an event on the element, for the host page: its name, and a field of its detail.
    #[wasm_bindgen(method)]
    pub fn fire(this: &Page, name: &str, field: &str, value: Option<&str>);
}

#[wasm_bindgen(module = "/src/api.js")]
extern "C" {
    /// The fields of a value, in the order of this shape; see `api`.
    pub fn fields(shape: &str, value: &JsValue) -> String;
    /// The stored data of the article, and all entries; see `keep`.
    pub fn kept(page: &Page, article: &str) -> String;
    /// Stores an entry or a tally.
    pub fn keep(page: &Page, fact: &str);
    /// Posts entries to the endpoint; the message `ended` with this number follows.
    pub fn post(page: &Page, number: u32, entries: &str);
}

#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    /// Formats a number or day, or splits a text, depending on `kind`. One import for all, because each costs bytes.
    fn intl(kind: &str, locale: &str, what: &str) -> String;
    #[wasm_bindgen(js_namespace = browser, js_name = isPhone)]
    fn is_phone() -> bool;

    /// Listens to clicks and keys within `root`, and passes them to the page, which sends messages to the widget.
    #[wasm_bindgen(js_namespace = browser)]
    pub fn listen(root: &JsValue, page: &Page);
    /// Opens the device's share sheet; the message `shared` with the button's name, or `unshared`, follows.
    #[wasm_bindgen(js_name = shareSheet)]
    pub fn share_sheet(page: &Page, name: &str, title: &str, url: &str);
    /// Opens an address in a new tab without access to this page (`noopener`).
    pub fn open(address: &str);
    /// Focuses the node that `selector` finds within `root`; selects the text of a field.
    pub fn focus(root: &JsValue, selector: &str);
    /// Like `focus`, after a delay in which screen readers announce that the focused button is expanded.
    #[wasm_bindgen(js_name = focusSoon)]
    pub fn focus_soon(root: &JsValue, selector: &str);
    /// Whether the node that `selector` finds within `root` has the focus.
    #[wasm_bindgen(js_name = hasFocus)]
    pub fn has_focus(root: &JsValue, selector: &str) -> bool;
    /// The text in the field that `selector` finds within `root`.
    pub fn written(root: &JsValue, selector: &str) -> String;
}

#[wasm_bindgen(module = "/src/embed/share_sheet.js")]
extern "C" {
    /// Whether the page may open the device's share sheet with this address.
    #[wasm_bindgen(js_name = canShare)]
    fn can_share(url: &str) -> bool;
}

/// A shared reference to the page.
pub type Host = Rc<Page>;

/// Current time, in ms since 1970.
pub fn now() -> u64 {
    Date::now() as u64
}

/// A random number, 0 to 999.
pub fn jitter() -> u32 {
    (Math::random() * 1000.0) as u32
}

/// A new idempotency key.
pub fn event_key(page: &Page) -> IdempotencyKey {
    match IdempotencyKey::parse(&page.random(16)) {
        Ok(key) => key,
        // `random` returns the length and alphabet of the type.
        Err(_) => unreachable!(),
    }
}

/// Capabilities of this device, on a page with this address.
pub fn device(url: &str) -> Device {
    Device {
        share_sheet: can_share(url),
        phone: is_phone(),
    }
}

/// Formatter that uses the browser's `Intl`, by its locale.
pub struct Intl(pub String);

impl Format for Intl {
    fn number(&self, number: u64) -> String {
        intl("number", &self.0, &digits(number))
    }
    fn date(&self, day: &str) -> String {
        intl("date", &self.0, day)
    }
    fn plural(&self, number: u64) -> String {
        intl("plural", &self.0, &digits(number))
    }
    fn split(&self, unit: Unit, text: &str) -> String {
        let unit = match unit {
            Unit::Grapheme => "grapheme",
            Unit::Word => "word",
        };
        intl(unit, &self.0, text)
    }
}
