//! The log, on stderr.

use std::{env, io};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// How it is written.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for a person.
    #[default]
    Text,
    /// An object a line, for a program that collects logs.
    Json,
}

/// Writes what `GEMA_LOG` asks for from now on: a level, or levels by target (`info,endpoint=debug`). Not by the values of
/// fields, for which regular expressions would be a tenth of the binary.
pub(crate) fn start(format: LogFormat) {
    let asked = env::var("GEMA_LOG").ok().and_then(|asked| asked.parse().ok());
    let filter = asked.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    // That the log's own disk is full cannot be said on it: trying to would end the thread that has something to say.
    let log = tracing_subscriber::fmt::layer().with_writer(io::stderr).log_internal_errors(false);
    let registry = tracing_subscriber::registry();
    match format {
        LogFormat::Text => {
            let log = log.with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
            registry.with(log).with(filter).init();
        }
        LogFormat::Json => registry.with(log.json().flatten_event(true)).with(filter).init(),
    }
}
