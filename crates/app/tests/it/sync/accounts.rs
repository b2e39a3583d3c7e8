//! Signing in and out, several accounts on one device, and what is brought along.

use weekwise_app::{AccountError, Adopted, AuthError, AuthRefusal, SessionPlace, accounts, show, sign_out};
use weekwise_domain::{Cancellation, Edit};
use weekwise_protocol::Redo;

use super::*;
use crate::{date, series};

#[tokio::test]
async fn a_wrong_password_is_told_in_the_servers_words_and_leaves_nothing() {
    let server = Server::start(&Database::new());
    server.sign_up("ada");
    let folder = tempfile::tempdir().unwrap();
    let origin = Origin::parse(&server.url).unwrap();
    let wrong = Credentials { password: "battery staple", ..credentials(&origin, "ada@week.example") };
    let refused = sign_in(&root(&folder), &Sessions::default(), wrong).await.unwrap_err();
    let AccountError::Server(AuthError::Refused { reason, message, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((reason, message.as_str()), (AuthRefusal::WrongCredentials, "Invalid email or password"));
    assert!(accounts(&root(&folder)).unwrap().kept.is_empty());
    assert!(!folder.path().join("data/accounts").exists());
}

#[tokio::test]
async fn the_week_outlives_signing_out_and_goes_on_after_the_next_sign_in() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let Device { folder, kept, app, sessions } = Device::new(&server.url, &email).await;
    let import = crate::file(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).to_string();
    app.import(ImportText { text: import }).await.unwrap();
    app.close().await;

    let left = sign_out(&root(&folder), &sessions, &kept).await.unwrap();
    assert_eq!((left.waiting, left.trouble), (1, None));
    let list = accounts(&root(&folder)).unwrap();
    assert_eq!(list.kept[0].session, SessionPlace::Nowhere);
    let app = App::open(root(&folder), Locale::default()).await.unwrap();
    let device = Device { folder, kept: list.kept[0].clone(), app, sessions };
    assert_eq!(device.rows().await["schedules"].as_array().unwrap().len(), 1);
    device.edit(Edit::Trash { series_id: series(1) }).await;
    assert_eq!(device.sync().await, SyncState::SignedOut(0));
    device.app.close().await;

    let device = Device::in_folder(device.folder, &server.url, &email).await;
    assert_eq!(device.kept.folder, kept.folder);
    device.synced().await;
    let other = Device::new(&server.url, &email).await;
    other.synced().await;
    assert_eq!(device.rows().await, other.rows().await);
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_asks_for_a_sign_in_and_loses_nothing() {
    let database = Database::new();
    let server = Server::start(&database);
    let email = server.sign_up("ada");
    let device = Device::new(&server.url, &email).await;
    device.synced().await;
    database.run(r#"DELETE FROM session"#);
    device.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    assert_eq!(device.sync().await, SyncState::SignInAgain(1));
    device.app.close().await;
    let device = Device::in_folder(device.folder, &server.url, &email).await;
    device.synced().await;
    assert_eq!(device.rows().await["schedules"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn accounts_on_one_device_share_nothing() {
    let server = Server::start(&Database::new());
    let [ada, ben] = [server.sign_up("ada"), server.sign_up("ben")];
    let device = Device::new(&server.url, &ada).await;
    device.import(vec![slot(1, "09:00", "10:30", "Of Ada")], vec![]).await;
    device.synced().await;
    let of_ada = device.kept.folder;
    device.app.close().await;

    let device = Device::in_folder(device.folder, &server.url, &ben).await;
    device.synced().await;
    assert_eq!(device.rows().await["schedules"], json!([]));
    show(&device.root(), Some(of_ada)).unwrap();
    let device = device.restart().await;
    assert_eq!(device.app.account().unwrap().email, ada);
    assert_eq!(device.rows().await["schedules"][0]["title"], "Of Ada");
    show(&device.root(), None).unwrap();
    let device = device.restart().await;
    assert_eq!((device.app.account(), &device.rows().await["schedules"]), (None, &json!([])));
}

#[tokio::test]
async fn the_week_without_an_account_is_brought_along_once() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let elsewhere = Device::new(&server.url, &email).await;
    elsewhere.import(vec![slot(9, "09:00", "10:30", "Algebra")], vec![]).await;
    elsewhere.synced().await;

    let folder = tempfile::tempdir().unwrap();
    let local = App::open(root(&folder), Locale::default()).await.unwrap();
    // More than one operation may hold.
    let slots: Vec<_> = (100..400).map(|number| slot(number, "09:00", "10:30", "Algebra")).collect();
    let dates = (100..400).map(
        |number: u128| json!({ "series_id": uuid::Uuid::from_u128(number), "date": "2026-11-23", "kind": "cancelled" }),
    );
    local.import(ImportText { text: crate::file(slots, dates.collect()).to_string() }).await.unwrap();
    let reason = Box::new(Cancellation::default());
    let cancel = Edit::CancelDate { series_id: series(100), date: date("2026-11-30"), reason };
    local.edit(DoEdit { request: cancel.into() }).await.unwrap();
    let before = local.export().await.unwrap();
    local.close().await;

    let device = Device::in_folder(folder, &server.url, &email).await;
    device.synced().await;
    let told = device.app.adoption().await.unwrap();
    assert_eq!((told.schedules, told.exceptions, told.known, told.alike), (300, 301, 0, 300));
    assert_eq!(device.app.adopt().await.unwrap(), Adopted { schedules: 300, exceptions: 301 });
    assert!(shows_what_it_holds(&device.app).await.unwrap());
    assert_eq!(device.app.adopt().await.unwrap(), Adopted::default(), "once is enough");
    let brought = device.rows().await;
    device.undo().await;
    let left = device.rows().await;
    let live = |rows: &serde_json::Value| {
        let schedules = rows["schedules"].as_array().unwrap();
        schedules.iter().filter(|row| row["active"] != false).count()
    };
    assert_eq!(
        (live(&brought), live(&left), &left["exceptions"]),
        (301, 1, &json!([])),
        "one undo takes all of it back"
    );
    device.app.redo(Redo {}).await.unwrap();
    assert_eq!(device.rows().await, brought);
    device.synced().await;
    elsewhere.synced().await;
    assert_eq!(device.rows().await, elsewhere.rows().await);
    assert_eq!(device.rows().await["schedules"].as_array().unwrap().len(), 301);
    assert_eq!(device.app.adoption().await.unwrap().known, 300);

    show(&device.root(), None).unwrap();
    let device = device.restart().await;
    assert_eq!(device.app.export().await.unwrap(), before, "the file without an account stays as it was");
}

#[tokio::test]
async fn no_token_is_in_the_data_but_where_it_was_asked_for() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let device = Device::new(&server.url, &email).await;
    device.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    device.synced().await;
    let token = token_in_file(&device);
    assert!(token.len() > 20);
    assert_eq!(files_with(&device.root(), &token), ["session"]);
}
