//! Servers that are broken, malicious, or none: each is told in plain words, and the week stays as it is.

use weekwise_app::{AccountError, AuthError, AuthRefusal, Trouble};

use super::{impostor::Impostor, *};

pub(super) const EPOCH: &str = "0190a000-0000-7000-8000-000000000001";
const MARK: &str = "5a0c2a52-0c6f-4d58-9d0c-9be0b7f6a001";
const PORTAL: &str = "<!doctype html><title>Sign in to the café</title><form action=/login>";

/// A device that was signed in at a server which then turned bad. It has a slot and an edit that waits.
pub(super) struct Victim {
    pub(super) server: Impostor,
    pub(super) device: Device,
    pub(super) before: serde_json::Value,
}

pub(super) async fn victim() -> Victim {
    let server = Impostor::start().await;
    let person = json!({ "id": "1", "email": "ada@week.example", "name": "Ada" });
    server.says_json("/api/auth/sign-in/email", json!({ "token": "s3cret", "user": person }));
    server.says_json("/api/auth/get-session", json!({ "session": {}, "user": person }));
    let device = Device::new(&server.url, "ada@week.example").await;
    device.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    let before = device.rows().await;
    Victim { server, device, before }
}

impl Victim {
    /// Syncs, and looks whether all is as it was. Returns what is told.
    async fn tries(&self) -> (SyncState, Option<Trouble>) {
        let mut sync = Sync::of(&self.device.app).await.unwrap();
        let state = sync.settle().await;
        assert!(shows_what_it_holds(&self.device.app).await.unwrap());
        assert_eq!(self.device.rows().await, self.before);
        (state, sync.report().trouble.clone())
    }

    async fn is_told(&self, expected: &str) {
        let (state, trouble) = self.tries().await;
        assert_eq!(state, SyncState::Offline(1));
        let trouble = trouble.expect("there is something to tell").to_string();
        assert!(trouble.contains(expected), "{trouble}");
        assert!(trouble.contains(&self.server.url), "{trouble}");
    }
}

fn page(rows: serde_json::Value, checksum: &str) -> serde_json::Value {
    let head = rows.as_array().map_or(0, Vec::len);
    let next = if head == 0 { json!({ "rev": 0 }) } else { json!({ "rev": head, "mark": MARK }) };
    json!({ "epoch": EPOCH, "since": 0, "rows": rows, "next": next, "head": head, "checksum": checksum })
}

pub(super) fn nothing() -> serde_json::Value {
    page(json!([]), &"0".repeat(32))
}

#[tokio::test]
async fn a_network_that_wants_its_own_sign_in_is_told_from_the_server() {
    let victim = victim().await;
    victim.server.says("/v1/sync", "200 OK\r\nContent-Type: text/html", PORTAL);
    victim.is_told("is not Weekwise").await;
    // Also where it says that nobody is signed in, or that the account is gone: only the server can.
    for status in ["401 Unauthorized", "410 Gone", "409 Conflict", "426 Upgrade Required", "400 Bad Request"] {
        victim.server.says("/v1/sync", &format!("{status}\r\nContent-Type: text/html"), PORTAL);
        victim.is_told("is not Weekwise").await;
        victim.server.says("/v1/sync", &format!("{status}\r\nContent-Type: application/json"), "{}");
        victim.is_told("is not Weekwise").await;
    }
}

#[tokio::test]
async fn a_session_follows_no_redirect() {
    let (victim, elsewhere) = (victim().await, Impostor::start().await);
    elsewhere.says_json("/", nothing());
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        victim.server.says("/v1/sync", &format!("{status}\r\nLocation: {}/v1/sync/pull", elsewhere.url), "");
        victim.is_told("sends elsewhere").await;
    }
    assert!(elsewhere.asked("/").is_empty());
}

#[tokio::test]
async fn wrong_types_are_told() {
    let victim = victim().await;
    for body in [
        "",
        "null",
        "[]",
        "7",
        "{",
        "{\"epoch\":1}",
        "\u{feff}{}",
        &json!({ "epoch": EPOCH, "since": "0", "rows": [], "next": { "rev": 0 }, "head": 0 }).to_string(),
        &json!({ "epoch": EPOCH, "since": 0, "rows": {}, "next": { "rev": 0 }, "head": 0 }).to_string(),
        &page(json!([{ "kind": "schedule", "key": "a", "rev": 1, "registers": {} }]), &"0".repeat(32)).to_string(),
        &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
    ] {
        victim.server.says("/v1/sync", "200 OK\r\nContent-Type: application/json", body);
        victim.is_told("is not Weekwise").await;
    }
}

