use proptest::prelude::*;
use wire::{Counts, RejectedEvent};

use super::*;

/// Rules that the loader implements too.
mod shared_rules;

const OPTIONS: [&str; 5] = ["happy", "inspired", "surprised", "sad", "angry"];
const NOW: u64 = 1_448_000_000_000;

fn article() -> ArticleKey {
    ArticleKey::parse("a").unwrap()
}

fn option(name: &str) -> Reaction {
    Reaction::parse(name).unwrap()
}

fn key() -> IdempotencyKey {
    IdempotencyKey::parse("kkkkkkkkkkkkkkkk").unwrap()
}

fn tally(rev: u64, reads: u64, happy: u64) -> Tally {
    let reactions = Counts::from_iter([(option("happy"), happy)]);
    Tally {
        rev,
        reads,
        reactions,
        ..Tally::empty(article())
    }
}

fn fresh(tally: Tally) -> State {
    let mut state = State::new(article(), []);
    state.reduce(Action::Tallied(tally), NOW);
    state
}

/// The response of an endpoint that accepts everything. `happy`: number of other readers who chose that.
fn answer(state: &State, rev: u64, happy: u64) -> Action {
    let sent = state.outbox.next(u64::MAX);
    let mut tally = tally(rev, state.reads(), happy);
    for entry in &sent {
        if let What::Choice { reaction, seq, .. } = &entry.what {
            if let Some(reaction) = reaction {
                *tally.reactions.entry(reaction.clone()) += 1;
            }
            tally.mine = Some(OwnVote {
                reaction: reaction.clone(),
                seq: *seq,
            });
        }
    }
    Action::Answered {
        sent,
        answer: Answer {
            tallies: vec![tally],
            refused: vec![],
        },
        jitter: 0,
    }
}

#[test]
fn a_click_counts_at_once_and_stays_when_it_is_acknowledged() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    assert_eq!(
        (state.count(&option("happy")), state.chosen()),
        (6, Some(&option("happy")))
    );
    let answer = answer(&state, 4, 5);
    state.reduce(answer, NOW);
    assert_eq!(
        (state.count(&option("happy")), state.outbox.due()),
        (6, None)
    );
}

#[test]
fn all_buttons_stay_while_their_panels_come_and_go() {
    let mut state = fresh(tally(3, 841, 5));
    for action in [
        Action::More,
        Action::Toggled(Panel::Qr),
        Action::Closed,
        Action::Copied,
    ] {
        state.reduce(action, NOW);
        assert!(state.more);
    }
    state.reduce(Action::Toggled(Panel::Mastodon), NOW);
    state.reduce(Action::More, NOW);
    assert_eq!((state.more, state.panel), (false, None));
}

#[test]
fn a_choice_can_be_changed_and_taken_back() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    let acknowledged = answer(&state, 4, 5);
    state.reduce(acknowledged, NOW);
    state.reduce(Action::Pressed(option("sad")), NOW + 1);
    assert_eq!(
        (state.count(&option("happy")), state.count(&option("sad"))),
        (5, 1)
    );
    state.reduce(Action::Pressed(option("sad")), NOW + 2);
    assert_eq!(
        (
            state.count(&option("happy")),
            state.count(&option("sad")),
            state.chosen()
        ),
        (5, 0, None)
    );
    assert_eq!(state.said, Some(Said::TakenBack));
}

#[test]
fn only_the_latest_action_is_announced_once() {
    let mut state = fresh(tally(3, 841, 5));
    let mut said = |action| {
        state.reduce(action, NOW);
        (state.said.clone(), state.again)
    };
    let chosen = Some(Said::Chosen(option("happy")));
    assert_eq!(
        said(Action::Pressed(option("happy"))),
        (chosen.clone(), false)
    );
    assert_eq!(
        said(Action::Toggled(Panel::Qr)),
        (Some(Said::Nothing), false),
        "the button says that it is expanded"
    );
    assert_eq!(said(Action::Seen), (Some(Said::Panel(Panel::Qr)), false));
    assert_eq!(
        said(Action::Closed),
        (Some(Said::Nothing), false),
        "not the choice once more"
    );
    assert_eq!(
        said(Action::Seen),
        (Some(Said::Nothing), false),
        "a picture that comes too late"
    );
    assert_eq!(
        said(Action::Failed {
            retry_after: None,
            jitter: 0
        }),
        (chosen, false),
        "it waits from now on"
    );
    assert_eq!(said(Action::Copied), (Some(Said::Copied), false));
    assert_eq!(
        said(Action::Failed {
            retry_after: None,
            jitter: 0
        }),
        (Some(Said::Copied), false),
        "it waits still"
    );
}

