//! Where a person is signed in, and signing devices out from elsewhere.

use weekwise_app::{AccountError, AuthError, AuthRefusal, SignedInDevice, devices, end_device, sign_out};

use super::*;

async fn listed(device: &Device) -> Vec<SignedInDevice> {
    devices(&device.root(), &device.sessions, &device.kept).await.unwrap()
}

#[tokio::test]
async fn a_device_is_signed_out_from_another_one() {
    let database = Database::new();
    let server = Server::start(&database);
    // Which is a session without a name.
    let email = server.sign_up("ada");
    let (this, other) = (Device::new(&server.url, &email).await, Device::new(&server.url, &email).await);
    other.synced().await;
    database.run(
        r#"UPDATE session SET "userAgent" = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
           WHERE "userAgent" IS NULL OR "userAgent" = ''"#,
    );

    let found = listed(&this).await;
    let weekwise = format!("Weekwise {} on Linux", env!("CARGO_PKG_VERSION"));
    let shown: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.is_this)).collect();
    assert_eq!(shown[0], (weekwise.as_str(), true), "this one is the first");
    let mut others = shown[1..].to_vec();
    others.sort_unstable();
    assert_eq!(others, [("Firefox on Linux", false), (weekwise.as_str(), false)]);
    assert!(found.iter().all(|it| it.since <= it.last_used));
    let tokens = [token_in_file(&this), token_in_file(&other)];
    assert!(tokens.iter().all(|token| !format!("{found:?}").contains(token)), "no token is shown");

    let others = listed(&other).await;
    let id = &others.iter().find(|it| it.is_this).unwrap().id;
    end_device(&this.root(), &this.sessions, &this.kept, id).await.unwrap();
    other.import(vec![slot(1, "09:00", "10:30", "Algebra")], vec![]).await;
    assert_eq!(other.sync().await, SyncState::SignInAgain(1));
    this.synced().await;
    assert_eq!(listed(&this).await.len(), 2);
    let twice = end_device(&this.root(), &this.sessions, &this.kept, id).await.unwrap_err();
    let AccountError::Server(AuthError::Refused { reason, .. }) = twice else { panic!("{twice:?}") };
    assert_eq!(reason, AuthRefusal::NoSuchDevice);
}

#[tokio::test]
async fn nobody_who_is_signed_out_can_ask_for_devices() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let device = Device::new(&server.url, &email).await;
    sign_out(&device.root(), &device.sessions, &device.kept).await.unwrap();
    // Whoever still holds the account as it was is told so too.
    let refused = devices(&device.root(), &device.sessions, &device.kept).await;
    assert!(matches!(refused, Err(AccountError::SignedOut)), "{refused:?}");
}
