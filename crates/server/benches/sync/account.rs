//! Somebody's account, and a device of theirs.

use futures_util::Stream;
use reqwest::{Client, Method, RequestBuilder, header};
use serde_json::{Value, json};
use uuid::Uuid;
use weekwise_protocol::sync::{DeviceId, Page, PushReply};
use weekwise_sync::client::File;

use crate::{postgres::Database, running::Running};

/// Operations in a push.
pub(crate) const OPERATIONS: usize = 500;
/// When all edits were made.
const EDITED_AT: i64 = 1_770_000_000_000;

pub(crate) struct Account {
    client: Client,
    server: String,
    token: String,
    device: Uuid,
    epoch: Option<String>,
    /// Schedules with the operations that made them. Everybody's have the same ids, which are everybody's own.
    made: Vec<[Uuid; 2]>,
    operations: u128,
}

impl Account {
    /// An empty one, of a person who is signed in.
    pub(crate) async fn new(database: &Database, server: &Running, name: &str) -> Self {
        let user = database.user(name).await;
        let token = format!("the-token-of-{name}-and-of-nobody-else");
        database
            .run(&format!(
                r#"INSERT INTO session ("_id", token, "userId", "createdAt", "updatedAt", "expiresAt", "endsAt")
                   SELECT 'session-of-{name}', encode(sha256('{token}'), 'hex'), '{user}', moment, moment,
                       moment + interval '7 days', moment + interval '90 days'
                   FROM (SELECT now() AT TIME ZONE 'UTC' AS moment) it"#
            ))
            .await;
        let (client, server) = (Client::new(), server.url.clone());
        let mut account =
            Self { client, server, token, device: Uuid::from_u128(1), epoch: None, made: Vec::new(), operations: 0 };
        account.epoch = Some(account.page(0).await.epoch.to_string());
        account
    }

    /// The same at another server.
    pub(crate) fn at(&self, server: &Running) -> Self {
        Self {
            client: Client::new(),
            server: server.url.clone(),
            token: self.token.clone(),
            device: Uuid::from_u128(2),
            epoch: self.epoch.clone(),
            made: Vec::new(),
            operations: 0,
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/v1/sync/{path}", self.server)).bearer_auth(&self.token)
    }

    /// Pushes a body, all of which is applied.
    pub(crate) async fn push(&self, body: &str) {
        let request = self.request(Method::POST, "push").header(header::CONTENT_TYPE, "application/json");
        let text = request.body(body.to_owned()).send().await.unwrap().text().await.unwrap();
        let reply: PushReply = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let is_applied = |at: &Value| at["outcome"] == "applied";
        assert!(json!(reply)["ops"].as_array().unwrap().iter().all(is_applied), "{text}");
    }

    /// The page after a revision.
    pub(crate) async fn page(&self, since: i64) -> Page {
        let epoch = self.epoch.as_ref().map(|epoch| format!("&epoch={epoch}")).unwrap_or_default();
        let request = self.request(Method::GET, &format!("pull?proto=1&since={since}{epoch}"));
        let bytes = request.send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)))
    }

    /// All pages, each of them read.
    pub(crate) async fn pages(&self) -> Vec<Page> {
        let mut pages: Vec<Page> = Vec::new();
        loop {
            let page = self.page(pages.last().map_or(0, |page| page.next.rev.0)).await;
            let is_last = page.next.rev == page.head;
            pages.push(page);
            if is_last {
                return pages;
            }
        }
    }

    /// The events of the account.
    pub(crate) async fn events(&self) -> impl Stream<Item = reqwest::Result<impl AsRef<[u8]> + use<>>> + Unpin + use<> {
        Box::pin(self.request(Method::GET, "events").send().await.unwrap().bytes_stream())
    }

    /// A push of what people do: of five edits, two make a slot, two change a date of one, and one gives one another title.
    pub(crate) fn many_edits(&mut self) -> String {
        let operations = (0..OPERATIONS).map(|n| match n % 5 {
            0 | 1 => self.create(),
            2 | 3 => self.cancel(),
            _ => self.retitle(),
        });
        let operations = operations.collect();
        self.body(operations)
    }

    /// A push of new slots.
    pub(crate) fn new_schedules(&mut self) -> String {
        let operations = (0..OPERATIONS).map(|_| self.create()).collect();
        self.body(operations)
    }

    /// A push of one new slot.
    pub(crate) fn one_edit(&mut self) -> String {
        let operations = vec![self.create()];
        self.body(operations)
    }

    fn body(&self, operations: Vec<Value>) -> String {
        let body = json!({
            "proto": 1, "epoch": self.epoch, "trail": [], "device_id": self.device, "device_now_ms": EDITED_AT + 1_000,
            "pending_after": 0, "ops": operations,
        });
        body.to_string()
    }

    fn create(&mut self) -> Value {
        let id = Uuid::from_u128(0x0190_a000_0000_7000_8000 << 48 | self.made.len() as u128);
        let n = self.made.len();
        let key = |register: &str| json!({ "kind": "schedule", "key": id, "register": register });
        let [mut pattern, mut details, mut active] = ["pattern", "details", "active"].map(key);
        pattern["value"] = json!({
            "series_id": id, "day_of_week": n % 7, "start": "09:00", "end": "10:30",
            "valid_from": "2026-01-05", "valid_until": null, "every_n_weeks": 1,
        });
        details["value"] = json!({
            "title": format!("Algebra {n}"), "notes": "Bring the exercises of last week.", "location": "Room 5",
            "color": "blue", "reminder_minutes": 10,
        });
        active["value"] = json!(true);
        let operation = self.operation(json!([pattern, details, active]));
        self.made.push([id, serde_json::from_value(operation["op"].clone()).unwrap()]);
        operation
    }

    fn cancel(&mut self) -> Value {
        let [series, _] = self.made[self.operations as usize * 7 % self.made.len()];
        let date =
            chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap() + chrono::Days::new(self.operations as u64 % 3_000);
        let write = json!({
            "kind": "exception", "key": format!("{series} {date}"), "register": "exception",
            "value": { "kind": "cancelled", "title": "Holiday", "notes": null },
        });
        self.operation(json!([write]))
    }

    fn retitle(&mut self) -> Value {
        let at = self.operations as usize * 11 % self.made.len();
        let [id, last] = self.made[at];
        let title = format!("Geometry {}", self.operations);
        let write = json!({
            "kind": "schedule", "key": id, "register": "details", "base": { "op": last },
            "value": { "title": title, "notes": "", "location": "Room 5", "color": "green", "reminder_minutes": null },
        });
        let operation = self.operation(json!([write]));
        self.made[at][1] = serde_json::from_value(operation["op"].clone()).unwrap();
        operation
    }

    fn operation(&mut self, writes: Value) -> Value {
        self.operations += 1;
        let op = Uuid::from_u128(0x0190_b000_0000_7000_8000 << 48 | self.operations);
        json!({ "op": op, "edited_at_ms": EDITED_AT, "epoch": self.epoch, "writes": writes })
    }
}

/// A new device takes pages in. They add up to what the server has.
pub(crate) fn take(pages: &[Page], rows: usize) {
    let mut file = File::new(DeviceId::from(Uuid::from_u128(3)));
    for page in pages {
        file.pulled(page).expect("the page adds up");
    }
    assert_eq!(file.base.len(), rows);
}
