//! Whose device asks.

use std::time::Instant;

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::Utc;
use weekwise_protocol::sync::Refusal;

use super::Refused;
use crate::{
    Server, UserId,
    auth::{Credential, SignedIn, TokenHash},
    db::session,
    http::{Class, ClientAddress, Rule, SYNC},
};

/// A device with a good session. Only `Authorization: Bearer` counts, which no browser sends by itself.
pub struct Caller {
    pub(super) user: UserId,
    pub(super) token: TokenHash,
}

impl Caller {
    /// Counts a call of the person.
    pub(super) fn count(&self, server: &Server, class: Class, rule: Rule) -> Result<(), Refused> {
        if server.config.production {
            server.limits.count(&self.user, class, rule, Instant::now())?;
        }
        Ok(())
    }
}

impl FromRequestParts<Server> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refused> {
        if server.config.production {
            // Before the database is asked.
            let address = ClientAddress::from_request_parts(parts, server).await?;
            server.limits.count(address, "sync", SYNC, Instant::now())?;
        }
        let Some(Credential::Bearer(token)) = Credential::of(&parts.headers, &server.cookies) else {
            return Err(Refusal::Unauthorized.into());
        };
        match SignedIn::find(server, &parts.headers, Utc::now().into()).await? {
            Some(signed_in) => Ok(Self { user: signed_in.user().clone(), token: signed_in.token }),
            None if session::has_departed(&server.pool, &token.hash()).await? => Err(Refusal::AccountGone.into()),
            None => Err(Refusal::Unauthorized.into()),
        }
    }
}
