use std::fmt::Debug;

use axum::response::Response;
use config::{Clients, Site};
use newsroom::pages::{
    PageTexts, Tab,
    settings::{Setting, settings},
};

use super::SitePage;

pub(super) async fn show(page: SitePage) -> Response {
    let default = Site::new(page.site.id.clone());
    let now = values(page.texts(), &page.site);
    let default = values(page.texts(), &default);
    let rows: Vec<_> = now
        .into_iter()
        .zip(default)
        .map(|((name, value), (_, default))| Setting {
            name,
            value,
            default,
        })
        .collect();
    page.respond(
        Tab::Settings,
        page.texts().settings,
        settings(&page.context, &rows),
    )
}

/// Each setting of a site with its value, without secrets.
fn values(texts: &PageTexts, site: &Site) -> Vec<(&'static str, String)> {
    let word = |is: bool| if is { texts.yes } else { texts.no }.to_owned();
    let days = site.poll_closes_after_days.map(|days| days.to_string());
    vec![
        ("origins", list(&site.origins)),
        ("opaque_origins", word(site.opaque_origins)),
        ("articles", name(&site.articles)),
        ("lists", name(&site.lists)),
        (
            "ignore",
            list(site.ignore.iter().map(|pattern| pattern.as_str())),
        ),
        ("languages", list(&site.languages)),
        ("default_language", site.default_language.clone()),
        (
            "time_zone",
            site.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        ),
        ("poll", name(&site.poll)),
        ("poll_closes_after_days", days.unwrap_or_default()),
        ("noscript_votes", word(site.noscript_votes)),
        (
            "reactions",
            list(site.reactions.iter().map(|option| &option.key)),
        ),
        ("faces", name(&site.faces)),
        ("show_from", site.show_from.to_string()),
        ("share_style", name(&site.share_style)),
        ("networks", list(&site.networks)),
        ("reads.identity", name(&site.reads.identity)),
        ("reads.after_ms", site.reads.after_ms.to_string()),
        ("live", word(site.live)),
        ("clients", clients(&site.clients)),
        ("key", word(site.key.is_some())),
    ]
}

/// The name of a value in gema.toml: that of its variant.
fn name(value: &impl Debug) -> String {
    format!("{value:?}").to_lowercase()
}

fn list<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| value.to_string()).collect();
    values.join(", ")
}

fn clients(clients: &Clients) -> String {
    let known = [
        ("waline", clients.waline.is_some()),
        ("goatcounter", clients.goatcounter),
        ("open_heart", clients.open_heart.is_some()),
    ];
    let known = known.into_iter().filter(|(_, is_known)| *is_known);
    list(known.map(|(name, _)| name))
}
