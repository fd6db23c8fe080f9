//! The links of the share bar for a page. Pure: builds addresses, opens none.

use wire::Button;

use crate::{format::Format, shorten::shorten, text::fill};

/// The title and address that are shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedPage {
    /// Its headline.
    pub title: String,
    /// The canonical address.
    pub url: String,
}

/// The address that a button opens, with the page's title and address inserted; `None` if it opens none. The title
/// within `{text}` is shortened to the network's limit; the address never is. `instance`: host name of the reader's
/// Mastodon instance.
pub fn address(
    button: &Button,
    page: &SharedPage,
    phone: bool,
    instance: &str,
    format: &dyn Format,
) -> Option<String> {
    let template = if phone {
        button.phone.as_deref().or(button.href.as_deref())
    } else {
        button.href.as_deref()
    };
    let text = encode(&shorten(&page.title, &page.url, button, format));
    let (url, title) = (encode(&page.url), encode(&page.title));
    Some(fill(
        template?,
        &[
            ("url", &url),
            ("title", &title),
            ("text", &text),
            ("instance", instance),
        ],
    ))
}

/// Percent-encodes everything except RFC 3986's unreserved characters. A space becomes `%20` rather than `+`, which
/// mail programs do not understand.
pub fn encode(text: &str) -> String {
    const HEX_DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::new();
    let digit = |byte: u8| char::from(HEX_DIGITS[usize::from(byte & 15)]);
    for byte in text.bytes() {
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

/// The host name in a reader's input for their Mastodon instance: `@user@host`, `user@host`, `https://host/…` or
/// `host`. `None` if there is no valid host name.
pub fn instance(written: &str) -> Option<String> {
    let text = written.trim_ascii();
    let text = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or(text);
    let mut host = String::new();
    for byte in text.bytes() {
        match byte {
            b'/' | b'?' | b'#' => break,
            b'@' => host.clear(),
            // Bytes beyond ASCII become characters that no host name has.
            _ => host.push(char::from(byte.to_ascii_lowercase())),
        }
    }
    let is_label = |label: &[u8]| {
        let inside = label
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        inside
            && matches!(label.len(), 1..=63)
            && ![label.first(), label.last()].contains(&Some(&b'-'))
    };
    let mut labels = host.as_bytes().split(|byte| *byte == b'.');
    let is_host =
        host.len() <= 253 && host.bytes().any(|byte| byte == b'.') && labels.all(is_label);
    is_host.then_some(host)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;
    use wire::{ButtonKind, Counting, Network};

    use super::*;
    use crate::indonesian::Indonesian;

    fn button(href: &str) -> Button {
        let key = Network::parse("somewhere").unwrap();
        let (label, href, counting) = (String::new(), Some(href.to_owned()), Counting::default());
        Button {
            key,
            kind: ButtonKind::Link,
            label,
            mark: None,
            href,
            phone: None,
            limit: None,
            counting,
            url_counts: None,
        }
    }

    fn page(title: &str) -> SharedPage {
        SharedPage {
            title: title.into(),
            url: "https://example.id/a?b=1&c=é".into(),
        }
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
        let whatsapp = button("https://wa.me/?text={text}%20{url}");
        assert_eq!(
            address(&whatsapp, &page("Satu & dua"), false, "", &Indonesian).unwrap(),
            "https://wa.me/?text=Satu%20%26%20dua%20https%3A%2F%2Fexample.id%2Fa%3Fb%3D1%26c%3D%C3%A9"
        );
    }

    #[test]
    fn a_phone_may_lead_elsewhere() {
        let line = Button {
            phone: Some("https://line.example/{url}".into()),
            ..button("https://desk.example/{url}")
        };
        assert!(
            address(&line, &page(""), true, "", &Indonesian)
                .unwrap()
                .starts_with("https://line.")
        );
        assert!(
            address(&line, &page(""), false, "", &Indonesian)
                .unwrap()
                .starts_with("https://desk.")
        );
    }

    #[test]
    fn a_mastodon_instance_is_parsed_from_any_form() {
        for written in [
            "mastodon.social",
            "@rini@mastodon.social",
            "rini@mastodon.social",
            " https://Mastodon.social/@rini ",
        ] {
            assert_eq!(
                instance(written).as_deref(),
                Some("mastodon.social"),
                "{written}"
            );
        }
        for written in [
            "",
            "localhost",
            "not a host.com",
            "a..b",
            "-a.com",
            "javascript:alert(1)",
            "host.com:80",
            "a.b\u{202e}c",
        ] {
            assert_eq!(instance(written), None, "{written}");
        }
    }

    proptest! {
        #[test]
        fn encoding_keeps_every_text(text in "\\PC*") {
            prop_assert_eq!(decode(&encode(&text)), text);
        }
    }
}
