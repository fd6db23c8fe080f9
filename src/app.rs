//! The root: one state, one sync, and the parts. Turns what a reader wants into actions, lets the
//! state reduce them, and then sees to it that they are kept, sent and told.

use std::{cell::Cell, rc::Rc};

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use wire::{Tally, View};
use yew::prelude::*;

use crate::{
    browser::{self, Host, Intl},
    components::{Device, Shown, widget},
    intent::Intent,
    outcome::Outcome,
    settings::Settings,
    state::{Action, State},
    storage::{self, Saved},
    sync::Sync,
};

use drawn::Drawn;

mod drawn;
mod wants;

/// A page that comes back to view asks again after that time, in ms.
const STALE_AFTER: u64 = 71_000;

/// The pause in ms between a press and its announcement. Screen readers read a live region once for each of its changes, so a
/// choice whose request fails at once would be announced twice.
const ANNOUNCEMENT_DELAY: u32 = 200;

/// One mounted widget.
pub struct App {
    settings: Settings,
    state: State,
    view: View,
    viewed_at: u64,
    intl: Intl,
    device: Device,
    saved: Saved,
    sync: Sync,
    /// Where the focus goes when the next frame is drawn.
    focus: Option<&'static str>,
    drawn: Drawn,
    /// Until it fires, a press is not announced.
    announcement: Option<Timeout>,
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
    /// The browser does not let this page open the device's share sheet.
    Unshared,
    /// A pause is over.
    Due,
    /// The pause before an announcement is over.
    Announce,
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
        let Some((settings, view)) = first.take() else {
            unreachable!()
        };
        let mut app = Self {
            state: storage::load(page, &settings.article),
            device: browser::device(&settings.page.url),
            settings,
            viewed_at: 0,
            intl: Intl(view.locale.clone()),
            view,
            saved: Saved::default(),
            sync: Sync::default(),
            focus: None,
            drawn: Drawn::nothing(ctx),
            announcement: None,
        };
        app.viewed();
        app.settle(ctx);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        self.drawn.goes_on(ctx);
        match message {
            Message::Pressed(name) => {
                let scope = ctx.link().clone();
                self.announcement = Some(Timeout::new(ANNOUNCEMENT_DELAY, move || {
                    scope.send_message(Message::Announce)
                }));
                if let Some(intent) = Intent::of(&name, &self.view) {
                    self.want(ctx.props(), intent);
                }
            }
            Message::Want(intent) => self.want(ctx.props(), intent),
            Message::Act(action) => self.act(action),
            Message::Ended(number, outcome) => {
                let (sent, jitter) = (self.sync.ended(number), browser::jitter());
                if let Outcome::Answered(answer) = &outcome {
                    storage::save_other_articles(&ctx.props().page, answer, &self.settings.article);
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
            // The focus would go with the button.
            Message::Unshared => {
                (self.device.share_sheet, self.focus) = (false, Some("li:not([hidden])>*"))
            }
            Message::Due => {}
            Message::Announce => self.announcement = None,
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
        let Self {
            settings,
            view,
            state,
            device,
            intl: format,
            ..
        } = self;
        let poll = !matches!(self.drawn, Drawn::Bar(_));
        let announces = self.announcement.is_none();
        let shown = Shown {
            settings,
            view,
            state,
            format,
            device: *device,
            poll,
            announces,
            action: None,
        };
        widget(&shown)
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        let AppProps { page, root, .. } = ctx.props();
        if let Drawn::All = self.drawn {
            self.drawn = Drawn::Shown;
            browser::listen(root, page);
            page.show(root);
        }
        if let Some(selector) = self.focus.take() {
            browser::focus(root, selector);
        }
    }
}

impl App {
    fn act(&mut self, action: Action) {
        self.state.reduce(action, browser::now());
    }

    /// After every change: keep it, and send what is due.
    fn settle(&mut self, ctx: &Context<Self>) {
        self.saved.save(&ctx.props().page, &self.state);
        let scope = ctx.link().clone();
        self.sync
            .run(&self.state.outbox, &ctx.props().page, move || {
                scope.send_message(Message::Due)
            });
    }

    /// Lets the state know what the view says of it.
    fn viewed(&mut self) {
        let tally = Tally::empty(self.settings.article.clone());
        let tally = std::mem::replace(&mut self.view.tally, tally);
        self.act(Action::Tallied(tally));
        self.act(Action::Viewed {
            poll: self.view.poll,
            window_ends: self.view.window_ends,
        });
        self.viewed_at = browser::now();
    }
}
