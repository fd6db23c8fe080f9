//! The root component: a reducer around the model, an effect after each rendering, and handlers of the reader's intents and
//! of the loader's messages, which change the model and call the browser and the loader.

use std::{mem, rc::Rc};

use gloo::timers::callback::Timeout;
use wire::{ButtonKind, MAX_QR_BYTES, Network};
use yew::prelude::*;

use crate::{
    browser::{self, Host, Intl},
    components::{Shown, widget},
    intent::Intent,
    json::{nullable, object},
    model::{Change, Model, Stage},
    outcome::Outcome,
    share::{self, SharedPage},
    state::{Action, Panel},
    storage,
};

pub use session::{Message, Progress, Session};

mod session;

/// A page that comes back into view requests the view again after this time, in ms.
const STALE_AFTER_MS: u64 = 71_000;

/// The pause in ms between a press and its announcement. Screen readers read a live region once for each of its changes, so a
/// choice whose request fails at once would be announced twice.
const ANNOUNCEMENT_DELAY_MS: u32 = 200;

/// The field of the open panel.
const FIELD_SELECTOR: &str = "[data-focus]";

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

/// Created for each rendering, because a reducer's handle keeps every state that it has read.
struct Handlers {
    model: UseReducerHandle<Model>,
    session: Rc<Session>,
}

impl Handlers {
    /// Runs after each rendering: schedules the next stage, stores changes and sends events that are due.
    fn rendered(self: Rc<Self>) {
        let handlers = self.clone();
        let on_message = Callback::from(move |message| handlers.on_message(message));
        self.session.inbox.open(on_message);
        let page = self.page();
        let mut progress = self.session.progress.borrow_mut();
        let mut is_new = false;
        match self.model.stage {
            Stage::Empty | Stage::BarOnly => progress.stage = Some(self.after(0, Change::Draw)),
            Stage::Full => is_new = !mem::replace(&mut progress.is_shown, true),
            Stage::Ended => return,
        }
        progress.saved.save(&page, &self.model.state);
        let later = |ms| self.after(ms, Change::Tick);
        progress.sync.run(&self.model.state.outbox, &page, &later);
        let focus = progress.focus.take();
        // Released before the page is called, because listeners of the page may call the widget.
        drop(progress);
        let root = &self.session.root;
        if is_new {
            page.show(root);
        }
        if let Some(selector) = focus {
            browser::focus(root, selector, false);
        }
    }

    fn on_message(&self, message: Message) {
        let page = self.page();
        match message {
            Message::Change(change) => self.model.dispatch(change),
            Message::Want(intent) => self.follow(intent),
            Message::Pressed(name) => {
                if let Some(intent) = Intent::of(&name, &self.model.view) {
                    self.want(intent);
                }
            }
            Message::Ended(number, outcome) => self.ended(number, outcome),
            Message::NoShareSheet => {
                // The focused button disappears.
                self.focus("li:not([hidden])>*");
                self.model.dispatch(Change::NoShareSheet);
            }
            Message::Resumed => {
                self.act(Action::Hurried);
                let now = browser::now();
                if now.abs_diff(self.model.viewed_at) > STALE_AFTER_MS {
                    self.model.dispatch(Change::ViewRequested(now));
                    page.refresh();
                }
            }
            Message::Leave => {
                let sync = &mut self.session.progress.borrow_mut().sync;
                sync.leave(&self.model.state.outbox, &page);
            }
        }
    }

    fn ended(&self, number: u32, outcome: Outcome) {
        let sent = self.session.progress.borrow_mut().sync.ended(number);
        let jitter = browser::jitter();
        if let Outcome::Answered(answer) = &outcome {
            storage::save_other_articles(&self.page(), answer, &self.model.settings.article);
        }
        self.act(match outcome {
            Outcome::Answered(answer) => Action::Answered {
                sent,
                answer,
                jitter,
            },
            Outcome::Failed(retry_after) => Action::Failed {
                retry_after,
                jitter,
            },
            Outcome::Rejected => Action::Rejected { sent },
        });
    }

    /// Handles a press of the reader. Its announcement follows after a pause.
    fn want(&self, intent: Intent) {
        self.model.dispatch(Change::Announces(false));
        self.session.progress.borrow_mut().announcement =
            Some(self.after(ANNOUNCEMENT_DELAY_MS, Change::Announces(true)));
        self.follow(intent);
    }

