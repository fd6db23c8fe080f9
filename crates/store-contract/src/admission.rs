use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use store::{Admission, Changes, NewEvent, NewEventKind};

use super::{Engine, changes, react, read, share};
use crate::{
    fixtures::chose,
    steps::{self, counts, tally},
};

/// An admission hook that records its calls, and rejects the changes in `rejects`.
#[derive(Debug, Default)]
struct RecordingAdmission {
    rejects: Vec<usize>,
    calls: Mutex<Vec<(usize, bool, &'static str)>>,
    is_finished: AtomicBool,
}

impl RecordingAdmission {
    fn rejecting(rejects: impl Into<Vec<usize>>) -> Arc<Self> {
        Arc::new(Self {
            rejects: rejects.into(),
            ..Self::default()
        })
    }

    /// The recorded calls: index of the change, whether the event would create the article, and kind of the event.
    fn calls(&self) -> Vec<(usize, bool, &'static str)> {
        assert!(
            self.is_finished.load(Ordering::SeqCst),
            "`commit` or `rollback` is called"
        );
        self.calls.lock().unwrap().clone()
    }
}

impl Admission for RecordingAdmission {
    fn admits(&self, change: usize, new: &NewEvent<'_>) -> bool {
        let kind = match new.kind {
            NewEventKind::Read => "read",
            NewEventKind::Share(_) => "share",
            NewEventKind::Voter => "voter",
            NewEventKind::Choice => "choice",
        };
        self.calls
            .lock()
            .unwrap()
            .push((change, new.is_first, kind));
        !self.rejects.contains(&change)
    }

    fn commit(&self) {
        self.is_finished.store(true, Ordering::SeqCst);
    }

    fn rollback(&self) {
        self.is_finished.store(true, Ordering::SeqCst);
    }
}

pub async fn admission_is_called_for_new_events_only<E: Engine>(engine: &E) {
    let store = engine.open();
    let batch = [
        read("a", 1),
        read("a", 1),
        react("a", Some("happy"), 5),
        share("a", "copy", 1),
        read("b", 1),
    ];
    let apply = async |recorder: &Arc<RecordingAdmission>, batch: &[_]| {
        let admission: Arc<dyn Admission> = Arc::clone(recorder) as _;
        let changes = Changes {
            admission: Some(admission),
            ..changes(1, batch)
        };
        steps::apply(&store, changes).await
    };

    let recorder = RecordingAdmission::rejecting([3, 4]);
    let got = apply(&recorder, &batch).await;
    let mut calls = recorder.calls();
    calls.sort_unstable();
    assert_eq!(
        calls,
        [
            (0, true, "read"),
            (2, false, "voter"),
            (3, false, "share"),
            (4, true, "read")
        ]
    );
    assert_eq!(
        (
            got.len(),
            got[0].reads,
            chose(&got[0], "happy"),
            got[0].shares.total()
        ),
        (1, 1, 1, 0)
    );
    let unknown = counts(&store, "b").await;
    assert_eq!(
        unknown.poll_opened, None,
        "a rejected event does not create an article"
    );

    // Events that are already counted are not submitted again; rejected ones are.
    let recorder = RecordingAdmission::rejecting([]);
    apply(&recorder, &batch).await;
    let mut calls = recorder.calls();
    calls.sort_unstable();
    assert_eq!(calls, [(3, false, "share"), (4, true, "read")]);
    let recorder = RecordingAdmission::rejecting([0, 1, 2, 3, 4]);
    let got = apply(&recorder, &batch).await;
    assert_eq!((got.len(), recorder.calls()), (2, vec![]));

    let recorder = RecordingAdmission::rejecting([1]);
    let got = apply(
        &recorder,
        &[react("a", Some("happy"), 4), react("a", Some("sad"), 6)],
    )
    .await
    .remove(0);
    assert_eq!(recorder.calls(), [(1, false, "choice")]);
    assert_eq!(
        (got.mine.unwrap().seq.get(), tally(&store, "a").await.rev),
        (5, 3)
    );
}
