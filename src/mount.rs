//! The boundary to the loader script: mounts a widget into an element, and is told there what
//! happens to the page. Nothing else is exported.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wire::EventKey;
use yew::AppHandle;

use crate::{
    api,
    app::{App, AppProps, Message},
    browser::{Host, Page, field},
    keep,
    settings::Settings,
    state::Action,
};

/// One mounted widget, in the loader script's hands.
#[wasm_bindgen]
pub struct Mounted {
    app: AppHandle<App>,
    props: AppProps,
}

/// Mounts a widget into `root`. `page` is its way to the page around it, `attributes` an object of
/// texts, `view` the endpoint's answer. `undefined` where these are no widget: nothing was touched.
#[wasm_bindgen]
pub fn mount(root: web_sys::Element, page: Page, attributes: &JsValue, view: &JsValue) -> Option<Mounted> {
    let (settings, view) = (settings(attributes)?, api::view(view)?);
    let props = AppProps { settings, view: view.into(), page: Host(Rc::new(page)) };
    let app = yew::Renderer::<App>::with_root_and_props(root, props.clone()).render();
    Some(Mounted { app, props })
}

#[wasm_bindgen]
impl Mounted {
    /// The element's attributes have changed, and neither its site nor its article.
    pub fn update(&mut self, attributes: &JsValue) {
        if let Some(settings) = settings(attributes) {
            self.props.settings = settings;
            self.app.update(self.props.clone());
        }
    }

    /// The reader has read the article; `key` and `until` as the loader script keeps them.
    pub fn read(&self, key: &str, until: f64) {
        if let Ok(key) = EventKey::parse(key) {
            self.app.send_message(Message::Act(Action::Read { key, until: until as u64 }));
        }
    }

    /// Another widget, in this page or in another tab, has kept `text` under `name`.
    pub fn kept(&self, name: &str, text: &str) {
        if let Some(action) = keep::parse(name, text, &self.props.settings.article) {
            self.app.send_message(Message::Act(action));
        }
    }

    /// The page is seen again, or has a connection again.
    pub fn back(&self) {
        self.app.send_message(Message::Back);
    }

    /// The page is going.
    pub fn leave(&self) {
        self.app.send_message(Message::Leave);
    }

    /// Ends it.
    pub fn unmount(self) {
        self.app.destroy();
    }
}

fn settings(attributes: &JsValue) -> Option<Rc<Settings>> {
    Settings::read(|name| field(attributes, name).as_string()).ok().map(Rc::new)
}
