//! Everything that the widget asks of the browser, in small functions: the loader script's page,
//! clock, randomness, Intl, share sheet, clipboard, focus. Decides nothing.

use std::rc::Rc;

use js_sys::{Date, Math, Number, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wire::{EventKey, VisitorToken};

use crate::{components::Device, format::Format, settings::SharedPage};

#[wasm_bindgen]
extern "C" {
    /// The page as the loader script hands it to the widget: what it keeps, whom it asks, what it
    /// is told. The script has these for itself; a second copy here would be bytes for nothing.
    pub type Page;

    /// What the browser keeps under a name, within the site.
    #[wasm_bindgen(method)]
    pub fn get(this: &Page, name: &str) -> Option<String>;
    /// Keeps a text under a name.
    #[wasm_bindgen(method)]
    pub fn set(this: &Page, name: &str, text: &str);
    /// Keeps it no longer.
    #[wasm_bindgen(method)]
    pub fn remove(this: &Page, name: &str);
    /// All names.
    #[wasm_bindgen(method)]
    pub fn names(this: &Page) -> Vec<String>;
    /// Asks the endpoint, `POST` if there is a body: `{status, retry, body}`, or a rejection where
    /// nothing came in time.
    #[wasm_bindgen(method)]
    pub fn request(this: &Page, path: &str, body: Option<&str>) -> Promise;
    /// The first frame is drawn.
    #[wasm_bindgen(method)]
    pub fn ready(this: &Page);
    /// Shows another body of the endpoint's copy.
    #[wasm_bindgen(method)]
    pub fn body(this: &Page, html: &str);
    /// Tells the host page, by an event on the element: its name and up to two fields of its detail.
    #[wasm_bindgen(method)]
    pub fn fire(this: &Page, name: &str, field: &str, value: Option<&str>);

    type Locale;
    #[wasm_bindgen(method, catch, js_name = toLocaleString)]
    fn number_text(this: &Locale, locale: &str, options: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch, js_name = toLocaleDateString)]
    fn date_text(this: &Locale, locale: &str, options: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(js_namespace = Intl)]
    type PluralRules;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new(locale: &str) -> Result<PluralRules, JsValue>;
    #[wasm_bindgen(method)]
    fn select(this: &PluralRules, number: f64) -> String;

    type Crypto;
    #[wasm_bindgen(thread_local_v2, js_name = crypto)]
    static CRYPTO: Crypto;
    #[wasm_bindgen(method, js_name = getRandomValues)]
    fn fill(this: &Crypto, bytes: &mut [u8]);

    type Window;
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(method)]
    fn open(this: &Window, address: &str, target: &str, features: &str) -> JsValue;
    #[wasm_bindgen(method, js_name = matchMedia)]
    fn match_media(this: &Window, query: &str) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn navigator(this: &Window) -> Navigator;

    type Navigator;
    #[wasm_bindgen(method, catch)]
    fn share(this: &Navigator, page: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn clipboard(this: &Navigator) -> Option<Clipboard>;

    type Clipboard;
    #[wasm_bindgen(method, catch, js_name = writeText)]
    fn write(this: &Clipboard, text: &str) -> Result<Promise, JsValue>;

    /// Any element, as far as focus and a field's value go.
    pub type Node;
    #[wasm_bindgen(method, js_name = querySelector)]
    fn find(this: &Node, selector: &str) -> Option<Node>;
    #[wasm_bindgen(method)]
    fn focus(this: &Node);
    #[wasm_bindgen(method, catch)]
    fn select(this: &Node) -> Result<(), JsValue>;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Node) -> Option<String>;
}

/// The page, to hand around. Equal only to itself.
#[derive(Clone)]
pub struct Host(pub Rc<Page>);

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Host {
    type Target = Page;
    fn deref(&self) -> &Page {
        &self.0
    }
}

impl Host {
    /// Who reacts here: made when she first does.
    pub fn visitor(&self) -> VisitorToken {
        self.get("visitor").and_then(|text| VisitorToken::parse(&text).ok()).unwrap_or_else(|| {
            let visitor = token::<22, _>(VisitorToken::parse);
            self.set("visitor", visitor.as_str());
            visitor
        })
    }
}

