use serde_json::Value;

/// The text for the synthesizer, without the index marks that report progress.
pub(super) fn words(line: &str) -> String {
    let message: Value = serde_json::from_str(line).expect("JSON");
    let marked = message["text"].as_str().expect("a text");
    let pieces = marked
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let text = pieces.collect::<String>().replace('\u{a0}', " ");
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .trim()
        .trim_end_matches('.')
        .to_owned()
}

/// Utterances about the position rather than the content: they depend on the release and on the previous position.
const AROUND: [&str; 12] = [
    "Browse mode",
    "Finished loading",
    "Focus mode",
    "List with",
    "Loading",
    "alert",
    "blank",
    "bullet",
    "leaving",
    "main content",
    "selected",
    "statusbar of the test",
];

/// Words that later releases replace.
const REPLACED_WORDS: [(&str, &str); 4] = [
    (" collapsed push button", " button collapsed"),
    (" expanded push button", " button expanded"),
    (" push button", " button"),
    (" panel", " grouping"),
];

/// An utterance in normalised form; `None` if it is not compared.
pub(super) fn compared(words: &str) -> Option<String> {
    let matters = !words.is_empty() && !AROUND.iter().any(|around| words.starts_with(around));
    matters.then(|| {
        REPLACED_WORDS
            .iter()
            .fold(words.to_owned(), |words, (word, other)| {
                words.replace(word, other)
            })
    })
}
