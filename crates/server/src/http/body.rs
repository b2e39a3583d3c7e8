//! Bodies of requests: JSON alone, and never more of it than a route takes.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;

use crate::Error;

/// The most that a call about accounts may send, in bytes.
pub const ACCOUNT_BODY: usize = 16 * 1024;
/// The most that a tRPC call or batch may send, in bytes.
pub const TRPC_BODY: usize = 64 * 1024;

/// The JSON body of a call about accounts.
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        if !is_json(request.headers()) {
            return Err(Error::MediaType("Send JSON: content-type must be application/json".into()));
        }
        let (parts, body) = request.into_parts();
        let body = read(&parts.headers, body, ACCOUNT_BODY).await?;
        serde_json::from_slice(&body).map(Self).map_err(|_| Error::Invalid("Invalid body parameters".into()))
    }
}

/// Whether the body says that it is JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Reads a whole body of at most `limit` bytes, counted after decompression.
///
/// # Errors
/// When it is longer, compressed in an unknown way or damaged, or does not arrive.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Error> {
    // The layer before took the header away from what it decompresses.
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Error::MediaType("Compress bodies with gzip or not at all".into()));
    }
    to_bytes(body, limit).await.map_err(|error| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            if error.is::<LengthLimitError>() {
                return Error::TooLarge(limit);
            }
            cause = error.source();
        }
        Error::Invalid("The body could not be read".into())
    })
}
