use std::fmt;

use redis::{ServerError, ServerErrorKind, Value};

use super::super::{
    link::Answers,
    place::{Address, address},
};

/// What to do about a reply.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Success.
    Answered(Vec<Value>),
    /// MOVED: another server has the slot.
    Moved(Address),
    /// ASK: the slot is being migrated, and the target has the key already.
    Asked(Address),
    /// NOSCRIPT: resend with the script's source.
    Unknown,
    /// Temporary error: retry.
    Later(String),
    /// Permanent error.
    Never(String),
}

/// Classifies replies by the first error among them.
pub(super) fn judge(answers: Answers) -> Verdict {
    let answers = match answers {
        Ok(answers) => answers,
        Err(broken) => return Verdict::Later(broken.to_string()),
    };
    let error = answers.iter().find_map(|answer| match answer {
        Value::ServerError(error) => Some(error),
        _ => None,
    });
    match error {
        Some(error) => judge_error(error),
        None => Verdict::Answered(answers),
    }
}

/// Error codes that are temporary.
const SOON: [&str; 8] =
    ["TRYAGAIN", "CLUSTERDOWN", "LOADING", "READONLY", "MASTERDOWN", "NOREPLICAS", "MISCONF", "BUSY"];

fn judge_error(error: &ServerError) -> Verdict {
    let told = || error.details().and_then(|details| address(details.split_whitespace().last()?).ok());
    match (error.kind(), told()) {
        (Some(ServerErrorKind::NoScript), _) => Verdict::Unknown,
        (Some(ServerErrorKind::Moved), Some(to)) => Verdict::Moved(to),
        (Some(ServerErrorKind::Ask), Some(to)) => Verdict::Asked(to),
        _ if SOON.contains(&error.code()) => Verdict::Later(error.to_string()),
        // The master was demoted to a replica while the script ran.
        _ if error.details().is_some_and(|details| details.contains("READONLY")) => Verdict::Later(error.to_string()),
        _ => Verdict::Never(error.to_string()),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(_) => f.write_str("an answer"),
            Self::Moved((host, port)) | Self::Asked((host, port)) => write!(f, "it is at {host}:{port}"),
            Self::Unknown => f.write_str("the script is not known"),
            Self::Later(why) | Self::Never(why) => f.write_str(why),
        }
    }
}
