//! `weekwise sync`: pushes and pulls, once or for as long as it runs.

use std::time::{Duration, Instant};

use serde_json::json;
use weekwise_app::{App, DataFolder, Sync, SyncReport, SyncState};

use super::{Trouble, account, print};
use crate::locale;

/// How long `--once` goes on where requests fail.
const TRIES_FOR: Duration = Duration::from_secs(30);

/// What a run came to.
pub(super) struct Synced {
    server: String,
    report: SyncReport,
}

impl Synced {
    pub(super) fn in_words(&self) -> String {
        let SyncReport { pushed, pulled, started_over, .. } = &self.report;
        let anew = if *started_over > 0 { ", all of it anew since the server was set back" } else { "" };
        format!("Synced with {}: {pushed} sent, {pulled} received{anew}.\n", self.server)
    }

    fn in_json(&self) -> String {
        let SyncReport { pushed, pulled, started_over, .. } = &self.report;
        let row = json!({
            "state": "synced", "server": self.server, "sent": pushed, "received": pulled, "started_over": started_over,
        });
        format!("{row}\n")
    }
}

pub(super) async fn sync(root: DataFolder, name: Option<&str>, is_once: bool, as_json: bool) -> Result<(), Trouble> {
    let kept = account::find(&root, name)?;
    let app = App::open_account(root, kept, locale::of_system()).await;
    let app = app.map_err(|error| Trouble::failed(error.to_string()))?;
    let outcome = match is_once {
        true => once(&app).await.and_then(|done| print(&if as_json { done.in_json() } else { done.in_words() })),
        false => on_and_on(&app, as_json).await,
    };
    app.clone().close().await;
    outcome
}

/// Pushes and pulls what there is. What fails is tried again for a while, unless it would fail again for sure.
pub(super) async fn once(app: &App) -> Result<Synced, Trouble> {
    let mut sync = Sync::of(app).await.map_err(account::trouble)?;
    let began = Instant::now();
    loop {
        let state = sync.settle().await;
        let left = TRIES_FOR.saturating_sub(began.elapsed());
        match state {
            SyncState::Synced => {
                let server = app.account().map(|account| account.owner.server.clone()).unwrap_or_default();
                return Ok(Synced { server, report: sync.report().clone() });
            }
            SyncState::Offline(_) | SyncState::Syncing(_) if sync.tries_again_in().is_some_and(|wait| wait < left) => {
                sync.wait().await;
            }
            state => return Err(Trouble::failed(in_words(state, sync.report()))),
        }
    }
}

/// Goes on until the session ends, or the process.
async fn on_and_on(app: &App, as_json: bool) -> Result<(), Trouble> {
    let mut sync = Sync::of(app).await.map_err(account::trouble)?;
    let mut told = None;
    loop {
        let state = sync.settle().await;
        match state {
            SyncState::SignedOut(_) | SyncState::SignInAgain(_) | SyncState::AccountGone | SyncState::Outdated => {
                return Err(Trouble::failed(in_words(state, sync.report())));
            }
            _ if told == Some(state) => {}
            _ => {
                let line = in_words(state, sync.report());
                print(&if as_json { format!("{}\n", json!({ "state": name(state) })) } else { format!("{line}\n") })?;
                told = Some(state);
            }
        }
        sync.wait().await;
    }
}

fn name(state: SyncState) -> &'static str {
    match state {
        SyncState::SignedOut(_) => "signed_out",
        SyncState::Syncing(_) => "syncing",
        SyncState::Synced => "synced",
        SyncState::Offline(_) => "offline",
        SyncState::SignInAgain(_) => "sign_in_again",
        SyncState::AccountGone => "account_gone",
        SyncState::Outdated => "outdated",
        SyncState::ServerOutdated => "server_outdated",
    }
}

fn in_words(state: SyncState, report: &SyncReport) -> String {
    let waiting = |edits: usize| match edits {
        0 => String::new(),
        1 => "; 1 edit waits on this device".to_owned(),
        edits => format!("; {edits} edits wait on this device"),
    };
    match state {
        SyncState::Synced => "synced".to_owned(),
        SyncState::Syncing(edits) => format!("syncing{}", waiting(edits)),
        SyncState::SignedOut(edits) => format!("nobody is signed in: use weekwise sign-in{}", waiting(edits)),
        SyncState::SignInAgain(edits) => {
            format!("the session has ended: use weekwise sign-in again{}", waiting(edits))
        }
        SyncState::AccountGone => "the account was deleted: the week stays on this device".to_owned(),
        SyncState::Outdated => "the server needs a newer Weekwise: update it; the week stays as it is".to_owned(),
        SyncState::ServerOutdated => "the server is older than this Weekwise: it has to be updated".to_owned(),
        SyncState::Offline(edits) => {
            let why = match (&report.storage, &report.trouble) {
                (Some(storage), _) => format!("what came could not be stored ({storage})"),
                (None, Some(trouble)) => trouble.to_string(),
                (None, None) => "the server is not there for now, or fails: try again later".to_owned(),
            };
            format!("{why}{}", waiting(edits))
        }
    }
}
