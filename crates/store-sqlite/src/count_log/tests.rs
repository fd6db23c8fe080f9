use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use rusqlite::OptionalExtension;
use store::Metric;
use visitor::Hour;

use super::{super::schema, *};

/// Changes by article, day, hour and metric.
type Model = BTreeMap<(i64, i32, u8, MetricId), i64>;

fn database() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    assert!(schema::prepare(&mut conn).is_ok());
    conn.execute_batch(
        "insert into site (id, name) values (1, 'demo'); \
         insert into article (id, site, key, rev, created) values (1, 1, 'a', 0, 0), (2, 1, 'b', 0, 0)",
    )
    .unwrap();
    for name in ["reads", "reaction:happy", "reaction:sad"] {
        let metric = Metric::parse(name).unwrap();
        conn.execute("insert into metric (name) values (?1)", [metric.name()])
            .unwrap();
    }
    conn
}

fn change(article: i64, rev: i64, hours: &[(i32, u8, MetricId, i64)]) -> ArticleChange {
    let hour = |&(day, hour, metric, change): &_| HourChange {
        day: Day::new(day),
        hour: Hour::new(hour),
        metric,
        change,
    };
    ArticleChange {
        article,
        rev,
        created: Day::new(7),
        own: true,
        voted: true,
        hours: hours.iter().map(hour).collect(),
    }
}

fn rolled_days() -> RolledDays {
    RolledDays::default()
}

/// Runs the steps in a transaction, which is committed or rolled back.
fn transact(
    conn: &Connection,
    log: &mut CountLog,
    stays: bool,
    run: impl FnOnce(&Connection, &mut CountLog),
) {
    conn.execute_batch("begin").unwrap();
    run(conn, log);
    if stays {
        conn.execute_batch("commit").unwrap();
        log.commit();
    } else {
        conn.execute_batch("rollback").unwrap();
        log.rollback();
    }
}

/// The sums of a table by article, day, hour and metric; zeros are left out.
fn stored(conn: &Connection, sql: &str) -> Model {
    let mut select = conn.prepare(sql).unwrap();
    let rows = select.query_map([], |row| {
        Ok((
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?),
            row.get(4)?,
        ))
    });
    let rows: Model = rows.unwrap().map(Result::unwrap).collect();
    rows.into_iter()
        .filter(|(_, change)| *change != 0)
        .collect()
}

/// The sums of the model without some parts of its keys.
fn summed(
    model: &Model,
    part: impl Fn(&(i64, i32, u8, MetricId)) -> (i64, i32, u8, MetricId),
) -> Model {
    let mut sums = Model::new();
    for (key, change) in model {
        *sums.entry(part(key)).or_default() += change;
    }
    sums.into_iter()
        .filter(|(_, change)| *change != 0)
        .collect()
}

/// All tables have what the model has.
fn assert_tables(conn: &Connection, model: &Model) {
    let articles = "select article, day, hour, metric, change from article_hour";
    assert_eq!(stored(conn, articles), summed(model, |key| *key));
    let hours = "select 0, day, hour, metric, change from hour";
    assert_eq!(
        stored(conn, hours),
        summed(model, |key| (0, key.1, key.2, key.3))
    );
    let days = "select article, day, 0, metric, change from day";
    assert_eq!(
        stored(conn, days),
        summed(model, |key| (key.0, key.1, 0, key.3))
    );
    let counts =
        "select a.id, 0, 0, c.value ->> 0, c.value ->> 1 from article a, json_each(a.counts) c";
    assert_eq!(
        stored(conn, counts),
        summed(model, |key| (key.0, 0, 0, key.3))
    );
}

/// A log of which counts begin to move after few transactions.
fn load(conn: &Connection) -> CountLog {
    let mut log = CountLog::load(conn).unwrap();
    log.pace = CountPace {
        articles: 8,
        records: 6,
        at_least: 1,
    };
    log
}

fn write(conn: &Connection, log: &mut CountLog, changes: Vec<ArticleChange>) {
    log.write(conn, &mut rolled_days(), changes).unwrap();
}

/// The tables and the log together have what the model has.
fn assert_counts(conn: &Connection, log: &CountLog, model: &Model) {
    let mut found = Model::new();
    for id in 1..=2 {
        let counts = conn
            .query_row("select counts from article where id = ?1", [id], |row| {
                row.get(0)
            })
            .unwrap();
        let mut entry = Entry {
            id,
            rev: 0,
            created: Day::new(0),
            published: None,
            put: false,
            own: false,
            voted: false,
            sources: Vec::new(),
            counts,
            poll: None,
        };
        log.update(&mut entry);
        for count in entry.counts.iter() {
            found.insert((id, 0, 0, count.metric), count.counted);
        }
    }
    found.retain(|_, counted| *counted != 0);
    assert_eq!(found, summed(model, |key| (key.0, 0, 0, key.3)));
}

