use http::StatusCode;

/// A label and its list of values.
pub trait Label: Copy + 'static {
    /// As it is called in the text; empty: no label.
    const NAME: &'static str;
    /// Every value, in the order of [`index`](Self::index).
    const VALUES: &'static [&'static str];
    /// The place of this value.
    fn index(self) -> usize;
}

impl Label for () {
    const NAME: &'static str = "";
    const VALUES: &'static [&'static str] = &[""];
    fn index(self) -> usize {
        0
    }
}

/// A label as an enum: its values as Rust and as the text know them.
macro_rules! label {
    ($(#[$doc:meta])* $label:ident $name:literal { $($(#[$about:meta])* $value:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $label {
            $($(#[$about])* $value,)*
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
    /// What was asked for.
    Route "route" {
        /// All that one page needs.
        View "view",
        /// The same, drawn.
        Widget "widget",
        /// Counts of many articles.
        Tallies "tallies",
        /// Counts while they change.
        Live "live",
        /// What readers did.
        Events "events",
        /// What one reader chose.
        Reaction "reaction",
        /// A reader takes everything back.
        Visitor "visitor",
        /// What a newsroom does.
        Articles "articles",
        /// An article's address for a phone's camera.
        Qr "qr",
        /// An article's count as an image.
        Badge "badge",
        /// Most read, most answered.
        Top "top",
        /// The loader and the widget's files.
        Assets "assets",
        /// The demo's pages.
        Page "page",
        /// Health, version, the description of the interface.
        Health "health",
        /// Verbs of the socket.
        Admin "admin",
        /// What is not there.
        Other "other",
    }
}

impl Route {
    /// By the path of the request.
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
                _ => Self::Other,
            },
            (Some("embed.js" | "embed.v1.js"), None, ..) | (Some("assets"), Some(_), ..) => Self::Assets,
            (Some("health"), Some(_), None, _) | (Some("v1"), Some("version" | "openapi.json"), None, _) => {
                Self::Health
            }
            (Some("admin"), Some(_), ..) => Self::Admin,
            (Some(_), None, ..) => Self::Page,
            _ => Self::Other,
        }
    }
}

label! {
    /// What a reader did.
    Kind "kind" {
        /// She read.
        Read "read",
        /// She chose, or took her choice back.
        React "react",
        /// The same, without JavaScript or in a browser that keeps nothing.
        Noscript "noscript",
        /// She clicked a button of the share bar.
        Share "share",
        /// It could not be made out.
        Unknown "unknown",
    }
}

label! {
    /// What became of an event.
    Outcome "result" {
        /// It was new.
        Counted "counted",
        /// It had been counted before.
        Repeated "repeated",
        /// It does not count.
        Refused "refused",
    }
}

label! {
    /// Why something was refused.
    Reason "reason" {
        /// An event is not as it should be.
        Malformed "malformed",
        /// A reaction is nobody's.
        Visitor "visitor",
        /// The poll has no such option.
        Option "option",
        /// The share bar has no such button.
        Network "network",
        /// It is a known bot's.
        Bot "bot",
        /// The site counts no reads, or has no poll.
        Off "off",
        /// The article's poll is closed.
        Closed "closed",
        /// The site ignores the article.
        Ignored "ignored",
        /// Nobody has put the article.
        Unregistered "unregistered",
        /// A limit is reached: `gema_limited` says which.
        Limit "limit",
        /// Pages of that origin may not send anything.
        Origin "origin",
    }
}

label! {
    /// Why the store did not do what it should.
    Cause "cause" {
        /// More arrived than it can queue.
        Busy "busy",
        /// There is no room on the disk.
        Full "full",
        /// It may not write.
        Denied "denied",
        /// The file is damaged.
        Damaged "damaged",
        /// Anything else; the log says what.
        Other "other",
    }
}

label! {
    /// Whether something was ready in memory.
    Lookup "result" {
        /// It was.
        Hit "hit",
        /// It had to be made.
        Miss "miss",
    }
}

/// An HTTP status, one of those that are answered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(StatusCode);

impl From<StatusCode> for Status {
    fn from(status: StatusCode) -> Self {
        Self(status)
    }
}

/// The last is for those that are not in the list.
const STATUSES: [&str; 19] = [
    "200", "204", "206", "304", "400", "401", "403", "404", "405", "408", "409", "413", "414", "415", "429", "431",
    "500", "503", "other",
];

impl Label for Status {
    const NAME: &'static str = "status";
    const VALUES: &'static [&'static str] = &STATUSES;
    fn index(self) -> usize {
        let last = STATUSES.len() - 1;
        STATUSES[..last].iter().position(|known| *known == self.0.as_str()).unwrap_or(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_known_by_its_path_and_what_is_not_there_is_one_route() {
        for (path, route) in [
            ("/v1/sites/news/view", Route::View),
            ("/v1/sites/%ff/qr.svg", Route::Qr),
            ("/v1/sites/a/badge.svg", Route::Badge),
            ("/v1/sites/a/top.atom", Route::Top),
            ("/v1/sites/news/widget.html", Route::Widget),
            ("/v1/sites/news/nothing", Route::Other),
            ("/v1/sites/news/view/more", Route::Other),
            ("/v1/version", Route::Health),
            ("/v1/nothing", Route::Other),
            ("/embed.js", Route::Assets),
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
        assert_eq!((Status::VALUES[index(200)], Status::VALUES[index(503)]), ("200", "503"));
        assert_eq!((Status::VALUES[index(418)], Status::VALUES[index(999)]), ("other", "other"));
    }
}
