//! Every route.

use axum::{
    Router,
    handler::Handler,
    middleware::from_fn_with_state,
    routing::{any, get, post},
};
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, predicate::SizeAbove},
    decompression::RequestDecompressionLayer,
};

use crate::{Error, Server, auth, health, http, openapi, sync, trpc};

/// Replies from this size on are compressed. What is smaller is sent in one go as it is, before anything is acknowledged:
/// to compress it would save no time, and takes as long as all the rest of a request. Those about accounts never are: they
/// hold tokens, and the length of something compressed tells about its content.
const COMPRESS_ABOVE: u64 = 8 * 1024;

/// All of them, for `server`.
pub fn router(server: Server) -> Router {
    // What is compressed in an unknown way is refused where the body is read, in the envelope of the route.
    let decompress = RequestDecompressionLayer::new().pass_through_unaccepted(true);

    let accounts = Router::new()
        .route("/sign-up/email", post(auth::sign_up))
        .route("/sign-in/email", post(auth::sign_in))
        .route("/sign-out", post(auth::sign_out))
        .route("/get-session", get(auth::get_session))
        .route("/list-sessions", get(auth::list_sessions))
        .route("/revoke-session", post(auth::revoke_session))
        .route("/revoke-other-sessions", post(auth::revoke_other_sessions))
        .route("/revoke-sessions", post(auth::revoke_sessions))
        .route("/change-password", post(auth::change_password))
        .route("/delete-user", post(auth::delete_user))
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(decompress.clone())
        .layer(from_fn_with_state(server.clone(), auth::guard));

    let compress = CompressionLayer::new().compress_when(SizeAbove::new(COMPRESS_ABOVE));
    let calls = any(trpc::handle.layer(decompress.clone()).layer(compress));

    // Pages are large and much alike: what takes longer saves little.
    let fast = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(COMPRESS_ABOVE));
    let sync = Router::new()
        .route("/push", post(sync::push))
        .route("/pull", get(sync::pull))
        .route("/devices", get(sync::devices))
        .layer(decompress)
        .layer(fast)
        .route("/events", get(sync::events))
        .fallback(not_found)
        .method_not_allowed_fallback(other_method);

    Router::new()
        .route("/", get("OK"))
        .route("/health", get(health::health))
        .route("/openapi.json", get(openapi::document))
        .nest("/api/auth", accounts)
        .nest("/v1/sync", sync)
        .route("/trpc", calls.clone())
        .route("/trpc/", calls.clone())
        .route("/trpc/{*path}", calls)
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(server.clone(), http::edge))
        .with_state(server)
}

async fn not_found() -> Error {
    Error::NotFound("Not found".into())
}

async fn other_method() -> Error {
    Error::Method("This route takes another method".into())
}
