//! The boundary to the loader script: mounts a widget into an element, and is told there what
//! happens to the page. Nothing else is exported.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::prelude::*;
use wire::{ArticleKey, EventKey, Network};
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
    article: ArticleKey,
}

/// Mounts a widget into `root`. `page` is its way to the page around it, `attributes` an object of
/// texts, `view` the endpoint's answer. `undefined` where these are no widget: nothing was touched.
#[wasm_bindgen]
pub fn mount(root: web_sys::Element, page: Page, attributes: &JsValue, view: &JsValue) -> Option<Mounted> {
    let (settings, view) = (settings(attributes)?, api::view(view)?);
    let article = settings.article.clone();
    let props = AppProps { first: Rc::new(Cell::new(Some((settings, view)))), page: Rc::new(page) };
    let app = yew::Renderer::<App>::with_root_and_props(root, props).render();
    Some(Mounted { app, article })
}

#[wasm_bindgen]
impl Mounted {
    /// Tells it what has happened: one door for all, since each further one would cost bytes.
    ///
    /// | what | with |
    /// | --- | --- |
    /// | `update` | the attributes have changed, and neither site nor article: the new ones |
    /// | `viewed` | a newer view |
    /// | `ended` | a request has ended: its `number`, and `status`, `retry`, `body` if there was an answer |
    /// | `read` | the article was read: the entry's `key` and `until` |
    /// | `kept` | another widget, here or in another tab, has kept something: its `name` and `text` |
    /// | `followed` | a link was opened by a middle click: its network |
    /// | `copied`, `uncopied` | the address is on the clipboard, or could not be put there |
    /// | `unseen` | the QR code did not come |
    /// | `back` | the page is seen again, or has a connection again |
    /// | `leave` | the page is going |
    pub fn tell(&self, what: &str, detail: &JsValue) {
        if let Some(message) = self.message(what, detail) {
            self.app.send_message(message);
        }
    }

    /// Ends it.
    pub fn unmount(self) {
        self.app.destroy();
    }
}

impl Mounted {
    fn message(&self, what: &str, detail: &JsValue) -> Option<Message> {
        Some(match what {
            "update" => Message::Told(settings(detail)?.into()),
            "viewed" => Message::Viewed(api::view(detail)?.into()),
            "ended" => Message::Ended(api::seconds(detail, "number")?, api::outcome(detail)),
            "read" => {
                let key = EventKey::parse(&api::text(detail, "key")?).ok()?;
                Message::Act(Action::Read { key, until: api::integer(detail, "until")? })
            }
            "kept" => {
                let (name, text) = (api::text(detail, "name")?, api::text(detail, "text")?);
                Message::Act(keep::parse(&name, &text, &self.article)?)
            }
            "followed" => Message::Followed(Network::parse(&detail.as_string()?).ok()?),
            "copied" => Message::Act(Action::Copied),
            "uncopied" => Message::Act(Action::Toggled(Panel::CopyByHand)),
            "unseen" => Message::Act(Action::Toggled(Panel::QrFailed)),
            "back" => Message::Back,
            "leave" => Message::Leave,
            _ => return None,
        })
    }
}

fn settings(attributes: &JsValue) -> Option<Settings> {
    Settings::read(|name| field(attributes, name).as_string()).ok()
}
