//! Edits, undo and what calls fail with.

use weekwise_domain::{ExceptionTally, Setting, Subject, TimeZone};
use weekwise_protocol::{AskAbout, ListTimeZones, Redo, StorageFault};

use super::*;

/// The window's runtime moves calls between threads.
#[test]
fn every_call_can_cross_threads() {
    fn crosses<T: Send>(_: T) {}
    fn check(app: App) {
        crosses(app.week(WeekRequest::default()));
        crosses(app.edit(DoEdit { request: cancel(1, "2026-11-23", None).into() }));
        crosses(app.preview(weekwise_protocol::PreviewEdit { request: cancel(1, "2026-11-23", None).into() }));
        crosses(app.undo(Undo { step: None }));
        crosses(app.import(ImportText { text: String::new() }));
        crosses(app.trash(weekwise_protocol::ListTrash {}));
        crosses(app.about(AskAbout {}));
        crosses(app.doctor());
        crosses(App::open(DataFolder::at("x"), Locale::default()));
        crosses(app.close());
    }
    let _ = check;
}

#[tokio::test]
async fn edits_are_steps_that_can_be_taken_back_and_done_again() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    let edited = desk.edit(cancel(1, "2026-11-23", None)).await.unwrap();
    assert_eq!(edited.summary.subject, Subject::DateCancelled);
    let step = edited.step.unwrap();
    assert_eq!(desk.week("2026-11-23").await.history.undo.as_ref(), Some(&step));
    let desk = desk.restart().await;
    assert_eq!(
        desk.undo().await.unwrap(),
        Undone { step: step.clone(), left: 0, exceptions: ExceptionTally::default() }
    );
    assert_eq!(desk.lines("2026-11-23").await, ["2026-11-23 09:00–10:00 Algebra"]);
    assert_eq!(desk.week("2026-11-23").await.history.redo.as_ref(), Some(&step));
    assert_eq!(desk.app.redo(Redo {}).await.unwrap().step, step);
    assert_eq!(desk.app.redo(Redo {}).await, Err(Failure::NothingToUndo));
    desk.undo().await.unwrap();
    desk.undo().await.unwrap();
    assert_eq!(desk.undo().await, Err(Failure::NothingToUndo));
    assert!(desk.week("2026-11-23").await.is_empty);
}

#[tokio::test]
async fn only_time_zones_that_there_are_can_be_set() {
    let desk = Desk::new().await;
    let zones = desk.app.time_zones(ListTimeZones {}).await.unwrap();
    assert!(zones.contains(&"Europe/Berlin".to_owned()) && zones.contains(&"UTC".to_owned()));
    let set = |name: &str| Edit::Set { setting: Setting::TimeZone(Some(TimeZone::try_from(name.to_owned()).unwrap())) };
    desk.edit(set("Europe/Berlin")).await.unwrap();
    match desk.edit(set("Europe/Berln")).await.unwrap_err() {
        Failure::System { detail } => assert!(detail.contains("no time zone \"Europe/Berln\""), "{detail}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.week("2026-11-23").await.settings.time_zone.unwrap().name(), "Europe/Berlin");
}

#[tokio::test]
async fn what_another_process_writes_is_noticed() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    assert!(!desk.app.changed_elsewhere().await);
    let other = open(&desk.folder).await;
    other.edit(DoEdit { request: cancel(1, "2026-11-23", None).into() }).await.unwrap();
    assert!(desk.app.changed_elsewhere().await);
    assert!(!desk.app.changed_elsewhere().await);
    assert_eq!(desk.lines("2026-11-23").await, ["2026-11-23 09:00–10:00 Algebra cancelled "]);
    other.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn an_edit_into_a_deleted_file_is_not_acknowledged() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    std::fs::remove_file(desk.data().file()).unwrap();
    let failure = desk.edit(cancel(1, "2026-11-23", None)).await.unwrap_err();
    assert!(matches!(failure, Failure::Storage { fault: StorageFault::Gone, .. }), "{failure:?}");
}

#[tokio::test]
async fn about_and_doctor_tell_how_the_data_is_kept() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    desk.edit(cancel(1, "2026-11-23", None)).await.unwrap();
    let desk = desk.restart().await;
    desk.app.daily_snapshot().await;
    let about = desk.app.about(AskAbout {}).await.unwrap();
    assert_eq!(about.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(about.file, desk.data().file().display().to_string());
    let last = about.last_snapshot.unwrap();
    assert_eq!((about.snapshots >= 1, last.date), (true, App::now().date));

    let doctor = desk.app.doctor().await.unwrap();
    assert_eq!((doctor.journal_mode.as_str(), doctor.synchronous.as_str()), ("wal", "full"));
    assert_eq!((doctor.schedules, doctor.exceptions, doctor.history), (1, 1, 2));
    assert!(doctor.problems.is_empty() && doctor.set_aside.is_empty() && doctor.notices.is_empty());
    assert!(doctor.snapshots.iter().all(|it| it.is_good && it.kind == "auto"), "{:?}", doctor.snapshots);
    assert!(doctor.bytes > 0 && doctor.tables == 4);
}