#[tokio::test]
async fn a_page_that_is_too_long_is_not_read_to_its_end() {
    let victim = victim().await;
    victim.server.says("/v1/sync", "200 OK\r\nContent-Type: application/json", " ".repeat(32 * 1024 * 1024));
    victim.is_told("more than it may").await;
}

#[tokio::test]
async fn pages_that_cannot_be_are_not_applied() {
    let victim = victim().await;
    let setting = |rev: i64| {
        json!({ "kind": "setting", "key": "slot_limit", "rev": rev, "registers": { "setting": {
            "rev": rev, "op": EPOCH, "at": 0, "by": "web", "value": 7 } } })
    };
    // Revisions that do not rise, or beyond the end; a page that leads nowhere; a sum that is none of these rows.
    let zeros = "0".repeat(32);
    let nowhere = json!({ "epoch": EPOCH, "since": 0, "rows": [], "next": { "rev": 0 }, "head": 9 });
    let late = json!({ "epoch": EPOCH, "since": 5, "rows": [], "next": { "rev": 5 }, "head": 5, "checksum": zeros });
    for body in [page(json!([setting(2), setting(1)]), &zeros), page(json!([setting(9)]), &zeros), nowhere, late] {
        victim.server.says_json("/v1/sync/pull", body);
        victim.is_told("cannot be right").await;
    }
    victim.server.says_json("/v1/sync/pull", page(json!([setting(1)]), &zeros));
    victim.is_told("not those that the server sums up").await;
    let pulls = victim.server.asked("/v1/sync/pull").len();
    assert!(pulls <= 8, "not again and again: {pulls}");
}

#[tokio::test]
async fn a_session_of_another_person_neither_gives_nor_takes_rows() {
    let victim = victim().await;
    let other = json!({ "id": "2", "email": "ben@week.example", "name": "Ben" });
    victim.server.says_json("/api/auth/get-session", json!({ "session": {}, "user": other }));
    victim.server.says_json("/v1/sync/pull", nothing());
    assert_eq!(victim.tries().await, (SyncState::SignInAgain(1), None));
    assert!(victim.server.asked("/v1/sync").is_empty());
}

#[tokio::test]
async fn rows_that_this_version_does_not_know_are_kept_and_not_shown() {
    let Victim { server, device, .. } = victim().await;
    let register =
        |value: serde_json::Value, rev: i64| json!({ "rev": rev, "op": EPOCH, "at": 0, "by": "web", "value": value });
    let unknown = json!([
        { "kind": "mood", "key": "2026-11-23", "rev": 1, "registers": { "mood": register(json!("fine"), 1) } },
        { "kind": "setting", "key": "theme", "rev": 2, "registers": { "setting": register(json!("dark"), 2) } },
        { "kind": "schedule", "key": "not-an-id", "rev": 3, "registers": { "pattern": register(json!({}), 3) } },
        { "kind": "schedule", "key": EPOCH, "rev": 4, "registers": {
            "pattern": register(json!({ "series_id": EPOCH, "day_of_week": 9 }), 4),
            "details": register(json!({ "title": 7 }), 4), "active": register(json!("yes"), 4) } },
        { "kind": "exception", "key": format!("{EPOCH} 2026-02-30"), "rev": 5,
            "registers": { "exception": register(json!({ "kind": "cancelled" }), 5) } },
    ]);
    let sum = weekwise_protocol::sync::Checksum::from(unknown.as_array().unwrap().iter().fold(
        weekwise_sync::Sum::default(),
        |mut sum, row| {
            let row: weekwise_protocol::sync::Row = serde_json::from_value(row.clone()).unwrap();
            sum.add(&row.key, row.rev);
            sum
        },
    ));
    server.says_json("/v1/sync/pull", page(unknown, &sum.to_string()));
    let before = device.rows().await;
    // The push that follows finds nobody.
    assert_eq!(device.sync().await, SyncState::Offline(1));
    assert_eq!(device.rows().await, before);
    assert!(server.asked("/v1/sync/push").len() == 1, "the page was applied");
}

