//! A server in memory. It judges with `weekwise-sync`, as the real one does, sends pages of few rows, fails and keeps silent when told to,
//! and can be set back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Instant,
};

use serde_json::json;
use tokio::{net::TcpListener, sync::Notify};
use uuid::Uuid;
use weekwise_domain::{Rows as Week, Schedule, ScheduleId};
use weekwise_protocol::sync::{DeviceId, EpochId, Mark, OpId, Point, Push, Refusal, Rev, Row};
use weekwise_sync::{
    Rows, Sum,
    server::{Account, DeviceClock, Head, Known, Standing, page, standing},
};

use super::impostor::{Request, said, serve};
use crate::random::Random;

/// The server. It ends with the test's runtime.
pub(super) struct Memory {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
    /// Rung where the device that asks is to end then and there.
    pub(super) crash: Arc<Notify>,
}

struct State {
    tables: Tables,
    /// All epochs that there ever were.
    epochs: BTreeSet<EpochId>,
    backup: Option<Tables>,
    random: Random,
    is_calm: bool,
    /// Rows in a page; none draws it.
    most_rows: Option<usize>,
    /// When each push came.
    pushes: Vec<Instant>,
    now_ms: i64,
}

#[derive(Clone)]
struct Tables {
    head: Head,
    rows: Rows,
    graves: BTreeMap<ScheduleId, Schedule>,
    operations: BTreeMap<OpId, Known>,
    clocks: BTreeMap<DeviceId, DeviceClock>,
    marks: BTreeMap<Rev, (Mark, EpochId)>,
}

impl Memory {
    /// One of an empty account, whose session is anybody's.
    pub(super) async fn start(seed: u64) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut random = Random::new(seed);
        let epoch = EpochId(uuid(&mut random));
        let head = Head { epoch, rev: Rev::ZERO, mark: None, sum: Sum::default() };
        let tables = Tables {
            head,
            rows: Rows::default(),
            graves: BTreeMap::new(),
            operations: BTreeMap::new(),
            clocks: BTreeMap::new(),
            marks: BTreeMap::new(),
        };
        let state = State {
            tables,
            epochs: BTreeSet::from([epoch]),
            backup: None,
            random,
            is_calm: true,
            most_rows: None,
            pushes: Vec::new(),
            now_ms: 1_770_000_000_000,
        };
        let (state, crash) = (Arc::new(Mutex::new(state)), Arc::new(Notify::new()));
        let (known, ends) = (Arc::clone(&state), Arc::clone(&crash));
        serve(listener, move |request| known.lock().unwrap().answer(&request, &ends));
        Self { url, state, crash }
    }

    /// From now on nothing goes wrong, or everything may.
    pub(super) fn is_calm(&self, is_calm: bool) {
        self.state.lock().unwrap().is_calm = is_calm;
    }

    /// From now on pages hold so many rows.
    pub(super) fn pages_of(&self, rows: usize) {
        self.state.lock().unwrap().most_rows = Some(rows);
    }

    /// When each push came.
    pub(super) fn pushes(&self) -> Vec<Instant> {
        self.state.lock().unwrap().pushes.clone()
    }

    /// Makes a backup, or is set back to the last one.
    pub(super) fn back_up_or_restore(&self) {
        let State { tables, epochs, backup, random, .. } = &mut *self.state.lock().unwrap();
        match backup.take() {
            None => *backup = Some(tables.clone()),
            Some(before) => {
                *tables = before;
                tables.head.epoch = EpochId(uuid(random));
                epochs.insert(tables.head.epoch);
            }
        }
    }

    /// The week as its rows have it.
    pub(super) fn week(&self) -> Week {
        self.state.lock().unwrap().tables.rows.to_domain()
    }
}

impl State {
    fn answer(&mut self, request: &Request, crash: &Notify) -> Option<String> {
        let person = json!({ "id": "1", "email": "ada@week.example", "name": "Ada" });
        let path = request.path.split('?').next().unwrap_or_default();
        match path {
            "/api/auth/sign-in/email" => return Some(ok(&json!({ "token": "s3cret", "user": person }))),
            "/api/auth/get-session" => return Some(ok(&json!({ "session": {}, "user": person }))),
            _ => {}
        }
        let mood = if self.is_calm { usize::MAX } else { self.random.below(20) };
        match mood {
            0 => return None,
            1 => return Some(refuse("503 Service Unavailable", &Refusal::Failed)),
            2 => crash.notify_one(),
            _ => {}
        }
        self.now_ms += 1_000;
        let answer = match path {
            "/v1/sync/pull" => self.pull(&request.path),
            "/v1/sync/push" => self.push(&request.body),
            _ => said("404 Not Found", ""),
        };
        match mood {
            // It is done, and nobody hears of it.
            3 | 4 => return None,
            5 => crash.notify_one(),
            _ => {}
        }
        Some(answer)
    }

