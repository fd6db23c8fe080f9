//! Records which events readers have sent and which were acknowledged, and computes the expected counts after all of
//! them have arrived. Each reader's events are numbered; each is a read, a share and a reaction in the article of its
//! turn.

pub(crate) const ARTICLES: u64 = 4;
pub(crate) const OPTIONS: [&str; 3] = ["happy", "sad", "angry"];

/// The reader's number, and the number of that reader's event.
pub(crate) type Event = (u64, u64);

/// The events of all readers.
pub(crate) struct EventOracle {
    /// The number of events that each reader has sent.
    pub(crate) sent: Vec<u64>,
    pub(crate) acknowledged: Vec<Event>,
}

/// The expected counts of an article.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) reads: u64,
    pub(crate) shares: u64,
    /// Number of readers by option, in the order of [`OPTIONS`].
    pub(crate) reactions: [u64; OPTIONS.len()],
}

impl EventOracle {
    pub(crate) fn new(readers: u64) -> Self {
        Self {
            sent: vec![0; readers as usize],
            acknowledged: Vec::new(),
        }
    }

    /// Records that a reader has sent events up to this number, and which were acknowledged.
    pub(crate) fn note(
        &mut self,
        reader: u64,
        sent: u64,
        acknowledged: impl IntoIterator<Item = u64>,
    ) {
        self.sent[reader as usize] = sent;
        self.acknowledged
            .extend(acknowledged.into_iter().map(|number| (reader, number)));
    }

    /// All events ever sent, each reader's in the order of sending.
    pub(crate) fn all(&self) -> impl Iterator<Item = Event> {
        self.sent
            .iter()
            .enumerate()
            .flat_map(|(reader, sent)| (0..*sent).map(move |number| (reader as u64, number)))
    }

    /// The expected counts when all events have arrived and each is counted once.
    pub(crate) fn counted(&self, article: u64) -> Counted {
        let numbers = |sent: u64| (0..sent).filter(move |number| turn(*number) == article);
        let reads = self
            .sent
            .iter()
            .map(|sent| numbers(*sent).count() as u64)
            .sum();
        let mut reactions = [0; OPTIONS.len()];
        for last in self
            .sent
            .iter()
            .filter_map(|sent| numbers(*sent).next_back())
        {
            reactions[option(last)] += 1;
        }
        Counted {
            reads,
            shares: reads,
            reactions,
        }
    }
}

/// The article of an event.
pub(crate) fn turn(number: u64) -> u64 {
    number % ARTICLES
}

/// The option of an event, as an index into [`OPTIONS`].
pub(crate) fn option(number: u64) -> usize {
    (number / ARTICLES % OPTIONS.len() as u64) as usize
}
