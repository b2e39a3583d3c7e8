//! A real term, imported.

use serde_json::Value;

use crate::{Desk, data, data_json, window};

#[tokio::test]
async fn the_term_takes_place_as_dateutil_says() {
    let desk = Desk::new().await;
    desk.import(data("term/term.json")).await;
    let lines = desk.app.occurrences(window("2026-10-01", "2027-02-28")).await.unwrap();
    let found: Vec<Value> = lines.iter().map(|line| serde_json::to_value(line).unwrap()).collect();
    let expected = data_json("term/expected.json");
    let expected = expected.as_array().unwrap();
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());

    let keys = serde_json::to_string(&lines[0]).unwrap();
    let order =
        ["schedule_id", "series_id", "original_date", "date", "start", "end", "title", "location", "is_exception"];
    let places: Vec<_> = order.iter().map(|key| keys.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{keys}");
}

#[tokio::test]
async fn what_is_exported_is_what_was_imported() {
    let desk = Desk::new().await;
    desk.import(data("term/term.json")).await;
    let exported = desk.app.export().await.unwrap();
    let other = Desk::new().await;
    other.import(&exported).await;
    assert_eq!(other.app.export().await.unwrap(), exported);
    let all = window("1900-01-01", "2200-12-31");
    assert_eq!(other.app.occurrences(all).await.unwrap(), desk.app.occurrences(all).await.unwrap());
}

/// The whole term again by single weeks: what a week shows is what the whole term has in it.
#[tokio::test]
async fn weeks_add_up_to_the_term() {
    let desk = Desk::new().await;
    desk.import(data("term/term.json")).await;
    let whole = window("2026-09-28", "2027-02-28");
    let lines = desk.app.occurrences(whole).await.unwrap();
    let mut seen = 0;
    for monday in whole.dates().step_by(7) {
        let week =
            desk.app.week(weekwise_protocol::WeekRequest { date: Some(monday), ..Default::default() }).await.unwrap();
        assert_eq!(week.window.from(), monday, "weeks begin on Monday");
        let shown = week.blocks.iter().filter(|block| {
            !matches!(block.standing, weekwise_protocol::Standing::Cancelled { .. }) && week.window.contains(block.date)
        });
        seen += shown.count();
    }
    assert_eq!(seen, lines.len());
}
