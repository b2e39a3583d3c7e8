//! What an owner does with an account: making it, another password, deleting it.

use weekwise_app::{
    AccountError, AuthError, AuthRefusal, PasswordChange, SessionPlace, SignedIn, accounts, change_password,
    delete_account, sign_up,
};

use super::*;

const NEW_PASSWORD: &str = "battery staple";

/// Why a server refused.
fn refused<T: std::fmt::Debug>(outcome: Result<T, AccountError>) -> AuthRefusal {
    match outcome {
        Err(AccountError::Server(AuthError::Refused { reason, .. })) => reason,
        other => panic!("{other:?}"),
    }
}

async fn change(device: &Device, change: PasswordChange<'_>) -> Result<SignedIn, AccountError> {
    change_password(&device.root(), &device.sessions, &device.kept, change).await
}

#[tokio::test]
async fn who_signs_up_is_signed_in_and_the_address_is_taken() {
    let server = Server::start(&Database::new());
    let (folder, sessions) = (tempfile::tempdir().unwrap(), Sessions::default());
    let origin = Origin::parse(&server.url).unwrap();
    let signs_up = async |email: &str, password: &str| {
        let credentials = Credentials { password, ..credentials(&origin, email) };
        sign_up(&root(&folder), &sessions, "Ada", credentials).await
    };
    assert_eq!(refused(signs_up("ada@week.example", "1234567").await), AuthRefusal::PasswordTooShort);
    assert_eq!(refused(signs_up("ada@week.example", &"x".repeat(129)).await), AuthRefusal::PasswordTooLong);
    assert_eq!(refused(signs_up("ada", PASSWORD).await), AuthRefusal::InvalidEmail);
    assert!(accounts(&root(&folder)).unwrap().kept.is_empty());

    let SignedIn { kept, keyring_trouble } = signs_up("Ada@Week.example", PASSWORD).await.unwrap();
    assert_eq!((kept.email.as_str(), kept.name.as_str(), keyring_trouble), ("ada@week.example", "Ada", None));
    assert_eq!(refused(signs_up("ada@week.example", PASSWORD).await), AuthRefusal::EmailTaken);
    let app = App::open(root(&folder), Locale::default()).await.unwrap();
    let device = Device { folder, kept, app, sessions };
    device.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    device.synced().await;
    let other = Device::new(&server.url, "ada@week.example").await;
    other.synced().await;
    assert_eq!(other.rows().await, device.rows().await);
}

#[tokio::test]
async fn a_new_password_signs_the_others_out_and_this_device_goes_on() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let (this, other) = (Device::new(&server.url, &email).await, Device::new(&server.url, &email).await);
    this.synced().await;
    other.synced().await;
    let before = token_in_file(&this);

    let wrong = PasswordChange { current: NEW_PASSWORD, new: NEW_PASSWORD, end_others: true };
    assert_eq!(refused(change(&this, wrong).await), AuthRefusal::WrongPassword);
    let short = PasswordChange { current: PASSWORD, new: "1234567", end_others: true };
    assert_eq!(refused(change(&this, short).await), AuthRefusal::PasswordTooShort);
    other.synced().await;

    let right = PasswordChange { current: PASSWORD, new: NEW_PASSWORD, end_others: true };
    let changed = change(&this, right).await.unwrap();
    assert_eq!(changed, SignedIn { kept: this.kept.clone(), keyring_trouble: None });
    assert_ne!(token_in_file(&this), before, "the new session is where the old one was");
    assert!(files_with(&this.root(), &before).is_empty());
    this.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    this.synced().await;
    other.import(vec![slot(2, "12:00", "13:00", "Choir")], vec![]).await;
    assert_eq!(other.sync().await, SyncState::SignInAgain(1));
    this.restart().await.synced().await;

    // The old password opens nothing any more, and what waited is sent after the next sign-in.
    let origin = Origin::parse(&server.url).unwrap();
    let root = other.root();
    let old = sign_in(&root, &other.sessions, credentials(&origin, &email)).await;
    assert_eq!(refused(old), AuthRefusal::WrongCredentials);
    let new = Credentials { password: NEW_PASSWORD, ..credentials(&origin, &email) };
    sign_in(&root, &other.sessions, new).await.unwrap();
    other.synced().await;
    assert_eq!(other.rows().await["schedules"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_new_password_can_leave_the_others_signed_in() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let (this, other) = (Device::new(&server.url, &email).await, Device::new(&server.url, &email).await);
    let before = token_in_file(&this);
    let kind = PasswordChange { current: PASSWORD, new: NEW_PASSWORD, end_others: false };
    change(&this, kind).await.unwrap();
    assert_eq!(token_in_file(&this), before);
    this.synced().await;
    other.synced().await;
}

#[tokio::test]
async fn a_deleted_account_leaves_the_week_on_every_device() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let (this, other) = (Device::new(&server.url, &email).await, Device::new(&server.url, &email).await);
    this.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    this.synced().await;
    other.synced().await;
    let week = this.rows().await;
    let token = token_in_file(&this);

    let wrong = delete_account(&this.root(), &this.sessions, &this.kept, NEW_PASSWORD).await;
    assert_eq!(refused(wrong), AuthRefusal::WrongPassword);
    this.synced().await;
    // A run that goes on while the account is deleted, and one that is begun after that.
    let mut running = Sync::of(&this.app).await.unwrap();
    running.settle().await;
    let gone = delete_account(&this.root(), &this.sessions, &this.kept, PASSWORD).await.unwrap();
    assert_eq!(gone.session, SessionPlace::Gone);
    assert_eq!(accounts(&this.root()).unwrap().shown(), Some(&gone));
    running.woke();
    assert_eq!(running.settle().await, SyncState::AccountGone);
    assert_eq!(this.sync().await, SyncState::SignedOut(0));
    assert!(files_with(&this.root(), &token).is_empty());
    assert_eq!(this.rows().await, week);
    assert_eq!(this.restart().await.rows().await, week);

    // Another device hears of it from the server: its list says so too, and it keeps no session that opens nothing.
    let token = token_in_file(&other);
    assert_eq!(other.sync().await, SyncState::AccountGone);
    assert_eq!(accounts(&other.root()).unwrap().shown().unwrap().session, SessionPlace::Gone);
    assert!(files_with(&other.root(), &token).is_empty());
    assert_eq!(other.sync().await, SyncState::SignedOut(0));
    assert_eq!(other.rows().await, week);
    let again = delete_account(&other.root(), &other.sessions, &other.kept, PASSWORD).await;
    assert!(matches!(again, Err(AccountError::SignedOut)), "{again:?}");
}
