/// Write availability of each part of a store. Empty for a store without parts, which accepts all writes or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Each part's name, and whether it accepts writes.
    pub parts: Vec<(String, bool)>,
}