#[tokio::test]
async fn a_reply_to_something_else_takes_nothing_out_of_the_outbox() {
    let victim = victim().await;
    victim.server.says_json("/v1/sync/pull", nothing());
    let applied = json!([{ "op": EPOCH, "outcome": "applied", "rev": 1 }]);
    for (epoch, ops) in [(EPOCH, json!([])), (MARK, applied.clone()), (EPOCH, applied)] {
        let reply = json!({ "epoch": epoch, "head": { "rev": 1, "mark": MARK }, "ops": ops });
        victim.server.says_json("/v1/sync/push", reply);
        victim.is_told("something else than it was asked").await;
    }
}

#[tokio::test]
async fn what_a_server_says_to_have_and_never_sends_stays_in_the_outbox() {
    let victim = victim().await;
    victim.server.says_json("/v1/sync/pull", nothing());
    let applied = json!([{ "op": null, "outcome": "applied", "rev": 1 }]);
    let reply = json!({ "epoch": EPOCH, "head": { "rev": 1, "mark": MARK }, "ops": applied });
    victim.server.says_json("/v1/sync/push", reply);
    let (state, trouble) = victim.tries().await;
    assert_eq!(state, SyncState::Offline(0), "it is sent");
    assert!(trouble.expect("there is something to tell").to_string().contains("does not send"));
    let asked = victim.server.asked("/v1/sync").len();
    assert!(asked < 6, "not again and again: {asked}");
}

#[tokio::test]
async fn whatever_signs_in_is_looked_at() {
    let server = Impostor::start().await;
    let folder = tempfile::tempdir().unwrap();
    let origin = Origin::parse(&server.url).unwrap();
    for (head, body) in [
        ("200 OK\r\nContent-Type: text/html", PORTAL.to_owned()),
        ("302 Found\r\nLocation: https://week.example", String::new()),
        ("200 OK\r\nContent-Type: application/json", json!({ "token": "a b", "user": {} }).to_string()),
        (
            "200 OK\r\nContent-Type: application/json",
            json!({ "token": "x\r\ny", "user": { "id": "1", "email": "", "name": "" } }).to_string(),
        ),
        (
            "200 OK\r\nContent-Type: application/json",
            json!({ "token": "x", "user": { "id": "", "email": "", "name": "" } }).to_string(),
        ),
        ("401 Unauthorized\r\nContent-Type: text/html", PORTAL.to_owned()),
    ] {
        server.says("/api/auth/sign-in/email", head, &body);
        let failed = sign_in(&root(&folder), &Sessions::default(), credentials(&origin, "ada@week.example")).await;
        let failed = failed.unwrap_err();
        assert!(matches!(failed, AccountError::Server(AuthError::Trouble(_))), "{body}: {failed:?}");
    }
    assert!(!folder.path().join("data/accounts").exists());
}

#[tokio::test]
async fn what_a_server_refuses_is_told_by_its_kind() {
    let server = Impostor::start().await;
    let folder = tempfile::tempdir().unwrap();
    let origin = Origin::parse(&server.url).unwrap();
    let json = "Content-Type: application/json";
    let too_often = r#"{"message":"Too many requests. Please try again later."}"#;
    for (head, body, reason) in [
        (format!("429 Too Many\r\n{json}\r\nX-Retry-After: 7"), too_often, AuthRefusal::TooOften { seconds: 7 }),
        (
            "429 Too Many\r\nRetry-After: 9\r\nContent-Type: text/html".to_owned(),
            PORTAL,
            AuthRefusal::TooOften { seconds: 9 },
        ),
        ("502 Bad Gateway\r\nContent-Type: text/html".to_owned(), PORTAL, AuthRefusal::OutOfOrder),
        (
            format!("503 Busy\r\n{json}"),
            r#"{"code":"SERVICE_UNAVAILABLE","message":"The server is busy."}"#,
            AuthRefusal::OutOfOrder,
        ),
        (format!("400 Bad Request\r\n{json}"), r#"{"code":"INVALID_EMAIL","message":"x"}"#, AuthRefusal::InvalidEmail),
        (format!("418 Teapot\r\n{json}"), r#"{"code":"TEAPOT","message":"No\n coffee"}"#, AuthRefusal::Other),
    ] {
        server.says("/api/auth/sign-in/email", &head, body);
        let failed = sign_in(&root(&folder), &Sessions::default(), credentials(&origin, "ada@week.example")).await;
        let AccountError::Server(AuthError::Refused { reason: told, message, .. }) = failed.unwrap_err() else {
            panic!("{head}")
        };
        assert_eq!(told, reason, "{head}");
        assert!(!message.is_empty() && !message.contains('\n') && !message.contains('<'), "{message}");
    }
}
