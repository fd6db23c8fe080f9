use crate::{Invalid, name::parsed_text};

parsed_text! {
    /// A visitor's token: 128 random bits, base64url without padding (22 characters). Made by the browser at the
    /// reader's first reaction; the endpoint never stores it.
    VisitorToken, check_128_bits, pattern = "^[A-Za-z0-9_-]{22}$"
}

parsed_text! {
    /// Idempotency key of a read or share: 96 random bits, base64url (16 characters). Made with the event and stored
    /// with it by the browser, so that retries count once.
    IdempotencyKey, check_96_bits, as = EventKey, pattern = "^[A-Za-z0-9_-]{16}$"
}

fn check_128_bits(text: &str) -> Result<(), Invalid> {
    if text.len() == 22 && is_base64url(text) {
        Ok(())
    } else {
        Err(Invalid(
            "must be 128 random bits as 22 characters of base64url",
        ))
    }
}

fn check_96_bits(text: &str) -> Result<(), Invalid> {
    if text.len() == 16 && is_base64url(text) {
        Ok(())
    } else {
        Err(Invalid(
            "must be 96 random bits as 16 characters of base64url",
        ))
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