fn rows_of_log(conn: &Connection) -> i64 {
    conn.query_row("select count(*) from count_log", [], |row| row.get(0))
        .unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    /// One transaction: article, hour, metric and change of each event; and whether it stays.
    Log(Vec<(i64, u8, MetricId, i64)>, bool),
    Fold(bool),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let event = (1..=2_i64, 0..3_u8, 1..=3_u16, 1..5_i64);
    prop_oneof![
        6 => (vec(event, 1..6), prop::bool::weighted(0.8)).prop_map(|(events, stays)| Step::Log(events, stays)),
        2 => prop::bool::weighted(0.7).prop_map(Step::Fold),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #[test]
    fn counts_move_once_whatever_fails(steps in vec(step(), 1..60)) {
        let conn = database();
        let mut log = load(&conn);
        let (mut model, mut rev) = (Model::new(), 0);
        for step in steps {
            match step {
                Step::Log(events, stays) => {
                    let mut by_article: BTreeMap<i64, ArticleChange> = BTreeMap::new();
                    for (article, hour, metric, count) in &events {
                        rev += 1;
                        let new = change(*article, rev, &[(7, *hour, *metric, *count)]);
                        match by_article.get_mut(article) {
                            Some(known) => known.add(new),
                            None => drop(by_article.insert(*article, new)),
                        }
                        if stays {
                            *model.entry((*article, 7, *hour, *metric)).or_default() += count;
                        }
                    }
                    let changes = by_article.into_values().collect();
                    transact(&conn, &mut log, stays, |conn, log| write(conn, log, changes));
                }
                Step::Fold(stays) => {
                    transact(&conn, &mut log, stays, |conn, log| log.fold(conn, &mut rolled_days()).unwrap());
                    if stays {
                        assert_tables(&conn, &model);
                        prop_assert_eq!(rows_of_log(&conn), 0);
                    }
                }
                Step::Reopen => log = load(&conn),
            }
            assert_counts(&conn, &log, &model);
        }
        transact(&conn, &mut log, true, |conn, log| log.fold(conn, &mut rolled_days()).unwrap());
        assert_tables(&conn, &model);
    }
}

#[test]
fn fold_stores_the_newest_state_of_an_article() {
    let conn = database();
    let mut log = CountLog::load(&conn).unwrap();
    for rev in 1..=3 {
        let changes = vec![change(2, rev, &[]), change(1, rev, &[(7, 5, 1, 1)])];
        transact(&conn, &mut log, true, |conn, log| write(conn, log, changes));
    }
    // A start after a crash.
    let mut log = CountLog::load(&conn).unwrap();
    transact(&conn, &mut log, true, |conn, log| {
        log.fold(conn, &mut rolled_days()).unwrap()
    });
    let state = |id: i64| {
        conn.query_row(
            "select rev, created, own, voted, counts from article where id = ?1",
            [id],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            },
        )
        .unwrap()
    };
    assert_eq!(state(1), (3_i64, 7_i32, true, true, "[[1,3,0]]".to_owned()));
    assert_eq!(state(2), (3, 7, true, true, "[]".to_owned()));
}

#[test]
fn fold_does_not_depend_on_the_order_of_hours() {
    let conn = database();
    let mut log = CountLog::load(&conn).unwrap();
    // A choice of the next hour is stored before one of this hour is taken back.
    for (rev, hour, change_of_hour) in [(1, 5, 1), (2, 6, 1), (3, 5, -1), (4, 5, -1)] {
        let changes = vec![change(1, rev, &[(7, hour, 2, change_of_hour)])];
        transact(&conn, &mut log, true, |conn, log| write(conn, log, changes));
    }
    transact(&conn, &mut log, true, |conn, log| {
        log.fold(conn, &mut rolled_days()).unwrap()
    });
    assert_tables(&conn, &Model::from([((1, 7, 5, 2), -1), ((1, 7, 6, 2), 1)]));
}

#[test]
fn counts_begin_to_move_by_articles_or_records() {
    let conn = database();
    let mut log = CountLog::load(&conn).unwrap();
    let is_full_after = |log: &mut CountLog, conn: &Connection, article: i64| {
        transact(conn, log, true, |conn, log| {
            write(conn, log, vec![change(article, 1, &[])])
        });
        log.moving.is_some()
    };
    let articles = log.pace.articles as i64;
    assert!((1..articles).all(|article| !is_full_after(&mut log, &conn, article)));
    assert!(is_full_after(&mut log, &conn, articles));
    let mut log = CountLog::load(&database()).unwrap();
    let records = log.pace.records;
    assert!((1..records).all(|_| !is_full_after(&mut log, &conn, 1)));
    assert!(is_full_after(&mut log, &conn, 1));
}

