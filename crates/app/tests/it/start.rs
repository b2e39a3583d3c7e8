//! Starting on a folder as it is found.

use std::{fs, path::Path};

use weekwise_app::OpenError;
use weekwise_protocol::{Notice, StorageFault};

use super::*;

#[tokio::test]
async fn a_damaged_file_is_told_in_every_week_until_the_end() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await.restart().await;
    let Desk { app, folder } = desk;
    app.close().await;
    fs::write(data_folder(&folder).file(), "garbage").unwrap();

    let desk = Desk { app: open(&folder).await, folder };
    for _ in 0..2 {
        let week = desk.week("2026-11-23").await;
        let [Notice::Rebuilt { set_aside: Some(set_aside), taken: Some(taken), edits: 0, is_whole: true }] =
            &week.notices[..]
        else {
            panic!("{week:?}")
        };
        assert_eq!(taken.date, App::now().date);
        assert_eq!(fs::read(Path::new(set_aside).join("local.sqlite")).unwrap(), b"garbage");
        assert_eq!(week.blocks.len(), 1, "what the file held is there");
    }
    let doctor = desk.app.doctor().await.unwrap();
    assert_eq!((doctor.set_aside.len(), doctor.notices.len()), (1, 1));
    assert!(desk.restart().await.week("2026-11-23").await.notices.is_empty());
}

/// A process may end before it has shown anything, and a command shows it to whoever reads its errors.
#[tokio::test]
async fn what_happened_is_told_again_until_a_week_was_asked_for() {
    let Desk { app, folder } = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    app.close().await;
    fs::write(data_folder(&folder).file(), "garbage").unwrap();
    for _ in 0..2 {
        let app = open(&folder).await;
        assert_eq!(app.notices().len(), 1);
        app.close().await;
    }
    let desk = Desk { app: open(&folder).await, folder };
    assert_eq!(desk.week("2026-11-23").await.notices.len(), 1);
    let Desk { app, folder } = desk.restart().await;
    assert!(app.notices().is_empty());
    drop((app, folder));
}

#[tokio::test]
async fn with_nothing_to_make_it_from_it_starts_afresh_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(data_folder(&folder).path()).unwrap();
    fs::write(data_folder(&folder).file(), "garbage").unwrap();
    let desk = Desk { app: open(&folder).await, folder };
    let week = desk.week("2026-11-23").await;
    assert!(matches!(&week.notices[..], [Notice::StartedAfresh { .. }]), "{week:?}");
    assert!(week.is_empty);
}

/// The person is told while there are good snapshots still, and before one of the damage takes their place.
#[tokio::test]
async fn damage_that_the_daily_look_finds_is_told_and_put_right_at_the_next_start() {
    let Desk { app, folder } = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    app.close().await;
    let _ = fs::remove_dir_all(data_folder(&folder).path().join("snapshots"));
    let file = data_folder(&folder).file();
    let mut content = fs::read(&file).unwrap();
    // The first is the title in its row; others are in the history.
    let at = content.windows(7).position(|it| it == b"Algebra").expect("the title");
    content[at] = 7;
    fs::write(&file, content).unwrap();
    let desk = Desk { app: open(&folder).await, folder };
    desk.app.daily_snapshot().await;
    assert_eq!(desk.app.notices(), [Notice::DamageFound]);
    let week = desk.restart().await.week("2026-11-23").await;
    assert!(matches!(&week.notices[..], [Notice::Rebuilt { is_whole: true, .. }]), "{:?}", week.notices);
    assert_eq!(week.blocks[0].title.as_str(), "Algebra");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_goes_and_comes_back_is_something_new_to_read() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    assert!(!desk.app.changed_elsewhere().await);
    let aside = desk.folder.path().join("aside");
    fs::rename(desk.data().file(), &aside).unwrap();
    assert!(desk.app.changed_elsewhere().await);
    assert!(!desk.app.changed_elsewhere().await, "once");
    let failed = desk.app.export().await.unwrap_err();
    assert!(matches!(failed, Failure::Storage { fault: StorageFault::Gone, .. }), "{failed:?}");
    fs::rename(&aside, desk.data().file()).unwrap();
    assert!(desk.app.changed_elsewhere().await);
    assert_eq!(desk.week("2026-11-23").await.blocks.len(), 1);
    desk.edit(cancel(1, "2026-11-30", None)).await.unwrap();
}

#[tokio::test]
async fn a_newer_file_is_refused_in_words() {
    let Desk { app, folder } = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    app.close().await;
    let file = data_folder(&folder).file();
    let mut content = fs::read(&file).unwrap();
    // The version of the tables (https://sqlite.org/fileformat2.html#user_version_number).
    content[60..64].copy_from_slice(&7_u32.to_be_bytes());
    fs::write(&file, &content).unwrap();
    let OpenError { fault, detail } = App::open(data_folder(&folder), Locale::default()).await.err().unwrap();
    assert_eq!(fault, StorageFault::Newer);
    assert!(detail.contains("version 7"), "{detail}");
    assert_eq!(fs::read(&file).unwrap(), content);
}

/// A daily snapshot that cannot be taken must not keep anyone from their week.
#[tokio::test]
async fn a_snapshot_that_fails_is_told_and_no_more_once_it_works() {
    let desk = Desk::with(&[(1, "09:00", "10:00", "Algebra")]).await;
    let Desk { app, folder } = desk;
    app.close().await;
    let snapshots = data_folder(&folder).path().join("snapshots");
    let _ = fs::remove_dir_all(&snapshots);
    fs::write(&snapshots, "in the way").unwrap();
    let failed = App::open(data_folder(&folder), Locale::default()).await;
    let desk = Desk { app: failed.unwrap(), folder };
    desk.app.daily_snapshot().await;
    let week = desk.week("2026-11-23").await;
    assert!(matches!(&week.notices[..], [Notice::SnapshotFailed { .. }]), "{:?}", week.notices);
    assert_eq!(week.blocks.len(), 1);

    fs::remove_file(&snapshots).unwrap();
    desk.app.daily_snapshot().await;
    assert!(desk.week("2026-11-23").await.notices.is_empty());
}
