//! Logging to stderr.

use std::{env, io, str::FromStr};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Format of the log.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// One line of text per event.
    #[default]
    Text,
    /// One JSON object per line, for log collectors.
    Json,
}

/// This program's log targets, and that of the HTTP middleware.
const OWN_TARGETS: [&str; 10] = [
    "gema",
    "config",
    "method",
    "newsroom",
    "server",
    "store",
    "store_redis",
    "store_sqlite",
    "wire",
    "tower_http",
];

/// The HTML parser's targets. It warns at every text in a table: one article with large tables would fill the log.
const HTML_PARSER_TARGETS: [&str; 2] = ["html5ever", "markup5ever"];

/// Starts logging, filtered by `GEMA_LOG`: a level for this program's own targets, or levels by target
/// (`info,server=debug`). Filtering by field values is not supported, because its regular expressions would be a tenth
/// of the binary.
pub(crate) fn start(format: LogFormat) {
    let filter = filter(env::var("GEMA_LOG").ok().as_deref());
    // Errors of writing the log cannot be logged: reporting a full disk would panic the thread.
    let log = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .log_internal_errors(false);
    let registry = tracing_subscriber::registry();
    match format {
        LogFormat::Text => {
            let log = log.with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
            registry.with(log).with(filter).init();
        }
        LogFormat::Json => registry
            .with(log.json().flatten_event(true))
            .with(filter)
            .init(),
    }
}

/// The filter. Other targets log only warnings, and the HTML parser only errors, unless they are named.
fn filter(requested: Option<&str>) -> Targets {
    let of_parser = |level: LevelFilter| {
        HTML_PARSER_TARGETS.map(|target| (target, level.min(LevelFilter::ERROR)))
    };
    let of_ours = |level: LevelFilter| {
        let targets = OWN_TARGETS.map(|target| (target, level));
        Targets::new()
            .with_default(level.min(LevelFilter::WARN))
            .with_targets(targets)
            .with_targets(of_parser(level))
    };
    // A target that is named again replaces the first.
    let named = |requested: &str| {
        format!(
            "{}=error,{}=error,{requested}",
            HTML_PARSER_TARGETS[0], HTML_PARSER_TARGETS[1]
        )
        .parse()
    };
    match requested.map(|requested| (LevelFilter::from_str(requested), named(requested))) {
        Some((Ok(level), _)) => of_ours(level),
        Some((_, Ok(targets))) => targets,
        _ => of_ours(LevelFilter::INFO),
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_level_is_of_our_own_targets() {
        for (requested, ours, others) in [
            (None, Level::INFO, Level::WARN),
            (Some("debug"), Level::DEBUG, Level::WARN),
        ] {
            let filter = filter(requested);
            assert!(
                filter.would_enable("store_sqlite::writer", &ours)
                    && filter.would_enable("tower_http::trace", &ours)
            );
            assert!(filter.would_enable("hyper::proto", &others));
            assert!(
                !filter.would_enable("hyper::proto", &Level::INFO),
                "{requested:?}"
            );
        }
        assert!(!filter(Some("error")).would_enable("hyper", &Level::WARN));
        assert!(filter(Some("info,hyper=debug")).would_enable("hyper", &Level::DEBUG));
    }

    #[test]
    fn the_html_parser_logs_no_warnings_unless_it_is_named() {
        let warns =
            |requested| filter(requested).would_enable("html5ever::tree_builder", &Level::WARN);
        for requested in [None, Some("warn"), Some("debug"), Some("info,server=debug")] {
            assert!(!warns(requested), "{requested:?}");
        }
        assert!(warns(Some("html5ever=debug")) && warns(Some("info,html5ever::tree_builder=warn")));
        assert!(!filter(Some("off")).would_enable("html5ever", &Level::ERROR));
    }

    #[test]
    fn every_crate_that_writes_to_the_log_is_among_our_own_targets() {
        let crates = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).unwrap();
        let mut found = 0;
        for crate_ in crates.map(|entry| entry.unwrap()) {
            let manifest =
                std::fs::read_to_string(crate_.path().join("Cargo.toml")).unwrap_or_default();
            if manifest.contains("\ntracing.workspace") {
                let name = crate_.file_name().into_string().unwrap().replace('-', "_");
                assert!(OWN_TARGETS.contains(&&*name), "{name}");
                found += 1;
            }
        }
        assert!(found > 1, "the search finds what is there");
    }
}
