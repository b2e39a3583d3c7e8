//! A device: an account's file, as `weekwise-sync` keeps it, that talks to a server.

use chrono::Utc;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;
use weekwise_domain::{
    Details, Displaced, Edit, EveryNWeeks, Pattern, Request, Schedule, ScheduleId, SeriesId, SeriesPatch, SlotLimit,
    TimeRange, Title, Validity, Weekday, plan,
};
use weekwise_protocol::sync::{DeviceId, OpId, Page, Push, PushReply, Refusal, Slot, Value as Content};
use weekwise_sync::client::{Batch, File, Recorder, Rejected, Sent};

use crate::person::{Person, Reply, send};

/// A device of a person. Its whole file is in memory.
pub(super) struct Device<'a> {
    pub(super) person: &'a Person,
    pub(super) file: File,
    pub(super) rejected: Vec<Rejected>,
}

impl<'a> Device<'a> {
    pub(super) fn of(person: &'a Person) -> Self {
        Self { person, file: File::new(DeviceId::from(Uuid::now_v7())), rejected: Vec::new() }
    }

    /// The same device, whose person asks another server.
    pub(super) fn at(self, person: &Person) -> Device<'_> {
        Device { person, file: self.file, rejected: self.rejected }
    }

    /// A person edits on it.
    pub(super) fn edit(&mut self, edit: Edit) -> Vec<OpId> {
        let request = Request { edit, raise_slot_limit: SlotLimit::try_from(24).ok() };
        let changes = plan(&request, &self.file.view().to_domain()).expect("the week allows it").changes;
        let mut id = || OpId(Uuid::now_v7());
        let mut recorder = Recorder { id: &mut id, now_ms: Utc::now().timestamp_millis() };
        self.file.record(&changes, &mut recorder).expect("nothing is brought back that was purged")
    }

    /// What it would push.
    pub(super) fn outgoing(&self) -> Option<(Push, Sent)> {
        self.file.outgoing(Batch { most: 500 }, Utc::now().timestamp_millis())
    }

    pub(super) async fn push_body(&self, push: &Push) -> Reply {
        self.person.post("/v1/sync/push", json!(push)).await
    }

    pub(super) async fn ask_page(&self, limit: usize) -> Reply {
        let file = &self.file;
        let mut query = vec![
            ("proto", "1".to_owned()),
            ("since", file.cursor.to_string()),
            ("limit", limit.to_string()),
            ("trail", trail(&file.trail)),
        ];
        query.extend(file.epoch.map(|epoch| ("epoch", epoch.to_string())));
        send(self.person.request(Method::GET, "/v1/sync/pull").query(&query)).await
    }

    /// Pulls all there is. Starts over where it has to.
    pub(super) async fn pull(&mut self, limit: usize) {
        loop {
            let reply = self.ask_page(limit).await;
            if self.starts_over(&reply) {
                continue;
            }
            assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
            let page: Page = serde_json::from_str(&reply.text).expect("it is a page");
            assert!(page.rows.len() <= limit, "{page:?}");
            let is_last = page.next.rev == page.head;
            self.file.pulled(&page).expect("the page adds up");
            self.keep();
            if is_last {
                return;
            }
        }
    }

    /// Pulls, pushes what waits, and pulls what came of it.
    pub(super) async fn sync(&mut self) {
        for _ in 0..10 {
            self.pull(2_000).await;
            let Some((push, sent)) = self.outgoing() else { return };
            let reply = self.push_body(&push).await;
            if self.starts_over(&reply) {
                continue;
            }
            assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
            let reply: PushReply = serde_json::from_str(&reply.text).expect("it is the reply to a push");
            self.file.pushed(&sent, &reply);
            self.keep();
        }
        panic!("the outbox does not drain");
    }

    fn starts_over(&mut self, reply: &Reply) -> bool {
        if reply.status != StatusCode::CONFLICT {
            return false;
        }
        match serde_json::from_str(&reply.text).expect("a refusal says why") {
            Refusal::Resync { epoch, common, fork } => self.file.start_over(epoch, common, fork),
            other => panic!("{other:?}"),
        }
        self.keep();
        true
    }

    fn keep(&mut self) {
        self.rejected.extend(self.file.take_changes().rejected);
    }

    /// The titles of what is out of the trash, in order.
    pub(super) fn titles(&self) -> Vec<String> {
        let rows = self.file.view().to_domain();
        let active = rows.schedules.values().filter(|row| row.active);
        let mut titles: Vec<_> = active.map(|row| row.details.title.as_str().to_owned()).collect();
        titles.sort();
        titles
    }

    /// How many conflict copies wait for someone to look at them.
    pub(super) fn copies(&self) -> usize {
        let view = self.file.view();
        view.iter().filter(|row| row.value(&Slot::Resolved) == Some(&Content::Resolved(false))).count()
    }
}

fn trail(points: &[weekwise_protocol::sync::Point]) -> String {
    let points = points.iter().map(|point| match point.mark {
        Some(mark) => format!("{}.{mark}", point.rev),
        None => point.rev.to_string(),
    });
    points.collect::<Vec<_>>().join(",")
}

pub(super) fn series(id: u128) -> SeriesId {
    SeriesId(Uuid::from_u128(id))
}

/// A slot on Mondays from 7 January 2030 on.
pub(super) fn create(id: u128, title: &str, start: &str, end: &str) -> Edit {
    let id = ScheduleId(Uuid::from_u128(id));
    let pattern = Pattern {
        series_id: id.into(),
        day_of_week: Weekday::MONDAY,
        time: TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap(),
        validity: Validity { from: "2030-01-07".parse().unwrap(), until: None },
        every: EveryNWeeks::ONE,
    };
    let details = Details { title: Title::new(title).unwrap(), ..Details::default() };
    Edit::Create { schedule: Box::new(Schedule { id, pattern, details, active: true }) }
}

pub(super) fn change(id: u128, patch: SeriesPatch) -> Edit {
    let (displaced, first_weekday) = (Displaced::Carry, Weekday::MONDAY);
    Edit::ChangeSeries { series_id: series(id), patch: Box::new(patch), displaced, first_weekday }
}

pub(super) fn title(text: &str) -> SeriesPatch {
    SeriesPatch { title: Some(Title::new(text).unwrap()), ..SeriesPatch::default() }
}

pub(super) fn time(start: &str, end: &str) -> SeriesPatch {
    let time = TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
    SeriesPatch { time: Some(time), ..SeriesPatch::default() }
}

/// A push as a program writes it that is not ours.
pub(super) fn push(device: &Device<'_>, ops: &[Value]) -> Value {
    json!({
        "proto": 1,
        "epoch": device.file.epoch.expect("it has pulled"),
        "trail": device.file.trail,
        "device_id": device.file.device,
        "device_now_ms": Utc::now().timestamp_millis(),
        "pending_after": 0,
        "ops": ops,
    })
}

/// An operation with one write.
pub(super) fn operation(op: Uuid, key: (&str, &str, &str), base: Option<Value>, value: Value) -> Value {
    let (kind, key, register) = key;
    let mut write = json!({ "kind": kind, "key": key, "register": register, "value": value });
    if let Some(base) = base {
        write["base"] = base;
    }
    json!({ "op": op, "edited_at_ms": Utc::now().timestamp_millis(), "writes": [write] })
}
