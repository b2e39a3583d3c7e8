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
        let [Notice::RestoredFromSnapshot { taken, set_aside }] = &week.notices[..] else { panic!("{week:?}") };
        assert_eq!(taken.date, App::now().date);
        assert_eq!(fs::read(Path::new(set_aside).join("local.sqlite")).unwrap(), b"garbage");
        assert_eq!(week.blocks.len(), 1, "what the snapshot held is there");
    }
    let doctor = desk.app.doctor().await.unwrap();
    assert_eq!((doctor.set_aside.len(), doctor.notices.len()), (1, 1));
    assert!(desk.restart().await.week("2026-11-23").await.notices.is_empty());
}

#[tokio::test]
async fn without_a_snapshot_it_starts_afresh_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(data_folder(&folder).path()).unwrap();
    fs::write(data_folder(&folder).file(), "garbage").unwrap();
    let desk = Desk { app: open(&folder).await, folder };
    let week = desk.week("2026-11-23").await;
    assert!(matches!(&week.notices[..], [Notice::StartedAfresh { .. }]), "{week:?}");
    assert!(week.is_empty);
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
