//! From the outbox to the endpoint: what is sent when, and what is under way. It waits for nothing;
//! the answer comes as a message.

use gloo::timers::callback::Timeout;

use crate::{
    api,
    browser::{self, Host},
    outbox::{Entry, Outbox},
};

/// One request at a time, and a timer for the next.
#[derive(Default)]
pub struct Sync {
    /// The number of the last request.
    number: u32,
    /// What each request that is under way carries.
    sent: Vec<(u32, Vec<Entry>)>,
    timer: Option<Timeout>,
}

impl Sync {
    /// Sends what is due, or sets a timer for when it will be, which calls `tick`.
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

    /// The page is going: what is unsent goes too, whatever is under way. Twice is once.
    pub fn leave(&mut self, outbox: &Outbox, page: &Host) {
        let rest = outbox.next(u64::MAX);
        if !rest.is_empty() && self.sent.len() < 2 {
            self.send(rest, page);
        }
    }

    /// The request of that number has ended: what it carried.
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
