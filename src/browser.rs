//! Everything that the widget asks of the browser and of the page around it. Decides nothing.

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
    /// The page as the loader script hands it to the widget: what it keeps, whom it asks, what it
    /// is told. The script has all this for itself; a second copy would be bytes for nothing. What
    /// takes time is answered by a call of `Mounted`.
    pub type Page;

    /// Keeps a text under a name.
    #[wasm_bindgen(method)]
    pub fn set(this: &Page, name: &str, text: &str);
    /// So many random digits of base64url.
    #[wasm_bindgen(method)]
    fn random(this: &Page, length: u32) -> String;
    /// Asks for the view again; answered by `viewed`, if it comes.
    #[wasm_bindgen(method)]
    pub fn refresh(this: &Page);
    /// Puts a text on the clipboard; answered by `copied`.
    #[wasm_bindgen(method)]
    pub fn copy(this: &Page, text: &str);
    /// The first frame is drawn.
    #[wasm_bindgen(method)]
    pub fn ready(this: &Page);
    /// Tells the host page, by an event on the element: its name, and a field of its detail.
    #[wasm_bindgen(method)]
    pub fn fire(this: &Page, name: &str, field: &str, value: Option<&str>);
}

#[wasm_bindgen(module = "/src/api.js")]
extern "C" {
    /// The fields of a value, in the order of that shape: see `api`.
    pub fn fields(shape: &str, value: &JsValue) -> String;
    /// What is kept of that article, and all entries: see `keep`.
    pub fn kept(page: &Page, article: &str) -> String;
    /// Keeps an entry or a tally.
    pub fn keep(page: &Page, fact: &str);
    /// Posts entries to the endpoint; answered by `ended` with the same number.
    pub fn post(page: &Page, number: u32, entries: &str);
}

#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    /// A number or day as that kind of text: each further import would cost bytes.
    fn intl(kind: &str, locale: &str, what: &str) -> String;
    #[wasm_bindgen(js_namespace = browser, js_name = isPhone)]
    fn is_phone() -> bool;

    /// Hears clicks and keys within `root`, and tells the page, which tells the widget.
    #[wasm_bindgen(js_namespace = browser)]
    pub fn listen(root: &JsValue, page: &Page);
    /// Opens the device's share sheet; answered by `shared` with the button's name, or by `unshared`.
    #[wasm_bindgen(js_name = shareSheet)]
    pub fn share_sheet(page: &Page, name: &str, title: &str, url: &str);
    /// Opens a page in a new tab that knows nothing of this one.
    pub fn open(address: &str);
    /// Moves the focus to what `selector` finds within `root`, its text selected if it is a field.
    pub fn focus(root: &JsValue, selector: &str);
    /// The same after a pause, in which a screen reader says that the button which has the focus is now expanded.
    #[wasm_bindgen(js_name = focusSoon)]
    pub fn focus_soon(root: &JsValue, selector: &str);
    /// Whether the focus is on what `selector` finds within `root`.
    #[wasm_bindgen(js_name = hasFocus)]
    pub fn has_focus(root: &JsValue, selector: &str) -> bool;
    /// What is written in the field that `selector` finds within `root`.
    pub fn written(root: &JsValue, selector: &str) -> String;
}

#[wasm_bindgen(module = "/src/embed/share_sheet.js")]
extern "C" {
    /// Whether the device's share sheet may be opened here, with that address.
    #[wasm_bindgen(js_name = canShare)]
    fn can_share(url: &str) -> bool;
}

/// The page, to hand around.
pub type Host = Rc<Page>;

/// The time, in ms since 1970.
pub fn now() -> u64 {
    Date::now() as u64
}

/// From 0 to 999.
pub fn jitter() -> u32 {
    (Math::random() * 1000.0) as u32
}

/// A new key of a share.
pub fn event_key(page: &Page) -> IdempotencyKey {
    match IdempotencyKey::parse(&page.random(16)) {
        Ok(key) => key,
        // Length and alphabet are the type's own.
        Err(_) => unreachable!(),
    }
}

/// What this device can do on a page of that address.
pub fn device(url: &str) -> Device {
    Device {
        share_sheet: can_share(url),
        phone: is_phone(),
    }
}

/// The browser's own Intl.
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
