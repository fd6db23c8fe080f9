//! Rules that loader and wasm share, because a reader may choose before the wasm is loaded. Both are tested with the
//! same vectors; for the loader, see tests/loader/rules.test.mjs.

use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::{outcome::Outcome, state::tests::article};

#[derive(Deserialize)]
struct Rules {
    choices: Vec<Choice>,
    acknowledgements: Vec<Acknowledgement>,
    windows: Vec<Window>,
    repeats: Vec<Repeat>,
    tallies: Vec<Arrival>,
    responses: Vec<Response>,
}

#[derive(Deserialize)]
struct Choice {
    name: String,
    now: u64,
    stored: Option<Stored>,
    option: Reaction,
    then: Stored,
}

#[derive(Deserialize)]
struct Acknowledgement {
    name: String,
    sent_seq: Seq,
    had: OwnVote,
    stored: Stored,
    then: Stored,
}

#[derive(Deserialize)]
struct Window {
    name: String,
    now: u64,
    window_ends: u64,
    then: u64,
}

#[derive(Deserialize)]
struct Repeat {
    name: String,
    now: u64,
    until: u64,
    is_new: bool,
}

#[derive(Deserialize)]
struct Arrival {
    name: String,
    now: u64,
    stored: Taken,
    rev: u64,
    is_taken: bool,
}

#[derive(Deserialize)]
struct Taken {
    rev: u64,
    at: u64,
}

#[derive(Deserialize)]
struct Response {
    name: String,
    status: Option<u32>,
    is_gemas: bool,
    is_later: bool,
}

#[derive(Clone, Debug, Deserialize)]
struct Stored {
    reaction: Option<Reaction>,
    seq: Seq,
    before: Option<Reaction>,
    sent: bool,
}

impl From<Stored> for Entry {
    fn from(
        Stored {
            reaction,
            seq,
            before,
            sent,
        }: Stored,
    ) -> Self {
        Self {
            article: article(),
            what: What::Choice {
                reaction,
                seq,
                before,
            },
            sent,
        }
    }
}

fn rules() -> Rules {
    let rules: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/rules.json")).unwrap();
    serde_json::from_value(rules).unwrap()
}

#[test]
fn a_press_chooses_or_withdraws_with_the_next_seq() {
    for Choice {
        name,
        now,
        stored,
        option,
        then,
    } in rules().choices
    {
        let mut state = State::new(article(), stored.map(Entry::from));
        state.reduce(Action::Pressed(option), now);
        assert_eq!(
            state.outbox.choice(&article()),
            Some(&then.into()),
            "{name}"
        );
    }
}

#[test]
fn an_acknowledgement_settles_sent_and_renews_later_choices() {
    for Acknowledgement {
        name,
        sent_seq,
        had,
        stored,
        then,
    } in rules().acknowledgements
    {
        let mut state = State::new(article(), [stored.clone().into()]);
        let sent = vec![
            Stored {
                seq: sent_seq,
                ..stored
            }
            .into(),
        ];
        let tally = Tally {
            mine: Some(had),
            ..Tally::empty(article())
        };
        let answer = Answer {
            tallies: vec![tally],
            refused: Vec::new(),
        };
        state.reduce(
            Action::Answered {
                sent,
                answer,
                jitter: 0,
            },
            NOW,
        );
        assert_eq!(
            state.outbox.choice(&article()),
            Some(&then.into()),
            "{name}"
        );
    }
}

fn share(now: u64, window_ends: u64, stored: Option<Entry>) -> State {
    let mut state = State::new(article(), stored);
    state.reduce(
        Action::Viewed {
            poll: Poll::Open,
            window_ends,
        },
        now,
    );
    state.reduce(
        Action::Shared {
            network: Network::parse("x").unwrap(),
            key: key(),
        },
        now,
    );
    state
}

#[test]
fn a_window_is_that_of_the_view_while_it_lasts_and_else_a_day() {
    for Window {
        name,
        now,
        window_ends,
        then,
    } in rules().windows
    {
        let state = share(now, window_ends, None);
        let [
            Entry {
                what: What::Share { until, .. },
                ..
            },
        ] = state.outbox.entries()
        else {
            panic!("{name}")
        };
        assert_eq!(*until, then, "{name}");
    }
}

#[test]
fn a_repeated_event_in_a_window_is_the_same() {
    for Repeat {
        name,
        now,
        until,
        is_new,
    } in rules().repeats
    {
        let before = IdempotencyKey::parse("bbbbbbbbbbbbbbbb").unwrap();
        let what = What::Share {
            network: Network::parse("x").unwrap(),
            key: before.clone(),
            until,
        };
        let state = share(
            now,
            now + 1,
            Some(Entry {
                article: article(),
                what,
                sent: true,
            }),
        );
        let [
            Entry {
                what: What::Share { key, .. },
                ..
            },
        ] = state.outbox.entries()
        else {
            panic!("{name}")
        };
        assert_eq!(*key != before, is_new, "{name}");
    }
}

#[test]
fn the_newest_tally_stays_for_ten_minutes() {
    for Arrival {
        name,
        now,
        stored,
        rev,
        is_taken,
    } in rules().tallies
    {
        let mut state = State::new(article(), []);
        state.reduce(Action::Tallied(tally(stored.rev, 1, 0)), stored.at);
        state.reduce(Action::Tallied(tally(rev, 2, 0)), now);
        assert_eq!(state.tally.reads == 2, is_taken, "{name}");
    }
}

#[test]
fn status_and_origin_of_a_response_decide_about_repetition() {
    for Response {
        name,
        status,
        is_gemas,
        is_later,
    } in rules().responses
    {
        let answer = Answer {
            tallies: is_gemas.then(|| tally(1, 1, 0)).into_iter().collect(),
            refused: Vec::new(),
        };
        let outcome = Outcome::of(status, None, answer);
        assert_eq!(matches!(outcome, Outcome::Failed(_)), is_later, "{name}");
    }
}
