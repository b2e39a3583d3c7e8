//! What proves who is signed in.

use std::fmt;

use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};

use super::Origin;

/// The longest that is taken.
const MAX_BYTES: usize = 4096;

/// The token of a session. It is bound to the server that gave it, and is shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Token {
    server: String,
    secret: String,
}

impl Token {
    /// What a server gave; none if it can be no token.
    pub(crate) fn from_server(server: &Origin, secret: String) -> Option<Self> {
        let is_one = !secret.is_empty() && secret.len() <= MAX_BYTES && secret.bytes().all(|b| b.is_ascii_graphic());
        is_one.then(|| Self { server: server.as_str().to_owned(), secret })
    }

    /// What [`to_stored`](Self::to_stored) made; none if it is not that, or belongs to another server.
    pub(crate) fn from_stored(server: &Origin, stored: &str) -> Option<Self> {
        let token: Self = serde_json::from_str(stored).ok()?;
        if token.server != server.as_str() {
            return None;
        }
        Self::from_server(server, token.secret)
    }

    /// For the keyring: the token with its server.
    pub(crate) fn to_stored(&self) -> String {
        serde_json::to_string(self).expect("two texts can be written as JSON")
    }

    /// Whether a text that its server sent is the token.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.secret == text
    }

    /// The value of the header, for its server; none for another one.
    pub(crate) fn header(&self, server: &Origin) -> Option<HeaderValue> {
        if self.server != server.as_str() {
            return None;
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {}", self.secret)).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(of {})", self.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_nowhere_and_goes_to_its_server_alone() {
        let [here, there] = ["https://week.example", "https://other.example"].map(|it| Origin::parse(it).unwrap());
        let token = Token::from_server(&here, "s3cret".to_owned()).unwrap();
        assert!(!format!("{token:?}").contains("s3cret"));
        let header = token.header(&here).unwrap();
        assert!(!format!("{header:?}").contains("s3cret"));
        assert_eq!(header.to_str().unwrap(), "Bearer s3cret");
        assert_eq!(token.header(&there), None);
        assert_eq!(Token::from_stored(&here, &token.to_stored()), Some(token.clone()));
        assert_eq!(Token::from_stored(&there, &token.to_stored()), None);
        for bad in ["", "a b", "a\r\nCookie: x", "ä"] {
            assert_eq!(Token::from_server(&here, bad.to_owned()), None, "{bad}");
        }
    }
}