#[test]
fn a_repeated_action_is_announced_again() {
    let mut state = fresh(tally(3, 841, 5));
    let mut said = |action| {
        state.reduce(action, NOW);
        state.again
    };
    assert_eq!([(); 3].map(|()| said(Action::Copied)), [false, true, false]);
    assert!(!said(Action::Toggled(Panel::Mastodon)));
    assert_eq!(
        [(); 3].map(|()| said(Action::NoServer { stays: true })),
        [false, true, false]
    );
    assert!(
        !said(Action::NoServer { stays: false }),
        "the field says it, to which the focus comes"
    );
    assert_eq!(state.said, Some(Said::Nothing));
}

#[test]
fn choices_of_another_page_are_not_announced() {
    let mut before = fresh(tally(3, 841, 5));
    before.reduce(Action::Pressed(option("happy")), NOW);
    let mut state = State::new(article(), before.outbox.entries().to_vec());
    state.reduce(
        Action::Failed {
            retry_after: None,
            jitter: 0,
        },
        NOW,
    );
    assert_eq!((state.waiting(), state.said), (true, None));
}

#[test]
fn an_older_cached_tally_does_not_remove_a_vote() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    let acknowledged = answer(&state, 4, 5);
    state.reduce(acknowledged, NOW);
    state.reduce(Action::Tallied(tally(3, 841, 5)), NOW + 60_000);
    assert_eq!(state.count(&option("happy")), 6);
}

#[test]
fn after_ten_minutes_a_lower_rev_is_accepted() {
    let mut state = fresh(tally(30, 841, 5));
    state.reduce(Action::Tallied(tally(3, 800, 4)), NOW + HEALS_AFTER_MS);
    assert_eq!(state.reads(), 841);
    state.reduce(Action::Tallied(tally(3, 800, 4)), NOW + HEALS_AFTER_MS + 1);
    assert_eq!(state.reads(), 800);
}

#[test]
fn a_reload_between_click_and_answer_shows_the_same() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    let kept: Vec<Entry> = state.outbox.entries().to_vec();
    let mut reloaded = State::new(article(), kept);
    reloaded.reduce(Action::Tallied(tally(3, 841, 5)), NOW + 1);
    assert_eq!(
        (reloaded.count(&option("happy")), reloaded.chosen()),
        (6, Some(&option("happy")))
    );
    assert_eq!(reloaded.outbox.next(NOW + 1), state.outbox.next(NOW));
}

#[test]
fn with_the_clock_set_back_a_year_the_second_click_still_wins() {
    let mut state = fresh(tally(3, 841, 0));
    state.reduce(Action::Pressed(option("happy")), NOW);
    let first = state.outbox.next(NOW);
    state.reduce(Action::Pressed(option("sad")), NOW - 365 * 24 * 3_600_000);
    let second = state.outbox.next(NOW);
    let seq = |entries: &[Entry]| match entries[0].what {
        What::Choice { seq, .. } => seq,
        _ => unreachable!("only choices were made"),
    };
    assert!(seq(&second) > seq(&first));
}

#[test]
fn a_read_counts_once_a_window() {
    let mut state = fresh(tally(3, 841, 0));
    let read = |until| Action::Read { key: key(), until };
    state.reduce(read(NOW + 10), NOW);
    state.reduce(read(NOW + 10), NOW);
    assert_eq!(state.reads(), 842);
    let acknowledged = answer(&state, 4, 0);
    state.reduce(acknowledged, NOW);
    state.reduce(read(NOW + 10), NOW + 5);
    assert_eq!((state.reads(), state.outbox.due()), (842, None));
    state.reduce(read(NOW + 99), NOW + 10);
    assert_eq!(state.reads(), 843);
}

