//! What the browser keeps between pages: one text a fact, so that two tabs cannot overwrite each
//! other's lists.

use wire::ArticleKey;

use crate::{
    api,
    browser::Host,
    outbox::Entry,
    state::{Action, State},
};

/// What was last written, so that only changes are.
#[derive(Default)]
pub struct Kept {
    entries: Vec<Entry>,
    tally: (u64, u64),
}

/// A state with what is kept of its article, and with what is still unsent of the whole site.
pub fn load(page: &Host, article: &ArticleKey) -> State {
    let entries = page.names().into_iter().filter_map(|name| Entry::parse(&name, &page.get(&name)?));
    let mut state = State::new(article.clone(), entries.filter(|entry| !entry.sent || entry.article == *article));
    if let Some((tally, at)) = page.get(&tally_name(article)).and_then(|text| api::parse_kept_tally(&text, article)) {
        state.reduce(Action::Tallied(tally), at);
    }
    state.instance = page.get("instance").unwrap_or_default();
    state
}

/// What another widget has kept, if it concerns this article.
pub fn parse(name: &str, text: &str, article: &ArticleKey) -> Option<Action> {
    if name == tally_name(article) {
        return api::parse_kept_tally(text, article).map(|(tally, _)| Action::Tallied(tally));
    }
    Entry::parse(name, text).filter(|entry| entry.article == *article).map(Action::Kept)
}

impl Kept {
    /// Writes what has changed.
    pub fn save(&mut self, page: &Host, state: &State) {
        let entries = state.outbox.entries();
        for entry in entries.iter().filter(|entry| !self.entries.contains(entry)) {
            page.set(&entry.name(), &entry.text());
        }
        for gone in self.entries.iter().filter(|old| !entries.iter().any(|entry| entry.same_fact(old))) {
            page.remove(&gone.name());
        }
        let tally = (state.tally.rev, state.tally_at);
        if self.tally != tally {
            page.set(&tally_name(&state.article), &api::kept_tally(&state.tally, state.tally_at));
        }
        (self.entries, self.tally) = (entries.to_vec(), tally);
    }
}

fn tally_name(article: &ArticleKey) -> String {
    format!("tally:{article}")
}
