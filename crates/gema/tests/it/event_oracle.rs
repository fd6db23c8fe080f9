//! What readers have sent and what was acknowledged, and with it what the counts must be when all has arrived: each reader's
//! events are numbered, and each is one read, one share and one choice, in the article of its turn.

pub(crate) const ARTICLES: u64 = 4;
pub(crate) const OPTIONS: [&str; 3] = ["happy", "sad", "angry"];

/// An event: whose, and her how manieth.
pub(crate) type Event = (u64, u64);

/// Of all readers.
pub(crate) struct EventOracle {
    /// How many each has sent, one after the other.
    pub(crate) sent: Vec<u64>,
    pub(crate) acknowledged: Vec<Event>,
}

/// What an article's counts must be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) reads: u64,
    pub(crate) shares: u64,
    /// In the order of [`OPTIONS`].
    pub(crate) reactions: [u64; OPTIONS.len()],
}

impl EventOracle {
    pub(crate) fn new(readers: u64) -> Self {
        Self { sent: vec![0; readers as usize], acknowledged: Vec::new() }
    }

    /// A reader has sent up to that event, of which those were acknowledged.
    pub(crate) fn note(&mut self, reader: u64, sent: u64, acknowledged: impl IntoIterator<Item = u64>) {
        self.sent[reader as usize] = sent;
        self.acknowledged.extend(acknowledged.into_iter().map(|number| (reader, number)));
    }

    /// All that was ever sent, in the order in which each reader sent it.
    pub(crate) fn all(&self) -> impl Iterator<Item = Event> {
        self.sent.iter().enumerate().flat_map(|(reader, sent)| (0..*sent).map(move |number| (reader as u64, number)))
    }

    /// What is counted when all of it has arrived, each once.
    pub(crate) fn counted(&self, article: u64) -> Counted {
        let numbers = |sent: u64| (0..sent).filter(move |number| turn(*number) == article);
        let reads = self.sent.iter().map(|sent| numbers(*sent).count() as u64).sum();
        let mut reactions = [0; OPTIONS.len()];
        for last in self.sent.iter().filter_map(|sent| numbers(*sent).next_back()) {
            reactions[option(last)] += 1;
        }
        Counted { reads, shares: reads, reactions }
    }
}

/// Which article an event is in.
pub(crate) fn turn(number: u64) -> u64 {
    number % ARTICLES
}

/// Which option it chooses, as a place in [`OPTIONS`].
pub(crate) fn option(number: u64) -> usize {
    (number / ARTICLES % OPTIONS.len() as u64) as usize
}
