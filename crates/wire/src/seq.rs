use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// Logical clock of a reader's choices: milliseconds since 1970, or one more than the greatest known value for the
/// article, whichever is greater. An integer that a JavaScript number represents exactly. A choice whose `seq` is not
/// greater than the stored one has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Seq(u64);

impl Seq {
    /// 2^53 - 1, JavaScript's largest safe integer.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// Validates a number.
    ///
    /// # Errors
    /// [`Invalid`] above [`Seq::MAX`].
    pub fn parse(number: u64) -> Result<Self, Invalid> {
        if number <= Self::MAX.0 {
            Ok(Self(number))
        } else {
            Err(Invalid("must be an integer from 0 to 2^53 - 1"))
        }
    }

    /// The value for a choice made now. `known`: the greatest value so far for the article. It is greater than that
    /// even if the clock `now_ms` is wrong or was set back.
    pub fn next(now_ms: u64, known: Option<Self>) -> Self {
        let after = known.map_or(0, |seq| seq.0 + 1);
        Self(now_ms.max(after).min(Self::MAX.0))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for Seq {
    type Error = Invalid;
    fn try_from(number: u64) -> Result<Self, Invalid> {
        Self::parse(number)
    }
}

impl From<Seq> for u64 {
    fn from(seq: Seq) -> Self {
        seq.0
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