    fn pull(&mut self, path: &str) -> String {
        let url = reqwest::Url::parse(&format!("http://server{path}")).unwrap();
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let since = Rev(query["since"].parse().unwrap());
        let trail = query.get("trail").map(|text| text.split(',').map(point).collect()).unwrap_or_default();
        if let Some(epoch) = query.get("epoch")
            && let Some(refusal) = self.elsewhere(EpochId(epoch.parse().unwrap()), trail)
        {
            return refusal;
        }
        let mut rows: Vec<&Row> = self.tables.rows.iter().map(|row| &**row).filter(|row| row.rev > since).collect();
        rows.sort_by_key(|row| row.rev);
        let mark = |rev: Rev| self.tables.marks.range(rev..).next().map(|(_, (mark, _))| *mark);
        let rows: Vec<(Row, Mark)> = rows.into_iter().map(|row| (row.clone(), mark(row.rev).unwrap())).collect();
        let limit = self.most_rows.unwrap_or_else(|| 1 + self.random.below(5));
        ok(&json!(page(&self.tables.head, since, rows, limit)))
    }

    fn push(&mut self, body: &[u8]) -> String {
        self.pushes.push(Instant::now());
        let push: Push = serde_json::from_slice(body).unwrap();
        if let Some(refusal) = self.elsewhere(push.epoch, push.trail.clone()) {
            return refusal;
        }
        let tables = &mut self.tables;
        let mut account = Account::new(tables.head);
        account.rows = tables.rows.clone();
        account.graves = tables.graves.clone();
        account.operations = tables.operations.clone();
        account.clock = tables.clocks.get(&push.device_id).copied().unwrap_or_default();
        let (reply, written) = account.push(&push, self.now_ms, Mark(uuid(&mut self.random)));
        if let Some(mark) = written.head.mark {
            tables.marks.insert(written.head.rev, (mark, written.head.epoch));
        }
        tables.head = written.head;
        for (key, row) in written.rows {
            match row {
                Some(row) => drop(tables.rows.insert(row)),
                None => drop(tables.rows.remove(&key)),
            }
        }
        tables.graves.extend(written.graves);
        tables.operations.extend(written.operations.into_iter().map(|it| (it.op, it.known)));
        tables.clocks.insert(push.device_id, written.clock);
        ok(&json!(reply))
    }

    /// The refusal for who speaks of another history.
    fn elsewhere(&self, epoch: EpochId, trail: Vec<Point>) -> Option<String> {
        let mark_at = |rev| self.tables.marks.range(rev..).next().map(|(_, it)| *it);
        match standing(&self.tables.head, (epoch, &trail), self.epochs.contains(&epoch), mark_at) {
            Standing::Here => None,
            Standing::Earlier { common, .. } => {
                let refusal = Refusal::Resync { epoch: self.tables.head.epoch, common, fork: None };
                Some(refuse("409 Conflict", &refusal))
            }
            Standing::Forked { .. } => panic!("every restore here begins an epoch"),
        }
    }
}

fn point(text: &str) -> Point {
    match text.split_once('.') {
        Some((rev, mark)) => Point { rev: Rev(rev.parse().unwrap()), mark: Some(Mark(mark.parse().unwrap())) },
        None => Point { rev: Rev(text.parse().unwrap()), mark: None },
    }
}

fn uuid(random: &mut Random) -> Uuid {
    Uuid::from_u128(u128::from(random.next()) << 64 | u128::from(random.next()))
}

fn ok(body: &serde_json::Value) -> String {
    said("200 OK\r\nContent-Type: application/json", &body.to_string())
}

fn refuse(status: &str, refusal: &Refusal) -> String {
    said(&format!("{status}\r\nContent-Type: application/json"), &json!(refusal).to_string())
}
