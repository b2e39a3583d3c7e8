//! How sync stands, and what a run did.

use super::wire::Trouble;

/// How sync stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncState {
    /// Nobody is signed in. The edits that wait.
    SignedOut(usize),
    /// Something is under way. The edits that wait.
    Syncing(usize),
    /// Everything is on both sides.
    Synced,
    /// The network or the server is not there. The edits that wait.
    Offline(usize),
    /// The session has ended. The edits that wait.
    SignInAgain(usize),
    /// The account was deleted.
    AccountGone,
    /// This Weekwise has to be updated.
    Outdated,
    /// The server has to be updated.
    ServerOutdated,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Operations and held rows that were pushed.
    pub pushed: usize,
    /// Rows that were pulled.
    pub pulled: usize,
    /// How often it started over, since the server keeps another history.
    pub started_over: usize,
    /// Why a request last came to nothing.
    pub trouble: Option<Trouble>,
    /// Why something could last not be stored.
    pub storage: Option<String>,
}
