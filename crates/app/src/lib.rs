//! The application behind the commands: one method per call of `weekwise-protocol`.
//!
//! Window and command line share it. What it deliberately is not: it draws nothing, knows no
//! window and no argument of a command line, and holds no rule of the week model and no SQL.

mod account;
mod changes;
mod clock;
mod device;
mod edit;
mod failure;
mod file;
mod keep;
mod locale;
mod net;
mod preview;
mod series;
mod sync;
mod week;
mod zone;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::{sync::Notify, task::JoinHandle};
use weekwise_protocol::{Failure, Notice, Now, StorageFault};
use weekwise_storage::{Opened, Reading, StorageError, Store};

pub use account::{
    AccountError, AuthError, AuthRefusal, BadOrigin, Credentials, Keep, KeyringTrouble, Origin, PasswordChange,
    Sessions, SignedIn, SignedInDevice, SignedOut, Unsuitable, accounts, change_password, check_server, delete_account,
    devices, end_device, keep_session, probe_keyring, show, sign_in, sign_out, sign_up,
};
pub use device::{Device, Told};
pub use failure::OpenError;
use failure::{fault_of, stored};
pub use keep::{Doctor, SnapshotReport};
pub use locale::Locale;
pub use sync::{Adopted, Adoption, Sync, SyncReport, SyncState, Trouble, shows_what_it_holds};
pub use week::WeekLine;
pub use weekwise_storage::{Accounts, DataFolder, Kept, NoDataFolder, Owner, SessionPlace};

/// The application with its data open. Cheap to clone; all clones are the same application.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    /// The data folder, with the folders of all accounts in it.
    root: DataFolder,
    /// Whose data is open; none is the file without an account.
    account: Option<Kept>,
    /// The sessions that are in this process's memory alone.
    sessions: Sessions,
    store: Store,
    locale: Locale,
    /// Rung after each edit of this application.
    edited: Notify,
    /// What happened when the data was opened; shown until the process ends.
    opening: Option<Notice>,
    /// Whether the person was shown that.
    is_told: AtomicBool,
    /// Why the file could last not be asked whether it changed; none when it could.
    trouble: Mutex<Option<StorageFault>>,
    /// Why the last snapshot failed, if it did.
    snapshot_failure: Mutex<Option<Notice>>,
    /// The snapshot that is taken in the background after the start.
    background: Mutex<Option<JoinHandle<()>>>,
}

impl App {
    /// Opens the data folder, making it if need be, with the account that is shown or the file without one: checks the file and makes a damaged one anew from the newest good
    /// snapshot and the edits since (the week's notices say so), brings its tables up to date, and takes the day's
    /// snapshot in the background. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(folder: DataFolder, locale: Locale) -> Result<Self, OpenError> {
        let shown = accounts(&folder)?.shown().cloned();
        Self::open_account_with(folder, shown, locale, Sessions::default()).await
    }

    /// Opens the data of an account, whichever is shown.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_account(folder: DataFolder, account: Kept, locale: Locale) -> Result<Self, OpenError> {
        Self::open_account_with(folder, Some(account), locale, Sessions::default()).await
    }

    /// Opens the data of an account, or without one the file that belongs to none. Sessions that are in this process's
    /// memory alone are looked for in `sessions`.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_account_with(
        root: DataFolder,
        account: Option<Kept>,
        locale: Locale,
        sessions: Sessions,
    ) -> Result<Self, OpenError> {
        let folder = account.as_ref().map_or_else(|| root.clone(), |account| root.of_account(account.folder));
        let file = folder.file();
        let opened = open_store(folder, account.as_ref()).await;
        let Opened { store, event } = opened.map_err(|error| OpenError::of(&file, &error))?;
        let app = Self {
            inner: Arc::new(Inner {
                root,
                account,
                sessions,
                store,
                locale,
                edited: Notify::new(),
                opening: event.map(keep::notice_of),
                is_told: AtomicBool::new(false),
                trouble: Mutex::default(),
                snapshot_failure: Mutex::default(),
                background: Mutex::default(),
            }),
        };
        let snapshot = tokio::spawn({
            let app = app.clone();
            async move { app.daily_snapshot().await }
        });
        *unpoisoned(&app.inner.background) = Some(snapshot);
        Ok(app)
    }

    /// Waits for what is still being done in the background (the day's snapshot) and closes the file. A
    /// program that ends right after its work, such as the command line, calls this last.
    pub async fn close(self) {
        let background = unpoisoned(&self.inner.background).take();
        if let Some(snapshot) = background
            && let Err(error) = snapshot.await
        {
            log::error!("the snapshot in the background broke off: {error}");
        }
        if self.inner.opening.is_some()
            && self.inner.is_told.load(Ordering::Relaxed)
            && let Err(error) = self.inner.store.forget_event().await
        {
            log::warn!("what happened at the start will be told again: {}", error.detail());
        }
        if let Err(error) = self.inner.store.close().await {
            log::warn!("the data file was not closed cleanly: {}", error.detail());
        }
    }

    /// The date and minute of the system's clock, in the system's zone. No other clock is read anywhere.
    pub fn now() -> Now {
        clock::now()
    }

    /// Whether there is something new to read since this was last asked: another process (the command line, a second
    /// window) has written to the file, or it can no longer be reached, or can again. What this application writes
    /// itself does not count.
    pub async fn changed_elsewhere(&self) -> bool {
        let (changed, trouble) = match self.inner.store.changed_elsewhere().await {
            Ok(changed) => (changed, None),
            Err(error) => (false, Some((fault_of(&error), error.detail()))),
        };
        let fault = trouble.as_ref().map(|(fault, _)| *fault);
        let before = std::mem::replace(&mut *unpoisoned(&self.inner.trouble), fault);
        if let Some((_, detail)) = trouble.filter(|_| before != fault) {
            log::error!("the file cannot be watched: {detail}");
        }
        changed || before != fault
    }

    /// Writes through to the disk what edits did not wait for. To be called about once a second.
    pub async fn settle(&self) {
        if let Err(error) = self.inner.store.sync_journal().await {
            log::warn!("the journal was not written through: {}", error.detail());
        }
    }

    /// Whose data is open; none is the file without an account.
    pub fn account(&self) -> Option<&Kept> {
        self.inner.account.as_ref()
    }

    /// The data folder, with the folders of all accounts in it.
    pub(crate) fn root(&self) -> &DataFolder {
        &self.inner.root
    }

    /// The sessions that are in this process's memory alone.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// Rung after each edit.
    pub(crate) fn edited(&self) -> &Notify {
        &self.inner.edited
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    async fn read(&self) -> Result<Reading, Failure> {
        self.inner.store.read().await.map_err(stored)
    }
}

/// The file of an account, which records its edits and shows what is pending in it, or the one without.
async fn open_store(folder: DataFolder, account: Option<&Kept>) -> Result<Opened, StorageError> {
    let Some(account) = account else { return Store::open(folder, clock::moment()).await };
    let opened = account::open(&folder, &account.owner).await?;
    if opened.store.read().await?.sync_counts().await?.state.is_stale {
        sync::refresh(&opened.store, clock::moment()).await?;
    }
    Ok(opened)
}

/// What a lock holds. The values under these locks are whole at every moment, so a panic of another
/// holder spoils nothing.
fn unpoisoned<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
