//! Sends the outbox to the endpoint: when, and which entries. Does not block; responses arrive as messages.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use wire::Reaction;

use crate::{
    browser::{self, Host},
    json::{self, nullable, number, object},
    outbox::{Entry, Outbox, What},
};

/// The running requests, and a timer for the next one. Usually one request at a time.
#[derive(Default)]
pub struct Sync {
    /// The number of the last request.
    number: u32,
    /// The entries of each running request, by its number.
    sent: Vec<(u32, Vec<Entry>)>,
    timer: Option<Timeout>,
}

impl Sync {
    /// Sends entries that are due, or sets a timer until they will be: `later` makes one, of that many ms.
    pub fn run(&mut self, outbox: &Outbox, page: &Host, later: &dyn Fn(u32) -> Timeout) {
        self.timer = None;
        let Some(due) = outbox.due().filter(|_| self.sent.is_empty()) else {
            return;
        };
        let now = browser::now();
        if due <= now {
            self.send(outbox.next(now), page);
        } else {
            self.timer = Some(later((due - now).min(60 * 60_000) as u32));
        }
    }

    /// Sends everything unsent when the page is being left, although a request may be running. Calling it again sends
    /// nothing twice.
    pub fn leave(&mut self, outbox: &Outbox, page: &Host) {
        let rest = outbox.next(u64::MAX);
        if !rest.is_empty() && self.sent.len() < 2 {
            self.send(rest, page);
        }
    }

    /// Records that a request has ended; returns its entries.
    pub fn ended(&mut self, number: u32) -> Vec<Entry> {
        let place = self.sent.iter().position(|(sent, _)| *sent == number);
        place
            .map(|place| self.sent.swap_remove(place).1)
            .unwrap_or_default()
    }

    fn send(&mut self, entries: Vec<Entry>, page: &Host) {
        self.number += 1;
        page.post(self.number, &events(&entries));
        self.sent.push((self.number, entries));
    }
}

/// The entries as the endpoint gets them: a list of `wire::Event`.
pub fn events(entries: &[Entry]) -> JsValue {
    json::list(entries.iter().map(event))
}

fn event(entry: &Entry) -> JsValue {
    let kind = |kind: &str| ("type", kind.into());
    let article = ("article", entry.article.as_str().into());
    match &entry.what {
        What::Choice { reaction, seq, .. } => {
            let reaction = nullable(reaction.as_ref().map(Reaction::as_str));
            object(&[
                kind("react"),
                article,
                ("reaction", reaction),
                ("seq", number(seq.get())),
            ])
        }
        What::Read { key, .. } => object(&[kind("read"), article, ("key", key.as_str().into())]),
        What::Share { network, key, .. } => object(&[
            kind("share"),
            article,
            ("network", network.as_str().into()),
            ("key", key.as_str().into()),
        ]),
    }
}
