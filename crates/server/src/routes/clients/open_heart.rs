use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use config::{Clients, Site};
use text::key::decoded;
use utoipa_axum::{router::OpenApiRouter, routes};
use visitor::Client;
use wire::{ArticleKey, Reaction, SiteId, Tally};

use super::{
    counts::{article, tallies},
    request::{ClientSite, ClientWrite, Protocol, Vote},
};
use crate::{
    problem::Problem,
    routes::{
        caller::UncachedRead,
        extract::TextBody,
        openapi_errors::{ClientReadErrors, ClientWriteErrors},
        origin,
    },
    state::App,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hearts, react))
}

struct OpenHeart;

impl Protocol for OpenHeart {
    const CLIENT: Client = Client::OpenHeart;
    type Error = Problem;
    fn is_on(clients: &Clients) -> bool {
        clients.open_heart.is_some()
    }
}

/// How many readers chose each emoji of the site, for Open Heart.
#[utoipa::path(
    get,
    path = "/v1/sites/{site}/open-heart/{*page}",
    tag = "clients",
    params(("site" = SiteId, Path), ("page" = String, Path)),
    responses((status = OK, body = BTreeMap<String, u64>), ClientReadErrors),
)]
async fn hearts(
    State(app): State<App>,
    ClientSite(site, _): ClientSite<OpenHeart>,
    _: UncachedRead,
    uri: Uri,
) -> Result<Response, Problem> {
    let key = named_article(&site, &uri)?;
    let mut tallies = tallies(&app, &site, std::slice::from_ref(&key)).await?;
    let tally = tallies.pop().unwrap_or_else(|| Tally::empty(key));
    Ok(answer(&site, &tally))
}

/// Records the emoji at the start of the body as the reader's reaction.
#[utoipa::path(
    post,
    path = "/v1/sites/{site}/open-heart/{*page}",
    tag = "clients",
    params(("site" = SiteId, Path), ("page" = String, Path)),
    request_body(content = String, content_type = "text/plain", description = "The emoji; as a form too"),
    responses((status = OK, body = BTreeMap<String, u64>), ClientWriteErrors),
)]
async fn react(
    request: ClientWrite<OpenHeart>,
    uri: Uri,
    TextBody(body): TextBody,
) -> Result<Response, Problem> {
    let site = &request.site;
    let key = named_article(site, &uri)?;
    let option = option_of(&site.clients, &body).ok_or_else(|| {
        let known: Vec<_> = site.clients.emojis().map(|(emoji, _)| emoji).collect();
        let detail = format!(
            "The body must begin with one of the site's emojis: {}.",
            known.join(" ")
        );
        Problem::field("body", detail)
    })?;
    let tally = request.vote(key, Vote::Choose(option)).await?;
    Ok(answer(site, &tally))
}

fn answer(site: &Site, tally: &Tally) -> Response {
    let count = |(emoji, option)| (emoji, tally.reactions.get(option));
    let counts: BTreeMap<&str, u64> = site.clients.emojis().map(count).collect();
    ([(header::CACHE_CONTROL, "no-store")], Json(counts)).into_response()
}

/// The article of the page that follows `open-heart` in the address: a path, with or without the site's host before it.
fn named_article(site: &Site, address: &Uri) -> Result<ArticleKey, Problem> {
    let named = address.path().splitn(6, '/').nth(5).unwrap_or_default();
    // A whole path as one encoded part: `%2F2015%2F11%2Ffgd.html`.
    let path = match named.get(..3) {
        Some("%2F" | "%2f") => decoded(named).into_owned(),
        _ => format!("/{}", without_host(site, named)),
    };
    let query = address
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    article(&(path + &query)).ok_or_else(|| {
        Problem::not_found("Name the page after open-heart: /open-heart/2015/11/fgd.html")
            .in_field("page")
    })
}

fn without_host<'n>(site: &Site, named: &'n str) -> &'n str {
    match named.split_once('/') {
        Some((host, path)) if origin::is_listed(site, &format!("https://{host}")) => path,
        _ => named,
    }
}

/// The option of the emoji with which the text begins.
fn option_of<'c>(clients: &'c Clients, text: &str) -> Option<&'c Reaction> {
    let text = plain(text.trim());
    let is_first = |emoji: &str| {
        let rest = text.strip_prefix(&plain(emoji.trim()));
        // Otherwise it is the beginning of another emoji, such as a family's.
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|next: char| next.is_ascii()))
    };
    let mut emojis = clients.emojis();
    emojis
        .find(|(emoji, _)| is_first(emoji))
        .map(|(_, option)| option)
}

/// Without the variation selector, which some keyboards leave out.
fn plain(emoji: &str) -> String {
    emoji.replace('\u{fe0f}', "")
}

#[cfg(test)]
mod tests {
    use wire::SiteId;

    use super::*;

    fn site() -> Site {
        let mut site = Site::new(SiteId::parse("news").unwrap());
        site.origins = vec![config::Origin::Exact("https://news.example".into())];
        let reaction = |key| Reaction::parse(key).unwrap();
        let emojis = [
            ("\u{2764}\u{fe0f}", reaction("happy")),
            ("\u{1f468}", reaction("sad")),
        ];
        site.clients.open_heart = Some(emojis.map(|(emoji, of)| (emoji.into(), of)).into());
        site
    }

    #[test]
    fn the_article_is_the_path_after_open_heart() {
        for (rest, key) in [
            ("2015/11/fgd.html", Some("/2015/11/fgd.html")),
            ("news.example/2015/11/fgd.html", Some("/2015/11/fgd.html")),
            ("other.example/a", Some("/other.example/a")),
            ("%2F2015%2F11%2Ffgd.html", Some("/2015/11/fgd.html")),
            ("berita/caf%C3%A9", Some("/berita/caf\u{e9}")),
            ("index.php?id=7", Some("/index.php?id=7")),
            ("index.php", None),
        ] {
            let address = format!("/v1/sites/news/open-heart/{rest}").parse().unwrap();
            let named = named_article(&site(), &address).ok();
            assert_eq!(named.as_ref().map(ArticleKey::as_str), key, "{rest}");
        }
    }

    #[test]
    fn the_option_is_that_of_the_first_emoji() {
        let site = site();
        let option = |text| option_of(&site.clients, text).map(Reaction::as_str);
        for text in [
            "\u{2764}\u{fe0f}",
            "\u{2764}",
            "\u{2764}\u{fe0f}=",
            " \u{2764} more",
        ] {
            assert_eq!(option(text), Some("happy"), "{text}");
        }
        // A family begins with a man.
        for text in [
            "",
            "a",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{1f968}",
        ] {
            assert_eq!(option(text), None, "{text}");
        }
    }
}
