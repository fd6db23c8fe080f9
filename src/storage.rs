//! Storage in the browser between pages: one object for each fact, so that two tabs cannot overwrite
//! each other's lists.

use wasm_bindgen::JsValue;
use wire::{Answer, ArticleKey, IdempotencyKey, Network, Reaction, Seq, Tally};

use crate::{
    browser::{self, Host},
    json::{self, field, integer, number, object, text},
    outbox::{Entry, What},
    state::{Action, State},
    text::{cut, join},
};

/// The minimum interval between writes of a tally of which only the time is new, in ms.
const MIN_TALLY_REWRITE_MS: u64 = 60_000;

/// What was last written, so that only changes are written.
#[derive(Default)]
pub struct Saved {
    entries: Vec<Entry>,
    tally: (u64, u64),
}

/// The state of an article, with the unsent entries of the whole site.
pub fn load(page: &Host, article: &ArticleKey) -> State {
    let mut state = State::new(article.clone(), []);
    state.instance = page.get("instance").unwrap_or_default();
    json::each(&page.names(), &mut |name| {
        let name = name.as_string().unwrap_or_default();
        match fact(&name, &page.read(&name)) {
            Some(Fact::Entry(entry)) if entry.ended(browser::now()) => page.remove(&name),
            Some(Fact::Entry(entry)) if !entry.sent || entry.article == *article => {
                state.outbox.put(entry);
            }
            Some(Fact::Tally(tally, at)) if tally.article == *article => {
                state.reduce(Action::Tallied(tally), at);
            }
            _ => {}
        }
    });
    state
}

/// The action for a fact that another widget has stored, here or in another tab.
pub fn changed(name: &str, value: &JsValue) -> Option<Action> {
    match fact(name, value)? {
        Fact::Entry(entry) if entry.ended(browser::now()) => None,
        Fact::Entry(entry) => Some(Action::Kept(entry)),
        Fact::Tally(tally, _) => Some(Action::Tallied(tally)),
    }
}

/// Stores a response's tallies of other articles: cached views of their pages may be older.
pub fn save_other_articles(page: &Host, answer: &Answer, article: &ArticleKey) {
    let others = answer
        .tallies
        .iter()
        .filter(|tally| tally.article != *article);
    others.for_each(|tally| save_tally(page, tally, browser::now()));
}

impl Saved {
    /// Writes changes. The next page removes an entry whose window has ended.
    pub fn save(&mut self, page: &Host, state: &State) {
        for entry in state.outbox.entries() {
            if !self.entries.contains(entry) {
                save_entry(page, entry);
            }
        }
        self.entries = state.outbox.entries().to_vec();
        // Widgets of one article exchange tallies: writing an equal tally for its newer time would echo forever.
        let (rev, at) = self.tally;
        if rev != state.tally.rev || state.tally_at.abs_diff(at) > MIN_TALLY_REWRITE_MS {
            save_tally(page, &state.tally, state.tally_at);
            self.tally = (state.tally.rev, state.tally_at);
        }
    }
}

enum Fact {
    Entry(Entry),
    /// With the time at which it was received, in ms since 1970.
    Tally(Tally, u64),
}

/// Parses a fact; `None` if it is invalid or of another kind.
fn fact(name: &str, value: &JsValue) -> Option<Fact> {
    let (kind, rest) = cut(name, b':');
    let rest = rest?;
    let key = || IdempotencyKey::parse(&text(value, "key")).ok();
    let (article, what) = match kind {
        "tally" => {
            return Some(Fact::Tally(
                json::tally(&field(value, "tally"))?,
                integer(value, "at")?,
            ));
        }
        "mine" => (
            rest,
            What::Choice {
                reaction: reaction(value, "reaction")?,
                seq: Seq::parse(integer(value, "seq")?).ok()?,
                before: reaction(value, "before")?,
            },
        ),
        "read" => (
            rest,
            What::Read {
                key: key()?,
                until: integer(value, "until")?,
            },
        ),
        "share" => {
            let end = rest.bytes().rposition(|byte| byte == b':')?;
            let what = What::Share {
                network: Network::parse(&rest[end + 1..]).ok()?,
                key: key()?,
                until: integer(value, "until")?,
            };
            (&rest[..end], what)
        }
        _ => return None,
    };
    Some(Fact::Entry(Entry {
        article: ArticleKey::parse(article).ok()?,
        what,
        sent: field(value, "sent").is_truthy(),
    }))
}

/// A field with a reaction; `Some(None)` if the field is empty.
fn reaction(value: &JsValue, name: &str) -> Option<Option<Reaction>> {
    let name = field(value, name);
    match json::reaction(&name) {
        None if name.is_string() => None,
        reaction => Some(reaction),
    }
}

fn save_entry(page: &Host, entry: &Entry) {
    let (article, sent) = (entry.article.as_str(), ("sent", entry.sent.into()));
    match &entry.what {
        What::Choice {
            reaction,
            seq,
            before,
        } => {
            // Store the token first: another tab that receives the choice and sends it too must use the same token.
            page.visitor();
            let [reaction, before] = [reaction, before]
                .map(|reaction| json::nullable(reaction.as_ref().map(Reaction::as_str)));
            page.write(
                &join(&["mine:", article]),
                &object(&[
                    ("reaction", reaction),
                    ("seq", number(seq.get())),
                    ("before", before),
                    sent,
                ]),
            );
        }
        What::Read { key, until } => {
            save_event(page, &join(&["read:", article]), key, *until, sent)
        }
        What::Share {
            network,
            key,
            until,
        } => {
            let name = join(&["share:", article, ":", network.as_str()]);
            save_event(page, &name, key, *until, sent);
        }
    }
}

fn save_event(page: &Host, name: &str, key: &IdempotencyKey, until: u64, sent: (&str, JsValue)) {
    let key = key.as_str().into();
    page.write(
        name,
        &object(&[("key", key), ("until", number(until)), sent]),
    );
}

fn save_tally(page: &Host, tally: &Tally, at: u64) {
    let reactions = tally.reactions.0.iter();
    let reactions: Vec<_> = reactions
        .map(|(reaction, count)| (reaction.as_str(), number(*count)))
        .collect();
    let article = tally.article.as_str();
    let shown = object(&[
        ("article", article.into()),
        ("rev", number(tally.rev)),
        ("reads", number(tally.reads)),
        ("reactions", object(&reactions)),
    ]);
    page.write(
        &join(&["tally:", article]),
        &object(&[("tally", shown), ("at", number(at))]),
    );
}
