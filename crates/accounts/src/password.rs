use std::fmt;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use crate::UserName;

/// Minimum length of a password, in characters.
pub const MIN_PASSWORD_CHARS: usize = 12;

/// Maximum length of a password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// Memory of one hash, in KiB. With [`PASSES`], OWASP's first recommendation for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;

/// Passes over the memory.
const PASSES: u32 = 2;

/// Parallelism.
const LANES: u32 = 1;

/// Maximum memory of a stored hash that is verified, in KiB: a damaged database must not exhaust the memory.
const MAX_MEMORY_KIB: u32 = 64 * 1024;

/// Length of the hash and of the salt, in bytes.
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// An argon2id hash in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPassword {
    /// It has fewer than [`MIN_PASSWORD_CHARS`] characters.
    TooShort,
    /// It has more than [`MAX_PASSWORD_BYTES`] bytes.
    TooLong,
    /// It contains the user's name, or has hardly any different characters.
    Guessable,
}

impl PasswordHash {
    /// Checks a new password. Length is what matters (NIST SP 800-63B); kinds of characters are not prescribed.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check(password: &str, user: &UserName) -> Result<(), WeakPassword> {
        if password.len() > MAX_PASSWORD_BYTES {
            return Err(WeakPassword::TooLong);
        }
        if password.chars().count() < MIN_PASSWORD_CHARS {
            return Err(WeakPassword::TooShort);
        }
        let mut different: Vec<_> = password.chars().collect();
        different.sort_unstable();
        different.dedup();
        let name = user.as_str().split('@').next().unwrap_or_default();
        let has_name = name.len() >= 4 && password.to_ascii_lowercase().contains(name);
        match different.len() < 5 || has_name {
            true => Err(WeakPassword::Guessable),
            false => Ok(()),
        }
    }

    /// Hashes a password with a random salt. Takes some 20 ms of CPU time and 19 MiB of memory. `None` only if the
    /// memory cannot be allocated.
    pub fn new(password: &str, salt: [u8; SALT_BYTES]) -> Option<Self> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES)).ok()?;
        let hash = Argon2::from(params).hash_password_with_salt(password.as_bytes(), &salt);
        Some(Self(hash.ok()?.to_string()))
    }

    /// Whether this is the password. Takes as long as [`new`](Self::new).
    pub fn verify(&self, password: &str) -> bool {
        self.parse().is_some_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    }

    /// Verifies a password in vain, for a user who does not exist or has no password, so that the time of the answer
    /// does not reveal that.
    pub fn verify_nobody(password: &str) {
        std::hint::black_box(Self::new(password, [0; SALT_BYTES]));
    }

    /// Whether the stored text is a hash that can be verified.
    pub fn is_well_formed(&self) -> bool {
        self.parse().is_some()
    }

    fn parse(&self) -> Option<phc::PasswordHash> {
        let hash = phc::PasswordHash::new(&self.0).ok()?;
        let params = Params::try_from(&hash).ok()?;
        let is_argon2id = hash.algorithm == Algorithm::Argon2id.ident()
            && hash.version == Some(Version::V0x13.into());
        let is_whole = hash.salt.is_some() && params.output_len() == Some(HASH_BYTES);
        let is_bounded =
            params.m_cost() <= MAX_MEMORY_KIB && params.t_cost() <= 8 && params.p_cost() <= 4;
        (is_argon2id && is_whole && is_bounded).then_some(hash)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_verifies() {
        let hash = PasswordHash::new("kuda hijau melompat", [7; SALT_BYTES]).unwrap();
        assert!(hash.is_well_formed());
        assert!(hash.verify("kuda hijau melompat"));
        assert!(!hash.verify("kuda hijau melompat "));
        assert!(!hash.verify(""));
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[test]
    fn the_hash_is_that_of_the_reference_implementation() {
        // echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1 -l 32
        let hash =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(PasswordHash(hash.into()).verify("password"));
    }

    #[test]
    fn a_damaged_hash_verifies_nothing() {
        for text in [
            "",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
        ] {
            let hash = PasswordHash(text.into());
            assert!(!hash.is_well_formed() && !hash.verify("password"), "{text}");
        }
    }

    #[test]
    fn short_and_guessable_passwords_are_refused() {
        let user = UserName::parse("budi.s@news.example").unwrap();
        let check = |password: &str| PasswordHash::check(password, &user);
        assert_eq!(check("elevenchars"), Err(WeakPassword::TooShort));
        assert_eq!(check(&"ab".repeat(10)), Err(WeakPassword::Guessable));
        assert_eq!(check("my Budi.S password"), Err(WeakPassword::Guessable));
        assert_eq!(check(&"abcdefg".repeat(200)), Err(WeakPassword::TooLong));
        assert_eq!(check("kuda hijau melompat"), Ok(()));
    }
}
