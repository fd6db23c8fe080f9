use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// When a reader chose, on a clock that only goes forward for her: milliseconds since 1970, or one
/// more than the greatest known for the article, whichever is later. An integer that a JavaScript
/// number holds exactly. A choice whose `seq` is not newer than the stored one changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Seq(u64);

impl Seq {
    /// 2^53 - 1, the greatest integer below which JavaScript has them all.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// Takes a number of the clock.
    ///
    /// # Errors
    /// [`Invalid`] above [`Seq::MAX`].
    pub fn parse(number: u64) -> Result<Self, Invalid> {
        if number <= Self::MAX.0 { Ok(Self(number)) } else { Err(Invalid("must be an integer from 0 to 2^53 - 1")) }
    }

    /// The clock for a choice made now, after everything that is `known` for the article. `now_ms`
    /// may be wrong or have been set back: the choice is still newer than what came before it.
    pub fn next(now_ms: u64, known: Option<Self>) -> Self {
        let after = known.map_or(0, |seq| seq.0 + 1);
        Self(now_ms.max(after).min(Self::MAX.0))
    }

    /// The number as it crosses the wire.
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
