use std::fmt;

use redis::{ServerError, ServerErrorKind, Value};

use super::super::{
    node::Replies,
    url::{Address, address},
};

/// A reply, classified by the action that it requires.
#[derive(Debug)]
pub(super) enum ReplyKind {
    /// Success.
    Success(Vec<Value>),
    /// MOVED: resend to this server, which has the slot.
    Moved(Address),
    /// ASK: the slot is being migrated to this server, which may have the keys of some commands. The replies to the
    /// other commands are final.
    Ask(Address, Vec<Value>),
    /// NOSCRIPT: resend with the script's source.
    NoScript,
    /// Temporary error: retry.
    Later(String),
    /// Permanent error.
    Never(String),
}

/// Classifies replies by the first error among them. ASK counts only if there is no other error.
pub(super) fn classify(replies: Replies) -> ReplyKind {
    let replies = match replies {
        Ok(replies) => replies,
        Err(error) => return ReplyKind::Later(error.to_string()),
    };
    let errors = || replies.iter().filter_map(server_error);
    match errors()
        .find(|error| !is_ask(error))
        .or_else(|| errors().next())
    {
        Some(error) => match (is_ask(error), redirection(error)) {
            (true, Some(to)) => ReplyKind::Ask(to, replies),
            (_, to) => classify_error(error, to),
        },
        None => ReplyKind::Success(replies),
    }
}

pub(super) fn is_ask_reply(reply: &Value) -> bool {
    server_error(reply).is_some_and(is_ask)
}

fn server_error(reply: &Value) -> Option<&ServerError> {
    match reply {
        Value::ServerError(error) => Some(error),
        _ => None,
    }
}

fn is_ask(error: &ServerError) -> bool {
    error.kind() == Some(ServerErrorKind::Ask)
}

/// The server that a redirection names.
fn redirection(error: &ServerError) -> Option<Address> {
    address(error.details()?.split_whitespace().last()?).ok()
}

/// Error codes that are temporary.
const TEMPORARY_ERRORS: [&str; 8] = [
    "TRYAGAIN",
    "CLUSTERDOWN",
    "LOADING",
    "READONLY",
    "MASTERDOWN",
    "NOREPLICAS",
    "MISCONF",
    "BUSY",
];

fn classify_error(error: &ServerError, to: Option<Address>) -> ReplyKind {
    match (error.kind(), to) {
        (Some(ServerErrorKind::NoScript), _) => ReplyKind::NoScript,
        (Some(ServerErrorKind::Moved), Some(to)) => ReplyKind::Moved(to),
        _ if TEMPORARY_ERRORS.contains(&error.code()) => ReplyKind::Later(error.to_string()),
        // The master was demoted to a replica while the script ran.
        _ if error
            .details()
            .is_some_and(|details| details.contains("READONLY")) =>
        {
            ReplyKind::Later(error.to_string())
        }
        _ => ReplyKind::Never(error.to_string()),
    }
}

impl fmt::Display for ReplyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success(_) => f.write_str("an answer"),
            Self::Moved((host, port)) | Self::Ask((host, port), _) => {
                write!(f, "it is at {host}:{port}")
            }
            Self::NoScript => f.write_str("the script is not known"),
            Self::Later(why) | Self::Never(why) => f.write_str(why),
        }
    }
}
