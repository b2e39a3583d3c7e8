//! `privateData`

use serde::Serialize;
use utoipa::ToSchema;

use super::envelope::{Failure, Success};
use crate::{
    Error, Server, UserId,
    db::user::{self, User},
};

#[derive(Serialize, ToSchema)]
pub(super) struct Output {
    message: &'static str,
    user: User,
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/trpc/privateData",
    tag = "week",
    security(("session" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = Success<Output>),
        (status = 401, description = "Nobody is signed in", body = Failure),
    )
)]
pub(super) async fn call(server: &Server, user: &UserId) -> Result<Output, Error> {
    let user = user::find(&server.pool, user).await?.ok_or(Error::NotSignedIn)?;
    Ok(Output { message: "This is private", user })
}
