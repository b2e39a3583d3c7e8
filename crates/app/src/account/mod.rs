//! Accounts on this device: signing up, in and out, which one is shown, and what its owner does with it.
//!
//! Each has a data folder of its own; [`Accounts`] lists them. The token of a session is in the system's keyring, under the
//! name by which the server knows the device. Where the keyring cannot be used it is in the memory of this process
//! ([`Sessions`]), or, if a person asks for that, in a file.

mod auth;
mod check;
mod devices;
mod error;
mod keyring;
mod origin;
mod owner;
mod session;
mod token;

use std::sync::Arc;

use uuid::Uuid;
use weekwise_storage::{Accounts, DataFolder, Kept, Opened, Owner, SessionPlace, StorageError, Store};

use crate::{
    OpenError, clock,
    net::{Net, Trouble},
    sync::Recorder,
};

pub use auth::{AuthError, AuthRefusal};
pub use check::{Unsuitable, check_server};
pub use devices::{SignedInDevice, devices, end_device};
pub use error::AccountError;
pub use keyring::{KeyringTrouble, probe_keyring};
pub use origin::{BadOrigin, Origin};
pub(crate) use owner::gone;
pub use owner::{PasswordChange, change_password, delete_account};
pub(crate) use session::session;
pub use session::{Keep, Sessions, SignedIn};
pub(crate) use token::Token;

/// What a person gives to sign in.
pub struct Credentials<'a> {
    /// The server.
    pub server: &'a Origin,
    /// The e-mail address.
    pub email: &'a str,
    /// The password. It is sent to the server, and kept nowhere.
    pub password: &'a str,
    /// Where the session is kept.
    pub keep: Keep,
}

/// Signs a person in, and shows their account from now on. Its data is empty the first time, and goes on where it was
/// after that.
///
/// # Errors
/// See [`AccountError`]. Then everything is as it was.
pub async fn sign_in(
    root: &DataFolder,
    sessions: &Sessions,
    credentials: Credentials<'_>,
) -> Result<SignedIn, AccountError> {
    let Credentials { server, email, password, keep } = credentials;
    let net = Net::to(server)?;
    let entered = auth::sign_in(&net, email, password).await?;
    enter(root, sessions, &net, entered, keep).await
}

/// Makes an account in a person's name at a server, and signs them in as [`sign_in`] does.
///
/// # Errors
/// See [`AccountError`]. Where the session cannot be kept, there is the account nevertheless.
pub async fn sign_up(
    root: &DataFolder,
    sessions: &Sessions,
    name: &str,
    credentials: Credentials<'_>,
) -> Result<SignedIn, AccountError> {
    let Credentials { server, email, password, keep } = credentials;
    let net = Net::to(server)?;
    let entered = auth::sign_up(&net, name, email, password).await?;
    enter(root, sessions, &net, entered, keep).await
}

async fn enter(
    root: &DataFolder,
    sessions: &Sessions,
    net: &Net,
    (token, person): (Token, auth::Person),
    keep: Keep,
) -> Result<SignedIn, AccountError> {
    let owner = Owner { server: net.server().as_str().to_owned(), user_id: person.id };
    let session = SessionPlace::Nowhere;
    let kept = Kept { folder: folder_of(&owner), owner, email: person.email, name: person.name, session };
    let signed_in = session::keep(root, sessions, kept, &token, keep, true).await;
    if signed_in.is_err() {
        // What nobody keeps should not stay open.
        let _ = auth::sign_out(net, &token).await;
    }
    signed_in
}

/// Moves the session of an account to the keyring or to a file. With [`Keep::KeyringElseMemory`] it is afterwards in memory
/// where the keyring cannot be used.
///
/// # Errors
/// See [`AccountError`]. Then the session is where it was.
pub async fn keep_session(
    root: &DataFolder,
    sessions: &Sessions,
    kept: &Kept,
    keep: Keep,
) -> Result<SignedIn, AccountError> {
    let token = signed_in(root, sessions, kept).await?;
    session::keep(root, sessions, kept.clone(), &token, keep, false).await
}

/// What signing out left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// Edits that wait on this device. They are pushed after the next sign-in.
    pub waiting: usize,
    /// Why the session could not be ended on the server, if it could not. It ends by itself.
    pub trouble: Option<AuthError>,
}

/// Signs out. The account's data stays on the device, with what waits in it.
///
/// # Errors
/// See [`AccountError`].
pub async fn sign_out(root: &DataFolder, sessions: &Sessions, kept: &Kept) -> Result<SignedOut, AccountError> {
    let (device, waiting) = device_of(&root.of_account(kept.folder), &kept.owner).await?;
    let net = net_of(kept)?;
    let token = session::token(root, sessions, kept).await.unwrap_or_default();
    session::forget(root, sessions, kept, &device, SessionPlace::Nowhere).await?;
    let trouble = match token {
        Some(token) => auth::sign_out(&net, &token).await.err(),
        None => None,
    };
    Ok(SignedOut { waiting, trouble })
}

/// The accounts that are kept.
///
/// # Errors
/// When their list cannot be read.
pub fn accounts(root: &DataFolder) -> Result<Accounts, OpenError> {
    Accounts::read(root).map_err(|error| OpenError::of(root.path(), &error))
}

/// Shows an account from the next start on, or the file without one.
///
/// # Errors
/// When that cannot be written down.
pub fn show(root: &DataFolder, folder: Option<Uuid>) -> Result<(), OpenError> {
    change(root, |accounts| accounts.shown = folder)
}

/// Whether a session is another person's than the account's. One that is nobody's any more is not: what is asked with it is
/// refused, and the refusal says whether the account is gone.
pub(crate) async fn is_anothers(net: &Net, token: &Token, owner: &Owner) -> Result<bool, Trouble> {
    Ok(auth::whose(net, token).await?.is_some_and(|user| user != owner.user_id))
}

/// Opens an account's file, and makes it if need be.
pub(crate) async fn open(folder: &DataFolder, owner: &Owner) -> Result<Opened, StorageError> {
    let opened = Store::open_account(folder.clone(), Arc::new(Recorder), clock::moment()).await?;
    opened.store.belong_to(owner, &Uuid::new_v4().to_string()).await?;
    Ok(opened)
}

/// The token of somebody who is signed in.
async fn signed_in(root: &DataFolder, sessions: &Sessions, kept: &Kept) -> Result<Token, AccountError> {
    session::token(root, sessions, kept).await?.ok_or(AccountError::SignedOut)
}

fn net_of(kept: &Kept) -> Result<Net, AccountError> {
    Ok(Net::to(&Origin::parse(&kept.owner.server)?)?)
}

/// How the server knows the device in an account's file, which is made if need be, and how many edits wait in it.
async fn device_of(folder: &DataFolder, owner: &Owner) -> Result<(String, usize), OpenError> {
    let failed = |error| OpenError::of(&folder.file(), &error);
    let store = open(folder, owner).await.map_err(failed)?.store;
    let mut reading = store.read().await.map_err(failed)?;
    let counts = reading.sync_counts().await.map_err(failed)?;
    drop(reading);
    store.close().await.map_err(failed)?;
    Ok((counts.state.device, counts.unsent))
}

fn change(root: &DataFolder, change: impl FnOnce(&mut Accounts)) -> Result<(), OpenError> {
    Accounts::change(root, change).map_err(|error| OpenError::of(root.path(), &error))
}

/// The same for the same person of the same server.
fn folder_of(owner: &Owner) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{}\n{}", owner.server, owner.user_id).as_bytes())
}

/// Without what would move the cursor of a terminal, and not longer than a line or two.
fn on_one_line(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(200).collect()
}
