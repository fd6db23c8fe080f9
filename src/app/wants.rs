//! What a reader wants, as actions for the state and as calls of the page.

use wasm_bindgen::JsValue;
use wire::{ButtonKind, MAX_QR_BYTES, Network};

use super::{App, AppProps};
use crate::{
    browser::{self, Host},
    intent::Intent,
    json::{nullable, object},
    share::{self, SharedPage},
    state::{Action, Panel},
};

impl App {
    pub(super) fn want(&mut self, AppProps { page, root, .. }: &AppProps, intent: Intent) {
        match intent {
            Intent::React(reaction) => {
                self.act(Action::Pressed(reaction));
                let chosen = self.state.chosen().map(|reaction| reaction.as_str());
                page.fire("gema-react", &object(&[("reaction", nullable(chosen))]));
            }
            Intent::Share(network, kind) => self.share(page, network, kind),
            Intent::More => {
                self.act(Action::More);
                // The first that was not there before.
                browser::focus_soon(root, ".more~li>*");
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
            // Shared as soon as the browser has not refused it.
            ButtonKind::Native => {
                let SharedPage { title, url } = &self.settings.page;
                return browser::share_sheet(page, network.as_str(), title, url);
            }
            ButtonKind::Copy => page.copy(&self.settings.page.url),
            ButtonKind::Qr => {
                let opens = self.state.panel.map(Panel::opener) != Some(Panel::Qr);
                let too_long = self.settings.page.url.len() > MAX_QR_BYTES;
                self.toggle(if opens && too_long {
                    Panel::QrTooLong
                } else {
                    Panel::Qr
                });
                if !opens || too_long {
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
        let button = self
            .view
            .networks
            .iter()
            .find(|button| button.kind == ButtonKind::Mastodon);
        let (Some(instance), Some(button)) = (instance, button) else {
            self.focus = Some("[data-focus]");
            return self.act(Action::NoServer {
                stays: browser::has_focus(root, "[data-focus]"),
            });
        };
        page.set("instance", &instance);
        let phone = self.device.phone;
        if let Some(address) =
            share::address(button, &self.settings.page, phone, &instance, &self.intl)
        {
            browser::open(&address);
        }
        let network = button.key.clone();
        self.act(Action::Closed);
        self.focus = Some("[data-part=mastodon]");
        self.shared(page, network);
    }

    fn shared(&mut self, page: &Host, network: Network) {
        let detail = object(&[("network", network.as_str().into())]);
        page.fire("gema-share", &detail);
        self.act(Action::Shared {
            network,
            key: browser::event_key(page),
        });
    }
}
