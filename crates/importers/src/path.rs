use std::collections::BTreeSet;

use url::Url;
use wire::Invalid;

pub(super) use text::page::{Page, page};

/// The hosts of a table's addresses.
#[derive(Default)]
pub(super) struct Hosts(BTreeSet<String>);

impl Hosts {
    /// Classifies a page by its address, with or without a scheme, and records the host. `None`: the text is not an
    /// address.
    pub(super) fn page(&mut self, named: &str) -> Option<Result<Page, Invalid>> {
        let whole = if named.starts_with("//") {
            format!("https:{named}")
        } else {
            named.to_owned()
        };
        let url = Url::parse(&whole)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        if url.is_none() && !named.starts_with('/') {
            return None;
        }
        self.0
            .extend(url.as_ref().and_then(Url::host_str).map(str::to_owned));
        Some(page(&whole))
    }

    /// A note that lists the hosts, if there are several.
    pub(super) fn note(self) -> Option<String> {
        let hosts = self
            .0
            .iter()
            .take(10)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let several = || {
            format!(
                "the addresses are of several hosts ({hosts}): a key has none, only path and query"
            )
        };
        (self.0.len() > 1).then(several)
    }
}
