//! Logs for programs.

use serde_json::Value;

use crate::{person::Person, postgres::Database, running::Running};

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_statement_is_named_with_the_request_that_it_belongs_to() {
    let database = Database::ready().await;
    // In production logs are in JSON. Every statement is slow by this measure.
    let settings =
        [("NODE_ENV", "production"), ("BETTER_AUTH_URL", "https://api.week.example"), ("SLOW_QUERY_MS", "0")];
    let server = Running::start_with(&database, &settings);
    let ada = Person::made(&server, &database, "ada").await;
    let reply = ada.get("/trpc/privateData").await;
    let id = reply.header("x-request-id").expect("a request has a name");

    let log = server.log();
    let events: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    let of_request: Vec<&Value> = events.iter().filter(|event| event["span"]["id"] == id).collect();
    // Among those of the request may also be what a new connection is asked first.
    let is_slow = |event: &&&Value| {
        let holds = |key: &str, part: &str| event[key].as_str().is_some_and(|text| text.contains(part));
        holds("message", "slow statement") && holds("db.statement", "FROM session")
    };
    let slow = of_request.iter().find(is_slow).unwrap_or_else(|| panic!("no slow statement of {id} is in {log}"));
    assert_eq!((&slow["level"], &slow["target"]), (&"WARN".into(), &"sqlx::query".into()));
    let answered = of_request.iter().find(|event| event["path"] == "/trpc/privateData");
    let answered = answered.unwrap_or_else(|| panic!("the request {id} is not in {log}"));
    assert_eq!((&answered["method"], &answered["status"]), (&"GET".into(), &200.into()), "{answered}");
    assert!(answered["timestamp"].is_string() && answered["took_us"].is_u64(), "{answered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn usual_statements_are_not_spoken_of() {
    let database = Database::ready().await;
    let server = Running::start_with(&database, &[("SLOW_QUERY_MS", "60000")]);
    Person::made(&server, &database, "ada").await.week("2030-01-06").await;
    let log = server.log();
    assert!(log.contains("path=\"/trpc/scheduler.getSchedulesForWeek\""), "{log}");
    assert!(!log.contains("slow statement") && !log.contains("SELECT"), "{log}");
}
