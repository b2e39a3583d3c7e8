//! `healthCheck`

use super::envelope::Success;

/// That the server answers.
#[utoipa::path(
    get,
    path = "/trpc/healthCheck",
    tag = "week",
    responses(
        (status = 200, description = "Done", body = Success<String>),
    )
)]
pub(super) fn call() -> &'static str {
    "OK"
}
