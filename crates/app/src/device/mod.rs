//! This device: the account whose week is open, its sync in the background, and what a person does about accounts.
//!
//! The window has one for as long as it runs. The command line needs none: it opens what it works on.
//!
//! - `accounts`: the calls about accounts.
//! - `failure`: from what went wrong to what the interface matches on.
//! - `run`: sync, for as long as the window is there.

mod accounts;
mod failure;
mod run;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::sync::{Mutex as AsyncMutex, Notify};
use uuid::Uuid;
use weekwise_protocol::{Failure, SyncView};

use crate::{
    App, DataFolder, KeyringTrouble, Locale, Sessions,
    account::{self, SignedIn},
    failure::unopened,
    unpoisoned,
};

pub use run::Told;

/// This device. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Device {
    inner: Arc<Inner>,
}

struct Inner {
    root: DataFolder,
    locale: Locale,
    sessions: Sessions,
    /// The server that is proposed to those who sign in.
    default_server: String,
    /// What is open. Until something is, every call answers why it cannot be, and the next one tries again.
    open: Mutex<Option<App>>,
    /// Held by whoever opens something.
    opening: AsyncMutex<()>,
    /// Rung when another account is open, or another session is there.
    changed: Notify,
    /// Rung when sync should look at once.
    woke: Notify,
    /// How sync stands.
    state: Mutex<SyncView>,
    /// Why sessions are in memory alone, by the folders of their accounts.
    keyring: Mutex<HashMap<Uuid, KeyringTrouble>>,
}

impl Device {
    /// A device with a data folder, of which nothing is open yet.
    pub fn new(root: DataFolder, locale: Locale, default_server: String) -> Self {
        let inner = Inner {
            root,
            locale,
            sessions: Sessions::default(),
            default_server,
            open: Mutex::default(),
            opening: AsyncMutex::default(),
            changed: Notify::new(),
            woke: Notify::new(),
            state: Mutex::default(),
            keyring: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.inner.root
    }

    /// The application with the data that is shown; it is opened unless it is open already.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn app(&self) -> Result<App, Failure> {
        if let Some(app) = self.opened() {
            return Ok(app);
        }
        let _turn = self.inner.opening.lock().await;
        match self.opened() {
            Some(app) => Ok(app),
            None => self.open_shown().await,
        }
    }

    /// The application, if it is open.
    pub fn opened(&self) -> Option<App> {
        unpoisoned(&self.inner.open).clone()
    }

    /// Lets the application finish what it does in the background and closes its file.
    pub async fn close(&self) {
        let open = unpoisoned(&self.inner.open).take();
        if let Some(app) = open {
            app.close().await;
        }
    }

    /// Shows another account, or the week without one.
    async fn show(&self, account: Option<Uuid>) -> Result<(), Failure> {
        let turn = self.inner.opening.lock().await;
        account::show(&self.inner.root, account).map_err(unopened)?;
        let before = unpoisoned(&self.inner.open).take();
        let opened = self.open_shown().await;
        drop(turn);
        self.inner.changed.notify_one();
        // Only now: whoever still reads from it should not find it closed before there is another one.
        if let Some(app) = before {
            app.close().await;
        }
        opened.map(drop)
    }

    /// Remembers whether the keyring keeps a session, for the notice about it.
    fn note(&self, entered: &SignedIn) {
        self.note_trouble(entered.kept.folder, entered.keyring_trouble.as_ref());
    }

    fn note_trouble(&self, account: Uuid, trouble: Option<&KeyringTrouble>) {
        let mut keyring = unpoisoned(&self.inner.keyring);
        match trouble {
            Some(trouble) => drop(keyring.insert(account, trouble.clone())),
            None => drop(keyring.remove(&account)),
        }
    }

    /// Sync begins anew, with the session that is there now.
    fn session_changed(&self) {
        self.inner.changed.notify_one();
    }

    /// Opens what is shown. The caller holds the turn.
    async fn open_shown(&self) -> Result<App, Failure> {
        let Inner { root, locale, sessions, .. } = &*self.inner;
        let shown = account::accounts(root).map_err(unopened)?.shown().cloned();
        let opened = App::open_account_with(root.clone(), shown, locale.clone(), sessions.clone()).await;
        let app = opened.map_err(unopened)?;
        *unpoisoned(&self.inner.open) = Some(app.clone());
        Ok(app)
    }
}
