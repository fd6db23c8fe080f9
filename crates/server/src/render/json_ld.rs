use serde_json::{Value, json};
use widget::settings::Settings;
use wire::{Poll, View};

use super::escape_for_script;

/// The displayed counts, as a schema.org article with an `InteractionCounter` for each. Placed beside the template,
/// because search engines do not look into templates.
pub(super) fn script(settings: &Settings, view: &View) -> String {
    let tally = &view.tally;
    let shares = tally.shares.0.iter().map(|(_, count)| count).sum();
    let counters = [
        (settings.reads, "ReadAction", tally.reads),
        (
            settings.poll(view.poll) != Poll::Off,
            "ReactAction",
            tally.reactions.total(),
        ),
        (settings.share, "ShareAction", shares),
    ];
    let counters = counters
        .into_iter()
        .filter(|(shown, ..)| *shown)
        .map(|(_, action, count)| counter(action, count));
    let mut article = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "interactionStatistic": counters.collect::<Vec<_>>(),
    });
    for (name, text) in [
        ("headline", &settings.page.title),
        ("url", &settings.page.url),
    ] {
        if !text.is_empty() {
            article[name] = json!(text);
        }
    }
    format!(
        "<script type=\"application/ld+json\">{}</script>",
        escape_for_script(&article.to_string())
    )
}

fn counter(action: &str, count: u64) -> Value {
    let action = format!("https://schema.org/{action}");
    json!({ "@type": "InteractionCounter", "interactionType": action, "userInteractionCount": count })
}
