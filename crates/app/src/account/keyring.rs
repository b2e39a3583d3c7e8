//! The system's keyring, asked from a thread of its own: a keyring that is locked may wait for a person.

use std::{thread, time::Duration};

use keyring::{Entry, Error};
use thiserror::Error;
use tokio::{sync::oneshot, time::timeout};

/// What the entries of this program are called.
const SERVICE: &str = "app.weekwise.desktop";
/// How long a person may take to unlock it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the keyring did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyringTrouble {
    /// The system has none, or it refuses.
    #[error("the system's keyring cannot be used ({0})")]
    Refused(String),
    /// It did not answer.
    #[error("the system's keyring did not answer in {} seconds", PATIENCE.as_secs())]
    Silent,
}

/// Stores a secret.
pub(crate) async fn store(name: &str, secret: String) -> Result<(), KeyringTrouble> {
    ask(name, move |entry| entry.set_password(&secret)).await
}

/// Reads a secret; none if there is none.
pub(crate) async fn read(name: &str) -> Result<Option<String>, KeyringTrouble> {
    ask(name, |entry| match entry.get_password() {
        Err(Error::NoEntry) => Ok(None),
        read => read.map(Some),
    })
    .await
}

/// Deletes a secret, if there is one.
pub(crate) async fn delete(name: &str) -> Result<(), KeyringTrouble> {
    ask(name, |entry| match entry.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        deleted => deleted,
    })
    .await
}

async fn ask<T: Send + 'static>(
    name: &str,
    question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, KeyringTrouble> {
    let (tell, told) = oneshot::channel();
    let name = name.to_owned();
    // Not tokio's threads for blocking calls: the runtime waits for those when it ends, and this one may never end.
    thread::spawn(move || {
        let ready = Entry::store_status().as_ref().map_err(ToString::to_string);
        let answer = ready.and_then(|()| {
            let entry = Entry::new(SERVICE, &name);
            entry.and_then(|entry| question(&entry)).map_err(|error| error.to_string())
        });
        // Nobody listens any more where it took too long.
        let _ = tell.send(answer);
    });
    match timeout(PATIENCE, told).await {
        Ok(Ok(answer)) => answer.map_err(KeyringTrouble::Refused),
        Ok(Err(_)) => Err(KeyringTrouble::Refused("it broke off".to_owned())),
        Err(_) => Err(KeyringTrouble::Silent),
    }
}
