use serde::Serialize;

/// Something that was not exported, or not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its site, as it is stored.
    pub site: String,
    /// The key of an article or alias, as it is stored.
    pub article: String,
    /// The reason, as a sentence for the operator.
    pub why: String,
}
