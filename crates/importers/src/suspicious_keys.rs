use wire::ArticleKey;

use super::Examples;

/// Parameters that links from campaigns and advertisements add. A page's canonical address has none of them.
const TRACKING: [&str; 7] = [
    "utm_", "fbclid=", "gclid=", "msclkid=", "mc_cid=", "igshid=", "_ga=",
];

/// Prefixes and suffixes of paths that are not articles.
const NO_ARTICLES: [&str; 6] = [
    "/wp-admin/",
    "/wp-json/",
    "/wp-login.php",
    "/robots.txt",
    "/feed/",
    "/cart/",
];
const NO_ARTICLES_END: [&str; 4] = ["/feed", "/feed/", ".xml", "/amp/"];

/// Notes about keys that no page requests, and about pages that occur under two keys.
pub(super) fn notes<'k>(keys: impl Iterator<Item = &'k ArticleKey>) -> Vec<String> {
    let (mut slashes, mut tracked, mut escaped, mut others) =
        <(Examples, Examples, Examples, Examples)>::default();
    // The sorted keys that are prefixes of the current one: `/a/` need not follow `/a` immediately.
    let mut above: Vec<&str> = Vec::new();
    for key in keys.map(ArticleKey::as_str) {
        while above
            .last()
            .is_some_and(|shorter| !key.starts_with(shorter))
        {
            above.pop();
        }
        if key.len() > 1
            && key
                .strip_suffix('/')
                .is_some_and(|shorter| above.contains(&shorter))
        {
            slashes.add(|| format!("{key} and the same without /"));
        }
        above.push(key);
        let query = key.split_once('?').map_or("", |(_, query)| query);
        if query
            .split('&')
            .any(|pair| TRACKING.iter().any(|name| pair.starts_with(name)))
        {
            tracked.add(|| key.to_owned());
        } else if has_escape(key) && key.starts_with('/') {
            escaped.add(|| key.to_owned());
        } else if NO_ARTICLES.iter().any(|path| key.starts_with(path))
            || NO_ARTICLES_END.iter().any(|path| key.ends_with(path))
        {
            others.add(|| key.to_owned());
        }
    }
    [
        slashes.note("two keys that differ by a slash: keep the one that the pages have, with `gema alias OTHER KEPT`"),
        tracked.note("no page asks for them, because of parameters that follow links"),
        escaped.note("perhaps no page asks for them, because they cannot be decoded"),
        others.note("they look like no articles: feeds, administration, machines' files"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether the key contains an escape, `%XX`.
fn has_escape(key: &str) -> bool {
    let is_hex = |letter: Option<&u8>| letter.is_some_and(u8::is_ascii_hexdigit);
    let bytes = key.as_bytes();
    (0..bytes.len())
        .any(|at| bytes[at] == b'%' && is_hex(bytes.get(at + 1)) && is_hex(bytes.get(at + 2)))
}
