//! Sends the outbox to the endpoint: when, and which entries. Does not block; responses arrive as messages.

use gloo::timers::callback::Timeout;

use crate::{
    api,
    browser::{self, Host},
    outbox::{Entry, Outbox},
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
    /// Sends entries that are due, or sets a timer that calls `tick` when they will be.
    pub fn run(&mut self, outbox: &Outbox, page: &Host, tick: impl FnOnce() + 'static) {
        self.timer = None;
        let Some(due) = outbox.due().filter(|_| self.sent.is_empty()) else {
            return;
        };
        let now = browser::now();
        if due <= now {
            self.send(outbox.next(now), page);
        } else {
            let pause = (due - now).min(60 * 60_000) as u32;
            self.timer = Some(Timeout::new(pause, tick));
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
        let request = api::request(&entries);
        self.sent.push((self.number, entries));
        browser::post(page, self.number, &request);
    }
}
