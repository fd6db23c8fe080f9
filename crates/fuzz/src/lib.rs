//! Fuzz targets for all of Gema's parsers. Each target passes arbitrary bytes to a parser and checks the result:
//! nothing panics, no response has a status of 500 or more, and accepted input survives a round trip. Targets use only
//! HTTP and public functions; nothing is public for them alone.
//!
//! `cargo test -p fuzz` tries 300 variations of each target's seeds, or as many as `GEMA_FUZZ_VARIATIONS` says, of the
//! target that `GEMA_FUZZ` names; `cargo xtask soak fuzz` runs libFuzzer.

/// Requests to the endpoint.
mod asked;
/// Copies of articles in an export.
mod copies;
/// The endpoint that requests are sent to.
mod endpoint;
/// Exports of earlier counters.
mod importers;
/// The newsroom's pages.
mod newsroom;
/// Texts that are parsed into types, and files.
mod texts;
/// Variations of seeds.
pub mod vary;
/// The widget's parsers.
mod widget_side;

/// A parser, and the checks of its results.
pub struct Target {
    /// Name on the command line.
    pub name: &'static str,
    /// Valid inputs, from which variations are made.
    pub seeds: &'static [&'static [u8]],
    /// Panics if a check fails.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 31] = [
    Target {
        name: "events",
        seeds: asked::EVENTS,
        run: asked::events,
    },
    Target {
        name: "forms",
        seeds: asked::FORMS,
        run: asked::forms,
    },
    Target {
        name: "clients",
        seeds: asked::CLIENTS,
        run: asked::clients,
    },
    Target {
        name: "forget",
        seeds: asked::FORGET,
        run: asked::forget,
    },
    Target {
        name: "query",
        seeds: asked::QUERY,
        run: asked::query,
    },
    Target {
        name: "headers",
        seeds: asked::HEADERS,
        run: asked::headers,
    },
    Target {
        name: "articles",
        seeds: asked::ARTICLES,
        run: asked::articles,
    },
    Target {
        name: "key",
        seeds: texts::KEY,
        run: texts::key,
    },
    Target {
        name: "origin",
        seeds: texts::ORIGIN,
        run: texts::origin,
    },
    Target {
        name: "config",
        seeds: texts::CONFIG,
        run: texts::config,
    },
    Target {
        name: "listen",
        seeds: texts::LISTEN,
        run: texts::listen,
    },
    Target {
        name: "salts",
        seeds: texts::SALTS,
        run: texts::salts,
    },
    Target {
        name: "import",
        seeds: texts::EXPORT,
        run: texts::import,
    },
    Target {
        name: "copies",
        seeds: copies::COPIES,
        run: copies::copies,
    },
    Target {
        name: "waline",
        seeds: importers::WALINE,
        run: importers::waline,
    },
    Target {
        name: "goatcounter",
        seeds: importers::GOATCOUNTER,
        run: importers::goatcounter,
    },
    Target {
        name: "pages",
        seeds: importers::PAGES,
        run: importers::pages,
    },
    Target {
        name: "goatcounter_zip",
        seeds: importers::GOATCOUNTER_ZIP,
        run: importers::goatcounter_zip,
    },
    Target {
        name: "wordpress",
        seeds: importers::WORDPRESS,
        run: importers::wordpress,
    },
    Target {
        name: "koko",
        seeds: importers::KOKO,
        run: importers::koko,
    },
    Target {
        name: "open_heart",
        seeds: importers::OPEN_HEART,
        run: importers::open_heart,
    },
    Target {
        name: "csv",
        seeds: importers::CSV,
        run: importers::csv,
    },
    Target {
        name: "html",
        seeds: texts::HTML,
        run: texts::html,
    },
    Target {
        name: "page",
        seeds: texts::PAGE,
        run: texts::html,
    },
    Target {
        name: "markdown",
        seeds: texts::MARKDOWN,
        run: texts::markdown,
    },
    Target {
        name: "accounts",
        seeds: texts::ACCOUNTS,
        run: texts::accounts,
    },
    Target {
        name: "newsroom_paths",
        seeds: newsroom::NEWSROOM_PATHS,
        run: newsroom::paths,
    },
    Target {
        name: "newsroom_cookies",
        seeds: newsroom::NEWSROOM_COOKIES,
        run: newsroom::cookies,
    },
    Target {
        name: "newsroom_forms",
        seeds: newsroom::NEWSROOM_FORMS,
        run: newsroom::forms,
    },
    Target {
        name: "newsroom_proxy",
        seeds: newsroom::PROXY_HEADERS,
        run: newsroom::proxy_headers,
    },
    Target {
        name: "settings",
        seeds: widget_side::SETTINGS,
        run: widget_side::settings,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of variations per target.
    const VARIATIONS: usize = 300;

    /// Prints the input when the test panics.
    struct Culprit<'a>(&'static str, &'a [u8]);

    impl Drop for Culprit<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("{}: {:?}", self.0, String::from_utf8_lossy(self.1));
            }
        }
    }

    #[test]
    fn every_parser_withstands_variations_of_what_it_takes() {
        let named = std::env::var("GEMA_FUZZ").ok();
        let many = std::env::var("GEMA_FUZZ_VARIATIONS").ok();
        let many = many.map_or(VARIATIONS, |many| many.parse().expect("a number"));
        let is_wanted = |target: &Target| named.as_ref().is_none_or(|name| name == target.name);
        for target in TARGETS.into_iter().filter(is_wanted) {
            for input in vary::variations(target.seeds, many) {
                let culprit = Culprit(target.name, &input);
                (target.run)(&input);
                drop(culprit);
            }
        }
    }

    #[test]
    fn variations_are_many_and_always_the_same() {
        let all: Vec<_> = vary::variations(asked::EVENTS, 200).collect();
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert!(different.len() > 190 && all[0] == asked::EVENTS[0]);
        assert_eq!(
            all,
            vary::variations(asked::EVENTS, 200).collect::<Vec<_>>()
        );
    }
}
