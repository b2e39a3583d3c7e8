//! Accounts on this device: signing in and out, and which one is shown.
//!
//! Each has a data folder of its own; [`Accounts`] lists them. The token of a session is in the system's keyring, under the
//! name by which the server knows the device.

mod auth;
mod keyring;
mod origin;
mod token;

use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;
use weekwise_storage::{Accounts, DataFolder, Kept, Opened, Owner, SessionPlace, StorageError, Store};

use crate::{
    OpenError, clock,
    net::{Net, Trouble},
    sync::Recorder,
};

pub use auth::SignInError;
pub use keyring::KeyringTrouble;
pub use origin::{BadOrigin, Origin};
pub(crate) use token::Token;

/// What a person gives to sign in.
pub struct Credentials<'a> {
    /// The server.
    pub server: &'a Origin,
    /// The e-mail address.
    pub email: &'a str,
    /// The password. It is sent to the server, and kept nowhere.
    pub password: &'a str,
    /// Whether the session is kept in a file, not encrypted, in place of the keyring.
    pub in_file: bool,
}

/// Why something about accounts was not done.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Nobody could be signed in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The keyring cannot keep the session. Nobody is signed in.
    #[error("{0}: unlock it, or keep the session in a file")]
    Keyring(#[from] KeyringTrouble),
    /// The account's data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The list of accounts says of one what cannot be.
    #[error("the list of accounts names a server that is none: {0}")]
    BadServer(#[from] BadOrigin),
}

/// Signs a person in, and shows their account from now on. Its data is empty the first time, and goes on where it was
/// after that.
///
/// # Errors
/// See [`AccountError`]. Then everything is as it was.
pub async fn sign_in(root: &DataFolder, credentials: Credentials<'_>) -> Result<Kept, AccountError> {
    let Credentials { server, email, password, in_file } = credentials;
    let net = Net::to(server).map_err(SignInError::from)?;
    let (token, person) = auth::sign_in(&net, email, password).await?;
    let owner = Owner { server: server.as_str().to_owned(), user_id: person.id };
    let session = if in_file { SessionPlace::File } else { SessionPlace::Keyring };
    let kept = Kept { folder: folder_of(&owner), owner, email: person.email, name: person.name, session };
    if let Err(error) = keep(root, &kept, &token).await {
        // What nobody keeps should not stay open.
        let _ = auth::sign_out(&net, &token).await;
        return Err(error);
    }
    Ok(kept)
}

/// What signing out left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// Edits that wait on this device. They are pushed after the next sign-in.
    pub waiting: usize,
    /// Why the session could not be ended on the server, if it could not. It ends by itself.
    pub trouble: Option<SignInError>,
}

/// Signs out. The account's data stays on the device, with what waits in it.
///
/// # Errors
/// See [`AccountError`].
pub async fn sign_out(root: &DataFolder, kept: &Kept) -> Result<SignedOut, AccountError> {
    let folder = root.of_account(kept.folder);
    let (device, waiting) = device_of(&folder, &kept.owner).await?;
    let server = Origin::parse(&kept.owner.server)?;
    let token = session(root, kept).await.unwrap_or_default();
    keyring::delete(&device).await.or_else(|error| match kept.session {
        SessionPlace::Keyring => Err(error),
        SessionPlace::File | SessionPlace::Nowhere => Ok(()),
    })?;
    folder.forget_session().map_err(|error| OpenError::of(folder.path(), &error))?;
    let signed_out = Kept { session: SessionPlace::Nowhere, ..kept.clone() };
    change(root, |accounts| accounts.put(signed_out))?;
    let trouble = match token {
        Some(token) => end(&server, &token).await.err(),
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

/// The token of an account's session; none where the person has signed out, or it is lost.
pub(crate) async fn session(root: &DataFolder, kept: &Kept) -> Result<Option<Token>, AccountError> {
    let folder = root.of_account(kept.folder);
    let stored = match kept.session {
        SessionPlace::Nowhere => None,
        SessionPlace::File => folder.read_session().map_err(|error| OpenError::of(folder.path(), &error))?,
        SessionPlace::Keyring => keyring::read(&device_of(&folder, &kept.owner).await?.0).await?,
    };
    let server = Origin::parse(&kept.owner.server)?;
    Ok(stored.and_then(|stored| Token::from_stored(&server, &stored)))
}

/// Whether a session is still that of an account's person.
pub(crate) async fn is_of(net: &Net, token: &Token, owner: &Owner) -> Result<bool, Trouble> {
    Ok(auth::whose(net, token).await?.is_some_and(|user| user == owner.user_id))
}

async fn keep(root: &DataFolder, kept: &Kept, token: &Token) -> Result<(), AccountError> {
    let folder = root.of_account(kept.folder);
    let (device, _) = device_of(&folder, &kept.owner).await?;
    match kept.session {
        SessionPlace::File => {
            let written = folder.write_session(&token.to_stored());
            written.map_err(|error| OpenError::of(folder.path(), &error))?;
        }
        _ => {
            keyring::store(&device, token.to_stored()).await?;
            folder.forget_session().map_err(|error| OpenError::of(folder.path(), &error))?;
        }
    }
    let (kept, folder) = (kept.clone(), kept.folder);
    change(root, |accounts| {
        accounts.put(kept);
        accounts.shown = Some(folder);
    })?;
    Ok(())
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

/// Opens an account's file, and makes it if need be.
pub(crate) async fn open(folder: &DataFolder, owner: &Owner) -> Result<Opened, StorageError> {
    let opened = Store::open_account(folder.clone(), Arc::new(Recorder), clock::moment()).await?;
    opened.store.belong_to(owner, &Uuid::new_v4().to_string()).await?;
    Ok(opened)
}

async fn end(server: &Origin, token: &Token) -> Result<(), SignInError> {
    auth::sign_out(&Net::to(server)?, token).await
}

fn change(root: &DataFolder, change: impl FnOnce(&mut Accounts)) -> Result<(), OpenError> {
    Accounts::change(root, change).map_err(|error| OpenError::of(root.path(), &error))
}

/// The same for the same person of the same server.
fn folder_of(owner: &Owner) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{}\n{}", owner.server, owner.user_id).as_bytes())
}
