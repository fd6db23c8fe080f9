//! One element of the page, for one widget after another: its surroundings, and what is in progress.

use std::cell::{Cell, RefCell};

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;

use crate::{
    browser::Host, inbox::Inbox, intent::Intent, model::Change, outcome::Outcome, storage::Saved,
    sync::Sync,
};

/// An element that widgets are rendered into, one after another. Yew never removes the listeners of such an element, so
/// that it is reused when its widget has ended.
pub struct Session {
    /// The number of the current widget; `None`: it has ended. Plain numbers cost fewer bytes than an exported class.
    pub number: Cell<Option<usize>>,
    /// The element.
    pub root: JsValue,
    /// The page around the current widget.
    pub page: RefCell<Host>,
    /// Messages of the loader.
    pub inbox: Inbox<Message>,
    /// Requests and timers of the current widget.
    pub progress: RefCell<Progress>,
}

/// Requests and timers of a widget, and what follows its next rendering.
#[derive(Default)]
pub struct Progress {
    pub(super) saved: Saved,
    pub(super) sync: Sync,
    /// Whether the page shows the widget.
    pub(super) is_shown: bool,
    /// The node to focus after the next rendering: a selector.
    pub(super) focus: Option<&'static str>,
    /// Renders the next stage when it fires.
    pub(super) stage: Option<Timeout>,
    /// Announces the last press when it fires.
    pub(super) announcement: Option<Timeout>,
}

/// A message of the loader.
pub enum Message {
    /// The model changes.
    Change(Change),
    /// The reader has an intent.
    Want(Intent),
    /// The reader pressed the button or link of that name before the module was loaded.
    Pressed(String),
    /// The request of that number has ended.
    Ended(u32, Outcome),
    /// The browser does not let this page open the device's share sheet.
    NoShareSheet,
    /// The page is visible again, or has a connection again.
    Resumed,
    /// The reader leaves the page.
    Leave,
}
