use axum::{body::Body, http::Request};
use serde_json::json;
use store::{AliasEffect, AliasError, AliasOutcome, ArticleUpdate, MAX_VOTE_IDS};
use visitor::Window;
use wire::{Answer, Imported, Tally, View};

use crate::site::{Reader, TestSite, article, chose, event_key, react, reaction, read, share};

impl TestSite {
    /// Makes one key an alias of another, as an operator does.
    async fn alias(&self, old: &str, new: &str) -> Result<AliasOutcome, AliasError> {
        let site = wire::SiteId::parse("news").unwrap();
        let now = jiff::Timestamp::from_millisecond(self.now_ms().try_into().unwrap()).unwrap();
        let day = Window::at(now, &jiff::tz::TimeZone::UTC).day;
        self.store
            .alias(&site, day, &article(old), &article(new), false)
            .await
            .unwrap()
    }
}

/// The counts of a tally, without its key and the reader's own choice.
fn numbers(tally: &Tally) -> Tally {
    Tally {
        article: article("any"),
        mine: None,
        ..tally.clone()
    }
}

#[tokio::test]
async fn either_key_is_answered_with_itself_and_the_counts_of_both() {
    let site = TestSite::new();
    let one = site.reader();
    let two = site.reader();
    one.reacts("old", "happy").await;
    one.reads("old").await;
    two.sends([
        share("new", "copy", &event_key(1)),
        read("new", &event_key(2)),
        react("new", Some("sad"), 1),
    ])
    .await;
    let before = site.tally("old").await.rev.max(site.tally("new").await.rev);
    assert_eq!(
        site.alias("old", "new").await.unwrap().effect,
        AliasEffect::Merged { at_most_twice: 1 }
    );

    let old = site.tally("old").await;
    let new = site.tally("new").await;
    assert_eq!(
        (&old.article, &new.article),
        (&article("old"), &article("new"))
    );
    assert_eq!(numbers(&old), numbers(&new));
    assert_eq!(
        (
            old.reads,
            chose(&old, "happy"),
            chose(&old, "sad"),
            old.shares.total()
        ),
        (2, 1, 1, 1)
    );
    assert!(
        old.rev > before,
        "the revision is higher than any that a browser has shown"
    );
    let view: View = site.get("/v1/sites/news/view?article=old").await.json();
    assert_eq!(view.tally, old);

    let answer = one
        .sends([read("old", &event_key(8)), read("new", &event_key(9))])
        .await;
    let keys: Vec<_> = answer
        .tallies
        .iter()
        .map(|tally| tally.article.as_str())
        .collect();
    assert_eq!(keys, ["old", "new"]);
    assert_eq!((answer.tallies[0].reads, answer.tallies[1].reads), (4, 4));
    assert_eq!(
        answer.tallies[1].mine.as_ref().unwrap().reaction,
        Some(reaction("happy"))
    );

    let site = { site }.restarted();
    assert_eq!(
        numbers(&site.tally("old").await),
        numbers(&site.tally("new").await)
    );
    assert_eq!(site.tally("old").await.reads, 4);
}

#[tokio::test]
async fn events_counted_under_the_old_key_do_not_count_again() {
    let site = TestSite::new();
    let reader = site.reader();
    let sent = [
        read("old", &event_key(1)),
        share("old", "copy", &event_key(2)),
        react("old", Some("happy"), 7),
    ];
    reader.sends(sent.clone()).await;
    reader.reads("new").await;
    site.alias("old", "new").await.unwrap();
    let after = site.tally("new").await;
    for day in 0..2 {
        let again = reader.sends(sent.clone()).await.tallies.remove(0);
        assert_eq!(numbers(&again), numbers(&after), "sent again on day {day}");
        site.days_pass(1);
    }
}

#[tokio::test]
async fn a_vote_under_both_merged_keys_counts_once_and_is_erased() {
    let site = TestSite::new();
    let reader = site.reader();
    let other = site.reader();
    for key in ["old", "new"] {
        reader.reacts(key, "happy").await;
        other.reacts(key, "angry").await;
    }
    site.alias("old", "new").await.unwrap();
    let both = site.tally("new").await;
    assert_eq!((chose(&both, "happy"), chose(&both, "angry")), (2, 2));

    site.days_pass(1);
    let tally = reader.reacts("old", "sad").await;
    assert_eq!(
        (
            chose(&tally, "happy"),
            chose(&tally, "sad"),
            chose(&tally, "angry")
        ),
        (0, 1, 2)
    );
    site.days_pass(1);
    let tally = reader.takes_back("new").await;
    assert_eq!((chose(&tally, "sad"), chose(&tally, "angry")), (0, 2));
    let late = reader
        .sends([
            react("old", Some("happy"), 1),
            react("new", Some("happy"), 2),
        ])
        .await;
    assert_eq!(
        late.tallies[0].reactions.total(),
        2,
        "an older event does not restore a choice"
    );

    let body = json!({ "visitor": other.token, "articles": ["old"] }).to_string();
    let request =
        Request::delete("/v1/sites/news/visitor").header("content-type", "application/json");
    let answer: Answer = site
        .send(request.body(Body::from(body)).unwrap())
        .await
        .json();
    assert_eq!(
        (
            answer.tallies[0].article.as_str(),
            answer.tallies[0].reactions.total()
        ),
        ("old", 0)
    );
    let heard = other.sends([read("new", &event_key(1))]).await;
    assert_eq!(heard.tallies[0].mine, None);
}