#[test]
fn a_second_click_on_the_same_share_button_is_the_same_share() {
    let mut state = fresh(tally(3, 841, 0));
    let shared = |network| Action::Shared {
        network: Network::parse(network).unwrap(),
        key: key(),
    };
    for action in [shared("whatsapp"), shared("whatsapp"), shared("x")] {
        state.reduce(action, NOW);
    }
    assert_eq!(state.outbox.next(NOW).len(), 2);
}

#[test]
fn a_closed_poll_takes_nothing() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(
        Action::Viewed {
            poll: Poll::Closed,
            window_ends: 0,
        },
        NOW,
    );
    state.reduce(Action::Pressed(option("happy")), NOW);
    assert_eq!((state.count(&option("happy")), state.chosen()), (5, None));
}

#[test]
fn a_refused_choice_is_reverted_and_announced() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    let refusal = RejectedEvent {
        index: 0,
        field: "reaction".into(),
        reason: "retired".into(),
        retry_after: None,
    };
    let answer = Answer {
        tallies: vec![],
        refused: vec![refusal],
    };
    state.reduce(
        Action::Answered {
            sent: state.outbox.next(NOW),
            answer,
            jitter: 0,
        },
        NOW,
    );
    assert_eq!(
        (state.count(&option("happy")), state.chosen(), state.refused),
        (5, None, true)
    );
}

/// The endpoint rejects all due entries.
fn reject(state: &mut State) {
    let sent = state.outbox.next(u64::MAX);
    assert!(!sent.is_empty());
    state.reduce(Action::Rejected { sent }, NOW);
}

#[test]
fn a_rejected_request_reverts_the_choice_and_is_not_repeated() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    let acknowledged = answer(&state, 4, 5);
    state.reduce(acknowledged, NOW);
    state.reduce(Action::Pressed(option("sad")), NOW + 1);
    reject(&mut state);
    assert_eq!(
        (state.count(&option("happy")), state.count(&option("sad"))),
        (6, 0)
    );
    assert_eq!(
        (state.chosen(), state.refused, state.waiting()),
        (Some(&option("happy")), true, false)
    );
    state.reduce(Action::Hurried, NOW);
    assert_eq!(state.outbox.due(), None);
}

#[test]
fn a_press_after_a_rejected_request_is_sent_and_may_be_taken() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    reject(&mut state);
    state.reduce(Action::Pressed(option("happy")), NOW + 1);
    assert_eq!(
        (state.chosen(), state.refused, state.outbox.due()),
        (Some(&option("happy")), false, Some(0))
    );
    let acknowledged = answer(&state, 4, 5);
    state.reduce(acknowledged, NOW + 1);
    assert_eq!(
        (
            state.count(&option("happy")),
            state.refused,
            state.outbox.due()
        ),
        (6, false, None)
    );
}

#[test]
fn rejected_reads_and_shares_are_dropped_and_may_be_repeated() {
    let mut state = fresh(tally(3, 841, 5));
    let read = Action::Read {
        key: key(),
        until: NOW + 10,
    };
    let shared = Action::Shared {
        network: Network::parse("x").unwrap(),
        key: key(),
    };
    for action in [read.clone(), shared.clone()] {
        state.reduce(action, NOW);
    }
    assert_eq!(state.reads(), 842);
    reject(&mut state);
    assert_eq!(
        (state.reads(), state.refused, state.outbox.due()),
        (841, false, None)
    );
    // Their entries have expired, so that the next page drops them too.
    assert!(state.outbox.entries().iter().all(|entry| entry.ended(NOW)));
    for action in [read, shared] {
        state.reduce(action, NOW + 1);
    }
    assert_eq!((state.reads(), state.outbox.next(NOW).len()), (842, 2));
}

