//! From the outbox to the endpoint and back: the only code that waits for anything.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wire::SiteId;
use yew::html::Scope;

use crate::{
    api::{self, Outcome},
    app::{App, Message},
    browser::{self, Host},
    outbox::{self, Entry, Outbox},
    settings::{Settings, SharedPage},
    state::{Action, Panel},
};

/// One request at a time, and a timer for the next.
#[derive(Default)]
pub struct Sync {
    /// A request is under way.
    busy: bool,
    timer: Option<Timeout>,
}

impl Sync {
    /// Sends what is due, or sets a timer for when it will be.
    pub fn run(&mut self, outbox: &Outbox, page: &Host, site: &SiteId, scope: &Scope<App>) {
        self.timer = None;
        let Some(due) = outbox.due().filter(|_| !self.busy) else { return };
        let now = browser::now();
        if due <= now {
            self.busy = true;
            send(outbox.next(now), page.clone(), site.clone(), scope.clone());
        } else {
            let scope = scope.clone();
            let pause = u32::try_from(due - now).unwrap_or(u32::MAX).min(60 * 60_000);
            self.timer = Some(Timeout::new(pause, move || scope.send_message(Message::Due)));
        }
    }

    /// The request has ended.
    pub fn ended(&mut self) {
        self.busy = false;
    }

    /// The page is going: what is unsent goes with it, whatever is under way. Twice is once.
    pub fn leave(&mut self) {
        self.busy = false;
    }
}

fn send(sent: Vec<Entry>, page: Host, site: SiteId, scope: Scope<App>) {
    wasm_bindgen_futures::spawn_local(async move {
        let batch = outbox::batch(&sent, || page.visitor());
        let jitter = browser::jitter();
        let action = match api::send(&page, &site, &batch).await {
            Outcome::Answered(answer) => Action::Answered { sent, answer, jitter },
            Outcome::Failed(retry_after) => Action::Failed { retry_after, jitter },
            Outcome::Rejected => Action::Halted,
        };
        scope.send_message(Message::Ended(action));
    });
}

/// Asks for the view again, for a page that has been away for a while.
pub fn refresh(settings: Rc<Settings>, page: Host, scope: Scope<App>) {
    wasm_bindgen_futures::spawn_local(async move {
        if let Some(view) = api::newer_view(&page, &settings.view()).await {
            scope.send_message(Message::Viewed(view.into()));
        }
    });
}

/// Puts the address on the clipboard, or shows it to be copied by hand.
pub fn copy(url: String, scope: Scope<App>) {
    wasm_bindgen_futures::spawn_local(async move {
        let copied = browser::copy(&url).await;
        scope.send_message(Message::Act(if copied { Action::Copied } else { Action::Toggled(Panel::CopyByHand) }));
    });
}

/// Opens the device's share sheet.
pub fn share_sheet(page: SharedPage) {
    wasm_bindgen_futures::spawn_local(async move { browser::share_sheet(&page).await });
}
