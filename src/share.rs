//! What a button of the share bar leads to for this page. Makes addresses, opens none.

use wire::Button;

use crate::{settings::SharedPage, text::fill};

/// The address behind a button, with the page's title and address put in, or `None` if the button
/// leads nowhere. `instance` is the host name that a Mastodon reader gave.
pub fn address(button: &Button, page: &SharedPage, phone: bool, instance: &str) -> Option<String> {
    let template = if phone { button.phone.as_deref().or(button.href.as_deref()) } else { button.href.as_deref() };
    let text = fit(&page.title, &page.url, button.limit);
    let (url, title, text) = (encode(&page.url), encode(&page.title), encode(text));
    Some(fill(template?, &[("url", &url), ("title", &title), ("text", &text), ("instance", instance)]))
}

/// The title, cut so that title, space and address stay within `limit` characters; the address is
/// never cut. A character counts at least as much here as any network counts it.
fn fit<'a>(title: &'a str, url: &str, limit: Option<u32>) -> &'a str {
    let Some(limit) = limit else { return title };
    let begins = |byte: &u8| *byte & 0b1100_0000 != 0b1000_0000;
    let mut room = (limit as usize).saturating_sub(url.as_bytes().iter().filter(|byte| begins(byte)).count() + 1);
    let end = title.as_bytes().iter().position(|byte| {
        let full = begins(byte) && room == 0;
        room -= usize::from(begins(byte) && !full);
        full
    });
    end.map_or(title, |end| &title[..end])
}

/// Percent-encodes all but RFC 3986's unreserved characters: space becomes `%20`, which mail
/// programs also understand, never `+`.
pub fn encode(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = Vec::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte);
        } else {
            encoded.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
    // All of it is ASCII.
    String::from_utf8(encoded).unwrap_or_default()
}

/// The host name in what a Mastodon reader writes of her instance: `@user@host`, `user@host`,
/// `https://host/…` or `host`. `None` if that is no host name.
pub fn instance(written: &str) -> Option<String> {
    let text = written.trim_ascii();
    let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let bytes = text.as_bytes();
    let bytes = bytes.split(|byte| b"/?#".contains(byte)).next()?;
    let host = bytes.rsplit(|byte| *byte == b'@').next()?;
    let is_label = |label: &[u8]| {
        let inside = label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        inside && matches!(label.len(), 1..=63) && label[0] != b'-' && label[label.len() - 1] != b'-'
    };
    let is_host = host.contains(&b'.') && host.len() <= 253 && host.split(|byte| *byte == b'.').all(is_label);
    // A host name is ASCII.
    String::from_utf8(is_host.then(|| host.to_ascii_lowercase())?).ok()
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
