//! Who makes a request.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use chrono::Utc;

use super::{Cookies, Token, TokenHash};
use crate::{
    Error, Server, Timestamp, UserId,
    db::session::{self, Fate, Session},
};

/// The token that a request bears. A bearer's goes before a cookie's, so that a program can say who it is whatever
/// cookies lie around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// From `Authorization: Bearer`, which no browser sends by itself.
    Bearer(Token),
    /// From a signed cookie.
    Cookie(Token),
}

impl Credential {
    /// Reads a request's headers; none where it bears no token, or one with a forged signature.
    pub fn of(headers: &HeaderMap, cookies: &Cookies) -> Option<Self> {
        match bearer(headers) {
            Some(token) => Token::presented(token).map(Self::Bearer),
            None => cookies.token(headers).map(Self::Cookie),
        }
    }

    /// The token.
    pub fn token(&self) -> &Token {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }
}

/// What follows `Bearer` in `Authorization`. Other schemes may belong to a proxy.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A person with a good session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session as it was before it was extended.
    pub session: Session,
    /// What they showed for it.
    pub credential: Credential,
    /// What is stored of its token.
    pub token: TokenHash,
    /// To when the session was extended just now, if it was due.
    pub extended: Option<Timestamp>,
}

impl SignedIn {
    /// Looks a request's session up, extends it where that is due, and deletes it where it has ended.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn find(server: &Server, headers: &HeaderMap, now: Timestamp) -> Result<Option<Self>, Error> {
        let Some(credential) = Credential::of(headers, &server.cookies) else { return Ok(None) };
        let token = credential.token().hash();
        let Some(session) = session::find(&server.pool, &token).await? else { return Ok(None) };
        Self::judge(server, credential, token, session, now).await
    }

    /// Extends a session that was found where that is due, and deletes it where it has ended.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn judge(
        server: &Server,
        credential: Credential,
        token: TokenHash,
        session: Session,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        let extended = match session.fate(now) {
            Fate::Expired => {
                session::end(&server.pool, &token).await?;
                return Ok(None);
            }
            Fate::Good => None,
            Fate::Extend(to) => {
                session::extend(&server.pool, &token, to, now).await?;
                Some(to)
            }
        };
        Ok(Some(Self { session, credential, token, extended }))
    }

    /// Who they are.
    pub fn user(&self) -> &UserId {
        &self.session.user_id
    }
}

impl FromRequestParts<Server> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Error> {
        Self::find(server, &parts.headers, Utc::now().into()).await?.ok_or(Error::NotSignedIn)
    }
}
