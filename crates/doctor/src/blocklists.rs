//! Words in addresses that general rules of blocklists match. EasyPrivacy has rules such as `://stats.*/event` (the
//! first label of a host, and paths below it), `/analytics/event` and `://matomo.`; EasyList and Fanboy's Social have
//! such rules for advertising and sharing.

use url::{Host, Url};

use super::finding::{Findings, warning};

/// Words, and the list with rules for them.
struct BlocklistWords {
    list: &'static str,
    /// Words in the host name before the domain, and as path segments.
    anywhere: &'static [&'static str],
    /// Words in the host name only.
    host: &'static [&'static str],
    /// Words as path segments only.
    path: &'static [&'static str],
}

const BLOCKLISTS: [BlocklistWords; 3] = [
    BlocklistWords {
        list: "EasyPrivacy",
        anywhere: &[
            "analytics",
            "beacon",
            "collect",
            "counter",
            "metrics",
            "pixel",
            "stat",
            "statistics",
            "stats",
            "telemetry",
            "track",
            "tracker",
            "tracking",
            "umami",
            "webstats",
        ],
        host: &[
            "collector",
            "fathom",
            "log",
            "logs",
            "matomo",
            "metrika",
            "piwik",
            "plausible",
            "posthog",
            "trk",
            "utm",
        ],
        path: &[
            "hits",
            "pageview",
            "viewcounter",
            "visitcounter",
            "web-analytics",
            "webanalytics",
            "webcounter",
        ],
    },
    BlocklistWords {
        list: "EasyList",
        anywhere: &[
            "ad",
            "ads",
            "adserver",
            "adv",
            "advert",
            "affiliate",
            "banner",
            "banners",
            "sponsor",
        ],
        host: &["adservice", "adverts"],
        path: &["advertising", "sponsored"],
    },
    BlocklistWords {
        list: "Fanboy's Social",
        anywhere: &["share", "sharecounter", "social"],
        host: &["like", "likes", "widgets"],
        path: &[
            "like-button",
            "sharebar",
            "sharing",
            "social-share",
            "socialshare",
        ],
    },
];

/// Examines the host, the endpoint's path, and the site's id.
pub(super) fn examine(endpoint: &Url, site: Option<&str>, findings: &mut Findings) {
    let mut found = Vec::new();
    if let Some(Host::Domain(host)) = endpoint.host() {
        // Skip the domain itself, which is a proper name. Under suffixes like `co.id` it has three labels.
        let labels: Vec<_> = host.split('.').collect();
        let own = if labels.len() > 2 && labels[labels.len() - 2].len() <= 3 {
            3
        } else {
            2
        };
        for label in labels.iter().take(labels.len().saturating_sub(own)) {
            found.extend(
                matching(label, |words| words.host)
                    .map(|(word, list)| ("blocklist-host", word, list, host.to_owned())),
            );
        }
    }
    let pieces = endpoint.path().split('/').chain(site);
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let id = if Some(piece) == site {
            "blocklist-site"
        } else {
            "blocklist-path"
        };
        let address = format!("{endpoint}v1/sites/{}/events", site.unwrap_or("SITE"));
        found.extend(
            matching(piece, |words| words.path)
                .map(|(word, list)| (id, word, list, address.clone())),
        );
    }
    for (id, word, list, address) in found {
        let what = match id {
            "blocklist-host" => "the host's name",
            "blocklist-site" => "the site's name",
            _ => "the endpoint's path",
        };
        let says = format!(
            "`{word}` in {what} is a word that lists of blockers have general rules for ({list}): with a blocker, some readers see no widget or are not counted."
        );
        let write = match id {
            "blocklist-host" => {
                "Give the endpoint a neutral host name, such as gema.news.example; the old one may stay for pages that have it."
            }
            "blocklist-site" => {
                "Give the site a neutral name in gema.toml and in data-site (move its counts with `gema export` and `gema import`)."
            }
            _ => "Serve the endpoint below a neutral path.",
        };
        findings.push(warning(id, says, write).found(&address));
    }
}

/// The words of each list that equal the piece, or one of its parts between hyphens or underscores.
fn matching<'a>(
    piece: &'a str,
    of: impl Fn(&BlocklistWords) -> &'static [&'static str] + 'a,
) -> impl Iterator<Item = (&'static str, &'static str)> + 'a {
    let piece = piece.to_ascii_lowercase();
    BLOCKLISTS.iter().filter_map(move |words| {
        let is_in =
            |word: &&&str| piece == **word || piece.split(['-', '_']).any(|part| part == **word);
        words
            .anywhere
            .iter()
            .chain(of(words))
            .find(is_in)
            .map(|word| (*word, words.list))
    })
}
