use super::{Filling, between, days_ago, page, text, today};

#[tokio::test]
async fn totals_of_a_period_are_beside_those_before() {
    let mut site = Filling::new();
    site.reads("/a", days_ago(1), 9, 30).await;
    site.reads("/b", days_ago(6), 9, 20).await;
    site.reads("/a", days_ago(7), 9, 40).await;
    site.reads("/a", days_ago(14), 9, 1000).await;
    site.reacts("/a", days_ago(2), "happy", 4).await;
    site.shares("/b", days_ago(3), "whatsapp", 2).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    let html = page(&mut editor, "site?days=7").await;
    let totals = text(between(
        &html,
        "aria-labelledby=\"totals-head\"",
        "</section>",
    ));
    assert!(totals.contains("Reads 50 40 +25%"), "{totals}");
    assert!(
        totals.contains("Reaction: Happy 4 0 nothing before"),
        "{totals}"
    );
    assert!(
        totals.contains("Shares: WhatsApp 2 0 nothing before"),
        "{totals}"
    );
    let chart = text(between(&html, "id=\"reads\"", "<svg"));
    assert!(
        chart.contains("Reads from") && chart.contains(": 50."),
        "{chart}"
    );
}

#[tokio::test]
async fn rankings_answer_what_editors_ask() {
    let mut site = Filling::new();
    for (key, title) in [
        ("/read", "Paling ramai"),
        ("/split", "Terbelah"),
        ("/loved", "Disayang"),
        ("/quiet", "Sunyi"),
    ] {
        site.puts(key, title, "Ani", days_ago(3), 0).await;
    }
    site.reads("/read", days_ago(2), 9, 300).await;
    site.reads("/split", days_ago(2), 9, 100).await;
    site.reads("/loved", days_ago(2), 9, 10).await;
    site.reacts("/split", days_ago(2), "happy", 5).await;
    site.reacts("/split", days_ago(2), "angry", 5).await;
    site.reacts("/loved", days_ago(2), "inspired", 6).await;
    site.reacts("/read", days_ago(2), "happy", 12).await;
    site.shares("/loved", days_ago(1), "copy", 3).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    let html = page(&mut editor, "site?days=7").await;
    let first = |title: &str| {
        let list = between(&html, &format!(">{title}</h2>"), "</section>").to_owned();
        text(between(&list, "<tbody>", "</tr>"))
    };
    assert!(first("Most read").starts_with("Paling ramai"));
    assert!(first("Least read of those published in this time").starts_with("Sunyi"));
    assert!(first("Most answered: Happy").starts_with("Paling ramai"));
    assert!(first("Most answered: Angry").starts_with("Terbelah"));
    assert!(first("Most divided").starts_with("Terbelah"));
    let loved = first("Quietly loved");
    assert!(
        loved.starts_with("Disayang") && loved.ends_with("60%"),
        "{loved}"
    );
    assert!(first("Most shared").starts_with("Disayang"));
}

/// The days of a section's long period are not known: roll-ups have their sum.
#[tokio::test]
async fn a_sections_long_table_has_months_instead_of_days() {
    let mut site = Filling::new();
    for ago in 100..160 {
        site.reads("/sport/a", days_ago(ago), 9, 1).await;
    }
    let sites = [Filling::site()];
    site.store.clean_up(&sites, today().0).await.unwrap();
    let endpoint = site.serves();
    let mut reader = endpoint
        .signed_in("ani", "news", "reader", Some("/sport/"))
        .await;
    for (days, unit) in [(200, "day"), (201, "month")] {
        let path = format!("/redaksi/news/site.csv?days={days}&lang=en");
        let csv = reader.get(&path).await;
        let rows: Vec<_> = csv.text.split("\r\n").collect();
        let by = format!("Reads by {unit},");
        let sums = rows.iter().filter(|row| row.starts_with(&by));
        let sums: Vec<i64> = sums
            .map(|row| row.split(',').nth(5).unwrap().parse().unwrap())
            .collect();
        assert_eq!(sums.iter().sum::<i64>(), 60, "{rows:#?}");
        let is_day = sums.iter().all(|sum| *sum <= 1);
        assert_eq!(is_day, unit == "day", "{rows:#?}");
    }
}

#[tokio::test]
async fn period_is_a_table_for_a_spreadsheet() {
    let mut site = Filling::new();
    site.puts("/a", "Harga, \"beras\"", "Ani", days_ago(2), 0)
        .await;
    site.reads("/a", days_ago(2), 9, 5).await;
    site.reads("/a", days_ago(9), 9, 3).await;
    site.reacts("/a", days_ago(1), "sad", 2).await;
    let endpoint = site.serves();
    let mut reader = endpoint.signed_in("ani", "news", "reader", None).await;
    let csv = reader.get("/redaksi/news/site.csv?days=7&lang=en").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let rows: Vec<_> = csv.text.split("\r\n").collect();
    assert!(rows.contains(&"Reads,,,,,5,3"), "{rows:#?}");
    assert!(rows.contains(&"Reaction: Sad,,,,,2,0"), "{rows:#?}");
    let day = days_ago(2);
    let by_day = format!("Reads by day,,,,{day},5,");
    assert!(rows.contains(&&*by_day), "{rows:#?}");
    let most = format!("Most read,\"Harga, \"\"beras\"\"\",/a,Ani,{day},5,");
    assert!(rows.contains(&&*most), "{rows:#?}");
    let mut other = endpoint.signed_in("eko", "daily", "reader", None).await;
    let refused = other.get("/redaksi/news/site.csv?days=7").await;
    assert_eq!(refused.status.as_u16(), 403);
}
