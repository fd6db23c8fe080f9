use proptest::prelude::*;
use wire::{Network, Reaction, Seq};

use super::*;

fn article() -> ArticleKey {
    ArticleKey::parse("berita/a:b?id=1").unwrap()
}

fn key(letter: char) -> IdempotencyKey {
    IdempotencyKey::parse(&letter.to_string().repeat(16)).unwrap()
}

fn reaction(name: &str) -> Option<Reaction> {
    Some(Reaction::parse(name).unwrap())
}

fn choice(name: Option<Reaction>, seq: u64, before: Option<Reaction>) -> Entry {
    let what = What::Choice {
        reaction: name,
        seq: Seq::parse(seq).unwrap(),
        before,
    };
    Entry {
        article: article(),
        what,
        sent: false,
    }
}

fn share(network: &str, until: u64) -> Entry {
    let what = What::Share {
        network: Network::parse(network).unwrap(),
        key: key('s'),
        until,
    };
    Entry {
        article: article(),
        what,
        sent: false,
    }
}

fn mine(name: Option<Reaction>, seq: u64) -> OwnVote {
    OwnVote {
        reaction: name,
        seq: Seq::parse(seq).unwrap(),
    }
}

#[test]
fn the_last_choice_wins_and_is_sent_once() {
    let mut outbox = Outbox::default();
    outbox.put(choice(reaction("happy"), 1, None));
    outbox.put(choice(reaction("sad"), 2, None));
    outbox.put(share("x", 99));
    assert_eq!(
        outbox.next(0),
        [choice(reaction("sad"), 2, None), share("x", 99)]
    );
}

#[test]
fn acknowledged_entries_are_not_sent_again() {
    let mut outbox = Outbox::default();
    let sent = choice(reaction("happy"), 1, None);
    outbox.put(sent.clone());
    outbox.acknowledged(&sent, Some(&mine(reaction("happy"), 1)));
    assert_eq!(outbox.due(), None);
    assert_eq!(
        outbox.entries(),
        [Entry {
            sent: true,
            ..choice(reaction("happy"), 1, reaction("happy"))
        }]
    );
}

#[test]
fn a_later_choice_at_the_endpoint_wins() {
    let mut outbox = Outbox::default();
    let sent = choice(reaction("happy"), 1, None);
    outbox.put(sent.clone());
    outbox.acknowledged(&sent, Some(&mine(reaction("sad"), 50)));
    assert_eq!(
        outbox.entries(),
        [Entry {
            sent: true,
            ..choice(reaction("sad"), 50, reaction("sad"))
        }]
    );
}

#[test]
fn a_choice_during_a_request_is_sent_after_it() {
    let mut outbox = Outbox::default();
    let sent = choice(reaction("happy"), 1, None);
    outbox.put(sent.clone());
    outbox.put(choice(None, 2, None));
    outbox.acknowledged(&sent, Some(&mine(reaction("sad"), 50)));
    assert_eq!(outbox.next(0), [choice(None, 51, reaction("sad"))]);
}

#[test]
fn a_refused_choice_falls_back_to_what_the_endpoint_has() {
    let mut outbox = Outbox::default();
    let sent = choice(reaction("happy"), 7, reaction("sad"));
    outbox.put(sent.clone());
    outbox.refused(&sent);
    assert_eq!(
        outbox.entries(),
        [Entry {
            sent: true,
            ..choice(reaction("sad"), 7, reaction("sad"))
        }]
    );
}

#[test]
fn two_tabs_agree_on_the_later_choice() {
    let (early, late) = (
        choice(reaction("happy"), 1, None),
        choice(reaction("sad"), 2, None),
    );
    for order in [[&early, &late], [&late, &early]] {
        let mut outbox = Outbox::default();
        order
            .into_iter()
            .cloned()
            .for_each(|entry| outbox.merge(entry));
        assert_eq!(outbox.entries(), std::slice::from_ref(&late));
    }
    let mut outbox = Outbox::default();
    outbox.put(Entry {
        sent: true,
        ..late.clone()
    });
    outbox.merge(late);
    assert_eq!(
        outbox.due(),
        None,
        "what the endpoint has is not sent again"
    );
}

/// Entries about one fact, one for each of a few widgets.
fn any_of_a_fact() -> impl Strategy<Value = Vec<Entry>> {
    let name = || prop_oneof![Just(None), Just(reaction("happy")), Just(reaction("sad"))];
    let choices =
        (name(), 1_u64..3, name(), any::<bool>()).prop_map(|(now, seq, before, sent)| Entry {
            sent,
            ..choice(now, seq, before)
        });
    let reads =
        (prop::char::range('a', 'c'), 1_u64..3, any::<bool>()).prop_map(|(name, until, sent)| {
            Entry {
                sent,
                ..read(article(), key(name), until)
            }
        });
    prop_oneof![
        prop::collection::vec(choices, 2..5),
        prop::collection::vec(reads, 2..5)
    ]
}

