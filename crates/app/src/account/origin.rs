//! The server of an account.

use std::{fmt, net::IpAddr};

use reqwest::Url;
use thiserror::Error;

/// A server that a session may be sent to: over https, or over http on this very machine.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    is_loopback: bool,
}

/// An address that is not taken for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadOrigin {
    /// It cannot be read.
    #[error("that is not the address of a server: write it as https://week.example")]
    Unreadable,
    /// It says more than scheme, host and port.
    #[error("the address of a server ends after its name and port: write it as https://week.example")]
    TooMuch,
    /// It would send the session in the clear.
    #[error("a server is reached over https; http is for a server on this machine alone")]
    InTheClear,
}

impl Origin {
    /// Reads an address. Without a scheme it is https.
    ///
    /// # Errors
    /// See [`BadOrigin`].
    pub fn parse(text: &str) -> Result<Self, BadOrigin> {
        let text = text.trim();
        let url = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("https://{text}")),
        };
        let url = url.map_err(|_| BadOrigin::Unreadable)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadOrigin::Unreadable)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => return Err(BadOrigin::InTheClear),
            _ => return Err(BadOrigin::Unreadable),
        }
        let is_more = !url.username().is_empty() || url.password().is_some() || url.query().is_some();
        if is_more || url.fragment().is_some() || url.path() != "/" {
            return Err(BadOrigin::TooMuch);
        }
        Ok(Self { text: url.origin().ascii_serialization(), is_loopback })
    }

    /// As it is written: `https://week.example`, with a port where it is not the usual one.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_sent_over_https_or_within_the_machine() {
        for (text, origin) in [
            ("https://week.example", "https://week.example"),
            ("week.example", "https://week.example"),
            (" https://WEEK.example:443/ ", "https://week.example"),
            ("https://week.example:8443", "https://week.example:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), origin);
        }
        for (text, expected) in [
            ("http://week.example", BadOrigin::InTheClear),
            ("http://localhost.week.example", BadOrigin::InTheClear),
            ("http://127.0.0.1.week.example", BadOrigin::InTheClear),
            ("http://10.0.0.1", BadOrigin::InTheClear),
            ("ftp://week.example", BadOrigin::Unreadable),
            ("https://", BadOrigin::Unreadable),
            ("", BadOrigin::Unreadable),
            ("https://ada:secret@week.example", BadOrigin::TooMuch),
            ("https://week.example/api", BadOrigin::TooMuch),
            ("https://week.example/?next=1", BadOrigin::TooMuch),
            ("https://week.example/#a", BadOrigin::TooMuch),
        ] {
            assert_eq!(Origin::parse(text), Err(expected), "{text}");
        }
    }
}
