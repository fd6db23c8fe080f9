use super::*;

fn days(days: &[i32]) -> BTreeSet<Day> {
    days.iter().copied().map(Day::new).collect()
}

fn site(name: &str) -> SiteId {
    SiteId::parse(name).unwrap()
}

/// An article's reads: by day, key and number.
fn sums(section: Option<&str>, reads: &[(i32, &str, i64)]) -> Arc<SharedDays> {
    let all: Vec<i32> = reads.iter().map(|(day, ..)| *day).collect();
    let mut sums = SumsByDay::of(&days(&all));
    for (day, key, count) in reads {
        let key = ArticleKey::parse(key).unwrap();
        let of_article = ((Day::new(*day), String::new(), "reads".to_owned()), *count);
        sums.add(&key, &[of_article].into());
    }
    Arc::new(sums.finish(section.map(str::to_owned)))
}

/// Reads by key, and by day.
type FoundReads = (Vec<(String, i64)>, Vec<(i32, i64)>);

/// The reads of the section's articles.
fn found(sums: &SharedDays, section: Option<&str>, of: &[i32]) -> FoundReads {
    let mut table = SumTable::default();
    sums.add_to(&mut table, section, &days(of)).unwrap();
    let (sums, keys) = table.into_sums(&[]);
    let of_article = |(key, number): (&[u8], u32)| {
        let key = String::from_utf8(key.to_vec()).unwrap();
        (key, sums.of(number)[0])
    };
    let of_day = |(day, _, sum): &(Day, u16, i64)| (day.get(), *sum);
    (
        keys.keys().zip(0..).map(of_article).collect(),
        sums.days.iter().map(of_day).collect(),
    )
}

#[test]
fn a_section_has_its_own_articles_of_the_sites_sums() {
    let of_site = sums(
        None,
        &[(7, "/sport/a", 2), (8, "/sport/a", 3), (8, "/world/b", 5)],
    );
    let key = |key: &str, reads| (key.to_owned(), reads);
    assert_eq!(
        found(&of_site, None, &[7, 8]),
        (
            vec![key("/sport/a", 5), key("/world/b", 5)],
            vec![(7, 2), (8, 8)]
        )
    );
    assert_eq!(
        found(&of_site, Some("/sport/"), &[8]),
        (vec![key("/sport/a", 3)], vec![(8, 3)])
    );
    assert_eq!(found(&of_site, Some("/none/"), &[8]), (vec![], vec![]));
}

#[test]
fn sums_are_found_for_their_site_their_section_and_their_days() {
    let known = KnownSums::default();
    known.insert(&site("one"), &sums(Some("/sport/"), &[(8, "/sport/a", 1)]));
    let is_found = |name: &str, section, of: &[i32], age| {
        let found = known.find(&site(name), section, &days(of), age);
        found.is_some()
    };
    let minute = Duration::from_secs(60);
    for (section, is_expected) in [
        (None, false),
        (Some("/world/"), false),
        (Some("/spor"), false),
        (Some("/sport/"), true),
        (Some("/sport/ball/"), true),
    ] {
        assert_eq!(is_found("one", section, &[8], minute), is_expected);
    }
    assert!(!is_found("two", Some("/sport/"), &[8], minute));
    assert!(!is_found("one", Some("/sport/"), &[7, 8], minute));
    assert!(!is_found("one", Some("/sport/"), &[8], Duration::ZERO));
}

#[test]
fn newer_sums_replace_those_of_the_same_days() {
    let known = KnownSums::default();
    let one = site("one");
    let insert = |section, reads: &[(i32, &str, i64)]| {
        known.insert(&one, &sums(section, reads));
        known.known().len()
    };
    assert_eq!(insert(None, &[(7, "/a", 1), (8, "/a", 1)]), 1);
    assert_eq!(insert(Some("/b/"), &[(8, "/b/b", 1)]), 2);
    assert_eq!(insert(None, &[(8, "/a", 2)]), 2, "the section's are in it");
    assert_eq!(insert(None, &[(7, "/a", 2), (8, "/a", 3)]), 1);
    let found = known.find(&one, None, &days(&[8]), MAX_AGE).unwrap();
    assert_eq!(self::found(&found, None, &[8]).1, [(8, 3)]);
    known.tidy();
    assert_eq!(known.known().len(), 1);
    known.drop_older(Duration::ZERO);
    assert_eq!(known.known().len(), 0);
}

#[test]
fn shared_sums_are_bounded_in_number() {
    let known = KnownSums::default();
    let name = |number: usize| site(&format!("site{number}"));
    for number in 0..2 * MAX_SUMS {
        known.insert(&name(number), &sums(None, &[(8, "/a", 1)]));
    }
    assert_eq!(known.known().len(), MAX_SUMS);
    let is_known = |number| known.find(&name(number), None, &days(&[8]), MAX_AGE);
    assert!(is_known(0).is_none() && is_known(2 * MAX_SUMS - 1).is_some());
}

#[test]
fn sums_that_are_too_large_drop_no_others() {
    let known = KnownSums::default();
    known.insert(&site("one"), &sums(None, &[(8, "/a", 1)]));
    let large = Rollup {
        days: Vec::new(),
        articles: vec![0; MAX_BYTES + 1],
    };
    let large = SharedDays {
        begun: Instant::now(),
        section: None,
        rollups: [(Day::new(8), large)].into(),
    };
    known.insert(&site("two"), &Arc::new(large));
    let is_known = |name: &str| {
        known
            .find(&site(name), None, &days(&[8]), MAX_AGE)
            .is_some()
    };
    assert!(is_known("one") && !is_known("two"));
}

#[test]
fn a_period_with_many_days_in_no_rollup_shares_none() {
    let part = |first, last| {
        PeriodPart::Days(Days {
            first: Day::new(first),
            last: Day::new(last),
        })
    };
    let rollup = PeriodPart::Rollup(Days {
        first: Day::new(4),
        last: Day::new(6),
    });
    let shared = shared_days(&[part(3, 3), rollup, part(7, 8)]);
    assert_eq!(shared, Some(days(&[3, 7, 8])));
    assert_eq!(shared_days(&[part(0, MAX_DAYS as i32)]), None);
    assert_eq!(shared_days(&[part(i32::MIN, i32::MAX)]), None);
}
