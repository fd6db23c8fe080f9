//! Two editors at one form: what one has saved is not overwritten by the other, who has not seen it.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// Bytes of a mark.
const MARK_BYTES: usize = 8;

/// A mark of what a form shows, which the form sends back.
pub(super) fn mark(shown: &impl Serialize) -> String {
    // Texts and lists of texts can always be serialised.
    let json = serde_json::to_vec(shown).unwrap_or_default();
    let digest = Sha256::digest(json);
    digest[..MARK_BYTES]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether a form with that mark shows something else than what is stored now. A form without a mark does not say what
/// it shows.
pub(super) fn is_stale(sent: Option<&str>, stored: &impl Serialize) -> bool {
    sent.is_some_and(|sent| !sent.is_empty() && sent != mark(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_stale_if_the_stored_value_has_changed() {
        let shown = mark(&Some("a"));
        assert!(!is_stale(Some(&shown), &Some("a")));
        assert!(is_stale(Some(&shown), &Some("b")));
        assert!(is_stale(Some(&shown), &None::<&str>));
        assert!(!is_stale(None, &Some("b")));
        assert!(!is_stale(Some(""), &Some("b")));
    }
}
