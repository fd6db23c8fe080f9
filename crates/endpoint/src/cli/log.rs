//! The log, on stderr.

use std::io;

use tracing_subscriber::EnvFilter;

/// How it is written.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for a person.
    #[default]
    Text,
    /// An object a line, for a program that collects logs.
    Json,
}

/// Writes what `GEMA_LOG` asks for from now on.
pub(crate) fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_env("GEMA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // That the log's own disk is full cannot be said on it: trying to would end the thread that has something to say.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).log_internal_errors(false);
    match format {
        LogFormat::Text => log.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
