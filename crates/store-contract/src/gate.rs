use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use store::{Changes, Gate, New, Novelty};

use super::{Engine, changes, react, read, share, site, tally};
use crate::names::{article, chose};

/// Asks nobody, and writes down what it was asked.
#[derive(Debug, Default)]
struct Doorkeeper {
    refuses: Vec<usize>,
    asked: Mutex<Vec<(usize, bool, &'static str)>>,
    settled: AtomicBool,
}

impl Doorkeeper {
    fn refusing(refuses: impl Into<Vec<usize>>) -> Arc<Self> {
        Arc::new(Self { refuses: refuses.into(), ..Self::default() })
    }

    /// Each place that it was asked about: whether the article began with it, and what it was.
    fn asked(&self) -> Vec<(usize, bool, &'static str)> {
        assert!(self.settled.load(Ordering::SeqCst), "it hears what became of it");
        self.asked.lock().unwrap().clone()
    }
}

impl Gate for Doorkeeper {
    fn admits(&self, change: usize, new: &New<'_>) -> bool {
        let what = match new.what {
            Novelty::Read => "read",
            Novelty::Share(_) => "share",
            Novelty::Voter => "voter",
            Novelty::Choice => "choice",
        };
        self.asked.lock().unwrap().push((change, new.is_first, what));
        !self.refuses.contains(&change)
    }

    fn settle(&self, _is_durable: bool) {
        self.settled.store(true, Ordering::SeqCst);
    }
}

pub async fn the_gate_is_asked_about_what_is_new_and_about_nothing_else<E: Engine>(engine: &E) {
    let store = engine.open();
    let batch = [read("a", 1), read("a", 1), react("a", Some("happy"), 5), share("a", "copy", 1), read("b", 1)];
    let apply = async |doorkeeper: &Arc<Doorkeeper>, batch: &[_]| {
        let gate: Arc<dyn Gate> = Arc::clone(doorkeeper) as _;
        store.apply(Changes { gate: Some(gate), ..changes(1, batch) }).await.unwrap()
    };

    let doorkeeper = Doorkeeper::refusing([3, 4]);
    let told = apply(&doorkeeper, &batch).await;
    let mut asked = doorkeeper.asked();
    asked.sort_unstable();
    assert_eq!(asked, [(0, true, "read"), (2, false, "voter"), (3, false, "share"), (4, true, "read")]);
    assert_eq!((told.len(), told[0].reads, chose(&told[0], "happy"), told[0].shares.total()), (1, 1, 1, 0));
    let unknown = store.tallies(&site(), &[article("b")]).await.unwrap().remove(0);
    assert_eq!(unknown.since, None, "an article does not begin with what was refused");

    // What is known costs nobody anything, and what was refused may come again.
    let doorkeeper = Doorkeeper::refusing([]);
    apply(&doorkeeper, &batch).await;
    let mut asked = doorkeeper.asked();
    asked.sort_unstable();
    assert_eq!(asked, [(3, false, "share"), (4, true, "read")]);
    let doorkeeper = Doorkeeper::refusing([0, 1, 2, 3, 4]);
    let told = apply(&doorkeeper, &batch).await;
    assert_eq!((told.len(), doorkeeper.asked()), (2, vec![]));

    let doorkeeper = Doorkeeper::refusing([1]);
    let told = apply(&doorkeeper, &[react("a", Some("happy"), 4), react("a", Some("sad"), 6)]).await.remove(0);
    assert_eq!(doorkeeper.asked(), [(1, false, "choice")]);
    assert_eq!((told.mine.unwrap().seq.get(), tally(&store, "a").await.rev), (5, 3));
}
