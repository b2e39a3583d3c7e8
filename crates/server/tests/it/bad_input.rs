//! Whatever is sent, there is an answer, and it is never the server's fault.

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    person::{PASSWORD, Person, post, send},
    postgres::Database,
    raw::{RawReply, request, send_raw},
    running::{ORIGIN, Running},
};

/// Every route, and some that are none.
const TARGETS: &[&str] = &[
    "/",
    "/health",
    "/openapi.json",
    "/api/auth/sign-up/email",
    "/api/auth/sign-in/email",
    "/api/auth/sign-out",
    "/api/auth/get-session",
    "/api/auth/list-sessions",
    "/api/auth/revoke-session",
    "/api/auth/revoke-other-sessions",
    "/api/auth/revoke-sessions",
    "/api/auth/change-password",
    "/api/auth/delete-user",
    "/api/auth",
    "/api/auth/",
    "/api/auth/../../etc/passwd",
    "/trpc",
    "/trpc/",
    "/trpc/healthCheck",
    "/trpc/privateData",
    "/trpc/scheduler.createSchedule",
    "/trpc/scheduler.getSchedulesForWeek",
    "/trpc/scheduler.updateSlot",
    "/trpc/scheduler.deleteSlot",
    "/trpc/scheduler.deleteSchedule",
    "/trpc/healthCheck,scheduler.getSchedulesForWeek",
    "/trpc/scheduler.createSchedule,scheduler.deleteSlot",
    "/trpc/healthCheck,scheduler.deleteSchedule",
    "/trpc/,,,",
    "/nowhere",
];

/// Names that some route knows.
const KEYS: &[&str] = &[
    "0",
    "1",
    "json",
    "dayOfWeek",
    "startTime",
    "endTime",
    "scheduleId",
    "date",
    "startDate",
    "name",
    "email",
    "password",
    "image",
    "rememberMe",
    "client",
    "token",
    "currentPassword",
    "newPassword",
    "revokeOtherSessions",
    "callbackURL",
    "__proto__",
];

/// Values that are nearly right.
const WORDS: &[&str] = &[
    "",
    "09:00",
    "9:00",
    "24:00",
    "99:99",
    "23:59",
    "1",
    "0",
    "-1",
    "12abc",
    "9223372036854775808",
    "2030-01-07",
    "2027-02-30",
    "0000-01-01",
    "9999-12-31",
    "2200-12-31",
    "2030-01-07T00:00:00.000Z",
    "+275760-09-13T00:00:00.000Z",
    "2030-01-07T23:59:60Z",
    "ada@week.example",
    "a@b",
    "correct horse",
    "desktop",
    "browser",
    "\0",
    "a\0b",
    "'; DROP TABLE schedule; --",
    "💣",
    "\u{202e}",
    "\u{d7ff}",
];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-10_i64..10).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(WORDS).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        let key = prop_oneof![8 => proptest::sample::select(KEYS).prop_map(str::to_owned), 1 => any::<String>()];
        prop_oneof![
            1 => vec(inner.clone(), 0..6).prop_map(Value::from),
            6 => vec((key, inner), 0..8).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        12 => json_value().prop_map(|value| value.to_string().into_bytes()),
        2 => (json_value(), any::<proptest::sample::Index>()).prop_map(|(value, end)| {
            let text = value.to_string().into_bytes();
            let end = end.index(text.len());
            text[..end].to_vec()
        }),
        1 => vec(any::<u8>(), 0..200),
        1 => (1_usize..20_000, proptest::sample::select(&[b'[', b'{', b'"', b'9', b' '][..]))
            .prop_map(|(length, byte)| vec![byte; length]),
        1 => Just(b"{\"0\":1e999,\"password\":\"\\ud800\",\"email\":\"\\u0000\"}".to_vec()),
    ]
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("%{byte:02x}").into_bytes()).collect()
}

/// A path and what follows it. Bytes that cannot stand in a request line are percent-encoded or left to be refused.
fn target() -> impl Strategy<Value = Vec<u8>> {
    let path = prop_oneof![
        20 => proptest::sample::select(TARGETS).prop_map(|path| path.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..20).prop_map(|bytes| [b"/trpc/".to_vec(), percent(&bytes)].concat()),
        1 => vec(any::<u8>(), 0..20).prop_map(|bytes| [b"/api/auth/".to_vec(), percent(&bytes)].concat()),
        1 => vec(b'!'..=b'~', 0..20).prop_map(|bytes| [b"/".to_vec(), bytes].concat()),
    ];
    let query = prop_oneof![
        3 => Just(Vec::new()),
        4 => text().prop_map(|text| [b"?input=".to_vec(), percent(&text)].concat()),
        4 => text().prop_map(|text| [b"?batch=1&input=".to_vec(), percent(&text)].concat()),
        2 => Just(b"?batch=1".to_vec()),
        1 => vec(b'!'..=b'~', 0..40).prop_map(|bytes| [b"?".to_vec(), bytes].concat()),
    ];
    (path, query).prop_map(|(path, query)| [path, query].concat())
}

/// `SESSION` stands for a good one, which each request gets anew.
const SESSION: &str = "the-session";

