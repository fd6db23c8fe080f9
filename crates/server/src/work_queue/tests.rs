use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{FutureExt, future::join_all};

use super::*;

#[tokio::test]
async fn work_runs_one_at_a_time_and_a_full_queue_refuses() {
    let queue = Arc::new(WorkQueue::default());
    let at_once = Arc::new(AtomicUsize::new(0));
    let results = (0..2 * MAX_QUEUED).map(|number| {
        let queue = Arc::clone(&queue);
        let at_once = Arc::clone(&at_once);
        async move {
            let work = move || {
                assert_eq!(
                    at_once.fetch_add(1, Ordering::SeqCst),
                    0,
                    "nothing else is done meanwhile"
                );
                std::thread::yield_now();
                at_once.fetch_sub(1, Ordering::SeqCst);
                number
            };
            queue.run(None, work).await
        }
    });
    let done = join_all(results).await;
    assert!(
        done.iter()
            .take(MAX_QUEUED)
            .enumerate()
            .all(|(number, done)| *done == Some(number))
    );
    assert!(
        done.iter().skip(MAX_QUEUED).all(Option::is_none),
        "{done:?}"
    );
    assert_eq!(queue.run(None, || 7).await, Some(7), "there is room again");
}

#[tokio::test]
async fn work_of_a_cancelled_caller_keeps_its_turn() {
    let queue = Arc::new(WorkQueue::default());
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (end, ends) = std::sync::mpsc::channel::<()>();
    let asking = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move {
            queue
                .run(None, move || (begun.send(()), ends.recv()))
                .await
                .is_some()
        }
    });
    has_begun.await.unwrap();
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    assert_eq!(queue.worker.available_permits(), 0);
    end.send(()).unwrap();
    assert_eq!(queue.run(None, || 7).await, Some(7));
}

#[tokio::test]
async fn one_address_cannot_fill_the_queue() {
    let queue = WorkQueue::default();
    let busy = Arc::clone(&queue.worker).acquire_owned().await.unwrap();
    let mut waiting = Vec::new();
    let clients = std::iter::repeat_n("192.0.2.1", 2 * MAX_QUEUED);
    for client in clients.chain(["198.51.100.1"]) {
        let mut running = Box::pin(queue.run(client.parse().ok(), || ()));
        if running.as_mut().now_or_never().is_none() {
            waiting.push((client, running));
        }
    }
    let clients: Vec<_> = waiting.iter().map(|(client, _)| *client).collect();
    let expected = [
        &["192.0.2.1"; MAX_QUEUED_PER_ADDRESS][..],
        &["198.51.100.1"],
    ]
    .concat();
    assert_eq!(clients, expected);
    drop(busy);
    for (_, running) in waiting {
        assert!(running.await.is_some());
    }
}
