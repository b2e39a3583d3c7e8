//! The cookies of a browser's session: their names, their signatures, their bytes.

use std::convert::Infallible;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponseParts, ResponseParts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::Sha256;

use super::Token;
use crate::Config;

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
    /// So long, also when it is closed in between.
    For(TimeDelta),
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

    /// What hands a session to a browser.
    pub fn set(&self, token: &Token, keep: Keep) -> SetCookies {
        let session = format!("{}={}", self.session_token, self.sign(token.expose()));
        SetCookies(match keep {
            Keep::For(time) => vec![self.header(format!("{session}; Max-Age={}", time.num_seconds().max(0)))],
            Keep::UntilClosed => {
                let dont_remember = format!("{}={}", self.dont_remember, self.sign("true"));
                vec![self.header(session), self.header(dont_remember)]
            }
        })
    }

    /// What takes all cookies of a session away.
    pub fn clear(&self) -> SetCookies {
        let names = [&self.session_token, &self.session_data, &self.dont_remember];
        SetCookies(names.map(|name| self.header(format!("{name}=; Max-Age=0"))).into())
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

/// Headers `Set-Cookie` of a reply.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetCookies(Vec<HeaderValue>);

impl IntoResponseParts for SetCookies {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        for cookie in self.0 {
            parts.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(parts)
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

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyzABCDEF";
    /// Made with Node's `crypto` as Better Auth signs.
    const SIGNED: &str = "abcdefghijklmnopqrstuvwxyzABCDEF.lrNC65uq1aECqDfjqDHQMeCgkQPCnBmzfiIvovl5xNw%3D";
    const DONT_REMEMBER: &str = "true.nnYXcNgXUws7lK12YO5kecODJ%2F8Xd96%2Bd4pGaE%2BGF48%3D";

    fn cookies(environment: &str, url: &str) -> Cookies {
        let set = |name: &str| match name {
            "BETTER_AUTH_SECRET" => Some("R0rW8nVbH2k6sQ1yT4uZ7pLcXdEaJfGi".to_owned()),
            "DATABASE_URL" => Some("postgresql://localhost/weekwise".to_owned()),
            "NODE_ENV" => Some(environment.to_owned()),
            "BETTER_AUTH_URL" => Some(url.to_owned()),
            _ => None,
        };
        Cookies::new(&Config::read(set).unwrap().0)
    }

    fn set(cookies: &Cookies, keep: Keep) -> Vec<String> {
        let token = Token::presented(TOKEN).unwrap();
        cookies.set(&token, keep).0.iter().map(|header| header.to_str().unwrap().to_owned()).collect()
    }

    fn read(cookies: &Cookies, header: &str) -> Option<Token> {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_bytes(header.as_bytes()).unwrap());
        cookies.token(&headers)
    }

    #[test]
    fn the_bytes_are_those_of_the_reference() {
        let week = Keep::For(TimeDelta::days(7));
        assert_eq!(
            set(&cookies("development", "http://localhost:3000"), week),
            [format!("better-auth.session_token={SIGNED}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax")]
        );
        assert_eq!(
            set(&cookies("production", "https://week.example"), week),
            [format!(
                "__Secure-better-auth.session_token={SIGNED}; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=None"
            )]
        );
        assert_eq!(
            set(&cookies("development", "https://week.example"), Keep::UntilClosed),
            [
                format!("__Secure-better-auth.session_token={SIGNED}; Path=/; HttpOnly; Secure; SameSite=Lax"),
                format!("__Secure-better-auth.dont_remember={DONT_REMEMBER}; Path=/; HttpOnly; Secure; SameSite=Lax")
            ]
        );
    }

    #[test]
    fn all_cookies_are_cleared() {
        let cleared = cookies("development", "http://localhost:3000").clear().0;
        let expected = ["session_token", "session_data", "dont_remember"]
            .map(|name| format!("better-auth.{name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"));
        assert_eq!(cleared, expected);
    }

    #[test]
    fn a_signed_cookie_is_read_among_others() {
        let cookies = cookies("development", "http://localhost:3000");
        let expected = Token::presented(TOKEN);
        for header in [
            format!("better-auth.session_token={SIGNED}"),
            format!("a=b=c; better-auth.session_token=\"{SIGNED}\";better-auth.session_token=other"),
            format!("theme; x=; better-auth.session_token={}", SIGNED.replace("%3D", "=")),
        ] {
            assert_eq!(read(&cookies, &header), expected, "{header}");
        }
    }

    #[test]
    fn what_was_not_signed_here_is_no_session() {
        let cookies = cookies("development", "http://localhost:3000");
        let mut bad = vec![
            String::new(),
            TOKEN.to_owned(),
            format!("{TOKEN}."),
            format!(".{}", SIGNED.rsplit_once('.').unwrap().1),
            format!("x{SIGNED}"),
            SIGNED.replace("lrNC", "lrND"),
            SIGNED.replace("xNw%3D", "xNx%3D"),
            "%ff%fe.%00".to_owned(),
            "é".repeat(50),
        ];
        bad.extend((1..SIGNED.len()).map(|length| SIGNED[..length].to_owned()));
        for value in bad {
            assert_eq!(read(&cookies, &format!("better-auth.session_token={value}")), None, "{value}");
        }
        let others = format!("__Secure-better-auth.session_token={SIGNED}; session_token={SIGNED}");
        assert_eq!(read(&cookies, &others), None);
    }
}
