//! What the browser keeps between pages: one text a fact, so that two tabs cannot overwrite each
//! other's lists.

use wire::{Answer, ArticleKey, Tally};

use crate::{
    api::{self, Fields},
    browser::{self, Host},
    outbox::Entry,
    state::{Action, State},
};

/// How long what is kept of a tally says well enough when it came, in ms.
const A_MINUTE: u64 = 60_000;

/// What was last written, so that only changes are.
#[derive(Default)]
pub struct Kept {
    entries: Vec<String>,
    tally: (u64, u64),
}

/// A state with what is kept of its article, and with what is still unsent of the whole site.
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

/// What another widget has kept.
pub fn told(fields: &mut Fields<'_>) -> Option<Action> {
    Some(match fact(fields)? {
        Fact::Entry(entry) => Action::Kept(entry),
        Fact::Tally(tally, _) => Action::Tallied(tally),
    })
}

/// Something that is kept.
enum Fact {
    Entry(Entry),
    /// And when it came.
    Tally(Tally, u64),
}

fn fact(fields: &mut Fields<'_>) -> Option<Fact> {
    match fields.take() {
        // Not ours, or damaged: it has no further fields.
        "" => None,
        "tally" => {
            let (tally, at) = (api::tally(fields), fields.integer());
            Some(Fact::Tally(tally?, at?))
        }
        kind => api::entry(kind, fields).map(Fact::Entry),
    }
}

/// Keeps what an answer says of other articles than this one: a cache may be late for their pages.
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
    /// Writes what has changed. What has ended is no longer read, and removed by the next page.
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
        // Widgets of one article tell each other: what is the same, and only later, would go round and round.
        let (rev, at) = self.tally;
        if rev != state.tally.rev || state.tally_at.abs_diff(at) > A_MINUTE {
            browser::keep(page, &api::tally_text(&state.tally, state.tally_at));
            self.tally = (state.tally.rev, state.tally_at);
        }
    }
}
