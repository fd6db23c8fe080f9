use proptest::{collection::vec, prelude::*};
use rusqlite::OptionalExtension;
use store::Metric;

use super::{super::schema, *};

type Model = BTreeMap<VoteKey, Vote>;

/// Generations that are full and move within few transactions.
const FAST: Pace = Pace {
    generation: 12,
    at_least: 3,
    at_least_due: 4,
    at_once: 2,
};

fn database() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    assert!(schema::prepare(&mut conn).is_ok());
    conn.execute_batch(
        "insert into site (id, name) values (1, 'demo'); \
         insert into article (id, site, key, rev, created) values (1, 1, 'a', 0, 0), (2, 1, 'b', 0, 0)",
    )
    .unwrap();
    for option in 1..=3 {
        let metric = Metric::parse(&format!("reaction:o{option}")).unwrap();
        conn.execute("insert into metric (name) values (?1)", [metric.name()])
            .unwrap();
    }
    conn
}

fn load(conn: &Connection) -> VoteLog {
    let mut log = VoteLog::load(conn).unwrap();
    log.pace = FAST;
    log
}

fn key(number: u8) -> VoteKey {
    (1 + i64::from(number % 2), [number; 16])
}

fn keys() -> impl Iterator<Item = VoteKey> {
    (0..40).map(key)
}

fn vote(reaction: u16, seq: i64) -> Vote {
    Vote {
        reaction: Some(reaction).filter(|id| *id != 0),
        seq,
    }
}

/// A vote, as a transaction finds it.
fn find(conn: &Connection, log: &VoteLog, key: &VoteKey) -> Option<Vote> {
    let in_table = || {
        conn.query_row(
            "select reaction, seq from vote where article = ?1 and voter = ?2",
            params![key.0, key.1],
            |row| {
                Ok(Vote {
                    reaction: row.get(0)?,
                    seq: row.get(1)?,
                })
            },
        )
        .optional()
        .unwrap()
    };
    let found = log.get(key).or_else(in_table);
    assert!(found.is_none() || !log.lacks(key));
    found
}

fn set(conn: &Connection, log: &mut VoteLog, key: VoteKey, vote: Vote) {
    if log.is_folded() {
        log.note_in_table(&key);
        set_votes(conn, &[(key, vote)]).unwrap();
    } else {
        log.insert(key, vote);
    }
}

fn erase(conn: &Connection, log: &mut VoteLog, key: &VoteKey) {
    if log.get(key).is_some() {
        log.fold(conn).unwrap();
    }
    conn.execute(
        "delete from vote where article = ?1 and voter = ?2",
        params![key.0, key.1],
    )
    .unwrap();
}

/// All votes of the table with the log over it.
fn shown(conn: &Connection) -> Model {
    show_with_log(conn).unwrap();
    let all = conn
        .prepare("select article, voter, reaction, seq from vote")
        .unwrap()
        .query_map([], |row| {
            let key = (row.get(0)?, row.get(1)?);
            let reaction = row.get(2)?;
            let seq = row.get(3)?;
            Ok((key, Vote { reaction, seq }))
        })
        .unwrap()
        .collect::<rusqlite::Result<Vec<_>>>()
        .unwrap();
    conn.execute_batch("drop view temp.vote; drop table temp.logged_vote")
        .unwrap();
    let many = all.len();
    let all = Model::from_iter(all);
    assert_eq!(all.len(), many, "each vote once");
    all
}

fn count(conn: &Connection, sql: &str) -> i64 {
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    Set(u8, u16),
    Erase(u8),
    /// As an import does.
    Import(u8, u16),
    /// As an event in the article does.
    Learn(i64),
    /// As before rows are moved.
    Write,
    Fold,
    /// As once a minute.
    MoveOld,
    MoveDue,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Commit,
    Rollback,
    /// The process is killed, after the commit or before.
    Restart(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => (0..40_u8, 0..4_u16).prop_map(|(key, option)| Step::Set(key, option)),
        1 => (0..40_u8).prop_map(Step::Erase),
        1 => (0..40_u8, 0..4_u16).prop_map(|(key, option)| Step::Import(key, option)),
        2 => (1..3_i64).prop_map(Step::Learn),
        1 => Just(Step::Write),
        1 => Just(Step::Fold),
        1 => Just(Step::MoveOld),
        2 => Just(Step::MoveDue),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        8 => Just(End::Commit),
        2 => Just(End::Rollback),
        1 => any::<bool>().prop_map(End::Restart),
    ]
}

proptest! {
    #[test]
    fn vote_log_equals_the_models_map(transactions in vec((vec(step(), 0..9), end()), 1..60)) {
        let conn = database();
        let mut log = load(&conn);
        let mut model = Model::new();
        let mut seq = 0;
        for (steps, end) in transactions {
            let before = model.clone();
            conn.execute_batch("begin immediate").unwrap();
            for step in steps {
                seq += 1;
                match step {
                    Step::Set(number, option) => {
                        set(&conn, &mut log, key(number), vote(option, seq));
                        model.insert(key(number), vote(option, seq));
                    }
                    Step::Erase(number) => {
                        erase(&conn, &mut log, &key(number));
                        model.remove(&key(number));
                    }
                    Step::Import(number, option) => {
                        log.fold(&conn).unwrap();
                        log.forget_voters(key(number).0);
                        let (key, vote) = (key(number), vote(option, seq));
                        set_votes(&conn, &[(key, vote)]).unwrap();
                        model.insert(key, vote);
                    }
                    Step::Learn(article) => log.learn_voters(&conn, article).unwrap(),
                    Step::Write => log.write(&conn).unwrap(),
                    Step::Fold => log.fold(&conn).unwrap(),
                    Step::MoveOld => {
                        log.move_old(&conn).unwrap();
                    }
                    Step::MoveDue => {
                        log.move_due(&conn).unwrap();
                    }
                }
                for key in keys() {
                    prop_assert_eq!(find(&conn, &log, &key), model.get(&key).copied());
                }
            }
            log.write(&conn).unwrap();
            let is_kept = matches!(end, End::Commit | End::Restart(true));
            conn.execute_batch(if is_kept { "commit" } else { "rollback" }).unwrap();
            match end {
                End::Commit => log.commit(),
                End::Rollback => log.rollback(),
                End::Restart(_) => log = load(&conn),
            }
            if !is_kept {
                model = before;
            }
            for key in keys() {
                prop_assert_eq!(find(&conn, &log, &key), model.get(&key).copied());
            }
            prop_assert_eq!(shown(&conn), model.clone());
        }
        conn.execute_batch("begin").unwrap();
        log.fold(&conn).unwrap();
        conn.execute_batch("commit").unwrap();
        prop_assert_eq!(count(&conn, "select count(*) from vote_log"), 0);
        prop_assert_eq!(count(&conn, "select count(*) from vote"), model.len() as i64);
    }
}

