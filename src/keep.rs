//! What the browser keeps between pages: one text a fact, so that two tabs cannot overwrite each
//! other's lists.

use wire::ArticleKey;

use crate::{
    api,
    browser::Host,
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

fn tally_name(article: &ArticleKey) -> String {
    join(&["tally:", article.as_str()])
}
