//! What a client shows to prove that it is signed in, and what of it is stored.

use std::fmt;

use rand::distr::{Alphanumeric, SampleString};
use sha2::{Digest, Sha256};

/// The length of the tokens and ids that are made here: 190 bits, as letters and digits.
const LEN: usize = 32;

/// No token was ever longer; what is longer is not looked for.
const MAX: usize = 128;

/// A session's token, which only its client knows. It is never stored and never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn generate() -> Self {
        Self(random_id())
    }

    /// One that a client presents; none if it cannot be one.
    pub fn presented(text: &str) -> Option<Self> {
        (1..=MAX).contains(&text.len()).then(|| Self(text.to_owned()))
    }

    /// The text itself, for the client that it belongs to.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored in its place.
    pub fn hash(&self) -> TokenHash {
        let digest = Sha256::digest(self.0.as_bytes());
        let hex = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
        TokenHash(digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).collect())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The SHA-256 of a token in lower-case hexadecimal, as the column `session.token` holds it.
/// Tokens are random and long, so nothing slower is needed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct TokenHash(String);

impl TokenHash {
    /// As the column holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An id that nobody can guess, in the form that account tables have always had.
pub fn random_id() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), LEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_text() {
        let token = Token::presented("abc").unwrap();
        assert_eq!(token.hash().0, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn tokens_are_long_differ_and_stay_out_of_debug_output() {
        let (one, other) = (Token::generate(), Token::generate());
        assert_eq!(one.expose().len(), LEN);
        assert_ne!(one, other);
        assert!(!format!("{one:?}").contains(one.expose()));
    }
}
