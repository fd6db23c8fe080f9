//! Rejects markup for which parsing or serialising takes quadratic time, before either starts. Tokenizes like HTML,
//! except where that depends on the tree (raw text within SVG, scripts within comments within scripts).

use super::ArticleHtmlError;

/// Maximum number of attributes of a tag. The parser compares each with all others of the tag: a megabyte of them
/// takes half a minute.
pub(super) const MAX_ATTRIBUTES: usize = 500;

/// Maximum number of bytes that serialising may scan. For each `&`, and each character whose first byte is that of a
/// no-break space, the serialiser scans the rest of the text for `<` and `>`.
pub(super) const MAX_SCANNED_BYTES: usize = 2 * 1024 * 1024 * 1024;

/// Upper bound of the bytes that serialising this text scans.
pub(super) fn scanned_bytes(text: &str) -> usize {
    text.len()
        * text
            .bytes()
            .filter(|byte| [b'&', 0xc2].contains(byte))
            .count()
}

/// Elements whose content is raw text up to their end tag.
const RAW_TEXT_ELEMENTS: [&str; 9] = [
    "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp",
];

/// Rejects markup beyond the limits.
pub(super) fn check(html: &str) -> Result<(), ArticleHtmlError> {
    let mut rest = html;
    let mut looked = 0;
    loop {
        let (text, markup) = rest.split_once('<').unwrap_or((rest, ""));
        looked += scanned_bytes(text);
        if looked > MAX_SCANNED_BYTES {
            return Err(ArticleHtmlError::TooManyReferences);
        }
        rest = markup;
        if rest.is_empty() {
            return Ok(());
        }
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = after_comment(comment);
            continue;
        }
        let is_end = rest.starts_with('/');
        let name = rest.strip_prefix('/').unwrap_or(rest);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            // `<` followed by one of these starts a bogus comment up to the next `>`; otherwise it is text.
            if rest.starts_with(['!', '?', '/']) {
                rest = rest.split_once('>').map_or("", |(_, after)| after);
            }
            continue;
        }
        let (name, attributes) = name.split_at(name.find(is_after_name).unwrap_or(name.len()));
        rest = after_attributes(attributes).ok_or(ArticleHtmlError::TooManyAttributes)?;
        if !is_end
            && let Some(raw) = RAW_TEXT_ELEMENTS
                .iter()
                .find(|raw| raw.eq_ignore_ascii_case(name))
        {
            rest = from_end_tag(rest, raw);
        } else if !is_end && name.eq_ignore_ascii_case("plaintext") {
            return Ok(());
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

fn is_after_name(c: char) -> bool {
    is_space(c) || c == '/' || c == '>'
}

/// The text after a comment, given the text after `<!--`.
fn after_comment(text: &str) -> &str {
    if let Some(after) = text.strip_prefix('>').or_else(|| text.strip_prefix("->")) {
        return after;
    }
    let is_end = |at: &usize| ["--", "--!"].iter().any(|mark| text[..*at].ends_with(mark));
    text.match_indices('>')
        .map(|(at, _)| at)
        .find(is_end)
        .map_or("", |at| &text[at + 1..])
}

/// The text after the tag; `None` if it has too many attributes.
fn after_attributes(tag: &str) -> Option<&str> {
    let mut rest = tag;
    let mut attributes = 0;
    loop {
        rest = rest.trim_start_matches(|c| is_space(c) || c == '/');
        if rest.is_empty() {
            return Some(rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return Some(after);
        }
        attributes += 1;
        if attributes > MAX_ATTRIBUTES {
            return None;
        }
        rest = after_attribute(rest);
    }
}

/// The text after an attribute's name and value. A name may begin with `=`.
fn after_attribute(tag: &str) -> &str {
    let first = tag.chars().next().map_or(0, char::len_utf8);
    let end = tag[first..]
        .find(|c| is_after_name(c) || c == '=')
        .map_or(tag.len(), |at| first + at);
    let rest = tag[end..].trim_start_matches(is_space);
    let Some(value) = rest.strip_prefix('=') else {
        return rest;
    };
    let value = value.trim_start_matches(is_space);
    match value.strip_prefix(['"', '\'']) {
        Some(quoted) => {
            let quote = if value.starts_with('"') { '"' } else { '\'' };
            quoted.split_once(quote).map_or("", |(_, after)| after)
        }
        None => {
            &value[value
                .find(|c| is_space(c) || c == '>')
                .unwrap_or(value.len())..]
        }
    }
}

/// The text from the element's end tag on.
fn from_end_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let is_end = |at: &usize| {
        let after = &text.as_bytes()[at + 2..];
        after
            .get(..name.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(name.as_bytes()))
            && after
                .get(name.len())
                .is_none_or(|next| is_after_name(char::from(*next)))
    };
    text.match_indices("</")
        .map(|(at, _)| at)
        .find(is_end)
        .map_or("", |at| &text[at..])
}

#[cfg(test)]
mod tests;