proptest! {
    #[test]
    fn widgets_that_exchange_entries_concurrently_converge(held in any_of_a_fact()) {
        let mut widgets: Vec<Outbox> = held.into_iter().map(|entry| {
            let mut outbox = Outbox::default();
            outbox.put(entry);
            outbox
        }).collect();
        // In each round, every widget sends its entries to all others. As many rounds as there are widgets suffice.
        for _ in 0..widgets.len() {
            let said: Vec<Entry> = widgets.iter().flat_map(|outbox| outbox.entries().to_vec()).collect();
            for outbox in &mut widgets {
                said.iter().cloned().for_each(|entry| outbox.merge(entry));
            }
        }
        prop_assert!(widgets.windows(2).all(|pair| pair[0].entries() == pair[1].entries()), "{widgets:?}");
        let said = widgets[0].entries()[0].clone();
        let before = widgets[0].clone();
        widgets[0].merge(said);
        prop_assert_eq!(&widgets[0], &before, "what is known already changes nothing");
    }
}

#[test]
fn reads_and_shares_end_with_their_window_and_choices_do_not() {
    let mut outbox = Outbox::default();
    outbox.put(read(article(), key('r'), 10));
    outbox.put(share("x", 20));
    outbox.put(choice(None, 1, None));
    outbox.expire(10);
    assert_eq!(outbox.entries(), [share("x", 20), choice(None, 1, None)]);
}

#[test]
fn a_request_has_at_most_fifty_events() {
    let mut outbox = Outbox::default();
    (0..60).for_each(|n| outbox.put(share(&format!("network-{n}"), 99)));
    assert_eq!(outbox.next(0).len(), 50);
}

#[test]
fn pauses_grow_obey_the_endpoint_and_end_when_hurried() {
    let mut outbox = Outbox::default();
    outbox.put(share("x", u64::MAX));
    outbox.failed(1_000, None, 0);
    assert_eq!(outbox.due(), Some(3_000));
    outbox.failed(3_000, None, 999);
    assert!((7_000..=9_000).contains(&outbox.due().unwrap()));
    outbox.failed(9_000, Some(120), 0);
    assert_eq!(outbox.due(), Some(129_000));
    assert!(outbox.next(100_000).is_empty());
    outbox.hurry();
    assert_eq!(outbox.next(100_000).len(), 1);
    (0..100).for_each(|_| outbox.failed(0, None, 999));
    assert!(outbox.due().unwrap() <= BACKOFF_MS.1 * 3 / 2);
}

/// What happens to one of a few widgets with a choice for the same article, and to the endpoint.
#[derive(Clone, Debug)]
enum Step {
    /// The reader chooses in this widget.
    Press(usize, Option<Reaction>),
    /// The endpoint receives what this widget has not sent. Its response is on its way.
    Send(usize),
    /// The response of that number arrives.
    Respond(usize),
    /// A widget hears what another one has stored.
    Spread(usize, usize),
}

const WIDGETS: usize = 3;

fn any_step() -> impl Strategy<Value = Step> {
    let name = prop_oneof![
        Just(None),
        Just(reaction("happy")),
        Just(reaction("inspired")),
        Just(reaction("sad"))
    ];
    prop_oneof![
        (0..WIDGETS, name).prop_map(|(widget, name)| Step::Press(widget, name)),
        (0..WIDGETS).prop_map(Step::Send),
        (0..8_usize).prop_map(Step::Respond),
        (0..WIDGETS, 0..WIDGETS).prop_map(|(from, to)| Step::Spread(from, to)),
    ]
}

/// A few widgets of one article in a browser, each with the clock of its reader, and the endpoint that they send to.
#[derive(Default)]
struct Company {
    outboxes: [Outbox; WIDGETS],
    endpoint: Option<OwnVote>,
    responses: Vec<(usize, Entry, OwnVote)>,
}

impl Company {
    fn run(&mut self, step: Step) {
        match step {
            Step::Press(widget, name) => {
                let outbox = &mut self.outboxes[widget];
                let seq = match outbox.choice(&article()).map(|entry| &entry.what) {
                    Some(What::Choice { seq, .. }) => seq.get() + 1,
                    _ => 1,
                };
                outbox.put(choice(name, seq, None));
            }
            Step::Send(widget) => {
                for sent in self.outboxes[widget].next(0) {
                    let What::Choice { reaction, seq, .. } = &sent.what else {
                        continue;
                    };
                    if self.endpoint.as_ref().is_none_or(|had| *seq > had.seq) {
                        self.endpoint = Some(mine(reaction.clone(), seq.get()));
                    }
                    let had = self.endpoint.clone().unwrap();
                    self.responses.push((widget, sent, had));
                }
            }
            Step::Respond(number) if number < self.responses.len() => {
                let (widget, sent, had) = self.responses.remove(number);
                self.outboxes[widget].acknowledged(&sent, Some(&had));
            }
            Step::Respond(_) => {}
            Step::Spread(from, to) => {
                for entry in self.outboxes[from].entries().to_vec() {
                    self.outboxes[to].merge(entry);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn no_choice_counts_as_sent_unless_the_endpoint_got_it(steps in prop::collection::vec(any_step(), 1..40)) {
        let mut company = Company::default();
        for step in steps {
            company.run(step);
            for entry in company.outboxes.iter().flat_map(Outbox::entries).filter(|entry| entry.sent) {
                let What::Choice { reaction, seq, .. } = &entry.what else { continue };
                let had = company.endpoint.as_ref().unwrap();
                prop_assert!(*seq < had.seq || (*seq, reaction) == (had.seq, &had.reaction), "{entry:?} {had:?}");
            }
        }
    }
}
