//! Where the token of a session is kept: in the keyring, in the memory of this process alone, or in a file.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
};

use uuid::Uuid;
use weekwise_storage::{Accounts, DataFolder, Kept, SessionPlace};

use super::{AccountError, KeyringTrouble, Origin, Token, change, device_of, keyring};
use crate::{App, OpenError, unpoisoned};

/// The sessions that are in the memory of this process alone, by the folders of their accounts. Cheap to clone; all clones
/// are the same. They end with the process.
#[derive(Clone, Default)]
pub struct Sessions {
    tokens: Arc<Mutex<HashMap<Uuid, Token>>>,
}

impl Sessions {
    /// Whether the session of an account is among them.
    pub fn holds(&self, account: &Kept) -> bool {
        unpoisoned(&self.tokens).contains_key(&account.folder)
    }

    pub(super) fn put(&self, folder: Uuid, token: Token) {
        unpoisoned(&self.tokens).insert(folder, token);
    }

    fn get(&self, folder: Uuid) -> Option<Token> {
        unpoisoned(&self.tokens).get(&folder).cloned()
    }

    fn forget(&self, folder: Uuid) {
        unpoisoned(&self.tokens).remove(&folder);
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sessions(of {} accounts)", unpoisoned(&self.tokens).len())
    }
}

/// Where a session is to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// In the system's keyring, or nowhere.
    Keyring,
    /// In the system's keyring; where that cannot be used, in the memory of this process alone.
    KeyringElseMemory,
    /// In a file that its owner alone may read, and that is not encrypted. Only where a person asked for that.
    File,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account, with where its session is kept.
    pub kept: Kept,
    /// Why that is the memory of this process alone, where the keyring was to keep it.
    pub keyring_trouble: Option<KeyringTrouble>,
}

/// The token of the account whose data `app` has open; none where nobody is signed in.
pub(crate) async fn session(app: &App) -> Result<Option<Token>, AccountError> {
    let Some(kept) = app.account() else { return Ok(None) };
    read(app.root(), app.sessions(), kept, device(app)).await
}

/// How the server knows the device whose data `app` has open.
pub(super) async fn device(app: &App) -> Result<String, OpenError> {
    let failed = |error| OpenError::of(&app.store().folder().file(), &error);
    let mut reading = app.store().read().await.map_err(failed)?;
    Ok(reading.sync_counts().await.map_err(failed)?.state.device)
}

/// The token of an account's session; none where the person has signed out, or it is lost.
pub(super) async fn token(root: &DataFolder, sessions: &Sessions, kept: &Kept) -> Result<Option<Token>, AccountError> {
    let device = async { Ok(device_of(&root.of_account(kept.folder), &kept.owner).await?.0) };
    read(root, sessions, kept, device).await
}

async fn read(
    root: &DataFolder,
    sessions: &Sessions,
    kept: &Kept,
    device: impl Future<Output = Result<String, OpenError>>,
) -> Result<Option<Token>, AccountError> {
    if let Some(token) = sessions.get(kept.folder) {
        return Ok(Some(token));
    }
    let folder = root.of_account(kept.folder);
    let stored = match place_of(root, kept)? {
        SessionPlace::Nowhere | SessionPlace::Gone | SessionPlace::Memory => None,
        SessionPlace::File => folder.read_session().map_err(|error| OpenError::of(folder.path(), &error))?,
        SessionPlace::Keyring => keyring::read(&device.await?).await?,
    };
    let server = Origin::parse(&kept.owner.server)?;
    Ok(stored.and_then(|stored| Token::from_stored(&server, &stored)))
}

/// Keeps a token, lists its account, and shows it where `is_shown` says so. Whatever was kept of it elsewhere is forgotten.
pub(super) async fn keep(
    root: &DataFolder,
    sessions: &Sessions,
    kept: Kept,
    token: &Token,
    keep: Keep,
    is_shown: bool,
) -> Result<SignedIn, AccountError> {
    let folder = root.of_account(kept.folder);
    let failed = |error| OpenError::of(folder.path(), &error);
    let (device, _) = device_of(&folder, &kept.owner).await?;
    let before = place_of(root, &kept)?;
    let (session, keyring_trouble) = match keep {
        Keep::File => {
            folder.write_session(&token.to_stored()).map_err(failed)?;
            (SessionPlace::File, None)
        }
        Keep::Keyring | Keep::KeyringElseMemory => match keyring::store(&device, token.to_stored()).await {
            Ok(()) => (SessionPlace::Keyring, None),
            Err(trouble) if keep == Keep::KeyringElseMemory => (SessionPlace::Memory, Some(trouble)),
            Err(trouble) => return Err(trouble.into()),
        },
    };
    let kept = Kept { session, ..kept };
    change(root, |accounts| {
        accounts.put(kept.clone());
        if is_shown {
            accounts.shown = Some(kept.folder);
        }
    })?;
    match session {
        SessionPlace::Memory => sessions.put(kept.folder, token.clone()),
        _ => sessions.forget(kept.folder),
    }
    if session != SessionPlace::File {
        folder.forget_session().map_err(failed)?;
    }
    if session == SessionPlace::File && before == SessionPlace::Keyring {
        forget_in_keyring(&device).await;
    }
    Ok(SignedIn { kept, keyring_trouble })
}

/// Forgets the token of an account, wherever it is, and lists the account with what is left: `Nowhere` or `Gone`.
pub(super) async fn forget(
    root: &DataFolder,
    sessions: &Sessions,
    kept: &Kept,
    device: &str,
    left: SessionPlace,
) -> Result<Kept, AccountError> {
    let place = place_of(root, kept)?;
    if place == SessionPlace::Keyring && left != SessionPlace::Gone {
        keyring::delete(device).await?;
    }
    let kept = Kept { session: left, ..kept.clone() };
    change(root, |accounts| accounts.put(kept.clone()))?;
    sessions.forget(kept.folder);
    let folder = root.of_account(kept.folder);
    folder.forget_session().map_err(|error| OpenError::of(folder.path(), &error))?;
    if place == SessionPlace::Keyring && left == SessionPlace::Gone {
        // Last, since it may take its time and matters least: it opens nothing any more.
        forget_in_keyring(device).await;
    }
    Ok(kept)
}

async fn forget_in_keyring(device: &str) {
    if let Err(trouble) = keyring::delete(device).await {
        log::warn!("a session that has ended stays in the keyring: {trouble}");
    }
}

/// Where the list says that the session is: whoever holds an account since before that changed would look elsewhere.
pub(super) fn place_of(root: &DataFolder, kept: &Kept) -> Result<SessionPlace, OpenError> {
    let accounts = Accounts::read(root).map_err(|error| OpenError::of(root.path(), &error))?;
    Ok(accounts.find(kept.folder).map_or(kept.session, |it| it.session))
}
