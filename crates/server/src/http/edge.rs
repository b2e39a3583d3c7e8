//! What every request and every reply passes: CORS, security headers, a name for the logs, and a limit of time.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::Instrument;
use uuid::Uuid;

use crate::{Config, Error, Server, trpc};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer than any client waits. What then is still being written is rolled back.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lets a request in and its reply out.
pub async fn edge(State(server): State<Server>, request: Request, next: Next) -> Response {
    let config = &server.config;
    let id = request_id(request.headers(), config);
    // An error, so that also who logs nothing but errors sees which request they belong to.
    let span = tracing::error_span!("request", id = id.to_str().unwrap_or_default());
    server.fit.look(config, request.headers());
    let origin = request.headers().get(header::ORIGIN).filter(|origin| is_allowed(origin, config)).cloned();
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = if is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        answer(&server, request, next).instrument(span).await
    };

    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id);
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if is_preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET,POST,PUT,DELETE,OPTIONS"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("Content-Type,Authorization,X-Requested-With"),
        );
    }
    secure(headers, config);
    response
}

/// The reply, whatever happens: a handler that panics or hangs is answered for.
async fn answer(server: &Server, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let started = Instant::now();
    let outcome = AssertUnwindSafe(timeout(PATIENCE, next.run(request))).catch_unwind().await;
    let response = match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => failure(&path, Error::TookTooLong),
        Err(_) => failure(&path, Error::Panicked),
    };
    let (status, took) = (response.status(), started.elapsed());
    server.metrics.answered(&method, route.as_ref().map(MatchedPath::as_str), status, took);
    tracing::info!(%method, path, status = status.as_u16(), took_us = took.as_micros() as u64);
    response
}

/// An error in the envelope of its route.
fn failure(path: &str, error: Error) -> Response {
    if path == "/trpc" || path.starts_with("/trpc/") { trpc::failure(&error) } else { error.into_response() }
}

fn is_allowed(origin: &HeaderValue, config: &Config) -> bool {
    config.cors_origins.iter().any(|allowed| allowed.as_str().as_bytes() == origin.as_bytes())
}

/// The name of a request in the logs: that which a trusted proxy gave it, else a new one.
fn request_id(headers: &HeaderMap, config: &Config) -> HeaderValue {
    let given = headers.get(X_REQUEST_ID).filter(|id| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        config.trusted_proxies > 0 && (1..=64).contains(&id.len()) && id.as_bytes().iter().all(plain)
    });
    given.cloned().unwrap_or_else(|| {
        let id = Uuid::now_v7().simple().to_string();
        HeaderValue::from_maybe_shared(id).expect("hexadecimal digits are plain ASCII")
    })
}

/// The replies are data for programs: no browser shall show, guess, keep or embed them.
fn secure(headers: &mut HeaderMap, config: &Config) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if config.base_url.scheme() == "https" {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
