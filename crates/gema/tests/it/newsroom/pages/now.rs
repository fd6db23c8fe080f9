use super::{Filling, between, days_ago, page, text, today};

#[tokio::test]
async fn now_shows_today_beside_the_day_a_week_before() {
    let mut site = Filling::new();
    let (day, hour) = today();
    let hour = hour.get();
    site.puts("/a", "Banjir surut", "Ani", days_ago(8), 0).await;
    site.reads("/a", day, hour, 12).await;
    site.reads("/a", days_ago(7), 0, 8).await;
    // What came later on that day is not compared.
    if hour < 23 {
        site.reads("/a", days_ago(7), 23, 100).await;
    }
    site.reacts("/a", day, "sad", 3).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    let html = page(&mut editor, "now").await;
    let figures = text(between(&html, "<dl class=\"figures\">", "</dl>"));
    assert!(figures.starts_with("Reads 12 +50%"), "{figures}");
    assert!(figures.contains("Reactions 3 nothing before"), "{figures}");
    assert!(figures.contains("Reads this hour 12"), "{figures}");
    let chart = text(between(&html, "id=\"hours\"", "<svg"));
    let at = format!("Most reads in one hour today: 12, at {hour:02}:00.");
    assert!(chart.contains(&at), "{chart}");
    let rising = text(between(&html, "id=\"rising\"", "</section>"));
    assert!(rising.contains("Banjir surut"), "{rising}");
    let read = text(between(&html, "id=\"read\"", "</section>"));
    assert!(read.ends_with("12"), "{read}");
}

#[tokio::test]
async fn hour_with_three_times_the_usual_is_marked_as_a_spike() {
    let mut site = Filling::new();
    let (day, hour) = today();
    for ago in 1..=7 {
        site.reads("/a", days_ago(ago), hour.get(), 10).await;
    }
    site.reads("/a", day, hour.get(), 40).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    let html = page(&mut editor, "now").await;
    let chart = between(&html, "id=\"hours\"", "</figure>");
    assert!(
        text(chart).contains("Spikes, more than three times"),
        "{chart}"
    );
    assert_eq!(chart.matches("class=\"bar spike\"").count(), 1, "{chart}");
}

#[tokio::test]
async fn numbers_for_the_script_are_those_of_the_page() {
    let mut site = Filling::new();
    let (day, hour) = today();
    site.reads("/a", day, hour.get(), 1234).await;
    let endpoint = site.serves();
    let mut editor = endpoint.signed_in("ani", "news", "reader", None).await;
    let html = page(&mut editor, "now").await;
    let shown = between(&html, "data-live=\"reads\" class=\"large\">", "<").to_owned();
    assert_eq!(shown, "1,234");
    let numbers = editor.get("/redaksi/news/now.json?lang=en").await;
    let numbers: serde_json::Value = serde_json::from_str(&numbers.text).unwrap();
    assert_eq!(numbers["numbers"]["reads"], shown);
    let mut nobody = endpoint.browser();
    let refused = nobody.get("/redaksi/news/now.json").await;
    assert_eq!(refused.status, 303, "{}", refused.text);
}
