use serde::{Deserialize, Serialize};

use crate::{ArticleKey, Tally, VisitorToken};

/// Answer to `POST …/events`, given only when what it acknowledges is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answer {
    /// One for each article touched, with the reader's own choice in `mine` if she named herself.
    pub tallies: Vec<Tally>,
    /// Events that were not taken; every other one of the batch is acknowledged.
    #[serde(default)]
    pub refused: Vec<Refusal>,
}

/// An event that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// The field that is wrong.
    pub field: String,
    /// What is wrong with it: a sentence for a developer.
    pub reason: String,
    /// Seconds after which it may be sent again. Absent: never, drop it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// The body of `DELETE …/visitor`: take back whatever this reader chose in these articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Forget {
    /// The reader; the endpoint cannot find her articles by itself.
    pub visitor: VisitorToken,
    /// Where she has reacted.
    pub articles: Vec<ArticleKey>,
}
