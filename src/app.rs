//! The root component: a reducer around the model, and an effect after each rendering.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::{
    browser::{Host, Intl},
    components::{Shown, widget},
    inbox::Inbox,
    intent::Intent,
    model::{Change, Model, Stage},
    outcome::Outcome,
    storage::Saved,
    sync::Sync,
};

use handlers::Handlers;

mod handlers;

/// Properties of [`App`]. They never change: changes arrive as messages.
#[derive(Clone, Properties)]
pub struct AppProps {
    /// The initial state of the first widget.
    pub first: Model,
    /// The element and its surroundings.
    pub session: Rc<Session>,
}

impl PartialEq for AppProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.session, &other.session)
    }
}

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
    saved: Saved,
    sync: Sync,
    /// Whether the page shows the widget.
    is_shown: bool,
    /// The node to focus after the next rendering: a selector.
    focus: Option<&'static str>,
    /// Renders the next stage when it fires.
    stage: Option<Timeout>,
    /// Announces the last press when it fires.
    announcement: Option<Timeout>,
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

/// The widget in an element.
#[component]
pub fn App(AppProps { first, session }: &AppProps) -> Html {
    let model = use_reducer(|| first.clone());
    let handlers = Rc::new(Handlers {
        model: model.clone(),
        session: session.clone(),
    });
    let after = handlers.clone();
    use_effect(move || after.rendered());
    let Model {
        settings,
        view,
        state,
        device,
        announces,
        stage,
        ..
    } = &*model;
    if let Stage::Empty | Stage::Ended = stage {
        return Html::default();
    }
    widget(&Shown {
        settings,
        view,
        state,
        format: &Intl(&view.locale),
        device: *device,
        announces: *announces,
        poll: *stage == Stage::Full,
        action: None,
        on_intent: &Callback::from(move |intent| handlers.want(intent)),
    })
}
