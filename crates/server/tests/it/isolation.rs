//! Nobody reads or changes what is another's, on any route.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    person::{PASSWORD, Person, Reply, get, send},
    postgres::Database,
    running::Running,
};

/// Times that Ada alone has in her week.
const HERS: [&str; 4] = ["03:17", "04:18", "05:19", "06:20"];

/// Everything that is a person's: the rows of all tables that say whose they are.
async fn everything_of(database: &Database, id: &str) -> Vec<String> {
    let tables = "SELECT format('SELECT %L AS name, it::text AS content FROM %I it WHERE %I = %L', table_name, table_name, column_name, \
        '@@') FROM information_schema.columns WHERE table_schema = 'public' AND column_name IN ('user_id', 'userId', '_id') \
        AND (column_name <> '_id' OR table_name = 'user') ORDER BY 1";
    let mut all = Vec::new();
    for query in database.rows(tables).await {
        all.extend(database.rows(&query.replace("@@", id)).await);
    }
    all.sort();
    all
}

/// A call that tries to reach what is Ada's.
struct Attempt {
    method: Method,
    path: &'static str,
    /// As OpenAPI has the path, if that is not the same.
    sent: Sent,
}

enum Sent {
    Nothing,
    Body(Value),
    Input(Value),
}

fn attempts(ada: &Person, number: i64, session_id: &str) -> Vec<Attempt> {
    let get = |path| Attempt { method: Method::GET, path, sent: Sent::Nothing };
    let ask = |path, input| Attempt { method: Method::GET, path, sent: Sent::Input(input) };
    let post = |path, body| Attempt { method: Method::POST, path, sent: Sent::Body(body) };
    let number = number.to_string();
    vec![
        get("/"),
        get("/health"),
        get("/openapi.json"),
        get("/api/auth/get-session"),
        get("/api/auth/list-sessions"),
        get("/trpc/healthCheck"),
        get("/trpc/privateData"),
        ask("/trpc/privateData", json!({ "userId": ada.id })),
        ask(
            "/trpc/scheduler.getSchedulesForWeek",
            json!({ "startDate": "2030-01-06", "userId": ada.id, "user_id": ada.id }),
        ),
        post(
            "/trpc/scheduler.createSchedule",
            json!({ "dayOfWeek": 1, "startTime": "01:00", "endTime": "02:00", "userId": ada.id }),
        ),
        post(
            "/trpc/scheduler.updateSlot",
            json!({ "scheduleId": number, "date": "2030-01-07", "startTime": "01:00", "endTime": "02:00" }),
        ),
        post("/trpc/scheduler.deleteSlot", json!({ "scheduleId": number, "date": "2030-01-07" })),
        post("/trpc/scheduler.deleteSchedule", json!({ "scheduleId": number })),
        get("/v1/sync/devices"),
        get("/v1/sync/pull"),
        post("/v1/sync/push", json!({ "userId": ada.id, "user_id": ada.id, "proto": 1 })),
        post("/api/auth/sign-up/email", json!({ "name": "bob", "email": ada.email, "password": PASSWORD })),
        post("/api/auth/sign-in/email", json!({ "email": ada.email, "password": "the password of Bob" })),
        post("/api/auth/revoke-session", json!({ "token": session_id })),
        post("/api/auth/revoke-session", json!({ "token": "%" })),
        post("/api/auth/revoke-other-sessions", json!({ "userId": ada.id })),
        post(
            "/api/auth/change-password",
            json!({ "currentPassword": "wrong password", "newPassword": "mine now!", "userId": ada.id, "email": ada.email }),
        ),
        post("/api/auth/delete-user", json!({ "password": "wrong password", "userId": ada.id, "token": ada.token })),
        // Those that end Bob's own session or account come last.
        post("/api/auth/revoke-sessions", json!({ "userId": ada.id })),
        post("/api/auth/sign-out", json!({ "token": ada.token })),
        post("/api/auth/delete-user", json!({ "password": PASSWORD, "userId": ada.id })),
    ]
}

fn assert_nothing_of(ada: &Person, reply: &Reply, route: &str) {
    let secrets = [ada.id.as_str(), &ada.token, &ada.email, "Ada Lovelace"];
    for secret in secrets.iter().chain(&HERS) {
        assert!(!reply.text.contains(secret), "{route} tells {secret}: {reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_reads_or_changes_what_is_anothers() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    database.run(r#"UPDATE "user" SET name = 'Ada Lovelace'"#).await;
    let mut number = 0;
    for (day, start) in [(1, HERS[0]), (2, HERS[1]), (3, HERS[2])] {
        number = ada.create(day, start, "07:00").await;
    }
    let change =
        json!({ "scheduleId": number.to_string(), "date": "2030-01-09", "startTime": HERS[3], "endTime": "07:00" });
    assert_eq!(ada.mutate("scheduler.updateSlot", change).await.status, StatusCode::OK);
    let session_id = database.rows(r#"SELECT "_id" FROM session"#).await.remove(0);

    let bob = Person::sign_up(&server, "bob").await;
    let bobs = bob.create(5, "12:00", "13:00").await;
    assert!(bobs < number, "Bob has no schedule with Ada's number");
    let before = everything_of(&database, &ada.id).await;
    assert!(before.len() >= 9, "user, account, session, head, three schedules, an exception, operations: {before:?}");

    let attempts = attempts(&ada, number, &session_id);
    let document = get(&server, "/openapi.json").await.json();
    // A stream does not end, so it cannot be one of these.
    let ends = |path: &&String| *path != "/v1/sync/events";
    for path in document["paths"].as_object().expect("there are routes").keys().filter(ends) {
        assert!(attempts.iter().any(|attempt| attempt.path == path), "{path} is tried");
    }
    for who in ["bob", "nobody"] {
        for attempt in &attempts {
            let (method, path) = (attempt.method.clone(), attempt.path);
            let request = match who {
                "bob" => bob.request(method, path),
                _ => reqwest::Client::new().request(method, server.at(path)),
            };
            let reply = send(match &attempt.sent {
                Sent::Nothing => request,
                Sent::Body(body) => request.json(body),
                Sent::Input(input) => request.query(&[("input", input.to_string())]),
            })
            .await;
            assert_nothing_of(&ada, &reply, path);
            assert!(!reply.status.is_server_error(), "{path}: {reply:?}");
            assert_eq!(
                everything_of(&database, &ada.id).await,
                before,
                "{who} has changed nothing through {path}: {reply:?}"
            );
        }
    }
    assert_eq!(ada.get("/trpc/privateData").await.json()["result"]["data"]["user"]["name"], "Ada Lovelace");
    let week = ada.week("2030-01-06").await;
    assert_eq!(week.as_array().map(Vec::len), Some(3), "{week}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_leaves_nothing_behind() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let (ada, bob) = (Person::sign_up(&server, "ada").await, Person::sign_up(&server, "bob").await);
    for person in [&ada, &bob] {
        let number = person.create(1, "09:00", "10:00").await;
        person.mutate("scheduler.deleteSlot", json!({ "scheduleId": number.to_string(), "date": "2030-01-07" })).await;
    }
    let bobs = everything_of(&database, &bob.id).await;
    assert_eq!(ada.post("/api/auth/delete-user", json!({ "password": PASSWORD })).await.status, StatusCode::OK);
    assert_eq!(everything_of(&database, &ada.id).await, [""; 0]);
    assert_eq!(everything_of(&database, &bob.id).await, bobs);
    assert_eq!(ada.get("/trpc/privateData").await.status, StatusCode::UNAUTHORIZED);
}
