//! `POST /api/auth/sign-in/email`

use std::time::Duration;

use axum::{Json, extract::State};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;

use super::{
    Email, Password, Verdict,
    attempts::Attempts,
    cookie::SetCookies,
    new_session::{Client, Draft},
};
use crate::{
    Error, Refusal, Server, Timestamp,
    db::{
        session,
        user::{self, User, WithPassword},
    },
    http::{Caller, JsonBody},
};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    email: String,
    password: String,
    remember_me: Option<bool>,
    #[serde(default)]
    client: Client,
}

/// A person who has signed in.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    /// The web client goes elsewhere only where it is told to.
    redirect: bool,
    token: String,
    user: User,
}

/// How long it takes until a failure is told, so that the time says nothing of how the password is stored, or of
/// whether there is an account.
const FAILURE_TAKES: Duration = Duration::from_millis(300);

/// Signs a person in.
///
/// # Errors
/// When nobody has this e-mail address and this password, or it was tried too often.
#[utoipa::path(
    post,
    path = "/api/auth/sign-in/email",
    tag = "accounts",
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in", body = SignedIn),
        (status = 400, description = "What was sent does not do", body = Refusal),
        (status = 401, description = "Nobody has this e-mail address and this password", body = Refusal),
        (status = 429, description = "Called too often: see X-Retry-After", body = Refusal),
        (status = 503, description = "Too many passwords are being checked", body = Refusal),
    )
)]
pub async fn sign_in(
    State(server): State<Server>,
    caller: Caller,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<(SetCookies, Json<SignedIn>), Error> {
    let now = Timestamp::from(Utc::now());
    let email = Email::parse(&body.email).ok_or(Error::InvalidEmail)?;
    let password = Password::presented(&body.password);
    let attempts = Attempts::at(&email, caller.address);
    attempts.count(&server, now).await?;

    let failure = Instant::now() + FAILURE_TAKES;
    let draft = Draft::new(body.client, body.remember_me.unwrap_or(true), caller, now);
    let Some(user) = enter(&server, &email, &password, &draft, now).await? else {
        sleep_until(failure).await;
        return Err(Error::WrongCredentials);
    };
    attempts.forget(&server).await?;
    let signed_in = SignedIn { redirect: false, token: draft.token.expose().to_owned(), user };
    Ok((draft.cookies(&server.cookies), Json(signed_in)))
}

/// Makes the session if the password is right.
async fn enter(
    server: &Server,
    email: &Email,
    password: &Password,
    draft: &Draft,
    now: Timestamp,
) -> Result<Option<User>, Error> {
    // Another sign-in may renew what is stored while this one compares; then it is looked at once more.
    for _ in 0..2 {
        let found = user::with_password(&server.pool, email).await?;
        let (user, stored) = match found {
            Some(WithPassword { user, password }) => (Some(user), password),
            None => (None, None),
        };
        let verdict = server.passwords.verify(password.clone(), stored.clone()).await?;
        let (Some(user), Some(stored), Verdict::Right { renewed }) = (user, stored, verdict) else { return Ok(None) };
        if session::create(&server.pool, &user.id, &stored, &draft.row()).await? {
            if let Some(renewed) = renewed {
                user::replace_password(&server.pool, &user.id, &stored, &renewed, now).await?;
            }
            return Ok(Some(user));
        }
    }
    Ok(None)
}
