//! The root: one state, one sync, and the parts. Turns what a reader wants into actions, lets the
//! state reduce them, and then sees to it that they are kept, sent and told.

use std::{cell::Cell, rc::Rc};

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use wire::{ButtonKind, Network, Tally, View};
use yew::prelude::*;

use crate::{
    api::Outcome,
    browser::{self, Host, Intl},
    components::{Device, Shown, widget},
    intent::Intent,
    keep::{self, Kept},
    settings::Settings,
    share,
    state::{Action, Panel, State},
    sync::Sync,
};

/// A page that comes back to view asks again after that time, in ms.
const STALE_AFTER: u64 = 71_000;

/// One mounted widget.
pub struct App {
    settings: Settings,
    state: State,
    view: View,
    viewed_at: u64,
    intl: Intl,
    device: Device,
    kept: Kept,
    sync: Sync,
    /// Where the focus goes when the next frame is drawn.
    focus: Option<&'static str>,
    drawn: Drawn,
}

/// How far it is drawn, in tasks of their own: in between, a small phone answers its reader. What is over, is over when it is dropped.
#[expect(dead_code, reason = "the pauses are only waited for")]
enum Drawn {
    /// Not at all.
    Nothing(Timeout),
    /// All but the poll.
    Bar(Timeout),
    /// All of it for the first time, and not yet shown.
    All,
    /// Whenever something changes.
    Shown,
}

/// What it is mounted with. Never changed: what changes comes as a message.
#[derive(Clone, Properties)]
pub struct AppProps {
    /// The element's attributes, and the first view, to be taken once.
    pub first: Rc<Cell<Option<(Settings, View)>>>,
    /// The page around it.
    pub page: Host,
    /// The element that it is drawn into.
    pub root: JsValue,
}

impl PartialEq for AppProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.first, &other.first)
    }
}

/// What can be told to it.
pub enum Message {
    /// The reader has pressed the button or link of that name.
    Pressed(String),
    /// The reader wants something.
    Want(Intent),
    /// Something has happened.
    Act(Action),
    /// The request of that number has ended.
    Ended(u32, Outcome),
    /// A pause is over.
    Due,
    /// The attributes have changed.
    Told(Box<Settings>),
    /// A newer view came.
    Viewed(Box<View>),
    /// The page is seen again, or has a connection again.
    Back,
    /// The page is going.
    Leave,
}

impl Component for App {
    type Message = Message;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        let AppProps { first, page, .. } = ctx.props();
        // Taken here and nowhere else, and an app is created once.
        let Some((settings, view)) = first.take() else { unreachable!() };
        let mut app = Self {
            state: keep::load(page, &settings.article),
            settings,
            viewed_at: 0,
            intl: Intl(view.locale.clone()),
            view,
            device: browser::device(),
            kept: Kept::default(),
            sync: Sync::default(),
            focus: None,
            drawn: Drawn::Nothing(soon(ctx)),
        };
        app.viewed();
        app.settle(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match self.drawn {
            Drawn::Nothing(_) => self.drawn = Drawn::Bar(soon(ctx)),
            Drawn::Bar(_) => self.drawn = Drawn::All,
            _ => {}
        }
        match message {
            Message::Pressed(name) => {
                if let Some(intent) = Intent::of(&name, &self.view) {
                    self.want(ctx.props(), intent);
                }
            }
            Message::Want(intent) => self.want(ctx.props(), intent),
            Message::Act(action) => self.act(action),
            Message::Ended(number, outcome) => {
                let (sent, jitter) = (self.sync.ended(number), browser::jitter());
                if let Outcome::Answered(answer) = &outcome {
                    keep::others(&ctx.props().page, answer, &self.settings.article);
                }
                self.act(match outcome {
                    Outcome::Answered(answer) => Action::Answered { sent, answer, jitter },
                    Outcome::Failed(retry_after) => Action::Failed { retry_after, jitter },
                    Outcome::Rejected => Action::Halted,
                });
            }
            Message::Due => {}
            Message::Told(settings) => self.settings = *settings,
            Message::Viewed(view) => {
                (self.intl, self.view) = (Intl(view.locale.clone()), *view);
                self.viewed();
            }
            Message::Back => {
                self.act(Action::Hurried);
                if browser::now().abs_diff(self.viewed_at) > STALE_AFTER {
                    self.viewed_at = browser::now();
                    ctx.props().page.refresh();
                }
            }
            Message::Leave => self.sync.leave(&self.state.outbox, &ctx.props().page),
        }
        self.settle(ctx);
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        if let Drawn::Nothing(_) = self.drawn {
            return Html::default();
        }
        let Self { settings, view, state, device, intl: format, .. } = self;
        let poll = !matches!(self.drawn, Drawn::Bar(_));
        let shown = Shown { settings, view, state, format, device: *device, poll, action: None };
        widget(&shown)
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        let AppProps { page, root, .. } = ctx.props();
        if let Drawn::All = self.drawn {
            self.drawn = Drawn::Shown;
            browser::listen(root, page);
            page.ready();
        }
        if let Some(selector) = self.focus.take() {
            browser::focus(root, selector);
        }
    }
}

