//! What the browser keeps between pages: one text a fact, so that two tabs cannot overwrite each
//! other's lists.

use wire::{Answer, ArticleKey, Tally};

use crate::{
    api::{self, Fields},
    browser::{self, Host},
    outbox::Entry,
    state::{Action, State},
    text::join,
};

/// What was last written, so that only changes are: names and texts.
#[derive(Default)]
pub struct Kept {
    entries: Vec<(String, String)>,
    tally: (u64, u64),
}

/// A state with what is kept of its article, and with what is still unsent of the whole site.
pub fn load(page: &Host, article: &ArticleKey) -> State {
    let entries = page.names().into_iter().filter_map(|name| Entry::parse(&name, &page.get(&name)?));
    let mut state = State::new(article.clone(), entries.filter(|entry| !entry.sent || entry.article == *article));
    if let Some(text) = page.get(&tally_name(article)) {
        let (tally, at) = parse_tally(&text);
        tally.into_iter().for_each(|tally| state.reduce(Action::Tallied(tally), at));
    }
    state.instance = page.get("instance").unwrap_or_default();
    state
}

/// What another widget has kept, if it concerns this article.
pub fn parse(name: &str, text: &str, article: &ArticleKey) -> Option<Action> {
    if name == tally_name(article) {
        return parse_tally(text).0.map(Action::Tallied);
    }
    Entry::parse(name, text).filter(|entry| entry.article == *article).map(Action::Kept)
}

/// Keeps what an answer says of other articles than this one: a cache may be late for their pages.
pub fn others(page: &Host, answer: &Answer, article: &ArticleKey) {
    for tally in answer.tallies.iter().filter(|tally| tally.article != *article) {
        page.set(&tally_name(&tally.article), &api::kept_tally(tally, browser::now()));
    }
}

impl Kept {
    /// Writes what has changed.
    pub fn save(&mut self, page: &Host, state: &State) {
        let mut entries = Vec::new();
        for entry in state.outbox.entries() {
            let (name, text) = (entry.name(), entry.text());
            if !self.entries.iter().any(|(old, kept)| *old == name && *kept == text) {
                page.set(&name, &text);
            }
            entries.push((name, text));
        }
        for (old, _) in &self.entries {
            if !entries.iter().any(|(name, _)| name == old) {
                page.remove(old);
            }
        }
        let tally = (state.tally.rev, state.tally_at);
        if self.tally != tally {
            page.set(&tally_name(&state.article), &api::kept_tally(&state.tally, state.tally_at));
        }
        (self.entries, self.tally) = (entries, tally);
    }
}

/// A kept tally, and when it came.
fn parse_tally(text: &str) -> (Option<Tally>, u64) {
    let fields = browser::fields("tally", &text.into());
    let fields = &mut Fields::of(&fields);
    (api::tally(fields), fields.integer().unwrap_or(0))
}

fn tally_name(article: &ArticleKey) -> String {
    join(&["tally:", article.as_str()])
}