#[test]
fn a_stored_choice_stays_when_its_repetition_is_rejected() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    let (sent, acknowledged) = (state.outbox.next(NOW), answer(&state, 4, 5));
    state.reduce(acknowledged, NOW);
    state.reduce(Action::Rejected { sent }, NOW);
    assert_eq!(
        (state.count(&option("happy")), state.chosen(), state.refused),
        (6, Some(&option("happy")), false)
    );
}

#[test]
fn a_waiting_choice_is_stored_and_announced() {
    let mut state = fresh(tally(3, 841, 5));
    state.reduce(Action::Pressed(option("happy")), NOW);
    assert!(!state.waiting());
    state.reduce(
        Action::Failed {
            retry_after: Some(30),
            jitter: 0,
        },
        NOW,
    );
    assert!(state.waiting());
    assert_eq!(
        (state.count(&option("happy")), state.outbox.due()),
        (6, Some(NOW + 30_000))
    );
}

fn any_reaction() -> impl Strategy<Value = Reaction> {
    prop::sample::select(&OPTIONS[..]).prop_map(option)
}

fn any_tally() -> impl Strategy<Value = Tally> {
    let counts = prop::collection::vec((any_reaction(), 0..3u64), 0..5).prop_map(Counts);
    let mine = prop::option::of((prop::option::of(any_reaction()), any::<u64>()));
    (0..20u64, counts, 0..3u64, mine).prop_map(|(rev, reactions, reads, mine)| {
        let mine = mine.map(|(reaction, seq)| OwnVote {
            reaction,
            seq: Seq::parse(seq >> 11).unwrap(),
        });
        Tally {
            rev,
            reads,
            reactions,
            mine,
            ..Tally::empty(article())
        }
    })
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let network = Network::parse("x").unwrap();
    let what = prop_oneof![
        (any_reaction(), any::<u64>()).prop_map(|(reaction, seq)| {
            What::Choice {
                reaction: Some(reaction),
                seq: Seq::parse(seq >> 11).unwrap(),
                before: None,
            }
        }),
        any::<u64>().prop_map(|until| What::Read { key: key(), until }),
        any::<u64>().prop_map(move |until| What::Share {
            network: network.clone(),
            key: key(),
            until
        }),
    ];
    what.prop_map(|what| Entry {
        article: article(),
        what,
        sent: false,
    })
}

fn any_action() -> impl Strategy<Value = Action> {
    let refused = prop::option::of((0..3usize, prop::option::of(any::<u32>())));
    let answered = (
        any_tally(),
        refused,
        prop::collection::vec(any_reaction(), 0..3),
        any::<u64>(),
        any::<u32>(),
    );
    let answered = answered.prop_map(|(tally, refused, chosen, seq, jitter)| {
        let sent = chosen.into_iter().map(|reaction| {
            let seq = Seq::parse(seq >> 11).unwrap();
            let what = What::Choice {
                reaction: Some(reaction),
                seq,
                before: None,
            };
            Entry {
                article: article(),
                what,
                sent: false,
            }
        });
        let refused = refused.map(|(index, retry_after)| RejectedEvent {
            index,
            field: String::new(),
            reason: String::new(),
            retry_after,
        });
        let answer = Answer {
            tallies: vec![tally],
            refused: refused.into_iter().collect(),
        };
        Action::Answered {
            sent: sent.collect(),
            answer,
            jitter,
        }
    });
    let network = Network::parse("x").unwrap();
    prop_oneof![
        any_tally().prop_map(Action::Tallied),
        any_reaction().prop_map(Action::Pressed),
        any::<u64>().prop_map(|until| Action::Read { key: key(), until }),
        Just(Action::Shared {
            network,
            key: key()
        }),
        answered,
        (any::<Option<u32>>(), any::<u32>()).prop_map(|(retry_after, jitter)| Action::Failed {
            retry_after,
            jitter
        }),
        prop::collection::vec(any_entry(), 0..3).prop_map(|sent| Action::Rejected { sent }),
        Just(Action::Hurried),
        Just(Action::Viewed {
            poll: Poll::Open,
            window_ends: 7
        }),
        Just(Action::More),
        Just(Action::Toggled(Panel::Qr)),
        Just(Action::Copied),
        Just(Action::Seen),
        any::<bool>().prop_map(|stays| Action::NoServer { stays }),
    ]
}

