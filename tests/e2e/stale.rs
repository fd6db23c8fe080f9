use fantoccini::error::CmdError;

/// What drivers say of a node that is not in the page any more: the last, Firefox's, of one that goes while it is scrolled to.
const WORDS: [&str; 4] =
    ["staleelementreference", "stale element", "node with identifier", "could not be scrolled into view"];

/// Whether the widget has been drawn anew in the very moment: then it is to be asked again.
pub(crate) fn is_stale(error: &CmdError) -> bool {
    let said = format!("{error:?}").to_lowercase();
    WORDS.iter().any(|words| said.contains(words))
}
