//! Any bytes, for every parser of Gema. A target takes some and holds to account what its parser made of them: nothing panics, no
//! answer is a failure of ours, and what was taken can be written down and read again. Targets ask by the doors that everybody has,
//! HTTP and the public functions; nothing is public for them alone.
//!
//! `cargo test -p fuzz` tries some hundred variations of each target's seeds; `cargo xtask soak fuzz` lets libFuzzer look for others.

/// The endpoint, asked by HTTP.
mod asked;
/// Copies of articles in an export.
mod copies;
/// Files of other counters.
mod earlier;
/// Texts that become types, and files.
mod texts;
/// What is varied, and how.
pub mod vary;
/// The widget's side of the wire.
mod widget_side;

/// A parser, and how it is held to account.
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Inputs that it takes, to begin with.
    pub seeds: &'static [&'static [u8]],
    /// Panics if something is wrong.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 26] = [
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
        seeds: earlier::WALINE,
        run: earlier::waline,
    },
    Target {
        name: "goatcounter",
        seeds: earlier::GOATCOUNTER,
        run: earlier::goatcounter,
    },
    Target {
        name: "pages",
        seeds: earlier::PAGES,
        run: earlier::pages,
    },
    Target {
        name: "goatcounter_zip",
        seeds: earlier::GOATCOUNTER_ZIP,
        run: earlier::goatcounter_zip,
    },
    Target {
        name: "wordpress",
        seeds: earlier::WORDPRESS,
        run: earlier::wordpress,
    },
    Target {
        name: "koko",
        seeds: earlier::KOKO,
        run: earlier::koko,
    },
    Target {
        name: "open_heart",
        seeds: earlier::OPEN_HEART,
        run: earlier::open_heart,
    },
    Target {
        name: "csv",
        seeds: earlier::CSV,
        run: earlier::csv,
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
        name: "fields",
        seeds: widget_side::FIELDS,
        run: widget_side::fields,
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

    /// How many variations of each.
    const VARIATIONS: usize = 300;

    /// Says which input it was.
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
        for target in TARGETS {
            for input in vary::variations(target.seeds, VARIATIONS) {
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
