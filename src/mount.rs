//! The boundary to the loader: the functions that it calls. What the widget calls is in `browser`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen::prelude::*;
use wire::{ButtonKind, IdempotencyKey, Network};

use crate::{
    app::{App, AppProps, Message, Session},
    browser::{self, Host, Page},
    intent::Intent,
    json,
    model::{Change, Model},
    outcome::Outcome,
    settings::Settings,
    state::{Action, Panel},
    storage,
};

thread_local! {
    /// The elements of widgets, including those whose widget has ended.
    static SESSIONS: RefCell<Vec<Rc<Session>>> = const { RefCell::new(Vec::new()) };
}

/// Mounts a widget, which the page shows once it is rendered. `attributes` is an object of texts, `view`
/// the endpoint's answer. `number` is the loader's for this widget, and of no other. Returns `false` where these are not
/// a widget's.
#[wasm_bindgen]
pub fn mount(number: usize, page: Page, attributes: &JsValue, view: &JsValue) -> bool {
    let page = Host::new(page);
    let Some(first) = model(&page, attributes, view) else {
        return false;
    };
    match session(None) {
        Some(session) => {
            session.number.set(Some(number));
            session.page.replace(page);
            session
                .inbox
                .send(Message::Change(Change::Begin(first.into())));
        }
        None => {
            let root = page.element();
            let session = Rc::new(Session {
                number: Cell::new(Some(number)),
                root: root.clone().into(),
                page: page.into(),
                inbox: Default::default(),
                progress: Default::default(),
            });
            SESSIONS.with_borrow_mut(|sessions| sessions.push(session.clone()));
            yew::Renderer::<App>::with_root_and_props(root, AppProps { first, session }).render();
        }
    }
    true
}

fn model(page: &Host, attributes: &JsValue, view: &JsValue) -> Option<Model> {
    let (settings, view) = (settings(attributes)?, json::view(view)?);
    let state = storage::load(page, &settings.article);
    let device = browser::device(page, &settings.page.url);
    Some(Model::new(settings, view, state, device, browser::now()))
}

/// Unmounts a widget.
#[wasm_bindgen]
pub fn unmount(number: usize) {
    change(number, Some(Change::End));
    if let Some(session) = session(Some(number)) {
        session.number.set(None);
        session.progress.take();
    }
}

/// The element's attributes have changed, and neither site nor article.
#[wasm_bindgen]
pub fn reset(number: usize, attributes: &JsValue) {
    change(number, settings(attributes).map(Change::Settings));
}

/// A newer view came.
#[wasm_bindgen]
pub fn viewed(number: usize, view: &JsValue) {
    let view = json::view(view).map(|view| Change::View(view.into(), browser::now()));
    change(number, view);
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
    act(number, key.map(|key| Action::Read { key, until }));
}

/// Another widget has stored something, here or in another tab.
#[wasm_bindgen]
pub fn stored(number: usize, name: &str, fact: &JsValue) {
    act(number, storage::changed(name, fact));
}

/// The reader pressed the button or link of that `data-part`.
#[wasm_bindgen]
pub fn pressed(number: usize, part: String) {
    send(number, Some(Message::Pressed(part)));
}

/// Whether the address is on the clipboard.
#[wasm_bindgen]
pub fn copied(number: usize, is_copied: bool) {
    if is_copied {
        act(number, Some(Action::Copied));
    } else {
        send(
            number,
            Some(Message::Want(Intent::Toggle(Panel::CopyByHand))),
        );
    }
}

/// The button of that name has opened the device's share sheet; without a name: the browser does
/// not let this page open it.
#[wasm_bindgen]
pub fn shared(number: usize, name: Option<String>) {
    // Counted as a link is, which the browser follows.
    let message = name.map_or(Some(Message::NoShareSheet), |name| {
        let network = Network::parse(&name).ok()?;
        Some(Message::Want(Intent::Share(network, ButtonKind::Link)))
    });
    send(number, message);
}

/// The page is visible again, or has a connection again.
#[wasm_bindgen]
pub fn resume(number: usize) {
    send(number, Some(Message::Resumed));
}

/// The page is going.
#[wasm_bindgen]
pub fn leave(number: usize) {
    send(number, Some(Message::Leave));
}

fn act(number: usize, action: Option<Action>) {
    change(
        number,
        action.map(|action| Change::Act(action, browser::now())),
    );
}

fn change(number: usize, change: Option<Change>) {
    send(number, change.map(Message::Change));
}

fn send(number: usize, message: Option<Message>) {
    if let (Some(session), Some(message)) = (session(Some(number)), message) {
        session.inbox.send(message);
    }
}

/// The element of that widget; without a number, one whose widget has ended.
fn session(number: Option<usize>) -> Option<Rc<Session>> {
    SESSIONS.with_borrow(|sessions| {
        let mut sessions = sessions.iter();
        sessions
            .find(|session| session.number.get() == number)
            .cloned()
    })
}

fn settings(attributes: &JsValue) -> Option<Rc<Settings>> {
    let settings = Settings::read(&|name| json::optional(attributes, name));
    settings.ok().map(Rc::new)
}
