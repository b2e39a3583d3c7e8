//! What a request must pass before it is looked at: origins, limits, forms of bodies.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::json;

use crate::{
    person::{PASSWORD, Person, Reply, post, send},
    postgres::Database,
    running::{ORIGIN, Running},
};

const SIGN_IN: &str = "/api/auth/sign-in/email";
const PRODUCTION: &[(&str, &str)] =
    &[("NODE_ENV", "production"), ("BETTER_AUTH_URL", "https://api.week.example"), ("TRUSTED_PROXIES", "1")];

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_taken_from_our_own_pages_alone() {
    let database = Database::ready().await;
    let server = Running::start_with(&database, &[("BETTER_AUTH_URL", "http://api.week.example")]);
    let ada = Person::sign_up(&server, "ada").await;
    let request =
        || Client::new().post(server.at("/api/auth/revoke-other-sessions")).header(header::COOKIE, &ada.cookie);
    let browser = |request: RequestBuilder| request.header("sec-fetch-mode", "cors");
    let ours = [
        request().header(header::ORIGIN, ORIGIN),
        request().header(header::ORIGIN, "http://api.week.example"),
        request().header(header::REFERER, format!("{ORIGIN}/week?of=2026")),
        // A program that is no browser.
        request(),
        browser(request().header(header::ORIGIN, ORIGIN)),
    ];
    for request in ours {
        let reply = send(request).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    }
    let foreign = [
        request().header(header::ORIGIN, "https://evil.example"),
        request().header(header::ORIGIN, format!("{ORIGIN}.evil.example")),
        request().header(header::ORIGIN, "null"),
        request().header(header::ORIGIN, ""),
        request().header(header::REFERER, format!("https://evil.example/?{ORIGIN}")),
        request().header(header::REFERER, "nonsense"),
        request().header(header::ORIGIN, "https://evil.example").header(header::REFERER, ORIGIN),
        browser(request()),
        // Any cookie will do: it shows that a browser sends what it has.
        Client::new()
            .post(server.at(SIGN_IN))
            .header(header::COOKIE, "a=b")
            .header(header::ORIGIN, "https://evil.example"),
    ];
    for request in foreign {
        let reply = send(request).await;
        assert_eq!((reply.status, reply.code().as_str()), (StatusCode::FORBIDDEN, "INVALID_ORIGIN"), "{reply:?}");
    }
    let bearer = ada.request(Method::POST, "/api/auth/revoke-other-sessions");
    let bearer = bearer.header(header::COOKIE, "a=b").header(header::ORIGIN, "https://evil.example");
    assert_eq!(send(bearer).await.status, StatusCode::OK, "no page can send what it does not know");
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_and_sign_ups_are_limited_by_address() {
    let database = Database::ready().await;
    let server = Running::start_with(&database, PRODUCTION);
    let sign_in = |address: &str| {
        let body = json!({ "email": "nobody@week.example", "password": PASSWORD });
        send(Client::new().post(server.at(SIGN_IN)).header("x-forwarded-for", address).json(&body))
    };
    for _ in 0..3 {
        // What the client writes itself stands to the left of what the proxy adds.
        assert_eq!(sign_in("1.2.3.4, 203.0.113.7").await.code(), "INVALID_EMAIL_OR_PASSWORD");
    }
    let refused = sign_in("5.6.7.8, 203.0.113.7").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.text, r#"{"message":"Too many requests. Please try again later."}"#);
    let wait: u64 = refused.header("x-retry-after").expect("it says for how long").parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    assert_eq!(sign_in("203.0.113.8").await.code(), "INVALID_EMAIL_OR_PASSWORD", "others are not concerned");

    let sign_up = || {
        let body = json!({ "name": "ada", "email": "ada@week", "password": PASSWORD });
        send(
            Client::new()
                .post(server.at("/api/auth/sign-up/email"))
                .header("x-forwarded-for", "203.0.113.7")
                .json(&body),
        )
    };
    for _ in 0..3 {
        assert_eq!(sign_up().await.code(), "INVALID_EMAIL", "paths are counted apart");
    }
    assert_eq!(sign_up().await.status, StatusCode::TOO_MANY_REQUESTS);

    let get_session =
        || send(Client::new().get(server.at("/api/auth/get-session")).header("x-forwarded-for", "203.0.113.7"));
    for _ in 0..100 {
        assert_eq!(get_session().await.status, StatusCode::OK);
    }
    assert_eq!(get_session().await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn procedures_are_limited_by_address() {
    let database = Database::ready().await;
    let server = Running::start_with(&database, PRODUCTION);
    let client = Client::new();
    let call = || send(client.get(server.at("/trpc/healthCheck")).header("x-forwarded-for", "2001:db8::1"));
    for _ in 0..1000 {
        assert_eq!(call().await.status, StatusCode::OK);
    }
    let refused = call().await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json()["error"]["data"]["code"], "TOO_MANY_REQUESTS");
    assert!(refused.header("x-retry-after").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_an_account_is_tried_a_few_times_alone() {
    let database = Database::ready().await;
    let (one, other) = (Running::start(&database), Running::start(&database));
    let ada = Person::sign_up(&one, "ada").await;
    for email in [ada.email.as_str(), "nobody@week.example"] {
        let attempt = |server, password: &str| post(server, SIGN_IN, json!({ "email": email, "password": password }));
        // All processes count together, and all at once.
        let tries = (0..10).map(|n| attempt(if n % 2 == 0 { &one } else { &other }, "wrong password"));
        for reply in futures_util::future::join_all(tries).await {
            assert_eq!(reply.code(), "INVALID_EMAIL_OR_PASSWORD");
        }
        let refused = attempt(&one, PASSWORD).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{email}: {refused:?}");
        let wait: u64 = refused.header("x-retry-after").expect("it says for how long").parse().unwrap();
        assert!((890..=900).contains(&wait), "{wait}");
    }
    assert_eq!(ada.get("/trpc/privateData").await.status, StatusCode::OK, "who is signed in stays it");
    let confirm = ada.post("/api/auth/delete-user", json!({ "password": PASSWORD })).await;
    assert_eq!(confirm.status, StatusCode::TOO_MANY_REQUESTS, "there is no other door to guess at");

    database.run("UPDATE sign_in_attempt SET ends = ends - interval '15 minutes'").await;
    let again = Person::sign_in(&one, &ada.email, json!({})).await;
    assert_eq!(database.rows("SELECT count(*) FROM sign_in_attempt WHERE attempts < 10").await, ["0"]);
    assert_ne!(again.token, ada.token);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_from_one_network_do_not_lock_the_owner_out() {
    let database = Database::ready().await;
    let server = Running::start_with(&database, &[("TRUSTED_PROXIES", "1")]);
    let ada = Person::sign_up(&server, "ada").await;
    let attempt = |address: String, password: &str| {
        let body = json!({ "email": ada.email, "password": password });
        send(Client::new().post(server.at(SIGN_IN)).header("x-forwarded-for", address).json(&body))
    };
    let guess = |last: u32| attempt(format!("203.0.113.{last}"), "wrong password");
    let guesses = futures_util::future::join_all((0..15).map(|_| guess(1))).await;
    assert_eq!(guesses.iter().filter(|reply| reply.status == StatusCode::TOO_MANY_REQUESTS).count(), 5);
    assert_eq!(attempt("198.51.100.1".to_owned(), PASSWORD).await.status, StatusCode::OK);

    // From many networks it is the account that is counted for.
    let mut refused = 0;
    for network in 2..12 {
        let guesses = futures_util::future::join_all((0..6).map(|_| guess(network))).await;
        refused += guesses.iter().filter(|reply| reply.status == StatusCode::TOO_MANY_REQUESTS).count();
    }
    assert_eq!(refused, 10);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes bytes");
    encoder.finish().expect("memory takes bytes")
}

async fn send_body(server: &Running, path: &str, encoding: Option<&str>, body: Vec<u8>) -> Reply {
    let mut request = Client::new().post(server.at(path)).header(header::CONTENT_TYPE, "application/json").body(body);
    if let Some(encoding) = encoding {
        request = request.header(header::CONTENT_ENCODING, encoding);
    }
    send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_bounded_after_decompression() {
    const CREATE: &str = "/trpc/scheduler.createSchedule";
    let database = Database::ready().await;
    let server = Running::start(&database);
    let padded = |length: usize| {
        let login = json!({ "email": "nobody@week.example", "password": PASSWORD }).to_string();
        format!("{login}{}", " ".repeat(length - login.len())).into_bytes()
    };
    for (path, limit) in [(SIGN_IN, 16 * 1024), (CREATE, 64 * 1024)] {
        for (encoding, pack) in
            [(None, (|bytes| bytes) as fn(Vec<u8>) -> Vec<u8>), (Some("gzip"), |bytes| gzip(&bytes))]
        {
            let fits = send_body(&server, path, encoding, pack(padded(limit))).await;
            assert_eq!(fits.status, StatusCode::UNAUTHORIZED, "{path} {encoding:?} {fits:?}");
            let over = send_body(&server, path, encoding, pack(padded(limit + 1))).await;
            assert_eq!(over.status, StatusCode::PAYLOAD_TOO_LARGE, "{path} {encoding:?} {over:?}");
            let name = if path == CREATE { &over.json()["error"]["data"]["code"] } else { &over.json()["code"] };
            assert_eq!(name, "PAYLOAD_TOO_LARGE");
        }
        let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
        assert_eq!(send_body(&server, path, Some("gzip"), bomb).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        for (encoding, body) in [("gzip", b"not gzip at all".to_vec()), ("gzip", gzip(&padded(500))[..60].to_vec())] {
            let damaged = send_body(&server, path, Some(encoding), body).await;
            assert_eq!(damaged.status, StatusCode::BAD_REQUEST, "{path}: {damaged:?}");
        }
        let unknown = send_body(&server, path, Some("br"), padded(500)).await;
        assert_eq!(unknown.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_is_taken() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    let body = json!({ "email": ada.email, "password": PASSWORD }).to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json5"]
    {
        for path in [SIGN_IN, "/api/auth/sign-out"] {
            let reply =
                send(Client::new().post(server.at(path)).header(header::CONTENT_TYPE, kind).body(body.clone())).await;
            assert_eq!(
                (reply.status.as_u16(), reply.code().as_str()),
                (415, "UNSUPPORTED_MEDIA_TYPE"),
                "{path} {kind}"
            );
        }
        let call = ada.request(Method::POST, "/trpc/scheduler.createSchedule").header(header::CONTENT_TYPE, kind);
        let reply = send(call.body(body.clone())).await;
        assert_eq!(reply.status.as_u16(), 415, "{kind}");
        assert_eq!(reply.json()["error"]["code"], -32015);
    }
    let charset =
        Client::new().post(server.at(SIGN_IN)).header(header::CONTENT_TYPE, "Application/JSON; charset=utf-8");
    assert_eq!(send(charset.body(body)).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_has_its_headers() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    for path in
        ["/", "/health", "/openapi.json", "/nowhere", "/api/auth/get-session", "/api/auth/nowhere", "/trpc/nowhere"]
    {
        let reply = send(Client::new().get(server.at(path)).header("x-request-id", "from-a-client")).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("access-control-allow-credentials", "true"),
            ("vary", "Origin"),
        ] {
            let found = reply.headers.get_all(name).iter().any(|found| found == value);
            assert!(found, "{path} has {name}: {value}: {reply:?}");
        }
        let id = reply.header("x-request-id").unwrap();
        assert_eq!(id.len(), 32, "without a trusted proxy it is ours");
        assert!(server.log().contains(id), "and it is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_replies_are_compressed_and_those_about_accounts_never() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::sign_up(&server, "ada").await;
    for (day, start) in (0..7).flat_map(|day| [(day, "09:00"), (day, "11:00")]) {
        ada.create(day, start, "12:00").await;
    }
    let ask = |path: &str| send(ada.request(Method::GET, path).header(header::ACCEPT_ENCODING, "gzip"));
    let week = "/trpc/scheduler.getSchedulesForWeek?input=%7B%22startDate%22%3A%222030-01-06%22%7D";
    assert_eq!(ask(week).await.header("content-encoding"), None, "to compress an ordinary week would save no time");
    database
        .run(&format!(
            "INSERT INTO setting (user_id, name, value, rev, origin_epoch, origin_rev, op) \
             VALUES ('{}', 'slot_limit', '24', 1000, 1, 1000, gen_random_uuid())",
            ada.id
        ))
        .await;
    for (day, hour) in (0..7).flat_map(|day| (10..20).map(move |hour| (day, hour))) {
        ada.create(day, &format!("{hour}:00"), &format!("{hour}:30")).await;
    }
    for _ in 0..6 {
        Person::sign_in(&server, &ada.email, json!({})).await;
    }
    assert_eq!(ask(week).await.header("content-encoding"), Some("gzip"));
    let list = ask("/api/auth/list-sessions").await;
    assert!(list.text.len() > 1500, "{list:?}");
    assert_eq!(list.header("content-encoding"), None);
}
