//! The boundary to the loader script: mounts a widget into an element, and is told there what
//! happens to the page. Nothing else is exported.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wire::EventKey;
use yew::AppHandle;

use crate::{
    api,
    app::{App, AppProps, Message},
    browser::{Page, field},
    keep,
    settings::Settings,
    state::{Action, Panel},
};

/// One mounted widget, in the loader script's hands.
#[wasm_bindgen]
pub struct Mounted {
    app: AppHandle<App>,
    first: Rc<(Settings, wire::View)>,
}

/// Mounts a widget into `root`. `page` is its way to the page around it, `attributes` an object of
/// texts, `view` the endpoint's answer. `undefined` where these are no widget: nothing was touched.
#[wasm_bindgen]
pub fn mount(root: web_sys::Element, page: Page, attributes: &JsValue, view: &JsValue) -> Option<Mounted> {
    let first = Rc::new((settings(attributes)?, api::view(view)?));
    let props = AppProps { first: first.clone(), page: Rc::new(page) };
    let app = yew::Renderer::<App>::with_root_and_props(root, props).render();
    Some(Mounted { app, first })
}

#[wasm_bindgen]
impl Mounted {
    /// The element's attributes have changed, and neither its site nor its article.
    pub fn update(&self, attributes: &JsValue) {
        self.tell(settings(attributes).map(|settings| Message::Told(settings.into())));
    }

    /// A newer view came.
    pub fn viewed(&self, view: &JsValue) {
        self.tell(api::view(view).map(|view| Message::Viewed(view.into())));
    }

    /// The request of that number has ended, with a response or with none.
    pub fn ended(&self, number: u32, response: &JsValue) {
        self.tell(Some(Message::Ended(number, api::outcome(response))));
    }

    /// The reader has read the article; `key` and `until` as the loader script keeps them.
    pub fn read(&self, key: &str, until: f64) {
        let key = EventKey::parse(key).ok();
        self.tell(key.map(|key| Message::Act(Action::Read { key, until: until as u64 })));
    }

    /// The address was put on the clipboard, or could not be.
    pub fn copied(&self, copied: bool) {
        self.tell(Some(Message::Act(if copied { Action::Copied } else { Action::Toggled(Panel::CopyByHand) })));
    }

    /// Another widget, in this page or in another tab, has kept `text` under `name`.
    pub fn kept(&self, name: &str, text: &str) {
        self.tell(keep::parse(name, text, &self.first.0.article).map(Message::Act));
    }

    /// The page is seen again, or has a connection again.
    pub fn back(&self) {
        self.tell(Some(Message::Back));
    }

    /// The page is going.
    pub fn leave(&self) {
        self.tell(Some(Message::Leave));
    }

    /// Ends it.
    pub fn unmount(self) {
        self.app.destroy();
    }
}

impl Mounted {
    fn tell(&self, message: Option<Message>) {
        if let Some(message) = message {
            self.app.send_message(message);
        }
    }
}

fn settings(attributes: &JsValue) -> Option<Settings> {
    Settings::read(|name| field(attributes, name).as_string()).ok()
}
