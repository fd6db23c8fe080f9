/// Which parts of a store take writes. One that has no parts has none here: it takes all, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// By name: whether writes are taken there.
    pub parts: Vec<(String, bool)>,
}
