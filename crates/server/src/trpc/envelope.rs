//! How results and errors are wrapped.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Error;

/// The result of one call, as JSON.
pub(super) struct Outcome {
    pub(super) status: StatusCode,
    pub(super) json: Vec<u8>,
}

/// A call that did what it should.
#[derive(Serialize, ToSchema)]
pub(super) struct Success<T> {
    result: Data<T>,
}

#[derive(Serialize, ToSchema)]
struct Data<T> {
    data: T,
}

/// A call that was refused or failed.
#[derive(Serialize, ToSchema)]
pub(super) struct Failure<'a> {
    error: Shape<'a>,
}

#[derive(Serialize, ToSchema)]
struct Shape<'a> {
    message: &'a str,
    code: i32,
    data: Details<'a>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    code: &'static str,
    http_status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

/// What a call has come to.
pub(super) fn success(data: impl Serialize) -> Outcome {
    Outcome { status: StatusCode::OK, json: json(&Success { result: Data { data } }) }
}

/// Why a call has come to nothing; without a path where that holds for the whole request.
pub(super) fn error(error: &Error, path: Option<&str>) -> Outcome {
    let told = error.told();
    let (status, code, name) = code(told.status);
    let data = Details { code: name, http_status: status.as_u16(), path };
    Outcome { status, json: json(&Failure { error: Shape { message: &told.message, code, data } }) }
}

/// The reply to a request that has failed as a whole.
pub fn failure(of: &Error) -> Response {
    let Outcome { status, json } = error(of, None);
    let mut response = reply(status, json);
    of.add_headers(&mut response);
    response
}

/// The reply to a single call.
pub(super) fn single(Outcome { status, json }: Outcome) -> Response {
    reply(status, json)
}

/// The reply to a batch: the status that all outcomes share, else 207.
pub(super) fn batch(outcomes: &[Outcome]) -> Response {
    let mut json = Vec::with_capacity(outcomes.iter().map(|outcome| outcome.json.len() + 1).sum::<usize>() + 1);
    json.push(b'[');
    for (at, outcome) in outcomes.iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        json.extend_from_slice(&outcome.json);
    }
    json.push(b']');
    let first = outcomes.first().map_or(StatusCode::OK, |outcome| outcome.status);
    let is_shared = outcomes.iter().all(|outcome| outcome.status == first);
    reply(if is_shared { first } else { StatusCode::MULTI_STATUS }, json)
}

fn reply(status: StatusCode, json: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("these types hold nothing that JSON cannot")
}

/// The status, number and name of a code, by the status that the error has elsewhere.
fn code(status: StatusCode) -> (StatusCode, i32, &'static str) {
    let (number, name) = match status {
        StatusCode::BAD_REQUEST => (-32600, "BAD_REQUEST"),
        StatusCode::UNAUTHORIZED => (-32001, "UNAUTHORIZED"),
        StatusCode::FORBIDDEN => (-32003, "FORBIDDEN"),
        StatusCode::NOT_FOUND => (-32004, "NOT_FOUND"),
        StatusCode::METHOD_NOT_ALLOWED => (-32005, "METHOD_NOT_SUPPORTED"),
        StatusCode::PAYLOAD_TOO_LARGE => (-32013, "PAYLOAD_TOO_LARGE"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (-32015, "UNSUPPORTED_MEDIA_TYPE"),
        StatusCode::UNPROCESSABLE_ENTITY => (-32022, "UNPROCESSABLE_CONTENT"),
        StatusCode::TOO_MANY_REQUESTS => (-32029, "TOO_MANY_REQUESTS"),
        StatusCode::SERVICE_UNAVAILABLE => (-32603, "SERVICE_UNAVAILABLE"),
        _ => return (StatusCode::INTERNAL_SERVER_ERROR, -32603, "INTERNAL_SERVER_ERROR"),
    };
    (status, number, name)
}
