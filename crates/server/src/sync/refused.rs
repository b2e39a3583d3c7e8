//! What is told when a request is refused as a whole.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use weekwise_protocol::sync::{MAX_OPS, MAX_PUSH_BYTES, PROTO, Refusal};

use crate::Error;

/// The oldest version of the protocol that is served.
const MIN_PROTO: u32 = 1;

/// A request that was refused. Nothing was changed.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    refusal: Refusal,
    /// For how many seconds to wait.
    retry_after: Option<u64>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let status = match &refusal {
            Refusal::Malformed { .. } | Refusal::Newer { .. } => StatusCode::BAD_REQUEST,
            Refusal::Unauthorized => StatusCode::UNAUTHORIZED,
            Refusal::Resync { .. } => StatusCode::CONFLICT,
            Refusal::AccountGone => StatusCode::GONE,
            Refusal::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::Update { .. } => StatusCode::UPGRADE_REQUIRED,
            Refusal::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, refusal, retry_after: None }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        // What went wrong inside is logged by this.
        let told = error.told();
        match &error {
            Error::NotSignedIn => Refusal::Unauthorized.into(),
            Error::TooLarge(_) => too_large(),
            Error::TooMany { retry_after } => too_many(*retry_after),
            _ if told.status.is_client_error() => malformed(told.message),
            _ => Self { status: told.status, ..Refusal::Failed.into() },
        }
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.refusal)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// It is no request of the protocol.
pub(super) fn malformed(detail: impl ToString) -> Refused {
    Refusal::Malformed { detail: detail.to_string().chars().take(200).collect() }.into()
}

/// It is too often.
pub(super) fn too_many(retry_after: u64) -> Refused {
    Refused { retry_after: Some(retry_after), ..Refusal::TooMany.into() }
}

/// It is too much at once.
pub(super) fn too_large() -> Refused {
    Refusal::TooLarge { max_ops: MAX_OPS as u64, max_bytes: MAX_PUSH_BYTES as u64 }.into()
}

/// Refuses a version of the protocol that is not served.
pub(super) fn check_proto(proto: u32) -> Result<(), Refused> {
    match proto {
        0..MIN_PROTO => Err(Refusal::Update { min_proto: MIN_PROTO }.into()),
        MIN_PROTO..=PROTO => Ok(()),
        _ => Err(Refusal::Newer { max_proto: PROTO }.into()),
    }
}
