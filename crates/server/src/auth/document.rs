//! The calls about accounts, as OpenAPI has them.

use utoipa::OpenApi;

use super::{
    change_password, delete_user, get_session, list_sessions,
    revoke::{self},
    sign_in, sign_out, sign_up,
};

/// A part of the whole document.
#[derive(OpenApi)]
#[openapi(paths(
    sign_up::sign_up,
    sign_in::sign_in,
    sign_out::sign_out,
    get_session::get_session,
    list_sessions::list_sessions,
    revoke::revoke_session,
    revoke::revoke_other_sessions,
    revoke::revoke_sessions,
    change_password::change_password,
    delete_user::delete_user
))]
pub(crate) struct Document;