proptest! {
    /// Any sequence of actions: no panic, no count below zero or too high, and the pressed option is the reader's.
    #[test]
    fn reduce_is_total(actions in prop::collection::vec((any_action(), 0..u64::MAX / 2), 0..60)) {
        let mut state = State::new(article(), []);
        for (action, now) in actions {
            let pressed = match &action {
                Action::Pressed(reaction) => Some((reaction.clone(), state.chosen().cloned())),
                _ => None,
            };
            state.reduce(action, now);
            if let Some((pressed, before)) = pressed {
                let expected = (before.as_ref() != Some(&pressed)).then_some(pressed);
                prop_assert_eq!(state.chosen().cloned(), expected);
            }
            for name in OPTIONS {
                let (shown, counted) = (state.count(&option(name)), state.tally.reactions.get(&option(name)));
                prop_assert!(shown.abs_diff(counted) <= 1);
            }
        }
    }

    /// Clicks whose responses arrive in order leave the reader with one vote, or none.
    #[test]
    fn the_others_votes_are_never_touched(clicks in prop::collection::vec(any_reaction(), 0..20), happy in 0..9u64) {
        let mut state = fresh(tally(1, 0, happy));
        for (n, click) in clicks.into_iter().enumerate() {
            state.reduce(Action::Pressed(click), NOW);
            let acknowledged = answer(&state, 2 + n as u64, happy);
            state.reduce(acknowledged, NOW);
            let total: u64 = OPTIONS.iter().map(|name| state.count(&option(name))).sum();
            prop_assert_eq!(total, happy + u64::from(state.chosen().is_some()));
        }
    }
}

/// An endpoint with no other concurrent writers than this reader.
#[derive(Default)]
struct Endpoint {
    rev: u64,
    /// Votes of other readers, in the order of [`OPTIONS`].
    others: [u64; 5],
    mine: Option<OwnVote>,
}

/// Outcome of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Taken,
    /// Accepted, but the response is lost.
    AnswerLost,
    Lost,
    /// Each event is rejected separately.
    Refused,
    /// The request is rejected as a whole.
    Rejected,
}

#[derive(Clone, Debug)]
enum Step {
    Press(Reaction),
    Send,
    /// The running request ends.
    End(Fate),
}

impl Endpoint {
    fn tally(&self) -> Tally {
        let mut tally = Tally {
            rev: self.rev,
            ..Tally::empty(article())
        };
        tally.reactions = OPTIONS
            .iter()
            .zip(self.others)
            .map(|(name, count)| (option(name), count))
            .collect();
        if let Some(reaction) = self.mine.as_ref().and_then(|mine| mine.reaction.clone()) {
            *tally.reactions.entry(reaction) += 1;
        }
        Tally {
            mine: self.mine.clone(),
            ..tally
        }
    }

    fn take(&mut self, sent: &[Entry]) {
        for entry in sent {
            let What::Choice { reaction, seq, .. } = &entry.what else {
                continue;
            };
            if self.mine.as_ref().is_none_or(|mine| mine.seq < *seq) {
                self.mine = Some(OwnVote {
                    reaction: reaction.clone(),
                    seq: *seq,
                });
                self.rev += 1;
            }
        }
    }

