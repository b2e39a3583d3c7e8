//! The cookies of a browser's session: their names, their signatures, their bytes.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::Sha256;

use super::Token;
use crate::Config;

/// Seven days, in seconds: how long a browser keeps the cookie of a session that is remembered.
const MAX_AGE: u32 = 604_800;

/// What `encodeURIComponent` leaves as it is.
const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// How long a browser keeps a session's cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// For a week after it was last set.
    Remembered,
    /// Until the browser is closed.
    UntilClosed,
}

/// Reads and writes the cookies.
#[derive(Clone)]
pub struct Cookies {
    key: Hmac<Sha256>,
    session_token: String,
    session_data: String,
    dont_remember: String,
    /// What every cookie ends with.
    attributes: &'static str,
}

impl Cookies {
    /// Cookies signed with the configured secret. They bear the prefix `__Secure-` where the server is reached by
    /// https, and may be sent across sites in production, where interface and server have different ones.
    pub fn new(config: &Config) -> Self {
        let key = Hmac::new_from_slice(config.secret.as_bytes()).expect("HMAC takes keys of any length");
        let is_https = config.base_url.scheme() == "https";
        let prefix = if is_https { "__Secure-" } else { "" };
        let attributes = match (config.production, is_https) {
            (true, _) => "; Path=/; HttpOnly; Secure; SameSite=None",
            (false, true) => "; Path=/; HttpOnly; Secure; SameSite=Lax",
            (false, false) => "; Path=/; HttpOnly; SameSite=Lax",
        };
        let name = |cookie: &str| format!("{prefix}better-auth.{cookie}");
        Self {
            key,
            session_token: name("session_token"),
            session_data: name("session_data"),
            dont_remember: name("dont_remember"),
            attributes,
        }
    }

    /// The token in a request's cookie, if its signature is ours.
    pub fn token(&self, headers: &HeaderMap) -> Option<Token> {
        let value = find(headers, &self.session_token)?;
        let value = percent_decode_str(value).decode_utf8().ok()?;
        // The signature is base64, which has no dot; the token may have one.
        let (token, signature) = value.rsplit_once('.')?;
        let signature = STANDARD.decode(signature).ok()?;
        let mut mac = self.key.clone();
        mac.update(token.as_bytes());
        // In constant time.
        mac.verify_slice(&signature).ok()?;
        Token::presented(token)
    }

    /// The `Set-Cookie` headers of a session.
    pub fn set(&self, token: &Token, keep: Keep) -> Vec<HeaderValue> {
        let session = format!("{}={}", self.session_token, self.sign(token.expose()));
        match keep {
            Keep::Remembered => vec![self.header(format!("{session}; Max-Age={MAX_AGE}"))],
            Keep::UntilClosed => {
                let dont_remember = format!("{}={}", self.dont_remember, self.sign("true"));
                vec![self.header(session), self.header(dont_remember)]
            }
        }
    }

    /// The `Set-Cookie` headers that remove all cookies of a session.
    pub fn clear(&self) -> Vec<HeaderValue> {
        let names = [&self.session_token, &self.session_data, &self.dont_remember];
        names.map(|name| self.header(format!("{name}=; Max-Age=0"))).into()
    }

    fn sign(&self, value: &str) -> String {
        let mut mac = self.key.clone();
        mac.update(value.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        utf8_percent_encode(&format!("{value}.{signature}"), URI_COMPONENT).to_string()
    }

    fn header(&self, mut cookie: String) -> HeaderValue {
        cookie.push_str(self.attributes);
        HeaderValue::from_maybe_shared(cookie).expect("names, encoded values and attributes are plain ASCII")
    }
}

/// The raw value of the first cookie of a name.
fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
    let value = value.trim();
    Some(value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(value))
}
