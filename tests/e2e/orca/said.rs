use serde_json::Value;

/// What the synthesizer was given, as text: without the marks by which it tells how far it is.
pub(super) fn words(line: &str) -> String {
    let message: Value = serde_json::from_str(line).expect("JSON");
    let marked = message["text"].as_str().expect("a text");
    let pieces = marked.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let text = pieces.collect::<String>().replace('\u{a0}', " ");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().trim_end_matches('.').to_owned()
}

/// What is said about where one is, and not about what is there: it depends on the release and on where one was before.
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

/// Words that later releases put otherwise.
const WORDS: [(&str, &str); 4] = [
    (" collapsed push button", " button collapsed"),
    (" expanded push button", " button expanded"),
    (" push button", " button"),
    (" panel", " grouping"),
];

/// As it is compared; nothing, if that does not matter.
pub(super) fn compared(words: &str) -> Option<String> {
    let matters = !words.is_empty() && !AROUND.iter().any(|around| words.starts_with(around));
    matters.then(|| WORDS.iter().fold(words.to_owned(), |words, (word, other)| words.replace(word, other)))
}
