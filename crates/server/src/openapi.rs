//! `GET /openapi.json`: the JSON routes, for programs and for those who write them.

use std::sync::LazyLock;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{Server, auth, sync, trpc};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Weekwise API",
        description = "Accounts and weeks. The procedures are tRPC 11 without a transformer; batches are not described here."
    ),
    tags(
        (name = "accounts", description = "Who signs in how. Refusals are {code, message}."),
        (name = "week", description = "tRPC procedures. Refusals are {error: {message, code, data}}."),
        (name = "sync", description = "What devices say: docs/wire/sync.md has every request and reply.")
    ),
    modifiers(&Security)
)]
struct Document;

/// The two ways to say who one is.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "better-auth.session_token",
            "Set by sign-in and sign-up; prefixed with __Secure- where the server is reached by https.",
        ));
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The token of a session.")).build();
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// It never changes, so it is written once.
static JSON: LazyLock<String> = LazyLock::new(|| {
    let mut document = Document::openapi();
    document.merge(auth::Document::openapi());
    document.merge(trpc::Document::openapi());
    document.merge(sync::Document::openapi());
    let mut document = serde_json::to_value(document).expect("a document of OpenAPI is JSON");
    sync::exemplify(&mut document);
    document.to_string()
});

pub(crate) async fn document(State(_): State<Server>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], JSON.as_str())
}
