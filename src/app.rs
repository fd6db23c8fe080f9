//! The root: one state, one sync, and the parts. Turns what a reader wants into actions, lets the
//! state reduce them, and then sees to it that they are kept, sent and told.

use std::rc::Rc;

use wire::View;
use yew::prelude::*;

use crate::{
    browser::{self, Host, Intl, Node},
    components::{Device, Intent, Shown, Widget},
    format::Formatter,
    keep::{self, Kept},
    settings::Settings,
    share,
    state::{Action, Panel, State},
    sync::{self, Sync},
};

/// A page that comes back to view asks again after that time, in ms.
const STALE_AFTER: u64 = 60_000;

/// One mounted widget.
pub struct App {
    state: Rc<State>,
    view: Rc<View>,
    viewed_at: u64,
    format: Formatter,
    device: Device,
    kept: Kept,
    sync: Sync,
    root: NodeRef,
    /// Where the focus goes when the next frame is drawn.
    focus: Option<String>,
}

/// What it is mounted with.
#[derive(Clone, PartialEq, Properties)]
pub struct AppProps {
    /// The element's attributes.
    pub settings: Rc<Settings>,
    /// The first view.
    pub view: Rc<View>,
    /// The page around it.
    pub page: Host,
}

/// What can be told to it.
pub enum Message {
    /// The reader wants something.
    Want(Intent),
    /// Something has happened.
    Act(Action),
    /// A request has ended so.
    Ended(Action),
    /// A pause is over.
    Due,
    /// A newer view came.
    Viewed(Rc<View>),
    /// The page is seen again, or has a connection again.
    Back,
    /// The page is going.
    Leave,
}

impl Component for App {
    type Message = Message;
    type Properties = AppProps;

    fn create(ctx: &Context<Self>) -> Self {
        let AppProps { settings, view, page } = ctx.props();
        let mut app = Self {
            state: keep::load(page, &settings.article).into(),
            view: view.clone(),
            viewed_at: browser::now(),
            format: Formatter::new(Intl(view.locale.clone())),
            device: browser::device(),
            kept: Kept::default(),
            sync: Sync::default(),
            root: NodeRef::default(),
            focus: None,
        };
        app.take_view(view.clone());
        app.settle(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        let before = self.state.clone();
        match message {
            Message::Want(intent) => self.want(ctx, intent),
            Message::Act(action) => self.act(action),
            Message::Ended(action) => {
                self.sync.ended();
                self.act(action);
            }
            Message::Due => {}
            Message::Viewed(view) => {
                self.show_body(ctx, &view);
                self.take_view(view);
                self.settle(ctx);
                return true;
            }
            Message::Back => {
                self.act(Action::Hurried);
                if browser::now().abs_diff(self.viewed_at) > STALE_AFTER {
                    self.viewed_at = browser::now();
                    sync::refresh(ctx.props().settings.clone(), ctx.props().page.clone(), ctx.link().clone());
                }
            }
            Message::Leave => {
                self.act(Action::Hurried);
                self.sync.leave();
            }
        }
        self.settle(ctx);
        self.state != before
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let shown = Shown {
            settings: ctx.props().settings.clone(),
            view: self.view.clone(),
            state: self.state.clone(),
            format: self.format.clone(),
            device: self.device,
            on: ctx.link().callback(Message::Want),
        };
        html! { <div ref={self.root.clone()}><Widget ..shown /></div> }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            ctx.props().page.ready();
        }
        if let Some(selector) = self.focus.take() {
            browser::focus(&self.node(), &selector);
        }
    }
}

impl App {
    fn act(&mut self, action: Action) {
        Rc::make_mut(&mut self.state).reduce(action, browser::now());
    }

    /// After every change: keep it, and send what is due.
    fn settle(&mut self, ctx: &Context<Self>) {
        let AppProps { settings, page, .. } = ctx.props();
        self.kept.save(page, &self.state);
        self.sync.run(&self.state.outbox, page, &settings.site, ctx.link());
    }

    fn take_view(&mut self, view: Rc<View>) {
        self.act(Action::Tallied(view.tally.clone()));
        self.act(Action::Viewed { poll: view.poll, window_ends: view.window_ends });
        if view.locale != self.view.locale {
            self.format = Formatter::new(Intl(view.locale.clone()));
        }
        (self.view, self.viewed_at) = (view, browser::now());
    }

    /// The endpoint's copy may have been put anew.
    fn show_body(&self, ctx: &Context<Self>, view: &View) {
        let html = |view: &View| view.article.as_ref().map(|article| article.html.clone());
        match html(view) {
            Some(body) if ctx.props().settings.body && html(&self.view).as_ref() != Some(&body) => {
                ctx.props().page.body(&body)
            }
            _ => {}
        }
    }

    fn want(&mut self, ctx: &Context<Self>, intent: Intent) {
        let AppProps { settings, page, .. } = ctx.props();
        match intent {
            Intent::React(reaction) => {
                self.act(Action::Pressed(reaction));
                page.fire("gema-react", "reaction", self.state.chosen().map(|reaction| reaction.as_str()));
            }
            Intent::Follow(place) => self.shared(ctx, place),
            Intent::ShareSheet(place) => {
                self.shared(ctx, place);
                sync::share_sheet(settings.page.clone());
            }
            Intent::Copy(place) => {
                self.shared(ctx, place);
                sync::copy(settings.page.url.clone(), ctx.link().clone());
            }
            Intent::Toggle(panel, place) => {
                self.act(Action::Toggled(panel));
                if let (Some(place), Some(_)) = (place, self.state.panel) {
                    self.shared(ctx, place);
                }
                self.focus = self.state.panel.map(|_| "[data-focus]".into());
            }
            Intent::VisitInstance(place) => self.visit_instance(ctx, place),
            Intent::Close => {
                let opener = match self.state.panel.map(Panel::opener) {
                    Some(Panel::More) => "more",
                    Some(Panel::Qr) => "qr",
                    Some(Panel::Mastodon) => "mastodon",
                    _ => "copy",
                };
                self.focus = self.state.panel.map(|_| format!("[data-part={opener}]"));
                self.act(Action::Closed);
            }
        }
    }

    fn visit_instance(&mut self, ctx: &Context<Self>, place: usize) {
        let AppProps { settings, page, .. } = ctx.props();
        let written = browser::written(&self.node(), "[name=instance]");
        self.act(Action::Wrote(written.clone()));
        let address = self.view.networks.get(place).zip(share::instance(&written)).and_then(|(button, instance)| {
            page.set("instance", &instance);
            share::address(button, &settings.page, self.device.phone, &instance)
        });
        match address {
            Some(address) => {
                browser::open(&address);
                self.shared(ctx, place);
                self.act(Action::Closed);
                self.focus = Some("[data-part=mastodon]".into());
            }
            None => {
                self.act(Action::Closed);
                self.act(Action::Toggled(Panel::MastodonInvalid));
                self.focus = Some("[data-focus]".into());
            }
        }
    }

    fn shared(&mut self, ctx: &Context<Self>, place: usize) {
        if let Some(button) = self.view.networks.get(place) {
            let network = button.key.clone();
            ctx.props().page.fire("gema-share", "network", Some(network.as_str()));
            self.act(Action::Shared { network, key: browser::event_key() });
        }
    }

    fn node(&self) -> Node {
        self.root.get().map(wasm_bindgen::JsValue::from).unwrap_or_default().into()
    }
}