#[test]
fn a_damaged_log_loses_the_damaged_records_only() {
    let conn = database();
    let mut log = CountLog::load(&conn).unwrap();
    let good = change(1, 1, &[(7, 5, 1, 1)]);
    for damaged in [
        change(9, 1, &[]),
        change(1, -1, &[]),
        change(1, i64::MAX, &[]),
        change(1, 1, &[(i32::MAX, 5, 1, 1)]),
        change(1, 1, &[(7, 5, 9, 1)]),
        change(1, 1, &[(7, 5, 1, 1 << 33)]),
    ] {
        let changes = vec![good.clone(), damaged];
        transact(&conn, &mut log, true, |conn, log| write(conn, log, changes));
    }
    // The first record is cut off within its change, and the second with it.
    conn.execute_batch(
        "insert into count_log (changes) select substr(changes, 1, 30) from count_log limit 1",
    )
    .unwrap();
    let mut log = CountLog::load(&conn).unwrap();
    transact(&conn, &mut log, true, |conn, log| {
        log.fold(conn, &mut rolled_days()).unwrap()
    });
    assert_tables(&conn, &Model::from([((1, 7, 5, 1), 6)]));
    assert_eq!(rows_of_log(&conn), 0);
}

#[test]
fn rows_move_only_before_the_row_that_tells_so() {
    let conn = database();
    let mut log = CountLog::load(&conn).unwrap();
    let changes = vec![change(1, 1, &[(7, 5, 1, 1)])];
    transact(&conn, &mut log, true, |conn, log| write(conn, log, changes));
    for damaged in [i64::MIN, -1, 1, i64::MAX] {
        conn.execute(
            "update count_log set moved_until = ?1, moved_article = 9",
            [damaged],
        )
        .unwrap();
        let log = CountLog::load(&conn).unwrap();
        assert!(log.moving.is_none());
        assert_counts(&conn, &log, &Model::from([((1, 7, 5, 1), 1)]));
    }
}

#[test]
fn fold_deletes_roll_ups_of_changed_days() {
    let conn = database();
    conn.execute_batch(
        "insert into rollup (site, first, last, days, articles) values (1, 1, 10, x'00', x'00')",
    )
    .unwrap();
    let mut log = CountLog::load(&conn).unwrap();
    let mut rolled_days = RolledDays::load(&conn).unwrap();
    let changes = vec![change(1, 1, &[(7, 5, 1, 1)])];
    transact(&conn, &mut log, true, |conn, log| write(conn, log, changes));
    transact(&conn, &mut log, true, |conn, log| {
        log.fold(conn, &mut rolled_days).unwrap()
    });
    let rollup = conn.query_row("select 1 from rollup", [], |row| row.get::<_, i64>(0));
    assert_eq!(rollup.optional().unwrap(), None);
}

#[test]
fn counts_move_in_parts_and_then_their_rows_are_deleted() {
    let conn = database();
    let mut log = load(&conn);
    let mut model = Model::new();
    let mut step = |log: &mut CountLog, articles: &[i64]| {
        let new = |&article: &i64| change(article, 1, &[(7, 5, 1, 1)]);
        let changes = articles.iter().map(new).collect();
        transact(&conn, log, true, |conn, log| write(conn, log, changes));
        for article in articles {
            *model.entry((*article, 7, 5, 1)).or_default() += 1;
        }
        assert_counts(&conn, log, &model);
        // A start after a crash.
        assert_counts(&conn, &load(&conn), &model);
        let moved = conn.query_row("select count(*) from day", [], |row| row.get(0));
        (rows_of_log(&conn), moved.unwrap())
    };
    for rows in 1..=3 {
        assert_eq!(step(&mut log, &[1, 2]), (rows, 0));
    }
    assert!(log.moving.is_some(), "six records");
    log.pace.at_least = 1;
    assert_eq!(step(&mut log, &[2]), (4, 2), "two articles for one");
    log = load(&conn);
    assert!(log.moving.is_some(), "its rows are still there");
    assert_eq!(step(&mut log, &[1]), (3, 2), "two of three rows");
    log = load(&conn);
    assert_eq!(step(&mut log, &[1]), (3, 2), "the last one");
    assert!(log.moving.is_none());
    transact(&conn, &mut log, true, |conn, log| {
        log.fold(conn, &mut rolled_days()).unwrap()
    });
    assert_tables(&conn, &model);
}
