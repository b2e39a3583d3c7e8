//! `POST /api/auth/sign-up/email`

use axum::{Json, extract::State};
use chrono::Utc;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use weekwise_domain::Text;

use super::{
    Email, Password,
    cookie::SetCookies,
    new_session::{Client, Draft},
    random_id,
};
use crate::{
    Error, Refusal, Server, Timestamp, UserId,
    db::user::{self, NewUser, User},
    http::{Caller, JsonBody},
};

/// Who signs up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignUp {
    #[schema(value_type = String, max_length = 200)]
    name: Text<200, false>,
    email: String,
    /// 8 to 128 characters.
    password: String,
    #[schema(value_type = Option<String>, max_length = 2000)]
    image: Option<Text<2000, false>>,
    remember_me: Option<bool>,
    #[serde(default)]
    client: Client,
}

/// A person who has signed up and is signed in.
#[derive(Serialize, ToSchema)]
pub struct SignedUp {
    token: String,
    user: User,
}

/// Makes an account and signs its owner in.
///
/// # Errors
/// When the input does not do, or someone has the e-mail address.
#[utoipa::path(
    post,
    path = "/api/auth/sign-up/email",
    tag = "accounts",
    request_body = SignUp,
    responses(
        (status = 200, description = "Signed up and signed in", body = SignedUp),
        (status = 400, description = "What was sent does not do", body = Refusal),
        (status = 422, description = "Someone has the e-mail address", body = Refusal),
        (status = 429, description = "Called too often: see X-Retry-After", body = Refusal),
        (status = 503, description = "Too many passwords are being checked", body = Refusal),
    )
)]
pub async fn sign_up(
    State(server): State<Server>,
    caller: Caller,
    JsonBody(body): JsonBody<SignUp>,
) -> Result<(SetCookies, Json<SignedUp>), Error> {
    let now = Timestamp::from(Utc::now());
    let email = Email::parse(&body.email).ok_or(Error::InvalidEmail)?;
    let password = Password::chosen(&body.password).map_err(Error::Password)?;
    // Said before the work is done, and again by the database.
    if user::is_taken(&server.pool, &email).await? {
        return Err(Error::UserExists);
    }
    let password = server.passwords.hash(password).await?;
    let user = User {
        id: UserId::from(random_id()),
        email: email.as_str().to_owned(),
        name: body.name.into(),
        image: body.image.map(String::from),
        email_verified: false,
        created_at: now,
        updated_at: now,
    };
    let new =
        NewUser { id: &user.id, email: &email, name: &user.name, image: user.image.as_deref(), password: &password };
    let draft = Draft::new(body.client, body.remember_me.unwrap_or(true), caller, now);
    if !user::create(&server.pool, &new, &draft.row()).await? {
        return Err(Error::UserExists);
    }
    Ok((draft.cookies(&server.cookies), Json(SignedUp { token: draft.token.expose().to_owned(), user })))
}
