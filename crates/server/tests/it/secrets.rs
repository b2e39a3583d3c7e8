//! No secret is in a log, however much is logged.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    person::{PASSWORD, Person, post, send},
    postgres::Database,
    running::{Running, SECRET},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_everything_holds_no_secret() {
    const OF_POSTGRES: &str = "hunter2-of-postgres";
    const NEW: &str = "battery staple";
    const WRONG: &str = "incorrect horse";
    let database = Database::ready().await;
    // Postgres trusts every password here.
    let url = database.url.replacen("postgres@", &format!("postgres:{OF_POSTGRES}@"), 1);
    let server = Running::start_at(&url, &[("RUST_LOG", "trace"), ("SLOW_QUERY_MS", "0")]);

    let ada = Person::sign_up(&server, "ada").await;
    let again = Person::sign_in(&server, &ada.email, json!({ "rememberMe": false })).await;
    assert_eq!(
        post(&server, "/api/auth/sign-in/email", json!({ "email": ada.email, "password": WRONG })).await.status,
        401
    );
    assert_eq!(
        post(&server, "/api/auth/sign-up/email", json!({ "email": ada.email, "password": WRONG, "name": 1 }))
            .await
            .status,
        400
    );
    ada.create(1, "09:00", "10:00").await;
    assert_ne!(ada.week("2030-01-06").await, json!([]));
    send(ada.as_page(Method::GET, "/api/auth/get-session")).await;
    send(ada.as_page(Method::GET, "/api/auth/list-sessions")).await;
    let forged = ada.token.replace(|c: char| c.is_ascii_digit(), "x");
    send(reqwest::Client::new().get(server.at("/trpc/privateData")).bearer_auth(&forged)).await;
    ada.wait(&database, "2 days").await;
    send(ada.as_page(Method::GET, "/api/auth/get-session")).await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": NEW, "revokeOtherSessions": true });
    let changed = ada.post("/api/auth/change-password", change).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    // What fails inside is told in full to the log: also then.
    database.run("ALTER TABLE session RENAME TO session_elsewhere").await;
    assert_eq!(send(ada.as_page(Method::GET, "/api/auth/get-session")).await.status, 500);
    assert_eq!(
        post(&server, "/api/auth/sign-in/email", json!({ "email": ada.email, "password": NEW })).await.status,
        500
    );

    let log = server.log();
    assert!(log.contains("session_token") || log.contains("does not exist"), "the failure itself is there: {log}");
    assert!(log.contains("INSERT INTO session"), "everything is logged, statements too");
    let signature = ada.cookie.rsplit_once('.').expect("a cookie is signed").1;
    let replaced = changed.json()["token"].as_str().expect("there is a new token").to_owned();
    let hash = database.rows("SELECT password FROM account").await.remove(0);
    let key = hash.rsplit_once('$').expect("it ends with the key").1;
    let secrets = [
        PASSWORD,
        NEW,
        WRONG,
        OF_POSTGRES,
        SECRET,
        &ada.token,
        &again.token,
        &replaced,
        &forged,
        signature,
        key,
        "$argon2id$",
        &ada.email,
    ];
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
