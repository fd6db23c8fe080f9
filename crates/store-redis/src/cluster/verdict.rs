use std::fmt;

use redis::{ServerError, ServerErrorKind, Value};

use super::super::{
    link::Answers,
    place::{Address, address},
};

/// What an answer means for whoever asked.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is one.
    Answered(Vec<Value>),
    /// Another server has the slot now.
    Moved(Address),
    /// The slot is on its way to another server, which has this part of it already.
    Asked(Address),
    /// The server has not seen the script yet.
    Unknown,
    /// It may work in a moment.
    Later(String),
    /// It will not.
    Never(String),
}

/// Looks for the first error among the answers.
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

/// Codes of servers that cannot now, but may be able soon.
const SOON: [&str; 8] =
    ["TRYAGAIN", "CLUSTERDOWN", "LOADING", "READONLY", "MASTERDOWN", "NOREPLICAS", "MISCONF", "BUSY"];

fn judge_error(error: &ServerError) -> Verdict {
    let told = || error.details().and_then(|details| address(details.split_whitespace().last()?).ok());
    match (error.kind(), told()) {
        (Some(ServerErrorKind::NoScript), _) => Verdict::Unknown,
        (Some(ServerErrorKind::Moved), Some(to)) => Verdict::Moved(to),
        (Some(ServerErrorKind::Ask), Some(to)) => Verdict::Asked(to),
        _ if SOON.contains(&error.code()) => Verdict::Later(error.to_string()),
        // A replica to which a master was demoted while a script was on its way.
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
