//! Files in and out.

use weekwise_domain::Subject;

use super::*;

fn row(number: u128, series: u128, from: &str, until: Value) -> Value {
    json!({
        "id": Uuid::from_u128(number), "series_id": Uuid::from_u128(series), "day_of_week": 1,
        "start": "09:00", "end": "10:00", "valid_from": from, "valid_until": until, "every_n_weeks": 1,
    })
}

#[tokio::test]
async fn an_import_is_one_step_and_says_how_many() {
    let desk = Desk::new().await;
    let term = data("term/term.json");
    let Subject::Imported(tally) = desk.import(&term).await.summary.subject else { panic!("an import") };
    assert_eq!((tally.added, tally.unchanged), (24 + 49, 0));
    let again = desk.import(&term).await;
    assert_eq!(again.step, None, "nothing new in it");
    desk.undo().await.unwrap();
    let week = desk.week("2026-11-23").await;
    assert!(week.is_empty && week.in_trash == 0 && week.history.undo.is_none());
}

#[tokio::test]
async fn nothing_of_a_bad_file_is_taken() {
    let desk = Desk::new().await;
    let mut bad = row(2, 2, "2026-10-05", Value::Null);
    bad["end"] = "08:00".into();
    let problems = desk.refused_import(file(vec![row(1, 1, "2026-10-05", Value::Null), bad], vec![])).await;
    assert_eq!(problems.len(), 1);
    assert!(problems[0].0.starts_with("schedules[1]"), "{problems:?}");
    assert!(desk.week("2026-11-23").await.is_empty);
}

#[tokio::test]
async fn schedules_of_a_series_that_meet_are_named_by_their_place() {
    let desk = Desk::new().await;
    let meeting = vec![row(5, 1, "2026-12-01", Value::Null), row(1, 1, "2026-10-05", "2026-12-07".into())];
    let problems = desk.refused_import(file(meeting, vec![])).await;
    assert_eq!(problems[0].0, "schedules[1]");
    assert!(problems[0].1.contains("2026-12-01") && problems[0].1.contains("schedules[0]"), "{problems:?}");

    desk.import(file(vec![row(1, 1, "2026-10-05", Value::Null)], vec![])).await;
    let problems = desk.refused_import(file(vec![row(5, 1, "2026-12-01", Value::Null)], vec![])).await;
    assert_eq!(problems[0].0, "schedules[0]");
    assert!(problems[0].1.contains("which is there already"), "{problems:?}");
}

#[tokio::test]
async fn an_unknown_time_zone_in_a_file_is_named() {
    let desk = Desk::new().await;
    let text = json!({ "format": "weekwise", "version": 1, "settings": { "time_zone": "Mars/Olympus" } });
    let problems = desk.refused_import(text).await;
    assert_eq!(problems[0].0, "settings.time_zone");
}

#[tokio::test]
async fn files_are_read_and_written_whole() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("term.json");
    std::fs::write(&path, data("term/term.json")).unwrap();
    desk.app.import_file(&path).await.unwrap();

    let out = desk.folder.path().join("out.json");
    std::fs::write(&out, "an older one").unwrap();
    desk.app.export_file(&out).await.unwrap();
    assert_eq!(std::fs::read_to_string(&out).unwrap(), desk.app.export().await.unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let folder = desk.folder.path().join("no such folder").join("out.json");
    assert!(matches!(desk.app.export_file(&folder).await, Err(Failure::System { .. })));
    assert!(matches!(desk.app.import_file(&folder).await, Err(Failure::System { .. })));
}

#[tokio::test]
async fn what_is_no_text_is_refused_with_its_place() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("latin1.json");
    std::fs::write(&path, b"{\"title\": \"Gr\xfc\xdfe\"}").unwrap();
    match desk.app.import_file(&path).await.unwrap_err() {
        Failure::BadFile { problems } => assert_eq!(problems[0].position, "byte 14"),
        other => panic!("{other:?}"),
    }
}
