//! The boundary to the loader: the functions that it calls. What the widget calls is in `browser`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen::prelude::*;
use wire::{ButtonKind, IdempotencyKey, Network};
use yew::AppHandle;

use crate::{
    app::{App, AppProps, Message},
    browser::Page,
    intent::Intent,
    json,
    outcome::Outcome,
    settings::Settings,
    state::{Action, Panel},
    storage,
};

thread_local! {
    /// The mounted widgets, by number: numbers need less code than an exported class.
    static MOUNTED: RefCell<Vec<(usize, AppHandle<App>)>> = const { RefCell::new(Vec::new()) };
}

/// Mounts a widget, which the page shows once it is drawn. `attributes` is an object of texts, `view`
/// the endpoint's answer. `number` is the loader's for this widget, and of no other. Returns `false`
/// where these are not a widget's.
#[wasm_bindgen]
pub fn mount(number: usize, page: Page, attributes: &JsValue, view: &JsValue) -> bool {
    let (Some(settings), Some(view)) = (settings(attributes), json::view(view)) else {
        return false;
    };
    let (root, first) = (page.element(), (settings, view));
    let props = AppProps {
        first: Rc::new(Cell::new(Some(first))),
        page: Rc::new(page),
        root: root.clone().into(),
    };
    let app = yew::Renderer::<App>::with_root_and_props(root, props).render();
    MOUNTED.with_borrow_mut(|mounted| mounted.push((number, app)));
    true
}

/// Unmounts a widget.
#[wasm_bindgen]
pub fn unmount(number: usize) {
    let ended = MOUNTED.with_borrow_mut(|mounted| {
        let place = mounted.iter().position(|(known, _)| *known == number)?;
        Some(mounted.swap_remove(place))
    });
    if let Some((_, app)) = ended {
        app.destroy();
    }
}

/// The element's attributes have changed, and neither site nor article.
#[wasm_bindgen]
pub fn reset(number: usize, attributes: &JsValue) {
    send(
        number,
        settings(attributes).map(|settings| Message::Told(settings.into())),
    );
}

/// A newer view came.
#[wasm_bindgen]
pub fn viewed(number: usize, view: &JsValue) {
    send(
        number,
        json::view(view).map(|view| Message::Viewed(view.into())),
    );
}

/// The request of that number has ended: an object with `status`, `retry` and `body`, as far as
/// there was a response.
#[wasm_bindgen]
pub fn ended(number: usize, request: u32, response: &JsValue) {
    let outcome = Outcome::of(
        json::small(response, "status"),
        json::small(response, "retry"),
        json::answer(&json::field(response, "body")),
    );
    send(number, Some(Message::Ended(request, outcome)));
}

/// The article was read: the key of that read, and the end of its window in ms since 1970.
#[wasm_bindgen]
pub fn read(number: usize, key: &str, until: f64) {
    let key = IdempotencyKey::parse(key).ok();
    let until = until as u64;
    send(
        number,
        key.map(|key| Message::Act(Action::Read { key, until })),
    );
}

/// Another widget has stored something, here or in another tab.
#[wasm_bindgen]
pub fn stored(number: usize, name: &str, fact: &JsValue) {
    send(number, storage::changed(name, fact).map(Message::Act));
}

/// The reader pressed the button or link of that `data-part`.
#[wasm_bindgen]
pub fn pressed(number: usize, part: String) {
    send(number, Some(Message::Pressed(part)));
}

/// Whether the address is on the clipboard.
#[wasm_bindgen]
pub fn copied(number: usize, is_copied: bool) {
    let message = if is_copied {
        Message::Act(Action::Copied)
    } else {
        Message::Want(Intent::Toggle(Panel::CopyByHand))
    };
    send(number, Some(message));
}

/// Whether the QR code came.
#[wasm_bindgen]
pub fn seen(number: usize, is_seen: bool) {
    let action = if is_seen {
        Action::Seen
    } else {
        Action::Toggled(Panel::QrFailed)
    };
    send(number, Some(Message::Act(action)));
}

/// The button of that name has opened the device's share sheet; without a name: the browser does
/// not let this page open it.
#[wasm_bindgen]
pub fn shared(number: usize, name: Option<String>) {
    // Counted as a link is, which the browser follows.
    let message = name.map_or(Some(Message::Unshared), |name| {
        let network = Network::parse(&name).ok()?;
        Some(Message::Want(Intent::Share(network, ButtonKind::Link)))
    });
    send(number, message);
}

/// The page is visible again, or has a connection again.
#[wasm_bindgen]
pub fn resume(number: usize) {
    send(number, Some(Message::Back));
}

/// The page is going.
#[wasm_bindgen]
pub fn leave(number: usize) {
    send(number, Some(Message::Leave));
}

fn send(number: usize, message: Option<Message>) {
    MOUNTED.with_borrow(|mounted| {
        let app = mounted.iter().find(|(known, _)| *known == number);
        if let (Some((_, app)), Some(message)) = (app, message) {
            app.send_message(message);
        }
    });
}

fn settings(attributes: &JsValue) -> Option<Settings> {
    Settings::read(&|name| json::optional(attributes, name)).ok()
}