fn headers() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let header = |name: &'static str, values: &'static [&'static str]| {
        let value = prop_oneof![
            6 => proptest::sample::select(values).prop_map(|value| value.as_bytes().to_vec()),
            1 => vec(prop_oneof![b' '..=b'~', 0x80_u8..=0xff], 0..60),
        ];
        value.prop_map(move |value| [name.as_bytes(), b": ", &value].concat())
    };
    let credential = prop_oneof![
        6 => Just(format!("authorization: Bearer {SESSION}").into_bytes()),
        2 => header("authorization", &["Bearer", "Bearer ", "bearer x", "Basic YTpi", "Bearer \u{7f}"]),
        2 => header("cookie", &[
            "better-auth.session_token=forged.AAAA",
            "better-auth.session_token=%ff.%00",
            "better-auth.session_token=",
            ";;;=;",
        ]),
    ];
    let content_type = prop_oneof![
        8 => Just(b"content-type: application/json".to_vec()),
        2 => header("content-type", &["text/plain", "application/json; charset=utf-16", "application/x-www-form-urlencoded", ""]),
    ];
    let other = prop_oneof![
        header("origin", &["http://localhost:3001", "https://evil.example", "null", ""]),
        header("content-encoding", &["gzip", "identity", "br", "gzip, gzip"]),
        header("accept-encoding", &["gzip", "*", "gzip;q=0"]),
        header("x-forwarded-for", &["1.2.3.4", "nonsense", ",,,", "::1"]),
        header("x-request-id", &["a", ""]),
        header("trpc-accept", &["application/jsonl"]),
    ];
    (proptest::option::weighted(0.8, credential), proptest::option::weighted(0.9, content_type), vec(other, 0..3))
        .prop_map(|(credential, content_type, others)| {
            credential.into_iter().chain(content_type).chain(others).collect()
        })
}

fn method() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => Just("GET"),
        8 => Just("POST"),
        1 => proptest::sample::select(&["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"][..]),
    ]
}

fn check(method: &str, target: &[u8], reply: &RawReply) -> Result<(), TestCaseError> {
    prop_assert!(reply.status < 500, "{reply:?}");
    if !reply.is_of_the_server() {
        prop_assert!((400..500).contains(&reply.status), "what is no HTTP is refused: {reply:?}");
        return Ok(());
    }
    if reply.status < 400 || method == "HEAD" || reply.head.contains("content-encoding: ") {
        return Ok(());
    }
    let body: Value =
        serde_json::from_slice(&reply.body).map_err(|error| TestCaseError::fail(format!("{error}: {reply:?}")))?;
    let path = target.split(|&byte| byte == b'?').next().unwrap_or_default();
    if path == b"/trpc" || path.starts_with(b"/trpc/") {
        for outcome in body.as_array().unwrap_or(&vec![body.clone()]) {
            let is_failure = outcome["error"]["message"].is_string() && outcome["error"]["data"]["httpStatus"].is_u64();
            prop_assert!(is_failure || outcome["result"].is_object(), "{body}");
        }
    } else {
        prop_assert!(body["message"].is_string() && body["code"].is_string(), "{body}");
    }
    Ok(())
}

#[test]
fn no_request_is_answered_with_a_fault_of_the_server() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let database = runtime.block_on(Database::ready());
    let server = Running::start(&database);
    runtime.block_on(async {
        let ada = Person::sign_up(&server, "ada").await;
        for day in 0..7 {
            ada.create(day, "09:00", "10:00").await;
        }
    });
    // As many sessions as there are requests, since some of those end theirs.
    runtime.block_on(database.run(
        r#"INSERT INTO session ("_id", token, "userId", "createdAt", "updatedAt", "expiresAt")
           SELECT 's' || n, encode(sha256(convert_to('session-' || n, 'UTF8')), 'hex'), "_id", now(), now(), now() + interval '7 days'
           FROM "user", generate_series(1, 5000) n"#,
    ));
    let number = std::cell::Cell::new(0);

    let config = Config { cases: 1500, failure_persistence: None, ..Config::default() };
    let case = (method(), target(), headers(), text());
    let outcome = TestRunner::new(config).run(&case, |(method, target, headers, body)| {
        number.set(number.get() + 1);
        let session = format!("session-{}", number.get());
        let headers: Vec<_> = headers
            .into_iter()
            .map(|header| match header.strip_suffix(SESSION.as_bytes()) {
                Some(start) => [start, session.as_bytes()].concat(),
                None => header,
            })
            .collect();
        let body = if method == "GET" { Vec::new() } else { body };
        let bytes = request(method, &target, &headers, &body);
        let reply = runtime.block_on(send_raw(server.address(), &bytes));
        let reply = reply.ok_or_else(|| TestCaseError::fail("the connection ended without a reply"))?;
        check(method, &target, &reply)
    });
    outcome.unwrap_or_else(|error| {
        panic!("{error}\n{}", server.log().lines().rev().take(5).collect::<Vec<_>>().join("\n"))
    });
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hardly_http_ends_no_server() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let long = [b"GET /".as_slice(), &[b'a'; 100_000], b" HTTP/1.1\r\nhost: x\r\n\r\n"].concat();
    let many = [b"GET / HTTP/1.1\r\nhost: x\r\n".as_slice(), &b"a: b\r\n".repeat(5000), b"\r\n"].concat();
    let requests: [&[u8]; 12] = [
        b"\r\n\r\n\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"POST /api/auth/sign-in/email HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"POST /api/auth/sign-in/email HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /trpc/healthCheck HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\na\x00b: c\r\n\r\n",
        &long,
        &many,
    ];
    for bytes in requests {
        let said = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]);
        if let Some(reply) = send_raw_and_close(&server, bytes).await {
            assert!((400..500).contains(&reply.status), "{said}: {reply:?}");
        }
    }
    // A body that never comes whole is none.
    let cut = b"POST /api/auth/sign-in/email HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{\"email\":";
    if let Some(reply) = send_raw_and_close(&server, cut).await {
        assert_eq!(reply.status, 400, "{reply:?}");
    }
    assert_eq!(Client::new().get(server.at("/trpc/healthCheck")).send().await.unwrap().status(), StatusCode::OK);
}