#[tokio::test]
async fn an_article_that_moves_on_takes_its_earlier_keys_along() {
    let site = TestSite::new();
    let reader = site.reader();
    reader.reacts("a", "happy").await;
    assert_eq!(
        site.alias("a", "b").await.unwrap().effect,
        AliasEffect::Renamed
    );
    assert_eq!(
        site.alias("b", "c").await.unwrap().effect,
        AliasEffect::Renamed
    );
    for key in ["a", "b", "c"] {
        assert_eq!(chose(&site.tally(key).await, "happy"), 1, "{key}");
    }
    assert_eq!(
        site.alias("a", "d").await,
        Err(AliasError::Elsewhere(article("c")))
    );
    let noted = site.alias("never", "b").await.unwrap();
    assert_eq!(
        (noted.effect, noted.new.as_str()),
        (AliasEffect::Added, "c")
    );
    assert_eq!(
        site.alias("c", "a").await.unwrap().effect,
        AliasEffect::Swapped,
        "moved back: no circle"
    );
    site.days_pass(1);
    for key in ["a", "b", "c", "never"] {
        let tally = reader.reacts(key, "sad").await;
        assert_eq!(
            (chose(&tally, "happy"), chose(&tally, "sad")),
            (0, 1),
            "{key}"
        );
    }
}

#[tokio::test]
async fn starting_counts_and_the_copy_move_too_and_the_new_copy_stays() {
    let site = TestSite::new();
    let news = wire::SiteId::parse("news").unwrap();
    let copy = |title: &str| wire::Article {
        title: title.into(),
        byline: None,
        published: Some("2015-11-17".into()),
        url: None,
        html: "<p>Isi".into(),
    };
    let put = async |key: &str, reads, title: Option<&str>| {
        let imported = Some(Imported {
            reads,
            ..Imported::default()
        });
        let publication = ArticleUpdate {
            article: title.map(copy),
            imported,
            poll: None,
        };
        let day = visitor::Day::new(16_756);
        site.store
            .put_article(&news, day, &article(key), publication)
            .await
            .unwrap();
    };
    put("old", 841, Some("Lama")).await;
    put("new", 100, None).await;
    put("newer", 1, Some("Baru")).await;
    let title = async |key: &str| {
        site.store
            .article(&news, &article(key))
            .await
            .unwrap()
            .unwrap()
            .title
    };
    site.alias("old", "new").await.unwrap();
    assert_eq!(
        (site.tally("old").await.imported.reads, title("old").await),
        (941, "Lama".into())
    );
    site.alias("new", "newer").await.unwrap();
    assert_eq!(
        (site.tally("old").await.reads, title("old").await),
        (942, "Baru".into())
    );
}

#[tokio::test]
async fn at_most_eight_articles_with_votes_can_be_merged() {
    let site = TestSite::new();
    let voters: Vec<Reader<'_>> = (0..=MAX_VOTE_IDS).map(|_| site.reader()).collect();
    for (at, reader) in voters.iter().enumerate() {
        reader.reacts(&format!("article-{at}"), "happy").await;
    }
    for at in 0..20 {
        // The number of ids is limited only for articles with votes.
        site.reader().reads(&format!("read-{at}")).await;
        site.alias(&format!("read-{at}"), "article-0")
            .await
            .unwrap();
    }
    for at in 1..MAX_VOTE_IDS {
        site.alias(&format!("article-{at}"), "article-0")
            .await
            .unwrap();
    }
    assert_eq!(
        site.alias(&format!("article-{MAX_VOTE_IDS}"), "article-0")
            .await,
        Err(AliasError::TooManyIds)
    );
    site.days_pass(1);
    for reader in &voters[..MAX_VOTE_IDS] {
        reader.reacts("article-0", "sad").await;
    }
    let tally = site.tally("article-3").await;
    assert_eq!(
        (chose(&tally, "happy"), chose(&tally, "sad"), tally.reads),
        (0, MAX_VOTE_IDS as u64, 20)
    );
}
