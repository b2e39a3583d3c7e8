//! A database of the server that Weekwise replaces, taken over in place, and given back.

use std::process::{Command, Output};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Utc;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use sha2::Sha256;
use sqlx::{AssertSqlSafe, Connection as _};
use weekwise_server::db::{adopt::Saved, migrate::migrate};

use crate::{
    person::{Reply, send},
    postgres::Database,
    running::{ORIGIN, Running, SECRET},
};

const ADAS: &str = "plainTokenOfAdaAndNobodyElse0001";
const BOBS: &str = "plainTokenOfBobAndNobodyElse0002";
const PASSWORD: &str = "correct horse battery";

/// A database as the reference leaves it.
async fn reference() -> Database {
    let database = Database::empty().await;
    database.run(include_str!("reference/tables.sql")).await;
    database.run(include_str!("reference/rows.sql")).await;
    database
}

/// A browser with the cookie that the reference gave it.
struct Browser<'a> {
    server: &'a Running,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn with(server: &'a Running, token: &str) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key does");
        mac.update(token.as_bytes());
        let signed = format!("{token}.{}", STANDARD.encode(mac.finalize().into_bytes()));
        let value: String = form_urlencoded::byte_serialize(signed.as_bytes()).collect();
        Self { server, cookie: format!("better-auth.session_token={value}") }
    }

    async fn send(&self, request: RequestBuilder) -> Reply {
        send(request.header(header::COOKIE, &self.cookie).header(header::ORIGIN, ORIGIN)).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Client::new().get(self.server.at(path))).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Client::new().post(self.server.at(path)).json(&body)).await
    }

    /// Makes a slot and returns its number.
    async fn create(&self, day: u8, start: &str, end: &str) -> i64 {
        let input = json!({ "dayOfWeek": day, "startTime": start, "endTime": end });
        let made = self.post("/trpc/scheduler.createSchedule", input).await;
        made.json()["result"]["data"]["id"].as_i64().unwrap_or_else(|| panic!("it has a number: {made:?}"))
    }

    async fn week(&self, start: &str) -> Value {
        let url = self.server.at("/trpc/scheduler.getSchedulesForWeek");
        let input = json!({ "startDate": start }).to_string();
        let reply = self.send(Client::new().get(url).query(&[("input", input)])).await;
        reply.json()["result"]["data"].clone()
    }
}

