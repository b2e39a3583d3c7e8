//! Why a request is refused or fails, and how that is told.
//!
//! Routes about accounts answer `{"code","message"}`, which is what [`IntoResponse`] does here; tRPC has an envelope of
//! its own (`trpc::envelope`). Both are made of the same [`Told`].

use std::{borrow::Cow, error::Error as _};

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

use crate::{auth::PasswordError, facade::FacadeError};

/// The header that tells how many seconds to wait.
const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// Why a request is refused or fails.
#[derive(Debug, Error)]
pub enum Error {
    /// What was sent does not fit the call; the message says how.
    #[error("{0}")]
    Invalid(Cow<'static, str>),
    /// The call needs a session.
    #[error("Authentication required")]
    NotSignedIn,
    /// Another web site sent a browser's cookies.
    #[error("Invalid origin")]
    ForeignOrigin,
    /// There is no such route, procedure or row.
    #[error("{0}")]
    NotFound(Cow<'static, str>),
    /// The route or procedure takes another method.
    #[error("{0}")]
    Method(Cow<'static, str>),
    /// The body is longer than this many bytes.
    #[error("The body is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is not JSON, or compressed in an unknown way.
    #[error("{0}")]
    MediaType(Cow<'static, str>),
    /// The client called too often.
    #[error("Too many requests. Please try again later.")]
    TooMany {
        /// After how many seconds it may call again.
        retry_after: u64,
    },
    /// Too many passwords are being checked.
    #[error("The server is busy. Please try again in a moment.")]
    Busy,
    /// It took so long that nobody would wait for it.
    #[error("The server took too long. Please try again later.")]
    TookTooLong,
    /// The e-mail address is none.
    #[error("Invalid email")]
    InvalidEmail,
    /// The password that was chosen does not do.
    #[error("{}", match .0 { PasswordError::TooShort => "Password too short", PasswordError::TooLong => "Password too long" })]
    Password(PasswordError),
    /// Someone has an account with this e-mail address.
    #[error("User already exists. Use another email.")]
    UserExists,
    /// Nobody has this e-mail address and this password.
    #[error("Invalid email or password")]
    WrongCredentials,
    /// The password that confirms an act is another one.
    #[error("Invalid password")]
    WrongPassword,
    /// The account has no password.
    #[error("Credential account not found")]
    NoPassword,
    /// The person has no such session.
    #[error("Session not found")]
    NoSession,
    /// The week could not be changed as asked.
    #[error(transparent)]
    Facade(#[from] FacadeError),
    /// The database refused or could not be reached.
    #[error("the database could not be read or written")]
    Database(#[from] sqlx::Error),
    /// A password could not be checked.
    #[error("a task on the blocking pool did not end")]
    Task(#[source] tokio::task::JoinError),
    /// A request came in without the address of its connection.
    #[error("the connection has no address")]
    NoPeer,
    /// A handler ended in a panic, which was logged where it happened.
    #[error("a handler panicked")]
    Panicked,
}

/// What a client is told of an [`Error`].
#[derive(Debug)]
pub struct Told {
    /// The status of the reply.
    pub status: StatusCode,
    /// What programs compare.
    pub code: &'static str,
    /// What people read.
    pub message: Cow<'static, str>,
}

impl Error {
    /// What the client is told. What went wrong inside stays inside: it is logged here, once, with all its causes.
    pub fn told(&self) -> Told {
        let (status, code) = self.status_and_code();
        if !status.is_server_error() {
            return Told { status, code, message: self.to_string().into() };
        }
        match self {
            Self::Busy | Self::TookTooLong => tracing::warn!("{self}"),
            _ => tracing::error!("{}", self.chain()),
        }
        let message = match status {
            StatusCode::SERVICE_UNAVAILABLE => "The server is busy. Please try again in a moment.",
            _ => "Internal server error",
        };
        Told { status, code, message: message.into() }
    }

    /// The error and everything that led to it.
    pub fn chain(&self) -> String {
        let mut told = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            told.push_str(": ");
            told.push_str(&cause.to_string());
            source = cause.source();
        }
        told
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
            Self::NotSignedIn | Self::Facade(FacadeError::UserGone) => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "INVALID_ORIGIN"),
            Self::NotFound(_) | Self::Facade(FacadeError::ScheduleNotFound) => (StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"),
            Self::MediaType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE"),
            Self::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"),
            Self::Busy | Self::TookTooLong => (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE"),
            Self::InvalidEmail => (StatusCode::BAD_REQUEST, "INVALID_EMAIL"),
            Self::Password(PasswordError::TooShort) => (StatusCode::BAD_REQUEST, "PASSWORD_TOO_SHORT"),
            Self::Password(PasswordError::TooLong) => (StatusCode::BAD_REQUEST, "PASSWORD_TOO_LONG"),
            Self::UserExists => (StatusCode::UNPROCESSABLE_ENTITY, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD"),
            Self::WrongPassword => (StatusCode::BAD_REQUEST, "INVALID_PASSWORD"),
            Self::NoPassword => (StatusCode::BAD_REQUEST, "CREDENTIAL_ACCOUNT_NOT_FOUND"),
            Self::NoSession => (StatusCode::BAD_REQUEST, "SESSION_NOT_FOUND"),
            Self::Facade(
                FacadeError::NotOnDate(_) | FacadeError::SlotLimit(_) | FacadeError::Full | FacadeError::Refused(_),
            ) => (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            Self::Database(error) | Self::Facade(FacadeError::Database(error)) if is_passing(error) => {
                (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE")
            }
            Self::Database(_) | Self::Facade(FacadeError::Database(_)) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR")
            }
            Self::Task(_) | Self::NoPeer | Self::Panicked => {
                (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR")
            }
        }
    }

    /// Tells the client how long to wait, where that is known.
    pub(crate) fn add_headers(&self, response: &mut Response) {
        if let Self::TooMany { retry_after } = self {
            response.headers_mut().insert(X_RETRY_AFTER, HeaderValue::from(*retry_after));
        }
    }
}

/// Whether what the database says will pass: no connection was free, or it is away, stops, starts, or has just handed over
/// to a standby. Everything else is broken until somebody mends it.
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
        // operator_intervention (stopping, starting), read_only_sql_transaction
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| matches!(&*code, "57P01" | "57P02" | "57P03" | "25006"))
        }
        _ => false,
    }
}

/// What a call about accounts is told that was refused.
#[derive(Serialize, ToSchema)]
pub struct Refusal {
    /// What programs compare; there is none for those who call too often.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What people read.
    message: Cow<'static, str>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let Told { status, code, message } = self.told();
        // The reference tells a message alone to those who call too often.
        let code = (!matches!(self, Self::TooMany { .. })).then_some(code);
        let mut response = (status, Json(Refusal { code, message })).into_response();
        self.add_headers(&mut response);
        response
    }
}
