//! The system's keyring, asked from a thread of its own: a keyring that is locked may wait for a person.

#[cfg_attr(all(unix, not(target_os = "macos")), path = "secret_service.rs")]
#[cfg_attr(not(all(unix, not(target_os = "macos"))), path = "native.rs")]
mod system;

use std::{thread, time::Duration};

use keyring::{Entry, Error};
use thiserror::Error;
use tokio::{sync::oneshot, time::timeout};
use uuid::Uuid;

use super::on_one_line;

/// What the entries of this program are called.
const SERVICE: &str = "app.weekwise.desktop";
/// How long a person may take to unlock it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the keyring did not do what was asked. [`advice`](Self::advice) says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyringTrouble {
    /// No program on this system keeps one.
    #[error("this system has no keyring that programs can use ({0})")]
    Absent(String),
    /// There is a program for it, but no keyring that new secrets go to.
    #[error("the system's keyring is not set up: it has no default one")]
    NotSetUp,
    /// It is locked, and nobody unlocked it when asked.
    #[error("the system's keyring is locked")]
    Locked,
    /// It refuses.
    #[error("the system's keyring refuses ({0})")]
    Refused(String),
    /// It did not answer.
    #[error("the system's keyring did not answer in {seconds} seconds")]
    Silent {
        /// For how long it was waited for.
        seconds: u64,
    },
}

impl KeyringTrouble {
    /// What a person can do about it: the end of a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Absent(_) => "start one, such as GNOME Keyring, KWallet or KeePassXC",
            Self::NotSetUp => "make a default keyring in the system's password manager",
            Self::Locked => "unlock it in the system's password manager, or sign in to the desktop with a password",
            Self::Refused(_) => "let Weekwise use it, in the system's password manager",
            Self::Silent { .. } => "look whether it asks for a password in another window",
        }
    }
}

/// Whether the keyring can keep a secret: one is written, read and deleted.
///
/// # Errors
/// Why it cannot.
pub async fn probe_keyring(patience: Duration) -> Result<(), KeyringTrouble> {
    // Of its own name, for somebody else may look at the same moment.
    let name = format!("probe-{}", Uuid::new_v4());
    let probe = |entry: &Entry| {
        entry.set_password("probe")?;
        let read = entry.get_password();
        entry.delete_credential()?;
        match read?.as_str() {
            "probe" => Ok(()),
            _ => Err(Error::Invalid("secret".to_owned(), "it is not the one that was written".to_owned())),
        }
    };
    ask(&name, patience, probe, |_| {}).await
}

/// Stores a secret.
pub(super) async fn store(name: &str, secret: String) -> Result<(), KeyringTrouble> {
    let take_back = |entry: &Entry| {
        if let Err(error) = entry.delete_credential() {
            log::warn!("a session that nobody waited for stays in the keyring: {error}");
        }
    };
    ask(name, PATIENCE, move |entry| entry.set_password(&secret), take_back).await
}

/// Reads a secret; none if there is none.
pub(super) async fn read(name: &str) -> Result<Option<String>, KeyringTrouble> {
    let read = |entry: &Entry| match entry.get_password() {
        Err(Error::NoEntry) => Ok(None),
        read => read.map(Some),
    };
    ask(name, PATIENCE, read, |_| {}).await
}

/// Deletes a secret, if there is one.
pub(super) async fn delete(name: &str) -> Result<(), KeyringTrouble> {
    let delete = |entry: &Entry| match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        deleted => deleted,
    };
    ask(name, PATIENCE, delete, |_| {}).await
}

/// Asks a question, and waits so long for its answer. What is done later is undone by `take_back`, for it was taken for not
/// done.
async fn ask<T: Send + 'static>(
    name: &str,
    patience: Duration,
    question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    take_back: impl FnOnce(&Entry) + Send + 'static,
) -> Result<T, KeyringTrouble> {
    let (tell, mut told) = oneshot::channel();
    let name = name.to_owned();
    // Not tokio's threads for blocking calls: the runtime waits for those when it ends, and this one may never end.
    thread::spawn(move || {
        let entry = match system::entry(SERVICE, &name) {
            Ok(entry) => entry,
            Err(error) => {
                let _ = tell.send(Err(system::trouble(&error)));
                return;
            }
        };
        let answer = question(&entry).map_err(|error| system::trouble(&error));
        if let Err(Ok(_)) = tell.send(answer) {
            take_back(&entry);
        }
    });
    let answer = match timeout(patience, &mut told).await {
        Ok(answer) => answer.ok(),
        Err(_) => {
            told.close();
            // It may have come just now.
            let seconds = patience.as_secs();
            Some(told.try_recv().unwrap_or(Err(KeyringTrouble::Silent { seconds })))
        }
    };
    answer.unwrap_or_else(|| Err(KeyringTrouble::Refused("it broke off".to_owned())))
}

/// Trouble that has no kind of its own, in the system's words.
fn refused(error: &impl ToString) -> KeyringTrouble {
    KeyringTrouble::Refused(on_one_line(&error.to_string()))
}
