//! Accounts and sync, as the interface shows them. No token is among all this: sessions never leave the shell.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::Now;

/// The accounts on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountsView {
    /// All that are kept, in the order in which they came.
    pub kept: Vec<AccountInfo>,
    /// The one whose week is shown; none is the week that is on this device alone.
    pub shown: Option<Uuid>,
    /// The server that is proposed to those who sign in.
    pub default_server: String,
    /// What is on this device alone and could be brought into the account that is shown.
    pub apart: Apart,
}

/// An account on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountInfo {
    /// Names it on this device.
    pub id: Uuid,
    /// Its e-mail address.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// The server: `https://week.example`.
    pub server: String,
    /// Where its session is kept.
    pub session: SessionKept,
}

/// Where a session is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKept {
    /// In the system's keyring.
    Keyring,
    /// In a file, not encrypted, that its owner alone may read.
    File,
    /// In the memory of the program: it is gone when that ends.
    Memory,
    /// Nowhere: nobody is signed in.
    Nowhere,
    /// Nowhere: the account was deleted.
    Gone,
}

/// What is on this device alone, beside an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Apart {
    /// Slots that are not in the account.
    pub slots: u32,
    /// Changed and cancelled dates that are not in the account.
    pub exceptions: u32,
    /// How many of the slots have the weekday, the times and the title of one in the account: likely the same.
    pub alike: u32,
}

/// How sync stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SyncView {
    /// In a word.
    pub state: SyncState,
    /// How many edits wait on this device.
    pub waiting: u32,
    /// When this device and the server last agreed, since the program was started.
    pub reached: Option<Now>,
    /// Why it does not go on, where something is in the way.
    pub trouble: Option<AccountFailure>,
    /// Why the session is in memory alone, where it is.
    pub keyring: Option<KeyringFault>,
    /// How much there is on the page of changes that nobody has looked at.
    pub unseen: u32,
}

/// How sync stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// The week is on this device alone.
    #[default]
    Local,
    /// Nobody is signed in with the account.
    SignedOut,
    /// Something is being sent or received.
    Syncing,
    /// Everything is on both sides.
    Synced,
    /// The network or the server is not there. It is tried again by itself.
    Offline,
    /// The session has ended.
    SignInAgain,
    /// The account was deleted. What is on the device stays.
    AccountGone,
    /// The server asks for a newer Weekwise.
    Outdated,
    /// The server is older than this Weekwise.
    ServerOutdated,
}

/// Why something about an account was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum AccountFailure {
    /// The address is not that of a server.
    #[error("that is not the address of a server")]
    BadServer,
    /// A session would go over the network in the clear.
    #[error("a server is reached over https")]
    InTheClear,
    /// No answer came.
    #[error("{server} cannot be reached ({why})")]
    Unreachable {
        /// The server.
        server: String,
        /// What the system says.
        why: String,
    },
    /// It sends elsewhere.
    #[error("{server} sends elsewhere")]
    Redirected {
        /// The server.
        server: String,
    },
    /// What answers is not Weekwise.
    #[error("what answers at {server} is not Weekwise ({what})")]
    NotWeekwise {
        /// The server.
        server: String,
        /// What it is.
        what: String,
    },
    /// It does not prove that it is the server that was asked for.
    #[error("{server} does not prove who it is ({why})")]
    NotProven {
        /// The server.
        server: String,
        /// What is wrong with its certificate.
        why: String,
    },
    /// The system makes no safe connections.
    #[error("no safe connections can be made ({why})")]
    NoTls {
        /// What the system says.
        why: String,
    },
    /// The server is older than this Weekwise.
    #[error("the server is older than this Weekwise")]
    ServerOutdated,
    /// The server asks for a newer Weekwise.
    #[error("the server asks for a newer Weekwise")]
    Outdated,
    /// Nobody has this address with this password.
    #[error("the e-mail address or the password is another one")]
    WrongCredentials,
    /// The password that confirms an act is another one.
    #[error("the password is another one")]
    WrongPassword,
    /// Someone has an account with this address.
    #[error("there is an account with this e-mail address")]
    EmailTaken,
    /// The address is none.
    #[error("that is not an e-mail address")]
    BadEmail,
    /// The password is too short.
    #[error("the password is too short")]
    PasswordTooShort,
    /// The password is too long.
    #[error("the password is too long")]
    PasswordTooLong,
    /// It was tried too often.
    #[error("it was tried too often: again in {seconds} s")]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The server is out of order.
    #[error("the server is out of order")]
    OutOfOrder,
    /// The device to sign out is not signed in.
    #[error("that device is signed out already")]
    NoSuchDevice,
    /// The server refuses, in its own words.
    #[error("the server refuses: {message}")]
    Refused {
        /// What it says.
        message: String,
    },
    /// The keyring does not keep the session.
    #[error("the keyring does not keep the session ({fault})")]
    Keyring {
        /// Why.
        fault: KeyringFault,
    },
    /// What came could not be stored.
    #[error("what came could not be stored ({detail})")]
    Storage {
        /// The system's own words.
        detail: String,
    },
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
}

/// Why the keyring does not keep a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum KeyringFault {
    /// The system has none.
    #[error("there is none")]
    Absent,
    /// There is a program for it, and no keyring that new secrets go to.
    #[error("it is not set up")]
    NotSetUp,
    /// It is locked.
    #[error("it is locked")]
    Locked,
    /// It does not answer.
    #[error("it does not answer")]
    Silent,
    /// It refuses.
    #[error("{detail}")]
    Refused {
        /// What it says.
        detail: String,
    },
}

/// Somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account, which is shown from now on.
    pub account: AccountInfo,
}

/// Nobody is signed in any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// The edits that wait on this device.
    pub waiting: u32,
    /// Whether the server knows: else the session ends there by itself.
    pub server_knows: bool,
}

/// Where a person is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedInDevice {
    /// Names it to the server.
    pub id: String,
    /// What it is, in words: "Weekwise on Linux".
    pub name: String,
    /// When the person signed in there.
    pub since: Now,
    /// When it was last used.
    pub used: Now,
    /// Whether it is this one.
    pub is_this: bool,
}

/// What was brought into an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroughtAlong {
    /// Slots.
    pub slots: u32,
    /// Changed and cancelled dates.
    pub exceptions: u32,
}
