/// Maximum length of an excerpt, in characters.
const MAX_EXCERPT_CHARS: usize = 240;

/// The beginning of a text, on one line.
pub(super) fn excerpt(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_EXCERPT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
