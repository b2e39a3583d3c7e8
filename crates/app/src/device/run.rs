//! Sync of what is open, for as long as the window is there: at the start, after each edit, when the window comes to the
//! front, and as often as the engine says.

use std::time::{Duration, Instant};

use weekwise_protocol::{AccountFailure, KeyringFault, SyncState, SyncView};
use weekwise_storage::{SessionPlace, StorageError};

use super::{Device, accounts::count, failure};
use crate::{AccountError, App, KeyringTrouble, Sync, SyncState as State, account, unpoisoned};

/// The window reads the week anew so often at most while much comes in.
const TELLS_ROWS_EVERY: Duration = Duration::from_millis(500);
/// After so long a session that could not be read is asked for again: a keyring is unlocked, a disk has room again.
const ASKS_AGAIN_AFTER: Duration = Duration::from_secs(30);

/// What sync tells the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// How it stands.
    State(SyncView),
    /// Rows came or went.
    Rows,
}

impl Device {
    /// How sync stands.
    pub fn sync_view(&self) -> SyncView {
        unpoisoned(&self.inner.state).clone()
    }

    /// Something happened after which it is worth to look: the window came to the front, the device woke up, the network is
    /// back.
    pub fn wake(&self) {
        self.inner.woke.notify_one();
    }

    /// Syncs what is open, and goes on until it is dropped.
    pub async fn run_sync(&self, tell: impl Fn(Told) + Send + std::marker::Sync) {
        loop {
            let run = async {
                match self.app().await {
                    Ok(app) => self.sync(&app, &tell).await,
                    // The window says why, by its own calls.
                    Err(_) => tokio::time::sleep(ASKS_AGAIN_AFTER).await,
                }
            };
            tokio::select! {
                () = run => {}
                () = self.inner.changed.notified() => {}
            }
        }
    }

    async fn sync(&self, app: &App, tell: &(impl Fn(Told) + Send + std::marker::Sync)) {
        if app.account().is_none() {
            self.publish(SyncView::default(), tell);
            return std::future::pending().await;
        }
        let mut sync = match Sync::of(app).await {
            Ok(sync) => sync,
            Err(error) => {
                // Each question to a keyring that says nothing leaves a thread behind that waits for it.
                let is_silent = matches!(error, AccountError::Keyring(KeyringTrouble::Silent { .. }));
                let trouble = Some(failure::trouble_of_account(error));
                self.publish(SyncView { state: SyncState::SignInAgain, trouble, ..SyncView::default() }, tell);
                let wait = tokio::time::sleep(ASKS_AGAIN_AFTER);
                return tokio::select! { () = wait, if !is_silent => {}, () = self.inner.woke.notified() => {} };
            }
        };
        let (mut rows, mut unseen) = (Rows::default(), self.unseen(app).await);
        loop {
            self.publish(self.view(app, &sync, unseen), tell);
            while self.step(app, &mut sync, tell).await {
                self.publish(self.view(app, &sync, unseen), tell);
                rows.tell(&sync, tell);
            }
            rows.tell_rest(tell);
            unseen = self.unseen(app).await;
            self.publish(self.view(app, &sync, unseen), tell);
            tokio::select! {
                () = sync.wait() => {}
                () = self.inner.woke.notified() => sync.woke(),
            }
        }
    }

    /// Does the next of what can be done. What is edited meanwhile is told at once, for a request may take its time.
    async fn step(&self, app: &App, sync: &mut Sync, tell: &(impl Fn(Told) + Send + std::marker::Sync)) -> bool {
        let mut step = std::pin::pin!(sync.step());
        let mut is_edited = false;
        let more = loop {
            tokio::select! {
                more = &mut step => break more,
                () = app.edited().notified() => {
                    is_edited = true;
                    // Who cannot read that cannot read the week either, and that is told by the week.
                    if let Ok(unsent) = unsent(app).await {
                        self.publish(SyncView { waiting: count(unsent), ..self.sync_view() }, tell);
                    }
                }
            }
        };
        if is_edited {
            app.edited().notify_one();
        }
        more
    }

    /// How much nobody has looked at. Who cannot read that cannot read the week either, and that is told by the week.
    async fn unseen(&self, app: &App) -> u32 {
        app.count_changes().await.unwrap_or_default()
    }

    fn publish(&self, view: SyncView, tell: &impl Fn(Told)) {
        let before = std::mem::replace(&mut *unpoisoned(&self.inner.state), view.clone());
        if before != view {
            tell(Told::State(view));
        }
    }

    fn view(&self, app: &App, sync: &Sync, unseen: u32) -> SyncView {
        let report = sync.report();
        let storage = report.storage.clone().map(|detail| AccountFailure::Storage { detail });
        let trouble = storage.or_else(|| report.trouble.clone().map(failure::of_trouble));
        let (state, trouble) = match sync.state() {
            State::SignedOut(_) => (self.signed_out(app), None),
            State::Syncing(_) => (SyncState::Syncing, None),
            State::Synced => (SyncState::Synced, None),
            State::Offline(_) => (SyncState::Offline, trouble),
            State::SignInAgain(_) => (SyncState::SignInAgain, None),
            State::AccountGone => (SyncState::AccountGone, None),
            State::Outdated => (SyncState::Outdated, Some(AccountFailure::Outdated)),
            State::ServerOutdated => (SyncState::ServerOutdated, Some(AccountFailure::ServerOutdated)),
        };
        SyncView {
            state,
            waiting: count(sync.unsent()),
            reached: sync.reached(),
            trouble,
            keyring: self.keyring_fault(app),
            unseen,
        }
    }
}

impl Device {
    /// In which way nobody is signed in.
    fn signed_out(&self, app: &App) -> SyncState {
        let accounts = account::accounts(&self.inner.root).unwrap_or_default();
        let place = app.account().and_then(|kept| accounts.find(kept.folder)).map(|kept| kept.session);
        match place {
            // It was in the memory of a process that has ended.
            Some(SessionPlace::Memory) => SyncState::SignInAgain,
            Some(SessionPlace::Gone) => SyncState::AccountGone,
            _ => SyncState::SignedOut,
        }
    }

    fn keyring_fault(&self, app: &App) -> Option<KeyringFault> {
        let kept = app.account().filter(|kept| self.inner.sessions.holds(kept))?;
        unpoisoned(&self.inner.keyring).get(&kept.folder).map(failure::of_keyring)
    }
}

/// How many edits wait in the file.
async fn unsent(app: &App) -> Result<usize, StorageError> {
    Ok(app.store().read().await?.sync_counts().await?.unsent)
}

/// What the window was told of rows.
#[derive(Default)]
struct Rows {
    /// As [`Sync::applied_so_far`] counts.
    told: u64,
    at: Option<Instant>,
    rest: bool,
}

impl Rows {
    fn tell(&mut self, sync: &Sync, tell: &impl Fn(Told)) {
        let applied = sync.applied_so_far();
        if applied == self.told {
            return;
        }
        self.told = applied;
        self.rest = true;
        if self.at.is_none_or(|at| at.elapsed() > TELLS_ROWS_EVERY) {
            self.tell_rest(tell);
        }
    }

    fn tell_rest(&mut self, tell: &impl Fn(Told)) {
        if std::mem::take(&mut self.rest) {
            self.at = Some(Instant::now());
            tell(Told::Rows);
        }
    }
}
