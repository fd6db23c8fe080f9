use rusqlite::{Connection, ffi};
use store::Changes;
use visitor::Day;

use store_contract::soak::rounds;

use crate::{
    disk::Disk,
    event_oracle::EventOracle,
    load::{READERS, again, event, everybody_reads, everything_is_there_once, open},
    random::Random,
};

/// SQLite's error codes for failed disk operations.
const FAULTS: [i32; 5] = [
    ffi::SQLITE_FULL,
    ffi::SQLITE_IOERR_WRITE,
    ffi::SQLITE_IOERR_FSYNC,
    ffi::SQLITE_READONLY,
    ffi::SQLITE_IOERR_TRUNCATE,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_disk_half_applies_nothing_and_needs_no_restart() {
    let (mut random, seed) = Random::new();
    let mut disk = Disk::new();
    let mut oracle = EventOracle::new(READERS);
    let mut store = open(&disk).unwrap();
    for round in 0..rounds(20, 200) {
        if round % 10 == 9 {
            drop(store);
            disk = Disk::new();
            oracle = EventOracle::new(READERS);
            store = open(&disk).unwrap();
        }
        let code = FAULTS[random.below(FAULTS.len() as u64) as usize];
        println!("round {round}, GEMA_SEED={seed}, code {code}");
        let acknowledged = oracle.acknowledged.len();
        disk.fail_in(1 + random.below(200), code);
        everybody_reads(&store, 100, &mut oracle).await;
        assert!(store.readiness(&[]).await.is_err(), "it says so");
        let still = oracle.acknowledged.len();
        everybody_reads(&store, 3, &mut oracle).await;
        assert_eq!(
            oracle.acknowledged.len(),
            still,
            "nothing is acknowledged while it fails"
        );
        assert!(still >= acknowledged);

        disk.is_well_again();
        assert!(store.readiness(&[]).await.is_ok());
        let changed = again(&store, oracle.acknowledged.iter().copied()).await;
        assert!(
            changed.is_empty(),
            "acknowledged, but not there any more: {changed:?}"
        );
        everything_is_there_once(&store, &oracle).await;
    }
}

#[tokio::test]
async fn digests_of_an_ended_window_are_deleted_after_a_disk_failure() {
    let disk = Disk::new();
    let store = open(&disk).unwrap();
    let first = event(0, 0);
    let site = first.site.clone();
    let day = |passed| Day::new(first.day.get() + passed);
    for passed in [0, 1] {
        store
            .apply(Changes {
                day: day(passed),
                ..event(0, passed as u64)
            })
            .await
            .unwrap();
    }
    disk.fail_in(1, ffi::SQLITE_FULL);
    assert!(
        store
            .apply(Changes {
                day: day(2),
                ..event(0, 2)
            })
            .await
            .is_err()
    );
    disk.is_well_again();
    store.start_window(&site, day(2)).await.unwrap();
    drop(store);
    let conn = Connection::open(disk.path("gema.db")).unwrap();
    let mut windows = conn.prepare("select distinct window from seen").unwrap();
    let windows: Vec<i32> = windows
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        windows,
        [day(1).get()],
        "the first day's digests were deleted with its salt"
    );
}
