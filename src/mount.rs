//! The boundary to the loader script: mounts widgets into elements, and passes messages to them. Nothing else is
//! exported.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen::prelude::*;
use wire::{ButtonKind, IdempotencyKey, Network};
use yew::AppHandle;

use crate::{
    api::{self, Fields},
    app::{App, AppProps, Message},
    browser::{self, Page},
    intent::Intent,
    keep,
    settings::Settings,
    state::{Action, Panel},
};

thread_local! {
    /// The mounted widgets, by number: numbers need less code than an exported class.
    static MOUNTED: RefCell<Vec<Option<AppHandle<App>>>> = const { RefCell::new(Vec::new()) };
}

/// Mounts a widget into `root`. `page`: the widget's interface to the page; `attributes`: an object of texts; `view`:
/// the endpoint's response. Returns the widget's number, or `undefined`, without any effect, if the attributes or the
/// view are invalid.
#[wasm_bindgen]
pub fn mount(
    root: web_sys::Element,
    page: Page,
    attributes: &JsValue,
    view: &JsValue,
) -> Option<usize> {
    let settings = settings(&browser::fields("attributes", attributes))?;
    let view = api::view(&mut Fields::of(&browser::fields("view", view)))?;
    let first = Rc::new(Cell::new(Some((settings, view))));
    let props = AppProps {
        first,
        page: Rc::new(page),
        root: root.clone().into(),
    };
    let app = yew::Renderer::<App>::with_root_and_props(root, props).render();
    Some(MOUNTED.with_borrow_mut(|mounted| {
        mounted.push(Some(app));
        mounted.len() - 1
    }))
}

/// Passes a message to a widget. One function for all messages, since each further export would enlarge the widget.
///
/// | message | detail |
/// | --- | --- |
/// | `attributes` | the new attributes, with the same site and article |
/// | `view` | a newer view |
/// | `ended` | a request has ended: its `number`, and `status`, `retry`, `body` if there was a response |
/// | `read` | a read is due: the entry's `key` and `until` |
/// | `kept` | another widget, here or in another tab, has stored something: its `name` and `text` |
/// | `pressed` | the `data-part` of a pressed button or link, also by a middle click |
/// | `copied`, `uncopied` | the address was copied to the clipboard, or copying failed |
/// | `seen`, `unseen` | the QR code was loaded, or could not be loaded |
/// | `shared`, `unshared` | the share sheet was opened by the button of this name, or the browser refused to open it |
/// | `back` | the page is visible again, or the connection is back |
/// | `leave` | the page is being left |
#[wasm_bindgen]
pub fn tell(number: usize, what: &str, detail: &JsValue) {
    let fields = browser::fields(what, detail);
    MOUNTED.with_borrow(|mounted| {
        if let (Some(Some(app)), Some(message)) = (mounted.get(number), message(what, &fields)) {
            app.send_message(message);
        }
    });
}

/// Unmounts a widget.
#[wasm_bindgen]
pub fn unmount(number: usize) {
    let ended = MOUNTED.with_borrow_mut(|mounted| mounted.get_mut(number).and_then(Option::take));
    if let Some(app) = ended {
        app.destroy();
    }
}

fn message(what: &str, text: &str) -> Option<Message> {
    let fields = &mut Fields::of(text);
    Some(match what {
        "attributes" => Message::Told(settings(text)?.into()),
        "view" => Message::Viewed(api::view(fields)?.into()),
        "ended" => Message::Ended(fields.small()?, api::outcome(fields)),
        "read" => {
            let key = IdempotencyKey::parse(fields.take()).ok()?;
            Message::Act(Action::Read {
                key,
                until: fields.integer()?,
            })
        }
        "kept" => Message::Act(keep::told(fields)?),
        "pressed" => Message::Pressed(fields.take().to_owned()),
        "copied" => Message::Act(Action::Copied),
        "uncopied" => Message::Want(Intent::Toggle(Panel::CopyByHand)),
        // Counts like a link, which the browser follows.
        "shared" => Message::Want(Intent::Share(
            Network::parse(fields.take()).ok()?,
            ButtonKind::Link,
        )),
        "unshared" => Message::Unshared,
        "seen" => Message::Act(Action::Seen),
        "unseen" => Message::Act(Action::Toggled(Panel::QrFailed)),
        "back" => Message::Back,
        "leave" => Message::Leave,
        _ => return None,
    })
}

fn settings(attributes: &str) -> Option<Settings> {
    Settings::read(&|name| Fields::of(attributes).named(name)).ok()
}
