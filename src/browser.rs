//! The widget's interface to the browser and to the loader. Contains no decisions.

use std::rc::Rc;

use js_sys::{Date, Math};
use wasm_bindgen::prelude::*;
use web_sys::Element;
use wire::IdempotencyKey;

use crate::{
    components::Device,
    format::{Format, Unit},
    text::digits,
};

#[wasm_bindgen]
extern "C" {
    /// The loader and the page around one widget (`charge/page.js`), with functions that the loader needs anyway.
    /// Asynchronous results arrive by functions of [`mount`](crate::mount).
    pub type Page;

    /// The text stored under a name.
    #[wasm_bindgen(method)]
    pub fn get(this: &Page, name: &str) -> Option<String>;
    /// Stores a text under a name.
    #[wasm_bindgen(method)]
    pub fn set(this: &Page, name: &str, text: &str);
    /// The names under which something is stored for this site.
    #[wasm_bindgen(method)]
    pub fn names(this: &Page) -> JsValue;
    /// The object stored under a name; an empty one where there is none.
    #[wasm_bindgen(method)]
    pub fn read(this: &Page, name: &str) -> JsValue;
    /// Stores an object under a name, and passes it to the other widgets of the page.
    #[wasm_bindgen(method)]
    pub fn write(this: &Page, name: &str, fact: &JsValue);
    /// Removes what is stored under a name.
    #[wasm_bindgen(method)]
    pub fn remove(this: &Page, name: &str);
    /// Makes the reader's token, unless there is one.
    #[wasm_bindgen(method)]
    pub fn visitor(this: &Page);
    /// That many random digits of base64url.
    #[wasm_bindgen(method)]
    fn random(this: &Page, length: u32) -> String;

    /// Posts events to the endpoint; [`ended`](crate::mount::ended) gets the response, with the same number.
    #[wasm_bindgen(method)]
    pub fn post(this: &Page, number: u32, events: &JsValue);
    /// Requests the view again; [`viewed`](crate::mount::viewed) gets it, if it comes.
    #[wasm_bindgen(method)]
    pub fn refresh(this: &Page);
    /// Puts a text on the clipboard; [`copied`](crate::mount::copied) gets the result.
    #[wasm_bindgen(method)]
    pub fn copy(this: &Page, text: &str);
    /// Capabilities of this device, as bits: 1 if it can share that address by its share sheet, 2 if it is a phone.
    #[wasm_bindgen(method)]
    fn device(this: &Page, url: &str) -> u32;
    /// A new element for a widget, in which texts stay where a translator moves them.
    #[wasm_bindgen(method)]
    pub fn element(this: &Page) -> Element;
    /// Shows the widget's element in the page, in the place of the endpoint's markup.
    #[wasm_bindgen(method)]
    pub fn show(this: &Page, root: &JsValue);
    /// Dispatches an event on the page's element.
    #[wasm_bindgen(method)]
    pub fn fire(this: &Page, name: &str, detail: &JsValue);
}

#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    /// Formats a number or day, or splits a text, depending on `kind`. One import for all, because each costs bytes.
    fn intl(kind: &str, locale: &str, what: &str) -> String;
    /// Opens the device's share sheet; [`shared`](crate::mount::shared) gets the result.
    #[wasm_bindgen(js_name = shareSheet)]
    pub fn share_sheet(page: &Page, name: &str, title: &str, url: &str);
    /// Opens an address in a new tab without access to this page (`noopener`).
    pub fn open(address: &str);
    /// Focuses the node that `selector` finds within `root`; selects the text of a field. `is_soon`: after a delay in
    /// which screen readers announce that the focused button is expanded.
    pub fn focus(root: &JsValue, selector: &str, is_soon: bool);
    /// The text in the field that `selector` finds within `root`.
    pub fn written(root: &JsValue, selector: &str) -> String;
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
pub fn device(page: &Page, url: &str) -> Device {
    let bits = page.device(url);
    Device {
        share_sheet: bits & 1 != 0,
        phone: bits & 2 != 0,
    }
}

/// Formatter that uses the browser's `Intl`, by its locale.
pub struct Intl<'a>(pub &'a str);

impl Format for Intl<'_> {
    fn number(&self, number: u64) -> String {
        intl("number", self.0, &digits(number))
    }
    fn date(&self, day: &str) -> String {
        intl("date", self.0, day)
    }
    fn plural(&self, number: u64) -> String {
        intl("plural", self.0, &digits(number))
    }
    fn split(&self, unit: Unit, text: &str) -> String {
        let unit = match unit {
            Unit::Grapheme => "grapheme",
            Unit::Word => "word",
        };
        intl(unit, self.0, text)
    }
}
