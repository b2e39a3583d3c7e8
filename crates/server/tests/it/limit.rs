//! The slot limit holds however many create at once, over however many servers.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;

use crate::{person::Person, postgres::Database, running::Running};

async fn fifty_at_once(limit: Option<usize>) {
    let database = Database::ready().await;
    let (one, other) = (Running::start(&database), Running::start(&database));
    let ada = Person::made(&one, &database, "ada").await;
    if let Some(limit) = limit {
        // Her head row comes with her first write.
        database
            .run(&format!(
                "INSERT INTO head (user_id) VALUES ('ada');
                 INSERT INTO setting (user_id, name, value, rev, origin_epoch, origin_rev, op)
                 VALUES ('ada', 'slot_limit', '{limit}', 1, 1, 1, gen_random_uuid());
                 UPDATE head SET rev = 1"
            ))
            .await;
    }
    let limit = limit.unwrap_or(2);
    let at = [ada.at(&one), ada.at(&other)];
    let creates = (0..50).map(|n| {
        let input = json!({ "dayOfWeek": 3, "startTime": format!("10:{n:02}"), "endTime": "12:00" });
        at[n % 2].mutate("scheduler.createSchedule", input)
    });
    let replies = join_all(creates).await;
    let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == StatusCode::OK);
    assert_eq!(made.len(), limit);
    for reply in refused {
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{reply:?}");
        assert_eq!(reply.json()["error"]["message"], format!("Maximum {limit} slots allowed per day"));
    }
    // 2030-01-06 is a Sunday.
    assert_eq!(ada.week("2030-01-06").await.as_array().map(Vec::len), Some(limit));
    let revs = database.rows("SELECT rev FROM schedule ORDER BY rev").await;
    assert_eq!(revs.len(), limit, "each row has a revision of its own: {revs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_creates_at_two_servers_exactly_two_succeed() {
    fifty_at_once(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_creates_exactly_as_many_succeed_as_the_account_allows() {
    fifty_at_once(Some(5)).await;
}
