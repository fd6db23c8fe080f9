//! Storage in the browser between pages: one text per fact, so that two tabs cannot overwrite each other's lists.

use wire::{Answer, ArticleKey, Tally};

use crate::{
    api::{self, Fields},
    browser::{self, Host},
    outbox::Entry,
    state::{Action, State},
};

/// Minimum interval between writes of an unchanged tally, which only update its time, in ms.
const A_MINUTE: u64 = 60_000;

/// The texts written last, so that only changes are written.
#[derive(Default)]
pub struct Kept {
    entries: Vec<String>,
    tally: (u64, u64),
}

/// The initial state: the stored data of the article, and the unsent entries of the whole site.
pub fn load(page: &Host, article: &ArticleKey) -> State {
    let text = browser::kept(page, article.as_str());
    let fields = &mut Fields::of(&text);
    let mut state = State::new(article.clone(), []);
    state.instance = fields.text();
    fields.list(&mut |fields| match fact(fields) {
        Some(Fact::Entry(entry)) if !entry.sent || entry.article == *article => {
            state.outbox.put(entry)
        }
        Some(Fact::Tally(tally, at)) => state.reduce(Action::Tallied(tally), at),
        _ => {}
    });
    state
}

/// The action for a fact that another widget has stored.
pub fn told(fields: &mut Fields<'_>) -> Option<Action> {
    Some(match fact(fields)? {
        Fact::Entry(entry) => Action::Kept(entry),
        Fact::Tally(tally, _) => Action::Tallied(tally),
    })
}

/// A stored fact.
enum Fact {
    Entry(Entry),
    /// A tally, and when it was received.
    Tally(Tally, u64),
}

fn fact(fields: &mut Fields<'_>) -> Option<Fact> {
    match fields.take() {
        // A foreign or damaged text; it has no further fields.
        "" => None,
        "tally" => {
            let (tally, at) = (api::tally(fields), fields.integer());
            Some(Fact::Tally(tally?, at?))
        }
        kind => api::entry(kind, fields).map(Fact::Entry),
    }
}

/// Stores the tallies of other articles in a response: a cache may be late when the reader opens their pages.
pub fn others(page: &Host, answer: &Answer, article: &ArticleKey) {
    for tally in answer
        .tallies
        .iter()
        .filter(|tally| tally.article != *article)
    {
        browser::keep(page, &api::tally_text(tally, browser::now()));
    }
}

impl Kept {
    /// Writes what has changed. Expired entries are not read again; the next page removes them.
    pub fn save(&mut self, page: &Host, state: &State) {
        let mut entries = Vec::new();
        for entry in state.outbox.entries() {
            let text = api::entry_text(entry);
            if !self.entries.contains(&text) {
                browser::keep(page, &text);
            }
            entries.push(text);
        }
        self.entries = entries;
        // Widgets of one article exchange tallies: writing an unchanged one, only with a later time, would go on
        // forever.
        let (rev, at) = self.tally;
        if rev != state.tally.rev || state.tally_at.abs_diff(at) > A_MINUTE {
            browser::keep(page, &api::tally_text(&state.tally, state.tally_at));
            self.tally = (state.tally.rev, state.tally_at);
        }
    }
}