/// Goes on in a task of its own.
fn soon(ctx: &Context<App>) -> Timeout {
    let scope = ctx.link().clone();
    Timeout::new(0, move || scope.send_message(Message::Due))
}

impl App {
    fn act(&mut self, action: Action) {
        self.state.reduce(action, browser::now());
    }

    /// After every change: keep it, and send what is due.
    fn settle(&mut self, ctx: &Context<Self>) {
        self.kept.save(&ctx.props().page, &self.state);
        self.sync.run(&self.state.outbox, &ctx.props().page, ctx.link());
    }

    /// Lets the state know what the view says of it.
    fn viewed(&mut self) {
        let tally = Tally::empty(self.settings.article.clone());
        let tally = std::mem::replace(&mut self.view.tally, tally);
        self.act(Action::Tallied(tally));
        self.act(Action::Viewed { poll: self.view.poll, window_ends: self.view.window_ends });
        self.viewed_at = browser::now();
    }

    fn want(&mut self, AppProps { page, root, .. }: &AppProps, intent: Intent) {
        match intent {
            Intent::React(reaction) => {
                self.act(Action::Pressed(reaction));
                page.fire("gema-react", "reaction", self.state.chosen().map(|reaction| reaction.as_str()));
            }
            Intent::Share(network, kind) => self.share(page, network, kind),
            Intent::More => {
                self.act(Action::More);
                // The fifth that is there: the first that was not before.
                self.focus = Some("li:not([hidden])~li~li~li~li>*");
            }
            Intent::Toggle(panel) => self.toggle(panel),
            Intent::VisitInstance => self.visit_instance(page, root),
            Intent::Close => {
                self.focus = match self.state.panel.map(Panel::opener) {
                    None => None,
                    Some(Panel::Qr) => Some("[data-part=qr]"),
                    Some(Panel::Mastodon) => Some("[data-part=mastodon]"),
                    _ => Some("[data-part=copy]"),
                };
                self.act(Action::Closed);
            }
        }
    }

    fn share(&mut self, page: &Host, network: Network, kind: ButtonKind) {
        match kind {
            ButtonKind::Link => {}
            ButtonKind::Native => browser::share_sheet(&self.settings.page.title, &self.settings.page.url),
            ButtonKind::Copy => page.copy(&self.settings.page.url),
            ButtonKind::Qr => {
                self.toggle(Panel::Qr);
                if self.state.panel.is_none() {
                    return;
                }
            }
            // Shared only when she goes there.
            ButtonKind::Mastodon => return self.toggle(Panel::Mastodon),
        }
        self.shared(page, network);
    }

    fn toggle(&mut self, panel: Panel) {
        self.act(Action::Toggled(panel));
        self.focus = Some("[data-focus]");
    }

    fn visit_instance(&mut self, page: &Host, root: &JsValue) {
        let written = browser::written(root, "[data-focus]");
        let instance = share::instance(&written);
        self.act(Action::Wrote(written));
        self.act(Action::Closed);
        self.focus = Some("[data-focus]");
        let button = self.view.networks.iter().find(|button| button.kind == ButtonKind::Mastodon);
        let (Some(instance), Some(button)) = (instance, button) else {
            return self.act(Action::Toggled(Panel::MastodonInvalid));
        };
        page.set("instance", &instance);
        if let Some(address) = share::address(button, &self.settings.page, self.device.phone, &instance) {
            browser::open(&address);
        }
        self.focus = Some("[data-part=mastodon]");
        self.shared(page, button.key.clone());
    }

    fn shared(&mut self, page: &Host, network: Network) {
        page.fire("gema-share", "network", Some(network.as_str()));
        self.act(Action::Shared { network, key: browser::event_key(page) });
    }
}