/// Commits one transaction with votes of these numbers.
fn transaction(conn: &Connection, log: &mut VoteLog, numbers: std::ops::Range<u8>) {
    for number in numbers {
        log.insert(key(number), vote(1, i64::from(number)));
    }
    log.write(conn).unwrap();
    log.commit();
}

#[test]
fn a_transaction_writes_one_row_and_moves_a_bounded_part() {
    let conn = database();
    let mut log = load(&conn);
    transaction(&conn, &mut log, 0..6);
    transaction(&conn, &mut log, 6..12);
    let rows = || count(&conn, "select count(*) from vote_log");
    let moved = || count(&conn, "select count(*) from vote");
    assert_eq!((rows(), moved()), (2, 0));
    transaction(&conn, &mut log, 12..13);
    assert_eq!((rows(), moved()), (3, 3), "at least three");
    transaction(&conn, &mut log, 13..16);
    assert_eq!((rows(), moved()), (4, 9), "two for each of its own");
    transaction(&conn, &mut log, 16..17);
    assert_eq!((rows(), moved()), (5, 12), "the whole generation");
    transaction(&conn, &mut log, 17..18);
    assert_eq!(
        (rows(), moved()),
        (4, 12),
        "the generation's rows are deleted"
    );
    transaction(&conn, &mut log, 18..18);
    assert_eq!((rows(), moved()), (4, 12), "nothing to write");
}

#[test]
fn rows_of_a_generation_are_deleted_in_parts() {
    let conn = database();
    let mut log = load(&conn);
    for number in 0..12 {
        transaction(&conn, &mut log, number..number + 1);
    }
    let rows = || count(&conn, "select count(*) from vote_log");
    for number in 12..16 {
        transaction(&conn, &mut log, number..number + 1);
    }
    assert_eq!(rows(), 16);
    transaction(&conn, &mut log, 16..17);
    assert_eq!(rows(), 14, "a third");
    // A start after a crash: the votes are in the log again, or in the table.
    let mut log = load(&conn);
    assert_eq!(log.recent.len(), 14);
    let all = (0..17).map(|number| (key(number), vote(1, i64::from(number))));
    assert_eq!(shown(&conn), all.collect::<Model>());
    transaction(&conn, &mut log, 17..18);
    assert_eq!(rows(), 15);
}

#[test]
fn a_record_without_article_or_option_is_left_out() {
    let conn = database();
    let mut log = load(&conn);
    log.insert((1, [1; 16]), vote(3, 7));
    log.insert((9, [2; 16]), vote(3, 7));
    log.insert((1, [3; 16]), vote(4, 7));
    log.write(&conn).unwrap();
    let loaded = load(&conn);
    assert_eq!(Vec::from_iter(loaded.recent), [((1, [1; 16]), vote(3, 7))]);
}

#[test]
fn records_survive_encoding_and_a_torn_one_is_ignored() {
    let all = [
        ((1, [7; 16]), vote(0, 0)),
        ((i64::MAX, [0xff; 16]), vote(u16::MAX, i64::MAX)),
    ];
    let mut bytes = Vec::new();
    for (key, vote) in &all {
        record::write(&mut bytes, key, vote);
    }
    assert_eq!(bytes.len(), 2 * record::BYTES);
    bytes.push(1);
    assert_eq!(Vec::from_iter(record::read_all(&bytes)), all);
}

#[test]
fn old_votes_move_at_once_or_in_parts() {
    let conn = database();
    let mut log = load(&conn);
    let step = |log: &mut VoteLog, is_begun: bool| {
        let are_left = if is_begun {
            log.move_due(&conn)
        } else {
            log.move_old(&conn)
        };
        log.commit();
        let rows = count(&conn, "select count(*) from vote_log");
        (
            are_left.unwrap(),
            rows,
            count(&conn, "select count(*) from vote"),
        )
    };
    transaction(&conn, &mut log, 0..2);
    assert_eq!(step(&mut log, false), (false, 0, 2), "few");
    transaction(&conn, &mut log, 2..9);
    assert_eq!(step(&mut log, false), (true, 1, 2), "many");
    assert_eq!(step(&mut log, true), (true, 1, 6));
    // Meanwhile others come, and a transaction with votes moves some, too.
    transaction(&conn, &mut log, 9..10);
    assert_eq!(step(&mut log, true), (true, 1, 9), "rows are deleted");
    assert_eq!(step(&mut log, true), (false, 1, 9), "the new one stays");
    assert_eq!(step(&mut log, false), (false, 0, 10));
}
