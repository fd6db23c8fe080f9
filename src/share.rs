//! What a button of the share bar leads to for this page. Makes addresses, opens none.

use wire::Button;

use crate::{settings::SharedPage, text::fill};

/// The address behind a button, with the page's title and address put in, or `None` if the button
/// leads nowhere. The title that is part of a text is cut so that title, space and address stay within
/// the network's limit; the address is never cut. `instance` is the host name that a Mastodon reader
/// gave.
pub fn address(button: &Button, page: &SharedPage, phone: bool, instance: &str) -> Option<String> {
    let template = if phone { button.phone.as_deref().or(button.href.as_deref()) } else { button.href.as_deref() };
    // A character counts at least as much here as any network counts it.
    let length = |text: &str| text.bytes().filter(|byte| begins(*byte)).count();
    let room = |limit: u32| (limit as usize).saturating_sub(length(&page.url) + 1);
    let text = encode_start(&page.title, button.limit.map_or(usize::MAX, room));
    let (url, title) = (encode(&page.url), encode(&page.title));
    Some(fill(template?, &[("url", &url), ("title", &title), ("text", &text), ("instance", instance)]))
}

/// Percent-encodes all but RFC 3986's unreserved characters: space becomes `%20`, which mail
/// programs also understand, never `+`.
pub fn encode(text: &str) -> String {
    encode_start(text, usize::MAX)
}

/// The same for the first so many characters.
fn encode_start(text: &str, mut characters: usize) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::new();
    let digit = |byte: u8| char::from(DIGITS[usize::from(byte & 15)]);
    for byte in text.bytes() {
        if begins(byte) {
            if characters == 0 {
                break;
            }
            characters -= 1;
        }
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(digit(byte >> 4));
            encoded.push(digit(byte));
        }
    }
    encoded
}

/// Whether a character begins with this byte of UTF-8.
fn begins(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

/// The host name in what a Mastodon reader writes of her instance: `@user@host`, `user@host`,
/// `https://host/…` or `host`. `None` if that is no host name.
pub fn instance(written: &str) -> Option<String> {
    let text = written.trim_ascii();
    let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let mut host = String::new();
    for byte in text.bytes() {
        match byte {
            b'/' | b'?' | b'#' => break,
            b'@' => host.clear(),
            // What is not ASCII becomes something else that is in no host name either.
            _ => host.push(char::from(byte.to_ascii_lowercase())),
        }
    }
    let is_label = |label: &[u8]| {
        let inside = label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        inside && matches!(label.len(), 1..=63) && ![label.first(), label.last()].contains(&Some(&b'-'))
    };
    let mut labels = host.as_bytes().split(|byte| *byte == b'.');
    let is_host = host.len() <= 253 && host.bytes().any(|byte| byte == b'.') && labels.all(is_label);
    is_host.then_some(host)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wire::{ButtonKind, Network};

    use super::*;

    fn button(href: &str, limit: Option<u32>) -> Button {
        let key = Network::parse("somewhere").unwrap();
        let (label, href) = (String::new(), Some(href.to_owned()));
        Button { key, kind: ButtonKind::Link, label, href, phone: None, limit }
    }

    fn page(title: &str) -> SharedPage {
        SharedPage { title: title.into(), url: "https://example.id/a?b=1&c=é".into() }
    }

    fn decode(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let pair = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn title_and_address_are_put_in_percent_encoded() {
        let whatsapp = button("https://wa.me/?text={text}%20{url}", None);
        assert_eq!(
            address(&whatsapp, &page("Satu & dua"), false, "").unwrap(),
            "https://wa.me/?text=Satu%20%26%20dua%20https%3A%2F%2Fexample.id%2Fa%3Fb%3D1%26c%3D%C3%A9"
        );
    }

    #[test]
    fn a_phone_may_lead_elsewhere() {
        let line =
            Button { phone: Some("https://line.example/{url}".into()), ..button("https://desk.example/{url}", None) };
        assert!(address(&line, &page(""), true, "").unwrap().starts_with("https://line."));
        assert!(address(&line, &page(""), false, "").unwrap().starts_with("https://desk."));
    }

    #[test]
    fn a_mastodon_reader_may_write_her_instance_in_any_of_its_forms() {
        for written in
            ["mastodon.social", "@rini@mastodon.social", "rini@mastodon.social", " https://Mastodon.social/@rini "]
        {
            assert_eq!(instance(written).as_deref(), Some("mastodon.social"), "{written}");
        }
        for written in
            ["", "localhost", "not a host.com", "a..b", "-a.com", "javascript:alert(1)", "host.com:80", "a.b\u{202e}c"]
        {
            assert_eq!(instance(written), None, "{written}");
        }
    }

    proptest! {
        #[test]
        fn encoding_keeps_every_text(text in "\\PC*") {
            prop_assert_eq!(decode(&encode(&text)), text);
        }

        #[test]
        fn a_limit_cuts_the_title_and_never_the_address(title in "\\PC{0,400}") {
            let (page, limit) = (page(&title), 300);
            let shared = decode(&address(&button("{text} {url}", Some(limit)), &page, false, "").unwrap());
            prop_assert!(shared.ends_with(&page.url));
            prop_assert!(shared.chars().count() <= limit as usize);
            prop_assert!(title.starts_with(shared.strip_suffix(&page.url).unwrap().strip_suffix(' ').unwrap()));
        }
    }
}
