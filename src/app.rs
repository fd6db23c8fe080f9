//! The root: one state, one sync, and the parts. Turns what a reader wants into actions, lets the
//! state reduce them, and then sees to it that they are kept, sent and told.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wire::View;
use yew::prelude::*;

use crate::{
    api::Outcome,
    browser::{self, Host, Intl},
    components::{Device, Intent, Shown, widget},
    keep::{self, Kept},
    settings::Settings,
    share,
    state::{Action, Panel, State},
    sync::Sync,
};

/// A page that comes back to view asks again after that time, in ms.
const STALE_AFTER: u64 = 60_000;

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
    root: NodeRef,
    /// Where the focus goes when the next frame is drawn.
    focus: Option<&'static str>,
}

/// What it is mounted with. Never changed: what changes comes as a message.
#[derive(Clone, Properties)]
pub struct AppProps {
    /// The element's attributes, and the first view.
    pub first: Rc<(Settings, View)>,
    /// The page around it.
    pub page: Host,
}

impl PartialEq for AppProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.first, &other.first)
    }
}

/// What can be told to it.
pub enum Message {
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
        let AppProps { first, page } = ctx.props();
        let (settings, view) = (first.0.clone(), first.1.clone());
        let mut app = Self {
            state: keep::load(page, &settings.article),
            settings,
            viewed_at: 0,
            intl: Intl(view.locale.clone()),
            view: view.clone(),
            device: browser::device(),
            kept: Kept::default(),
            sync: Sync::default(),
            root: NodeRef::default(),
            focus: None,
        };
        app.take_view(view);
        app.settle(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Want(intent) => self.want(&ctx.props().page, intent),
            Message::Act(action) => self.act(action),
            Message::Ended(number, outcome) => {
                let (sent, jitter) = (self.sync.ended(number), browser::jitter());
                self.act(match outcome {
                    Outcome::Answered(answer) => Action::Answered { sent, answer, jitter },
                    Outcome::Failed(retry_after) => Action::Failed { retry_after, jitter },
                    Outcome::Rejected => Action::Halted,
                });
            }
            Message::Due => {}
            Message::Told(settings) => self.settings = *settings,
            Message::Viewed(view) => self.take_view(*view),
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

    fn view(&self, ctx: &Context<Self>) -> Html {
        let on = ctx.link().callback(Message::Want);
        let Self { settings, view, state, device, intl: format, .. } = self;
        let shown = Shown { settings, view, state, format, device: *device, on: &on };
        html! { <div ref={self.root.clone()}>{widget(&shown)}</div> }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            ctx.props().page.ready();
        }
        if let Some(selector) = self.focus.take() {
            browser::focus(&self.node(), selector);
        }
    }
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

    fn take_view(&mut self, view: View) {
        self.act(Action::Tallied(view.tally.clone()));
        self.act(Action::Viewed { poll: view.poll, window_ends: view.window_ends });
        self.intl = Intl(view.locale.clone());
        (self.view, self.viewed_at) = (view, browser::now());
    }

    fn want(&mut self, page: &Host, intent: Intent) {
        match intent {
            Intent::React(reaction) => {
                self.act(Action::Pressed(reaction));
                page.fire("gema-react", "reaction", self.state.chosen().map(|reaction| reaction.as_str()));
            }
            Intent::Follow(place) => self.shared(page, place),
            Intent::ShareSheet(place) => {
                self.shared(page, place);
                browser::share_sheet(&self.settings.page.title, &self.settings.page.url);
            }
            Intent::Copy(place) => {
                self.shared(page, place);
                page.copy(&self.settings.page.url);
            }
            Intent::Toggle(panel, place) => {
                self.act(Action::Toggled(panel));
                if let (Some(place), Some(_)) = (place, self.state.panel) {
                    self.shared(page, place);
                }
                self.focus = Some("[data-focus]");
            }
            Intent::VisitInstance(place) => self.visit_instance(page, place),
            Intent::Close => {
                self.focus = match self.state.panel.map(Panel::opener) {
                    None => None,
                    Some(Panel::More) => Some("[data-part=more]"),
                    Some(Panel::Qr) => Some("[data-part=qr]"),
                    Some(Panel::Mastodon) => Some("[data-part=mastodon]"),
                    _ => Some("[data-part=copy]"),
                };
                self.act(Action::Closed);
            }
        }
    }

    fn visit_instance(&mut self, page: &Host, place: usize) {
        let written = browser::written(&self.node(), "[name=instance]");
        let instance = share::instance(&written);
        self.act(Action::Wrote(written));
        self.act(Action::Closed);
        self.focus = Some("[data-focus]");
        let (Some(instance), Some(button)) = (instance, self.view.networks.get(place)) else {
            return self.act(Action::Toggled(Panel::MastodonInvalid));
        };
        page.set("instance", &instance);
        if let Some(address) = share::address(button, &self.settings.page, self.device.phone, &instance) {
            browser::open(&address);
        }
        self.shared(page, place);
        self.focus = Some("[data-part=mastodon]");
    }

    fn shared(&mut self, page: &Host, place: usize) {
        if let Some(button) = self.view.networks.get(place) {
            let network = button.key.clone();
            page.fire("gema-share", "network", Some(network.as_str()));
            self.act(Action::Shared { network, key: browser::event_key() });
        }
    }

    fn node(&self) -> JsValue {
        self.root.get().map(JsValue::from).unwrap_or_default()
    }
}