/// The program, as an operator runs it.
fn run(database: &Database, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weekwise-server"));
    command.args(arguments).env("DATABASE_URL", &database.url).output().expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn done(database: &Database, arguments: &[&str]) -> String {
    let output = run(database, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

/// Everything in the reference's tables in a schema, row by row, with its columns, keys and counters.
async fn everything_in(database: &Database, schema: &str) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["user", "session", "account", "verification", "schedule", "schedule_exception"] {
        all.extend(
            database
                .rows(&format!(
                    r#"SELECT '{table}' AS name, old_row::text AS content FROM {schema}."{table}" old_row ORDER BY 2"#
                ))
                .await,
        );
        let name = format!(r#"'{schema}."{table}"'::regclass"#);
        let shape = [
            format!(
                "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = {name} AND attnum > 0 ORDER BY attnum"
            ),
            format!("SELECT conname, contype FROM pg_constraint WHERE conrelid = {name} ORDER BY 1"),
            format!("SELECT indexrelid::regclass::text, indisunique FROM pg_index WHERE indrelid = {name} ORDER BY 1"),
        ];
        for query in shape {
            all.extend(database.rows(&query).await.into_iter().map(|row| row.replace(&format!("{schema}."), "")));
        }
    }
    for counter in ["schedule_id_seq", "schedule_exception_id_seq"] {
        all.extend(database.rows(&format!("SELECT last_value FROM {schema}.{counter}")).await);
    }
    all
}

/// Date, start, end and number of the exception of each item of a week.
fn items(week: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let show = |it: &Value| {
        let exception = it["exceptionId"].as_i64().map_or(String::new(), |id| format!(" #{id}"));
        format!("{} {}–{}{exception}", text(&it["id"]), text(&it["startTime"]), text(&it["endTime"]))
    };
    week.as_array().expect("a week is a list").iter().map(show).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_touched_before_it_is_safe() {
    let database = reference().await;
    let before = everything_in(&database, "public").await;
    for (arguments, expected) in [
        (&["migrate"][..], "--dump-to DIR"),
        (&["migrate", "--status"][..], "was not adopted"),
        (&["migrate", "--dump-to", "/proc/nowhere"][..], "could not be made"),
    ] {
        let output = run(&database, arguments);
        assert!(!output.status.success() && said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
    // Someone still writes.
    let mut other = database.connect().await;
    let mut writing = other.begin().await.unwrap();
    sqlx::query("UPDATE schedule SET \"isActive\" = false WHERE id = 1").execute(&mut *writing).await.unwrap();
    let output = run(&database, &["migrate", "--saved"]);
    assert!(said(&output).contains("stop the old server and try again"), "{}", said(&output));
    writing.rollback().await.unwrap();
    assert_eq!(everything_in(&database, "public").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_not_quite_those_are_refused_by_name() {
    let database = reference().await;
    database.run(r#"ALTER TABLE schedule_exception RENAME "isDeleted" TO deleted"#).await;
    let output = run(&database, &["migrate", "--saved"]);
    assert!(said(&output).contains("the table schedule_exception has no column isDeleted"), "{}", said(&output));
    assert_eq!(database.rows("SELECT to_regnamespace('adopted') IS NULL").await, ["true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_stays_signed_in_and_every_week_is_as_before() {
    let database = reference().await;
    let before = everything_in(&database, "public").await;
    let dumps = tempfile::tempdir().unwrap();
    done(&database, &["migrate", "--dump-to", dumps.path().to_str().unwrap()]);
    assert_eq!(dumps.path().read_dir().unwrap().count(), 1, "it was saved before");
    assert_eq!(everything_in(&database, "adopted").await, before, "what was there is kept as it was");
    done(&database, &["migrate"]);

    let server = Running::start(&database);
    let ada = Browser::with(&server, ADAS);
    assert_eq!(ada.get("/trpc/privateData").await.json()["result"]["data"]["user"]["name"], "Ada");
    let bob = Browser::with(&server, BOBS);
    let weeks = [
        ("2030-01-06", vec!["1-2030-01-07 08:15–09:45 #1", "2-2030-01-07 14:00–15:00"]),
        ("2030-01-13", vec!["2-2030-01-14 14:00–15:00"]),
        ("2030-01-20", vec!["1-2030-01-21 11:00–12:00 #3", "2-2030-01-21 14:00–15:00"]),
        ("2030-01-27", vec!["1-2030-01-28 09:00–10:30", "2-2030-01-28 16:00–17:00 #5"]),
    ];
    for (start, expected) in weeks {
        assert_eq!(items(&ada.week(start).await), expected, "{start}");
    }
    assert_eq!(items(&bob.week("2030-01-06").await), ["5-2030-01-06 07:30–08:00 #9"]);

    // New ids go on above the old ones; the old password opens a new session.
    assert!(ada.create(5, "10:00", "11:00").await > 7);
    let sign_in = json!({ "email": "ada@week.example", "password": PASSWORD });
    let reply = reqwest::Client::new().post(server.at("/api/auth/sign-in/email")).json(&sign_in).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text().await.unwrap());
    let hashed = r#"SELECT "_id" FROM session WHERE token = encode(sha256('plainTokenOfAdaAndNobodyElse0001'), 'hex')"#;
    assert_eq!(database.rows(hashed).await, ["session-ada"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_dropped() {
    let database = reference().await;
    let said_by_migrate = done(&database, &["migrate", "--saved"]);
    assert!(said_by_migrate.contains("3 users, 2 sessions"), "{said_by_migrate}");
    // Each row is one of ours, in quarantine, or a conflict copy.
    assert_eq!(database.rows("SELECT integer_id FROM schedule ORDER BY 1").await, ["1", "2", "4", "5"]);
    assert_eq!(database.rows("SELECT integer_id FROM exception ORDER BY 1").await, ["1", "2", "3", "5", "8", "9"]);
    let copies = "SELECT user_id, lost -> 'key' ->> 'date', lost -> 'after' ->> 'kind', resolved FROM conflict_copy";
    assert_eq!(database.rows(copies).await, ["ada|2030-01-21|cancelled|false"]);
    let quarantined = "SELECT source_table, source_id, content ->> 'id' FROM adoption_quarantine ORDER BY 1, 2";
    assert_eq!(
        database.rows(quarantined).await,
        ["schedule|3|3", "schedule|7|7", "schedule_exception|6|6", "schedule_exception|7|7"]
    );
    let first_dates = "SELECT integer_id, valid_from FROM schedule ORDER BY 1";
    assert_eq!(database.rows(first_dates).await, ["1|2029-12-04", "2|2029-12-04", "4|2029-12-04", "5|2029-11-04"]);

    let output = run(&database, &["check", "--json"]);
    assert_eq!(output.status.code(), Some(1), "what is in quarantine is a fault");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let kinds = |kind: &str| found["findings"].as_array().unwrap().iter().filter(|it| it["kind"] == kind).count();
    assert_eq!((kinds("quarantine"), kinds("adoption"), kinds("checksum"), kinds("adopted")), (4, 3, 0, 1), "{found}");
    database.run("DELETE FROM adoption_quarantine").await;
    done(&database, &["check"]);
    database.run("UPDATE exception SET rev = rev + 100, origin_rev = 1 WHERE integer_id = 1").await;
    assert!(said(&run(&database, &["check"])).contains("do not add up"), "a change past the server is found");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_way_back_and_forth() {
    let database = reference().await;
    let before = everything_in(&database, "public").await;
    done(&database, &["migrate", "--saved"]);
    let server = Running::start(&database);
    Browser::with(&server, ADAS).create(5, "10:00", "11:00").await;
    drop(server);
    let told = done(&database, &["adoption", "revert"]);
    assert!(told.contains("1 edits and 0 users"), "{told}");
    assert_eq!(everything_in(&database, "public").await, before);
    assert_eq!(database.rows("SELECT count(*) FROM weekwise.operation WHERE device = 'web'").await, ["1"]);

    // Its counters go on, so the old server can work again.
    database.run(r#"INSERT INTO schedule ("userId", "dayOfWeek", "startTime", "endTime", "updatedAt") VALUES ('ada', 2, '1:00', '2:00', now())"#).await;
    done(&database, &["migrate", "--saved"]);
    assert_eq!(database.rows("SELECT integer_id FROM schedule ORDER BY 1 DESC LIMIT 1").await, ["8"]);
    let again = run(&database, &["adoption", "revert"]);
    assert!(said(&again).contains("DROP SCHEMA weekwise CASCADE"), "{}", said(&again));
    database.run("DROP SCHEMA weekwise CASCADE").await;

    done(&database, &["adoption", "forget"]);
    assert_eq!(database.rows("SELECT to_regnamespace('adopted') IS NULL").await, ["true"]);
    let gone = run(&database, &["adoption", "revert"]);
    assert!(said(&gone).contains("only a backup has it"), "{}", said(&gone));
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_brings_no_ended_session_and_no_deleted_person_back() {
    let database = reference().await;
    done(&database, &["migrate", "--saved"]);
    let server = Running::start(&database);
    let ada = Browser::with(&server, ADAS);
    let gone = ada.post("/api/auth/delete-user", json!({ "password": PASSWORD })).await;
    assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
    let bob = Browser::with(&server, BOBS);
    assert_eq!(bob.post("/api/auth/sign-out", json!({})).await.status, StatusCode::OK);
    drop(server);
    done(&database, &["adoption", "revert"]);
    assert_eq!(database.rows(r#"SELECT "_id" FROM "user" ORDER BY 1"#).await, ["bob", "eve"]);
    assert_eq!(database.rows("SELECT count(*) FROM session").await, ["0"]);
    assert_eq!(database.rows(r#"SELECT DISTINCT "userId" FROM schedule"#).await, ["bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_adopt_at_once_one_does() {
    let database = reference().await;
    let (config, now) = (database.config(), Utc::now());
    let (one, other) = tokio::join!(migrate(&config, &Saved::Already, now), migrate(&config, &Saved::Already, now));
    let adopted = [one.unwrap().adopted, other.unwrap().adopted];
    assert_eq!(adopted.iter().flatten().count(), 1, "{adopted:?}");
    assert_eq!(database.rows("SELECT count(*) FROM adoption").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_that_fails_leaves_everything_as_it_was() {
    let database = reference().await;
    let before = everything_in(&database, "public").await;
    // Something of ours is in the way, after the tables were put aside.
    database.run("CREATE TABLE conflict_copy (x integer)").await;
    let mut connection = database.connect().await;
    migrate(&database.config(), &Saved::Already, Utc::now()).await.expect_err("a table is in the way");
    let there = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    let tables: i64 = sqlx::query_scalar(AssertSqlSafe(there.to_owned())).fetch_one(&mut connection).await.unwrap();
    assert_eq!((everything_in(&database, "public").await, tables), (before, 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_for_one_visit_stays_one() {
    let database = reference().await;
    let visit = r#"UPDATE session SET "expiresAt" = "updatedAt" + interval '1 day' WHERE "_id" = 'session-bob'"#;
    database.run(visit).await;
    done(&database, &["migrate", "--saved"]);
    let ends = r#"SELECT "endsAt" = "expiresAt", "endsAt" > now() + interval '89 days' FROM session ORDER BY "_id""#;
    assert_eq!(database.rows(ends).await, ["false|true", "true|false"]);
}
