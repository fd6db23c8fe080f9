use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::*;

#[tokio::test]
async fn work_runs_on_a_thread_of_low_priority() {
    #[cfg(target_os = "linux")]
    {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let usual = priority();
        assert_eq!(run(priority).await, Some((usual + NICE).min(MAX_NICE)));
        assert_eq!(priority(), usual);
    }
    let name = run(|| std::thread::current().name().map(str::to_owned)).await;
    assert_eq!(name.flatten().as_deref(), Some("gema-low-priority"));
}

#[tokio::test]
async fn tasks_run_on_another_thread_of_low_priority() {
    #[cfg(target_os = "linux")]
    {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let usual = priority();
        let lower = task(async move { priority() }).await.unwrap();
        assert_eq!(lower, (usual + NICE).min(MAX_NICE));
        assert_eq!(priority(), usual);
    }
    let name = || std::thread::current().name().map(str::to_owned);
    let waits = async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        name()
    };
    assert_eq!(
        task(waits).await.unwrap().as_deref(),
        Some("gema-low-tasks")
    );
    let panics = task(async { panic!("on purpose") }).await;
    assert_eq!(panics, Err::<(), _>(StoreError::Unavailable));
    assert_eq!(task(async { 7 }).await, Ok(7));
}

#[tokio::test]
async fn a_task_ends_with_the_request_for_it() {
    let (held, ended) = oneshot::channel::<()>();
    let request = tokio::spawn(task(async move {
        let _held = held;
        std::future::pending::<()>().await;
    }));
    task(async {}).await.unwrap();
    request.abort();
    assert!(ended.await.is_err());
}

#[tokio::test]
async fn work_that_panics_does_not_end_the_thread() {
    for _ in 0..3 {
        assert_eq!(run(|| panic!("on purpose")).await, None::<()>);
    }
    assert_eq!(run(|| 7).await, Some(7));
}

#[tokio::test]
async fn cancelled_work_neither_waits_nor_runs() {
    let (go_on, wait) = mpsc::channel::<()>();
    let blocking = tokio::spawn(run(move || wait.recv()));
    let runs = Arc::new(AtomicUsize::new(0));
    let requests: Vec<_> = (0..100)
        .map(|_| {
            let runs = Arc::clone(&runs);
            tokio::spawn(run(move || runs.fetch_add(1, Ordering::Relaxed)))
        })
        .collect();
    tokio::task::yield_now().await;
    for request in requests {
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
    }
    // The thread may have one of them as its next.
    assert!(
        Arc::strong_count(&runs) <= 2,
        "{}",
        Arc::strong_count(&runs)
    );
    go_on.send(()).unwrap();
    assert_eq!(blocking.await.unwrap(), Some(Ok(())));
    run(|| ()).await.unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 0);
}

#[test]
fn a_thread_that_cannot_be_started_is_tried_again() {
    let thread = Thread(Mutex::new(None));
    assert!(
        thread
            .get(|| Err(io::ErrorKind::WouldBlock.into()))
            .is_none()
    );
    let (sender, _works) = mpsc::channel::<Work>();
    assert!(thread.get(|| Ok(sender)).is_some());
    let again = || -> io::Result<_> { panic!("it runs already") };
    assert!(thread.get(again).is_some());
}

#[tokio::test]
async fn nothing_runs_during_a_pause() {
    let pause = pause().await;
    let work = tokio::spawn(run(|| ()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!work.is_finished());
    drop(pause);
    assert_eq!(work.await.unwrap(), Some(()));
}
