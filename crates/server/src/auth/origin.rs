//! Whether a browser's request comes from one of our own pages.

use axum::http::{HeaderMap, header};
use url::Url;

use super::current::bearer;
use crate::{Config, Error};

/// A header that every browser of today sends with every request, and that no page can set.
const SEC_FETCH_MODE: &str = "sec-fetch-mode";

/// Refuses a request that changes something if it bears cookies and comes from a page of another site. What bears a
/// token of its own cannot have been sent by a foreign page.
///
/// # Errors
/// [`Error::ForeignOrigin`].
pub fn check_origin(headers: &HeaderMap, config: &Config) -> Result<(), Error> {
    if !headers.contains_key(header::COOKIE) || bearer(headers).is_some() {
        return Ok(());
    }
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or_default());
    let origin = match (text(header::ORIGIN), text(header::REFERER)) {
        (Some(origin), _) => origin.to_owned(),
        (None, Some(referer)) => {
            Url::parse(referer).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
        }
        // A program that is no browser says neither; a browser always says one.
        (None, None) if headers.contains_key(SEC_FETCH_MODE) => String::new(),
        (None, None) => return Ok(()),
    };
    let is_ours = config.cors_origins.iter().any(|allowed| allowed.as_str() == origin) || config.base_origin == origin;
    if is_ours { Ok(()) } else { Err(Error::ForeignOrigin) }
}
