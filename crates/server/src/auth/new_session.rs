//! A session in the making.

use chrono::TimeDelta;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Cookies, Keep, Token, TokenHash, cookie::SetCookies, random_id};
use crate::{
    Timestamp,
    db::session::{LASTS, NewSession, Session},
    http::Caller,
};

/// How long a browser's session lasts at most, however often it is extended.
const BROWSER_MAX: TimeDelta = TimeDelta::days(90);
/// How long one lasts that is not to be remembered.
const UNREMEMBERED: TimeDelta = TimeDelta::days(1);

/// What signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Client {
    /// A web page: its session is in a cookie and ends after 90 days at most.
    #[default]
    Browser,
    /// The desktop app: it keeps its token itself, gets no cookie, and stays signed in as long as it is used.
    Desktop,
}

/// A session that is about to be made.
pub(super) struct Draft {
    pub(super) token: Token,
    hash: TokenHash,
    id: String,
    created_at: Timestamp,
    /// Beyond what it is never extended.
    ends_at: Option<Timestamp>,
    caller: Caller,
}

impl Draft {
    /// That of a person who signs in.
    pub(super) fn new(client: Client, remember: bool, caller: Caller, now: Timestamp) -> Self {
        let ends_at = match (client, remember) {
            (Client::Desktop, _) => None,
            (Client::Browser, true) => Some(now.plus(BROWSER_MAX)),
            (Client::Browser, false) => Some(now.plus(UNREMEMBERED)),
        };
        let token = Token::generate();
        Self { hash: token.hash(), token, id: random_id(), created_at: now, ends_at, caller }
    }

    /// One in place of another, of the same kind and with the same end.
    pub(super) fn in_place_of(session: &Session, caller: Caller, now: Timestamp) -> Self {
        Self { ends_at: session.ends_at, ..Self::new(Client::Desktop, true, caller, now) }
    }

    fn expires_at(&self) -> Timestamp {
        let expires_at = self.created_at.plus(LASTS);
        self.ends_at.map_or(expires_at, |end| expires_at.min(end))
    }

    /// What is to be stored.
    pub(super) fn row(&self) -> NewSession<'_> {
        NewSession {
            id: &self.id,
            token: &self.hash,
            created_at: self.created_at,
            expires_at: self.expires_at(),
            ends_at: self.ends_at,
            address: self.caller.address.0.to_string(),
            user_agent: &self.caller.user_agent,
        }
    }

    /// What hands it to a browser; nothing for a desktop.
    pub(super) fn cookies(&self, cookies: &Cookies) -> SetCookies {
        let Some(end) = self.ends_at else { return SetCookies::default() };
        let keep = if end.since(self.created_at) > UNREMEMBERED {
            Keep::For(self.expires_at().since(self.created_at))
        } else {
            Keep::UntilClosed
        };
        cookies.set(&self.token, keep)
    }
}
