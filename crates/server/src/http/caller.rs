//! What a session remembers of the request that made it.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};

use super::ClientAddress;
use crate::{Error, Server};

/// The most characters that are kept of what a client says it is.
const USER_AGENT: usize = 512;

/// Who calls, as far as it can be told without a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// From where.
    pub address: ClientAddress,
    /// With what, in the client's own words; empty where it says nothing.
    pub user_agent: String,
}

impl FromRequestParts<Server> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Error> {
        let address = ClientAddress::from_request_parts(parts, server).await?;
        let said = parts.headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
        let user_agent = String::from_utf8_lossy(said).chars().take(USER_AGENT).collect();
        Ok(Self { address, user_agent })
    }
}
