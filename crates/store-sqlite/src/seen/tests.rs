use super::*;

const DAY: Day = Day::new(20_000);

fn digest(number: u64) -> Digest {
    let half = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    [half, half].concat().try_into().unwrap()
}

fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch("create table seen (id integer primary key, site, window, marks)")
        .unwrap();
    conn
}

fn rows(conn: &Connection) -> i64 {
    conn.query_row("select count(*) from seen", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn a_transaction_writes_one_row_for_each_site_and_window() {
    let conn = database();
    let mut seen = Seen::default();
    for number in 0..100 {
        seen.insert(1, DAY, &digest(number));
        seen.insert(2, DAY, &digest(number));
    }
    seen.write(&conn).unwrap();
    seen.write(&conn).unwrap();
    assert_eq!(rows(&conn), 2, "nothing was added since");
    seen.commit();
    seen.write(&conn).unwrap();
    assert_eq!(rows(&conn), 2);
    let loaded = Seen::load(&conn).unwrap();
    for number in 0..100 {
        assert!(loaded.contains(1, DAY, &digest(number)));
        assert!(loaded.contains(2, DAY, &digest(number)));
        assert!(!loaded.contains(1, DAY, &digest(number + 100)));
        assert!(!loaded.contains(1, Day::new(20_001), &digest(number)));
    }
}

#[test]
fn a_rollback_forgets_only_what_its_transaction_added() {
    let mut seen = Seen::default();
    seen.insert(1, DAY, &digest(1));
    seen.commit();
    seen.insert(1, DAY, &digest(1));
    seen.insert(1, DAY, &digest(2));
    seen.write(&database()).unwrap();
    seen.insert(1, DAY, &digest(3));
    assert!(seen.contains(1, DAY, &digest(2)), "within its transaction");
    seen.rollback();
    assert!(!seen.contains(1, DAY, &digest(3)));
    assert!(seen.contains(1, DAY, &digest(1)) && !seen.contains(1, DAY, &digest(2)));
}

#[test]
fn a_window_that_ends_in_its_first_transaction_leaves_no_row() {
    let conn = database();
    let mut seen = Seen::default();
    seen.insert(1, DAY, &digest(1));
    let later = Day::new(20_002);
    assert!(seen.end_windows(&conn, 1, &(later..=later)).unwrap());
    seen.insert(1, later, &digest(2));
    seen.write(&conn).unwrap();
    seen.commit();
    assert_eq!(rows(&conn), 1);
    assert!(Seen::load(&conn).unwrap().contains(1, later, &digest(2)));
}

#[test]
fn ended_windows_of_a_site_are_deleted_also_after_a_rollback() {
    let conn = database();
    let mut seen = Seen::default();
    for site in [1, 2] {
        seen.insert(site, DAY, &digest(1));
    }
    seen.write(&conn).unwrap();
    seen.commit();
    let live = Day::new(20_001)..=Day::new(20_002);
    conn.execute_batch("begin").unwrap();
    assert!(seen.end_windows(&conn, 1, &live).unwrap());
    conn.execute_batch("rollback").unwrap();
    seen.rollback();
    assert_eq!(rows(&conn), 2);
    assert!(seen.end_windows(&conn, 1, &live).unwrap());
    seen.commit();
    assert_eq!(rows(&conn), 1);
    assert!(!seen.contains(1, DAY, &digest(1)) && seen.contains(2, DAY, &digest(1)));
    assert!(!seen.end_windows(&conn, 1, &live).unwrap());
}