/// The time, in ms since 1970.
pub fn now() -> u64 {
    Date::now() as u64
}

/// From 0 to 999.
pub fn jitter() -> u32 {
    (Math::random() * 1000.0) as u32
}

/// A new key of a share.
pub fn event_key() -> EventKey {
    token::<16, _>(EventKey::parse)
}

/// `LENGTH` characters of six random bits each.
fn token<const LENGTH: usize, T>(parse: fn(&str) -> Result<T, wire::Invalid>) -> T {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = [0; LENGTH];
    CRYPTO.with(|crypto| crypto.fill(&mut bytes));
    let text: String = bytes.iter().map(|byte| ALPHABET[usize::from(byte % 64)] as char).collect();
    match parse(&text) {
        Ok(token) => token,
        // Not to be reached: length and alphabet are the type's own.
        Err(_) => unreachable!(),
    }
}

/// A field of a JavaScript value; `undefined` where there is none.
pub fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

/// What this device can do.
pub fn device() -> Device {
    WINDOW.with(|window| Device {
        share_sheet: field(&window.navigator(), "share").is_function(),
        phone: field(&window.match_media("(pointer:coarse)"), "matches").is_truthy(),
    })
}

/// Opens the device's share sheet. What the reader does there is hers.
pub async fn share_sheet(page: &SharedPage) {
    let data = js_sys::Object::new();
    for (name, value) in [("title", &page.title), ("url", &page.url)] {
        // A plain object takes any field.
        let _ = Reflect::set(&data, &name.into(), &value.into());
    }
    if let Ok(done) = WINDOW.with(|window| window.navigator().share(&data)) {
        // Closed without sharing is a rejection, and no failure.
        let _ = JsFuture::from(done).await;
    }
}

/// Puts a text on the clipboard; false where that is not allowed.
pub async fn copy(text: &str) -> bool {
    let written = WINDOW.with(|window| window.navigator().clipboard().map(|clipboard| clipboard.write(text)));
    match written {
        Some(Ok(done)) => JsFuture::from(done).await.is_ok(),
        _ => false,
    }
}

/// Opens a page in a new tab that knows nothing of this one.
pub fn open(address: &str) {
    WINDOW.with(|window| window.open(address, "_blank", "noopener,noreferrer"));
}

/// Moves the focus to what `selector` finds within `root`, its text selected if it is a field.
pub fn focus(root: &Node, selector: &str) {
    if let Some(node) = root.find(selector) {
        node.focus();
        if node.value().is_some() {
            // Buttons have a value and no selection.
            let _ = node.select();
        }
    }
}

/// What is written in the field that `selector` finds within `root`.
pub fn written(root: &Node, selector: &str) -> String {
    root.find(selector).and_then(|node| node.value()).unwrap_or_default()
}

/// The browser's own Intl.
pub struct Intl(pub String);

impl Intl {
    fn text(&self, number: f64, options: &str) -> Option<String> {
        let options = js_sys::JSON::parse(options).ok()?;
        Number::from(number).unchecked_ref::<Locale>().number_text(&self.0, &options).ok()
    }
}

impl Format for Intl {
    fn number(&self, number: u64) -> String {
        self.text(number as f64, "{}").unwrap_or_else(|| number.to_string())
    }

    fn percent(&self, percent: u64) -> String {
        self.text(percent as f64 / 100.0, r#"{"style":"percent"}"#).unwrap_or_else(|| format!("{percent}%"))
    }

    fn date(&self, day: &str) -> String {
        const LONG: &str = r#"{"weekday":"long","day":"numeric","month":"long","year":"numeric","timeZone":"UTC"}"#;
        let date = Date::new(&day.into());
        match js_sys::JSON::parse(LONG) {
            Ok(options) if !date.get_time().is_nan() => {
                date.unchecked_ref::<Locale>().date_text(&self.0, &options).unwrap_or_else(|_| day.to_owned())
            }
            _ => day.to_owned(),
        }
    }

    fn plural(&self, number: u64) -> String {
        PluralRules::new(&self.0).map_or_else(|_| "other".into(), |rules| PluralRules::select(&rules, number as f64))
    }
}
