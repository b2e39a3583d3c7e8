//! What every call about accounts must pass before it is looked at.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::Response,
};

use super::check_origin;
use crate::{
    Error, Server,
    http::{ACCOUNT, Class, ClientAddress, Rule, SENSITIVE, is_json},
};

/// Counts the call, and refuses what another web site may have sent.
///
/// # Errors
/// What it refuses.
pub async fn guard(
    State(server): State<Server>,
    address: ClientAddress,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    if server.config.production {
        let (class, rule) = rule(request.uri().path());
        server.limits.count(address, class, rule, Instant::now())?;
    }
    if request.method() == Method::POST {
        check_origin(request.headers(), &server.config)?;
        // Forms of other sites cannot send JSON without asking first.
        if request.headers().contains_key(header::CONTENT_TYPE) && !is_json(request.headers()) {
            return Err(Error::MediaType("Send JSON: content-type must be application/json".into()));
        }
    }
    Ok(next.run(request).await)
}

/// How often a client may call a path, which here has lost its `/api/auth`.
fn rule(path: &str) -> (Class, Rule) {
    match path {
        "/sign-in/email" => ("sign-in", SENSITIVE),
        "/sign-up/email" => ("sign-up", SENSITIVE),
        "/change-password" => ("change-password", SENSITIVE),
        "/delete-user" => ("delete-user", SENSITIVE),
        "/get-session" => ("get-session", ACCOUNT),
        "/sign-out" => ("sign-out", ACCOUNT),
        "/list-sessions" => ("list-sessions", ACCOUNT),
        _ => ("other", ACCOUNT),
    }
}