/// The same, from a client that sends nothing more.
async fn send_raw_and_close(server: &Running, bytes: &[u8]) -> Option<RawReply> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.expect("the server listens");
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut reply = Vec::new();
    let read = tokio::time::timeout(std::time::Duration::from_secs(10), stream.read_to_end(&mut reply));
    let _ = read.await.unwrap_or_else(|_| panic!("it hangs: {}", String::from_utf8_lossy(bytes)));
    if reply.is_empty() {
        return None;
    }
    let head = String::from_utf8_lossy(&reply).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a reply has a status");
    Some(RawReply { status, head, body: Vec::new() })
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_calls_about_accounts_say_what_is_wrong() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let deep = "[".repeat(10_000);
    let bodies = ["", "{", "null", "[]", "5", "\"x\"", "{\"email\":1}", "{\"email\":null,\"password\":{}}", &deep];
    for path in ["sign-up/email", "sign-in/email", "revoke-session", "change-password", "delete-user"] {
        for body in bodies {
            let request = ada.request(reqwest::Method::POST, &format!("/api/auth/{path}"));
            let reply = send(request.header(header::CONTENT_TYPE, "application/json").body(body.to_owned())).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path} {body:.20}: {reply:?}");
            assert_eq!(reply.code(), "VALIDATION_ERROR");
        }
        let reply = send(
            ada.request(reqwest::Method::POST, &format!("/api/auth/{path}"))
                .header(header::CONTENT_TYPE, "application/json")
                .body(vec![0xff, 0xfe]),
        )
        .await;
        assert_eq!(reply.code(), "VALIDATION_ERROR");
    }
    let names = json!({ "name": "a\0b", "email": "eve@week.example", "password": PASSWORD });
    assert_eq!(post(&server, "/api/auth/sign-up/email", names).await.code(), "VALIDATION_ERROR");
    let agent = "A".repeat(5000);
    let request = Client::new()
        .post(server.at("/api/auth/sign-in/email"))
        .header(header::USER_AGENT, agent)
        .header(header::ORIGIN, ORIGIN);
    let reply = send(request.json(&json!({ "email": ada.email, "password": PASSWORD }))).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(database.rows(r#"SELECT max(length("userAgent")) FROM session"#).await, ["512"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_procedure_calls_say_what_is_wrong() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let slot = json!({ "dayOfWeek": 1, "startTime": "09:00", "endTime": "10:00" });
    for (key, values) in [
        ("dayOfWeek", vec![json!(7), json!(-1), json!(1.5), json!("1"), json!(null), json!(1e300)]),
        ("startTime", vec![json!("24:00"), json!("9"), json!("09:60"), json!(9), json!("09:00:00"), json!("")]),
        ("endTime", vec![json!("24:00"), json!(null), json!(["10:00"])]),
    ] {
        for value in values {
            let mut input = slot.clone();
            input[key] = value;
            let reply = ada.mutate("scheduler.createSchedule", input.clone()).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{input}: {reply:?}");
            assert_eq!(reply.json()["error"]["data"]["path"], "scheduler.createSchedule");
        }
    }
    let number = ada.create(1, "09:00", "10:00").await.to_string();
    for date in ["2027-02-30", "2030-13-01", "tomorrow", "", "20300107", "2030-1-7", "1899-12-31", "2201-01-01"] {
        let reply = ada.mutate("scheduler.deleteSlot", json!({ "scheduleId": number, "date": date })).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{date}: {reply:?}");
        let reply = ada.query("scheduler.getSchedulesForWeek", &json!({ "startDate": date })).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{date}: {reply:?}");
    }
    for date in ["1900-01-01", "2200-12-31"] {
        assert_eq!(
            ada.query("scheduler.getSchedulesForWeek", &json!({ "startDate": date })).await.status,
            StatusCode::OK
        );
    }
    assert_eq!(database.rows("SELECT count(*) FROM schedule").await, ["1"], "nothing else was made");
}