    fn follow(&self, intent: Intent) {
        let (page, root) = (self.page(), &self.session.root);
        match intent {
            Intent::React(reaction) => {
                self.act(Action::Pressed(reaction));
                let chosen = self.model.state.chosen().map(|reaction| reaction.as_str());
                page.fire("gema-react", &object(&[("reaction", nullable(chosen))]));
            }
            Intent::Share(network, kind) => self.share(network, kind),
            Intent::More => {
                self.act(Action::More);
                // The first button that was hidden.
                browser::focus(root, ".more~li>*", true);
            }
            Intent::Toggle(panel) => self.toggle(panel),
            Intent::VisitInstance { in_field } => self.visit_instance(in_field),
            Intent::SawQr(is_there) => self.act(if is_there {
                Action::Seen
            } else {
                Action::Toggled(Panel::QrFailed)
            }),
            Intent::Close => {
                if let Some(panel) = self.model.state.panel {
                    self.focus(match panel.opener() {
                        Panel::Qr => "[data-part=qr]",
                        Panel::Mastodon => "[data-part=mastodon]",
                        _ => "[data-part=copy]",
                    });
                }
                self.act(Action::Closed);
            }
            Intent::Escape if self.model.state.panel.is_some() => self.want(Intent::Close),
            Intent::Escape if self.model.state.more => {
                browser::focus(root, "[data-part=more]", false);
                self.want(Intent::More);
            }
            Intent::Escape => {}
        }
    }

    fn share(&self, network: Network, kind: ButtonKind) {
        let SharedPage { title, url } = &self.model.settings.page;
        match kind {
            ButtonKind::Link => {}
            // Counted when the browser has not rejected it.
            ButtonKind::Native => {
                return browser::share_sheet(&self.page(), network.as_str(), title, url);
            }
            ButtonKind::Copy => self.page().copy(url),
            ButtonKind::Qr => {
                let opens = self.model.state.panel.map(Panel::opener) != Some(Panel::Qr);
                let is_too_long = url.len() > MAX_QR_BYTES;
                self.toggle(if opens && is_too_long {
                    Panel::QrTooLong
                } else {
                    Panel::Qr
                });
                if !opens || is_too_long {
                    return;
                }
            }
            // Counted when the reader visits the instance.
            ButtonKind::Mastodon => return self.toggle(Panel::Mastodon),
        }
        self.shared(network);
    }

    fn toggle(&self, panel: Panel) {
        self.focus(FIELD_SELECTOR);
        self.act(Action::Toggled(panel));
    }

    fn visit_instance(&self, in_field: bool) {
        let root = &self.session.root;
        let written = browser::written(root, FIELD_SELECTOR);
        let instance = share::instance(&written);
        self.act(Action::Wrote(written));
        let Model {
            view,
            settings,
            device,
            ..
        } = &*self.model;
        let mut networks = view.networks.iter();
        let button = networks.find(|button| button.kind == ButtonKind::Mastodon);
        let (Some(instance), Some(button)) = (instance, button) else {
            self.focus(FIELD_SELECTOR);
            return self.act(Action::NoServer { stays: in_field });
        };
        self.page().set("instance", &instance);
        let address = share::address(
            button,
            &settings.page,
            device.phone,
            &instance,
            &Intl(&view.locale),
        );
        // Before the new tab hides this page, because then Firefox moves no focus; the field with the focus disappears.
        browser::focus(root, "[data-part=mastodon]", false);
        if let Some(address) = address {
            browser::open(&address);
        }
        self.act(Action::Closed);
        self.shared(button.key.clone());
    }

    fn shared(&self, network: Network) {
        let page = self.page();
        let detail = object(&[("network", network.as_str().into())]);
        page.fire("gema-share", &detail);
        let key = browser::event_key(&page);
        self.act(Action::Shared { network, key });
    }

    #[inline(never)]
    fn act(&self, action: Action) {
        self.model.dispatch(Change::Act(action, browser::now()));
    }

    fn focus(&self, selector: &'static str) {
        self.session.progress.borrow_mut().focus = Some(selector);
    }

    fn page(&self) -> Host {
        self.session.page.borrow().clone()
    }

    fn after(&self, ms: u32, change: Change) -> Timeout {
        let model = self.model.dispatcher();
        Timeout::new(ms, move || model.dispatch(change))
    }
}