    fn ends(&mut self, sent: Vec<Entry>, fate: Fate) -> Action {
        if let Fate::Taken | Fate::AnswerLost = fate {
            self.take(&sent);
        }
        let refusal = |index| RejectedEvent {
            index,
            field: String::new(),
            reason: String::new(),
            retry_after: None,
        };
        match fate {
            Fate::Taken => {
                let answer = Answer {
                    tallies: vec![self.tally()],
                    refused: vec![],
                };
                Action::Answered {
                    sent,
                    answer,
                    jitter: 0,
                }
            }
            Fate::AnswerLost | Fate::Lost => Action::Failed {
                retry_after: None,
                jitter: 0,
            },
            Fate::Refused => {
                let answer = Answer {
                    tallies: vec![self.tally()],
                    refused: (0..sent.len()).map(refusal).collect(),
                };
                Action::Answered {
                    sent,
                    answer,
                    jitter: 0,
                }
            }
            Fate::Rejected => Action::Rejected { sent },
        }
    }
}

fn any_step(fates: &'static [Fate]) -> impl Strategy<Value = Step> {
    prop_oneof![
        any_reaction().prop_map(Step::Press),
        Just(Step::Send),
        prop::sample::select(fates).prop_map(Step::End),
    ]
}

/// Runs the steps of a reader and the endpoint, and checks the state after each.
fn lives(
    endpoint: &mut Endpoint,
    steps: Vec<Step>,
    mut look: impl FnMut(&State) -> Result<(), TestCaseError>,
) -> Result<State, TestCaseError> {
    let mut state = fresh(endpoint.tally());
    let mut under_way = None;
    for (at, step) in steps.into_iter().enumerate() {
        let now = NOW + at as u64;
        match step {
            Step::Press(reaction) => state.reduce(Action::Pressed(reaction), now),
            Step::Send if under_way.is_none() => {
                under_way = Some(state.outbox.next(u64::MAX)).filter(|sent| !sent.is_empty())
            }
            Step::Send => {}
            Step::End(fate) => {
                if let Some(sent) = under_way.take() {
                    state.reduce(endpoint.ends(sent, fate), now);
                }
            }
        }
        look(&state)?;
    }
    if let Some(sent) = under_way {
        state.reduce(endpoint.ends(sent, Fate::Taken), NOW);
    }
    Ok(state)
}

fn counts(state: &State) -> [u64; 5] {
    OPTIONS.map(|name| state.count(&option(name)))
}

proptest! {
    /// If every response arrives: a pressed option has exactly one vote more than the others' votes, and no other
    /// option has.
    #[test]
    fn no_count_drifts_whatever_is_taken_or_refused(
        others in any::<[u8; 5]>(),
        steps in prop::collection::vec(any_step(&[Fate::Taken, Fate::Lost, Fate::Refused, Fate::Rejected]), 0..60),
    ) {
        let others = others.map(u64::from);
        let mut endpoint = Endpoint { others, ..Endpoint::default() };
        lives(&mut endpoint, steps, |state| {
            let mut expected = others;
            if let Some(chosen) = state.chosen() {
                expected[OPTIONS.iter().position(|name| *name == chosen.as_str()).unwrap()] += 1;
            }
            prop_assert_eq!(counts(state), expected);
            Ok(())
        })?;
    }

    /// After any losses, the next accepted choice makes the counts and the pressed option equal to the endpoint's.
    #[test]
    fn the_next_accepted_choice_repairs_any_lost_answers(
        others in any::<[u8; 5]>(),
        last in any_reaction(),
        steps in prop::collection::vec(
            any_step(&[Fate::Taken, Fate::AnswerLost, Fate::Lost, Fate::Refused, Fate::Rejected]), 0..60),
    ) {
        let mut endpoint = Endpoint { others: others.map(u64::from), ..Endpoint::default() };
        let mut state = lives(&mut endpoint, steps, |_| Ok(()))?;
        state.reduce(Action::Pressed(last), NOW);
        while !state.outbox.next(u64::MAX).is_empty() {
            let sent = state.outbox.next(u64::MAX);
            state.reduce(endpoint.ends(sent, Fate::Taken), NOW);
        }
        let told = endpoint.tally();
        prop_assert_eq!(counts(&state), OPTIONS.map(|name| told.reactions.get(&option(name))));
        prop_assert_eq!(state.chosen(), told.mine.as_ref().and_then(|mine| mine.reaction.as_ref()));
        prop_assert!(!state.refused);
    }
}
