//! A server that has nothing but the pages of one account, made before: what is measured beside it is the device.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpListener, sync::watch};
use uuid::Uuid;
use weekwise_domain::Date;
use weekwise_protocol::sync::{EpochId, MAX_PAGE_ROWS, Mark, Rev, Row};
use weekwise_sync::{
    Sum,
    server::{Head, page},
};

use crate::impostor::{Request, read, said};

/// Rows of the account.
pub(crate) const ROWS: usize = 50_000;
/// Slots among them, all on the first page; the others are dates of these.
pub(crate) const SLOTS: usize = 50;
/// Whoever signs in.
pub(crate) const EMAIL: &str = "ada@week.example";

/// The server. It ends with the runtime.
pub(crate) struct Pages {
    pub(crate) url: String,
    /// Whether it gives pages after the first one; until then whoever asks waits.
    is_open: watch::Sender<bool>,
    is_over: watch::Receiver<bool>,
}

impl Pages {
    pub(crate) async fn start() -> Self {
        let pages = Arc::new(pages());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ((is_open, gate), (over, is_over)) = (watch::channel(true), watch::channel(false));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (pages, mut gate, over) = (Arc::clone(&pages), gate.clone(), over.clone());
                tokio::spawn(async move {
                    let Some(Request { path, .. }) = read(&mut stream).await else { return };
                    let answer = match since(&path) {
                        Some(since) => {
                            if since > 0 && gate.wait_for(|is_open| *is_open).await.is_err() {
                                return;
                            }
                            // Whoever asks from the end has everything.
                            over.send_replace(since + MAX_PAGE_ROWS >= ROWS);
                            pages.get(&since).cloned().unwrap_or_default()
                        }
                        None => about_person(&path),
                    };
                    // Whoever has heard enough hangs up.
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { url, is_open, is_over }
    }

    /// From now on whoever asks for a page after the first one waits, or waits no longer.
    pub(crate) fn open(&self, is_open: bool) {
        self.is_open.send_replace(is_open);
    }

    /// Whether the last page was given.
    pub(crate) fn is_over(&self) -> bool {
        *self.is_over.borrow()
    }
}

/// From where a page is asked for; none where it is no page.
fn since(path: &str) -> Option<usize> {
    let query = path.strip_prefix("/v1/sync/pull?")?;
    query.split('&').find_map(|it| it.strip_prefix("since=")?.parse().ok())
}

fn about_person(path: &str) -> String {
    let person = json!({ "id": "1", "email": EMAIL, "name": "Ada" });
    let body = match path.split('?').next().unwrap_or_default() {
        "/api/auth/sign-in/email" => json!({ "token": "s3cret", "user": person }),
        "/v1/sync/devices" => json!({ "devices": [] }),
        "/v1/sync/events" => return said("404 Not Found", ""),
        _ => json!({ "session": {}, "user": person }),
    };
    json_said(&body)
}

fn json_said(body: &impl ToString) -> String {
    said("200 OK\r\nContent-Type: application/json", &body.to_string())
}

/// By the revision from which they are asked for.
fn pages() -> BTreeMap<usize, String> {
    let rows = rows();
    let mut sum = Sum::default();
    rows.iter().for_each(|(row, _)| sum.add(&row.key, row.rev));
    let (rev, mark) = rows.last().map(|(row, mark)| (row.rev, *mark)).unwrap();
    let head = Head { epoch: epoch(), rev, mark: Some(mark), sum };
    let mut pages = BTreeMap::new();
    let mut since = Rev::ZERO;
    while since < rev {
        let at = usize::try_from(since.0).unwrap();
        let page = page(&head, since, rows[at..].iter().cloned(), MAX_PAGE_ROWS);
        since = page.next.rev;
        pages.insert(at, json_said(&json!(page)));
    }
    // And once more from the end, where there is nothing.
    pages.insert(ROWS, json_said(&json!(page(&head, rev, [], MAX_PAGE_ROWS))));
    pages
}

/// The slots, and changed dates of them.
fn rows() -> Vec<(Row, Mark)> {
    let stamped = |rev: usize, value: Value| json!({ "rev": rev, "version": { epoch().to_string(): rev }, "op": id(rev as u128), "at": 1_770_000_000_000_i64, "by": "web", "value": value });
    let rows = (1..=ROWS).map(|rev| {
        let row = if rev <= SLOTS {
            let row = slot(rev as u128);
            let pattern = json!({
                "series_id": id(rev as u128), "day_of_week": row["day_of_week"], "start": "09:00", "end": "10:30",
                "valid_from": "2020-01-05", "valid_until": null, "every_n_weeks": 1,
            });
            let details = json!({ "title": row["title"], "notes": "", "location": "Room 5", "color": "blue", "reminder_minutes": null });
            json!({ "kind": "schedule", "key": id(rev as u128), "rev": rev, "registers": {
                "pattern": stamped(rev, pattern), "details": stamped(rev, details), "active": stamped(rev, json!(true)),
            } })
        } else {
            let (series, week) = (1 + rev % SLOTS, rev / SLOTS);
            let date = day(-7 * 300 + 7 * week as i32).plus_days(weekday(series) - 1).unwrap();
            let value = json!({ "kind": "override", "start": "10:00", "end": "11:30", "moved_to": null, "title": null, "notes": null, "location": "Room 6" });
            json!({ "kind": "exception", "key": format!("{} {date}", id(series as u128)), "rev": rev,
                "registers": { "exception": stamped(rev, value) } })
        };
        (serde_json::from_value(row).unwrap(), Mark(id(rev as u128)))
    });
    rows.collect()
}

/// A slot, as it is imported.
pub(crate) fn slot(number: u128) -> Value {
    json!({
        "id": id(number), "day_of_week": weekday(number as usize), "start": "09:00", "end": "10:30",
        "valid_from": "2020-01-05", "valid_until": null, "every_n_weeks": 1, "title": format!("Slot {number}"),
    })
}

/// The first one is on Mondays.
fn weekday(number: usize) -> i32 {
    (number % 7) as i32
}

/// Days after a Monday.
pub(crate) fn day(days: i32) -> Date {
    Date::from_ymd(2026, 1, 5).unwrap().plus_days(days).unwrap()
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn epoch() -> EpochId {
    EpochId(id(0xe))
}
