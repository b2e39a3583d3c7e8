//! How long one stays signed in, and how one stops being it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    person::{PASSWORD, Person, get, post, send},
    postgres::Database,
    running::Running,
};

const GET_SESSION: &str = "/api/auth/get-session";

async fn session(person: &Person) -> Value {
    let reply = person.get(GET_SESSION).await;
    assert_eq!(reply.status, StatusCode::OK, "never 401: {reply:?}");
    reply.json()
}

/// The rows of a person's sessions.
async fn rows(database: &Database, person: &Person, columns: &str) -> Vec<String> {
    database.rows(&format!(r#"SELECT {columns} FROM session WHERE "userId" = '{}'"#, person.id)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_slides_once_a_day_and_its_cookie_with_it() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let left = r#"round(extract(epoch FROM "expiresAt" - now() AT TIME ZONE 'UTC') / 3600)"#;

    ada.wait(&database, "23 hours").await;
    let reply = send(ada.as_page(Method::GET, GET_SESSION)).await;
    assert!(reply.cookies().is_empty(), "{reply:?}");
    assert_eq!(rows(&database, &ada, left).await, ["145"]);

    ada.wait(&database, "1 hour").await;
    let reply = send(ada.as_page(Method::GET, GET_SESSION)).await;
    assert_eq!(reply.cookies(), [format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", ada.cookie)]);
    assert_eq!(rows(&database, &ada, left).await, ["168"]);
    assert_eq!(reply.json()["session"]["expiresAt"], session(&ada).await["session"]["expiresAt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_procedure_extends_the_session_without_a_cookie() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let left = r#""expiresAt" > now() AT TIME ZONE 'UTC' + interval '6 days 23 hours'"#;
    for (call, input) in
        [("privateData", None), ("scheduler.getSchedulesForWeek", Some(r#"{"startDate":"2030-01-06"}"#))]
    {
        ada.wait(&database, "2 days").await;
        assert_eq!(rows(&database, &ada, left).await, ["false"]);
        let request = ada.as_page(Method::GET, &format!("/trpc/{call}"));
        let reply = send(request.query(&input.map(|input| [("input", input)]).unwrap_or([("batch", "0")]))).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        assert!(reply.cookies().is_empty());
        assert_eq!(rows(&database, &ada, left).await, ["true"], "{call}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_nobodys_and_its_row_goes() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let week = "/trpc/scheduler.getSchedulesForWeek?input=%7B%22startDate%22%3A%222030-01-06%22%7D";
    for (name, path, status) in [
        ("ada", GET_SESSION, 200),
        ("bob", "/trpc/privateData", 401),
        ("eve", week, 401),
        ("dan", "/api/auth/list-sessions", 401),
    ] {
        let person = Person::sign_up(&server, name).await;
        person.wait(&database, "7 days").await;
        let reply = send(person.as_page(Method::GET, path)).await;
        assert_eq!(reply.status.as_u16(), status, "{reply:?}");
        assert_eq!(rows(&database, &person, "1").await, [""; 0], "the row is gone after {path}");
        if path == GET_SESSION {
            assert_eq!(reply.text, "null");
            let cleared = reply.cookies();
            assert_eq!(cleared.len(), 3, "{cleared:?}");
            assert!(cleared.iter().all(|cookie| cookie.contains("=; Max-Age=0; ")), "{cleared:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browsers_session_ends_after_90_days_however_much_it_is_used() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    for _ in 0..17 {
        ada.wait(&database, "5 days").await;
        assert_ne!(session(&ada).await, Value::Null);
    }
    // 85 days are over.
    let end = r#""expiresAt" = "createdAt" + interval '90 days'"#;
    assert_eq!(rows(&database, &ada, end).await, ["true"]);
    let reply = send(ada.as_page(Method::GET, GET_SESSION)).await;
    assert!(reply.cookies().is_empty(), "there is nothing to extend: {reply:?}");
    ada.wait(&database, "5 days").await;
    assert_eq!(session(&ada).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_for_one_visit_ends_after_a_day_however_much_it_is_used() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let email = Person::sign_up(&server, "ada").await.email;
    let visit = Person::sign_in(&server, &email, json!({ "rememberMe": false })).await;
    database.run(r#"DELETE FROM session WHERE "endsAt" > now() + interval '2 days'"#).await;
    visit.wait(&database, "23 hours").await;
    let reply = send(visit.as_page(Method::GET, GET_SESSION)).await;
    assert!(reply.text != "null" && reply.cookies().is_empty(), "{reply:?}");
    assert_eq!(visit.get("/trpc/privateData").await.status, StatusCode::OK);
    visit.wait(&database, "1 hour").await;
    assert_eq!(session(&visit).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_gets_no_cookie_and_stays_signed_in_as_long_as_it_is_used() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let email = Person::sign_up(&server, "ada").await.email;
    database.run("DELETE FROM session").await;
    let desktop = Person::sign_in(&server, &email, json!({ "client": "desktop" })).await;
    assert_eq!(desktop.cookie, "");
    for _ in 0..20 {
        desktop.wait(&database, "6 days").await;
        assert_ne!(session(&desktop).await, Value::Null);
    }
    desktop.wait(&database, "7 days").await;
    assert_eq!(session(&desktop).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_replaces_the_session_by_one_of_its_kind() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let visit = Person::sign_in(&server, &ada.email, json!({ "rememberMe": false })).await;
    let desktop = Person::sign_in(&server, &ada.email, json!({ "client": "desktop" })).await;
    let change = |new: &str| json!({ "currentPassword": PASSWORD, "newPassword": new, "revokeOtherSessions": true });

    let reply = send(visit.as_page(Method::POST, "/api/auth/change-password").json(&change(PASSWORD))).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert_eq!(reply.cookies().len(), 2, "a new session for this visit: {reply:?}");
    assert!(reply.cookies().iter().all(|cookie| !cookie.contains("Max-Age")), "{reply:?}");
    for ended in [&ada, &visit, &desktop] {
        assert_eq!(session(ended).await, Value::Null);
    }
    assert_eq!(rows(&database, &ada, r#""endsAt" - "createdAt" <= interval '1 day'"#).await, ["true"]);

    let desktop = Person::sign_in(&server, &ada.email, json!({ "client": "desktop" })).await;
    let reply = desktop.post("/api/auth/change-password", change("another horse")).await;
    assert!(reply.cookies().is_empty() && reply.json()["token"].is_string(), "{reply:?}");
    assert_eq!(rows(&database, &ada, r#""endsAt""#).await, ["∅"]);
    let login = json!({ "email": ada.email, "password": PASSWORD });
    assert_eq!(post(&server, "/api/auth/sign-in/email", login).await.code(), "INVALID_EMAIL_OR_PASSWORD");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_cookies_are_for_https_alone() {
    let database = Database::ready().await;
    let https = ("BETTER_AUTH_URL", "https://api.week.example");
    let server = Running::start_with(&database, &[https]);
    let ada = Person::sign_up(&server, "ada").await;
    assert!(ada.cookie.starts_with("__Secure-better-auth.session_token="), "{}", ada.cookie);

    let server = Running::start_with(&database, &[https, ("NODE_ENV", "production")]);
    let body = json!({ "email": ada.email, "password": PASSWORD, "rememberMe": false });
    let reply = post(&server, "/api/auth/sign-in/email", body).await;
    let cookies = reply.cookies();
    assert_eq!(cookies.len(), 2);
    for (cookie, name) in cookies.iter().zip(["session_token", "dont_remember"]) {
        assert!(cookie.starts_with(&format!("__Secure-better-auth.{name}=")), "{cookie}");
        assert!(cookie.ends_with("; Path=/; HttpOnly; Secure; SameSite=None"), "{cookie}");
    }
    let reply = send(ada.at(&server).as_page(Method::POST, "/api/auth/sign-out")).await;
    assert_eq!(reply.cookies().len(), 3);
    for cookie in reply.cookies() {
        assert!(cookie.ends_with("=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=None"), "{cookie}");
    }
    assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_session_ends_at_every_server_at_once() {
    let database = Database::ready().await;
    let (one, other) = (Running::start(&database), Running::start(&database));
    let ada = Person::sign_up(&one, "ada").await;
    let elsewhere = Person::sign_in(&other, &ada.email, json!({})).await;
    let list = ada.get("/api/auth/list-sessions").await.json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert!(!list.to_string().contains(&elsewhere.token), "the tokens of others are not known");

    assert_eq!(ada.post("/api/auth/revoke-sessions", json!({})).await.json(), json!({ "status": true }));
    assert_eq!((session(&ada).await, session(&elsewhere).await), (Value::Null, Value::Null));
    assert_eq!(ada.post("/api/auth/revoke-sessions", json!({})).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_tokens_only_the_hash_and_of_passwords_only_argon2id_is_stored() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let stored = database.rows(r#"SELECT s.token, a.password FROM session s JOIN account a USING ("userId")"#).await;
    let (token, password) = stored[0].split_once('|').unwrap();
    assert!(token.len() == 64 && token != ada.token);
    assert!(password.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{password}");
    // Whoever reads the table cannot sign in with what is in it.
    let reader = get(&server, GET_SESSION).await;
    assert_eq!(reader.text, "null");
    let request = reqwest::Client::new().get(server.at(GET_SESSION)).bearer_auth(token);
    assert_eq!(send(request).await.text, "null");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_of_the_reference_is_hashed_anew_at_sign_in() {
    // Of `correct horse`, made with Node's `crypto.scryptSync` as Better Auth calls it.
    const SCRYPT: &str = "00112233445566778899aabbccddeeff:13af89ff6a88bb0fb3277e79ba724c6c0731b15919ca892969d63abd1534b867\
                          d110179e3bc8af39995ede0f9b2ac14b2b97573df10ba3802c498dbeb61e4f64";
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    database.run(&format!("UPDATE account SET password = '{SCRYPT}'")).await;
    // Two at once: the second finds what the first has renewed.
    let (one, other) =
        tokio::join!(Person::sign_in(&server, &ada.email, json!({})), Person::sign_in(&server, &ada.email, json!({})));
    assert_ne!(one.token, other.token);
    let stored = database.rows("SELECT password FROM account").await;
    assert!(stored[0].starts_with("$argon2id$"), "{stored:?}");
    Person::sign_in(&server, &ada.email, json!({})).await;
}
