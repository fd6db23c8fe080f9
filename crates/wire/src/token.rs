use crate::{Invalid, name::parsed_text};

parsed_text! {
    /// Who reacts: 128 random bits, base64url without padding (22 characters). Made by the browser
    /// when its reader first reacts, known to the endpoint only while a request lasts.
    VisitorToken, check_128_bits, pattern = "^[A-Za-z0-9_-]{22}$"
}

parsed_text! {
    /// Which read or share this is: 96 random bits, base64url (16 characters). Made when the event
    /// is due and kept with it, so that it may arrive twice and count once.
    EventKey, check_96_bits, pattern = "^[A-Za-z0-9_-]{16}$"
}

fn check_128_bits(text: &str) -> Result<(), Invalid> {
    if text.len() == 22 && is_base64url(text) {
        Ok(())
    } else {
        Err(Invalid("must be 128 random bits as 22 characters of base64url"))
    }
}

fn check_96_bits(text: &str) -> Result<(), Invalid> {
    if text.len() == 16 && is_base64url(text) {
        Ok(())
    } else {
        Err(Invalid("must be 96 random bits as 16 characters of base64url"))
    }
}

fn is_base64url(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
