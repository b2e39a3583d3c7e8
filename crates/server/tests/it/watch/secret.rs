//! A changed secret signs all browsers out, and nothing worse.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    person::{Person, send},
    postgres::Database,
    running::Running,
};

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_signed_out_and_may_sign_in_again() {
    let database = Database::ready().await;
    let mut server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    assert!(server.stop());

    let server = Running::start_with(&database, &[("BETTER_AUTH_SECRET", "another-secret-of-32-characters!")]);
    let ada = ada.at(&server);
    let session = send(ada.as_page(Method::GET, "/api/auth/get-session")).await;
    assert_eq!((session.status, session.text.as_str()), (StatusCode::OK, "null"));
    let call = send(ada.as_page(Method::GET, "/trpc/privateData")).await;
    assert_eq!(call.status, StatusCode::UNAUTHORIZED, "{call:?}");
    let out = send(ada.as_page(Method::POST, "/api/auth/sign-out").json(&json!({}))).await;
    assert_eq!(out.status, StatusCode::OK, "{out:?}");

    let again = Person::sign_in(&server, &ada.email, json!({})).await;
    assert_eq!(send(again.as_page(Method::GET, "/trpc/privateData")).await.status, StatusCode::OK);
    let app = ada.get("/trpc/privateData").await;
    assert_eq!(app.status, StatusCode::OK, "the token of an app is not signed, so it stays: {app:?}");
    assert!(!server.log().contains("ERROR"), "{}", server.log());
}
