use fantoccini::error::CmdError;

/// Messages of drivers about a node that is no longer in the page. The last is Firefox's, for a node that disappears
/// while it is scrolled to.
const STALE_NODE_MESSAGES: [&str; 4] = [
    "staleelementreference",
    "stale element",
    "node with identifier",
    "could not be scrolled into view",
];

/// Whether the widget was rendered again at that moment, so that the command must be repeated.
pub(crate) fn is_stale(error: &CmdError) -> bool {
    let said = format!("{error:?}").to_lowercase();
    STALE_NODE_MESSAGES.iter().any(|words| said.contains(words))
}
