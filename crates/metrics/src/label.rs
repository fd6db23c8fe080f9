use http::StatusCode;

/// A label with a fixed set of values.
pub trait Label: Copy + 'static {
    /// Name in the text; empty: no label.
    const NAME: &'static str;
    /// All values, in the order of [`index`](Self::index).
    const VALUES: &'static [&'static str];
    /// Index of this value.
    fn index(self) -> usize;
}

impl Label for () {
    const NAME: &'static str = "";
    const VALUES: &'static [&'static str] = &[""];
    fn index(self) -> usize {
        0
    }
}

/// Defines a label as an enum, with the text of each value.
macro_rules! label {
    ($(#[$doc:meta])* $label:ident $name:literal { $($(#[$about:meta])* $value:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $label {
            $($(#[$about])* $value,)*
        }

        impl $label {
            /// All values, in the order of the names.
            pub const ALL: &'static [Self] = &[$(Self::$value),*];

            /// The text of this value.
            pub fn name(self) -> &'static str {
                Self::VALUES[self.index()]
            }

            /// The value with this text.
            pub fn parse(text: &str) -> Option<Self> {
                let index = Self::VALUES.iter().position(|name| *name == text)?;
                Some(Self::ALL[index])
            }
        }

        impl Label for $label {
            const NAME: &'static str = $name;
            const VALUES: &'static [&'static str] = &[$($text),*];
            fn index(self) -> usize {
                self as usize
            }
        }
    };
}

label! {
    /// The route of a request.
    Route "route" {
        /// The data for one page.
        View "view",
        /// The rendered widget.
        Widget "widget",
        /// Counts of several articles.
        Tallies "tallies",
        /// Live counts.
        Live "live",
        /// A batch of readers' events.
        Events "events",
        /// One reader's choice, from a form.
        Reaction "reaction",
        /// Deletion of a reader's votes.
        Visitor "visitor",
        /// The newsroom's articles.
        Articles "articles",
        /// An article's address as a QR code.
        Qr "qr",
        /// An article's count as an image.
        Badge "badge",
        /// Most read, most reactions.
        Top "top",
        /// How the site counts.
        Method "method",
        /// Requests of Waline's client.
        Waline "waline",
        /// Requests of GoatCounter's client.
        GoatCounter "goatcounter",
        /// Requests of Open Heart's client.
        OpenHeart "open-heart",
        /// The loader and the widget's files.
        Assets "assets",
        /// The demo's pages.
        Page "page",
        /// The newsroom's pages.
        Newsroom "newsroom",
        /// Health checks, version, and the OpenAPI document.
        Health "health",
        /// Operator commands on the local socket.
        Admin "admin",
        /// Unknown paths.
        Other "other",
    }
}

impl Route {
    /// The route of a path.
    pub fn of(path: &str) -> Self {
        let mut parts = path.strip_prefix('/').unwrap_or_default().splitn(4, '/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("v1"), Some("sites"), Some(_), Some(noun)) => match noun {
                "view" => Self::View,
                "widget.html" => Self::Widget,
                "tallies" => Self::Tallies,
                "live" => Self::Live,
                "events" => Self::Events,
                "reaction" => Self::Reaction,
                "visitor" => Self::Visitor,
                "articles" => Self::Articles,
                "qr.svg" => Self::Qr,
                "badge.svg" => Self::Badge,
                "top.json" | "top.atom" => Self::Top,
                "method.html" | "method.json" | "method.css" => Self::Method,
                "overlay.json" => Self::Newsroom,
                noun => match noun.split_once('/') {
                    Some(("waline", _)) => Self::Waline,
                    Some(("goatcounter", _)) => Self::GoatCounter,
                    Some(("open-heart", _)) => Self::OpenHeart,
                    _ => Self::Other,
                },
            },
            (
                Some("embed.js" | "embed.v1.js" | "top.js" | "reader.js" | "overlay.js"),
                None,
                ..,
            )
            | (Some("assets"), Some(_), ..) => Self::Assets,
            (Some("health"), Some(_), None, _)
            | (Some("v1"), Some("version" | "openapi.json"), None, _) => Self::Health,
            (Some("admin"), Some(_), ..) => Self::Admin,
            (Some("redaksi"), ..) => Self::Newsroom,
            (Some(_), None, ..) => Self::Page,
            _ => Self::Other,
        }
    }
}

