use store::IndexedCount;

use super::*;

fn index() -> ArticleIndex {
    let mut index = ArticleIndex::default();
    index.metrics.push(Metric::Reads);
    for (key, title, byline, day, reads) in [
        ("/sport/a", "Timnas menang", "Ani", 10, 5),
        ("/sport/b", "Timnas kalah", "Budi", 12, 9),
        ("/world/c", "Pemilu", "Ani", 11, 7),
    ] {
        index.push(IndexedArticle {
            key,
            title,
            byline,
            published: Some(Day::new(day)),
            created: Day::new(day),
            is_known: true,
            counts: &[IndexedCount::new(0, reads)],
        });
    }
    index
}

fn keys(filter: Filter, scope: Option<&str>) -> Vec<String> {
    let index = index();
    let query = ArticleSelection::new(&filter, scope);
    let key = |at: &usize| index.get(*at).key.to_owned();
    let all: Vec<_> = select(&index, &query, 9).first.iter().map(key).collect();
    for count in 0..all.len() {
        let some = select(&index, &query, count);
        assert_eq!(some.found, all.len());
        assert_eq!(some.first.iter().map(key).collect::<Vec<_>>(), all[..count]);
    }
    all
}

#[test]
fn articles_are_found_by_words_section_author_and_day() {
    let filter = Filter::default;
    assert_eq!(keys(filter(), None), ["/sport/b", "/world/c", "/sport/a"]);
    let search = Filter {
        search: "TIMNAS menang".into(),
        ..filter()
    };
    assert_eq!(keys(search, None), ["/sport/a"]);
    let byline = Filter {
        byline: "ani".into(),
        sort: Sort::Reads,
        ..filter()
    };
    assert_eq!(keys(byline.clone(), None), ["/world/c", "/sport/a"]);
    assert_eq!(keys(byline, Some("/sport/")), ["/sport/a"]);
    let days = Filter {
        from: Day::new(11).to_string(),
        until: Day::new(11).to_string(),
        ..filter()
    };
    assert_eq!(keys(days, None), ["/world/c"]);
    let section = Filter {
        section: "/sport/".into(),
        sort: Sort::Least,
        ..filter()
    };
    assert_eq!(keys(section, None), ["/sport/a", "/sport/b"]);
}

#[test]
fn a_search_of_many_words_is_short_work() {
    let search = "/ o ".repeat(8000);
    let filter = Filter {
        search,
        ..Filter::default()
    };
    assert!(ArticleSelection::new(&filter, None).words.len() <= MAX_WORDS);
    assert_eq!(keys(filter, None), ["/sport/b", "/world/c", "/sport/a"]);
}
