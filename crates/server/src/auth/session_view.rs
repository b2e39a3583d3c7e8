//! A session as its owner's client sees it.

use serde::Serialize;
use utoipa::ToSchema;

use super::SignedIn;
use crate::{Timestamp, UserId, db::session::SessionRow};

/// One of a person's sessions.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    id: String,
    /// What `revoke-session` takes. Of the session that asks it is the token, as the reference has it. The tokens of
    /// others are not known here, so their keys stand in.
    token: String,
    user_id: UserId,
    expires_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
    ip_address: Option<String>,
    user_agent: Option<String>,
}

impl SessionView {
    /// Shows a row to the one who is signed in.
    pub(super) fn new(row: SessionRow, signed_in: &SignedIn) -> Self {
        let is_this = row.token == signed_in.token;
        let token = if is_this { signed_in.credential.token().expose().to_owned() } else { row.id.clone() };
        Self {
            token,
            id: row.id,
            user_id: row.user_id,
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
        }
    }
}