label! {
    /// Kind of an event.
    Kind "kind" {
        /// A read.
        Read "read",
        /// A vote, or its withdrawal.
        React "react",
        /// A vote without JavaScript, or in a browser that stores nothing.
        Noscript "noscript",
        /// A click on a button of the share bar.
        Share "share",
        /// A page view or vote by Waline's client.
        Waline "waline",
        /// A page view by GoatCounter's client.
        GoatCounter "goatcounter",
        /// A vote by Open Heart's client.
        OpenHeart "open-heart",
        /// Unparsable.
        Unknown "unknown",
    }
}

label! {
    /// Outcome of an event.
    Outcome "result" {
        /// It was new.
        Counted "counted",
        /// It had been counted before.
        Repeated "repeated",
        /// It was rejected.
        Refused "refused",
    }
}

label! {
    /// Why an event or request was rejected.
    Reason "reason" {
        /// The event is malformed.
        Malformed "malformed",
        /// A vote without a visitor.
        Visitor "visitor",
        /// The poll has no such option.
        Option "option",
        /// The share bar has no such button.
        Network "network",
        /// The client is a known bot.
        Bot "bot",
        /// The site counts no reads, or has no poll.
        Off "off",
        /// The article's poll is closed.
        Closed "closed",
        /// The site ignores the article.
        Ignored "ignored",
        /// The site only counts registered articles.
        Unregistered "unregistered",
        /// A limit was exceeded; `gema_limited` names it.
        Limit "limit",
        /// The page's origin is not allowed.
        Origin "origin",
    }
}

label! {
    /// Cause of a store error.
    Cause "cause" {
        /// The queue is full.
        Busy "busy",
        /// The disk is full.
        Full "full",
        /// Writing is not permitted.
        Denied "denied",
        /// A file of the database was removed or replaced.
        Replaced "replaced",
        /// The data is damaged.
        Damaged "damaged",
        /// Another cause, which is in the log.
        Other "other",
    }
}

label! {
    /// Result of a lookup in the response cache.
    Lookup "result" {
        /// The response was cached.
        Hit "hit",
        /// The response had to be made.
        Miss "miss",
    }
}

/// An HTTP status, as a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(StatusCode);

impl From<StatusCode> for Status {
    fn from(status: StatusCode) -> Self {
        Self(status)
    }
}

/// The last value stands for all statuses that are not listed.
const STATUSES: [&str; 20] = [
    "200", "202", "204", "206", "304", "400", "401", "403", "404", "405", "408", "409", "413",
    "414", "415", "429", "431", "500", "503", "other",
];

impl Label for Status {
    const NAME: &'static str = "status";
    const VALUES: &'static [&'static str] = &STATUSES;
    fn index(self) -> usize {
        let last = STATUSES.len() - 1;
        STATUSES[..last]
            .iter()
            .position(|known| *known == self.0.as_str())
            .unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn route_of_maps_paths_and_unknown_ones_to_other() {
        for (path, route) in [
            ("/v1/sites/news/view", Route::View),
            ("/v1/sites/%ff/qr.svg", Route::Qr),
            ("/v1/sites/a/badge.svg", Route::Badge),
            ("/v1/sites/a/top.atom", Route::Top),
            ("/v1/sites/a/method.html", Route::Method),
            ("/v1/sites/news/widget.html", Route::Widget),
            ("/v1/sites/news/nothing", Route::Other),
            ("/v1/sites/news/view/more", Route::Other),
            ("/v1/sites/news/waline/api/article", Route::Waline),
            (
                "/v1/sites/news/goatcounter/counter//a.json",
                Route::GoatCounter,
            ),
            ("/v1/sites/news/open-heart/2015/a", Route::OpenHeart),
            ("/v1/sites/news/waline", Route::Other),
            ("/v1/version", Route::Health),
            ("/v1/nothing", Route::Other),
            ("/embed.js", Route::Assets),
            ("/top.js", Route::Assets),
            ("/assets/widget-0123.js", Route::Assets),
            ("/", Route::Page),
            ("/berita.html", Route::Page),
            ("/health/ready", Route::Health),
            ("/admin/backup", Route::Admin),
            ("", Route::Page),
            ("*", Route::Page),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }

    #[test]
    fn every_status_has_one_place() {
        let index = |status: u16| Status(StatusCode::from_u16(status).unwrap()).index();
        assert_eq!(
            (Status::VALUES[index(200)], Status::VALUES[index(503)]),
            ("200", "503")
        );
        assert_eq!(
            (Status::VALUES[index(418)], Status::VALUES[index(999)]),
            ("other", "other")
        );
    }
}
