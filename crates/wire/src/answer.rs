use serde::{Deserialize, Serialize};

use crate::{ArticleKey, Tally, VisitorToken};

/// Response to `POST …/events`. What it acknowledges is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answer {
    /// One for each article touched, with the reader's own choice in `mine` if the batch has a visitor.
    pub tallies: Vec<Tally>,
    /// Rejected events; all others of the batch are acknowledged.
    #[serde(default)]
    pub refused: Vec<RejectedEvent>,
}

/// A rejected event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Refusal))]
pub struct RejectedEvent {
    /// Index in the batch, from 0.
    pub index: usize,
    /// The wrong field.
    pub field: String,
    /// What is wrong: a sentence for a developer.
    pub reason: String,
    /// Seconds after which it may be sent again. Absent: the rejection is permanent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// Body of `DELETE …/visitor`: withdraw this reader's choices in these articles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = Forget))]
pub struct EraseVisitor {
    /// The reader's token.
    pub visitor: VisitorToken,
    /// The articles in which they have reacted; the endpoint itself cannot find them.
    pub articles: Vec<ArticleKey>,
}
