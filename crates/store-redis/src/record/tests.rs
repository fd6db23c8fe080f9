use super::*;

fn hash(fields: &[(String, Vec<u8>)]) -> Value {
    let values = fields
        .iter()
        .flat_map(|(field, value)| [field.clone().into_bytes(), value.clone()]);
    Value::Array(values.map(Value::BulkString).collect())
}

#[test]
fn record_survives_encoding() {
    let site = SiteId::parse("news").unwrap();
    let key = ArticleKey::parse("a").unwrap();
    let source = Source {
        of: "x".into(),
        number: 7,
        rev: 3,
        voted: true,
        home: true,
        until: Day::new(9),
    };
    let record = Record {
        rev: 12,
        shape: 2,
        published: Some(Day::new(16_000)),
        put: true,
        voted: true,
        sources: vec![source],
        aliases: [(ArticleKey::parse("b").unwrap(), true)].into(),
        counts: [(
            "reads".into(),
            Count {
                counted: 5,
                imported: 841,
            },
        )]
        .into(),
        poll: Some(Arc::new(ArticlePoll {
            question: Some("Setuju?".into()),
            ..ArticlePoll::default()
        })),
        is_listed: true,
        done: Some("x".into()),
        ..Record::new(i64::MAX, Day::new(16_756))
    };
    assert_eq!(
        Found::parse(&hash(&record.fields(&site, &key))),
        Found::Article(Arc::new(record))
    );
}

#[test]
fn lease_alone_is_no_article_and_alias_names_target() {
    let field = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    assert_eq!(
        Found::parse(&hash(&[field("lock", "x"), field("lease", "1")])),
        Found::Nothing
    );
    let to = ArticleKey::parse("b").unwrap();
    assert_eq!(
        Found::parse(&hash(&[field("to", "b"), field("lock", "x")])),
        Found::Moved(to)
    );
}
