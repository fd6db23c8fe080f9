use std::fmt;

use redis::{ServerError, ServerErrorKind, Value};

use super::super::{
    node::Replies,
    url::{Address, address},
};

/// What to do about a reply.
#[derive(Debug)]
pub(super) enum ReplyKind {
    /// Success.
    Success(Vec<Value>),
    /// MOVED: another server has the slot.
    Moved(Address),
    /// ASK: the slot is being migrated, and the target has the key already.
    Ask(Address),
    /// NOSCRIPT: resend with the script's source.
    NoScript,
    /// Temporary error: retry.
    Later(String),
    /// Permanent error.
    Never(String),
}

/// Classifies replies by the first error among them.
pub(super) fn classify(replies: Replies) -> ReplyKind {
    let replies = match replies {
        Ok(replies) => replies,
        Err(error) => return ReplyKind::Later(error.to_string()),
    };
    let error = replies.iter().find_map(|reply| match reply {
        Value::ServerError(error) => Some(error),
        _ => None,
    });
    match error {
        Some(error) => classify_error(error),
        None => ReplyKind::Success(replies),
    }
}

/// Error codes that are temporary.
const TEMPORARY_ERRORS: [&str; 8] =
    ["TRYAGAIN", "CLUSTERDOWN", "LOADING", "READONLY", "MASTERDOWN", "NOREPLICAS", "MISCONF", "BUSY"];

fn classify_error(error: &ServerError) -> ReplyKind {
    let redirection = || error.details().and_then(|details| address(details.split_whitespace().last()?).ok());
    match (error.kind(), redirection()) {
        (Some(ServerErrorKind::NoScript), _) => ReplyKind::NoScript,
        (Some(ServerErrorKind::Moved), Some(to)) => ReplyKind::Moved(to),
        (Some(ServerErrorKind::Ask), Some(to)) => ReplyKind::Ask(to),
        _ if TEMPORARY_ERRORS.contains(&error.code()) => ReplyKind::Later(error.to_string()),
        // The master was demoted to a replica while the script ran.
        _ if error.details().is_some_and(|details| details.contains("READONLY")) => ReplyKind::Later(error.to_string()),
        _ => ReplyKind::Never(error.to_string()),
    }
}

impl fmt::Display for ReplyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success(_) => f.write_str("an answer"),
            Self::Moved((host, port)) | Self::Ask((host, port)) => write!(f, "it is at {host}:{port}"),
            Self::NoScript => f.write_str("the script is not known"),
            Self::Later(why) | Self::Never(why) => f.write_str(why),
        }
    }
}
