//! What was acknowledged is there, whatever ends in the middle of the work.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    person::Person,
    postgres::{Cluster, Database},
    running::Running,
};

const WRITERS: usize = 8;
/// So many writes are acknowledged before something ends.
const ENOUGH: usize = 300;

/// People who give their slot another time on one date after the other, until they are told to stop.
pub(crate) struct Load {
    /// User, date and start of what was acknowledged.
    acknowledged: Arc<Mutex<BTreeSet<String>>>,
    stop: Arc<AtomicBool>,
    writers: JoinSet<()>,
}

impl Load {
    /// Each of them goes from one of the servers to the next with every write.
    pub(crate) async fn start(servers: &[&Running], database: &Database) -> Self {
        let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let person = Person::made(servers[0], database, &format!("writer{writer}")).await;
            let at_servers: Vec<Person> = servers.iter().map(|server| person.at(server)).collect();
            let schedule = person.create(0, "09:00", "23:00").await.to_string();
            let (acknowledged, stop) = (Arc::clone(&acknowledged), Arc::clone(&stop));
            writers.spawn(async move {
                for (week, person) in (0..).zip(at_servers.iter().cycle()) {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    // Sundays from 6 January 2030 on.
                    let date =
                        chrono::NaiveDate::from_ymd_opt(2030, 1, 6).unwrap() + chrono::Days::new(7 * (week % 8000));
                    let start = format!("{:02}:{:02}", 10 + week % 10, week % 60);
                    let input = json!({ "scheduleId": schedule, "date": date, "startTime": start, "endTime": "23:00" });
                    let request = person.request(Method::POST, "/trpc/scheduler.updateSlot").json(&input);
                    // While nothing answers, nothing is acknowledged.
                    let Ok(reply) = request.send().await else { continue };
                    if reply.status() == StatusCode::OK && reply.bytes().await.is_ok() {
                        acknowledged.lock().unwrap().insert(format!("{}|{date}|{start}", person.id));
                    }
                }
            });
        }
        Self { acknowledged, stop, writers }
    }

    pub(crate) fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    pub(crate) async fn until(&self, count: usize) {
        let wait = async {
            while self.count() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("writes are acknowledged");
    }

    pub(crate) async fn stop(mut self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.writers.join_next().await {
            ended.expect("a writer does not panic");
        }
        std::mem::take(&mut *self.acknowledged.lock().unwrap())
    }
}

pub(crate) async fn assert_all_there(database: &Database, acknowledged: &BTreeSet<String>) {
    let stored = database.rows("SELECT user_id, original_date, start_time FROM exception").await;
    let stored: BTreeSet<String> = stored.into_iter().collect();
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), acknowledged.len());
    // Each register counts one row for each revision up to the head, so nothing was written by halves.
    let halves = "SELECT h.user_id FROM head h WHERE rev <> (SELECT max(rev) FROM (
        SELECT rev FROM schedule s WHERE s.user_id = h.user_id UNION ALL SELECT rev FROM exception e WHERE e.user_id = h.user_id) r)";
    assert_eq!(database.rows(halves).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_has_acknowledged_is_there() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let load = Load::start(&[&server], &database).await;
    load.until(ENOUGH).await;
    server.kill();
    let acknowledged = load.stop().await;
    assert_all_there(&database, &acknowledged).await;

    let server = Running::start(&database);
    let told = acknowledged.iter().next().expect("something was acknowledged");
    let [user, date, start]: [&str; 3] = told.split('|').collect::<Vec<_>>().try_into().unwrap();
    let token = format!("the-token-of-{user}-and-of-nobody-else");
    let query = [("input", json!({ "startDate": date }).to_string())];
    let week = reqwest::Client::new().get(server.at("/trpc/scheduler.getSchedulesForWeek")).query(&query);
    let week: serde_json::Value = week.bearer_auth(token).send().await.unwrap().json().await.unwrap();
    assert_eq!(week["result"]["data"][0]["startTime"], start, "{week}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_answers_what_it_has_begun() {
    let database = Database::ready().await;
    let mut server = Running::start(&database);
    let load = Load::start(&[&server], &database).await;
    load.until(ENOUGH).await;
    assert!(server.stop(), "it ends well: {}", server.log());
    let acknowledged = load.stop().await;
    assert_all_there(&database, &acknowledged).await;
    let written = database.rows("SELECT count(*) FROM exception").await;
    assert_eq!(written, [acknowledged.len().to_string()], "what was written was acknowledged");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_postgres_crashed_is_there() {
    let mut cluster = Cluster::own();
    let database = Database::ready_in(&cluster).await;
    let server = Running::start(&database);
    let load = Load::start(&[&server], &database).await;
    load.until(ENOUGH).await;
    let cluster = tokio::task::spawn_blocking(move || {
        cluster.crash();
        cluster.start();
        cluster
    });
    let _cluster = cluster.await.expect("Postgres starts again");
    let before = load.count();
    // The server finds its way back by itself.
    load.until(before + ENOUGH).await;
    let acknowledged = load.stop().await;
    assert_all_there(&database, &acknowledged).await;
}
